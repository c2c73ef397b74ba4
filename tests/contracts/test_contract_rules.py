"""The rules of contracts by themselves."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.applications.models import BudgetLine, BudgetSource
from service.contracts import rules
from service.contracts.models import ContractStatus
from service.contracts.paper import percent
from service.contracts.rules import ContractAction
from service.core.ids import new_id
from service.core.machine import WrongState, advance

LIFE = """
numbered         sign_group  signed_by_group
numbered         annul       annulled
signed_by_group  sign_head   in_force
signed_by_group  annul       annulled
in_force         report      reported
in_force         suspend     suspended
in_force         terminate   terminated
suspended        resume      in_force
suspended        terminate   terminated
reported         liquidate   liquidated
liquidated       complete    completed
completed        write_off   written_off
"""
"""The life of a contract, written out a second time: state, act, next state."""

NEXT = {(state, action): following for state, action, following in (line.split() for line in LIFE.strip().splitlines())}


@pytest.mark.parametrize(("state", "action"), list(product(ContractStatus, ContractAction)))
def test_a_contract_moves_only_as_its_life_says(state: ContractStatus, action: ContractAction) -> None:
    following = NEXT.get((state.value, action.value))
    if following is None:
        with pytest.raises(WrongState):
            advance(rules.TRANSITIONS, state, action)
    else:
        assert advance(rules.TRANSITIONS, state, action) == following


def test_the_life_written_here_names_every_state_and_act() -> None:
    assert {state for state, _ in NEXT} | set(NEXT.values()) == {state.value for state in ContractStatus}
    assert {action for _, action in NEXT} == {action.value for action in ContractAction}


@pytest.mark.parametrize(
    ("serial", "number"),
    [(1, "001-2026-PDN-SICUANI"), (999, "999-2026-PDN-SICUANI"), (1000, "1000-2026-PDN-SICUANI")],
)
def test_a_number_has_three_digits_or_more(serial: int, number: str) -> None:
    assert rules.contract_number(serial, 2026, "PDN", "SICUANI") == number


def test_exactly_those_who_sign_are_named() -> None:
    president, treasurer, other = new_id(), new_id(), new_id()
    expected = [(president, "Rosa Mamani"), (treasurer, "Luis Quispe")]
    rules.require_signatories([treasurer, president], expected, date(2026, 5, 1))
    for named in ([president], [president, other], [president, treasurer, other], [president, president], []):
        with pytest.raises(rules.WrongSignatories) as refusal:
            rules.require_signatories(named, expected, date(2026, 5, 1))
        assert refusal.value.values == {"day": "2026-05-01", "expected": "Rosa Mamani, Luis Quispe"}


def test_one_head_of_the_office_signs_alone() -> None:
    head, deputy, other = new_id(), new_id(), new_id()
    heads = [(head, "Hilda Ccahuana"), (deputy, "Elsa Puma")]
    rules.require_one_head([deputy], heads, date(2026, 5, 1))
    for named in ([other], [head, deputy]):
        with pytest.raises(rules.WrongSignatories):
            rules.require_one_head(named, heads, date(2026, 5, 1))
    with pytest.raises(rules.NobodyHeadsTheOffice):
        rules.require_one_head([head], [], date(2026, 5, 1))


@pytest.mark.parametrize("day", [date(2026, 5, 1), date(2026, 5, 3)])
def test_both_ends_of_the_time_for_signing_count(day: date) -> None:
    rules.require_signing_day(day, date(2026, 5, 1), date(2026, 5, 3))


@pytest.mark.parametrize("day", [date(2026, 4, 30), date(2026, 5, 4)])
def test_a_day_of_signing_lies_between_the_number_and_today(day: date) -> None:
    with pytest.raises(rules.SigningDayImpossible):
        rules.require_signing_day(day, date(2026, 5, 1), date(2026, 5, 3))


def budget(*amounts: tuple[BudgetSource, str]) -> list[BudgetLine]:
    """Budget lines of an application."""
    application_id = new_id()
    return [
        BudgetLine(application_id=application_id, position=n, description=f"Line {n}", source=source, amount=Decimal(amount))
        for n, (source, amount) in enumerate(amounts, start=1)
    ]


def test_a_full_award_leaves_the_budget_as_it_was() -> None:
    lines = budget((BudgetSource.FUND, "7000.00"), (BudgetSource.OWN, "2500.00"), (BudgetSource.FUND, "3000.05"))
    assert rules.fitted(lines, Decimal("10000.05")) == [Decimal("7000.00"), Decimal("2500.00"), Decimal("3000.05")]


def test_a_smaller_award_shrinks_the_lines_of_the_fund_alike_and_the_last_takes_the_rest() -> None:
    lines = budget((BudgetSource.FUND, "100.00"), (BudgetSource.OWN, "55.00"), (BudgetSource.FUND, "200.00"))
    assert rules.fitted(lines, Decimal("100.00")) == [Decimal("33.33"), Decimal("55.00"), Decimal("66.67")]


@given(
    st.lists(st.decimals("0.01", "99999.99", places=2), min_size=1, max_size=8),
    st.decimals("0.01", "999999.99", places=2),
)
def test_a_fitted_budget_sums_to_the_award(amounts: list[Decimal], award: Decimal) -> None:
    lines = budget(*((BudgetSource.FUND, str(amount)) for amount in amounts))
    assert sum(rules.fitted(lines, award)) == award


@pytest.mark.parametrize(
    ("share", "written"), [("7/10", "70"), ("1/3", "33.33"), ("2/3", "66.67"), ("1", "100"), ("1/8", "12.5"), ("0", "0")]
)
def test_a_share_is_written_in_percent(share: str, written: str) -> None:
    assert percent(Fraction(share)) == written
