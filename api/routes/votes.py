"""Votes of a session, and what carried votes change beside the result."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel

from api.deps import Anyone, Who, Work, new_router
from api.routes.answers import Out
from service.core.money import Money
from service.deliberation import decisions, vote_queries, vote_recusals, vote_rules, votes
from service.deliberation import usecases as deliberation
from service.deliberation.models import Capacity
from service.deliberation.shapes import CarryOutIn, CorrectionIn, MajorityIn, VoteIn, VoteRecusalIn
from service.deliberation.vote_models import Choice, MajorityBase, VoteMatter
from service.deliberation.vote_queries import BallotEntry, MotionEntry

router = new_router("votes")


class MajorityOut(Out):
    """The majority that a session asks for a matter; the newest ``version`` counts."""

    matter: VoteMatter
    version: int
    at_least: str
    strict: bool
    base: MajorityBase
    casting: bool


class MemberVoteOut(Out):
    """A member's vote, with the dissent that the minutes will hold."""

    person_id: UUID
    name: str
    capacity: Capacity
    choice: Choice
    dissent: str | None


class BallotOut(Out):
    """A ballot: the majority it was counted by, the votes in favour that carry, and who voted how."""

    id: UUID
    attempt: int
    at: datetime
    reason: str | None
    at_least: str
    strict: bool
    base: MajorityBase
    casting: bool
    appointed: int
    needed: int
    carried: bool
    votes: list[MemberVoteOut]

    @classmethod
    def from_entry(cls, entry: BallotEntry) -> Self:
        """The answer for a ballot."""
        needed = vote_rules.votes_needed(entry.majority, entry.count)
        given = [MemberVoteOut.of(vote) for vote in entry.votes]
        return cls(**entry.ballot.model_dump(), needed=needed, votes=given)


class MotionOut(Out):
    """A motion with its ballots, of which the last counts; ``carried_out`` where an act rests on it."""

    id: UUID
    session_id: UUID
    number: int
    matter: VoteMatter
    title: str
    application_id: UUID | None
    amount: Money | None
    code: str
    applicant: str
    recused: list[str]
    carried_out: bool
    ballots: list[BallotOut]

    @classmethod
    def from_entry(cls, entry: MotionEntry) -> Self:
        """The answer for a motion."""
        return cls(
            **entry.motion.model_dump(),
            code=entry.code,
            applicant=entry.applicant,
            recused=list(entry.recused),
            carried_out=entry.carried_out,
            ballots=[BallotOut.from_entry(each) for each in entry.ballots],
        )


class CountedOut(Out):
    """A ballot as just recorded."""

    id: UUID
    motion_id: UUID
    attempt: int
    carried: bool


class VoteRecusalOut(Out):
    """A member who takes no part in the votes on an application from ``at`` on."""

    session_id: UUID
    application_id: UUID
    person_id: UUID
    reason: str
    at: datetime


class ActOut(BaseModel):
    """What a carried vote changed for an application; ``amount`` is None for a deferral."""

    motion_id: UUID
    application_id: UUID
    amount: Money | None = None
    reason: str


@router.get("/sessions/{session_id}/majorities")
async def list_majorities(session: Work, who: Who, session_id: UUID) -> list[MajorityOut]:
    """The majorities that a session has set; for other matters more than half of the votes cast."""
    found = await vote_queries.list_majorities(session, who, session_id)
    return [MajorityOut.of(row) for row in found.values()]


@router.post("/sessions/{session_id}/majorities", status_code=201)
async def set_majority(session: Work, who: Who, session_id: UUID, given: MajorityIn) -> MajorityOut:
    """Set the majority for a matter, before the tally."""
    return MajorityOut.of(await votes.set_majority(session, who, session_id, given))


@router.get("/sessions/{session_id}/votes")
async def list_votes(session: Work, who: Anyone, session_id: UUID) -> list[MotionOut]:
    """The votes of a session: of a published one for everybody."""
    return [MotionOut.from_entry(entry) for entry in await deliberation.list_votes(session, who, session_id)]


@router.post("/sessions/{session_id}/votes", status_code=201)
async def record_vote(session: Work, who: Who, session_id: UUID, given: VoteIn) -> CountedOut:
    """Record a vote, by persons."""
    return CountedOut.of(await votes.record_vote(session, who, session_id, given))


@router.post("/sessions/{session_id}/vote-recusals", status_code=201)
async def step_out(session: Work, who: Who, session_id: UUID, given: VoteRecusalIn) -> VoteRecusalOut:
    """Take a member present out of the votes on an application, from now on."""
    return VoteRecusalOut.of(await vote_recusals.step_out(session, who, session_id, given))


@router.post("/votes/{motion_id}/corrections", status_code=201)
async def correct_vote(session: Work, who: Who, motion_id: UUID, given: CorrectionIn) -> CountedOut:
    """Record the right votes of a ballot that was entered wrongly; both are kept."""
    return CountedOut.of(await votes.correct_vote(session, who, motion_id, given))


@router.post("/votes/{motion_id}/adjustment", status_code=201)
async def adjust_amount(session: Work, who: Who, motion_id: UUID, given: CarryOutIn) -> ActOut:
    """Give an application the amount that a carried vote gave it."""
    row = await decisions.adjust_amount(session, who, motion_id, given)
    return ActOut(motion_id=row.motion_id, application_id=row.application_id, amount=row.amount, reason=row.reason)


@router.post("/votes/{motion_id}/deferral", status_code=201)
async def defer_application(session: Work, who: Who, motion_id: UUID, given: CarryOutIn) -> ActOut:
    """Put an application off, as a carried vote says."""
    row = await decisions.defer_application(session, who, motion_id, given)
    return ActOut(motion_id=row.motion_id, application_id=row.application_id, reason=row.reason)
