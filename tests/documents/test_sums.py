"""A paper that does not add up is never drawn: each sum that a paper states is compared with its parts."""

from copy import deepcopy
from fractions import Fraction
from typing import Any

import pytest

from service.documents import papers, sums
from service.documents.models import DocumentKind
from tests.documents.samples import SAMPLES

WRONG: list[tuple[DocumentKind, str, object, list[str]]] = [
    (DocumentKind.SHEET, "total", "41.47", ["total is 41.47, its parts sum to 41.48"]),
    (DocumentKind.SHEET, "lines.0.points", "9", ["total is 41.48, its parts sum to 42.61"]),
    (DocumentKind.SHEET, "maximum", "100", ["maximum is 100, its parts sum to 50"]),
    (DocumentKind.BLANK_SHEET, "maximum", "25", ["maximum is 25, its parts sum to 24"]),
    (DocumentKind.BLANK_SHEET, "code", "1234567888", [
        "the check digits of 1234567888 do not hold", "number 1234-5678-89 is not the code 1234567888",
    ]),
    (DocumentKind.MINUTES, "results.0.rows.3.own_amount", "6000.01", ["PDN-1 A-03 is 24000.00, its parts sum to 24000.01"]),
    (DocumentKind.MINUTES, "results.1.totals.approved", 2, ["PGRN-2: approved is 2, its parts sum to 1"]),
    (DocumentKind.MINUTES, "prizes.0.given", "890.00", [
        "CIF-3: prizes given is 890.00, its parts sum to 890.01", "grand prizes is 890.01, its parts sum to 890.00",
    ]),
    (DocumentKind.MINUTES, "applications", 12, ["applications is 12, its parts sum to 13"]),
    (DocumentKind.MINUTES, "approved", 3, ["approved is 3, its parts sum to 9"]),
    (DocumentKind.MINUTES, "quorum.needed", 4, ["the quorum needed is not more than half of the appointed members"]),
    (DocumentKind.CONTRACT, "budget.0.fund", "4200.06", [
        "Reproductores ovinos is 6000.05, its parts sum to 6000.06", "budget, fund is 10000.06, its parts sum to 10000.05",
    ]),
    (DocumentKind.AUTHORISATION, "left", "3000.02", ["contract amount is 10000.05, its parts sum to 10000.06"]),
    (DocumentKind.RECEIPTS, "receipts.3.amount", "80.00", ["total is 890.01, its parts sum to 890.00"]),
    (DocumentKind.RECEIPTS, "receipts.5.serial", 5, ["the receipts are not numbered from 1"]),
    (DocumentKind.LIQUIDATION, "sides.1.balance", "120.00", ["own disbursed is 4500.00, its parts sum to 4740.00"]),
    (DocumentKind.LIQUIDATION, "open", "150.00", ["fund balance is 150.00, its parts sum to 300.00"]),
    (DocumentKind.LIQUIDATION, "reports.0.accepted", "7320.00", ["executed is 14470.05, its parts sum to 14470.00"]),
    (DocumentKind.REPORT, "contracts.1.status", "numbered", [
        "contracted is 35000.05, its parts sum to 60000.05", "own_amount is 12500.00, its parts sum to 20500.00",
    ]),
    (DocumentKind.REPORT, "payments.0.amount", "7000.05", ["paid is 7890.05, its parts sum to 7890.06"]),
    (DocumentKind.RESOLUTION, "appeal.opinions.1.uphold", False, ["the panel's 1 of 3 do not make it upheld"]),
    (DocumentKind.RESOLUTION, "check", None, ["a new ranking belongs to an appeal that is upheld"]),
    (DocumentKind.CALL, "contests.1.code", "PDN-1", ["a contest is announced twice"]),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "path", "value", "differences"), WRONG)
def test_a_sum_that_is_off_is_named(kind: DocumentKind, path: str, value: object, differences: list[str]) -> None:
    data = deepcopy(SAMPLES[kind])
    *way, last = path.split(".")
    place: Any = data
    for step in way:
        place = place[int(step)] if step.isdecimal() else place[step]
    place[last] = value
    assert sums.differences(kind, data) == differences
    with pytest.raises(papers.NotThisPaper, match="does not add up"):
        papers.check(kind, data)


@pytest.mark.parametrize("kind", DocumentKind)
def test_every_kind_is_covered_and_every_sample_adds_up(kind: DocumentKind) -> None:
    assert sums.differences(kind, SAMPLES[kind]) == []
    assert kind in {wrong[0] for wrong in WRONG}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Fraction(6983, 100), "69.83"),
        (Fraction("69.995"), "70.00"),
        (Fraction(1, 3), "0.33"),
        (Fraction(-1, 200), "-0.01"),
        (Fraction(-1, 300), "0.00"),
        (Fraction(0), "0.00"),
    ],
)
def test_scores_are_shown_half_away_from_zero(value: Fraction, written: str) -> None:
    assert sums.shown(value) == written
