"""Tables of idempotency."""

from datetime import datetime

from sqlalchemy import Index

from service.core.tables import DELETABLE, Field, SQLModel, moment


class IdempotencyKey(SQLModel, table=True):
    """A caller's key, the hash of the request it came with, and the answer that was given."""

    __tablename__ = "idempotency_key"
    __table_args__ = (Index("ix_idempotency_key_at", "at"), DELETABLE)

    caller: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_hash: bytes
    status: int
    headers: str
    body: bytes
    at: datetime = moment()
