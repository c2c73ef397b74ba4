"""Money: ``Decimal`` soles with two decimals, from string to string.

A share is bounded first and then rounded half up to the cent; dividing names its remainder rule.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from service.core.errors import Rejected

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
LIMIT = Decimal("1000000000000.00")

_WRITTEN = re.compile(r"[0-9]{1,12}\.[0-9]{2}", re.ASCII)


class NotAnAmount(Rejected):
    """An amount is a text of digits with a point and two decimals."""

    message = "Write the amount with a point and two decimals, like 10000.05."


def parse(value: object) -> Decimal:
    """The amount that a text writes (``"10000.05"``). Raises ``NotAnAmount``: also on a number, an exponent or a third decimal."""
    if isinstance(value, Decimal) and value == value.quantize(CENT) and ZERO <= value < LIMIT:
        return value.quantize(CENT)
    if not isinstance(value, str) or not _WRITTEN.fullmatch(value):
        raise NotAnAmount
    return Decimal(value)


def show(amount: Decimal) -> str:
    """The one written form of an amount: ``"10000.05"``. Raises ``ValueError`` where cents would be lost."""
    if amount != amount.quantize(CENT):
        raise ValueError(f"{amount} is no whole number of cents")
    return str(amount.quantize(CENT))


def share_of(amount: Decimal, share: Fraction) -> Decimal:
    """``share`` of an amount, rounded half up to the cent (70 % of 10000.05 is 7000.04)."""
    cents = Fraction(amount) * share * 100
    whole, rest = divmod(cents.numerator, cents.denominator)
    return Decimal(whole + (2 * rest >= cents.denominator)) / 100 + ZERO


def split_by_shares(amount: Decimal, shares: Sequence[Fraction]) -> list[Decimal]:
    """Parts of an amount by shares that sum to 1; the last part is what the earlier ones leave, so no cent is lost or made."""
    if sum(shares) != 1:
        raise ValueError(f"shares sum to {sum(shares)}, not to 1")
    parts = [share_of(amount, share) for share in shares[:-1]]
    return [*parts, amount - sum(parts, ZERO)]


def percent_of(part: Decimal, whole: Decimal) -> Decimal:
    """What share of ``whole`` a part is, in percent with two decimals (0 of 0 is 0.00)."""
    return (part * 100 / whole).quantize(CENT, ROUND_HALF_UP) if whole else ZERO


def _validate(value: object) -> Decimal:
    try:
        return parse(value)
    except NotAnAmount as refusal:
        raise ValueError(str(refusal)) from refusal


Money = Annotated[
    Decimal,
    BeforeValidator(_validate),
    PlainSerializer(show, return_type=str, when_used="json"),  # tables are built from the amounts themselves
    WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,12}\.[0-9]{2}$", "examples": ["10000.05"]}),
]
"""An amount in a request or an answer: a JSON string with two decimals; a bare JSON number is refused."""
