"""Files with rolls: read as texts, whatever programs write; a hostile one is refused by name and without being unpacked."""

import io
import random
import zipfile
from datetime import date, datetime

import pytest

from service.core.errors import Rejected
from service.core.texts import Phrase
from service.people import roll_files
from service.people.identifiers import BadDni, BadMobile
from service.people.models import Sex
from service.people.roll_files import MOST_ROWS, NotATable, NotUtf8, TableEmpty, TableTooLarge, TooManyRows
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
    """A small archive whose part unpacks to 150 MB."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b" " * 150_000_000)
    return kept.getvalue()


def with_entities() -> bytes:
    """A workbook whose sheet declares entities that grow."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx_of(ROSA))) as clean, zipfile.ZipFile(kept, "w") as parts:
        for part in clean.infolist():
            content = clean.read(part)
            if "sheet1.xml" in part.filename:
                content = b'<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;">]>' + content
            parts.writestr(part, content)
    return kept.getvalue()


def test_what_is_no_table_is_refused_by_name() -> None:
    refused = {
        NotATable: [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0\x00\xff", b'familia;dni\n"a"b;c', with_entities()],
        NotUtf8: [csv_of(ROSA).decode().encode("cp1252")],
        TableEmpty: [b"", b"\r\n;;\r\n", csv_of()],
        TableTooLarge: [b"a" * (roll_files.LARGEST + 1), bomb()],
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
    assert outcomes >= {2, "NotATable", "NotUtf8", "ColumnsMissing"}
