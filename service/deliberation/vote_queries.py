"""Reading votes and what followed from them, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from service.contests.numbers import read_number
from service.core.actor import Actor
from service.core.db import Session
from service.deliberation import store, vote_rules, vote_store
from service.deliberation.models import Capacity, CommitteeSession, SessionStatus
from service.deliberation.queries import get_session
from service.deliberation.vote_models import Ballot, Choice, MajorityRule, Motion, VoteMatter
from service.deliberation.vote_rules import Majority, VoteCount


@dataclass(frozen=True, slots=True)
class MemberVote:
    """A member's vote; ``dissent`` is None where the member put none into the minutes."""

    person_id: UUID
    name: str
    capacity: Capacity
    choice: Choice
    dissent: str | None


@dataclass(frozen=True, slots=True)
class BallotEntry:
    """A ballot with its votes: the chair's first, then by name."""

    ballot: Ballot
    votes: tuple[MemberVote, ...]

    @property
    def majority(self) -> Majority:
        """The majority it was counted by."""
        return majority_of(self.ballot)

    @property
    def count(self) -> VoteCount:
        """Its count."""
        chair = next((each.choice for each in self.votes if each.capacity == Capacity.CHAIR), None)
        return vote_rules.count_votes((each.choice for each in self.votes), self.ballot.appointed, chair)

    def names(self, choice: Choice) -> list[str]:
        """Who voted so."""
        return [each.name for each in self.votes if each.choice == choice]


@dataclass(frozen=True, slots=True)
class MotionEntry:
    """A motion, the application it is about (its short name and who applied, empty without one), who was recused, its ballots.

    The last ballot counts; the earlier ones were entered wrongly.
    """

    motion: Motion
    code: str
    applicant: str
    recused: tuple[str, ...]
    ballots: tuple[BallotEntry, ...]
    carried_out: bool

    @property
    def last(self) -> BallotEntry:
        """The ballot that counts."""
        return self.ballots[-1]


@dataclass(frozen=True, slots=True)
class ActEntry:
    """An act beside the result, that a carried vote stands behind; ``amount`` is None for a deferral."""

    matter: VoteMatter
    application_id: UUID
    amount: Decimal | None
    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the committee decided beside the results of some contests, in the order it was done; the last adjustment counts."""

    acts: tuple[ActEntry, ...] = ()
    adjusted: dict[UUID, Decimal] = field(default_factory=dict)
    deferred: frozenset[UUID] = frozenset()


def majority_of(row: Ballot | MajorityRule) -> Majority:
    """The majority that a ballot was counted by, or that a session has set."""
    share = read_number(row.at_least)
    assert share is not None
    return Majority(share, row.strict, row.base, row.casting)


async def votes_of(session: Session, session_id: UUID, reader: UUID | None = None) -> list[MotionEntry]:
    """The votes of a session in their order: for use cases that have asked who may.

    Without those on applications that the ``reader`` is recused from.
    """
    motions = await vote_store.motions_of(session, session_id)
    if not motions:
        return []
    items = {motion.application_id for motion in motions if motion.application_id}
    who = await store.applicants(session, items)
    recused = await vote_store.recused_from(session, session_id, items)
    hidden = {row.application_id for row in recused if row.person_id == reader}
    acts = await vote_store.acts_on(session, [motion.id for motion in motions])
    ballots = await vote_store.ballots_of(session, [motion.id for motion in motions])
    votes: dict[UUID, list[MemberVote]] = defaultdict(list)
    for row in await vote_store.votes_in(session, [ballot.id for ballot in ballots]):
        member = MemberVote(row.person_id, row.name, Capacity(row.capacity), Choice(row.choice), row.words)
        votes[row.ballot_id].append(member)
    entries = []
    for motion in motions:
        if motion.application_id in hidden:
            continue
        out = [row for row in recused if row.came and row.application_id == motion.application_id]
        item = who.get(motion.application_id) if motion.application_id else None
        entries.append(
            MotionEntry(
                motion,
                item.code if item else "",
                item.applicant if item else "",
                tuple(row.name for row in out if row.at is None or row.at <= motion.put_at),
                tuple(BallotEntry(each, tuple(votes[each.id])) for each in ballots if each.motion_id == motion.id),
                motion.id in acts,
            )
        )
    return entries


async def majorities_of(session: Session, session_id: UUID) -> dict[VoteMatter, MajorityRule]:
    """The majorities that a session has set, by matter: for use cases that have asked who may."""
    return await vote_store.majority_rules(session, session_id)


async def list_majorities(session: Session, actor: Actor | None, session_id: UUID) -> dict[VoteMatter, MajorityRule]:
    """The majorities that a session has set, by matter. Raises ``NotFound``."""
    await get_session(session, actor, session_id)
    return await majorities_of(session, session_id)


async def list_votes(session: Session, actor: Actor | None, session_id: UUID) -> list[MotionEntry]:
    """The votes of a session: of a published one for everybody; before, without those that the actor is recused from.

    Raises ``NotFound``.
    """
    entry = await get_session(session, actor, session_id)
    return await votes_of(session, session_id, kept_from(entry.session, actor))


def kept_from(row: CommitteeSession, actor: Actor | None) -> UUID | None:
    """From whom the votes are kept that the person is recused from; nobody once the minutes are published."""
    return None if actor is None or row.status == SessionStatus.PUBLISHED else actor.person_id


async def decisions_on(session: Session, contest_ids: Collection[UUID]) -> Decisions:
    """What carried votes changed for applications of contests, beside their results."""
    rows = await vote_store.standing_acts(session, contest_ids)
    acts = tuple(ActEntry(VoteMatter(row.act), row.application_id, row.amount, row.reason, row.number) for row in rows)
    return Decisions(
        acts,
        {each.application_id: each.amount for each in acts if each.amount is not None},
        frozenset(each.application_id for each in acts if each.matter == VoteMatter.DEFERRAL),
    )


async def published_decisions(session: Session, contest_id: UUID) -> list[tuple[ActEntry, str, str]]:
    """What was decided beside a contest's result, each with the application's short name and who applied, once its minutes are published.

    Everybody may ask; earlier there is nothing.
    """
    row = await store.session_of_contest(session, contest_id)
    if row is None or row.status != SessionStatus.PUBLISHED:
        return []
    acts = (await decisions_on(session, [contest_id])).acts
    who = await store.applicants(session, {act.application_id for act in acts})
    return [(act, who[act.application_id].code, who[act.application_id].applicant) for act in acts]
