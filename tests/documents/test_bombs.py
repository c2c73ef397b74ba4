"""Files made to do harm: each is refused by name, quickly, with little memory, while others are answered."""

import asyncio
import io
import resource
import time
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, String

from scripts.demo.scans import scan
from service.core.db import Session
from service.core.errors import Rejected
from service.documents import inspection, pdf, quarantine, usecases
from service.documents.models import DocumentKind
from service.documents.rules import MediaType, UnknownFileType
from tests.documents.samples import SAMPLES
from tests.make.files import flood, pdf_that_swells, pdf_with, picture, saved, zip_of

PLAIN = scan("Acta de asamblea")


def locked() -> bytes:
    """A PDF under a password."""
    document = pikepdf.open(io.BytesIO(PLAIN))
    return saved(document, encryption=pikepdf.Encryption(owner="a", user="b"))


def with_file() -> bytes:
    """A PDF that carries a program."""
    document = pikepdf.open(io.BytesIO(PLAIN))
    document.attachments["virus.exe"] = b"MZ"
    return saved(document)


def with_annotation(**entries: Any) -> bytes:
    """A PDF whose page has an annotation."""
    document = pikepdf.open(io.BytesIO(PLAIN))
    document.pages[0].obj["/Annots"] = Array([Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **entries)])
    return saved(document)


def with_picture(width: int, height: int) -> bytes:
    """A PDF with a picture that says to be so large."""
    document = pikepdf.open(io.BytesIO(PLAIN))
    image = pikepdf.Stream(document, b"\x00" * 100, Type=Name.XObject, Subtype=Name.Image, Width=width, Height=height)
    document.pages[0].obj["/Resources"]["/XObject"] = Dictionary(Im0=image)
    return saved(document)


def in_a_loop() -> bytes:
    """A PDF whose tree of pages leads back into itself."""
    document = pikepdf.open(io.BytesIO(PLAIN))
    document.Root.Pages.Kids = Array([document.Root.Pages])
    return saved(document)


def many_pages(count: int) -> bytes:
    """A PDF of so many empty pages."""
    document = pikepdf.new()
    for _ in range(count):
        document.add_blank_page()
    return saved(document)


def deep(levels: int) -> bytes:
    """A PDF with lists in lists."""
    return PLAIN.replace(b"/MediaBox", b"/Deep " + b"[" * levels + b"]" * levels + b" /MediaBox")


