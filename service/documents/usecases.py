"""Storing files, asking for papers, drawing them."""

import asyncio
import hashlib
from collections.abc import Mapping
from concurrent.futures import Executor
from functools import partial
from uuid import UUID

from service.core import clock
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.documents import papers, pdf, quarantine, queue, rules, store
from service.documents.models import Document, DocumentKind, SlipKind, StoredFile
from service.documents.rules import MediaType


async def store_file(session: Session, name: str, content: bytes, accepts: frozenset[MediaType] = rules.PAPERS) -> StoredFile:
    """Keep a file, or find the one that has the same content (it keeps the name it came with first, and was looked into then).

    Raises ``EmptyFile``, ``FileTooLarge``, ``UnknownFileType`` and what ``inspection.inspect`` raises.
    """
    kind = rules.accepted(content, accepts)
    if not await store.is_kept(session, hashlib.sha256(content).hexdigest()):
        await quarantine.look_into(content, kind)
    return await _keep(session, rules.safe_name(name, kind), kind, content)


async def get_file(session: Session, file_id: UUID) -> StoredFile:
    """A stored file with its content. Raises ``FileNotFound``."""
    found = await store.file(session, file_id)
    if found is None:
        raise rules.FileNotFound
    return found


async def request_document(
    session: Session, kind: DocumentKind, subject: str, data: Mapping[str, object], language: str = "es"
) -> Document:
    """Ask for a paper: a new version with a job that draws it, in this transaction.

    Where the newest version in that language has the same data, that one is returned, and drawn again if it has no file yet.
    Raises ``LanguageNotAvailable``; ``NotThisPaper`` where ``data`` lack the shape of ``kind`` or do not add up.
    """
    if language not in pdf.languages(kind):
        raise rules.LanguageNotAvailable("language")
    values = papers.check(kind, data)
    data_sha256 = sha256_hex(values)
    await store.lock_subject(session, kind, subject)
    document = await store.latest(session, kind, subject, language)
    if document is None or document.data_sha256 != data_sha256:
        document = Document(
            kind=kind,
            subject=subject,
            version=await store.next_version(session, kind, subject),
            data=values,
            data_sha256=data_sha256,
            language=language,
            requested_at=await clock.now(session),
        )
        session.add(document)
        await session.flush()
    if document.file_id is None:
        await queue.enqueue_drawing(session, document.id)
    return document


async def render_document(session: Session, document_id: UUID, press: Executor | None = None) -> StoredFile:
    """Draw a document in ``press`` (a thread where none is given) and keep the file; a second run finds the file.

    Raises ``DocumentNotFound``.
    """
    document = await get_document(session, document_id)
    if document.file_id is not None:
        return await get_file(session, document.file_id)
    drawing = partial(pdf.render, document.kind, document.data, document.language)
    content = await asyncio.get_running_loop().run_in_executor(press, drawing)
    name = rules.safe_name(f"{document.kind} {document.data['number']}.pdf", MediaType.PDF)
    drawn = await _keep(session, name, MediaType.PDF, content)
    await store.attach(session, document.id, drawn.id)
    await session.refresh(document)
    return drawn


async def draw_slip(kind: SlipKind, data: Mapping[str, object], language: str = "es") -> bytes:
    """A paper with a secret on it, drawn in a thread and kept nowhere.

    Raises ``LanguageNotAvailable``; ``NotThisPaper`` where ``data`` lack the shape of ``kind``.
    """
    if language not in pdf.languages(kind):
        raise rules.LanguageNotAvailable("language")
    return await asyncio.to_thread(pdf.render, kind, papers.check(kind, data), language)


async def get_document(session: Session, document_id: UUID) -> Document:
    """A paper as it stands, for areas above that know who may read its subject. Raises ``DocumentNotFound``."""
    document = await store.document(session, document_id)
    if document is None:
        raise rules.DocumentNotFound
    return document


async def latest_document(session: Session, kind: DocumentKind, subject: str, language: str = "es") -> Document | None:
    """The newest version of a paper, or None where it was never asked for; its ``file_id`` is None until the job has drawn it."""
    return await store.latest(session, kind, subject, language)


async def _keep(session: Session, name: str, kind: MediaType, content: bytes) -> StoredFile:
    sha256 = hashlib.sha256(content).hexdigest()
    return await store.keep(
        session, StoredFile(sha256=sha256, media_type=kind.value, size=len(content), name=name, content=content)
    )
