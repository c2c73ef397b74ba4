"""Amounts in words."""

import csv
from decimal import Decimal

import pytest

from service.core.money import NotAnAmount
from service.core.settings import ROOT
from service.documents.words import amount_in_words

ORACLE = ROOT.parent / "shared" / "data" / "locale" / "amount_words_es.csv"


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0.00", "CERO CON 00/100"),
        ("1.00", "UNO CON 00/100"),
        ("21.50", "VEINTIUNO CON 50/100"),
        ("1000.00", "MIL CON 00/100"),
        ("1031.00", "MIL TREINTA Y UNO CON 00/100"),
        ("7000.04", "SIETE MIL CON 04/100"),
        ("10000.05", "DIEZ MIL CON 05/100"),
        ("21021.00", "VEINTIÚN MIL VEINTIUNO CON 00/100"),
        ("31031.00", "TREINTA Y UN MIL TREINTA Y UNO CON 00/100"),
        ("101101.00", "CIENTO UN MIL CIENTO UNO CON 00/100"),
        ("1001000.00", "UN MILLÓN MIL CON 00/100"),
        ("21000000.00", "VEINTIÚN MILLONES CON 00/100"),
        ("121500000.50", "CIENTO VEINTIÚN MILLONES QUINIENTOS MIL CON 50/100"),
        ("1001000000.00", "MIL UN MILLONES CON 00/100"),
        ("31001000000.00", "TREINTA Y UN MIL UN MILLONES CON 00/100"),
    ],
)
def test_an_amount_is_written_as_contracts_write_it(amount: str, words: str) -> None:
    assert amount_in_words(Decimal(amount)) == f"SON: {words} SOLES"


def test_the_currency_ends_the_words() -> None:
    assert amount_in_words(Decimal("2500.00"), "USD") == "SON: DOS MIL QUINIENTOS CON 00/100 DÓLARES AMERICANOS"


@pytest.mark.parametrize("amount", ["-1.00", "0.001", "1000000000000.00"])
def test_what_is_no_amount_has_no_words(amount: str) -> None:
    with pytest.raises(NotAnAmount):
        amount_in_words(Decimal(amount))


@pytest.mark.oracles
def test_every_legal_amount_of_the_reference_list_is_written_alike() -> None:
    with ORACLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 78
    assert [amount_in_words(Decimal(row["amount"])) for row in rows] == [row["legal_text"] for row in rows]
