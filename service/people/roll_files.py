"""Tables that people send, CSV or XLSX, read as plain texts: nothing in them is calculated, followed or unpacked without a limit.

A CSV is UTF-8, with or without a byte order mark, its cells parted by semicolons, commas or tabs. Of a workbook the first sheet is
read; a formula stays the text that it is written as.
"""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from service.core.errors import Refusal, Rejected

LARGEST = 5 * 1024 * 1024
"""The most bytes of a file."""

UNPACKED = 15 * 1024 * 1024
"""The most bytes that the parts of a workbook may have together."""

LONGEST = 300
"""The most characters of a cell, ours: a name has at most 200."""

MOST_TEXTS = 100_000
"""The most texts (``si``, ``is``) that a workbook may hold: ten in each row."""

MOST_CELLS = 300_000
"""The most cells, values and rows as elements of its parts."""

MOST_ELSE = 30_000
"""The most of all other elements together: styles, runs of formatted text, names."""

MOST_ROWS = 10_000
"""The most rows of a roll, ours: the largest communities have a few thousand members."""

MOST_COLUMNS = 50
SEPARATORS = (";", ",", "\t")
ZIP = b"PK\x03\x04"

_XML = re.compile(rb"[\x00\s\xef\xbb\xbf\xfe\xff]*<")
_DECLARED = re.compile(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["'](?!(?i:utf-8|us-ascii)["'])""")
_TEXTS = re.compile(rb"<(?:[^\s<>/:]+:)?(?:si|is)[\s/>]")
_CELLS = re.compile(rb"<(?:[^\s<>/:]+:)?(?:c|v|t|row)[\s/>]")

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


class TableTooFull(Rejected):
    """A workbook that unpacks to far more than a roll, or texts that do."""

    message = (
        "This file holds far more cells, texts or formats than a roll. Copy the cells of the roll alone into a new sheet, "
        "without formats, and save that as CSV."
    )


class CellTooLong(Rejected):
    """A text longer than anything in a roll."""

    message = "Row {row} has a cell with more than {most} characters. Shorten it."


class RollNotATable(Rejected):
    """Neither CSV nor XLSX, or damaged."""

    message = "This file cannot be read as a table. Save it as XLSX, or as CSV in UTF-8, and choose it again."


class NotUtf8(Rejected):
    """A CSV in another encoding."""

    message = "This CSV is not written in UTF-8, so letters like ñ would be lost. Save it as “CSV UTF-8” or as XLSX."


def read(content: bytes) -> list[Line]:
    """The rows of a table that hold anything.

    Raises ``TableEmpty``, ``TableTooLarge``, ``TableTooFull``, ``CellTooLong``, ``TooManyRows``, ``RollNotATable``, ``NotUtf8``.
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
        raise NotUtf8("file") if b"\x00" not in content else RollNotATable("file") from error
    first = next((line for line in io.StringIO(text, newline=None) if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(SEPARATORS, key=first.count), strict=True)
    try:
        return _kept(_numbered(reader))
    except csv.Error as error:
        raise RollNotATable("file") from error


def _numbered(reader: Iterator[list[str]]) -> Iterator[Line]:
    """Rows with the number of the line that each begins on: a cell may run over several."""
    before = 0
    for cells in reader:
        yield before + 1, cells
        before = reader.line_num  # type: ignore[attr-defined]  # a csv.reader, whose type has no public name


def _workbook(content: bytes) -> list[Line]:
    try:
        _require_modest(content)
        sheet = _first_sheet(content)
        sheet.reset_dimensions()  # what the file says of its size may be wrong
        rows = sheet.iter_rows(max_col=MOST_COLUMNS, values_only=True)  # type: ignore[misc]  # borrowed from Worksheet, as its types say not
        return _kept((number, [_text(value) for value in row]) for number, row in enumerate(rows, 1))
    except Refusal:
        raise
    except Exception as error:  # a damaged or hostile workbook makes the libraries raise anything
        raise RollNotATable("file") from error


def _first_sheet(content: bytes) -> ReadOnlyWorksheet:
    """The first sheet that is a table, and no other: a workbook may name the same large part a thousand times."""
    reader = ExcelReader(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    reader.read_manifest()
    reader.read_strings()
    reader.read_workbook()
    apply_stylesheet(reader.archive, reader.wb)  # which numbers are days
    for sheet, relation in reader.parser.find_sheets():
        if "chartsheet" not in relation.Type and relation.target in reader.valid_files:
            return ReadOnlyWorksheet(reader.wb, sheet.name, relation.target, reader.shared_strings)
    raise RollNotATable("file")


def _require_modest(content: bytes) -> None:
    """A workbook unpacks to no more than ``UNPACKED`` and holds no more elements than a roll, in UTF-8 and without entities.

    Raises ``TableTooFull``, ``RollNotATable``.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if sum(part.file_size for part in parts.infolist()) > UNPACKED:  # no part gives more than it declares
            raise TableTooFull("file")
        counts: Counter[str] = Counter()
        for part in parts.infolist():
            unpacked = parts.read(part)
            if _XML.match(unpacked):  # whatever its name: the workbook itself says which parts are read
                _require_plain(unpacked)
                counts += _elements(unpacked)
    if counts["texts"] > MOST_TEXTS or counts["cells"] > MOST_CELLS or counts["else"] > MOST_ELSE:
        raise TableTooFull("file")


def _require_plain(part: bytes) -> None:
    """XML in UTF-8 in which nothing is declared. Raises ``RollNotATable``."""
    try:
        part.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RollNotATable("file") from error
    if b"\x00" in part or b"<!DOCTYPE" in part or _DECLARED.match(part):
        raise RollNotATable("file")


def _elements(part: bytes) -> Counter[str]:
    """How many elements begin in a part, by what reading them costs; without parsing it."""
    texts, cells = (sum(1 for _ in kind.finditer(part)) for kind in (_TEXTS, _CELLS))
    return Counter({"texts": texts, "cells": cells, "else": part.count(b"<") - part.count(b"</") - texts - cells})


def _kept(lines: Iterable[Line]) -> list[Line]:
    """The lines that are not blank. Raises ``TooManyRows``, also where blank ones go on for long, ``CellTooLong``, ``TableTooFull``."""
    kept: list[Line] = []
    size = 0
    for place, (number, whole) in enumerate(lines):
        cells = whole[:MOST_COLUMNS]
        if any(len(cell) > LONGEST for cell in cells):
            raise CellTooLong("file", row=number, most=LONGEST)
        size += sum(map(len, cells))
        if size > LARGEST:  # a workbook may say one text in every cell
            raise TableTooFull("file")
        if any(cell.strip() for cell in cells):
            kept.append((number, cells))
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
