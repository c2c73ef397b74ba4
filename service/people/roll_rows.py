"""What the rows of a roll's file say: its columns by their names in Spanish or English, and each cell as a value or a remark."""

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter, ValidationError

from service.core.errors import Rejected
from service.core.text import Code, Line, sort_key
from service.core.texts import Phrase
from service.people import roll_files
from service.people.identifiers import parse_dni, parse_mobile
from service.people.models import Sex
from service.people.rules import BornInTheFuture
from service.people.shapes import MemberIn

HEADER_WITHIN = 10
"""The names of the columns stand in one of the first rows: a title may stand above."""


class RollColumn(StrEnum):
    """What a column of a roll holds; the values are the names in the template in English."""

    FAMILY = "family"
    DNI = "dni"
    FAMILY_NAMES = "family_names"
    GIVEN_NAMES = "given_names"
    SEX = "sex"
    BIRTH_DATE = "birth_date"
    MOBILE = "mobile"
    HEAD = "head"


REQUIRED = (RollColumn.FAMILY, RollColumn.FAMILY_NAMES, RollColumn.GIVEN_NAMES, RollColumn.SEX, RollColumn.HEAD)

TEMPLATE = (
    "familia;dni;apellidos;nombres;sexo;fecha de nacimiento;celular;jefe de familia\r\n"
    "1;12345678;Mamani Quispe;Rosa;F;31/12/1980;987654321;sí\r\n"
    "1;;Condori Mamani;Luis;M;2015-02-03;;\r\n"
)
"""A roll of one family, as a CSV that spreadsheets in Peru open."""

_NAMES: Mapping[RollColumn, str] = {
    RollColumn.FAMILY: "familia|numero|nro|n|numero de familia|nro familia|numero en el padron|codigo|codigo de familia|"
    "family|family number|number|number on the roll|code",
    RollColumn.DNI: "dni|numero de dni|nro dni|n dni|documento|documento de identidad|identity card",
    RollColumn.FAMILY_NAMES: "apellidos|apellido|apellido paterno|apellido materno|family names|family name|surname|surnames|last name",
    RollColumn.GIVEN_NAMES: "nombres|nombre|given names|given name|first name|first names",
    RollColumn.SEX: "sexo|genero|sex|gender",
    RollColumn.BIRTH_DATE: "fecha de nacimiento|fecha nacimiento|nacimiento|f nacimiento|birth date|date of birth|born",
    RollColumn.MOBILE: "celular|telefono|movil|telefono celular|numero de celular|mobile|mobile number|phone|telephone",
    RollColumn.HEAD: "jefe|jefa|jefe de familia|jefa de familia|jefe a de familia|titular|head|head of family|head of the family",
}
_COLUMNS = {name: column for column, names in _NAMES.items() for name in names.split("|")}
_SEXES = dict.fromkeys(("f", "femenino", "mujer", "female", "woman"), Sex.FEMALE) | dict.fromkeys(
    ("m", "masculino", "hombre", "varon", "male", "man"), Sex.MALE
)
_YES = frozenset({"si", "s", "x", "1", "yes", "y", "true", "verdadero", "jefe", "jefa", "head"})
_NO = frozenset({"", "no", "n", "0", "false", "falso", "-"})
_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]00:00(?::00)?)?")
_CODE: TypeAdapter[str] = TypeAdapter(Code)
_LINE: TypeAdapter[str] = TypeAdapter(Line)

FORMULA = Phrase("This cell holds a formula, and nothing is calculated here. Put its value in its place.")
BLANK = Phrase("Fill this in.")
BAD_CODE = Phrase("The number of a family has letters, digits and inner hyphens, at most 20. Correct it.")
BAD_NAME = Phrase("This name is too long, or holds characters that cannot be kept. Type it again.")
BAD_SEX = Phrase("Write F for a woman and M for a man, or the whole word.")
BAD_DATE = Phrase("Write the date as year-month-day or as day/month/year.")
BAD_HEAD = Phrase("Write yes for the head of the family, and nothing for the others.")


class ColumnsMissing(Rejected):
    """A file without the columns that every roll has."""

    message = "These columns are missing: {columns}. Compare the names of your columns with the template."


class ColumnTwice(Rejected):
    """Two columns with the same meaning."""

    message = "Two columns hold the same: {column}. Leave one of them."


class _Wrong(Exception):
    """What is wrong with a cell."""

    def __init__(self, phrase: Phrase) -> None:
        self.phrase = phrase


@dataclass(frozen=True)
class ReadRow:
    """A row as it was read: its cells as typed, the values that could be read, and what is wrong by column."""

    number: int
    cells: Mapping[RollColumn, str]
    values: Mapping[str, Any]
    faults: Mapping[RollColumn, Phrase]

    @property
    def code(self) -> str | None:
        """The number of the family, where it can be read."""
        return self.values.get("family")

    def member(self) -> MemberIn:
        """The member that a row without faults describes."""
        return MemberIn.model_construct(**{name: value for name, value in self.values.items() if name != "family"})


