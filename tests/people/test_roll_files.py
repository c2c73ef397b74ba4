"""Files with rolls: read as texts, whatever programs write; a hostile one is refused by name and without being unpacked."""

import io
import random
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from service.core.errors import Rejected
from service.core.texts import Phrase
from service.people import roll_files
from service.people.identifiers import BadDni, BadMobile
from service.people.models import Sex
from service.people.roll_files import (
    MOST_ROWS,
    CellTooLong,
    NotUtf8,
    RollNotATable,
    TableEmpty,
    TableTooFull,
    TableTooLarge,
    TooManyRows,
)
from service.people.roll_rows import (
    BAD_CODE,
    BAD_DATE,
    BAD_HEAD,
    BAD_SEX,
    BLANK,
    FORMULA,
    TEMPLATE,
    ColumnsMissing,
    ColumnTwice,
    ReadRow,
    RollColumn,
    read_roll,
)
from service.people.rules import BornInTheFuture
from tests.make.rolls import HEADER, csv_of, xlsx_of

TODAY = date(2026, 11, 25)
ROSA = ("F1", "12345678", "Núñez Ñaupa", "Rosa", "F", "1980-12-31", "987654321", "sí")


def rows(content: bytes) -> list[ReadRow]:
    """The rows that a file says."""
    return list(read_roll(content, TODAY).rows)


def faults(*cells: object) -> dict[str, Phrase]:
    """What is wrong with one row."""
    (row,) = rows(csv_of(cells))
    return {column.value: why for column, why in row.faults.items()}


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_csv_is_read_with_any_separator_and_with_or_without_a_byte_order_mark(separator: str, mark: bytes) -> None:
    (row,) = rows(mark + csv_of(ROSA, separator=separator))
    assert row.faults == {}
    assert row.values == {
        "family": "F1",
        "dni": "12345678",
        "family_names": "Núñez Ñaupa",
        "given_names": "Rosa",
        "sex": Sex.FEMALE,
        "birth_date": date(1980, 12, 31),
        "mobile": "987654321",
        "head": True,
    }


def test_a_workbook_is_read_like_the_csv_its_days_and_whole_numbers_as_texts() -> None:
    cells = ("F1", 12345678.0, "Núñez Ñaupa", "Rosa", "F", datetime(1980, 12, 31), 987654321, True)
    assert rows(xlsx_of(cells))[0].values == rows(csv_of(ROSA))[0].values


def test_english_names_a_title_above_two_family_names_and_unknown_columns_are_understood() -> None:
    header = "Family number,Given names,Apellido paterno,Apellido materno,Sex,Head of the family,Notes"
    content = f"Roll of Hercca,,,,,,\n\n{header}\n7,Luis,Quispe,Mamani,male,yes,tall\n"
    read = read_roll(content.encode(), TODAY)
    (row,) = read.rows
    assert (row.number, row.values["family"], row.values["family_names"], row.values["sex"]) == (
        4,
        "7",
        "Quispe Mamani",
        Sex.MALE,
    )
    assert (row.values["dni"], row.values["birth_date"], row.values["head"]) == (None, None, True)
    assert read.ignored == ["Notes"]


def test_the_template_holds_one_family_without_a_fault() -> None:
    read = rows(TEMPLATE.encode())
    assert [(row.values["family"], row.values["head"], row.faults) for row in read] == [("1", True, {}), ("1", False, {})]


def test_each_wrong_cell_says_why_at_its_column() -> None:
    assert faults("F 1", "1234567", "", "Rosa", "H", "31/02/1980", "123", "perhaps") == {
        "family": BAD_CODE,
        "dni": Phrase(BadDni.message),
        "family_names": BLANK,
        "sex": BAD_SEX,
        "birth_date": BAD_DATE,
        "mobile": Phrase(BadMobile.message),
        "head": BAD_HEAD,
    }
    assert faults("F1", "", "Núñez", "Rosa", "F", "26/11/2026", "", "x") == {"birth_date": Phrase(BornInTheFuture.message)}
    assert faults("F1", "", "Núñez", "Rosa", "F", "25/11/2026", "", "x") == {}
    assert faults("F1", "", "Núñez", '=HYPERLINK("x")', "F", "", "", "x") == {"given_names": FORMULA}


