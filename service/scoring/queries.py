"""Reading sheets: a juror's own work, and everybody's once a stage is closed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from service.contests.book import Stage
from service.contests.usecases import contest_with_call
from service.core.actor import Actor
from service.core.acts import Act, Relation
from service.core.db import Session
from service.core.errors import NotFound
from service.scoring import panel_rules, rules, sealing, store
from service.scoring.books import known_book
from service.scoring.rules import Access, Window, Work
from service.scoring.sheets import open_sheet


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One sheet that a juror has or had to fill in."""

    contest_id: UUID
    contest_code: str
    contest_title: str
    stage: str
    application_id: UUID
    code: str
    applicant: str
    work: Work
    drafted: bool


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """What a sheet says of one criterion: as written, and in points (None for ``na``)."""

    criterion: str
    written: str
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class LockedSheet:
    """A locked sheet with its scores in the order of the rule book; the newest of a chain has no ``superseded_by``.

    One that came on paper has the paper's code, and the names of the two who typed it.
    """

    id: UUID
    application_id: UUID
    stage: str
    person_id: UUID
    juror: str
    name: str
    rule_book_id: UUID
    locked_at: datetime
    lines: tuple[WrittenLine, ...]
    supersedes_id: UUID | None
    reason: str | None
    superseded_by: UUID | None
    paper_code: str | None
    typed_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SheetView:
    """The file and the sheet that a juror has open: what to score, what is typed so far, what is locked (the newest last)."""

    application_id: UUID
    contest_id: UUID
    code: str
    applicant: str
    title: str
    summary: str
    requested: Decimal
    own_share: Decimal
    stage: Stage
    window: Window
    work: Work
    draft: dict[str, str]
    draft_version: int
    draft_at: datetime | None
    locked: tuple[LockedSheet, ...]

    @property
    def may_correct(self) -> bool:
        """Whether the locked sheet may be superseded now: a juror with one is neither recused nor absent."""
        return self.work == Work.LOCKED and self.window == Window.OPEN


async def my_sheets(session: Session, actor: Actor) -> list[WorkItem]:
    """Every sheet that the actor has to fill in as a juror of contests that are not decided, and what is left to do."""
    return [
        WorkItem(
            contest_id=row.contest_id,
            contest_code=row.contest_code,
            contest_title=row.contest_title,
            stage=row.stage,
            application_id=row.application_id,
            code=row.code,
            applicant=row.applicant,
            work=rules.work_on(_access(row)),
            drafted=row.drafted,
        )
        for row in await store.work_of(session, actor.person_id)
    ]


async def sheet_for(session: Session, actor: Actor, application_id: UUID, stage: str) -> SheetView:
    """The file of an application and the actor's own sheet. Raises ``NotFound`` and what ``rules.require_may_see`` raises."""
    opened = await open_sheet(session, application_id, stage, actor.person_id)
    rules.require_may_see(opened.access)
    known = await known_book(session, opened.rule_book_id)
    file = await store.file(session, application_id)
    draft = await store.draft(session, application_id, stage, actor.person_id)
    own = await store.sheets_of_application(session, application_id, stage, actor.person_id)
    return SheetView(
        application_id=application_id,
        contest_id=opened.contest_id,
        code=file.code,
        applicant=file.applicant,
        title=file.title,
        summary=file.summary,
        requested=file.requested,
        own_share=file.own_share,
        stage=panel_rules.require_stage(known.book, stage),
        window=opened.access.window,
        work=rules.work_on(opened.access),
        draft=dict(draft.scores) if draft else {},
        draft_version=draft.version if draft else 0,
        draft_at=draft.updated_at if draft else None,
        locked=tuple(await _with_scores(session, own)),
    )


async def list_sheets(session: Session, actor: Actor, application_id: UUID, stage: str) -> list[LockedSheet]:
    """The locked sheets of an application once those of the contest are all in, superseded ones too, by juror and time.

    For the office's readers, and for jurors of the contest who are not recused from it. Before the contest's result is announced,
    whoever has a seat in it, whatever else the person is, reads no sheets of others, for a stage may be opened again. Raises ``NotFound``, ``Recused``, ``SheetsClosed``, ``SheetsSealed``, ``SheetsBeforeResult``.
    """
    found = await store.application(session, application_id)
    if found is None:
        raise NotFound
    application, office_id = found
    sits = any(seat.person_id == actor.person_id for seat in await store.seats(session, application.contest_id))
    own = {Relation.JUROR} if sits else set()
    if not actor.may(Act.READ_SHEETS, office_id, None, own):
        raise NotFound
    opened = await open_sheet(session, application_id, stage, actor.person_id)
    if opened.access.recused and not actor.may(Act.READ_SHEETS, office_id):
        raise rules.Recused
    if opened.access.window != Window.CLOSED:
        raise rules.SheetsClosed
    phase = await sealing.stands_at(session, *await contest_with_call(session, application.contest_id))
    if not actor.may(Act.READ_SHEETS, office_id, phase, own):
        raise panel_rules.SheetsBeforeResult if sits else panel_rules.SheetsSealed
    return await _with_scores(session, await store.sheets_of_application(session, application_id, stage, None))


async def missing_sheets(
    session: Session, contest_id: UUID, application_id: UUID | None = None
) -> dict[tuple[UUID, str], list[str]]:
    """By application and stage, the jurors' short names whose sheet is missing: seated, not recused, not recorded absent.

    For areas above; of the whole contest, or of one application.
    """
    missing: dict[tuple[UUID, str], list[str]] = defaultdict(list)
    for row in await store.missing(session, contest_id, application_id):
        missing[row.application_id, row.stage].append(row.juror)
    return dict(missing)


def _access(row: Row[Any]) -> Access:
    return Access(
        seated=True,
        judged=True,
        declared=row.declared,
        recused=row.recused,
        absent=row.absent,
        window=rules.window_of(row.opened_at is not None, row.closed_at is not None),
        locked=row.locked,
    )


async def _with_scores(session: Session, rows: Sequence[Row[Any]]) -> list[LockedSheet]:
    """Sheets with their scores, in the order of their rule book's criteria."""
    lines: dict[UUID, list[WrittenLine]] = defaultdict(list)
    for row in await store.scores_of(session, [sheet.id for sheet in rows]):
        lines[row.sheet_id].append(WrittenLine(row.code, row.written, row.points))
    sheets = []
    for row in rows:
        criteria = list((await known_book(session, row.rule_book_id)).book.stages[row.stage].criteria)
        sheets.append(
            LockedSheet(
                id=row.id,
                application_id=row.application_id,
                stage=row.stage,
                person_id=row.person_id,
                juror=row.juror,
                name=f"{row.given_names} {row.family_names}",
                rule_book_id=row.rule_book_id,
                locked_at=row.locked_at,
                lines=tuple(sorted(lines[row.id], key=lambda line: criteria.index(line.criterion))),
                supersedes_id=row.supersedes_id,
                reason=row.reason,
                superseded_by=row.superseded_by,
                paper_code=row.paper_code,
                typed_by=tuple(row.typed_by or ()),
            )
        )
    return sheets
