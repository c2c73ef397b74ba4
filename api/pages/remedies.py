"""What an upheld appeal opened: a juror corrects a sheet, the secretary an attribute."""

from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of
from api.pages.acts import act, attempt, show_wrong
from api.pages.forms import Field, Form, Typed, form
from api.pages.score_rows import score_rows, scores_in
from api.pages.views import Cell, Link, View, Word, show
from service.contests.usecases import rules_in_force
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.deliberation import remedies
from service.deliberation.appeal_models import AppealRemedy, AppealStatus, RemedyKind
from service.deliberation.appeal_queries import AppealView, get_remedy
from service.deliberation.appeal_shapes import ValueIn
from service.scoring.shapes import ScoresIn

router = new_router("remedies")


@router.get("/remedies/{remedy_id}")
async def show_remedy(request: Request, session: Work, who: Who, remedy_id: UUID) -> Response:
    """What a ruling opened, with the form for whoever corrects it."""
    return await _remedy(request, session, who, remedy_id)


async def _remedy(request: Request, session: Session, who: Actor, remedy_id: UUID, typed: Typed | None = None) -> Response:
    view, entry = await get_remedy(session, who, remedy_id)
    remedy = entry.remedy
    facts: list[tuple[str, Cell]] = [
        ("Appeal", Link(f"{view.code} · {view.applicant}", f"/appeals/{view.appeal.id}")),
        ("What is to be corrected", Word(remedy.kind.value)),
        ("Juror", entry.juror or None),
        ("Stage", Word(remedy.stage) if remedy.stage else None),
        ("Attribute", remedy.attribute),
        ("Corrected", entry.use.at if entry.use else Word("not yet")),
    ]
    acts = (
        []
        if entry.use or view.appeal.status != AppealStatus.UPHELD
        else await _forms(request, session, who, view, remedy, typed)
    )
    texts = [("What the panel rules", view.ruling.reason if view.ruling else "")]
    return show(request, View("Correction", translate_title=True, facts=facts, texts=texts, acts=acts))


async def _forms(
    request: Request, session: Session, who: Actor, view: AppealView, remedy: AppealRemedy, typed: Typed | None
) -> list[Form]:
    here = f"/remedies/{remedy.id}"
    if remedy.kind == RemedyKind.ATTRIBUTE and who.may(Act.SETTLE_APPEAL, view.session.office_id):
        return [form(f"{here}/value", "Enter the right value", ValueIn, typed=typed)]
    if remedy.kind != RemedyKind.SHEET or who.person_id != remedy.person_id or remedy.stage is None:
        return []
    book = (await rules_in_force(session, view.contest.id)).book
    mine = typed if typed and typed.action == f"{here}/sheet" else Typed("")
    rows = score_rows(book, remedy.stage, language_of(request), mine.values, mine.errors)
    shown = {row["code"] for row in rows} | {f"scores.{row['code']}" for row in rows}
    return [
        Form(
            f"{here}/sheet",
            "Put the corrected sheet in place",
            [_field(row) for row in rows],
            error=" ".join(text for name, text in mine.errors.items() if name not in shown) or None,
            explain="Both sheets are kept, the newer one counts, and the ruling is its reason.",
            danger=True,
            open=True,
        )
    ]


def _field(row: dict[str, Any]) -> Field:
    criterion = row["criterion"]
    levels = [(level["name"], level["name"]) for level in criterion.get("levels", [])]
    most = f" (0–{criterion['max']})" if "max" in criterion else ""
    kind = "choice" if levels else "text"
    return Field(row["code"], f"{row['label']}{most}", kind, True, row["value"], row["error"], levels)


@router.post("/remedies/{remedy_id}/sheet")
async def correct_sheet(request: Request, session: Work, who: Who, remedy_id: UUID) -> Response:
    """Put a corrected sheet in place of the one that the ruling opened."""
    try:
        given = ScoresIn(scores=scores_in(await request.form()))
    except ValidationError as error:
        return await show_wrong(request, session, error, page=_remedy)
    return await attempt(
        request,
        session,
        lambda: remedies.correct_sheet(session, who, remedy_id, given),
        page=_remedy,
        to=lambda *_: f"/remedies/{remedy_id}",
    )


act(
    router,
    "/remedies/{remedy_id}/value",
    ValueIn,
    remedies.correct_value,
    page=_remedy,
    to=lambda _, remedy_id: f"/remedies/{remedy_id}",
)