@pytest.mark.parametrize("written", ["1980-12-31", "31/12/1980", "31.12.1980", "31-12-1980", "1980-12-31 00:00:00"])
def test_a_day_is_read_in_iso_or_day_first(written: str) -> None:
    (row,) = rows(csv_of((*ROSA[:5], written, "", "x")))
    assert row.values["birth_date"] == date(1980, 12, 31)


@pytest.mark.parametrize("written", ["12/31/1980", "31/12/80", "19801231", "1980-W01-1", "2015-02-03xyz"])
def test_another_way_to_write_a_day_is_wrong(written: str) -> None:
    assert faults(*ROSA[:5], written, "", "x") == {"birth_date": BAD_DATE}


def test_a_formula_in_a_workbook_is_not_calculated_and_is_wrong() -> None:
    (row,) = rows(xlsx_of(("F1", "=12345677+1", *ROSA[2:])))
    assert (row.cells[RollColumn.DNI], row.faults) == ("=12345677+1", {RollColumn.DNI: FORMULA})


def test_missing_and_doubled_columns_are_refused_with_their_names() -> None:
    with pytest.raises(ColumnsMissing) as missing:
        rows(csv_of(("F1", "Rosa"), header=("familia", "nombres")))
    assert missing.value.values == {"columns": (RollColumn.FAMILY_NAMES, RollColumn.SEX, RollColumn.HEAD)}
    with pytest.raises(ColumnTwice) as twice:
        rows(csv_of((*ROSA, "x"), header=(*HEADER, "titular")))
    assert twice.value.values == {"column": RollColumn.HEAD}


