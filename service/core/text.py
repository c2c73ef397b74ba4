"""Text that people type: trimmed, without characters that a database or a page cannot hold."""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, StringConstraints


def _printable(value: object) -> object:
    if not isinstance(value, str):
        return value
    if "\x00" in value or any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("The text holds a character that cannot be kept. Type it again.")
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n"))


def _one_line(value: str) -> str:
    if any(unicodedata.category(char) == "Cc" for char in value):
        raise ValueError("Write this on one line.")
    return value


Line = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=200),
    BeforeValidator(_printable),  # after the constraints, or pydantic would measure before it trims
    AfterValidator(_one_line),
]
"""One line of 1 to 200 characters."""

Paragraphs = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000), BeforeValidator(_printable)]
"""Some paragraphs, possibly none."""

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000), BeforeValidator(_printable)]
"""What somebody said: some paragraphs, at least a word."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]([A-Z0-9-]{0,18}[A-Z0-9])?$")]
"""A short code: capital letters, digits and inner hyphens, at most 20."""


def sort_key(text: str) -> str:
    """What Spanish names sort by, whatever the database's collation: without accents and case, ``ñ`` after every ``n``."""
    spread = text.casefold().replace("ñ", "n\uffff")
    return "".join(char for char in unicodedata.normalize("NFD", spread) if unicodedata.category(char) != "Mn")
