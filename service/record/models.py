"""Tables of the record."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, ForeignKey, Identity, Index, SmallInteger

from service.core.tables import DELETABLE, IMMUTABLE, Field, SQLModel, id_column, json_column, moment


class RecordLeaf(SQLModel, table=True):
    """One act. Rows are added, never edited; ``id`` may have gaps. ``capacity`` is as what it was done, None in the oldest leaves."""

    __tablename__ = "record_leaf"
    __table_args__ = (
        CheckConstraint("length(leaf_hash) = 32 AND length(payload_hash) = 32", name="sha256"),
        Index("ix_record_leaf_subject_act", "subject", "act"),
        Index("ix_record_leaf_leaf_hash", "leaf_hash"),
        IMMUTABLE,
    )

    id: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    act: str
    subject: str
    actor_id: UUID = Field(index=True)
    capacity: str | None = None
    via: str
    at: datetime = moment()
    wall_at: datetime = moment()
    payload_hash: bytes
    leaf_hash: bytes


class RecordPayload(SQLModel, table=True):
    """What the act was about, and the salt of its hash; both None once they were erased."""

    __tablename__ = "record_payload"
    __table_args__ = (
        CheckConstraint("(salt IS NULL) = (payload IS NULL) AND (salt IS NULL) = (erased_at IS NOT NULL)", name="whole"),
        IMMUTABLE,
    )

    leaf_id: int = Field(sa_column=Column(BigInteger, ForeignKey("record_leaf.id"), primary_key=True))
    salt: bytes | None = None
    payload: dict[str, Any] | None = json_column(optional=True)
    erased_at: datetime | None = moment(optional=True)


class RecordPending(SQLModel, table=True):
    """A leaf that has no position yet; gone within seconds."""

    __tablename__ = "record_pending"
    __table_args__ = (DELETABLE,)

    leaf_id: int = Field(sa_column=Column(BigInteger, ForeignKey("record_leaf.id"), primary_key=True))


class RecordPosition(SQLModel, table=True):
    """Where a leaf stands in the tree: positions run from 0 without gaps."""

    __tablename__ = "record_position"
    __table_args__ = (IMMUTABLE,)

    position: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    leaf_id: int = Field(sa_column=Column(BigInteger, ForeignKey("record_leaf.id"), nullable=False, unique=True))


class RecordNode(SQLModel, table=True):
    """The hash over a complete subtree: of level 0 over one leaf, of each further level over twice as many."""

    __tablename__ = "record_node"
    __table_args__ = (CheckConstraint("length(hash) = 32", name="sha256"), IMMUTABLE)

    level: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    index: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    hash: bytes


class RecordHead(SQLModel, table=True):
    """A signed head: the note over the first ``size`` leaves."""

    __tablename__ = "record_head"
    __table_args__ = (CheckConstraint("length(root) = 32", name="sha256"), IMMUTABLE)

    size: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    root: bytes
    note: str
    verifier: str
    at: datetime = moment()


class RecordCosignature(SQLModel, table=True):
    """That a witness has seen a head: a line under its note, or the address of the folder that keeps it."""

    __tablename__ = "record_cosignature"
    __table_args__ = (IMMUTABLE,)

    size: int = Field(sa_column=Column(BigInteger, ForeignKey("record_head.size"), primary_key=True))
    witness: str = Field(primary_key=True)
    line: str | None = None
    at: datetime = moment()


class ErasureRequest(SQLModel, table=True):
    """That somebody asks for payloads to be erased, and why; the answer is a second person's."""

    __tablename__ = "erasure_request"
    __table_args__ = (CheckConstraint("reason <> ''", name="given"), IMMUTABLE)

    id: UUID = id_column()
    leaf_ids: list[int] = Field(sa_type=ARRAY(BigInteger), nullable=False)
    reason: str
    requested_by: UUID
    requested_at: datetime = moment()


class ErasureApproval(SQLModel, table=True):
    """That a second person agrees to an erasure; it is carried out in the same transaction."""

    __tablename__ = "erasure_approval"
    __table_args__ = (IMMUTABLE,)

    request_id: UUID = Field(foreign_key="erasure_request.id", primary_key=True)
    approved_by: UUID
    approved_at: datetime = moment()