def bomb() -> bytes:
    """A small archive whose part unpacks to more than is read."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * (roll_files.UNPACKED + 1))
    return kept.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
DECLARED = b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]>'
"""Entities that grow."""


def changed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook of one row with a part of it changed, or added."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_of(ROSA))) as clean, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as parts:
        for part in clean.infolist():
            if part.filename != name:
                parts.writestr(part.filename, clean.read(part))
        parts.writestr(name, change(clean.read(name) if name in clean.namelist() else b""))
    return kept.getvalue()


def with_entities() -> bytes:
    """A workbook whose sheet declares entities."""
    return changed(SHEET, lambda sheet: DECLARED + sheet)


@pytest.mark.parametrize("elements", [b"<si/>" * 110_000, b"<x:si/>" * 110_000, b"<c><v/></c>" * 210_000, b"<xf/>" * 31_000])
def test_a_small_workbook_with_far_more_elements_than_a_roll_is_refused_before_it_is_parsed(elements: bytes) -> None:
    content = changed("xl/strings.bin", lambda _: b"<sst>" + elements + b"</sst>")
    assert len(content) < 20_000
    with pytest.raises(TableTooFull):
        rows(content)


def test_a_cell_longer_than_anything_in_a_roll_is_refused_with_its_row() -> None:
    long, longest = "x" * (roll_files.LONGEST + 1), "x" * roll_files.LONGEST
    for content in (csv_of((*ROSA, long)), xlsx_of((*ROSA, long))):
        with pytest.raises(CellTooLong) as refused:
            rows(content)
        assert refused.value.values == {"row": 2, "most": 300}
    assert len(rows(csv_of((*ROSA, longest)))) == 1


def test_cells_that_say_one_text_over_and_over_are_read_up_to_the_size_of_a_file() -> None:
    cell = b'<c t="inlineStr"><is><t>' + b"x" * 300 + b"</t></is></c>"
    wide = b"<row>" + cell * 40 + b"</row>"
    with pytest.raises(TableTooFull):
        rows(changed(SHEET, lambda sheet: sheet.replace(b"</sheetData>", wide * 450 + b"</sheetData>")))


@pytest.mark.parametrize("name", [SHEET, "xl/sharedStrings.xml", "xl/media/strings.png"])
@pytest.mark.parametrize(
    "written",
    [
        DECLARED + b"<a/>",
        (DECLARED + b"<a/>").decode().encode("utf-16"),
        (DECLARED + b"<a/>").decode().encode("utf-16-le"),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE',
        b'<?xml version="1.0"?><a>\xf1</a>',
    ],
)
def test_a_part_with_declarations_or_in_another_encoding_is_refused_whatever_its_name(name: str, written: bytes) -> None:
    with pytest.raises(RollNotATable):
        rows(changed(name, lambda _: written))


def test_pictures_and_settings_of_printers_in_a_workbook_are_passed_over() -> None:
    assert len(rows(changed("xl/media/image1.png", lambda _: b"\x89PNG\r\n\x1a\n\x00\x00<!DOCTYPE"))) == 1
    assert len(rows(changed("xl/printerSettings/printerSettings1.bin", lambda _: "HP 1".encode("utf-16-le")))) == 1


def test_a_sheet_that_a_workbook_names_a_thousand_times_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    whole = ReadOnlyWorksheet.__init__

    def noted(self: ReadOnlyWorksheet, *given: Any) -> None:
        opened.append(given[1])
        whole(self, *given)

    monkeypatch.setattr(ReadOnlyWorksheet, "__init__", noted)

    def again(book: bytes) -> bytes:
        start, end = book.index(b"<sheet "), book.index(b"</sheets>")
        return book[:end] + book[start:end] * 1000 + book[end:]

    assert (len(rows(changed("xl/workbook.xml", again))), len(opened)) == (1, 1)


def test_what_is_no_table_is_refused_by_name() -> None:
    refused = {
        RollNotATable: [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0\x00\xff", b'familia;dni\n"a"b;c', with_entities()],
        NotUtf8: [csv_of(ROSA).decode().encode("cp1252")],
        TableEmpty: [b"", b"\r\n;;\r\n", csv_of()],
        TableTooLarge: [b"a" * (roll_files.LARGEST + 1)],
        TableTooFull: [bomb()],
        TooManyRows: [csv_of(*[ROSA] * (MOST_ROWS + 1)), b"a\n" + b";\n" * (2 * MOST_ROWS + 5)],
    }
    for refusal, contents in refused.items():
        for content in contents:
            with pytest.raises(refusal):
                rows(content)
    assert len(rows(csv_of(*[ROSA] * MOST_ROWS))) == MOST_ROWS


@pytest.mark.parametrize("claimed", [b"A1:XFD1048576", b"A1:B1"])
def test_a_workbook_is_read_to_its_last_true_row_whatever_size_it_claims(claimed: bytes) -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_of(ROSA))) as clean, zipfile.ZipFile(kept, "w") as parts:
        for part in clean.infolist():
            content = clean.read(part)
            if "sheet1.xml" in part.filename:
                content = content.replace(b"<sheetData>", b'<dimension ref="' + claimed + b'"/><sheetData>', 1)
            parts.writestr(part, content)
    assert [row.values["mobile"] for row in rows(kept.getvalue())] == ["987654321"]


def test_a_row_at_the_very_end_of_a_sheet_is_not_passed_over() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_of(ROSA))) as clean, zipfile.ZipFile(kept, "w") as parts:
        for part in clean.infolist():
            content = clean.read(part)
            if "sheet1.xml" in part.filename:
                far = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
                content = content.replace(b"</sheetData>", far, 1)
            parts.writestr(part, content)
    with pytest.raises(TooManyRows):
        rows(kept.getvalue())


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_damaged_file_is_read_or_refused_by_name_and_never_fails() -> None:
    drawn = random.Random(3)
    outcomes: set[object] = set()
    for whole in (xlsx_of(ROSA, ROSA), csv_of(ROSA, ROSA)) * 150:
        damaged = bytearray(whole)
        for _ in range(drawn.randint(1, 5)):
            damaged[drawn.randrange(4, len(damaged))] = drawn.randrange(256)
        try:
            outcomes.add(len(rows(bytes(damaged))))
        except Rejected as refusal:
            outcomes.add(refusal.name)
    assert outcomes >= {2, "RollNotATable", "NotUtf8", "ColumnsMissing"}
