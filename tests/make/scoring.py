"""Valid panels and sheets, made through the use cases; and whole bundles of ``tests/bundles`` played into the database."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from service.applications.attributes import record_attribute
from service.applications.models import Application, ApplicationStatus
from service.applications.shapes import AttributeIn
from service.contests.book import Stage
from service.contests.criteria import Bands, Levels
from service.contests.models import ApplicantKind, Contest
from service.contests.numbers import exact
from service.contests.shapes import TermsIn
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.people.group_usecases import families_of, get_group
from service.scoring import usecases
from service.scoring.bundle import Bundle, read_folder
from service.scoring.models import ConflictDeclaration, ScoreSheet
from service.scoring.shapes import DeclarationIn, ScoresIn, SeatIn
from tests.cast import Cast
from tests.make.applications import budget_in, make_eligible, make_second_request, make_settled
from tests.make.contests import make_contest
from tests.make.people import make_group

BUNDLES = Path(__file__).parents[1] / "bundles"
READY = {"plans": "pdn-first", "plans-second": "pdn-second", "cif": "cif", "idl": "idl-first", "quota": "pdn-first"}
"""The ready contest that a bundle is played as, by the longest beginning of its name."""

NO_CONFLICT = DeclarationIn(conflict=False)

Panel = dict[str, Actor]
"""The jurors of a contest by short name."""


@dataclass(frozen=True)
class Played:
    """A bundle in the database: open windows, all its sheets locked. Recusals and absences are left to the test."""

    contest: Contest
    applications: dict[str, Application]
    panel: Panel
    bundle: Bundle


async def make_panel(
    session: Session, cast: Cast, contest: Contest, seats: Mapping[str, Sequence[str]] | None = None, *jurors: Actor
) -> Panel:
    """Jurors with seats: of the first stage J1 and J2, of the last J3 to J5, or of a single one J1 to J3, unless told.

    They are the cast's jurors in order, or ``jurors``, who must sit in a committee of the office.
    """
    stages = list((await usecases.book_of(session, contest.id)).book.stages)
    if seats is None:
        two = {"J1": stages[:1], "J2": stages[:1], "J3": stages[-1:], "J4": stages[-1:], "J5": stages[-1:]}
        seats = two if len(stages) > 1 else dict.fromkeys(("J1", "J2", "J3"), stages)
    panel = dict(zip(seats, jurors or cast.jurors, strict=False))
    for name, juror in panel.items():
        given = SeatIn(person_id=juror.person_id, juror=name, stages=list(seats[name]))
        await usecases.seat_juror(session, cast.secretary, contest.id, given)
    return panel


async def open_stages(session: Session, cast: Cast, contest: Contest) -> list[str]:
    """Open every stage for scoring; their codes."""
    stages = list((await usecases.book_of(session, contest.id)).book.stages)
    for stage in stages:
        await usecases.open_window(session, cast.secretary, contest.id, stage)
    return stages


async def lock(session: Session, juror: Actor, application: Application, stage: str, scores: Mapping[str, str]) -> ScoreSheet:
    """A locked sheet of a juror who has declared no conflict of interest (now, or on another sheet before)."""
    if await session.get(ConflictDeclaration, (application.id, juror.person_id)) is None:
        await usecases.declare_conflict(session, juror, application.id, NO_CONFLICT)
    return await usecases.lock_scoresheet(session, juror, application.id, stage, ScoresIn(scores=dict(scores)))


def best_scores(stage: Stage) -> dict[str, str]:
    """The most that a sheet of a stage can say; of a band, what nine in ten families present allow."""
    scores = {}
    for code, criterion in stage.criteria.items():
        if isinstance(criterion, Levels):
            scores[code] = max(criterion.levels, key=lambda name: criterion.levels[name])
        elif isinstance(criterion, Bands):
            scores[code] = exact(criterion.bands[-1].range.high)
        else:
            scores[code] = exact(criterion.maximum)
    return scores


async def score_all(session: Session, cast: Cast, contest: Contest, *applications: Application) -> None:
    """The best sheet for every application of every juror whose sheet is missing; the panel is that of ``make_panel``."""
    book = (await usecases.book_of(session, contest.id)).book
    seats = await usecases.list_seats(session, cast.secretary, contest.id)
    actors = {juror.person_id: juror for juror in (cast.mayor, *cast.jurors)}
    of = {seat.juror: actors[seat.person_id] for seat in seats}
    for application in applications:
        missing = await usecases.missing_sheets(session, contest.id, application.id)
        for (_, stage), jurors in missing.items():
            for juror in jurors:
                await lock(session, of[juror], application, stage, best_scores(book.stages[stage]))


async def play_bundle(
    session: Session, cast: Cast, name: str, *, skip: Sequence[tuple[str, str, str]] = (), terms: TermsIn | None = None
) -> Played:
    """A bundle of ``tests/bundles`` through the use cases: filed when it says so, seated, scored.

    ``skip`` are sheets (application, stage, juror) to leave out. The clock stands at the last filing afterwards. A committee of
    the cast must be there.
    """
    bundle = read_folder(BUNDLES / name)
    ready = next(READY[start] for start in sorted(READY, key=len, reverse=True) if name.startswith(start))
    times = {row[0]: datetime.fromisoformat(row[1]) for row in bundle.applications}
    parents = await _parents(session, cast, bundle, min(times.values())) if ready == "pdn-second" else {}
    await clock.set_time(session, min(times.values()) - timedelta(hours=1))
    host = await make_group(session, cast, families=len(bundle.applications)) if ready == "cif" else None
    contest = await make_contest(
        session,
        cast,
        ready,
        closes=max(times.values()) - min(times.values()) + timedelta(days=1),
        book=dict(bundle.rules),  # type: ignore[call-overload]  # the rules of a bundle that can be judged are an object
        host_group_id=host.id if host else None,
        terms=terms,
    )
    applications = {}
    for code, _, requested, attributes in sorted(bundle.applications, key=lambda row: times[row[0]]):
        await clock.set_time(session, times[code])
        if parents:
            application = await make_second_request(session, cast, contest, parents[code], Decimal(requested))
        elif contest.applicant_kind == ApplicantKind.FAMILY:
            application = await _family_application(session, cast, contest, code)
        else:
            budget = budget_in(requested).model_dump()
            application = await make_eligible(session, cast, contest, present=None, code=code, **budget)
        for attribute, value in attributes.items():
            given = AttributeIn(name=attribute, value=value, source="Acta de visita")
            await record_attribute(session, cast.secretary, application.id, given)
        applications[code] = application
    panel = await make_panel(session, cast, contest, dict(bundle.jurors))
    await open_stages(session, cast, contest)
    await play_sheets(session, Played(contest, applications, panel, bundle), skip=skip)
    return Played(contest, applications, panel, bundle)


async def play_sheets(session: Session, played: Played, *, skip: Sequence[tuple[str, str, str]] = ()) -> None:
    """Lock the sheets of a bundle but those to skip."""
    sheets: dict[tuple[str, str, str], dict[str, str]] = defaultdict(dict)
    for code, stage, juror, criterion, written in played.bundle.sheets:
        sheets[code, stage, juror][criterion] = written
    for (code, stage, juror), scores in sheets.items():
        if (code, stage, juror) not in skip:
            await lock(session, played.panel[juror], played.applications[code], stage, scores)


async def _family_application(session: Session, cast: Cast, contest: Contest, code: str) -> Application:
    """The application of the host group's family of the same number: F01 is the roll's F1."""
    assert contest.host_group_id is not None
    group = await get_group(session, cast.secretary, contest.host_group_id)
    by_number = {int(each.family.code[1:]): each.family for each in await families_of(session, group.id)}
    return await make_eligible(session, cast, contest, group, by_number[int(code[1:])], code=code)


async def _parents(session: Session, cast: Cast, bundle: Bundle, first: datetime) -> dict[str, Application]:
    """Approved first requests for the second requests of a bundle, by the codes of these: of A-2 the parent is A."""
    await clock.set_time(session, first - timedelta(days=60))
    contest = await make_contest(session, cast, "pdn-first")
    return {
        row[0]: await make_settled(session, cast, contest, ApplicationStatus.APPROVED, code=row[0].removesuffix("-2"))
        for row in bundle.applications
    }
