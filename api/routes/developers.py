"""What programs that call the API look up: errors, changes, and what they wrote under their own references."""

from datetime import date, datetime
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel

from api.catalogue import refusals, spoken
from api.changes import CHANGES, LEAVING
from api.deps import Anyone, Work, new_router
from api.errors import status_of
from api.language import language_of, say
from api.routes.answers import Out
from service.integration.references import find_reference
from service.people.rules import NotSignedIn

router = new_router("developers")


class ErrorOut(BaseModel):
    """A refusal: its stable name, its status, and what a person reads, an ellipsis where a case puts its own words."""

    name: str
    status: int
    page: str
    detail: str


class ChangeOut(Out):
    """A change of the API."""

    on: date
    text: str


class LeavingOut(BaseModel):
    """A route that goes away."""

    route: str
    since: date
    until: date
    instead: str


class ChangesOut(BaseModel):
    """What changed, the newest last, and what goes away."""

    changes: list[ChangeOut]
    leaving: list[LeavingOut]


class ReferenceOut(Out):
    """What was written under a reference of one's own; the identifier of what was made, where it has one."""

    reference: str
    method: str
    path: str
    made_id: UUID | None
    at: datetime


@router.get("/errors")
async def list_errors(request: Request, _who: Anyone) -> list[ErrorOut]:
    """Every refusal that the API knows, by name."""
    language = language_of(request)
    return [
        ErrorOut(name=name, status=status_of(each), page=f"/errors/{name}", detail=spoken(say(language, each.message)))
        for name, each in refusals().items()
    ]


@router.get("/changes")
async def list_changes(_who: Anyone) -> ChangesOut:
    """What changed in the API, and what goes away and when."""
    leaving = [
        LeavingOut(route=route, since=each.since, until=each.until, instead=each.instead) for route, each in LEAVING.items()
    ]
    return ChangesOut(changes=[ChangeOut.of(each) for each in CHANGES], leaving=leaving)


@router.get("/references")
async def get_reference(request: Request, session: Work, who: Anyone, reference: str = "") -> ReferenceOut:
    """What the caller wrote under its own reference (header ``Caller-Reference``): how a program finds out what an answer that it never got was."""
    if who is None:
        raise NotSignedIn
    return ReferenceOut.of(await find_reference(session, request.state.caller, reference))
