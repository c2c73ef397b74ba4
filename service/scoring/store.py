"""Queries about contests' panels, windows, recusals and sheets."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlmodel import col

from service.applications.models import Application
from service.contests.models import Call, Contest, ContestStatus
from service.core.db import Session, to_json
from service.people.models import Appointment, Committee
from service.record.usecases import INSERT_LEAF
from service.scoring.models import ConflictDeclaration, Recusal, ScoreDraft, ScoreSheet, ScoringWindow, Seat
from service.scoring.rules import JUDGED


@dataclass(frozen=True, slots=True)
class Arena:
    """A contest as panels need it."""

    contest_id: UUID
    office_id: UUID
    status: ContestStatus
    rule_book_id: UUID | None


async def arena(session: Session, contest_id: UUID, *, lock: bool = False) -> Arena | None:
    """A contest with its office and the rule book in force; locked, so that panels change one after the other."""
    if lock:
        await session.execute(_LOCK_CONTEST, {"contest": contest_id})
    row = (await session.execute(_ARENA, {"contest": contest_id})).one_or_none()
    return Arena(row.id, row.office_id, ContestStatus(row.status), row.rule_book_id) if row else None


async def application(session: Session, application_id: UUID) -> tuple[Application, UUID] | None:
    """An application and its contest's office."""
    statement = (
        select(Application, col(Call.office_id))
        .join(Contest, col(Contest.id) == col(Application.contest_id))
        .join(Call, col(Call.id) == col(Contest.call_id))
        .where(col(Application.id) == application_id)
    )
    row = (await session.execute(statement)).one_or_none()
    return (row[0], row[1]) if row else None


async def file(session: Session, application_id: UUID) -> Row[Any]:
    """What a juror reads of an application."""
    return (await session.execute(_FILE, {"application": application_id})).one()


async def is_appointed(session: Session, office_id: UUID, person_id: UUID, day: date) -> bool:
    """Whether a person is a member of a committee of the office on a day."""
    statement = (
        select(col(Appointment.id))
        .join(Committee, col(Committee.id) == col(Appointment.committee_id))
        .where(col(Committee.office_id) == office_id, col(Appointment.person_id) == person_id, col(Appointment.since) <= day)
        .where(col(Appointment.until).is_(None) | (col(Appointment.until) >= day))
    )
    return bool(await session.scalar(select(statement.exists())))


async def seats(session: Session, contest_id: UUID) -> Sequence[Seat]:
    """The seats of a contest, by short name and stage."""
    statement = select(Seat).where(col(Seat.contest_id) == contest_id).order_by(col(Seat.juror), col(Seat.stage))
    return (await session.scalars(statement)).all()


async def is_on_panel(session: Session, application_id: UUID, person_id: UUID) -> bool:
    """Whether a person scores an application in any stage, recused or not."""
    return bool((await session.execute(_ON_PANEL, {"application": application_id, "person": person_id})).scalar_one())


async def windows(session: Session, contest_ids: Iterable[UUID]) -> dict[tuple[UUID, str], ScoringWindow]:
    """The scoring windows of contests, by contest and stage, as they are now."""
    statement = select(ScoringWindow).where(col(ScoringWindow.contest_id).in_(list(contest_ids)))
    rows = await session.scalars(statement.execution_options(populate_existing=True))
    return {(row.contest_id, row.stage): row for row in rows}


async def recusals(session: Session, application_ids: Iterable[UUID]) -> Sequence[Recusal]:
    """The recusals from applications."""
    return (await session.scalars(select(Recusal).where(col(Recusal.application_id).in_(list(application_ids))))).all()


async def declaration(session: Session, application_id: UUID, person_id: UUID) -> ConflictDeclaration | None:
    """What a juror declared on an application."""
    return await session.get(ConflictDeclaration, (application_id, person_id))


async def draft(session: Session, application_id: UUID, stage: str, person_id: UUID) -> ScoreDraft | None:
    """What a juror has typed so far."""
    return await session.get(ScoreDraft, (application_id, stage, person_id), populate_existing=True)


async def keep_draft(session: Session, row: ScoreDraft, base: int) -> int | None:
    """Keep what a juror has typed in place of version ``base`` (0 for none), and its own version; None where that is not the newest."""
    values = {"application": row.application_id, "stage": row.stage, "person": row.person_id, "at": row.updated_at}
    kept = await session.execute(_KEEP_DRAFT, {**values, "scores": to_json(row.scores), "base": base})
    return kept.scalar_one_or_none()


async def access(session: Session, application_id: UUID, stage: str, person_id: UUID) -> Row[Any] | None:
    """Everything that decides what a person may do with one sheet, in one query; None for an unknown application."""
    values = {"application": application_id, "stage": stage, "person": person_id}
    return (await session.execute(_ACCESS, values)).one_or_none()


async def attributes(session: Session, application_id: UUID, names: Sequence[str]) -> dict[str, str]:
    """The newest values of some attributes of an application."""
    rows = await session.execute(_ATTRIBUTES, {"application": application_id, "names": list(names)})
    return {row.name: row.value for row in rows}


