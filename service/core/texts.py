"""What people read: an English text is the key of the same text in the catalogues, and codes are words of them too."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Translate = Callable[[str], str]


@dataclass(frozen=True, init=False)
class Phrase:
    """A text with ``{placeholders}`` and what fills them, for a place inside another text."""

    text: str
    values: Mapping[str, object]

    def __init__(self, text: str, **values: object) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "values", values)

    def __str__(self) -> str:
        return fill(self.text, self.values)


class Reason(str):
    """Codes joined by colons, ``missing_sheet:public:J2``: those that are words are said as words."""


def fill(text: str, values: Mapping[str, object], translate: Translate = str) -> str:
    """``text`` as ``translate`` says it, with its placeholders filled; what fills them is said likewise."""
    said = translate(text)
    return said.format(**{name: _said(value, translate) for name, value in values.items()}) if values else said


def _said(value: object, translate: Translate) -> object:
    match value:
        case Phrase():
            return fill(value.text, value.values, translate)
        case Reason():
            return " ".join(translate(part) for part in value.split(":"))
        case StrEnum():
            return translate(value.value)
        case tuple():
            return ", ".join(str(_said(each, translate)) for each in value)
        case _:
            return value
