"""Queries about votes and about what carried votes brought about."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlmodel import col

from service.core.db import Session
from service.deliberation.vote_models import Adjustment, Ballot, Deferral, MajorityRule, Motion, VoteMatter, VoteRecusal
from service.people.models import Person


async def majority_rules(session: Session, session_id: UUID) -> dict[VoteMatter, MajorityRule]:
    """The newest rule that a session has set for each matter."""
    statement = select(MajorityRule).where(col(MajorityRule.session_id) == session_id).order_by(col(MajorityRule.version))
    return {row.matter: row for row in await session.scalars(statement)}


async def motions_of(session: Session, session_id: UUID) -> Sequence[Motion]:
    """The motions of a session, in the order they were put to the vote."""
    statement = select(Motion).where(col(Motion.session_id) == session_id).order_by(col(Motion.number))
    return (await session.scalars(statement)).all()


async def last_number(session: Session, session_id: UUID) -> int:
    """The number of the last motion of a session; 0 before the first."""
    statement = select(func.max(col(Motion.number))).where(col(Motion.session_id) == session_id)
    return await session.scalar(statement) or 0


async def ballots_of(session: Session, motion_ids: Collection[UUID]) -> Sequence[Ballot]:
    """The ballots on motions, in the order of attempts."""
    statement = select(Ballot).where(col(Ballot.motion_id).in_(list(motion_ids)))
    return (await session.scalars(statement.order_by(col(Ballot.attempt)))).all()


async def votes_in(session: Session, ballot_ids: Collection[UUID]) -> list[Row[Any]]:
    """The votes of ballots with the members' names and dissents: the chair first, then by name."""
    return list(await session.execute(_VOTES, {"ballots": list(ballot_ids)}))


async def recused_from(session: Session, session_id: UUID, application_ids: Collection[UUID]) -> list[Row[Any]]:
    """Who has no vote on applications: application, person, name, whether a member who came, and since when (None for always)."""
    return list(await session.execute(_RECUSED, {"session": session_id, "applications": list(application_ids)}))


async def stepped_out(session: Session, session_id: UUID) -> list[tuple[VoteRecusal, Person]]:
    """The members who stepped out of votes of a session, in the order they did."""
    statement = (
        select(VoteRecusal, Person)
        .join(Person, col(Person.id) == col(VoteRecusal.person_id))
        .where(col(VoteRecusal.session_id) == session_id)
        .order_by(col(VoteRecusal.at), col(Person.sort_key))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def acts_on(session: Session, motion_ids: Collection[UUID]) -> set[UUID]:
    """The motions among these that an act rests on."""
    wanted = list(motion_ids)
    adjusted = select(col(Adjustment.motion_id)).where(col(Adjustment.motion_id).in_(wanted))
    deferred = select(col(Deferral.motion_id)).where(col(Deferral.motion_id).in_(wanted))
    return set(await session.scalars(adjusted.union(deferred)))


async def standing_acts(session: Session, contest_ids: Collection[UUID]) -> list[Row[Any]]:
    """The acts on applications of contests whose motion is carried, in the order they were done."""
    return list(await session.execute(_ACTS, {"contests": list(contest_ids)}))


_VOTES = text(
    """
    SELECT v.ballot_id, v.person_id, v.capacity, v.choice, p.given_names || ' ' || p.family_names AS name, d.words
    FROM vote v JOIN person p ON p.id = v.person_id
    LEFT JOIN dissent d ON (d.ballot_id, d.person_id) = (v.ballot_id, v.person_id)
    WHERE v.ballot_id = ANY(:ballots) ORDER BY v.capacity <> 'chair', p.sort_key, p.id
    """
)
_RECUSED = text(
    """
    SELECT r.application_id, p.id AS person_id, p.given_names || ' ' || p.family_names AS name, r.at, EXISTS (
        SELECT FROM attendance t WHERE t.session_id = :session AND t.person_id = p.id AND t.capacity IN ('chair', 'member')
    ) AS came
    FROM (
        SELECT application_id, person_id, CAST(NULL AS timestamptz) AS at FROM recusal
        UNION ALL SELECT application_id, person_id, at FROM vote_recusal
    ) r JOIN person p ON p.id = r.person_id
    WHERE r.application_id = ANY(:applications) ORDER BY p.sort_key, p.id
    """
)
_ACTS = text(
    """
    SELECT x.act, x.motion_id, x.application_id, x.amount, x.reason, m.number FROM (
        SELECT 'adjustment' AS act, motion_id, application_id, amount, reason, at FROM adjustment
        UNION ALL SELECT 'deferral', motion_id, application_id, NULL, reason, at FROM deferral
    ) x
    JOIN motion m ON m.id = x.motion_id JOIN application a ON a.id = x.application_id
    JOIN LATERAL (SELECT carried FROM ballot WHERE motion_id = m.id ORDER BY attempt DESC LIMIT 1) b ON b.carried
    WHERE a.contest_id = ANY(:contests) ORDER BY x.at, m.number
    """
)
