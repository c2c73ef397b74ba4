"""Tables of the record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Identity, Index

from service.core.tables import IMMUTABLE, Field, SQLModel, json_column, moment


class RecordLeaf(SQLModel, table=True):
    """One act. Rows are added, never edited; ``id`` may have gaps, positions are given when the tree is built."""

    __tablename__ = "record_leaf"
    __table_args__ = (
        CheckConstraint("length(leaf_hash) = 32 AND length(payload_hash) = 32", name="sha256"),
        Index("ix_record_leaf_subject_act", "subject", "act"),
        IMMUTABLE,
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    act: str
    subject: str
    actor_id: UUID = Field(index=True)
    via: str
    at: datetime = moment()
    wall_at: datetime = moment()
    payload_hash: bytes
    leaf_hash: bytes


class RecordPayload(SQLModel, table=True):
    """What the act was about, and the salt of its hash."""

    __tablename__ = "record_payload"
    __table_args__ = (IMMUTABLE,)

    leaf_id: int = Field(sa_column=Column(BigInteger, ForeignKey("record_leaf.id"), primary_key=True))
    salt: bytes
    payload: dict[str, Any] = json_column()
