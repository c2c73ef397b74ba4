"""Numbers that identify persons, taxpayers, accounts and telephones in Peru.

DNI and RUC are checked by python-stdnum. The CCI is ours: 3 digits of the entity, 3 of the office, 12 of the account and two check
digits. ``parse_...`` gives the digits alone; ASCII digits only, with spaces or hyphens between groups forgiven. A number that holds
says nothing about whose it is.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema
from stdnum.exceptions import ValidationError
from stdnum.pe import cui, ruc

from service.core.errors import Rejected

RUC_KINDS = frozenset({"10", "15", "16", "17", "20"})
"""The first two digits of a RUC: 10, 15, 16 and 17 persons, 20 legal entities.

python-stdnum knows no 16. We take it: SUNAT's own forms and several public validators do, the check digit already catches a slip of
the hand, and a wrong no would shut out somebody's true receipt.
"""

_GROUPS = re.compile(r"[0-9A-Z]+(?:[ -]+[0-9A-Z]+)*")
_DNI = re.compile(r"[0-9]{8}")
_MOBILE = re.compile(r"(?:\+?51)?(9[0-9]{8})")


class BadDni(Rejected):
    """Not 8 digits, or a check character that does not belong to them."""

    message = "This is not a DNI. Copy the 8 digits from the card; the check character after them may be left out."


class BadRuc(Rejected):
    """Not 11 digits, an unknown kind, or a wrong check digit."""

    message = "This is not a RUC. Copy its 11 digits from the receipt or from the taxpayer's sheet."


class BadCci(Rejected):
    """Not 20 digits."""

    message = "This is not a CCI. Copy its 20 digits from the bank's paper."


class CciCheckFailed(BadCci):
    """20 digits whose check digits do not fit: a slip of the hand or an invented account."""

    message = "The check digits of this CCI do not fit. Copy its 20 digits again, or ask the bank for a paper that shows them."


class BadMobile(Rejected):
    """Not a Peruvian mobile number."""

    message = "This is not a mobile number of Peru. Write its 9 digits, which begin with 9, like 987654321."


def parse_dni(text: object) -> str:
    """The 8 digits of a DNI; a check character set apart (``12345678-1``, ``12345678 E``) must fit. Raises ``BadDni``."""
    digits = _compact(text, BadDni)
    if digits == "00000000":
        raise BadDni  # what people type to get past a form
    if len(digits) == 9 and not re.search(r"[ -][0-9A-K]$", str(text).strip().upper()):
        raise BadDni  # nine digits in a row are a slip, not a check character
    try:
        return cui.validate(digits)[:8]
    except ValidationError as error:
        raise BadDni from error


def parse_ruc(text: object) -> str:
    """The 11 digits of a RUC. Raises ``BadRuc``."""
    digits = _compact(text, BadRuc)
    if not re.fullmatch("[0-9]{11}", digits) or digits[:2] not in RUC_KINDS or digits[-1] != ruc.calc_check_digit(digits[:10]):
        raise BadRuc
    return digits


def cci_digits(text: object) -> str:
    """The 20 digits of a CCI, whatever its check digits say (an account accepted on bank evidence). Raises ``BadCci``."""
    digits = _compact(text, BadCci)
    if not re.fullmatch("[0-9]{20}", digits):
        raise BadCci
    return digits


def parse_cci(text: object) -> str:
    """The 20 digits of a CCI whose check digits fit. Raises ``BadCci``, and its kind ``CciCheckFailed`` where only they do not.

    The first check digit covers entity and office, the second the account.
    """
    digits = cci_digits(text)
    if digits[18:] != _check_digit(digits[:6]) + _check_digit(digits[6:18]):
        raise CciCheckFailed
    return digits


def bank_of(cci: str) -> str:
    """The three digits of the entity that keeps an account."""
    return cci[:3]


def parse_mobile(text: object) -> str:
    """The 9 digits of a Peruvian mobile number, typed with or without ``+51``. Raises ``BadMobile``."""
    if not isinstance(text, str):
        raise BadMobile
    found = _MOBILE.fullmatch(re.sub(r"[ .()-]", "", text.strip()))
    if found is None:
        raise BadMobile
    return found[1]


def mask(text: str, keep: int = 4) -> str:
    """A number for showing: its last ``keep`` characters, the others as asterisks; a shorter one is hidden whole."""
    shown = text[-keep:] if 0 < keep < len(text) else ""
    return "*" * (len(text) - len(shown)) + shown


def mask_dnis(value: Any) -> Any:
    """A JSON value as the public reads it: each DNI that stands under ``dni`` or ``document`` with its last four digits only."""
    if isinstance(value, list):
        return [mask_dnis(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        name: mask(each) if name in ("dni", "document") and isinstance(each, str) and _DNI.fullmatch(each) else mask_dnis(each)
        for name, each in value.items()
    }


def _compact(text: object, refusal: type[Rejected]) -> str:
    typed = text.strip().upper() if isinstance(text, str) and text.isascii() else ""
    if not _GROUPS.fullmatch(typed):
        raise refusal
    return re.sub("[ -]", "", typed)


def _check_digit(digits: str) -> str:
    """Weights 1, 2, 1, 2 ... from the left; a product above 9 loses 9; what is missing to the next ten."""
    products = (int(digit) * (1 + place % 2) for place, digit in enumerate(digits))
    return str(-sum(product - 9 if product > 9 else product for product in products) % 10)


def _typed(parse: Callable[[object], str], pattern: str, example: str) -> tuple[Any, Any]:
    def validate(value: object) -> str:
        try:
            return parse(value)
        except Rejected as refusal:
            raise ValueError(str(refusal)) from refusal

    return BeforeValidator(validate), WithJsonSchema({"type": "string", "pattern": pattern, "examples": [example]})


Dni = Annotated[str, *_typed(parse_dni, "^[0-9]{8}$", "12345678")]
Ruc = Annotated[str, *_typed(parse_ruc, "^[0-9]{11}$", "20131312955")]
Cci = Annotated[str, *_typed(parse_cci, "^[0-9]{20}$", "01826100026102241984")]
Mobile = Annotated[str, *_typed(parse_mobile, "^9[0-9]{8}$", "987654321")]
