"""The words of messages: plain text with ``{placeholders}``, a file for each kind and language."""

from functools import cache

from service.core.settings import ROOT
from service.messages.models import MessageKind
from service.messages.rules import LONGEST

LANGUAGES = ("es", "en", "qu")


class TooLong(ValueError):
    """The text does not fit into the SMS that may be spent on it: a fault of the template or of the caller, not of a user."""


def write(kind: MessageKind, language: str, values: dict[str, str]) -> str:
    """The text of a message, one line for each thought. Raises ``TooLong``; ``KeyError`` where a value is missing."""
    body = _template(kind, language).format_map(values)
    if len(body) > LONGEST:
        raise TooLong(f"{language}/{kind}: {len(body)} characters")
    return body


@cache
def _template(kind: MessageKind, language: str) -> str:
    return (ROOT / "templates" / "messages" / language / f"{kind}.txt").read_text(encoding="utf-8").strip()
