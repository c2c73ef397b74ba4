"""The bundle: everything that decides one contest, as plain rows of texts, in memory or as a folder of files.

Rows come from files or from a database; nothing is checked here but that a file can be read (``checks.py`` does the rest).
"""

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from service.contests.refusals import MalformedBundle, quoted

ApplicationRow = tuple[str, str, str, Mapping[str, str]]
"""Application, filed at (ISO 8601 with offset), requested (amount), attributes by name; an empty attribute is a missing one."""
JurorRow = tuple[str, Sequence[str]]
"""Juror, the stages the juror has a seat in."""
SheetRow = tuple[str, str, str, str, str]
"""Application, stage, juror, criterion, score; of locked sheets only."""
RecusalRow = tuple[str, str]
"""Application, juror."""
AbsenceRow = tuple[str, str, str]
"""Application, stage, juror."""

APPLICATION = ("application", "filed_at", "requested")
JUROR = ("juror", "stages")
SHEET = ("application", "stage", "juror", "criterion", "score")
RECUSAL = ("application", "juror")
ABSENCE = ("application", "stage", "juror")

FILES = (
    "rules.json",
    "applications.csv",
    "jurors.csv",
    "sheets.csv",
    "recusals.csv",
    "absences.csv",
    "result.json",
    "decisions.json",
)
"""The six files of a bundle, and the two that may stand beside them."""


@dataclass(frozen=True)
class Bundle:
    """The rule book as a JSON value, and the rows; their order never matters."""

    rules: object
    applications: Sequence[ApplicationRow]
    jurors: Sequence[JurorRow]
    sheets: Sequence[SheetRow]
    recusals: Sequence[RecusalRow] = ()
    absences: Sequence[AbsenceRow] = ()


def read_folder(folder: Path) -> Bundle:
    """The bundle in a folder. Raises ``MalformedBundle``: a file or column is missing, or a file cannot be read."""
    rules = _read_json(folder / "rules.json")
    header, rows = _read_csv(folder / "applications.csv", APPLICATION)
    attributes = [name for name in header if name not in APPLICATION]
    return Bundle(
        rules=rules,
        applications=list(_applications(header, attributes, rows)),
        jurors=[(juror, stages.split(";") if stages else []) for juror, stages in _columns(folder / "jurors.csv", JUROR)],
        sheets=list(_columns(folder / "sheets.csv", SHEET)),
        recusals=list(_columns(folder / "recusals.csv", RECUSAL)),
        absences=list(_columns(folder / "absences.csv", ABSENCE)),
    )


def write_folder(bundle: Bundle, folder: Path, result: object = None, decisions: object = None) -> None:
    """Write the bundle into an existing folder, with the result and later decisions as JSON if there are; reading gives the bundle."""
    attributes = list(dict.fromkeys(name for row in bundle.applications for name in row[3]))
    applications = (application_line(row, attributes) for row in bundle.applications)
    write_json(folder / "rules.json", bundle.rules)
    _write_csv(folder / "applications.csv", (*APPLICATION, *attributes), applications)
    _write_csv(folder / "jurors.csv", JUROR, map(juror_line, bundle.jurors))
    _write_csv(folder / "sheets.csv", SHEET, bundle.sheets)
    _write_csv(folder / "recusals.csv", RECUSAL, bundle.recusals)
    _write_csv(folder / "absences.csv", ABSENCE, bundle.absences)
    if result is not None:
        write_json(folder / "result.json", result)
    if decisions is not None:
        write_json(folder / "decisions.json", decisions)


def application_line(row: ApplicationRow, attributes: Sequence[str]) -> tuple[str, ...]:
    """An application as its file has it, with the columns of these attributes."""
    return (*row[:3], *(row[3].get(name, "") for name in attributes))


def juror_line(row: JurorRow) -> tuple[str, str]:
    """A juror as the file has it."""
    return row[0], ";".join(row[1])


def write_json(path: Path, value: object) -> None:
    """Write a JSON value as bundles hold it."""
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@contextmanager
def csv_file(path: Path, header: Sequence[str]) -> Iterator[Callable[[Iterable[Sequence[str]]], None]]:
    """A CSV file as bundles hold it, with its header, open for rows; they are given to what comes."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        yield writer.writerows


def _applications(header: list[str], attributes: list[str], rows: Iterable[list[str]]) -> Iterator[ApplicationRow]:
    code, filed_at, requested = (header.index(name) for name in APPLICATION)
    places = [(name, header.index(name)) for name in attributes]
    for row in rows:
        yield row[code], row[filed_at], row[requested], {name: row[place] for name, place in places if row[place]}


def _columns(path: Path, columns: tuple[str, ...]) -> Iterator[Any]:
    """The named columns of a file, in this order, row by row."""
    header, rows = _read_csv(path, columns)
    return map(itemgetter(*(header.index(name) for name in columns)), rows)


def _read_csv(path: Path, columns: tuple[str, ...]) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a CSV file. Raises ``MalformedBundle``."""
    csv.field_size_limit(sys.maxsize)  # the format sets no limit on a field
    text = _read_text(path, "utf-8-sig")
    if "\0" in text:
        raise _unreadable(path, "it holds a null character")
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), strict=True) if row]
    except csv.Error as error:
        raise _unreadable(path, str(error)) from None
    if not rows:
        raise _unreadable(path, "the header is missing")
    header = rows.pop(0)
    for name in columns:
        if name not in header:
            raise _unreadable(path, f"the column {quoted(name)} is missing")
    _require_rectangle(path, header, rows)
    named = [name for name in header if name in columns or columns == APPLICATION]
    if len(set(named)) != len(named):
        raise _unreadable(path, "a column stands twice")
    return header, rows


def _require_rectangle(path: Path, header: list[str], rows: list[list[str]]) -> None:
    width = len(header)
    if set(map(len, rows)) - {width}:
        place = next(place for place, row in enumerate(rows, 2) if len(row) != width)
        raise _unreadable(path, f"row {place} has {len(rows[place - 2])} fields where the header has {width}")


def _read_json(path: Path) -> object:
    try:
        return json.loads(
            _read_text(path, "utf-8-sig"),
            object_pairs_hook=_without_twins,
            parse_int=float,  # a bare number is refused whatever it is, so its value does not matter
            parse_constant=_no_json,
        )
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, "it nests too deeply" if isinstance(error, RecursionError) else str(error)) from None


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice in one object")
    return value


def _no_json(constant: str) -> float:
    raise ValueError(f"{constant} is not JSON")


def _read_text(path: Path, encoding: str) -> str:
    try:
        if not path.is_file():
            raise _unreadable(path, "there is no such file")
        return path.read_bytes().decode(encoding)
    except OSError as error:
        raise _unreadable(path, error.strerror or "it cannot be opened") from None
    except UnicodeDecodeError as error:
        raise _unreadable(path, f"byte {error.start} is not UTF-8") from None


def _unreadable(path: Path, why: str) -> MalformedBundle:
    return MalformedBundle(detail=f"{path.name}, {why}")


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with csv_file(path, header) as write:
        write(rows)
