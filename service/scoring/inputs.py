"""The hash of all that goes into the judging, fed part by part, so that a large contest is never held as one text."""

import hashlib
import json
from collections.abc import Iterable, Sequence

from service.core.canonical import canonical
from service.scoring.bundle import ApplicationRow, Bundle, JurorRow

FORMAT = "raymi-inputs/1"
_BLOCK = 10_000
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class InputsHash:
    """SHA-256 of one canonical JSON object (RFC 8785) whose members are given in the order of their names."""

    def __init__(self) -> None:
        self._sha = hashlib.sha256()
        self._before = b"{"

    def value(self, name: str, value: object) -> None:
        """A member with any JSON value."""
        self._name(name)
        self._sha.update(canonical(value))

    def open(self, name: str) -> None:
        """A member that is a list, empty so far; ``add`` or ``rows`` fill it and ``close`` ends it."""
        self._name(name)
        self._before = b"["

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Rows of texts, in order: lists of texts have one canonical form, which the standard library writes fast."""
        if rows:
            self._sha.update(self._before + _encode(rows)[1:-1].encode())
            self._before = b","

    def applications(self, rows: Iterable[ApplicationRow]) -> None:
        """Rows of applications, in order; their attributes are objects."""
        for row in rows:
            self._sha.update(self._before + canonical([*row[:3], dict(row[3])]))
            self._before = b","

    def close(self) -> None:
        """End the list."""
        self._sha.update(b"[]" if self._before == b"[" else b"]")
        self._before = b","

    def hexdigest(self) -> str:
        """The lower-case hex of the whole, once every member is in."""
        self._sha.update(b"}")
        return self._sha.hexdigest()

    def _name(self, name: str) -> None:
        self._sha.update(self._before + _encode(name).encode() + b":")
        self._before = b","


def inputs_sha256(bundle: Bundle) -> str:
    """The lower-case hex SHA-256 of all that goes into the judging (canonical JSON, rows sorted); the order of rows is no matter."""
    hashed = InputsHash()
    _add_all(hashed, "absences", sorted(bundle.absences))
    hashed.open("applications")
    hashed.applications(sorted(bundle.applications, key=lambda row: row[0]))
    hashed.close()
    hashed.value("format", FORMAT)
    hashed.value("jurors", canonical_jurors(bundle.jurors))
    _add_all(hashed, "recusals", sorted(bundle.recusals))
    hashed.value("rules", bundle.rules)
    _add_all(hashed, "sheets", sorted(bundle.sheets))
    return hashed.hexdigest()


def canonical_jurors(jurors: Iterable[JurorRow]) -> list[tuple[str, list[str]]]:
    """The jurors in order, and the stages of each in order."""
    return sorted((juror, sorted(stages)) for juror, stages in jurors)


def _add_all(hashed: InputsHash, name: str, rows: Sequence[Sequence[str]]) -> None:
    hashed.open(name)
    for start in range(0, len(rows), _BLOCK):
        hashed.add(rows[start : start + _BLOCK])
    hashed.close()
