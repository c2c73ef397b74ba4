"""Queries of stored files and documents."""

from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from service.core.db import Session
from service.documents.models import Document, DocumentKind, StoredFile


async def keep(session: Session, file: StoredFile) -> StoredFile:
    """Insert ``file``, or find the row that holds the same content already."""
    values = file.model_dump()
    await session.execute(insert(StoredFile).values(**values).on_conflict_do_nothing(index_elements=["sha256"]))
    return (await session.execute(select(StoredFile).where(col(StoredFile.sha256) == file.sha256))).scalar_one()


async def is_kept(session: Session, sha256: str) -> bool:
    """Whether a file with this content is kept already."""
    return await session.scalar(select(StoredFile.id).where(col(StoredFile.sha256) == sha256)) is not None  # type: ignore[call-overload]  # a column


async def file(session: Session, file_id: UUID) -> StoredFile | None:
    """A stored file with its content."""
    return await session.get(StoredFile, file_id)


async def document(session: Session, document_id: UUID) -> Document | None:
    """A document as the database has it now."""
    return await session.get(Document, document_id, populate_existing=True)


async def lock_subject(session: Session, kind: DocumentKind, subject: str) -> None:
    """Let those who ask for versions of one paper wait for each other until the transaction ends."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"document:{kind}:{subject}"}
    )


async def latest(session: Session, kind: DocumentKind, subject: str, language: str) -> Document | None:
    """The newest version of a paper in a language."""
    found = select(Document).where(
        col(Document.kind) == kind, col(Document.subject) == subject, col(Document.language) == language
    )
    return (await session.execute(found.order_by(col(Document.version).desc()).limit(1))).scalar_one_or_none()


async def next_version(session: Session, kind: DocumentKind, subject: str) -> int:
    """The number of the next version in any language, from 1."""
    highest = select(func.max(Document.version)).where(col(Document.kind) == kind, col(Document.subject) == subject)
    return (await session.scalar(highest) or 0) + 1


async def attach(session: Session, document_id: UUID, file_id: UUID) -> None:
    """Give a document its file, unless another run of the job has done so."""
    unset = update(Document).where(col(Document.id) == document_id, col(Document.file_id).is_(None))
    await session.execute(unset.values(file_id=file_id))
