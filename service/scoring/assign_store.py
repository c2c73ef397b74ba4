"""Queries about divided stages, assignments, and what bars a juror from an application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlmodel import col

from service.contests.models import Call, Contest
from service.core.db import Session
from service.scoring.models import ScoreSheet
from service.scoring.panel_models import Assignment, DividedStage
from service.scoring.rules import JUDGED


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A juror's seat in a stage: of whom, appointed until when, how many sheets there are to fill in and how many are locked."""

    contest_id: UUID
    stage: str
    person_id: UUID
    juror: str
    alternate: bool
    name: str
    origin: str | None
    since: date | None
    until: date | None
    assigned: int
    locked: int


async def divided(session: Session, contest_id: UUID) -> dict[str, DividedStage]:
    """The divided stages of a contest, by code."""
    rows = await session.scalars(select(DividedStage).where(col(DividedStage.contest_id) == contest_id))
    return {row.stage: row for row in rows}


async def assignments(session: Session, contest_id: UUID) -> list[Row[Any]]:
    """The assignments of a contest, ended ones too, with codes, names and whether a sheet is locked: by stage, application, juror."""
    return list(await session.execute(_ASSIGNMENTS, {"contest": contest_id}))


async def live(session: Session, contest_id: UUID, stage: str) -> Sequence[Assignment]:
    """The assignments in a stage that have not ended."""
    same = (col(Assignment.contest_id) == contest_id, col(Assignment.stage) == stage, col(Assignment.ended_at).is_(None))
    return (await session.scalars(select(Assignment).where(*same))).all()


async def lock_assignment(session: Session, assignment_id: UUID) -> tuple[Assignment, UUID] | None:
    """An assignment, locked, and its office."""
    statement = (
        select(Assignment, col(Call.office_id))
        .join(Contest, col(Contest.id) == col(Assignment.contest_id))
        .join(Call, col(Call.id) == col(Contest.call_id))
        .where(col(Assignment.id) == assignment_id)
        .with_for_update(of=Assignment, key_share=True)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement)).one_or_none()
    return (row[0], row[1]) if row else None


async def has_sheets(session: Session, contest_id: UUID, stage: str) -> bool:
    """Whether a sheet of a stage is locked."""
    same = (col(ScoreSheet.contest_id) == contest_id, col(ScoreSheet.stage) == stage)
    return bool(await session.scalar(select(select(col(ScoreSheet.id)).where(*same).exists())))


async def replaceable(session: Session, contest_id: UUID, stage: str, juror: UUID) -> list[tuple[UUID, str]]:
    """The applications on whose panel a juror is who is recused or recorded absent there, each with which of them, by code."""
    rows = await session.execute(_REPLACEABLE, {"contest": contest_id, "stage": stage, "juror": juror, "judged": list(JUDGED)})
    return [(row.application_id, row.why) for row in rows]


async def codes(session: Session, contest_id: UUID) -> dict[UUID, str]:
    """The short names of a contest's applications."""
    rows = await session.execute(text("SELECT id, code FROM application WHERE contest_id = :contest"), {"contest": contest_id})
    return {row.id: row.code for row in rows}


async def roster(session: Session, contest_id: UUID, day: date) -> list[RosterLine]:
    """The seats of a contest with the jurors' appointments on a day and their sheets, by stage and short name."""
    rows = await session.execute(_ROSTER, {"contest": contest_id, "judged": list(JUDGED), "day": day})
    return [RosterLine(*row) for row in rows]


_ASSIGNMENTS = text(
    """
    SELECT x.id, x.stage, a.id AS application_id, a.code, x.person_id, s.juror, p.given_names || ' ' || p.family_names AS name,
        x.stands_in_for, other.juror AS stands_in_for_juror, q.given_names || ' ' || q.family_names AS stands_in_for_name, x.reason, x.assigned_at, x.ended_at, x.end_reason,
        EXISTS (SELECT FROM score_sheet t WHERE t.application_id = a.id AND t.stage = x.stage AND t.person_id = x.person_id)
            AS locked
    FROM assignment x JOIN application a ON a.id = x.application_id
    JOIN seat s ON (s.contest_id, s.stage, s.person_id) = (x.contest_id, x.stage, x.person_id)
    JOIN person p ON p.id = x.person_id
    LEFT JOIN seat other ON (other.contest_id, other.stage, other.person_id) = (x.contest_id, x.stage, x.stands_in_for)
    LEFT JOIN person q ON q.id = x.stands_in_for
    WHERE x.contest_id = :contest ORDER BY x.stage, a.code, s.juror, x.assigned_at, x.id
    """
)
_REPLACEABLE = text(
    """
    SELECT p.application_id, CASE WHEN r.person_id IS NOT NULL THEN 'recused' ELSE 'absent' END AS why
    FROM panel p JOIN application a ON a.id = p.application_id AND a.status = ANY(:judged)
    LEFT JOIN recusal r ON r.application_id = a.id AND r.person_id = p.person_id
    LEFT JOIN recorded_absence n ON n.application_id = a.id AND n.stage = p.stage AND n.person_id = p.person_id
    WHERE p.contest_id = :contest AND p.stage = :stage AND p.person_id = :juror
        AND (r.person_id IS NOT NULL OR n.person_id IS NOT NULL)
    ORDER BY a.code
    """
)
_ROSTER = text(
    """
    SELECT s.contest_id, s.stage, s.person_id, s.juror, s.alternate, p.given_names || ' ' || p.family_names AS name,
        t.origin, t.since, t.until, COALESCE(n.assigned, 0) AS assigned, COALESCE(n.locked, 0) AS locked
    FROM seat s JOIN person p ON p.id = s.person_id JOIN contest c ON c.id = s.contest_id JOIN call k ON k.id = c.call_id
    LEFT JOIN LATERAL (
        SELECT t.origin, t.since, t.until FROM appointment t JOIN committee m ON m.id = t.committee_id
        WHERE t.person_id = s.person_id AND m.office_id = k.office_id
        ORDER BY t.since <= :day AND COALESCE(t.until >= :day, true) DESC, t.since DESC, t.id LIMIT 1
    ) t ON true
    LEFT JOIN (
        SELECT x.stage, x.person_id, count(*) AS assigned, count(l.id) AS locked
        FROM panel x JOIN application a ON a.id = x.application_id AND a.status = ANY(:judged)
        LEFT JOIN score_sheet l ON l.application_id = a.id AND l.stage = x.stage AND l.person_id = x.person_id
            AND l.supersedes_id IS NULL
        WHERE x.contest_id = :contest
            AND NOT EXISTS (SELECT FROM recusal r WHERE r.application_id = a.id AND r.person_id = x.person_id)
        GROUP BY x.stage, x.person_id
    ) n ON n.stage = s.stage AND n.person_id = s.person_id
    WHERE s.contest_id = :contest ORDER BY s.stage, s.alternate, s.juror
    """
)
