"""What is inside a file that somebody sent, before it is kept (ASVS 5.0 5.2.1-5.2.6).

Files go on to offices, banks and courts, whose readers run what a PDF tells them to. So a paper is a paper: pages and pictures of a
size that can be opened, nothing that acts by itself, nothing hidden inside. Nothing is drawn or decoded to pixels here.

Pure functions from bytes to a refusal; ``quarantine`` runs them in a process of its own, with little memory and time.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf
from PIL import Image

from service.core.errors import Rejected
from service.documents.rules import MediaType

MOST_PIXELS = 60_000_000
"""An A3 page at 500 dots per inch."""

LONGEST_SIDE = 15_000
MOST_PAGES = 400
MOST_OBJECTS = 60_000
UNPACKED = 60 * 1024 * 1024
"""Bytes that all texts and drawings of a PDF may unpack to; its pictures are bounded by their pixels."""

DEEPEST = 30

ACTIVE = {
    "/JS",
    "/JavaScript",
    "/Launch",
    "/SubmitForm",
    "/ImportData",
    "/GoToE",
    "/Rendition",
    "/Movie",
    "/Sound",
    "/RichMedia",
    "/RichMediaExecute",
    "/3D",
    "/Trans3D",
    "/XFA",
    "/AA",
}
"""Keys and kinds by which a PDF acts by itself, runs something or sends something."""

HIDDEN = {"/EmbeddedFile", "/EmbeddedFiles", "/EF", "/FileAttachment", "/Collection"}
"""Those by which it carries other files."""

_OTHER = re.compile(rb"<!doctype|<html|<script|<svg|<\?php|<body", re.IGNORECASE)
_DECLARES = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\x00!\x00|\x00<\x00!", re.IGNORECASE)


class DamagedFile(Rejected):
    """A file that cannot be opened as what it begins like."""

    message = "This file is damaged and cannot be opened. Scan the paper again and choose the new file."


class TooManyPixels(Rejected):
    """A picture that no office machine opens."""

    message = "This file has a picture of {width} x {height} dots, more than can be opened. Scan it at 300 dots per inch."


class TooManyPages(Rejected):
    """A PDF of more pages than a paper has."""

    message = "This PDF has {pages} pages; at most {most} can be handed in as one paper. Divide it."


class PdfActs(Rejected):
    """A PDF with scripts, actions or moving content."""

    message = "This PDF holds something that runs by itself ({what}). Print it and scan the print, and choose that file."


class PdfHidesFiles(Rejected):
    """A PDF with other files inside."""

    message = "This PDF carries other files inside. Take them out and hand each in by itself, or print it and scan the print."


class PdfLocked(Rejected):
    """An encrypted PDF."""

    message = "This PDF is locked with a password. Save it without one and choose it again."


class TwoFilesInOne(Rejected):
    """A file that can be read as another kind as well."""

    message = "This file can be read as two kinds of file at once. Scan or photograph the paper again, and choose that file."


class TooHeavy(Rejected):
    """A file that takes more memory or time to open than any paper."""

    message = "This file unpacks to far more than a paper. Scan the paper again in black and white, and choose that file."


def inspect(content: bytes, kind: MediaType) -> None:
    """Refuse what is not a plain file of its kind.

    Raises ``DamagedFile``, ``TooManyPixels``, ``TooManyPages``, ``PdfActs``, ``PdfHidesFiles``, ``PdfLocked``, ``TwoFilesInOne``, ``TooHeavy``.
    """
    if kind is MediaType.XML:
        if _DECLARES.search(content):
            raise DamagedFile("file")
        return
    _require_one_kind(content, kind)
    if kind is MediaType.PDF:
        _inspect_pdf(content)
    else:
        _inspect_picture(content, kind)


def _require_one_kind(content: bytes, kind: MediaType) -> None:
    begin = content[:1024]
    if _OTHER.search(begin) or (kind is not MediaType.PDF and b"%PDF-" in begin) or zipfile.is_zipfile(io.BytesIO(content)):
        raise TwoFilesInOne("file")


def _inspect_picture(content: bytes, kind: MediaType) -> None:
    try:
        with Image.open(io.BytesIO(content), formats=[kind.name]) as picture:  # reads the header alone
            width, height = picture.size
            _require_modest(width, height)
            if getattr(picture, "n_frames", 1) != 1:
                raise DamagedFile("file")
            picture.verify()
    except Image.DecompressionBombError as error:
        raise TooManyPixels("file", width="?", height="?") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise DamagedFile("file") from error


def _require_modest(width: int, height: int) -> None:
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        raise TooManyPixels("file", width=width, height=height)


def _inspect_pdf(content: bytes) -> None:
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if len(pdf.objects) > MOST_OBJECTS:
                raise TooHeavy("file")
            pages = len(pdf.pages)
            if pages > MOST_PAGES:
                raise TooManyPages("file", pages=pages, most=MOST_PAGES)
            unpacked = 0
            for item in [pdf.trailer, *pdf.objects]:
                _require_passive(item)
                unpacked += _unpacked(item)
                if unpacked > UNPACKED:
                    raise TooHeavy("file")
            if not pages:
                raise DamagedFile("file")
    except pikepdf.PasswordError as error:
        raise PdfLocked("file") from error
    except (pikepdf.PdfError, ValueError, TypeError, RuntimeError, AttributeError) as error:  # whatever damage makes it raise
        raise DamagedFile("file") from error


def _require_passive(item: pikepdf.Object) -> None:
    """Refuse an object that acts or hides. Raises ``PdfActs``, ``PdfHidesFiles``, ``TooHeavy``."""
    for name in _names(item, 0):
        if name in ACTIVE:
            raise PdfActs("file", what=name)
        if name in HIDDEN:
            raise PdfHidesFiles("file")


def _names(item: pikepdf.Object, depth: int) -> Iterator[str]:
    """The keys, kinds and actions (``/S``, ``/Type``, ``/Subtype``) of an object and of what stands directly inside of it."""
    if depth > DEEPEST:
        raise TooHeavy("file")
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        for key, value in item.items():
            yield key
            if key in ("/S", "/Type", "/Subtype") and isinstance(value, pikepdf.Name):
                yield str(value)
            yield from _inside(value, depth)
    elif isinstance(item, pikepdf.Array):
        for value in item:
            yield from _inside(value, depth)


def _inside(value: object, depth: int) -> Iterator[str]:
    if isinstance(value, pikepdf.Object) and not value.is_indirect:  # all others are objects of the file, and looked at as such
        yield from _names(value, depth + 1)


def _unpacked(item: pikepdf.Object) -> int:
    """The bytes that a stream unpacks to, counted a piece at a time; a picture counts by its pixels. Raises ``TooManyPixels``."""
    if not isinstance(item, pikepdf.Stream):
        return 0
    if item.get("/Subtype") == "/Image":
        _require_modest(int(item.get("/Width", 0)), int(item.get("/Height", 0)))
        return 0
    raw, filters = item.read_raw_bytes(), item.get("/Filter")
    names = [str(each) for each in filters] if isinstance(filters, pikepdf.Array) else [str(filters)]
    if names == ["None"]:
        return len(raw)
    if names != ["/FlateDecode"]:  # one packing in another packs a thousandfold twice, and no scanner does it
        return len(raw) if len(names) == 1 else _refuse_packings()
    unpacking, size = zlib.decompressobj(), 0
    while raw and size <= UNPACKED and not unpacking.eof:
        size += len(unpacking.decompress(raw, 1024 * 1024))
        raw = unpacking.unconsumed_tail
    return size


def _refuse_packings() -> int:
    raise TooHeavy("file")
