"""Which files are kept, under which names, and that they stay as they came."""

import hashlib
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from scripts.demo.scans import scan
from service.core.db import Session
from service.documents import rules, usecases
from service.documents.models import StoredFile
from service.documents.rules import MediaType
from tests.make.files import picture

PDF = scan("Acta de asamblea")
PNG = picture("PNG")
JPEG = picture("JPEG")
XML = b'\xef\xbb\xbf<?xml version="1.0"?><Document/>'


@pytest.mark.parametrize(
    ("content", "kind"), [(PDF, MediaType.PDF), (PNG, MediaType.PNG), (JPEG, MediaType.JPEG), (XML, MediaType.XML)]
)
def test_the_kind_of_a_file_is_told_by_its_content(content: bytes, kind: MediaType) -> None:
    assert rules.media_type(content) == kind


@pytest.mark.parametrize(
    "content",
    [b"MZ\x90\x00", b"<html><script>alert(1)</script>", b"PK\x03\x04", b"GIF89a", b" %PDF-1.7", b"%PD", b"<svg xmlns='a'/>"],
)
def test_a_file_of_another_kind_is_refused_whatever_its_name_says(content: bytes) -> None:
    with pytest.raises(rules.UnknownFileType) as refusal:
        rules.accepted(content, rules.PAPERS)
    assert str(refusal.value).startswith("This file is not one of: JPEG, PDF, PNG.")


def test_an_xml_file_is_no_paper_and_a_scan_is_no_bank_file() -> None:
    with pytest.raises(rules.UnknownFileType):
        rules.accepted(XML, rules.PAPERS)
    with pytest.raises(rules.UnknownFileType):
        rules.accepted(PDF, rules.BANK_FILES)
    assert rules.accepted(XML, rules.BANK_FILES) == MediaType.XML


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(rules.EmptyFile):
        rules.accepted(b"", rules.PAPERS)


def test_a_file_of_ten_megabytes_is_kept_and_one_byte_more_is_refused() -> None:
    assert rules.accepted(PDF.ljust(10 * 1024 * 1024, b"0"), rules.PAPERS) == MediaType.PDF
    with pytest.raises(rules.FileTooLarge, match="10 MB"):
        rules.accepted(PDF.ljust(10 * 1024 * 1024 + 1, b"0"), rules.PAPERS)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("acta de asamblea.pdf", "acta de asamblea.pdf"),
        ("Padrón Ñawpaq Chʼisi (2).PDF", "Padrón Ñawpaq Chʼisi (2).pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Juana\\plan.docx", "plan.pdf"),
        ("acta.exe", "acta.pdf"),
        ('a"; filename="b.html\r\nX: y', "a filename b.pdf"),
        ("..", "archivo.pdf"),
        ("", "archivo.pdf"),
        ("-rf.pdf", "rf.pdf"),
        ("acta\u202efdp.exe", "acta fdp.pdf"),
        ("con.pdf", "archivo con.pdf"),
        ("COM1", "archivo COM1.pdf"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_and_ends_as_its_content_says(given: str, kept: str) -> None:
    assert rules.safe_name(given, MediaType.PDF) == kept


async def test_the_same_content_is_stored_once_under_its_first_name(session: Session) -> None:
    content = PDF + b"%" + uuid4().hex.encode()
    first = await usecases.store_file(session, "acta.pdf", content)
    second = await usecases.store_file(session, "otra.pdf", content)
    other = await usecases.store_file(session, "acta.pdf", content + b"!")
    assert (second.id, second.name) == (first.id, "acta.pdf")
    assert other.id != first.id
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert (first.media_type, first.size) == ("application/pdf", len(content))
    count = select(func.count()).select_from(StoredFile).where(StoredFile.sha256 == first.sha256)  # type: ignore[arg-type]  # a column
    assert await session.scalar(count) == 1


async def test_a_file_comes_back_byte_for_byte(session: Session) -> None:
    kept = await usecases.store_file(session, "foto.png", PNG)
    session.expunge_all()
    assert (await usecases.get_file(session, kept.id)).content == PNG


async def test_a_file_that_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(rules.FileNotFound):
        await usecases.get_file(session, uuid4())


async def test_the_database_refuses_to_change_or_delete_a_file(session: Session) -> None:
    kept = await usecases.store_file(session, "acta.pdf", PDF + b"%" + uuid4().hex.encode())
    for statement in ("UPDATE stored_file SET name = 'x' WHERE id = :id", "DELETE FROM stored_file WHERE id = :id"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with session.begin_nested():
                await session.execute(text(statement), {"id": kept.id})