@dataclass(frozen=True)
class ReadRoll:
    """The rows of a file, and the names of the columns that were passed over."""

    rows: Sequence[ReadRow]
    ignored: Sequence[str]


def read_roll(content: bytes, today: date) -> ReadRoll:
    """What a file says. Raises what ``roll_files.read`` raises, ``ColumnsMissing``, ``ColumnTwice``."""
    lines = roll_files.read(content)
    named = [(place, _columns(cells)) for place, (_, cells) in enumerate(lines[:HEADER_WITHIN])]
    place, columns = max(named, key=lambda each: len(each[1]))  # the first of several
    _require_columns(columns)
    ignored = [name.strip() for at, name in enumerate(lines[place][1]) if name.strip() and not _is_read(columns, at)]
    rows = [_row(number, cells, columns, today) for number, cells in lines[place + 1 :]]
    if not rows:
        raise roll_files.TableEmpty("file")
    return ReadRoll(rows, ignored)


def _columns(cells: Sequence[str]) -> dict[RollColumn, list[int]]:
    """Where each column stands; family names may be parted into those of father and mother."""
    found: dict[RollColumn, list[int]] = defaultdict(list)
    for at, name in enumerate(cells):
        column = _COLUMNS.get(re.sub(r"[^a-z0-9]+", " ", sort_key(name).replace("\uffff", "")).strip())
        if column:
            found[column].append(at)
    return dict(found)


def _is_read(columns: Mapping[RollColumn, list[int]], at: int) -> bool:
    return any(at in places for places in columns.values())


def _require_columns(columns: Mapping[RollColumn, list[int]]) -> None:
    missing = tuple(column for column in REQUIRED if column not in columns)
    if missing:
        raise ColumnsMissing("file", columns=missing)
    for column, places in columns.items():
        if len(places) > (2 if column == RollColumn.FAMILY_NAMES else 1):
            raise ColumnTwice("file", column=column)


def _row(number: int, cells: Sequence[str], columns: Mapping[RollColumn, list[int]], today: date) -> ReadRow:
    texts = {
        column: " ".join(cells[at].strip() for at in columns[column] if at < len(cells)).strip()
        for column in RollColumn
        if column in columns
    }
    values: dict[str, Any] = {"dni": None, "birth_date": None, "mobile": None}
    faults: dict[RollColumn, Phrase] = {}
    for column, text in texts.items():
        try:
            values[column.value] = _value(column, text, today)
        except _Wrong as wrong:
            values.pop(column.value, None)
            faults[column] = wrong.phrase
    return ReadRow(number, texts, values, faults)


def _value(column: RollColumn, text: str, today: date) -> object:
    if text.startswith("="):
        raise _Wrong(FORMULA)
    if not text and column in (RollColumn.DNI, RollColumn.BIRTH_DATE, RollColumn.MOBILE):
        return None
    return _READERS[column](text, today)


def _family(text: str, _today: date) -> str:
    return _valid(_CODE, text.upper(), BAD_CODE)


def _name(text: str, _today: date) -> str:
    return _valid(_LINE, text, BAD_NAME)


def _valid(shape: TypeAdapter[str], text: str, otherwise: Phrase) -> str:
    try:
        return shape.validate_python(text)
    except ValidationError as error:
        raise _Wrong(otherwise if text else BLANK) from error


def _dni(text: str, _today: date) -> str:
    return _parsed(parse_dni, text)


def _mobile(text: str, _today: date) -> str:
    return _parsed(parse_mobile, text)


def _parsed(parse: Callable[[object], str], text: str) -> str:
    try:
        return parse(text)
    except Rejected as refusal:
        raise _Wrong(Phrase(refusal.message)) from refusal


def _sex(text: str, _today: date) -> Sex:
    """H for *hombre* is refused: beside it an M would mean *mujer*."""
    sex = _SEXES.get(sort_key(text))
    if sex is None:
        raise _Wrong(BAD_SEX if text else BLANK)
    return sex


def _birth_date(text: str, today: date) -> date:
    local, iso = _DAY.fullmatch(text), _ISO.fullmatch(text)
    try:
        day = date(*map(int, local.groups()[::-1])) if local else date.fromisoformat(iso[1] if iso else "")
    except ValueError as error:
        raise _Wrong(BAD_DATE) from error
    if day > today:
        raise _Wrong(Phrase(BornInTheFuture.message))
    return day


def _head(text: str, _today: date) -> bool:
    answer = sort_key(text)
    if answer not in _YES | _NO:
        raise _Wrong(BAD_HEAD)
    return answer in _YES


_READERS: Mapping[RollColumn, Callable[[str, date], object]] = {
    RollColumn.FAMILY: _family,
    RollColumn.DNI: _dni,
    RollColumn.FAMILY_NAMES: _name,
    RollColumn.GIVEN_NAMES: _name,
    RollColumn.SEX: _sex,
    RollColumn.BIRTH_DATE: _birth_date,
    RollColumn.MOBILE: _mobile,
    RollColumn.HEAD: _head,
}
