"""A juror's work: declaring, filling in a score sheet and locking it."""

from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field, ValidationError
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, Response

from api.deps import Who, Work, new_router
from api.errors import Malformed, field_errors, status_of
from api.language import language_of, say
from api.pages.acts import act, attempt, show_wrong
from api.pages.forms import Typed, form
from api.pages.score_rows import score_rows, scores_in
from api.pages.views import View, show
from api.templating import page
from service.applications.attribute_rules import PRESENCE, refers_to
from service.contests.book import parse
from service.contests.usecases import rules_in_force
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import Refusal
from service.core.text import Paragraphs
from service.record.receipts import receipt_of
from service.scoring import paper_sheets, recusals, sheets
from service.scoring.panel_rules import field_stages
from service.scoring.queries import SheetView, sheet_for
from service.scoring.rules import DeclareFirst, Recused
from service.scoring.shapes import CorrectionIn, DeclarationIn, DraftIn, ScoresIn

_LOCKS = ("scoresheet.locked", "scoresheet.superseded")

router = new_router("sheets")


class StageDeclarationIn(BaseModel, extra="forbid"):
    """What a juror declares before the file opens."""

    conflict: bool = Field(default=False, description="I have a conflict of interest")
    reason: Paragraphs = Field(default="", description="Reason")


@router.get("/applications/{application_id}/sheets/{stage}")
async def show_sheet(request: Request, session: Work, who: Who, application_id: UUID, stage: str) -> Response:
    """The juror's own sheet, once there is a declaration; otherwise the declaration."""
    return await _sheet(request, session, who, application_id, stage)


async def _sheet(
    request: Request, session: Session, who: Actor, application_id: UUID, stage: str, typed: Typed | None = None
) -> Response:
    try:
        found = await sheet_for(session, who, application_id, stage)
    except DeclareFirst:
        action = f"/applications/{application_id}/sheets/{stage}/declaration"
        explain = "Before the file opens, say whether you or your family have anything to do with this group. Whoever does takes no part."
        declare = form(action, "Declare", StageDeclarationIn, typed=typed, explain=explain)
        return show(request, View("Before you open this file", translate_title=True, acts=[declare]))
    except Recused as refusal:
        note = say(language_of(request), refusal.message, **refusal.values)
        return show(request, View("You take no part in this item", translate_title=True, notes=[note]))
    book, language = await rules_in_force(session, found.contest_id), language_of(request)
    here = f"/applications/{application_id}/sheets/{stage}"
    base = typed.values.get("_version", "") if typed else str(found.draft_version)
    rows = _rows(found, book.book, language, None)
    correcting = typed is not None and typed.action == f"{here}/correction"
    return page(
        request,
        "pages/sheet.html",
        no_store=True,
        sheet=found,
        older=base != str(found.draft_version),
        here=here,
        rows=_rows(found, book.book, language, None if correcting else typed),
        correction=_rows(found, book.book, language, typed if correcting else None) if found.may_correct else None,
        correcting=correcting and found.may_correct,
        typed=typed,
        rules=book,
        locked={line.criterion: line.written for line in found.locked[-1].lines} if found.locked else {},
        labels={row["code"]: row["label"] for row in rows},
        receipt=await receipt_of(session, f"scoresheet:{found.locked[0].id}", *_LOCKS) if found.locked else None,
        presence=refers_to(parse(book.book), PRESENCE) and stage in field_stages(each["code"] for each in book.book["stages"]),
    )


def _rows(found: SheetView, book: dict[str, Any], language: str, typed: Typed | None) -> list[dict[str, Any]]:
    locked = {line.criterion: line.written for line in found.locked[-1].lines} if found.locked else {}
    values = typed.values if typed else {**found.draft, **locked}
    return score_rows(book, found.stage.code, language, values, typed.errors if typed else {})


@router.post("/applications/{application_id}/sheets/{stage}")
async def send_sheet(request: Request, session: Work, who: Who, application_id: UUID, stage: str) -> Response:
    """Keep the draft, or lock the sheet for good, by the button that was pressed."""
    data = await request.form()
    of = (session, who, application_id, stage)
    try:
        given = _draft_in(data)
    except ValidationError as error:
        return await show_wrong(request, session, error, page=_sheet)
    if data.get("_do") == "lock":
        whole = ScoresIn(scores=given.scores)
        return await attempt(
            request, session, lambda: sheets.lock_scoresheet(*of, whole, given.version), page=_sheet, to=lambda *_: "/"
        )
    return await attempt(request, session, lambda: sheets.save_draft(*of, given), page=_sheet, to=lambda *_: request.url.path)


@router.post("/applications/{application_id}/sheets/{stage}/draft")
async def keep_draft(request: Request, session: Work, who: Who, application_id: UUID, stage: str) -> Response:
    """Keep the draft that the page's script sends; the answer is for the script: the new version, or the refusal."""
    try:
        given = _draft_in(await request.form())
        kept = await sheets.save_draft(session, who, application_id, stage, given)
    except ValidationError as error:
        text = " ".join(dict.fromkeys(field_errors(error, language_of(request)).values()))
        return JSONResponse({"refusal": Malformed.__name__, "text": text}, 422)
    except Refusal as refusal:
        text = say(language_of(request), refusal.message, **refusal.values)
        return JSONResponse({"refusal": refusal.name, "text": text}, status_of(refusal))
    return JSONResponse({"version": kept.version}, 201)


def _draft_in(data: FormData) -> DraftIn:
    return DraftIn.model_validate({"scores": scores_in(data), "version": data.get("_version", "0")})


@router.post("/applications/{application_id}/sheets/{stage}/correction")
async def correct_sheet(request: Request, session: Work, who: Who, application_id: UUID, stage: str) -> Response:
    """Put a corrected sheet in place of the locked one, with the reason."""
    data = await request.form()
    to = f"/applications/{application_id}/sheets/{stage}"
    try:
        given = CorrectionIn(scores=scores_in(data), reason=str(data.get("_reason", "")))
    except ValidationError as error:
        return await show_wrong(request, session, error, page=_sheet)
    return await attempt(
        request,
        session,
        lambda: sheets.supersede_scoresheet(session, who, application_id, stage, given),
        page=_sheet,
        to=lambda *_: to,
    )


@router.post("/applications/{application_id}/sheets/{stage}/paper")
async def print_sheet(request: Request, session: Work, who: Who, application_id: UUID, stage: str) -> Response:
    """Print the juror's own sheet, to fill in by hand."""
    return await attempt(
        request,
        session,
        lambda: paper_sheets.print_sheet(session, who, application_id, stage, who.person_id),
        page=_sheet,
        to=lambda paper, *_: f"/paper-sheets/{paper.id}",
    )


async def _declare(session: Session, who: Actor, application_id: UUID, _stage: str, given: StageDeclarationIn) -> None:
    await recusals.declare_conflict(session, who, application_id, DeclarationIn(conflict=given.conflict, reason=given.reason))


act(
    router,
    "/applications/{application_id}/sheets/{stage}/declaration",
    StageDeclarationIn,
    _declare,
    page=_sheet,
    to=lambda _, application_id, stage: f"/applications/{application_id}/sheets/{stage}",
)