async def insert_sheet(
    session: Session, sheet: ScoreSheet, scores: Mapping[str, list[Any]], leaf: Mapping[str, object]
) -> None:
    """Insert a sheet with its scores and its trace, in one statement. ``scores`` are columns: criterion ids, written, points."""
    await session.execute(_INSERT_SHEET, {**sheet.model_dump(), **scores, **leaf})


async def live_sheet_id(session: Session, application_id: UUID, stage: str, person_id: UUID) -> UUID | None:
    """The locked sheet that no other supersedes."""
    values = {"application": application_id, "stage": stage, "person": person_id}
    return (await session.execute(_LIVE_SHEET, values)).scalar_one_or_none()


async def sheets_of_application(
    session: Session, application_id: UUID, stage: str | None, person_id: UUID | None
) -> list[Row[Any]]:
    """The locked sheets of an application with their jurors, superseded ones too, in order of stage, juror and time."""
    values = {"application": application_id, "stage": stage, "person": person_id}
    return list(await session.execute(_SHEETS, values))


async def scores_of(session: Session, sheet_ids: Sequence[UUID]) -> list[Row[Any]]:
    """The scores of sheets: sheet, criterion, written, points."""
    return list(await session.execute(_SCORES, {"sheets": list(sheet_ids)}))


async def work_of(session: Session, person_id: UUID) -> list[Row[Any]]:
    """One row for every judged application in every stage where a person is on its panel, of contests that are not decided."""
    return list(await session.execute(_WORK, {"person": person_id, "judged": list(JUDGED)}))


async def missing(session: Session, contest_id: UUID, application_id: UUID | None) -> list[Row[Any]]:
    """Application, stage and juror where a juror of the panel, neither recused nor recorded absent, has no sheet."""
    values = {"contest": contest_id, "application": application_id, "judged": list(JUDGED)}
    return list(await session.execute(_MISSING, values))


