"""Queries about messages."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from service.core.db import Session
from service.core.errors import NotFound
from service.messages.models import Message, MessageStatus

WAITING = (MessageStatus.QUEUED, MessageStatus.FAILED)


async def lock(session: Session, message_id: UUID) -> Message:
    """A message as it is now, locked. Raises ``NotFound``."""
    row = await session.get(Message, message_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


async def newest(session: Session, limit: int) -> Sequence[Message]:
    """The newest messages, those that failed first."""
    failed_first = (col(Message.status) != MessageStatus.FAILED, col(Message.at).desc(), col(Message.id).desc())
    return (await session.scalars(select(Message).order_by(*failed_first).limit(limit))).all()


async def waiting_for(session: Session, subject: str) -> Sequence[Message]:
    """What about a subject is not sent yet, locked."""
    statement = select(Message).where(col(Message.subject) == subject, col(Message.status).in_(WAITING))
    return (await session.scalars(statement.order_by(col(Message.id)).with_for_update())).all()


async def overdue(session: Session, moment: datetime) -> Sequence[Message]:
    """What waits and has run out, locked; what another transaction holds is left to it."""
    statement = select(Message).where(col(Message.status).in_(WAITING), col(Message.expires_at) <= moment)
    return (await session.scalars(statement.with_for_update(skip_locked=True))).all()
