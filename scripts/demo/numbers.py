"""Identifiers for the demo's invented people and groups, with check digits that hold."""

from stdnum.pe import ruc


def dni(serial: int) -> str:
    """An invented DNI."""
    return f"{90_000_000 + serial:08d}"


def ruc_of(serial: int) -> str:
    """An invented RUC of a legal entity."""
    digits = f"20{99_000_000 + serial:08d}"
    return digits + str(ruc.calc_check_digit(digits))


def cci(entity: str, account: int) -> str:
    """An invented CCI at branch 261 of a bank."""
    office, number = f"{entity}261", f"{account:012d}"
    return office + number + _check(office) + _check(number)


def _check(digits: str) -> str:
    """Weights 1, 2, 1, 2 from the left; a product above 9 loses 9; what is missing to the next ten."""
    products = [int(digit) * (1 + place % 2) for place, digit in enumerate(digits)]
    return str(-sum(product - 9 if product > 9 else product for product in products) % 10)
