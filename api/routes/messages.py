"""The outbox of short messages."""

from datetime import datetime
from uuid import UUID

from api.deps import Who, Work, new_router
from api.routes.answers import Out
from service.messages import usecases
from service.messages.models import MessageKind, MessageStatus

router = new_router("messages")


class MessageOut(Out):
    """A message: where it stands, never what it says nor the whole number."""

    id: UUID
    kind: MessageKind
    subject: str
    language: str
    address_end: str
    status: MessageStatus
    tries: int
    error: str | None
    reference: str | None
    at: datetime
    expires_at: datetime
    settled_at: datetime | None


@router.get("/messages")
async def list_messages(session: Work, who: Who, limit: int = 50) -> list[MessageOut]:
    """The newest messages, those that failed first."""
    return [MessageOut.of(row) for row in await usecases.list_messages(session, who, min(max(limit, 1), 200))]


@router.post("/messages/{message_id}/retry")
async def retry_message(session: Work, who: Who, message_id: UUID) -> MessageOut:
    """Try a failed message again."""
    return MessageOut.of(await usecases.retry_message(session, who, message_id))
