"""Parts of a rule book that cannot be read, replaced by harmless ones: so that the rest of the book can be checked too."""

from collections.abc import Iterator
from typing import Any

from service.contests.criteria import NA
from service.contests.numbers import read_number
from service.core.errors import Rejected

HARMLESS: dict[str, Any] = {
    "title": "",
    "currency": "",
    "weight": "1",
    "step": "1",
    "min": "0",
    "max": "1000000",
    "below": "0",
    "mark": "0",
    "share": "0",
    "part_at_least": "0",
    "drop": "0",
    "at_least": "1/2",
    "attribute": "x",
    "value": "",
    "purse": "0.00",
    "prizes": [],
    "strict": True,
    "na": False,
    "aggregate": {},
    "panel": {},
    "quorum": {},
    "knock_outs": [],
    "quotas": [],
    "ties": [],
    "seed": "",
    "levels": {"x": "1"},
    "bands": [{"from": "0", "to": "1", "min": "0", "max": "1"}],
    "criteria": [{"code": "?", "kind": "points", "max": "1"}],
    "stages": [{"code": "?", "criteria": [{"code": "?", "kind": "points", "max": "1"}]}],
    "decision": {"mode": "ranking", "prizes": []},
    "mode": "ranking",
}
"""What stands in for a part, by its key."""


class LevelNames(Rejected):
    """Levels are told apart by their names, so each has one of its own."""

    message = "The level “{level}” of this criterion has no name, or another one has the same. Name each level, once."


def heal(book: dict[str, Any], where: str, fresh: str) -> bool:
    """Replace the part at ``where`` (dotted path) in a book; ``fresh`` is a code that nothing has. False where that is not known."""
    place = _walk(book, where.split("."))
    if place is None:
        return False
    parent, key, above = place
    if isinstance(parent, list):
        parent[int(key)] = "0.00" if above == "prizes" else {}
    elif above == "levels":
        parent.pop(key, None)
        parent["x"] = "1"
    elif key == "kind":
        parent.update(kind="points", min="0", max="1", step="1")
    elif key == "code":
        parent["code"] = fresh
    elif key == "min" and read_number(str(parent.get("min"))) is not None:
        parent["min"] = parent["max"]  # it is above the maximum
    elif key in ("from", "to"):
        parent[key] = "0" if key == "from" else "1"
    elif key in HARMLESS:
        parent[key] = HARMLESS[key]
    else:
        return False
    return True


def name_levels(book: dict[str, Any]) -> Iterator[LevelNames]:
    """Give every criterion levels that can be read where a draft holds them as a list, because two have one name or none."""
    for number, stage in enumerate(_objects(book.get("stages"))):
        for place, criterion in enumerate(_objects(stage.get("criteria"))):
            levels = criterion.get("levels")
            if criterion.get("kind") != "levels" or not isinstance(levels, list):
                continue
            names = [str(each.get("name", "")) for each in _objects(levels)]
            wrong = next((name for name in names if not name or name == NA or names.count(name) > 1), "")
            criterion["levels"] = {"x": "1"}
            yield LevelNames(f"stages.{number}.criteria.{place}.levels", level=wrong)


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _walk(book: dict[str, Any], path: list[str]) -> tuple[Any, str, str] | None:
    """What holds the last step of a path, that step, and the one before it; a level's name may itself hold full stops."""
    parent: Any = book
    for place, key in enumerate(path):
        rest = ".".join(path[place:])
        above = path[place - 1] if place else ""
        if place == len(path) - 1 or (above == "levels" and isinstance(parent, dict)):
            return (parent, rest, above) if isinstance(parent, dict | list) else None
        inner = parent.get(key) if isinstance(parent, dict) else parent[int(key)] if key.isdecimal() else None
        if not isinstance(inner, dict | list):
            return None
        parent = inner
    return None
