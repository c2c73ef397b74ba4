"""What changed from one version of a contest's rules to the next, as a reader would say it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NAMED_BY = (("code",), ("by", "stage", "criterion", "attribute"), ("attribute", "value"), ("attribute",))
"""The keys that tell the items of a list apart, wherever they stand in it."""


@dataclass(frozen=True)
class Change:
    """One value that is not what it was: where (codes and keys joined by colons), before and after; None where there is none."""

    where: str
    before: str | None
    after: str | None


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The changes between two JSON values. Items of a list are matched by their code, so what only moved is said once, as an order."""
    old, new = dict(_flat(before, ())), dict(_flat(after, ()))
    paths = [*old, *(path for path in new if path not in old)]
    changes = [Change(":".join(path), old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]
    return [each for each in changes if not _only_more_or_fewer(each)]


def _flat(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, Mapping):
        for key in value:
            yield from _flat(value[key], (*path, str(key)))
    elif isinstance(value, list) and value and all(isinstance(each, Mapping) for each in value):
        names = _names(value)
        yield (*path, "order"), ", ".join(names)
        for name, each in zip(names, value, strict=True):
            yield from _flat(each, (*path, name))
    elif isinstance(value, list):
        yield path, ", ".join(str(each) for each in value)
    elif value is not None:
        yield path, _text(value)


def _names(items: list[Mapping[str, Any]]) -> list[str]:
    """What each item of a list is called: by its code, or by its number where that would not tell them apart."""
    for keys in NAMED_BY:
        names = [" ".join(str(each[key]) for key in keys if key in each) if keys[0] in each else "" for each in items]
        if all(names) and len(set(names)) == len(names):
            return names
    return [str(number) for number in range(1, len(items) + 1)]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def _only_more_or_fewer(change: Change) -> bool:
    """Whether an order changed only because something was added or taken away, which is said where it stands."""
    if not change.where.endswith("order") or change.before is None or change.after is None:
        return False
    before, after = change.before.split(", "), change.after.split(", ")
    return [each for each in before if each in after] == [each for each in after if each in before]
