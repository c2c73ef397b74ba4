"""A sent form of a rule book as a desk, and the buttons that add, remove and move its rows."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from api.pages.rule_desk import Desk

GROUPS = ("label", "aggregate", "panel", "quorum", "decision", "terms")
FRESH: dict[str, Desk] = {
    "stages": {"criteria": [{"kind": "points", "min": "0"}]},
    "criteria": {"kind": "points", "min": "0"},
    "levels": {},
    "bands": {},
    "knock_outs": {},
    "quotas": {},
    "ties": {},
}
"""What a new row of a list begins with."""


def read_form(items: Iterable[tuple[str, str]]) -> Desk:
    """The desk that a sent form writes; names that begin with an underscore are not of it."""
    desk: Desk = {}
    for name, value in items:
        if name.startswith("_"):
            continue
        inner = desk
        *path, last = name.split(".")
        for key in path:
            inner = inner.setdefault(key, {})
            if not isinstance(inner, dict):
                break
        else:
            inner[last] = value.replace("\r\n", "\n").strip()
    return _group(desk)


def _group(given: Mapping[str, Any]) -> Desk:
    return {name: _shaped(name, value) for name, value in given.items()}


def _shaped(name: str, value: Any) -> Any:
    """What stands under a name: a list of groups, a group, the texts of the tranches, or a text; nothing where something else was sent."""
    inner = value if isinstance(value, dict) else {}
    rows = [inner[key] for key in sorted(filter(str.isdecimal, inner), key=int)]
    if name in FRESH:
        return [_group(each) for each in rows if isinstance(each, dict)]
    if name in GROUPS:
        return _group(inner)
    if name == "tranches":
        return [each for each in rows if isinstance(each, str)]
    return value if isinstance(value, str) else ""


def change(desk: Desk, do: str) -> str:
    """Add, remove or move a row as a button says (``add:stages.0.criteria``, ``up:ties.2``); the place to go on at."""
    act, _, place = do.partition(":")
    if act == "add":
        rows = _rows(desk, place)
        if rows is None:
            return ""
        rows.append(json.loads(json.dumps(FRESH[place.rpartition(".")[2]])))
        return f"{place}.{len(rows) - 1}"
    parent, _, number = place.rpartition(".")
    rows = _rows(desk, parent)
    if rows is None or not number.isdecimal() or int(number) >= len(rows):
        return place
    here = int(number)
    if act == "remove":
        del rows[here]
        return parent
    there = here + {"up": -1, "down": 1}.get(act, 0)
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
        return f"{parent}.{there}"
    return place


def _rows(desk: Desk, place: str) -> list[Any] | None:
    """The list under a dotted name, made where there is none yet; None where there can be none."""
    *path, last = place.split(".")
    inner: Any = desk
    for key in path:
        if isinstance(inner, list):
            inner = inner[int(key)] if key.isdecimal() and int(key) < len(inner) else None
        else:
            inner = inner.setdefault(key, {}) if isinstance(inner, dict) else None
    if last not in FRESH or not isinstance(inner, dict):
        return None
    rows = inner.setdefault(last, [])
    return rows if isinstance(rows, list) else None
