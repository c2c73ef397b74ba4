"""Votes of a session, made through the use cases."""

from collections.abc import Sequence
from typing import Any

from service.applications.models import Application
from service.core.actor import Actor
from service.core.db import Session
from service.deliberation import usecases
from service.deliberation.models import CommitteeSession
from service.deliberation.shapes import CarryOutIn, MajorityIn, VoteIn
from service.deliberation.vote_models import Adjustment, Ballot, Deferral, VoteMatter
from tests.cast import Cast
from tests.make.deliberation import make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import Played, play_bundle

BECAUSE = CarryOutIn(reason="Así lo votó el comité")


def members(cast: Cast) -> list[Actor]:
    """The chair and the jurors, who are the committee."""
    return [cast.mayor, *cast.jurors]


def vote_in(
    in_favour: Sequence[Actor], against: Sequence[Actor] = (), abstained: Sequence[Actor] = (), **changes: Any
) -> VoteIn:
    """A vote on a motion; ``changes`` are fields of ``VoteIn``."""
    given = {
        "matter": VoteMatter.MOTION,
        "title": "Sesionar también el sábado",
        "in_favour": [each.person_id for each in in_favour],
        "against": [each.person_id for each in against],
        "abstained": [each.person_id for each in abstained],
    }
    return VoteIn.model_validate({**given, **changes})


async def carry(
    session: Session, cast: Cast, row: CommitteeSession, application: Application, matter: VoteMatter, amount: str | None = None
) -> Ballot:
    """A vote on an application that every member is in favour of."""
    given = vote_in(members(cast), matter=matter, title="Sobre el expediente", application_id=application.id, amount=amount)
    return await usecases.record_vote(session, cast.secretary, row.id, given)


async def adjust(session: Session, cast: Cast, row: CommitteeSession, application: Application, amount: str) -> Adjustment:
    """An amount adjusted by a carried vote."""
    ballot = await carry(session, cast, row, application, VoteMatter.ADJUSTMENT, amount)
    return await usecases.adjust_amount(session, cast.secretary, ballot.motion_id, BECAUSE)


async def defer(session: Session, cast: Cast, row: CommitteeSession, application: Application) -> Deferral:
    """An application put off by a carried vote."""
    ballot = await carry(session, cast, row, application, VoteMatter.DEFERRAL)
    return await usecases.defer_application(session, cast.secretary, ballot.motion_id, BECAUSE)


async def make_tallied(session: Session, cast: Cast, *majorities: MajorityIn) -> tuple[Played, CommitteeSession]:
    """A tallied session of plans with its whole committee present: the chair and five jurors."""
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    for given in majorities:
        await usecases.set_majority(session, cast.secretary, row.id, given)
    await tally_all(session, cast, row)
    return played, row
