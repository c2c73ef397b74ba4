"""The catalogues against what the code shows."""

import re
from collections.abc import Mapping

from api.language import catalogue
from scripts.texts.collect import Found

CATALOGUES = ("es", "qu")
"""The languages with a catalogue; English is in the code."""

PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def lacking(language: str, found: Found) -> Found:
    """The texts without a translation, with where they stand."""
    return {text: place for text, place in sorted(found.items()) if text not in catalogue(language)}


def left_over(language: str, found: Found) -> list[str]:
    """The keys of a catalogue that nothing shows any more."""
    return sorted(set(catalogue(language)) - set(found))


def misfilled(translations: Mapping[str, str]) -> list[str]:
    """The texts whose translation has other placeholders."""
    return [text for text, said in translations.items() if placeholders(text) != placeholders(said)]


def placeholders(text: str) -> list[str]:
    """What is filled into a text, sorted; one that stands twice is there twice."""
    return sorted(PLACEHOLDER.findall(text))
