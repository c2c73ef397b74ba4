"""The outbox: what left, what failed and why; never what it said."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.pages.acts import Empty, act
from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, State, Table, View, Word, show
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.texts import Phrase
from service.messages import usecases
from service.messages.models import MessageStatus

router = new_router("messages")


@router.get("/messages")
async def list_messages(request: Request, session: Work, who: Who) -> Response:
    """The newest messages."""
    return await _messages(request, session, who)


async def _messages(
    request: Request, session: Session, who: Actor, _message_id: UUID | None = None, typed: Typed | None = None
) -> Response:
    found = await usecases.list_messages(session, who)
    columns = ["What for", "Ends in", "Queued", "State", "Tries", "Why it failed", "Provider's reference"]
    rows: list[list[Cell]] = [
        [Word(row.kind), f"…{row.address_end}", row.at, State(row.status), row.tries, row.error, row.reference] for row in found
    ]
    acts: list[Form | None] = [
        form(f"/messages/{row.id}/retry", Phrase("Send the message to …{end} again", end=row.address_end), typed=typed)
        for row in found
        if row.status == MessageStatus.FAILED and who.may(Act.RETRY_MESSAGE)
    ]
    return show(request, View("Messages", translate_title=True, tables=[Table("Outbox", columns, rows, acts=acts)]))


act(router, "/messages/{message_id}/retry", Empty, usecases.retry_message, page=_messages, to=lambda *_: "/messages")
