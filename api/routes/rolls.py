"""Rolls of families from a file, in two steps: upload and preview, then entry."""

from datetime import datetime
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.routes.answers import Out
from api.routes.uploads import UploadIn
from service.people import roll_usecases
from service.people.roll_rows import RollColumn
from service.people.roll_rules import PreviewRow, RowState
from service.people.roll_usecases import RollPreview
from service.people.shapes import RollEntryIn

router = new_router("rolls")

MOST = 1000
"""The most rows in one answer."""


class RollRowOut(BaseModel):
    """A row of a file, what it would do, and why: remarks by column."""

    row: int
    state: RowState
    cells: dict[RollColumn, str]
    remarks: dict[RollColumn, str]
    notices: list[str]


class RollPreviewOut(BaseModel):
    """What a file would do. Its entry names both hashes. ``rows`` are those asked for, the worst first.

    ``compared`` says whether new persons were compared with those registered: of very many it is told only after the entry.
    """

    id: UUID
    group_id: UUID
    name: str
    file_sha256: str
    preview_sha256: str
    counts: dict[RowState, int]
    ignored_columns: list[str]
    compared: bool
    rows: list[RollRowOut]


class RollDraftOut(BaseModel):
    """A file that waits."""

    id: UUID
    name: str
    uploaded_at: datetime
    uploaded_by: str


class EnteredOut(Out):
    """How much an entry has put on the roll: new families, members, persons registered."""

    group_id: UUID
    families: int
    members: int
    persons: int


@router.get("/groups/{group_id}/roll-drafts")
async def list_roll_drafts(session: Work, who: Who, group_id: UUID) -> list[RollDraftOut]:
    """The files that wait for a group, the newest first."""
    rows = await roll_usecases.list_drafts(session, who, group_id)
    return [RollDraftOut(id=key, name=name, uploaded_at=at, uploaded_by=by) for key, name, at, by in rows]


@router.post("/groups/{group_id}/roll-drafts", status_code=201)
async def upload_roll(request: Request, session: Work, who: Who, group_id: UUID, given: UploadIn) -> RollPreviewOut:
    """Upload a CSV or XLSX with a group's families; nothing is entered yet."""
    draft = await roll_usecases.upload_roll(session, who, group_id, given.name, given.content)
    return _preview(request, await roll_usecases.preview_roll(session, who, draft.id), None, 0, MOST)


@router.get("/roll-drafts/{draft_id}")
async def show_roll_draft(
    request: Request, session: Work, who: Who, draft_id: UUID, state: RowState | None = None, offset: int = 0, limit: int = MOST
) -> RollPreviewOut:
    """What an uploaded file would do to the roll as it stands now."""
    found = await roll_usecases.preview_roll(session, who, draft_id)
    return _preview(request, found, state, max(offset, 0), min(max(limit, 0), MOST))


@router.post("/roll-drafts/{draft_id}/entry", status_code=201)
async def enter_roll(session: Work, who: Who, draft_id: UUID, given: RollEntryIn) -> EnteredOut:
    """Put the families of a file on the roll: all or none, and only as the preview said."""
    return EnteredOut.of(await roll_usecases.enter_roll(session, who, draft_id, given))


def _preview(request: Request, shown: RollPreview, state: RowState | None, offset: int, limit: int) -> RollPreviewOut:
    rows = [each for each in shown.found.worst_first() if state in (None, each.state)]
    return RollPreviewOut(
        id=shown.draft.id,
        group_id=shown.group.id,
        name=shown.draft.name,
        file_sha256=shown.draft.sha256,
        preview_sha256=shown.found.sha256,
        counts=shown.found.counts,
        ignored_columns=list(shown.found.ignored),
        compared=shown.compared,
        rows=[_row(language_of(request), each) for each in rows[offset : offset + limit]],
    )


def _row(language: str, each: PreviewRow) -> RollRowOut:
    return RollRowOut(
        row=each.row.number,
        state=each.state,
        cells=dict(each.row.cells),
        remarks={column: say(language, why) for column, why in each.remarks.items()},
        notices=[say(language, notice) for notice in (*each.notices, *each.likenesses)],
    )
