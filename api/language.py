"""Languages: Spanish, English, Quechua. The English text in the code is the key; Quechua falls back to Spanish."""

import re
from collections.abc import Iterable
from functools import cache

from babel.messages.pofile import read_po
from starlette.requests import Request

from service.core.settings import ROOT
from service.core.texts import Phrase, Reason, fill

LANGUAGES = {"es": "Español", "en": "English", "qu": "Runa simi"}
LOCALES = {"es": "es_PE", "en": "en_US", "qu": "qu_PE"}
COOKIE = "raymi_language"

CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)+")
"""A code of several words, as English readers meet it."""


def language_of(request: Request) -> str:
    """The reader's language: chosen by cookie, else the browser's first known one, else Spanish."""
    chosen = request.cookies.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for part in request.headers.get("accept-language", "").split(","):
        code = part.split(";")[0].strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return "es"


def say(language: str, text: str | Phrase, **values: object) -> str:
    """``text`` in a language, its ``{placeholders}`` filled, the codes among them said as words."""
    phrase = text if isinstance(text, Phrase) else Phrase(text, **values)
    return fill(phrase.text, phrase.values, lambda key: _translated(language, key))


def say_reasons(language: str, reasons: Iterable[str]) -> str:
    """Reasons in words, a semicolon between them."""
    return "; ".join(say(language, "{reason}", reason=Reason(each)) for each in reasons)


def _translated(language: str, text: str) -> str:
    for code in {"es": ("es",), "qu": ("qu", "es")}.get(language, ()):
        if text in catalogue(code):
            return catalogue(code)[text]
    return text.replace("_", " ") if CODE.fullmatch(text) else text


@cache
def catalogue(language: str) -> dict[str, str]:
    """The translated texts of one language, by their English text."""
    path = ROOT / "locales" / language / "LC_MESSAGES" / "raymi.po"
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id and message.string}
