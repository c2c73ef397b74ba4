"""The written forms of a bundle: numbers, amounts and times as texts, read and written without losing anything."""

import re
from datetime import datetime
from fractions import Fraction

Instant = tuple[int, str]
"""A point in time that compares exactly: whole seconds since the year 1, then the decimals of a second without trailing zeros."""

_NUMBER = re.compile(r"(-?)([0-9]+)(?:\.([0-9]+)|/([0-9]+))?")
_AMOUNT = re.compile(r"([0-9]+)\.([0-9]{2})")
_TIME = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)

_SAFE_DIGITS = 600
"""More digits than this Python may refuse to convert at one go."""


def read_number(text: str) -> Fraction | None:
    """The number that a text writes (``-1``, ``0.25``, ``14/30``), or None where it writes none."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, digits, decimals, below = match.groups()
    if decimals is not None:
        number = Fraction(_whole(digits + decimals), 10 ** len(decimals))
    elif below is None:
        number = Fraction(_whole(digits))
    else:
        denominator = _whole(below)
        if denominator == 0:
            return None
        number = Fraction(_whole(digits), denominator)
    return -number if sign else number


def read_cents(text: str) -> int | None:
    """The cents of an amount with exactly two decimals (``10000.05``), or None where the text is none."""
    match = _AMOUNT.fullmatch(text)
    return _whole(match[1] + match[2]) if match else None


def read_instant(text: str) -> Instant | None:
    """The instant of a time with its offset (``2026-03-01T08:00:00-05:00``), or None where the text is none."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    *clock, decimals, sign, offset_hours, offset_minutes = match.groups()
    try:
        local = datetime(*(int(part or 0) for part in clock))  # type: ignore[arg-type]  # six whole numbers, by the pattern
    except ValueError:
        return None
    offset = 0
    if sign:
        hours, minutes = int(offset_hours), int(offset_minutes)
        if hours > 23 or minutes > 59:
            return None
        offset = (hours * 3600 + minutes * 60) * (-1 if sign == "-" else 1)
    seconds = local.toordinal() * 86_400 + local.hour * 3600 + local.minute * 60 + local.second - offset
    return seconds, (decimals or "").rstrip("0")


def exact(number: Fraction) -> str:
    """A number in lowest terms: ``p/q``, or a whole number."""
    above = _digits(number.numerator)
    return above if number.denominator == 1 else f"{above}/{_digits(number.denominator)}"


def two_decimals(number: Fraction) -> str:
    """A number to two decimals, rounded half away from zero; never ``-0.00``."""
    cents = (200 * abs(number.numerator) + number.denominator) // (2 * number.denominator)
    return ("-" if number < 0 and cents else "") + amount(cents)


def amount(cents: int) -> str:
    """Cents as an amount with exactly two decimals."""
    return f"{_digits(cents // 100)}.{cents % 100:02d}"


def _whole(digits: str) -> int:
    """``int(digits)`` for any number of digits."""
    if len(digits) <= _SAFE_DIGITS:
        return int(digits)
    half = len(digits) // 2
    unit: int = 10**half
    return _whole(digits[:-half]) * unit + _whole(digits[-half:])


def _digits(number: int) -> str:
    """``str(number)`` for any number of digits."""
    if number < 0:
        return "-" + _digits(-number)
    if number.bit_length() < 3 * _SAFE_DIGITS:
        return str(number)
    half = number.bit_length() * 3 // 20
    high, low = divmod(number, 10**half)
    return _digits(high) + _digits(low).zfill(half)
