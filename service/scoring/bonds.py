"""From the database: who applies, and what ties the jurors of a contest to the applicants; a few queries whatever the number."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text

from service.core.db import Session
from service.scoring.conflicts import Applicant, Bonds
from service.scoring.rules import JUDGED


async def applicants(session: Session, contest_id: UUID) -> list[Applicant]:
    """The applications of a contest that take part, by code."""
    rows = await session.execute(_APPLICANTS, {"contest": contest_id, "judged": list(JUDGED)})
    return [Applicant(*row) for row in rows]


async def settled_pairs(session: Session, application_ids: Sequence[UUID]) -> set[tuple[UUID, UUID]]:
    """Application and juror where a recusal stands already, or a sheet is locked, so that none can be added."""
    rows = await session.execute(_SETTLED, {"applications": list(application_ids)})
    return {(row.application_id, row.person_id) for row in rows}


async def bonds_of(session: Session, jurors: Iterable[UUID], applicants: Sequence[Applicant], day: date) -> Bonds:
    """What is known of these jurors, their households and these applicants on a day."""
    persons, groups = list(jurors), list({each.group_id for each in applicants})
    households: dict[UUID, set[UUID]] = {juror: set() for juror in persons}
    for juror, other in await session.execute(_HOUSEHOLDS, {"persons": persons}):
        households[juror].add(other)
    everybody = list(set(persons).union(*households.values()))
    about = {"persons": everybody, "groups": groups, "day": day}
    rolls = (await session.execute(_ROLLS, about)).all()
    boards = await session.execute(_BOARDS, about)
    signers = (await session.execute(_SIGNERS, {**about, "persons": persons})).all()
    return Bonds(
        rolls=frozenset((row.group_id, row.person_id) for row in rolls),
        families=frozenset((row.family_id, row.person_id) for row in rolls),
        boards=frozenset((row.group_id, row.person_id) for row in boards),
        cofunders=frozenset((row.group_id, row.person_id) for row in signers if not row.own),
        bodies=frozenset((row.group_id, row.person_id) for row in signers if row.own),
        households={juror: frozenset(others) for juror, others in households.items()},
    )


async def own_district(session: Session, contest_id: UUID, day: date) -> set[tuple[UUID, UUID]]:
    """Application and juror where a group that the juror is of, by roll or by board, is of the applicant group's district.

    Not asked in a contest among families: there every applicant belongs to the host group.
    """
    rows = await session.execute(_OWN_DISTRICT, {"contest": contest_id, "judged": list(JUDGED), "day": day})
    return {(row.application_id, row.person_id) for row in rows}


_APPLICANTS = text(
    "SELECT id, group_id, family_id FROM application WHERE contest_id = :contest AND status = ANY(:judged) ORDER BY code"
)
_SETTLED = text(
    "SELECT application_id, person_id FROM recusal WHERE application_id = ANY(:applications) "
    "UNION SELECT application_id, person_id FROM score_sheet WHERE application_id = ANY(:applications) AND supersedes_id IS NULL"
)
_HOUSEHOLDS = text(
    "SELECT DISTINCT mine.person_id, other.person_id FROM family_member mine JOIN family_member other "
    "ON other.family_id = mine.family_id AND other.person_id <> mine.person_id WHERE mine.person_id = ANY(:persons)"
)
_ROLLS = text(
    "SELECT f.group_id, f.id AS family_id, m.person_id FROM family_member m JOIN family f ON f.id = m.family_id "
    "WHERE m.person_id = ANY(:persons) AND f.group_id = ANY(:groups)"
)
_BOARDS = text(
    "SELECT DISTINCT group_id, person_id FROM board_mandate "
    "WHERE person_id = ANY(:persons) AND group_id = ANY(:groups) AND since <= :day AND until >= :day"
)
_SIGNERS = text(
    """
    SELECT DISTINCT tied.group_id, s.person_id, tied.own FROM cofunder_signer s JOIN (
        SELECT cofunder_id, group_id, false AS own FROM pledge
        UNION ALL SELECT id, group_id, true FROM cofunder
    ) tied ON tied.cofunder_id = s.cofunder_id
    WHERE s.person_id = ANY(:persons) AND tied.group_id = ANY(:groups)
        AND s.since <= :day AND (s.until IS NULL OR s.until >= :day)
    """
)
_OWN_DISTRICT = text(
    """
    SELECT DISTINCT a.id AS application_id, s.person_id FROM application a JOIN "group" g ON g.id = a.group_id
    JOIN seat s ON s.contest_id = a.contest_id JOIN (
        SELECT m.person_id, f.group_id FROM family_member m JOIN family f ON f.id = m.family_id
        UNION ALL SELECT person_id, group_id FROM board_mandate WHERE since <= :day AND until >= :day
    ) mine ON mine.person_id = s.person_id JOIN "group" own ON own.id = mine.group_id AND own.ubigeo = g.ubigeo
    WHERE a.contest_id = :contest AND a.status = ANY(:judged) AND a.family_id IS NULL
    """
)
