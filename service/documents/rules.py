"""Which files are kept: told by their content, never by their name."""

import re
import unicodedata
from enum import StrEnum

from service.core.errors import NotFound, Rejected

LIMIT = 10 * 1024 * 1024
"""The most bytes that a file may have."""


class MediaType(StrEnum):
    """The kinds of files that are kept."""

    PDF = "application/pdf"
    PNG = "image/png"
    JPEG = "image/jpeg"
    XML = "application/xml"


PAPERS = frozenset({MediaType.PDF, MediaType.PNG, MediaType.JPEG})
"""What people hand in: a scan or a photograph."""

BANK_FILES = frozenset({MediaType.XML})
"""What is exchanged with a bank."""

EXTENSIONS = {MediaType.PDF: ".pdf", MediaType.PNG: ".png", MediaType.JPEG: ".jpg", MediaType.XML: ".xml"}


class UnknownFileType(Rejected):
    """The content is of no kind that is kept here."""

    message = "This file is not one of: {accepted}. Scan the paper or photograph it, and choose that file."


class FileTooLarge(Rejected):
    """The file has more bytes than are kept."""

    message = "This file is larger than {megabytes} MB. Scan it again in black and white, or at fewer dots per inch."


class EmptyFile(Rejected):
    """The file has no content."""

    message = "This file is empty. Choose it again; if it stays empty, scan the paper again."


class FileNotFound(NotFound):
    """No file has this identifier."""

    message = "This file does not exist. Go back to the page that it belongs to and open it from there."


class DocumentNotFound(NotFound):
    """No document has this identifier."""

    message = "This paper does not exist. Go back to the page that it belongs to and ask for it from there."


class LanguageNotAvailable(Rejected):
    """There is no template of this paper in that language."""

    message = "This paper is not available in that language. Ask for it in Spanish."


def media_type(content: bytes) -> MediaType | None:
    """The kind of file that ``content`` begins like, or None."""
    if content.startswith(b"%PDF-"):
        return MediaType.PDF
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG
    if content.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG
    if content.removeprefix(b"\xef\xbb\xbf").lstrip()[:5] == b"<?xml":
        return MediaType.XML
    return None


def accepted(content: bytes, accepts: frozenset[MediaType]) -> MediaType:
    """The kind of an acceptable file. Raises ``EmptyFile``, ``FileTooLarge``, ``UnknownFileType``."""
    if not content:
        raise EmptyFile("file")
    if len(content) > LIMIT:
        raise FileTooLarge("file", megabytes=LIMIT // (1024 * 1024))
    kind = media_type(content)
    if kind is None or kind not in accepts:
        raise UnknownFileType("file", accepted=", ".join(sorted(each.name for each in accepts)))
    return kind


RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
"""Names that Windows keeps for devices."""


def safe_name(name: str, kind: MediaType) -> str:
    """A name that is safe in a header, a folder and an archive: its last part, letters and digits kept, at most 100 characters.

    The extension is that of the content, so that ``acta.exe`` with a PDF inside is saved as ``acta.pdf``.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    stem = last.rpartition(".")[0] or last
    plain = re.sub(r"[^\w'’ʼ()-]+", " ", stem).strip(" -")[:96].strip()
    return (plain if plain and not RESERVED.fullmatch(plain) else f"archivo {plain}".strip()) + EXTENSIONS[kind]
