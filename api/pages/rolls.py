"""Entering a group's families from a file: choose the file, look at its preview, enter it."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.pages.acts import Empty, act
from api.pages.forms import Typed, form
from api.pages.offices import CRUMB
from api.pages.views import Cell, Hash, Link, State, Table, View, show
from service.core.actor import Actor
from service.core.db import Session
from service.people import group_usecases, roll_usecases
from service.people.groups import Group
from service.people.roll_rows import TEMPLATE, RollColumn
from service.people.roll_rules import BLOCKING, Preview, PreviewRow
from service.people.roll_usecases import Entered
from service.people.rolls import RollDraft
from service.people.shapes import RollEntryIn

router = new_router("rolls")

PAGE = 200
"""Rows of a preview on one page."""


@router.get("/roll-template.csv")
async def download_template(_who: Who) -> Response:
    """A roll of one family, to be filled: with a byte order mark, by which spreadsheets tell UTF-8."""
    headers = {"Content-Disposition": 'attachment; filename="padron.csv"'}
    return Response(b"\xef\xbb\xbf" + TEMPLATE.encode(), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/groups/{group_id}/roll-drafts")
async def list_drafts(request: Request, session: Work, who: Who, group_id: UUID) -> Response:
    """Uploading a file; those that wait."""
    return await _drafts(request, session, who, group_id)


async def _drafts(request: Request, session: Session, who: Actor, group_id: UUID, typed: Typed | None = None) -> Response:
    rows = await roll_usecases.list_drafts(session, who, group_id)
    group = await group_usecases.get_group(session, who, group_id)
    table = Table(
        "Files that wait to be entered",
        ["File", "Uploaded at", "Uploaded by"],
        [[Link(name, f"/roll-drafts/{key}"), at, by] for key, name, at, by in rows],
        links=[Link("Download the template (CSV)", "/roll-template.csv", translate=True)],
    )
    explain = "Choose the roll as CSV or XLSX. Every row is looked at first; nothing is entered before you say so."
    upload = form(
        f"/groups/{group_id}/roll-drafts",
        "Upload a file",
        files=[("file", "File (CSV or XLSX)")],
        typed=typed,
        explain=explain,
    )
    view = View("Enter families from a file", translate_title=True, crumbs=_crumbs(group), tables=[table], acts=[upload])
    return show(request, view)


@router.get("/roll-drafts/{draft_id}")
async def show_draft(request: Request, session: Work, who: Who, draft_id: UUID, page: int = 1) -> Response:
    """What a file would do, row by row."""
    return await _draft(request, session, who, draft_id, page=page)


async def _draft(
    request: Request, session: Session, who: Actor, draft_id: UUID, typed: Typed | None = None, page: int = 1
) -> Response:
    shown = await roll_usecases.preview_roll(session, who, draft_id)
    found, here = shown.found, f"/roll-drafts/{draft_id}"
    blocked = sum(each.state in BLOCKING for each in found.rows)
    facts: list[tuple[str, Cell]] = [
        ("Rows", len(found.rows)),
        *((state.value, count) for state, count in found.counts.items() if count),
        ("Columns that are not read", ", ".join(found.ignored) or None),
        ("Hash of the file", Hash(shown.draft.sha256)),
    ]
    acts = [
        form(f"{here}/entry/{shown.draft.sha256}/{found.sha256}", "Enter these families", typed=typed) if not blocked else None,
        form(f"{here}/discarding", "Discard this file", typed=typed, danger=True),
    ]
    lead = "Correct the rows that are wrong or in conflict in your file, and upload it again." if blocked else ""
    crumbs = [
        *_crumbs(shown.group),
        Link("Enter families from a file", f"/groups/{shown.group.id}/roll-drafts", translate=True),
    ]
    tables = [_rows(language_of(request), found, here, max(page, 1))]
    late = "So many new persons are not compared here. After the entry, the office's page tells who looks alike."
    notes = [] if shown.compared else [say(language_of(request), late)]
    return show(request, View(shown.draft.name, lead=lead, crumbs=crumbs, facts=facts, tables=tables, acts=acts, notes=notes))


def _rows(language: str, found: Preview, here: str, page: int) -> Table:
    rows = found.worst_first()
    pages = -(-len(rows) // PAGE)
    return Table(
        "Rows",
        ["Row", "State", "Remarks", *(column.value for column in RollColumn)],
        [_row(language, each) for each in rows[(page - 1) * PAGE : page * PAGE]],
        links=[Link(str(number), f"{here}?page={number}") for number in range(1, pages + 1)] if pages > 1 else (),
    )


def _row(language: str, each: PreviewRow) -> list[Cell]:
    remarks = [f"{say(language, column.value)}: {say(language, why)}" for column, why in each.remarks.items()]
    notices = [say(language, notice) for notice in (*each.notices, *each.likenesses)]
    cells = [each.row.cells.get(column) or None for column in RollColumn]
    return [each.row.number, State(each.state.value), " ".join(remarks + notices) or None, *cells]


def _crumbs(group: Group) -> list[Link]:
    return [CRUMB, Link(group.name, f"/groups/{group.id}")]


async def _upload(session: Session, who: Actor, group_id: UUID, name: str, content: bytes) -> RollDraft:
    return await roll_usecases.upload_roll(session, who, group_id, name, content)


async def _enter(session: Session, who: Actor, draft_id: UUID, file_sha256: str, preview_sha256: str) -> Entered:
    given = RollEntryIn.model_construct(file_sha256=file_sha256, preview_sha256=preview_sha256)
    return await roll_usecases.enter_roll(session, who, draft_id, given)


async def _seen(
    request: Request, session: Session, who: Actor, draft_id: UUID, _file: str, _preview: str, typed: Typed | None = None
) -> Response:
    """The page again, with the preview as it is now."""
    return await _draft(request, session, who, draft_id, typed)


act(
    router,
    "/groups/{group_id}/roll-drafts",
    Empty,
    _upload,
    page=_drafts,
    to=lambda draft, _: f"/roll-drafts/{draft.id}",
    upload=True,
)
act(
    router,
    "/roll-drafts/{draft_id}/entry/{file_sha256}/{preview_sha256}",
    Empty,
    _enter,
    page=_seen,
    to=lambda entered, *_: f"/groups/{entered.group_id}",
)
act(
    router,
    "/roll-drafts/{draft_id}/discarding",
    Empty,
    roll_usecases.discard_roll,
    page=_draft,
    to=lambda draft, _: f"/groups/{draft.group_id}/roll-drafts",
)