BOMBS: dict[str, tuple[Callable[[], bytes], type[Rejected] | tuple[type[Rejected], ...]]] = {
    "a script": (lambda: pdf_with(OpenAction=Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"))), inspection.PdfActs),
    "a named script": (
        lambda: pdf_with(Names=Dictionary(JavaScript=Dictionary(Names=Array([String("a"), Dictionary(JS=String("x"))])))),
        inspection.PdfActs,
    ),
    "a launched program": (lambda: with_annotation(Subtype=Name.Link, A=Dictionary(S=Name.Launch)), inspection.PdfActs),
    "a form that sends": (lambda: with_annotation(Subtype=Name.Widget, A=Dictionary(S=Name.SubmitForm)), inspection.PdfActs),
    "a film": (lambda: with_annotation(Subtype=Name.RichMedia), inspection.PdfActs),
    "an action at opening a page": (lambda: with_annotation(Subtype=Name.Link, AA=Dictionary()), inspection.PdfActs),
    "another file inside": (with_file, inspection.PdfHidesFiles),
    "a pinned file": (lambda: with_annotation(Subtype=Name.FileAttachment), inspection.PdfHidesFiles),
    "a password": (locked, inspection.PdfLocked),
    "a page that swells": (pdf_that_swells, inspection.TooHeavy),
    "packings in packings": (lambda: pdf_that_swells(2), inspection.TooHeavy),
    "a picture too large": (lambda: with_picture(30_000, 30_000), inspection.TooManyPixels),
    "pages in a loop": (in_a_loop, inspection.DamagedFile),
    "too many pages": (lambda: many_pages(401), inspection.TooManyPages),
    "lists in lists": (lambda: deep(100_000), (inspection.TooHeavy, inspection.DamagedFile)),
    "no PDF": (lambda: b"%PDF-1.7\n1 0 obj\n", inspection.DamagedFile),
    "half a PDF of zeros": (lambda: b"%PDF-1.7\n".ljust(9_000_000, b"0"), inspection.DamagedFile),
    "a PDF that is an archive": (lambda: PLAIN + zip_of(a=b"x"), inspection.TwoFilesInOne),
    "a PDF that is a page": (
        lambda: PLAIN.replace(b"\n1 0 obj", b"\n%<html><script>x</script>\n1 0 obj", 1),
        inspection.TwoFilesInOne,
    ),
    "a flood of dots": (flood, inspection.TooManyPixels),
    "a strip of dots": (lambda: flood(20_000, 10), inspection.TooManyPixels),
    "a picture that is an archive": (lambda: picture("JPEG") + zip_of(a=b"x"), inspection.TwoFilesInOne),
    "half a picture": (lambda: picture("PNG")[:40], inspection.DamagedFile),
}


@pytest.mark.parametrize("name", BOMBS)
async def test_a_bomb_is_refused_by_name_with_nothing_kept(name: str, session: Session) -> None:
    make, refusal = BOMBS[name]
    with pytest.raises(refusal):
        await usecases.store_file(session, "papel.pdf", make())
    assert not session.new


@pytest.mark.parametrize(
    "content", [zip_of(a=zip_of(b=b"\x00" * 10_000_000)), b"<?xml version='1.0'?><svg onload='x'/>", b"<svg/>"]
)
async def test_archives_and_drawings_with_scripts_are_no_papers(content: bytes, session: Session) -> None:
    with pytest.raises(UnknownFileType):
        await usecases.store_file(session, "papel.pdf", content)


@pytest.mark.parametrize(
    "content", [PLAIN, picture("PNG"), picture("JPEG", 2480, 3508), many_pages(400)], ids=["pdf", "png", "jpeg", "400 pages"]
)
async def test_what_people_hand_in_is_kept(content: bytes, session: Session) -> None:
    assert (await usecases.store_file(session, "papel", content)).content == content


async def test_all_bombs_at_once_take_little_and_others_are_answered() -> None:
    bombs = [
        (make(), MediaType.PNG if "dots" in name else MediaType.PDF)
        for name, (make, _) in BOMBS.items()
        if "picture that" not in name and "half a picture" not in name
    ]
    waits: list[float] = []

    async def others() -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(0.01)
            waits.append(time.monotonic() - began)

    answering = asyncio.create_task(others())
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    results = await asyncio.gather(*(quarantine.look_into(content, kind) for content, kind in bombs), return_exceptions=True)
    answering.cancel()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert [type(each) for each in results if not isinstance(each, Rejected)] == []
    assert max(waits) < 1
    assert (after.ru_utime - spent.ru_utime) / len(bombs) < 2
    assert quarantine.MEMORY < 200 * 1024 * 1024


async def test_whoever_eats_memory_or_time_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "WALL_SECONDS", 0.01)
    with pytest.raises(inspection.TooHeavy):
        await quarantine.look_into(PLAIN, MediaType.PDF)


def test_without_the_unpacked_limit_the_swelling_page_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "UNPACKED", 10**12)
    inspection.inspect(pdf_that_swells(), MediaType.PDF)


def test_declared_entities_are_refused_in_what_a_bank_sends() -> None:
    for declared in (b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"<!doctype a>"):
        with pytest.raises(inspection.DamagedFile):
            inspection.inspect(b"<?xml version='1.0'?>" + declared + b"<a/>", MediaType.XML)


def test_our_own_papers_are_of_another_make_and_would_be_told() -> None:
    kind = DocumentKind.CALL
    with pytest.raises(inspection.PdfHidesFiles):  # the data inside: they are drawn by us and never come in this way
        inspection.inspect(pdf.render(kind, SAMPLES[kind]), MediaType.PDF)
