"""Queries about what may be registered twice: for all of an office, or for one group or person; one statement for the profiles."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlmodel import col

from service.core.db import Session
from service.people.distinctions import DistinctGroups, DistinctPersons
from service.people.likeness import GENERIC, Likeness, Profile, trigrams

Ours = set[UUID]
"""Whose likenesses were asked for, among the profiles."""

Decisions = type[DistinctGroups] | type[DistinctPersons]


@dataclass(frozen=True, slots=True)
class Apart:
    """Two that are decided not to be the same, with their names, why, by whom and when."""

    first_id: UUID
    first: str
    second_id: UUID
    second: str
    reason: str
    decided_by: str
    decided_at: datetime


async def group_profiles(
    session: Session, offices: Collection[UUID] | None, office_id: UUID | None, one: UUID | None, day: date
) -> tuple[list[Profile], Ours]:
    """The groups of ``offices`` (of all with None) that share a district or a number with those of an office, or with ``one``."""
    rows = (await session.execute(_GROUPS, {**_scope(offices, office_id, one), "day": day})).all()
    profiles = [
        Profile(row.id, row.name, trigrams(row.name, GENERIC), frozenset({row.ubigeo}), _numbers(row.numbers)) for row in rows
    ]
    return profiles, {row.id for row in rows if row.ours}


async def person_profiles(
    session: Session, offices: Collection[UUID] | None, office_id: UUID | None, one: UUID | None, dnis: Sequence[str]
) -> tuple[list[Profile], Ours]:
    """The persons to compare with those of an office, or with ``one``: those of the same districts on rolls and boards in
    ``offices`` (in all with None), those on none, those with a mobile number or a birth date and beginning of name in common, and
    those with one of ``dnis``. Districts and families are told of ``offices`` only."""
    rows = (await session.execute(_PERSONS, {**_scope(offices, office_id, one), "dnis": list(dnis)})).all()
    profiles = [
        Profile(
            row.id,
            f"{row.given_names} {row.family_names}",
            trigrams(f"{row.given_names} {row.family_names}"),
            frozenset(row.districts or ()),
            frozenset({(Likeness.PHONE, row.mobile)} if row.mobile else ()),
            frozenset(row.families or ()),
            row.dni,
            row.birth_date,
        )
        for row in rows
    ]
    return profiles, {row.id for row in rows if row.ours}


async def distinct(session: Session, table: Decisions, ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """The pairs among ``ids`` that are decided to be two, the smaller identifier first."""
    return {pair for pair, step in (await steps(session, table, ids)).items() if step % 2}


async def steps(session: Session, table: Decisions, ids: Collection[UUID]) -> dict[tuple[UUID, UUID], int]:
    """How many steps were taken on each pair among ``ids`` that was ever decided on, the smaller identifier first."""
    first, second = col(table.first_id), col(table.second_id)
    statement = select(first, second, func.max(col(table.step))).where(first.in_(ids), second.in_(ids)).group_by(first, second)
    return {(row[0], row[1]): row[2] for row in await session.execute(statement)}


async def told_apart(
    session: Session, table: Decisions, offices: Collection[UUID] | None, office_id: UUID, limit: int
) -> list[Apart]:
    """The pairs of an office that are decided to be two, the newest decision first; groups among those of ``offices`` (of all with None)."""
    query = _GROUPS_APART if table is DistinctGroups else _PERSONS_APART
    rows = await session.execute(query, {**_scope(offices, office_id, None), "limit": limit})
    return [Apart(*row) for row in rows]


def _scope(offices: Collection[UUID] | None, office_id: UUID | None, one: UUID | None) -> dict[str, Any]:
    return {"everywhere": offices is None, "offices": list(offices or ()), "office": office_id, "one": one}


def _numbers(written: Collection[str] | None) -> frozenset[tuple[Likeness, str]]:
    pairs = (each.split(":", 1) for each in written or ())
    return frozenset((Likeness(kind), value) for kind, value in pairs)


_GROUPS = text("""
    WITH seats AS (SELECT group_id, person_id FROM board_mandate WHERE CAST(:day AS date) BETWEEN since AND until),
    numbers AS (
        SELECT group_id, 'same_bank_account' AS kind, encode(cci_mark, 'hex') AS value FROM beneficiary_account WHERE status <> 'refused'
        UNION SELECT group_id, 'same_person_on_the_board', person_id::text FROM seats
        UNION SELECT s.group_id, 'same_phone', p.mobile FROM seats s JOIN person p ON p.id = s.person_id WHERE p.mobile IS NOT NULL
    ),
    ours AS (SELECT id, ubigeo FROM "group" WHERE office_id = CAST(:office AS uuid) OR id = CAST(:one AS uuid))
    SELECT g.id, g.name, g.ubigeo, g.id IN (SELECT id FROM ours) AS ours,
        array_agg(n.kind || ':' || n.value) FILTER (WHERE n.kind IS NOT NULL) AS numbers
    FROM "group" g LEFT JOIN numbers n ON n.group_id = g.id
    WHERE (:everywhere OR g.office_id = ANY(CAST(:offices AS uuid[]))) AND (
        g.ubigeo IN (SELECT ubigeo FROM ours) OR g.id IN (
            SELECT other.group_id FROM ours JOIN numbers mine ON mine.group_id = ours.id
            JOIN numbers other ON other.kind = mine.kind AND other.value = mine.value
        )
    )
    GROUP BY g.id
