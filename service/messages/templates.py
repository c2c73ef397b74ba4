"""The words of messages: plain text from a template of each language, with every value given."""

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from service.core.settings import ROOT
from service.messages.models import MessageKind
from service.messages.rules import LONGEST

LANGUAGES = ("es", "en", "qu")


class TooLong(ValueError):
    """The text does not fit into the SMS that may be spent on it: a fault of the template or of the caller, not of a user."""


def write(kind: MessageKind, language: str, values: dict[str, str]) -> str:
    """The text of a message on one line per thought. Raises ``TooLong``; ``jinja2.UndefinedError`` where a value is missing."""
    body = _environment().get_template(f"{language}/{kind}.txt").render(values).strip()
    if len(body) > LONGEST:
        raise TooLong(f"{language}/{kind}: {len(body)} characters")
    return body


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "templates" / "messages"),
        autoescape=False,  # noqa: S701  # plain text for a phone: there is no markup to escape
        undefined=StrictUndefined,
        trim_blocks=True,
    )
