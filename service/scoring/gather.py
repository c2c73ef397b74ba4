"""From the database to a bundle: everything that decides a contest, in a fixed number of queries."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from service.core.clock import PERU
from service.core.db import Session
from service.core.money import show
from service.scoring.books import KnownBook
from service.scoring.bundle import Bundle, SheetRow
from service.scoring.panels import book_of
from service.scoring.rules import JUDGED


@dataclass(frozen=True, slots=True)
class Gathered:
    """The bundle of a contest, and the identifiers of its applications by code."""

    bundle: Bundle
    ids: Mapping[str, UUID]


async def gather_bundle(
    session: Session, contest_id: UUID, *, as_of: datetime | None = None, applications: Collection[UUID] | None = None
) -> Gathered:
    """The bundle that decides a contest, from the sheets that no other supersedes.

    As it is now; or, to show again what an earlier run of the judge saw, without what was corrected or recorded after ``as_of``, and
    of those ``applications`` whatever became of them later. The sheets of a juror recused since count no more. Raises ``NotFound``, ``ContestNotRunning``.
    """
    known, of = await scope_of(session, contest_id, as_of, applications)
    rows = (await session.execute(_APPLICATIONS, of)).all()
    of["applications"] = [row.id for row in rows]
    attributes: dict[UUID, dict[str, str]] = defaultdict(dict)
    for row in await session.execute(_ATTRIBUTES, of):
        attributes[row.application_id][row.name] = row.value
    bundle = Bundle(
        rules=known.book.value,
        applications=[
            (row.code, row.filed_at.astimezone(PERU).isoformat(), show(row.requested), attributes[row.id]) for row in rows
        ],
        jurors=[(juror, stages) for juror, stages in await session.execute(JURORS, of)],
        sheets=scores_in((await session.execute(SHEETS, of)).all()),
        recusals=[(row.code, row.juror) for row in await session.execute(RECUSALS, of)],
        absences=[tuple(row) for row in await session.execute(ABSENCES, of)],
    )
    return Gathered(bundle, {row.code: row.id for row in rows})


async def scope_of(
    session: Session, contest_id: UUID, as_of: datetime | None, applications: Collection[UUID] | None
) -> tuple[KnownBook, dict[str, Any]]:
    """The rule book of a contest, and what its queries are asked with."""
    known = await book_of(session, contest_id)
    of = {
        "contest": contest_id,
        "judged": list(JUDGED),
        "only": None if applications is None else list(applications),
        "as_of": as_of,
        "stages": list(known.book.stages),
    }
    return known, of


def scores_in(sheets: Sequence[Row[Any]]) -> list[SheetRow]:
    """A row for each score of these sheets, by criterion within a sheet; the texts of a sheet are held once."""
    scores = json.loads(f"[{','.join(row.scores for row in sheets)}]")
    return [
        (code, stage, juror, criterion, written)
        for (code, stage, juror, _), each in zip(map(tuple, sheets), scores, strict=True)
        for criterion, written in sorted(each.items())
    ]


# Every order is that of code points, whatever the database's language: a bundle has the same bytes everywhere.
_APPLICATIONS = text(
    """
    SELECT id, code, filed_at, requested FROM application
    WHERE contest_id = :contest
        AND CASE WHEN CAST(:only AS uuid[]) IS NULL THEN status = ANY(:judged) ELSE id = ANY(:only) END
    ORDER BY code COLLATE "C"
    """
)
_ATTRIBUTES = text(
    """
    SELECT DISTINCT ON (application_id, name COLLATE "C") application_id, name, value FROM application_attribute
    WHERE application_id = ANY(:applications) AND at <= COALESCE(CAST(:as_of AS timestamptz), 'infinity')
    ORDER BY application_id, name COLLATE "C", version DESC
    """
)
JURORS = text(
    """
    SELECT juror, array_agg(stage ORDER BY array_position(CAST(:stages AS text[]), stage)) AS stages FROM seat
    WHERE contest_id = :contest AND stage = ANY(:stages) GROUP BY juror ORDER BY juror COLLATE "C"
    """
)
# One row a sheet, and its scores as one JSON text: fetched in a third of the time that a row for each score takes.
SHEETS = text(
    """
    SELECT a.code, x.stage, s.juror, x.scores FROM (
        SELECT t.id, t.application_id, t.contest_id, t.stage, t.person_id,
            CAST(json_object_agg(c.code, r.written) AS text) AS scores
        FROM score_sheet t JOIN score r ON r.sheet_id = t.id JOIN rule_book_criterion c ON c.id = r.criterion_id
        WHERE t.contest_id = :contest AND t.application_id = ANY(:applications)
            AND (t.reason IS NULL OR t.locked_at <= COALESCE(CAST(:as_of AS timestamptz), 'infinity'))
            AND NOT EXISTS (SELECT FROM score_sheet later WHERE later.supersedes_id = t.id
                AND later.locked_at <= COALESCE(CAST(:as_of AS timestamptz), 'infinity'))
            AND NOT EXISTS (SELECT FROM recusal q WHERE q.application_id = t.application_id AND q.person_id = t.person_id
                AND q.at <= COALESCE(CAST(:as_of AS timestamptz), 'infinity'))
        GROUP BY t.id
    ) x JOIN application a ON a.id = x.application_id
    JOIN seat s ON (s.contest_id, s.stage, s.person_id) = (x.contest_id, x.stage, x.person_id)
    ORDER BY a.code COLLATE "C", array_position(CAST(:stages AS text[]), x.stage), s.juror COLLATE "C"
    """
)
# The format knows no assignments: who has a seat and is not on the panel of an application leaves its base as a recused juror does.
# Where every seat scores everything, the second part is not looked for.
RECUSALS = text(
    """
    SELECT code, juror, origin FROM (
    SELECT a.code, s.juror, r.origin FROM recusal r JOIN application a ON a.id = r.application_id
    JOIN seat s ON s.contest_id = a.contest_id AND s.person_id = r.person_id AND s.stage = ANY(:stages)
    WHERE r.application_id = ANY(:applications) AND r.at <= COALESCE(CAST(:as_of AS timestamptz), 'infinity')
    GROUP BY a.code, s.juror, r.origin
    UNION ALL
    SELECT a.code, s.juror, CASE WHEN s.alternate THEN 'not_assigned' WHEN EXISTS (
            SELECT FROM assignment x WHERE x.application_id = a.id AND x.stage = s.stage AND x.stands_in_for = s.person_id
            AND x.assigned_at <= COALESCE(CAST(:as_of AS timestamptz), 'infinity')
            AND (x.ended_at IS NULL OR x.ended_at > :as_of)
        ) THEN 'replaced' ELSE 'not_assigned' END
    FROM seat s JOIN application a ON a.contest_id = s.contest_id
    WHERE s.contest_id = :contest AND s.stage = ANY(:stages) AND a.id = ANY(:applications)
        AND EXISTS (
            SELECT FROM divided_stage WHERE contest_id = :contest
            UNION ALL SELECT FROM seat WHERE contest_id = :contest AND alternate
        )
        AND NOT EXISTS (SELECT FROM panel_at(COALESCE(CAST(:as_of AS timestamptz), 'infinity')) p
            WHERE p.application_id = a.id AND p.stage = s.stage AND p.person_id = s.person_id)
        AND NOT EXISTS (SELECT FROM recusal r WHERE r.application_id = a.id AND r.person_id = s.person_id
            AND r.at <= COALESCE(CAST(:as_of AS timestamptz), 'infinity'))
    ) x ORDER BY code COLLATE "C", juror COLLATE "C"
    """
)
ABSENCES = text(
    """
    SELECT a.code, n.stage, s.juror FROM recorded_absence n JOIN application a ON a.id = n.application_id
    JOIN seat s ON (s.contest_id, s.stage, s.person_id) = (n.contest_id, n.stage, n.person_id)
    WHERE n.application_id = ANY(:applications) AND n.stage = ANY(:stages)
    ORDER BY a.code COLLATE "C", n.stage COLLATE "C", s.juror COLLATE "C"
    """
)
