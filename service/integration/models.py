"""Tables of the programs that call the API: clients, their keys, and the answers that were given to idempotency keys."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index
from sqlalchemy.dialects.postgresql import JSONB

from service.core.tables import DELETABLE, IMMUTABLE, Field, SQLModel, id_column, immutable_but, moment, reference


class ApiClient(SQLModel, table=True):
    """A program of an office, of a cofunder, or (with neither) of who works for the whole programme."""

    __tablename__ = "api_client"
    __table_args__ = (CheckConstraint("office_id IS NULL OR cofunder_id IS NULL", name="one_owner"), IMMUTABLE)

    id: UUID = id_column()
    name: str
    office_id: UUID | None = reference("office.id", optional=True)
    cofunder_id: UUID | None = reference("cofunder.id", optional=True)
    made_by: UUID = reference("person.id")
    at: datetime = moment()


class ApiKey(SQLModel, table=True):
    """A key of a client: what it may do at most, for whom it acts, and when it ends. Only its hash is kept."""

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint("expires_at > at AND expires_at <= at + interval '366 days'", name="bounded"),
        CheckConstraint("jsonb_array_length(acts) > 0", name="has_acts"),
        CheckConstraint("(ends_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        immutable_but("last_used_at", "ends_at", "ended_by"),
    )

    id: UUID = id_column()
    client_id: UUID = reference("api_client.id")
    prefix: str = Field(unique=True)
    key_hash: bytes = Field(unique=True)
    acts: list[str] = Field(sa_column=Column(JSONB, nullable=False))
    made_by: UUID = reference("person.id")
    at: datetime = moment()
    expires_at: datetime = moment()
    last_used_at: datetime | None = moment(optional=True)
    ends_at: datetime | None = moment(optional=True)
    ended_by: UUID | None = reference("person.id", optional=True)


class CallerReference(SQLModel, table=True):
    """A reference of the caller's own, kept for good: what was sent under it, and what that made."""

    __tablename__ = "caller_reference"
    __table_args__ = (IMMUTABLE,)

    caller: str = Field(primary_key=True)
    reference: str = Field(primary_key=True)
    method: str
    path: str
    made_id: UUID | None
    at: datetime = moment()


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
