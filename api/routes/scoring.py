"""Scoring: seats, windows, conflicts, and a juror's sheets."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from api.deps import Anyone, Who, Work, new_router
from api.routes.answers import Out
from service.applications.queries import get_application
from service.core.money import Money
from service.scoring import panels, queries, recusals, sealing, sheets
from service.scoring.models import RecusalOrigin
from service.scoring.rules import Window
from service.scoring.rules import Work as State
from service.scoring.shapes import CorrectionIn, DeclarationIn, DraftIn, RecusalIn, ScoresIn, SeatIn

router = new_router("scoring")


class SeatOut(Out):
    """A juror's seat in one stage."""

    contest_id: UUID
    stage: str
    person_id: UUID
    juror: str
    alternate: bool


class WindowOut(Out):
    """When sheets of a stage may be locked."""

    contest_id: UUID
    stage: str
    opened_at: datetime
    closed_at: datetime | None


class StageOut(BaseModel):
    """Whether a stage is open for scoring."""

    stage: str
    window: Window


class DeclarationOut(Out):
    """What a juror declared before the file opened."""

    application_id: UUID
    person_id: UUID
    conflict: bool
    reason: str
    at: datetime


class RecusalOut(Out):
    """A juror out of an item."""

    application_id: UUID
    person_id: UUID
    origin: RecusalOrigin
    reasons: list[str]
    at: datetime


class WorkOut(Out):
    """One sheet that a juror has or had to fill in."""

    contest_id: UUID
    contest_code: str
    contest_title: str
    stage: str
    application_id: UUID
    code: str
    applicant: str
    work: State
    drafted: bool


class WrittenOut(Out):
    """What a sheet says of one criterion: as written, and in points."""

    criterion: str
    written: str
    points: Decimal | None


class LockedOut(Out):
    """A locked sheet; one that was corrected names the sheet that stands in its place."""

    id: UUID
    application_id: UUID
    stage: str
    person_id: UUID
    juror: str
    rule_book_id: UUID
    locked_at: datetime
    lines: list[WrittenOut]
    supersedes_id: UUID | None
    reason: str | None
    superseded_by: UUID | None
    paper_code: str | None
    typed_by: list[str]


class SheetOut(BaseModel):
    """The file and the sheet that a juror has open; the criteria are those of the rule book in force."""

    application_id: UUID
    contest_id: UUID
    code: str
    applicant: str
    title: str
    summary: str
    requested: Money
    own_share: Money
    stage: str
    criteria: list[str]
    window: Window
    work: State
    draft: dict[str, str]
    draft_version: int
    draft_at: datetime | None
    locked: list[LockedOut]


class DraftOut(Out):
    """What a juror has typed so far."""

    application_id: UUID
    stage: str
    scores: dict[str, str]
    version: int
    updated_at: datetime


class SheetIdOut(Out):
    """A sheet that was just locked."""

    id: UUID
    application_id: UUID
    stage: str
    locked_at: datetime
    supersedes_id: UUID | None


class OpeningOut(BaseModel):
    """A sheet opened: SHA-256 over the nonce's bytes and the canonical JSON of ``committed`` is the ``commitment`` in the record."""

    sheet_id: UUID
    locked_at: datetime
    nonce: str
    committed: dict[str, Any]
    commitment: str


@router.post("/contests/{contest_id}/seats", status_code=201)
async def seat_juror(session: Work, who: Who, contest_id: UUID, given: SeatIn) -> list[SeatOut]:
    """Give a committee member seats in stages of a contest."""
    return [SeatOut.of(row) for row in await panels.seat_juror(session, who, contest_id, given)]


@router.get("/contests/{contest_id}/seats")
async def list_seats(session: Work, who: Who, contest_id: UUID) -> list[SeatOut]:
    """The seats of a contest, for the office and the jurors themselves."""
    return [SeatOut.of(row) for row in await panels.list_seats(session, who, contest_id)]


@router.get("/contests/{contest_id}/stages")
async def list_stages(session: Work, who: Who, contest_id: UUID) -> list[StageOut]:
    """The stages of a contest with their windows, for the office and the jurors."""
    await panels.list_seats(session, who, contest_id)
    windows = await panels.windows_of(session, [contest_id])
    book = (await panels.book_of(session, contest_id)).book
    return [StageOut(stage=code, window=windows.get((contest_id, code), Window.NEVER)) for code in book.stages]


@router.get("/contests/{contest_id}/commitments")
async def list_commitments(session: Work, who: Anyone, contest_id: UUID) -> list[OpeningOut]:
    """What opens the commitments of a contest's sheets in the record: for everybody once its result is announced."""
    return [
        OpeningOut(
            sheet_id=each.sheet_id,
            locked_at=each.locked_at,
            nonce=each.nonce.hex(),
            committed=dict(each.committed),
            commitment=each.commitment,
        )
        for each in await sealing.list_openings(session, who, contest_id)
    ]


