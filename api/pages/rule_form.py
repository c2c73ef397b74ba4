"""Writing the rules of a contest in a form that needs no scripts: every button saves, every save is checked, nothing typed is lost."""

import json
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of
from api.pages.acts import act, attempt
from api.pages.forms import Form, Typed, form
from api.pages.rule_desk import Desk, book_of, desk_of
from api.pages.rule_groups import draw
from api.pages.rule_sent import change, read_form
from api.pages.rules import changes_table
from api.pages.views import Cell, Table, Word
from api.templating import page
from service.contests import drafts, usecases
from service.contests.drafts import Draft
from service.contests.inspection import Inspection, inspect
from service.contests.models import Contest, ContestStatus
from service.contests.numbers import exact
from service.contests.shapes import DraftIn, ReasonIn, RehearsalIn, TermsDraftIn
from service.contests.terms import FORMAT
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.scoring.rehearsals import rehearse

router = new_router("rules")


@router.get("/contests/{contest_id}/rules/form")
async def show_form(request: Request, session: Work, who: Who, contest_id: UUID, at: str = "") -> Response:
    """The rules being written, with everything that stands in the way of publishing them."""
    return await _form(request, session, who, contest_id, at=at)


async def _form(
    request: Request, session: Session, who: Actor, contest_id: UUID, typed: Typed | None = None, at: str = ""
) -> Response:
    contest, draft = await drafts.current_draft(session, who, contest_id)
    _, call = await usecases.contest_with_call(session, contest_id)
    who.require(Act.WRITE_RULES, call.office_id)
    if draft is None:
        raise drafts.NothingWritten
    book, terms, desk = draft.book, draft.terms, desk_of(draft.book, draft.terms)
    if typed is not None and typed.action == _path(contest_id):  # refused: what was typed comes back
        desk, at = await _sent(request)
        book, typed_terms = book_of(desk, contest.currency)
        terms = {"format": FORMAT, **typed_terms}
    inspection = inspect(contest, book, terms)
    drawn = draw(desk, inspection, language_of(request), at)
    rehearsed = [each for each in await drafts.list_rehearsals(session, who, contest_id) if each.sha256 == draft.sha256]
    return page(
        request,
        "pages/rule_form.html",
        contest=contest,
        refusal=getattr(request.state, "refusal", None),
        inspection=inspection,
        findings=drawn.findings,
        groups=drawn.groups,
        sums=_sums(book, inspection),
        sha256=draft.sha256,
        rehearsed=rehearsed,
        seen=draft.seen,
        key="",
        acts=await _acts(session, who, contest, call.office_id, typed),
        changes=await _changes(request, session, who, contest, draft),
    )


def _sums(book: dict[str, object], inspection: Inspection) -> Table:
    stages = book.get("stages")
    headings = {each.get("code"): each.get("heading") for each in stages} if isinstance(stages, list) else {}
    unknown = Word("not known yet")
    rows: list[list[Cell]] = [
        [Word(code), unknown if total is None else exact(total), headings.get(code)] for code, total in inspection.sums.items()
    ]
    whole: list[Cell] = [Word("Most in all"), unknown if inspection.total is None else exact(inspection.total), ""]
    return Table("Sums", ["Stage", "The maxima sum to", "Heading of the sheet"], rows, total=whole)


async def _acts(session: Session, who: Actor, contest: Contest, office_id: UUID, typed: Typed | None) -> list[Form]:
    entries = await usecases.list_contests(session, who, office_id)
    past = [
        (str(each.contest.id), f"{each.call.code} · {each.contest.title}")
        for each in entries
        if each.contest.status == ContestStatus.DECIDED
    ]
    explain = "A rehearsal shows what these rules would decide. Nothing is kept of it but that it was done, by whom and with which rules."
    acts = [
        form(
            f"/contests/{contest.id}/rehearsals",
            "Rehearse these rules",
            RehearsalIn,
            choices={"past_contest_id": past},
            typed=typed,
            explain=explain,
        )
    ]
    if contest.status == ContestStatus.PUBLISHED:
        acts.append(form(f"/contests/{contest.id}/rules/publication", "Put this draft in force", ReasonIn, typed=typed))
    return acts


async def _changes(request: Request, session: Session, who: Actor, contest: Contest, draft: Draft) -> Table:
    books = await usecases.list_rule_books(session, who, contest.id)
    return changes_table(language_of(request), draft, books[0]) if books else Table("What changed", [], [])


@router.post("/contests/{contest_id}/rules/form")
async def send_form(request: Request, session: Work, who: Who, contest_id: UUID) -> Response:
    """Keep what was typed, right or wrong, with a row added, moved or taken out by the button that was pressed."""
    contest, _ = await drafts.current_draft(session, who, contest_id)
    desk, at = await _sent(request)
    book, terms = book_of(desk, contest.currency)
    seen = (await request.form()).get("_seen")
    given = DraftIn(book=book, terms=TermsDraftIn(**terms), seen=str(seen) if seen else None)
    to = f"{_path(contest_id)}?at={at}#{at.replace('.', '-')}" if at else _path(contest_id)
    return await attempt(
        request, session, lambda: drafts.keep_draft(session, who, contest_id, given), page=_form, to=lambda *_: to
    )


async def _sent(request: Request) -> tuple[Desk, str]:
    """The desk that the form writes after its button, and where to go on."""
    data = await request.form()
    desk = read_form((name, value) for name, value in data.multi_items() if isinstance(value, str))
    return desk, change(desk, str(data.get("_do", "")))


@router.get("/contests/{contest_id}/rules/draft.json")
async def draft_file(session: Work, who: Who, contest_id: UUID) -> Response:
    """The rules being written as a file that another contest can take in."""
    contest, draft = await drafts.current_draft(session, who, contest_id)
    if draft is None:
        raise drafts.NothingWritten
    value = {"book": draft.book, "terms": draft.terms}
    headers = {"Content-Disposition": f'attachment; filename="rules-{contest.code}.json"'}
    return Response(json.dumps(value, ensure_ascii=False, indent=1) + "\n", media_type="application/json", headers=headers)


def _path(contest_id: UUID) -> str:
    return f"/contests/{contest_id}/rules/form"


act(
    router,
    "/contests/{contest_id}/rules/publication",
    ReasonIn,
    drafts.publish_draft,
    page=_form,
    to=lambda _, contest_id: f"/contests/{contest_id}/rules",
)
act(
    router,
    "/contests/{contest_id}/rehearsals",
    RehearsalIn,
    rehearse,
    page=_form,
    to=lambda rehearsal, _: f"/rehearsals/{rehearsal.id}",
)
