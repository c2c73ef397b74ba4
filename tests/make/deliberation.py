"""Valid sessions, from convened to signed, made through the use cases."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.applications.models import Application
from service.contests.models import Contest
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.deliberation import usecases
from service.deliberation.models import Award, Capacity, CommitteeSession
from service.deliberation.shapes import ArrivalIn, SessionIn
from service.funding.models import Fund
from service.funding.usecases import assign_fund
from service.people.models import Committee
from tests.cast import Cast
from tests.make.applications import budget_in, make_eligible
from tests.make.contests import make_contest
from tests.make.funding import make_fund
from tests.make.people import make_committee
from tests.make.scoring import Played, make_panel, play_bundle, score_all


@dataclass(frozen=True)
class Signed:
    """A signed session with one contest, whose applications are all approved, and the fund that pays."""

    session: CommitteeSession
    contest: Contest
    applications: list[Application]
    awards: list[Award]
    fund: Fund


def session_in(committee: Committee, now: Any, *contests: Contest, **changes: Any) -> SessionIn:
    """A session in Sicuani, now; ``changes`` are fields of ``SessionIn``."""
    given = SessionIn(
        committee_id=committee.id,
        title="Sesión del CLAR Sicuani",
        place="Plaza de Armas",
        ubigeo="080601",
        agenda="Resultados de campo\nExposición pública\nResultados",
        convened_for=now,
        contest_ids=[contest.id for contest in contests],
    )
    return SessionIn(**{**given.model_dump(), **changes})


async def convene(session: Session, cast: Cast, committee: Committee, *contests: Contest, **changes: Any) -> CommitteeSession:
    """A session for contests, convened by the secretary for now."""
    given = session_in(committee, await clock.now(session), *contests, **changes)
    return await usecases.convene_session(session, cast.secretary, given)


async def arrive(session: Session, cast: Cast, row: CommitteeSession, *members: Actor) -> None:
    """The chair (the cast's mayor) and members (the cast's jurors, unless told) come."""
    for member in [cast.mayor, *(members or cast.jurors)]:
        capacity = Capacity.CHAIR if member is cast.mayor else Capacity.MEMBER
        given = ArrivalIn(person_id=member.person_id, capacity=capacity)
        await usecases.record_arrival(session, cast.secretary, row.id, given)


async def make_open_session(
    session: Session, cast: Cast, committee: Committee, *contests: Contest, members: Sequence[Actor] = ()
) -> CommitteeSession:
    """An open session with the chair and the members present; the panels must be seated."""
    row = await convene(session, cast, committee, *contests)
    await arrive(session, cast, row, *members)
    return await usecases.open_session(session, cast.secretary, row.id)


async def tally_all(session: Session, cast: Cast, row: CommitteeSession) -> None:
    """From an open session whose sheets are all locked to the tally, every application presented."""
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    for entry in await usecases.list_presentations(session, cast.secretary, row.id):
        application_id = entry.presentation.application_id
        await usecases.call_presentation(session, cast.secretary, application_id)
        await usecases.hear_defence(session, cast.secretary, application_id)
        await usecases.close_presentation(session, cast.secretary, application_id)
    await usecases.tally(session, cast.secretary, row.id)


async def announce(session: Session, cast: Cast, row: CommitteeSession) -> None:
    """Announce a tallied session, whose results the office head has checked off."""
    await check_all(session, cast, row)
    await usecases.announce(session, cast.secretary, row.id)


async def check_all(session: Session, cast: Cast, row: CommitteeSession, checker: Actor | None = None) -> None:
    """A second person, the office head unless told, checks the newest result of each contest off."""
    for contest in await usecases.list_contests_of(session, cast.secretary, row.id):
        run = await usecases.latest_run(session, contest.id)
        assert run is not None
        await usecases.check_run(session, checker or cast.head, run.id)


async def sign_all(session: Session, cast: Cast, row: CommitteeSession, members: Iterable[Actor] = ()) -> None:
    """From a tallied session to signed minutes, by the chair and the members present."""
    await announce(session, cast, row)
    await usecases.close_minutes(session, cast.secretary, row.id)
    for member in [cast.mayor, *(members or cast.jurors)]:
        await usecases.sign_minutes(session, member, row.id)


async def sign_contest(
    session: Session, cast: Cast, contest: Contest, *applications: Application, committee: Committee | None = None
) -> CommitteeSession:
    """A signed session for one contest: its eligible applications get the best sheets. A first request needs a fund assigned."""
    committee = committee or await make_committee(session, cast)
    await make_panel(session, cast, contest)
    row = await make_open_session(session, cast, committee, contest)
    await score_all(session, cast, contest, *applications)
    await tally_all(session, cast, row)
    await sign_all(session, cast, row)
    return row


async def make_announced(
    session: Session, cast: Cast, name: str = "plans", fund: str | None = "25333.38"
) -> tuple[Played, CommitteeSession, Fund | None]:
    """A bundle's session with announced results, its fund holding just what is awarded (or none assigned)."""
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, name)
    made = await make_fund(session, cast, fund) if fund else None
    if made:
        await assign_fund(session, cast.programme, played.contest.id, made.id)
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    return played, row, made


async def make_signed_session(
    session: Session, cast: Cast, ready: str = "pdn-first", *, amounts: Sequence[str] = ("10000.05",), fund: Fund | None = None
) -> Signed:
    """Awards of these amounts in a new contest, paid by a fund (new, with 100000.00, unless told), in signed minutes."""
    fund = fund or await make_fund(session, cast)
    contest = await make_contest(session, cast, ready)
    await assign_fund(session, cast.programme, contest.id, fund.id)
    applications = [await make_eligible(session, cast, contest, **budget_fields(amount)) for amount in amounts]
    row = await sign_contest(session, cast, contest, *applications)
    awards = [award for each in applications if (award := await usecases.award_of(session, each.id))]
    assert [award.amount for award in awards] == [Decimal(amount) for amount in amounts]
    return Signed(row, contest, applications, awards, fund)


def budget_fields(requested: str, own_share: str = "2500.00") -> dict[str, Any]:
    """The budget of an application as fields of ``ApplicationIn``."""
    return budget_in(requested, own_share).model_dump()
