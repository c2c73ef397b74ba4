"""Tables that people send, CSV or XLSX, read as plain texts: nothing in them is calculated, followed or unpacked without a limit.

A CSV is UTF-8, with or without a byte order mark, its cells parted by semicolons, commas or tabs. Of a workbook the first sheet is
read; a formula stays the text that it is written as.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from openpyxl import load_workbook

from service.core.errors import Refusal, Rejected

LARGEST = 5 * 1024 * 1024
"""The most bytes of a file."""

UNPACKED = 100 * 1024 * 1024
"""The most bytes that the parts of a workbook may have together."""

MOST_ROWS = 10_000
"""The most rows of a roll, ours: the largest communities have a few thousand members."""

MOST_COLUMNS = 50
SEPARATORS = (";", ",", "\t")
ZIP = b"PK\x03\x04"

Line = tuple[int, list[str]]
"""The number of a row in its file, from 1, and its cells."""


class TableEmpty(Rejected):
    """A file without a row."""

    message = "This file has no rows. Choose the file with the roll; the template shows how it is laid out."


class TableTooLarge(Rejected):
    """More bytes than are read."""

    message = (
        "This file is larger than {megabytes} MB. Leave only the sheet with the roll, without pictures, and save it again."
    )


class TooManyRows(Rejected):
    """More rows than a roll may have."""

    message = (
        "This file has more than {rows} rows. Delete empty rows at its end, or divide the roll by families into several files."
    )


class NotATable(Rejected):
    """Neither CSV nor XLSX, or damaged."""

    message = "This file cannot be read as a table. Save it as XLSX, or as CSV in UTF-8, and choose it again."


class NotUtf8(Rejected):
    """A CSV in another encoding."""

    message = "This CSV is not written in UTF-8, so letters like ñ would be lost. Save it as “CSV UTF-8” or as XLSX."


def read(content: bytes) -> list[Line]:
    """The rows of a table that hold anything.

    Raises ``TableEmpty``, ``TableTooLarge``, ``TooManyRows``, ``NotATable``, ``NotUtf8``.
    """
    if len(content) > LARGEST:
        raise TableTooLarge("file", megabytes=LARGEST // (1024 * 1024))
    lines = _workbook(content) if content.startswith(ZIP) else _csv(content)
    if not lines:
        raise TableEmpty("file")
    return lines


def _csv(content: bytes) -> list[Line]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8("file") if b"\x00" not in content else NotATable("file") from error
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count), strict=True)
    try:
        return _kept(_numbered(reader))
    except csv.Error as error:
        raise NotATable("file") from error


def _numbered(reader: Iterator[list[str]]) -> Iterator[Line]:
    """Rows with the number of the line that each begins on: a cell may run over several."""
    before = 0
    for cells in reader:
        yield before + 1, cells
        before = reader.line_num  # type: ignore[attr-defined]  # a csv.reader, whose type has no public name


def _workbook(content: bytes) -> list[Line]:
    try:
        _require_modest(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its size may be wrong
            rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)
            return _kept((number, [_text(value) for value in row]) for number, row in enumerate(rows, 1))
        finally:
            book.close()
    except Refusal:
        raise
    except Exception as error:  # a damaged or hostile workbook makes the libraries raise anything
        raise NotATable("file") from error


def _require_modest(content: bytes) -> None:
    """A workbook unpacks to no more than ``UNPACKED`` and declares no entities. Raises ``TableTooLarge``, ``NotATable``."""
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > UNPACKED:  # no part gives more than it declares
            raise TableTooLarge("file", megabytes=LARGEST // (1024 * 1024))
        for part in parts.infolist():
            if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in parts.read(part):
                raise NotATable("file")


def _kept(lines: Iterable[Line]) -> list[Line]:
    """The lines that are not blank. Raises ``TooManyRows``, also where blank ones go on for long."""
    kept: list[Line] = []
    for place, (number, cells) in enumerate(lines):
        if any(cell.strip() for cell in cells):
            kept.append((number, cells[:MOST_COLUMNS]))
        if len(kept) > MOST_ROWS + 1 or place > 2 * MOST_ROWS:
            raise TooManyRows("file", rows=MOST_ROWS)
    return kept


def _text(value: object) -> str:
    """A cell as people would type it: days in ISO, whole numbers without a point."""
    match value:
        case None:
            return ""
        case bool():
            return "x" if value else ""
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value)
