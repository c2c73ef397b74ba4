"""The table of the outbox."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text

from service.core.tables import SQLModel, enum, id_column, immutable_but, moment


class MessageKind(StrEnum):
    """What a message is about; each has its template in every language."""

    INVITATION = "invitation"
    RECOVERY = "recovery"
    SIGN_IN_CHANGED = "sign_in_changed"
    CONFIRMATION_CODE = "confirmation_code"


class MessageStatus(StrEnum):
    """Where a message stands."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class MessageAction(StrEnum):
    """What moves a message."""

    SEND = "send"
    FAIL = "fail"
    RETRY = "retry"
    DROP = "drop"


class Message(SQLModel, table=True):
    """A message to a mobile number (``+51987654321``) about a subject (``person:<id>``, opaque here).

    ``address`` and ``body`` are None once it is sent or dropped. ``body_mac`` is an HMAC-SHA-256 under the installation's key: a plain
    hash of a text that holds a short code could be tried out by whoever steals a backup. ``tries`` counts since it was last queued.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint("(status IN ('sent', 'dropped')) = (body IS NULL)", name="body_while_needed"),
        CheckConstraint("(body IS NULL) = (address IS NULL)", name="address_while_needed"),
        CheckConstraint("(status = 'sent') = (reference IS NOT NULL)", name="reference_of_sent"),
        CheckConstraint("tries >= 0", name="tries"),
        Index("ix_message_waiting", "expires_at", postgresql_where=text("status IN ('queued', 'failed')")),
        Index("ix_message_subject", "subject"),
        immutable_but("status", "address", "body", "tries", "error", "reference", "settled_at"),
    )

    id: UUID = id_column()
    kind: MessageKind = enum(MessageKind)
    subject: str
    language: str
    address: str | None
    address_end: str
    body: str | None
    body_mac: bytes
    status: MessageStatus = enum(MessageStatus, default=MessageStatus.QUEUED)
    tries: int = 0
    error: str | None = None
    reference: str | None = None
    at: datetime = moment()
    expires_at: datetime = moment()
    settled_at: datetime | None = moment(optional=True)
