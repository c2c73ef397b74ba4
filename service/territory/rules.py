"""What a file of district figures may say, and the quintile of poverty worked out from it."""

import csv
import io
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from service.core.errors import Rejected
from service.territory.models import MainLanguage

Row = Mapping[str, str | None]

FIGURES = ("ubigeo", "population_2017", "poverty_total_pct_2018", "idh_2019")
LANGUAGES = ("spanish_pct_2017", "quechua_pct_2017", "aymara_pct_2017", "indigenous_language_pct_2017")
QUINTILE, LANGUAGE = "poverty_quintile_derived", "main_language"
"""Columns that a file may bring instead of leaving them to be worked out."""

_WHOLE = re.compile("[0-9]{1,9}")
_DECIMAL = re.compile(r"[0-9]{1,3}(\.[0-9]{1,4})?")


class UnknownUbigeo(Rejected):
    """No district has this code."""

    message = "There is no district with the UBIGEO {ubigeo}. Look for the district by its name and choose it from the list."


class UnknownUbigeoInFile(UnknownUbigeo):
    """A row of a file names no district."""

    message = (
        "Line {line}: there is no district with the UBIGEO {ubigeo}. Nothing was imported; correct the file and try again."
    )


class NotATable(Rejected):
    """Bytes that are no comma-separated UTF-8 text with a line of headings and at least one row."""

    message = "This file is not a table Raymi can read. Save it as CSV, in UTF-8, separated by commas, with headings and rows."


class MissingColumn(Rejected):
    """A heading is missing, or stands twice."""

    message = "The column {column} has to be in this file once. Add it to the headings; nothing was imported."


class BadFigure(Rejected):
    """A cell that does not hold what its column promises."""

    message = "Line {line}: “{text}” cannot stand in the column {column}. Nothing was imported; correct the file and try again."


class DuplicateDistrict(Rejected):
    """A district has two rows."""

    message = "Line {line}: the district {ubigeo} stands in line {earlier} already. Take one out; nothing was imported."


class SourceMissing(Rejected):
    """Figures without the name of who published them."""

    message = "Say where these figures come from: who published them, and when."


@dataclass(frozen=True)
class Figures:
    """What one line of a file says about a district; ``quintile`` is None where the file leaves it to be worked out."""

    line: int
    ubigeo: str
    population: int
    poverty: Decimal
    idh: Decimal
    language: MainLanguage
    quintile: int | None


def read_figures(csv_bytes: bytes) -> list[Figures]:
    """The figures of a file, in its order.

    Columns: ``FIGURES`` and either ``main_language`` or ``LANGUAGES``; ``poverty_quintile_derived`` if the file brings it; others
    are left alone. Raises ``NotATable``, ``MissingColumn``, ``BadFigure``, ``DuplicateDistrict``.
    """
    columns, rows = _table(csv_bytes)
    needed = (*FIGURES, LANGUAGE) if LANGUAGE in columns else (*FIGURES, *LANGUAGES)
    for column in (*needed, QUINTILE) if QUINTILE in columns else needed:
        if columns.count(column) != 1:
            raise MissingColumn(column=column)
    figures = [_figures(line, row) for line, row in rows]
    lines: dict[str, int] = {}
    for one in figures:
        earlier = lines.setdefault(one.ubigeo, one.line)
        if earlier != one.line:
            raise DuplicateDistrict(line=one.line, ubigeo=one.ubigeo, earlier=earlier)
    return figures


def require_ubigeo(text: str) -> str:
    """A code that could be a district's. Raises ``UnknownUbigeo``."""
    if not re.fullmatch("[0-9]{6}", text):
        raise UnknownUbigeo(ubigeo=text)
    return text


def require_known(figures: Sequence[Figures], known: Set[str]) -> None:
    """Raise ``UnknownUbigeoInFile`` for the first line whose district is not among ``known``."""
    for one in figures:
        if one.ubigeo not in known:
            raise UnknownUbigeoInFile(line=one.line, ubigeo=one.ubigeo)


def require_source(source: str) -> str:
    """The source without surrounding blanks. Raises ``SourceMissing``."""
    if not source.strip():
        raise SourceMissing
    return source.strip()


def quintiles(figures: Sequence[Figures]) -> dict[str, int]:
    """The derived quintile of each district, 1 = poorest: fifths of the *people*, ranked by total poverty of their district.

    A district goes where the middle one of its people stands; equal poverty is ranked by UBIGEO. It is relative to the districts
    given, so a file of a few districts needs to bring the column instead.
    """
    everybody = sum(one.population for one in figures)
    found: dict[str, int] = {}
    poorer = 0
    for one in sorted(figures, key=lambda one: (-one.poverty, one.ubigeo)):
        found[one.ubigeo] = (2 * poorer + one.population) * 5 // (2 * everybody) + 1
        poorer += one.population
    return found


def main_language(spanish: Decimal, quechua: Decimal, aymara: Decimal, indigenous: Decimal) -> MainLanguage:
    """The language with the largest share; ``indigenous`` is the share of all indigenous languages together."""
    shares = {
        MainLanguage.SPANISH: spanish,
        MainLanguage.QUECHUA: quechua,
        MainLanguage.AYMARA: aymara,
        MainLanguage.OTHER_INDIGENOUS: indigenous - quechua - aymara,
    }
    return max(shares, key=lambda language: shares[language])


def _table(csv_bytes: bytes) -> tuple[list[str], list[tuple[int, Row]]]:
    try:
        reader = csv.reader(io.StringIO(csv_bytes.decode("utf-8-sig"), newline=""), strict=True)
        lines = [(reader.line_num, cells) for cells in reader if cells]
    except (UnicodeDecodeError, csv.Error) as error:
        raise NotATable from error
    if len(lines) < 2:
        raise NotATable
    columns = lines[0][1]
    for line, cells in lines[1:]:
        if len(cells) != len(columns):
            raise BadFigure(line=line, text=",".join(cells), column=columns[-1])
    return columns, [(line, dict(zip(columns, cells, strict=True))) for line, cells in lines[1:]]


def _figures(line: int, row: Row) -> Figures:
    quintile = _number(line, row, QUINTILE, 1, 5, _WHOLE) if QUINTILE in row else None
    return Figures(
        line=line,
        ubigeo=(row["ubigeo"] or "").strip(),
        population=int(_number(line, row, "population_2017", 1, 10**9, _WHOLE)),
        poverty=_number(line, row, "poverty_total_pct_2018", 0, 100),
        idh=_number(line, row, "idh_2019", 0, 1),
        language=_language(line, row),
        quintile=None if quintile is None else int(quintile),
    )


def _language(line: int, row: Row) -> MainLanguage:
    """From the column, or from the shares; a share that is not published counts as none, but one at least has to be there."""
    if LANGUAGE in row:
        try:
            return MainLanguage(row[LANGUAGE] or "")
        except ValueError as error:
            raise BadFigure(line=line, text=row[LANGUAGE], column=LANGUAGE) from error
    if not any(row[column] for column in LANGUAGES):
        raise BadFigure(line=line, text="", column=LANGUAGES[0])
    return main_language(*(_number(line, row, column, 0, 100) if row[column] else Decimal(0) for column in LANGUAGES))


def _number(line: int, row: Row, column: str, least: int, most: int, form: re.Pattern[str] = _DECIMAL) -> Decimal:
    text = (row[column] or "").strip()
    if not form.fullmatch(text) or not least <= Decimal(text) <= most:
        raise BadFigure(line=line, text=text, column=column)
    return Decimal(text)