@router.post("/contests/{contest_id}/stages/{stage}/opening", status_code=201)
async def open_window(session: Work, who: Who, contest_id: UUID, stage: str) -> WindowOut:
    """Open a stage for scoring."""
    return WindowOut.of(await panels.open_window(session, who, contest_id, stage))


@router.post("/contests/{contest_id}/stages/{stage}/closing", status_code=201)
async def close_window(session: Work, who: Who, contest_id: UUID, stage: str) -> WindowOut:
    """Close a stage."""
    return WindowOut.of(await panels.close_window(session, who, contest_id, stage))


@router.post("/contests/{contest_id}/stages/{stage}/reopening", status_code=201)
async def reopen_window(session: Work, who: Who, contest_id: UUID, stage: str) -> WindowOut:
    """Open a closed stage again."""
    return WindowOut.of(await panels.reopen_window(session, who, contest_id, stage))


@router.post("/contests/{contest_id}/recusals", status_code=201)
async def find_recusals(session: Work, who: Who, contest_id: UUID) -> list[RecusalOut]:
    """Recuse every juror from what the system ties the juror to; the new ones are returned."""
    return [RecusalOut.of(row) for row in await recusals.find_recusals(session, who, contest_id)]


@router.post("/applications/{application_id}/recusals", status_code=201)
async def recuse_juror(session: Work, who: Who, application_id: UUID, given: RecusalIn) -> RecusalOut:
    """Take a juror out of an item."""
    return RecusalOut.of(await recusals.recuse_juror(session, who, application_id, given))


@router.get("/applications/{application_id}/recusals")
async def list_recusals(session: Work, who: Who, application_id: UUID) -> list[RecusalOut]:
    """The jurors who take no part in an application, for its office."""
    await get_application(session, who, application_id)
    return [RecusalOut.of(row) for row in await recusals.list_recusals(session, [application_id])]


@router.post("/applications/{application_id}/declaration", status_code=201)
async def declare_conflict(session: Work, who: Who, application_id: UUID, given: DeclarationIn) -> DeclarationOut:
    """Declare a conflict of interest, or that there is none, before the file opens."""
    return DeclarationOut.of(await recusals.declare_conflict(session, who, application_id, given))


@router.get("/my-sheets")
async def my_sheets(session: Work, who: Who) -> list[WorkOut]:
    """Every sheet that the juror has to fill in."""
    return [WorkOut.of(row) for row in await queries.my_sheets(session, who)]


@router.get("/applications/{application_id}/sheets/{stage}")
async def get_sheet(session: Work, who: Who, application_id: UUID, stage: str) -> SheetOut:
    """The file of an application and the juror's own sheet."""
    found = await queries.sheet_for(session, who, application_id, stage)
    named = {name: getattr(found, name) for name in SheetOut.model_fields if name not in ("stage", "criteria", "locked")}
    locked = [LockedOut.of(sheet) for sheet in found.locked]
    return SheetOut(**named, stage=found.stage.code, criteria=list(found.stage.criteria), locked=locked)


@router.post("/applications/{application_id}/sheets/{stage}/draft", status_code=201)
async def save_draft(session: Work, who: Who, application_id: UUID, stage: str, given: DraftIn) -> DraftOut:
    """Keep what the juror has typed so far, with the version that it was typed on; never over a newer one."""
    return DraftOut.of(await sheets.save_draft(session, who, application_id, stage, given))


@router.post("/applications/{application_id}/sheets/{stage}", status_code=201)
async def lock_scoresheet(session: Work, who: Who, application_id: UUID, stage: str, given: ScoresIn) -> SheetIdOut:
    """Lock the juror's sheet for good."""
    return SheetIdOut.of(await sheets.lock_scoresheet(session, who, application_id, stage, given))


@router.post("/applications/{application_id}/sheets/{stage}/correction", status_code=201)
async def supersede_scoresheet(session: Work, who: Who, application_id: UUID, stage: str, given: CorrectionIn) -> SheetIdOut:
    """Put a corrected sheet in place of the locked one, with the reason."""
    return SheetIdOut.of(await sheets.supersede_scoresheet(session, who, application_id, stage, given))


@router.get("/applications/{application_id}/sheets/{stage}/locked")
async def list_sheets(session: Work, who: Who, application_id: UUID, stage: str) -> list[LockedOut]:
    """Every locked sheet of an application in a closed stage, for the office's readers, and the jurors once the result is announced."""
    return [LockedOut.of(row) for row in await queries.list_sheets(session, who, application_id, stage)]
