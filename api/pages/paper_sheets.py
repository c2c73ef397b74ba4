"""Sheets on paper: printing one, and typing one in by its code."""

from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.errors import status_of
from api.language import language_of, say
from api.pages.acts import attempt, show_wrong
from api.pages.documents import paper_link
from api.pages.forms import Typed
from api.pages.score_rows import score_rows, scores_in
from api.pages.views import Cell, Link, State, Table, View, Word, show
from api.templating import page
from service.contests.usecases import get_contest
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import Refusal
from service.documents.models import DocumentKind
from service.scoring import paper_sheets
from service.scoring.paper_rules import grouped
from service.scoring.shapes import PaperTypingIn

router = new_router("paper sheets")


@router.get("/contests/{contest_id}/paper-sheets")
async def show_papers(request: Request, session: Work, who: Who, contest_id: UUID) -> Response:
    """The paper sheets of a contest and how far they are, for those who type them."""
    rows = await paper_sheets.list_papers(session, who, contest_id)
    contest = await get_contest(session, who, contest_id)
    cells: list[list[Cell]] = [
        [
            Link(grouped(row.code), f"/paper-sheets?code={row.code}"),
            row.application,
            Word(row.stage),
            f"{row.short_name} · {row.juror}",
            Word("Correction") if row.corrects_id else None,
            State(row.status),
            row.printed_at,
        ]
        for row in rows
    ]
    to_type = Link("Type a paper sheet", "/paper-sheets", translate=True)
    columns = ["Code of the paper sheet", "Application", "Stage", "Juror", "What", "State", "When"]
    crumbs = [Link(contest.title, f"/contests/{contest_id}")]
    return show(
        request,
        View("Paper sheets", translate_title=True, crumbs=crumbs, tables=[Table("Printed", columns, cells, links=[to_type])]),
    )


@router.get("/paper-sheets")
async def show_typing(request: Request, session: Work, who: Who) -> Response:
    """The form of a paper sheet to type in; the question for its code where it is not there yet."""
    return await _typing(request, session, who)


async def _typing(request: Request, session: Session, who: Actor, typed: Typed | None = None) -> Response:
    code = str(typed.values.get("_code", "")) if typed else request.query_params.get("code", "")
    if not code:
        return page(request, "pages/paper_sheet.html", found=None, code="", error=None)
    language = language_of(request)
    try:
        found = await paper_sheets.find_paper(session, who, code)
    except Refusal as refusal:
        text = say(language, refusal.message, **refusal.values)
        return page(request, "pages/paper_sheet.html", found=None, code=code, error=text, status=status_of(refusal))
    errors = typed.errors if typed else {}
    rows = score_rows(found.book, found.stage.code, language, typed.values if typed else {}, errors)
    names = {row["code"]: row["label"] for row in rows}
    shown = {f"scores.{each}" for each in names} | {*names, "control_sum", "reason", "file"}
    return page(
        request,
        "pages/paper_sheet.html",
        found=found,
        code=grouped(found.paper.code),
        error=" ".join(text for name, text in errors.items() if name not in shown) or None,
        rows=rows,
        differing=[
            names[each] if each in names else say(language, "Reason of the correction") for each in found.paper.differing
        ],
        typed=typed,
    )


@router.post("/paper-sheets")
async def type_paper(request: Request, session: Work, who: Who) -> Response:
    """Type what stands on a paper sheet."""
    data = await request.form()
    file = data.get("_file")
    scan = (file.filename, await file.read()) if isinstance(file, UploadFile) and file.filename else None
    given: dict[str, Any] = {"code": str(data.get("_code", "")), "scores": scores_in(data)}
    control_sum = str(data.get("_control_sum", "")).strip()
    reason = str(data.get("_reason", "")).strip()
    try:
        typing = PaperTypingIn(**given, control_sum=control_sum or None, reason=reason or None)
    except ValidationError as error:
        return await show_wrong(request, session, error, page=_typing)
    return await attempt(
        request,
        session,
        lambda: paper_sheets.type_paper(session, who, typing, scan),
        page=_typing,
        to=lambda paper: f"/paper-sheets?code={paper.code}",
    )


@router.get("/paper-sheets/{paper_id}")
async def show_paper(request: Request, session: Work, who: Who, paper_id: UUID) -> Response:
    """A printed sheet, for the secretary and its juror."""
    paper = await paper_sheets.get_paper_sheet(session, who, paper_id)
    facts: list[tuple[str, Cell]] = [
        ("Code of the paper sheet", grouped(paper.code)),
        ("Stage", Word(paper.stage)),
        ("When", paper.printed_at),
        ("Paper", await paper_link(session, DocumentKind.BLANK_SHEET, f"papersheet:{paper.id}")),
    ]
    lead = "Print it, fill it in by hand and sign it. Two persons of the office, who are not jurors, type it in by its code."
    return show(request, View("Paper sheet", translate_title=True, lead=lead, state=paper.status.value, facts=facts))
