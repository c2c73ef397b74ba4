"""The fonts that papers are set in, and the characters that they can print.

Both are files of the installation, so that a paper does not depend on what fonts a machine has.
"""

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from markupsafe import Markup
from weasyprint.urls import URLFetcherResponse  # type: ignore[import-untyped]  # the package brings no types

from service.core.settings import load

SCHEME = "raymi-font:"
FACES = ("NotoSans-Regular.ttf", "NotoSans-Bold.ttf")


class FontsMissing(Exception):
    """The installation has no fonts yet."""


class NothingElse(ValueError):
    """A paper asked for something that is not one of its fonts."""


def fetch(url: str) -> URLFetcherResponse:
    """The font that ``raymi-font:<file>`` names. Raises ``NothingElse`` for any other address, ``FontsMissing``."""
    name = url.removeprefix(SCHEME)
    if not url.startswith(SCHEME) or name not in FACES:
        raise NothingElse(f"papers load their fonts and nothing else, not {url}")
    return URLFetcherResponse(url, face(name).read_bytes(), {"Content-Type": "font/ttf"})


def face(name: str) -> Path:
    """The file of a font. Raises ``FontsMissing``."""
    path = load().var_dir / "fonts" / name
    if not path.exists():
        raise FontsMissing(f"{path} is missing: run the set-up of this installation.")
    return path


def printable(value: object) -> object:
    """A text as papers can print it: what the fonts lack, or what nobody would see, is spelled ``[U+2192]``.

    Invisible characters are spelled out because they can turn the order of what is read. Anything but a plain text passes.
    """
    if not isinstance(value, str) or isinstance(value, Markup) or _known().issuperset(value):
        return value
    return "".join(char if char in _known() else f"[U+{ord(char):04X}]" for char in value)


@cache
def _known() -> frozenset[str]:
    """The characters that every face has, without invisible ones."""
    covered = [set(TTFont(face(name), lazy=True).getBestCmap()) for name in FACES]
    visible = (chr(code) for code in set.intersection(*covered) if unicodedata.category(chr(code)) not in ("Cf", "Cc", "Co"))
    return frozenset(visible) | {"\n"}
