"""The JSON of a rule book, read key by key: each value has its form, or the book is malformed."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from service.contests.numbers import read_cents, read_number
from service.contests.refusals import MalformedBundle, NumberInRules, in_rules, quoted
from service.core.texts import Phrase

DEEPEST = 100
"""How many levels of lists and objects a rule book may have."""

_SURROGATE = re.compile("[\ud800-\udfff]")


class Fields:
    """One object of a rule book, and where in the book it stands (dotted path, ``stages.0``)."""

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise malformed(where, Phrase("an object is expected"))
        self.value: dict[str, Any] = value
        self.where = where

    def at(self, key: str) -> str:
        """Where in the book the key stands."""
        return f"{self.where}.{key}" if self.where else key

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self.value

    def text(self, key: str, default: str | None = None) -> str:
        """A text; required where there is no default. Raises ``MalformedBundle``."""
        value = self.value.get(key, default)
        if not isinstance(value, str):
            raise malformed(self.at(key), Phrase("a text is expected"))
        return value

    def code(self, key: str) -> str:
        """A text that is not empty. Raises ``MalformedBundle``."""
        value = self.text(key)
        if not value:
            raise malformed(self.at(key), Phrase("a code is expected"))
        return value

    def number(self, key: str, default: str | None = None) -> Fraction:
        """A number, written as a text. Raises ``MalformedBundle``."""
        written = self.text(key, default)
        value = read_number(written)
        if value is None:
            raise malformed(self.at(key), Phrase("{value} is not a number", value=quoted(written)))
        return value

    def positive(self, key: str, default: str | None = None) -> Fraction:
        """A number above zero. Raises ``MalformedBundle``."""
        value = self.number(key, default)
        if value <= 0:
            raise malformed(self.at(key), Phrase("it must be above zero"))
        return value

    def amount(self, key: str) -> Decimal:
        """An amount with exactly two decimals. Raises ``MalformedBundle``."""
        return _amount(self.text(key), self.at(key))

    def amounts(self, key: str) -> tuple[Decimal, ...]:
        """A list of amounts. Raises ``MalformedBundle``."""
        return tuple(_amount(value, f"{self.at(key)}.{place}") for place, value in enumerate(self._list(key, required=True)))

    def flag(self, key: str, default: bool) -> bool:
        """A JSON boolean. Raises ``MalformedBundle``."""
        value = self.value.get(key, default)
        if not isinstance(value, bool):
            raise malformed(self.at(key), Phrase("true or false is expected"))
        return value

    def child(self, key: str, required: bool = False) -> "Fields":
        """The object under a key; an empty one where it is not there and need not be. Raises ``MalformedBundle``."""
        return Fields(self.value.get(key, None if required else {}), self.at(key))

    def children(self, key: str, required: bool = False) -> list["Fields"]:
        """The list of objects under a key; an empty one where it is not there and need not be. Raises ``MalformedBundle``."""
        return [Fields(value, f"{self.at(key)}.{place}") for place, value in enumerate(self._list(key, required))]

    def _list(self, key: str, required: bool) -> list[Any]:
        value = self.value.get(key, None if required else [])
        if not isinstance(value, list):
            raise malformed(self.at(key), Phrase("a list is expected"))
        return value


def malformed(where: str, what: Phrase) -> MalformedBundle:
    """The refusal of a part of a rule book."""
    return MalformedBundle(field=where, detail=in_rules(where or Phrase("the whole"), what))


def require_json(value: object) -> None:
    """Raises ``MalformedBundle`` on what has no canonical form: half a character, too many levels, anything JSON does not know."""
    for level, where, item in _walk(value):
        if level > DEEPEST:
            raise malformed("", Phrase("it has more than {most} levels", most=DEEPEST))
        if isinstance(item, str) and _SURROGATE.search(item):
            raise malformed(quoted(where), Phrase("a text holds half a character"))
        if item is not None and not isinstance(item, str | bool | int | float | Decimal | list | dict):
            raise malformed(quoted(where), Phrase("JSON has no such value"))


def is_number(value: object) -> bool:
    """Whether a JSON value is a bare number."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def require_no_number(value: object) -> None:
    """Raises ``NumberInRules`` on a bare number anywhere, under keys that nobody reads too."""
    for _, where, item in _walk(value):
        if is_number(item):
            raise NumberInRules(field=where, detail=f"rules.json, {quoted(where)}")


def _walk(value: object) -> list[tuple[int, str, object]]:
    """Every value and key below a JSON value: its level, the last key above it, and itself."""
    found: list[tuple[int, str, object]] = []
    waiting: list[tuple[int, str, object]] = [(0, "", value)]
    while waiting:
        level, where, item = waiting.pop()
        found.append((level, where, item))
        if level > DEEPEST:
            continue
        if isinstance(item, dict):
            found.extend((level + 1, where, key) for key in item)
            waiting.extend((level + 1, str(key), inner) for key, inner in item.items())
        elif isinstance(item, list):
            waiting.extend((level + 1, where, inner) for inner in item)
    return found


def _amount(value: object, where: str) -> Decimal:
    if not isinstance(value, str) or read_cents(value) is None:
        raise malformed(where, Phrase("an amount with two decimals is expected"))
    return Decimal(value)
