"""The oracle's reading: files, numbers, amounts and times of a bundle, from the bundle's description alone."""

import csv
import json
import re
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

Row = dict[str, str]
Rows = dict[str, list[Row]]

FILES = {
    "applications": ["application", "filed_at", "requested"],
    "jurors": ["juror", "stages"],
    "sheets": ["application", "stage", "juror", "criterion", "score"],
    "recusals": ["application", "juror"],
    "absences": ["application", "stage", "juror"],
}


class RefusedError(Exception):
    """The bundle is refused; the argument is the name of the refusal."""


class BareNumber:
    """What a JSON number becomes."""

    def __init__(self, _: str) -> None:
        pass


def read(folder: Path) -> tuple[Any, Rows]:
    """The book as JSON and the rows of each file, as they are written."""
    csv.field_size_limit(2**62)
    try:
        text = (folder / "rules.json").read_bytes().decode("utf-8-sig")
        book = json.loads(
            text, parse_int=BareNumber, parse_float=BareNumber, parse_constant=refuse_constant, object_pairs_hook=refuse_twins
        )
        return book, {name: read_table(folder / f"{name}.csv", columns) for name, columns in FILES.items()}
    except (OSError, ValueError, RecursionError, csv.Error):
        raise RefusedError("MalformedBundle") from None


def refuse_constant(name: str) -> None:
    """NaN and Infinity are not JSON."""
    raise ValueError(name)


def refuse_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A key twice in one object is refused."""
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def read_table(path: Path, columns: list[str]) -> list[Row]:
    """The rows of a CSV file by column."""
    text = path.read_bytes().decode("utf-8-sig")
    if "\0" in text:
        raise ValueError("a null character")
    lines = [line for line in csv.reader(re.split(r"(?<=\n)|(?<=\r)(?!\n)", text), strict=True) if line != []]
    if not lines:
        raise ValueError("no header")
    header = lines[0]
    for column in columns:
        if header.count(column) != 1:
            raise ValueError(column)
    if path.stem == "applications" and len(set(header)) < len(header):
        raise ValueError("two columns of one name")
    for line in lines:
        if len(line) != len(header):
            raise ValueError("a row of another length")
    return [dict(zip(header, line, strict=True)) for line in lines[1:]]


def number(text: Any) -> Fraction | None:
    """The value of a written number, or None."""
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?|-?[0-9]+/[0-9]*[1-9][0-9]*", text):
        return None
    return Fraction(text)


def cents(text: Any) -> int | None:
    """The cents of a written amount, or None."""
    if not isinstance(text, str) or not re.fullmatch(r"[0-9]+\.[0-9][0-9]", text):
        return None
    return int(text.replace(".", ""))


def instant(text: str) -> Fraction | None:
    """Seconds since some epoch, or None."""
    shape = r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
    match = re.fullmatch(shape, text)
    if not match or (match[3] and not match[2]):
        return None
    try:
        local = datetime.strptime(match[1] + (match[2] or ":00"), "%Y-%m-%dT%H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    if match[2] and int(match[2][1:]) > 59:
        return None
    seconds = Fraction(
        (local - datetime(1970, 1, 1, tzinfo=UTC)).days * 86400 + local.hour * 3600 + local.minute * 60 + local.second
    )
    if match[3]:
        seconds += Fraction("0" + match[3])
    if match[4] != "Z":
        shift = int(match[4][1:3]) * 3600 + int(match[4][4:6]) * 60
        seconds += shift if match[4][0] == "-" else -shift
    return seconds


def attribute(row: Row, name: str) -> str | None:
    """An application's attribute, or None where it is missing."""
    return None if name in FILES["applications"] else row.get(name) or None


def maximum(criterion: dict[str, Any]) -> Fraction:
    """The most points a criterion gives."""
    if criterion["kind"] == "levels":
        return max(Fraction(points) for points in criterion["levels"].values())
    if criterion["kind"] == "bands":
        return max(Fraction(band["max"]) for band in criterion["bands"])
    return Fraction(criterion["max"])
