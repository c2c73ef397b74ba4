"""The presence list at the visit: one page for a phone with a weak signal, plain forms, an answer to each DNI."""

from itertools import groupby
from uuid import UUID

from fastapi import Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from api.deps import Who, Work, new_router
from api.errors import status_of
from api.language import language_of, say
from api.pages.acts import Empty, act, show_wrong
from api.pages.forms import Typed, form, typed_in
from api.pages.views import Cell, Link, Table
from api.templating import page
from service.applications.models import Application
from service.applications.presence_rules import DniAnswer, NoPresenceAsked
from service.applications.shapes import PresentIn, TakeBackIn
from service.contests.shapes import ReasonIn
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import NotFound, Refusal
from service.scoring import presence
from service.scoring.rules import Recused

router = new_router("presence")


@router.get("/applications/{application_id}/presence")
async def show_presence(request: Request, session: Work, who: Who, application_id: UUID) -> Response:
    """The roll with who is there, for jurors of the field stage and the office."""
    return await _presence(request, session, who, application_id)


async def _presence(
    request: Request,
    session: Session,
    who: Actor,
    application_id: UUID,
    typed: Typed | None = None,
    answers: list[DniAnswer] | None = None,
) -> Response:
    found = await presence.presence_list(session, who, application_id)
    here = f"/applications/{application_id}/presence"
    there = [place for place in found.roll if (place.family_id, place.person_id) in found.present]
    chosen = [(str(place.person_id), f"{place.family} · {place.name}") for place in there]
    closed = bool(found.checks) and not found.open
    back = form(f"{here}/take-back", "Take back a mistaken tick", TakeBackIn, choices={"person_id": chosen}, typed=typed)
    reopen = form(f"{here}/correction", "Correct the closed check", ReasonIn, typed=typed)
    close = form(f"{here}/closing", "Close the check", typed=typed, danger=True)
    return page(
        request,
        "pages/presence.html",
        no_store=True,
        found=found,
        here=here,
        families=[(code, list(rows)) for code, rows in groupby(found.roll, key=lambda place: place.family)],
        answers=answers or [],
        typed=typed,
        entering=typed if typed and typed.action == f"{here}/entries" else None,
        back=back if found.open and there else None,
        close=close if found.open else None,
        reopen=reopen if closed else None,
        refusal=getattr(request.state, "refusal", None),
        may_see_file=bool(who.grants),
    )


@router.post("/applications/{application_id}/presence/entries")
async def enter_present(request: Request, session: Work, who: Who, application_id: UUID) -> Response:
    """Enter who was ticked and whose DNIs were typed; what became of each DNI is answered on the page."""
    data = await request.form()
    raw = {"person_ids": data.getlist("person_ids"), "dnis": str(data.get("dnis", ""))}
    try:
        given = PresentIn.model_validate(raw)
    except ValidationError as error:
        return await show_wrong(request, session, error, page=_presence)
    try:
        async with session.begin_nested():
            answers = await presence.enter_present(session, who, application_id, given)
    except Refusal as refusal:
        if isinstance(refusal, NotFound):
            raise
        text = say(language_of(request), refusal.message, **refusal.values)
        request.state.refusal = text
        typed = typed_in(request.url.path, data, {refusal.field or "": text})
        answer = await _presence(request, session, who, application_id, typed)
        answer.status_code = status_of(refusal)
        return answer
    if not answers:
        return RedirectResponse(_back(None, application_id), 303)
    return await _presence(request, session, who, application_id, answers=answers)


async def presence_tables(session: Session, who: Actor, application: Application) -> list[Table]:
    """The checks of an application for its own page, with the way to the list; none where the rules do not ask."""
    try:
        found = await presence.presence_list(session, who, application.id)
    except (NotFound, NoPresenceAsked, Recused):
        return []
    rows: list[list[Cell]] = [
        [
            check.number,
            f"{closing.present}/{closing.families}" if closing else None,
            check.reason,
            closing.at if closing else None,
        ]
        for check, closing in found.checks
    ]
    link = Link("Open the presence list", f"/applications/{application.id}/presence", translate=True)
    return [Table("Families present at the visit", ["No.", "Families present", "Reason", "Closed"], rows, links=[link])]


def _back(_result: object, application_id: UUID) -> str:
    return f"/applications/{application_id}/presence"


_HERE = "/applications/{application_id}/presence"
act(router, f"{_HERE}/take-back", TakeBackIn, presence.take_back_present, page=_presence, to=_back)
act(router, f"{_HERE}/closing", Empty, presence.close_presence, page=_presence, to=_back)
act(router, f"{_HERE}/correction", ReasonIn, presence.reopen_presence, page=_presence, to=_back)
