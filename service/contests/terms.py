"""The terms of a contest: the money side of its rules, as one JSON value (format ``raymi-terms/1``).

``tranches`` are the shares of the award that are paid one after the other and sum to 1; ``own_share_first`` is the part of its own
share that a group deposits before the first; ``gate`` the part of the first tranche that must be accounted for before the second;
``tries`` how often a plan may be presented until it is approved; ``months`` how long it may take. Numbers are written as texts
(``"7/10"``), so the terms have one canonical form and one hash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from service.contests.models import PublishedRuleBook
from service.contests.numbers import read_number
from service.contests.shapes import TermsIn
from service.core.canonical import sha256_hex
from service.core.errors import Rejected

FORMAT = "raymi-terms/1"
MOST_TRIES = 20
MOST_MONTHS = 120


class BadTerms(Rejected):
    """A share, a number of tries or a number of months that cannot be."""

    message = "The terms cannot be used: {detail}. Write shares like 7/10, from 0 to 1, and whole numbers like 3."


class TranchesDoNotSum(Rejected):
    """The tranches pay more or less than the award."""

    message = "The tranches sum to {total}. Let their shares sum to 1."


@dataclass(frozen=True)
class Terms:
    """The terms, read: shares exact, counts whole."""

    tranches: tuple[Fraction, ...]
    own_share_first: Fraction
    gate: Fraction
    tries: int
    months: int


def terms_value(given: TermsIn) -> dict[str, Any]:
    """The JSON value of terms that were typed, checked. Raises ``BadTerms``, ``TranchesDoNotSum``."""
    value = {"format": FORMAT, **given.model_dump()}
    read_terms(value)
    return value


def read_terms(value: Mapping[str, Any]) -> Terms:
    """The terms that a JSON value holds. Raises ``BadTerms``, ``TranchesDoNotSum``."""
    if value.get("format") != FORMAT:
        raise BadTerms("terms.format", detail=f"the format is not {FORMAT}")
    terms = Terms(
        tranches=tuple(_share(text, f"tranches.{place}") for place, text in enumerate(value["tranches"])),
        own_share_first=_share(value["own_share_first"], "own_share_first"),
        gate=_share(value["gate"], "gate"),
        tries=_whole(value["tries"], "tries", MOST_TRIES),
        months=_whole(value["months"], "months", MOST_MONTHS),
    )
    if 0 in terms.tranches:
        raise BadTerms("terms.tranches", detail="a tranche is nothing")
    if sum(terms.tranches) != 1:
        raise TranchesDoNotSum("terms.tranches", total=sum(terms.tranches))
    return terms


def terms_of(rule_book: PublishedRuleBook) -> Terms:
    """The terms of a published rule book."""
    return read_terms(rule_book.terms)


def terms_sha256(value: Mapping[str, Any]) -> str:
    """The lower-case hex SHA-256 of the canonical form (RFC 8785) of terms."""
    return sha256_hex(dict(value))


def _share(text: str, field: str) -> Fraction:
    number = read_number(text)
    if number is None or not 0 <= number <= 1:
        raise BadTerms(f"terms.{field}", detail=f"“{text}” is no share")
    return number


def _whole(text: str, field: str, most: int) -> int:
    number = read_number(text)
    if number is None or number.denominator != 1 or not 1 <= number <= most:
        raise BadTerms(f"terms.{field}", detail=f"“{text}” is no whole number from 1 to {most}")
    return int(number)
