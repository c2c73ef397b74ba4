"""Tranches, the own share and the accounting gate, by themselves: exact to the cent."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.contests.terms import Terms
from service.contracts.models import ContractStatus
from service.disbursements import rules
from service.disbursements.rules import TrancheFacts

TWO = Terms((Fraction(7, 10), Fraction(3, 10)), own_share_first=Fraction(1, 2), gate=Fraction(7, 10), tries=3, months=12)
AT_ONCE = Terms((Fraction(1),), own_share_first=Fraction(0), gate=Fraction(0), tries=3, months=12)

FIRST = TrancheFacts(
    number=1,
    contract_number="001-2026-PDN-SICUANI",
    status=ContractStatus.IN_FORCE,
    own_share=Decimal("2500.00"),
    own_deposited=Decimal("1250.00"),
    first_tranche=Decimal("7000.04"),
    accounted=Decimal("0.00"),
    earlier_paid=True,
    awarded=None,
)
SECOND = replace(FIRST, number=2, accounted=Decimal("4900.03"), awarded=Decimal("3000.01"))

amounts = st.decimals("0.01", "9999999.99", places=2)
shares = st.fractions(0, 1, max_denominator=1000)


@pytest.mark.parametrize(
    ("amount", "first", "last"),
    [
        ("10000.05", "7000.04", "3000.01"),
        ("15333.33", "10733.33", "4600.00"),
        ("0.01", "0.01", "0.00"),
        ("10.00", "7.00", "3.00"),
    ],
)
def test_the_last_tranche_is_what_the_first_leaves(amount: str, first: str, last: str) -> None:
    assert rules.tranche_amounts(Decimal(amount), TWO) == [Decimal(first), Decimal(last)]


def test_a_contract_paid_at_once_has_one_tranche() -> None:
    assert rules.tranche_amounts(Decimal("10000.05"), AT_ONCE) == [Decimal("10000.05")]


@given(amounts, shares.filter(lambda share: 0 < share < 1))
def test_tranches_lose_and_make_no_cent(amount: Decimal, share: Fraction) -> None:
    first, last = rules.tranche_amounts(amount, replace(TWO, tranches=(share, 1 - share)))
    assert first + last == amount
    assert abs(Fraction(first) - share * Fraction(amount)) <= Fraction(1, 200)
    assert (first * 100) % 1 == (last * 100) % 1 == 0


@pytest.mark.parametrize("number", [0, 3])
def test_a_tranche_beyond_the_terms_does_not_exist(number: int) -> None:
    with pytest.raises(rules.NoSuchTranche):
        rules.require_tranche_number(number, TWO)


def test_the_first_tranche_is_due_once_half_of_the_own_share_is_deposited() -> None:
    rules.require_tranche_due(FIRST, TWO)
    with pytest.raises(rules.OwnShareShort) as refusal:
        rules.require_tranche_due(replace(FIRST, own_deposited=Decimal("1249.99")), TWO)
    assert refusal.value.values == {"deposited": "1249.99", "needed": "1250.00"}


def test_half_of_an_odd_own_share_is_not_rounded_down() -> None:
    odd = replace(FIRST, own_share=Decimal("1000.01"), own_deposited=Decimal("500.00"))
    with pytest.raises(rules.OwnShareShort) as refusal:
        rules.require_tranche_due(odd, TWO)
    assert refusal.value.values == {"deposited": "500.00", "needed": "500.01"}
    rules.require_tranche_due(replace(odd, own_deposited=Decimal("500.01")), TWO)


def test_nothing_is_deposited_first_where_the_terms_ask_for_nothing() -> None:
    rules.require_tranche_due(replace(FIRST, own_deposited=Decimal("0.00")), AT_ONCE)


@pytest.mark.parametrize("status", [status for status in ContractStatus if status != ContractStatus.IN_FORCE])
@pytest.mark.parametrize("facts", [FIRST, SECOND], ids=["first", "second"])
def test_nothing_is_due_under_a_contract_that_is_not_in_force(facts: TrancheFacts, status: ContractStatus) -> None:
    with pytest.raises(rules.ContractNotInForce) as refusal:
        rules.require_tranche_due(replace(facts, status=status), TWO)
    assert refusal.value.values == {"number": "001-2026-PDN-SICUANI", "status": status.value}


def test_the_second_tranche_is_due_after_payment_accounting_and_award() -> None:
    rules.require_tranche_due(SECOND, TWO)


def test_the_second_tranche_waits_for_the_first_payment() -> None:
    with pytest.raises(rules.EarlierTrancheUnpaid):
        rules.require_tranche_due(replace(SECOND, earlier_paid=False), TWO)


def test_the_gate_opens_at_the_exact_share_of_the_first_tranche() -> None:
    with pytest.raises(rules.GateNotReached) as refusal:
        rules.require_tranche_due(replace(SECOND, accounted=Decimal("4900.02")), TWO)
    assert refusal.value.values == {"accounted": "4900.02", "needed": "4900.03"}
    rules.require_tranche_due(replace(SECOND, accounted=Decimal("4900.03")), TWO)


@given(amounts, shares)
def test_the_gate_opens_at_the_figure_that_it_names_and_not_a_cent_before(first: Decimal, gate: Fraction) -> None:
    needed = rules.least_cents(gate * Fraction(first))
    rules.require_gate(needed, first, gate)
    assert Fraction(needed) >= gate * Fraction(first) > Fraction(needed) - Fraction(1, 100)
    if needed > 0:
        with pytest.raises(rules.GateNotReached):
            rules.require_gate(needed - Decimal("0.01"), first, gate)


def test_the_second_tranche_waits_for_the_committee() -> None:
    with pytest.raises(rules.SecondRequestNotApproved):
        rules.require_tranche_due(replace(SECOND, awarded=None), TWO)


def test_the_committees_award_bounds_what_is_paid() -> None:
    assert rules.payable(Decimal("3000.01"), Decimal("2500.00")) == Decimal("2500.00")
    assert rules.payable(Decimal("3000.01"), Decimal("9000.00")) == Decimal("3000.01")
    assert rules.payable(Decimal("7000.04"), None) == Decimal("7000.04")


def test_what_a_group_gives_in_kind_is_not_deposited() -> None:
    sources = [
        {"source": "fund", "in_kind": False, "amount": "10000.05"},
        {"source": "own", "in_kind": False, "amount": "700.00"},
        {"source": "own", "in_kind": True, "amount": "1800.00"},
        {"source": "cofunder", "in_kind": False, "amount": "400.00"},
    ]
    assert rules.own_money({"sources": sources}) == Decimal("700.00")
