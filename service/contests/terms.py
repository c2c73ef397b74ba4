"""The terms of a contest: the money side of its rules, as one JSON value (format ``raymi-terms/1``).

``tranches`` are the shares of the award that are paid one after the other and sum to 1; ``own_share_first`` is the part of its own
share that a group deposits before the first; ``gate`` the part of the first tranche that must be accounted for before the second;
``tries`` how often a plan may be presented until it is approved; ``months`` how long it may take; ``appeal_days`` for how many
calendar days after its announcement a result can be appealed, ``"0"`` for never, and as many as ``APPEAL_DAYS`` where terms that
were published before have none. Numbers are written as texts (``"7/10"``), so the terms have one canonical form and one hash.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from service.contests.models import PublishedRuleBook
from service.contests.numbers import read_number
from service.contests.shapes import TermsIn
from service.core.canonical import sha256_hex
from service.core.errors import Rejected
from service.core.texts import Phrase

FORMAT = "raymi-terms/1"
MOST_TRIES = 20
MOST_MONTHS = 120
MOST_APPEAL_DAYS = 30
APPEAL_DAYS = "5"
"""The days to appeal where the terms do not say."""

Number = TypeVar("Number", Fraction, int)


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
    appeal_days: int = int(APPEAL_DAYS)


def terms_value(given: TermsIn) -> dict[str, Any]:
    """The JSON value of terms that were typed, checked. Raises ``BadTerms``, ``TranchesDoNotSum``."""
    value = {"format": FORMAT, **given.model_dump()}
    read_terms(value)
    return value


def read_terms(value: Mapping[str, Any]) -> Terms:
    """The terms that a JSON value holds. Raises ``BadTerms``, ``TranchesDoNotSum``."""
    for fault in faults_of(value):
        raise fault
    return Terms(
        tranches=tuple(_share(text, "tranches") for text in value["tranches"]),
        own_share_first=_share(value["own_share_first"], "own_share_first"),
        gate=_share(value["gate"], "gate"),
        tries=_whole(value["tries"], "tries", MOST_TRIES),
        months=_whole(value["months"], "months", MOST_MONTHS),
        appeal_days=_whole(value.get("appeal_days", APPEAL_DAYS), "appeal_days", MOST_APPEAL_DAYS, 0),
    )


def faults_of(value: Mapping[str, Any]) -> list[BadTerms | TranchesDoNotSum]:
    """All that is wrong with terms, in the order of their fields; none, and they can be used."""
    faults: list[BadTerms | TranchesDoNotSum] = []
    if value.get("format") != FORMAT:
        faults.append(BadTerms("terms.format", detail=Phrase("the format is not {format}", format=FORMAT)))
    written = value.get("tranches")
    tranches = [_noted(_share, faults, text, f"tranches.{place}") for place, text in enumerate(_list(written))]
    if 0 in tranches:
        faults.append(BadTerms("terms.tranches", detail=Phrase("a tranche is nothing")))
    shares = [each for each in tranches if each is not None]
    if len(shares) == len(tranches) and sum(shares) != 1:
        faults.append(TranchesDoNotSum("terms.tranches", total=sum(shares)))
    for name in ("own_share_first", "gate"):
        _noted(_share, faults, value.get(name), name)
    for name, most in (("tries", MOST_TRIES), ("months", MOST_MONTHS)):
        _noted(_whole, faults, value.get(name), name, most)
    _noted(_whole, faults, value.get("appeal_days", APPEAL_DAYS), "appeal_days", MOST_APPEAL_DAYS, 0)
    return faults


def terms_of(rule_book: PublishedRuleBook) -> Terms:
    """The terms of a published rule book."""
    return read_terms(rule_book.terms)


def terms_sha256(value: Mapping[str, Any]) -> str:
    """The lower-case hex SHA-256 of the canonical form (RFC 8785) of terms."""
    return sha256_hex(dict(value))


def _noted(
    read: Callable[..., Number], faults: list[BadTerms | TranchesDoNotSum], text: object, *where: str | int
) -> Number | None:
    try:
        return read(text if isinstance(text, str) else "", *where)
    except BadTerms as fault:
        faults.append(fault)
        return None


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _share(text: str, field: str) -> Fraction:
    number = read_number(text)
    if number is None or not 0 <= number <= 1:
        raise BadTerms(f"terms.{field}", detail=Phrase("“{value}” is no share", value=text))
    return number


def _whole(text: str, field: str, most: int, least: int = 1) -> int:
    number = read_number(text)
    if number is None or number.denominator != 1 or not least <= number <= most:
        detail = Phrase("“{value}” is no whole number from {least} to {most}", value=text, least=least, most=most)
        raise BadTerms(f"terms.{field}", detail=detail)
    return int(number)