""")
_PERSONS = text("""
    WITH attached AS (
        SELECT m.person_id, g.office_id, g.ubigeo, f.id AS family_id
        FROM family_member m JOIN family f ON f.id = m.family_id JOIN "group" g ON g.id = f.group_id
        UNION ALL
        SELECT b.person_id, g.office_id, g.ubigeo, NULL FROM board_mandate b JOIN "group" g ON g.id = b.group_id
    ),
    seen AS (SELECT * FROM attached WHERE :everywhere OR office_id = ANY(CAST(:offices AS uuid[]))),
    ours AS (
        SELECT id, mobile, birth_date, left(sort_key, 3) AS beginning FROM person
        WHERE id = CAST(:one AS uuid) OR id IN (SELECT person_id FROM seen WHERE office_id = CAST(:office AS uuid))
    ),
    wanted AS (
        SELECT id FROM ours
        UNION SELECT person_id FROM seen
            WHERE ubigeo IN (SELECT ubigeo FROM seen WHERE person_id IN (SELECT id FROM ours))
        UNION SELECT p.id FROM person p WHERE NOT EXISTS (SELECT FROM attached a WHERE a.person_id = p.id)
        UNION SELECT p.id FROM person p JOIN ours o ON o.mobile = p.mobile
        UNION SELECT p.id FROM person p JOIN ours o ON o.birth_date = p.birth_date AND o.beginning = left(p.sort_key, 3)
        UNION SELECT p.id FROM person p WHERE p.dni = ANY(CAST(:dnis AS text[]))
    )
    SELECT p.id, p.given_names, p.family_names, p.dni, p.birth_date, p.mobile, p.id IN (SELECT id FROM ours) AS ours,
        array_agg(DISTINCT s.ubigeo) FILTER (WHERE s.ubigeo IS NOT NULL) AS districts,
        array_agg(DISTINCT s.family_id) FILTER (WHERE s.family_id IS NOT NULL) AS families
    FROM person p JOIN wanted w ON w.id = p.id LEFT JOIN seen s ON s.person_id = p.id
    GROUP BY p.id
""")
_GROUPS_APART = text("""
    SELECT d.first_id, one.name, d.second_id, other.name, d.reason, p.given_names || ' ' || p.family_names, d.decided_at
    FROM distinct_groups d JOIN "group" one ON one.id = d.first_id JOIN "group" other ON other.id = d.second_id
    JOIN person p ON p.id = d.decided_by
    WHERE :office IN (one.office_id, other.office_id)
        AND (:everywhere OR (one.office_id = ANY(CAST(:offices AS uuid[])) AND other.office_id = ANY(CAST(:offices AS uuid[]))))
        AND d.step % 2 = 1 AND NOT EXISTS (
            SELECT FROM distinct_groups later WHERE (later.first_id, later.second_id) = (d.first_id, d.second_id) AND later.step > d.step
        )
    ORDER BY d.decided_at DESC, d.first_id, d.second_id LIMIT :limit
""")
_PERSONS_APART = text("""
    WITH ours AS (
        SELECT m.person_id FROM family_member m JOIN family f ON f.id = m.family_id JOIN "group" g ON g.id = f.group_id
        WHERE g.office_id = :office
        UNION SELECT b.person_id FROM board_mandate b JOIN "group" g ON g.id = b.group_id WHERE g.office_id = :office
    )
    SELECT d.first_id, one.given_names || ' ' || one.family_names, d.second_id, other.given_names || ' ' || other.family_names,
        d.reason, p.given_names || ' ' || p.family_names, d.decided_at
    FROM distinct_persons d JOIN person one ON one.id = d.first_id JOIN person other ON other.id = d.second_id
    JOIN person p ON p.id = d.decided_by
    WHERE (d.first_id IN (SELECT person_id FROM ours) OR d.second_id IN (SELECT person_id FROM ours))
        AND d.step % 2 = 1 AND NOT EXISTS (
            SELECT FROM distinct_persons later WHERE (later.first_id, later.second_id) = (d.first_id, d.second_id) AND later.step > d.step
        )
    ORDER BY d.decided_at DESC, d.first_id, d.second_id LIMIT :limit
""")