_LOCK_CONTEST = text("SELECT FROM contest WHERE id = :contest FOR NO KEY UPDATE")
_ARENA = text(
    "SELECT c.id, k.office_id, c.status, (SELECT id FROM rule_book WHERE contest_id = c.id ORDER BY version DESC LIMIT 1) "
    "AS rule_book_id FROM contest c JOIN call k ON k.id = c.call_id WHERE c.id = :contest"
)
_ON_PANEL = text("SELECT EXISTS (SELECT FROM panel WHERE application_id = :application AND person_id = :person)")
_KEEP_DRAFT = text(
    "INSERT INTO score_draft AS kept (application_id, stage, person_id, scores, version, updated_at) "
    "VALUES (:application, :stage, :person, CAST(:scores AS jsonb), 1, :at) "
    "ON CONFLICT (application_id, stage, person_id) DO UPDATE SET scores = excluded.scores, version = kept.version + 1, "
    "updated_at = excluded.updated_at WHERE kept.version = :base RETURNING version"
)
_ACCESS = text(
    """
    SELECT a.contest_id, a.code, a.status, s.juror, d.person_id IS NOT NULL AS declared, r.person_id IS NOT NULL AS recused,
        n.person_id IS NOT NULL AS absent, w.opened_at, w.closed_at, t.id IS NOT NULL AS locked,
        (SELECT id FROM rule_book WHERE contest_id = a.contest_id ORDER BY version DESC LIMIT 1) AS rule_book_id
    FROM application a
    LEFT JOIN panel s ON s.application_id = a.id AND s.stage = :stage AND s.person_id = :person
    LEFT JOIN conflict_declaration d ON d.application_id = a.id AND d.person_id = :person
    LEFT JOIN recusal r ON r.application_id = a.id AND r.person_id = :person
    LEFT JOIN recorded_absence n ON n.application_id = a.id AND n.stage = :stage AND n.person_id = :person
    LEFT JOIN scoring_window w ON w.contest_id = a.contest_id AND w.stage = :stage
    LEFT JOIN score_sheet t ON t.application_id = a.id AND t.stage = :stage AND t.person_id = :person AND t.supersedes_id IS NULL
    WHERE a.id = :application
    """
)
_FILE = text(
    """
    SELECT a.id, a.code, a.requested, a.own_share, a.filed_at, p.title, p.summary,
        COALESCE(h.given_names || ' ' || h.family_names, g.name) AS applicant
    FROM application a JOIN proposal p ON p.id = a.proposal_id JOIN "group" g ON g.id = a.group_id
    LEFT JOIN family_member m ON m.family_id = a.family_id AND m.head LEFT JOIN person h ON h.id = m.person_id
    WHERE a.id = :application
    """
)
_ATTRIBUTES = text(
    "SELECT DISTINCT ON (name) name, value FROM application_attribute "
    "WHERE application_id = :application AND name = ANY(:names) ORDER BY name, version DESC"
)
_INSERT_SHEET = text(
    """
    WITH sheet AS (
        INSERT INTO score_sheet
            (id, application_id, contest_id, stage, person_id, rule_book_id, locked_at, supersedes_id, reason, nonce)
        VALUES (:id, :application_id, :contest_id, :stage, :person_id, :rule_book_id, :locked_at, :supersedes_id, :reason, :nonce)
        RETURNING id
    ), scores AS (
        INSERT INTO score (sheet_id, criterion_id, written, points)
        SELECT sheet.id, each.criterion_id, each.written, each.points FROM sheet,
            unnest(CAST(:criteria AS uuid[]), CAST(:written AS text[]), CAST(:points AS numeric[]))
            AS each (criterion_id, written, points)
    ),
    """  # noqa: S608  # nosec B608  # two constants of ours, no input
    + INSERT_LEAF
)
_LIVE_SHEET = text(
    """
    WITH RECURSIVE chain AS (
        SELECT id FROM score_sheet
        WHERE application_id = :application AND stage = :stage AND person_id = :person AND supersedes_id IS NULL
        UNION ALL SELECT later.id FROM score_sheet later JOIN chain ON later.supersedes_id = chain.id
    )
    SELECT id FROM chain WHERE NOT EXISTS (SELECT FROM score_sheet later WHERE later.supersedes_id = chain.id)
    """
)
_SHEETS = text(
    """
    WITH RECURSIVE chain AS (
        SELECT * FROM score_sheet WHERE application_id = :application AND supersedes_id IS NULL
            AND (CAST(:stage AS text) IS NULL OR stage = :stage) AND (CAST(:person AS uuid) IS NULL OR person_id = :person)
        UNION ALL SELECT later.* FROM score_sheet later JOIN chain ON later.supersedes_id = chain.id
    )
    SELECT chain.*, s.juror, p.given_names, p.family_names,
        (SELECT later.id FROM score_sheet later WHERE later.supersedes_id = chain.id) AS superseded_by, b.code AS paper_code,
        (SELECT array_agg(w.given_names || ' ' || w.family_names ORDER BY y.place) FROM paper_typing y
            JOIN person w ON w.id = y.typed_by WHERE y.paper_id = b.id AND y.round = b.round) AS typed_by
    FROM chain JOIN seat s ON (s.contest_id, s.stage, s.person_id) = (chain.contest_id, chain.stage, chain.person_id)
    JOIN person p ON p.id = chain.person_id LEFT JOIN paper_sheet b ON b.sheet_id = chain.id
    ORDER BY chain.stage, s.juror, chain.locked_at, chain.id
    """
)
_SCORES = text(
    "SELECT s.sheet_id, c.code, s.written, s.points FROM score s JOIN rule_book_criterion c ON c.id = s.criterion_id "
    "WHERE s.sheet_id = ANY(:sheets)"
)
_WORK = text(
    """
    SELECT c.id AS contest_id, c.code AS contest_code, c.title AS contest_title, a.id AS application_id, a.code, s.stage,
        a.status, s.juror, w.opened_at, w.closed_at,
        d.person_id IS NOT NULL AS declared, r.person_id IS NOT NULL AS recused, n.person_id IS NOT NULL AS absent,
        t.id IS NOT NULL AS locked, f.person_id IS NOT NULL AS drafted,
        COALESCE(h.given_names || ' ' || h.family_names, g.name) AS applicant
    FROM panel s JOIN contest c ON c.id = s.contest_id AND c.status IN ('published', 'announced')
    JOIN application a ON a.id = s.application_id AND a.status = ANY(:judged)
    JOIN "group" g ON g.id = a.group_id
    LEFT JOIN family_member m ON m.family_id = a.family_id AND m.head
    LEFT JOIN person h ON h.id = m.person_id
    LEFT JOIN scoring_window w ON w.contest_id = c.id AND w.stage = s.stage
    LEFT JOIN conflict_declaration d ON d.application_id = a.id AND d.person_id = s.person_id
    LEFT JOIN recusal r ON r.application_id = a.id AND r.person_id = s.person_id
    LEFT JOIN recorded_absence n ON n.application_id = a.id AND n.stage = s.stage AND n.person_id = s.person_id
    LEFT JOIN score_draft f ON f.application_id = a.id AND f.stage = s.stage AND f.person_id = s.person_id
    LEFT JOIN score_sheet t
        ON t.application_id = a.id AND t.stage = s.stage AND t.person_id = s.person_id AND t.supersedes_id IS NULL
    WHERE s.person_id = :person
    ORDER BY c.code, s.stage, a.filed_at, a.code
    """
)
_MISSING = text(
    """
    SELECT a.id AS application_id, a.code, s.stage, s.juror FROM panel s
    JOIN application a ON a.id = s.application_id AND a.status = ANY(:judged)
    WHERE s.contest_id = :contest AND (CAST(:application AS uuid) IS NULL OR a.id = :application)
    AND NOT EXISTS (SELECT FROM recusal r WHERE r.application_id = a.id AND r.person_id = s.person_id)
    AND NOT EXISTS (
        SELECT FROM recorded_absence n WHERE n.application_id = a.id AND n.stage = s.stage AND n.person_id = s.person_id)
    AND NOT EXISTS (SELECT FROM score_sheet t WHERE t.application_id = a.id AND t.stage = s.stage
        AND t.person_id = s.person_id AND t.supersedes_id IS NULL)
    ORDER BY a.code, s.stage, s.juror
    """
)
