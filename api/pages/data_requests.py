"""What people ask about their data, for who answers; and erasures, which take two."""

from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.pages.acts import Empty, act
from api.pages.forms import Form, Typed, form
from api.pages.own_data import COLUMNS, HERE, row_of, shown
from api.pages.views import Cell, Link, State, Table, View, Word, show
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.text import Words
from service.core.texts import Phrase
from service.privacy import erasing, export, requests
from service.privacy.erasing import Erasing
from service.privacy.models import PersonErasure, RequestKind
from service.privacy.requests import Asked
from service.privacy.shapes import DataAnswerIn, ErasureIn

router = new_router("data requests")

REQUESTS = Link("Requests about personal data", "/privacy/requests", translate=True)
TWICE = "Another person agrees before anything is erased. What a law still keeps stays, and is named below."


class WhyIn(BaseModel, extra="forbid"):
    """Why it is to be erased."""

    reason: Words = Field(description="Why")


@router.get("/privacy/requests")
async def list_requests(request: Request, session: Work, who: Who) -> Response:
    """Every request, the unanswered first."""
    rows = [
        [Link(each.person, f"/privacy/requests/{each.request.id}"), *row_of(each)]
        for each in await requests.list_requests(session, who)
    ]
    return show(
        request,
        View(REQUESTS.text, translate_title=True, crumbs=[HERE], tables=[Table("Requests", ["Person", *COLUMNS], rows)]),
    )


@router.get("/privacy/requests/{data_request_id}")
async def show_request(request: Request, session: Work, who: Who, data_request_id: UUID) -> Response:
    """One request, and what can be done about it."""
    return await _request(request, session, who, data_request_id)


async def _request(
    request: Request, session: Session, who: Actor, data_request_id: UUID, typed: Typed | None = None
) -> Response:
    asked = await requests.get_request(session, who, data_request_id)
    facts = list(zip(COLUMNS, row_of(asked), strict=True))
    facts.append(("Filed by", asked.filed_by))
    acts = _acts(asked, typed) if who.may(Act.ANSWER_DATA_REQUEST) else []
    crumbs = [HERE, REQUESTS] if acts else [HERE]
    return show(request, View(asked.person, crumbs=crumbs, facts=facts, acts=acts))


def _acts(asked: Asked, typed: Typed | None) -> list[Form | None]:
    here, kind = f"/privacy/requests/{asked.request.id}", asked.request.kind
    return [
        form(f"{here}/reading", "Show everything that is kept of this person", typed=typed)
        if kind == RequestKind.ACCESS
        else None,
        form(f"{here}/erasure", "Ask for an erasure", WhyIn, explain=TWICE, typed=typed, danger=True)
        if kind == RequestKind.ERASURE
        else None,
        form(f"{here}/answer", "Answer", DataAnswerIn, typed=typed) if asked.answer is None else None,
    ]


@router.post("/privacy/requests/{data_request_id}/reading")
async def read_for(request: Request, session: Work, who: Who, data_request_id: UUID) -> Response:
    """Everything that is kept of who asked, to be printed and handed over."""
    asked = await requests.get_request(session, who, data_request_id)
    everything = await export.export_of(session, who, asked.request.person_id)
    return shown(request, everything, Link(asked.person, f"/privacy/requests/{data_request_id}"))


@router.get("/privacy/erasures")
async def list_erasures(request: Request, session: Work, who: Who) -> Response:
    """Erasures that wait for a second person, those carried out, and whose time is over."""
    return await _erasures(request, session, who)


async def _erasures(request: Request, session: Session, who: Actor, *rest: object) -> Response:
    typed = next((each for each in rest if isinstance(each, Typed)), None)
    found = await erasing.list_erasures(session, who)
    over = await erasing.list_unbound(session, who)
    waiting = [each for each in found if each.approval is None]
    columns = ["Person", "Why", "Asked by", "What goes", "What a law still keeps", "State"]
    choices = {"person_id": [(str(person.id), person.name) for person in over]}
    tables = [
        Table(
            "Erasures",
            columns,
            [_row(request, each) for each in found],
            acts=[
                form(
                    f"/privacy/erasures/{each.erasure.erasure_id}/approval",
                    Phrase("Agree, and erase {name}", name=each.person),
                    danger=True,
                )
                for each in waiting
            ],
        ),
        Table(
            "Whose time is over",
            ["Person"],
            [[Link(person.name, f"/persons/{person.id}")] for person in over],
            acts=[form("/privacy/erasures", "Ask for an erasure", ErasureIn, choices=choices, explain=TWICE, typed=typed)]
            if over
            else [],
        ),
    ]
    return show(request, View("Erasures", translate_title=True, crumbs=[HERE], tables=tables))


def _row(request: Request, each: Erasing) -> list[Cell]:
    language = language_of(request)
    ties = ", ".join(f"{say(language, tie.why.value)} ({tie.until or '…'})" for tie in each.ties)
    goes = "Names, DNI, mobile number, sign-in" if each.erasure.whole else "Mobile number, sign-in"
    state = State("carried_out" if each.approval else "waits_for_a_second_person")
    return [each.person, each.asked.reason, each.asked_by, Word(goes), ties or None, state]


async def _ask_erasure(session: Session, who: Actor, data_request_id: UUID, given: WhyIn) -> PersonErasure:
    asked = await requests.get_request(session, who, data_request_id)
    return await erasing.request_erasure(session, who, ErasureIn(person_id=asked.request.person_id, reason=given.reason))


def _to_requests(*_: object) -> str:
    return "/privacy/requests"


def _to_erasures(*_: object) -> str:
    return "/privacy/erasures"


act(router, "/privacy/requests/{data_request_id}/answer", DataAnswerIn, requests.answer, page=_request, to=_to_requests)
act(router, "/privacy/requests/{data_request_id}/erasure", WhyIn, _ask_erasure, page=_request, to=_to_erasures)
act(router, "/privacy/erasures", ErasureIn, erasing.request_erasure, page=_erasures, to=_to_erasures)
act(router, "/privacy/erasures/{erasure_id}/approval", Empty, erasing.approve_erasure, page=_erasures, to=_to_erasures)
