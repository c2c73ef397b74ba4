"""Amounts in words, as Peruvian contracts and receipts write them."""

import re
from decimal import Decimal

from num2words import num2words  # type: ignore[import-untyped]  # the package brings no types

from service.core import money

CURRENCIES = {"PEN": "SOLES", "USD": "DÓLARES AMERICANOS"}
"""The words that a legal amount ends with."""


def amount_in_words(amount: Decimal, currency: str = "PEN") -> str:
    """``SON: DIEZ MIL CON 05/100 SOLES``. Raises ``NotAnAmount`` (negative, or with parts of a cent); ``KeyError`` for a currency
    without words.
    """
    whole, cents = money.show(money.parse(amount)).split(".")
    return f"SON: {_cardinal(int(whole)).upper()} CON {cents}/100 {CURRENCIES[currency]}"


def _cardinal(number: int) -> str:
    """num2words writes "veintiuno mil"; before *mil* and *millones* the *uno* loses its last letter."""
    words = str(num2words(number, lang="es"))
    words = re.sub(r"veintiuno(?= mil)", "veintiún", words)
    return re.sub(r"\buno(?= mil)", "un", words)
