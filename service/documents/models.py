"""Tables of stored files and documents."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint

from service.core.encrypting import OVERHEAD
from service.core.tables import (
    IMMUTABLE,
    EncryptedBytes,
    Field,
    SQLModel,
    encrypted,
    enum,
    id_column,
    immutable_but,
    json_with_account,
    moment,
    reference,
)


class StoredFile(SQLModel, table=True):
    """A file as it came in or was drawn. The same content is one row, under the name it was first stored with."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_form"),
        CheckConstraint(f"size = length(content) - {OVERHEAD} AND size > 0", name="size"),
        IMMUTABLE,
    )

    id: UUID = id_column()
    sha256: str = Field(unique=True)
    media_type: str
    size: int
    name: str
    content: bytes = encrypted("stored_file.content", EncryptedBytes)


class DocumentKind(StrEnum):
    """The papers that Raymi draws; each has its shape of data in ``papers.py`` and its template."""

    CALL = "call"
    SHEET = "sheet"
    BLANK_SHEET = "blank_sheet"
    MINUTES = "minutes"
    CONTRACT = "contract"
    AUTHORISATION = "authorisation"
    RECEIPTS = "receipts"
    LIQUIDATION = "liquidation"
    REPORT = "report"
    RESOLUTION = "resolution"


class SlipKind(StrEnum):
    """Papers with a secret on them: drawn for whoever asks and handed over, never kept."""

    INVITATION = "invitation"


Kind = DocumentKind | SlipKind
"""Every paper that can be drawn."""


class Document(SQLModel, table=True):
    """A paper that was asked for: the plain values it is drawn from, and the file once the job has drawn it.

    ``subject`` is an opaque key (``contract:<id>``); new data for a subject make a new version.
    """

    __tablename__ = "document"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
        immutable_but("file_id"),
    )

    id: UUID = id_column()
    kind: DocumentKind = enum(DocumentKind)
    subject: str
    version: int
    data: dict[str, Any] = json_with_account()
    data_sha256: str
    language: str
    requested_at: datetime = moment()
    file_id: UUID | None = reference("stored_file.id", optional=True)
