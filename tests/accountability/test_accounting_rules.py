"""The rules of accounting by themselves: receipts, decisions, balances."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from service.accountability import rules
from service.accountability.models import ChargedTo, ExpenseLine, ExpenseReport, ReceiptType, ReportStatus
from service.accountability.shapes import DecisionIn, ExpenseLineIn
from service.applications.models import BudgetLine, BudgetSource
from service.contracts.models import ContractStatus
from service.core.actor import Actor
from service.core.ids import new_id
from service.core.machine import WrongState, advance

APPLICATION = new_id()
RUC = "20131312955"
FROM, TO = date(2026, 5, 1), date(2026, 6, 30)


def planned(source: BudgetSource, *, in_kind: bool = False) -> BudgetLine:
    """A line of the budget."""
    return BudgetLine(
        application_id=APPLICATION, position=1, description="Riego", source=source, in_kind=in_kind, amount=Decimal("100.00")
    )


FUND, OWN, KIND = planned(BudgetSource.FUND), planned(BudgetSource.OWN), planned(BudgetSource.OWN, in_kind=True)
COFUNDER = planned(BudgetSource.COFUNDER)
BUDGET = {line.id: line for line in (FUND, OWN, KIND, COFUNDER)}


def receipt(**changes: Any) -> ExpenseLineIn:
    """An invoice of the fund."""
    values = {
        "budget_line_id": FUND.id,
        "description": "Tubos",
        "receipt_type": ReceiptType.INVOICE,
        "receipt_number": "F001-123",
        "issuer": RUC,
        "issued_on": FROM,
        "charged_to": ChargedTo.FUND,
        "amount": "50.00",
    }
    return ExpenseLineIn(**{**values, **changes})


def test_a_receipt_of_the_right_source_and_day_passes() -> None:
    for line in (receipt(), receipt(issued_on=TO), receipt(budget_line_id=OWN.id, charged_to=ChargedTo.OWN)):
        rules.require_line(line, "lines.0", BUDGET, FROM, TO)


@pytest.mark.parametrize("day", [date(2026, 4, 30), date(2026, 7, 1)])
def test_a_receipt_is_not_older_than_the_contract_nor_from_the_future(day: date) -> None:
    with pytest.raises(rules.ReceiptDateImpossible) as refusal:
        rules.require_line(receipt(issued_on=day), "lines.0", BUDGET, FROM, TO)
    assert refusal.value.field == "lines.0.issued_on"


@pytest.mark.parametrize(
    ("line", "charged_to"),
    [
        (OWN, ChargedTo.FUND),
        (COFUNDER, ChargedTo.FUND),
        (FUND, ChargedTo.OWN),
        (KIND, ChargedTo.OWN),
        (COFUNDER, ChargedTo.OWN),
    ],
)
def test_a_budget_line_is_charged_to_who_pays_it_in_money(line: BudgetLine, charged_to: ChargedTo) -> None:
    with pytest.raises(rules.BudgetLineNotPaidSo):
        rules.require_line(receipt(budget_line_id=line.id, charged_to=charged_to), "lines.0", BUDGET, FROM, TO)


def test_a_line_of_another_budget_or_none_is_unknown() -> None:
    for line_id in (new_id(), None):
        with pytest.raises(rules.BudgetLineUnknown):
            rules.require_line(receipt(budget_line_id=line_id), "lines.0", BUDGET, FROM, TO)


def test_a_prize_without_a_budget_is_accounted_for_without_a_line() -> None:
    rules.require_line(receipt(budget_line_id=None), "lines.0", {}, FROM, TO)
    with pytest.raises(rules.BudgetLineUnknown):
        rules.require_line(receipt(budget_line_id=None, charged_to=ChargedTo.OWN), "lines.0", {}, FROM, TO)


def test_the_issuer_is_a_ruc_and_of_an_affidavit_a_dni_too() -> None:
    assert rules.issuer_of(receipt(issuer="20-13131295-5"), "lines.0") == RUC
    assert rules.issuer_of(receipt(issuer="40000001", receipt_type=ReceiptType.AFFIDAVIT), "lines.0") == "40000001"
    assert rules.issuer_of(receipt(issuer=RUC, receipt_type=ReceiptType.AFFIDAVIT), "lines.0") == RUC


@pytest.mark.parametrize("kind", [kind for kind in ReceiptType if kind != ReceiptType.AFFIDAVIT])
def test_no_other_receipt_carries_a_dni(kind: ReceiptType) -> None:
    with pytest.raises(rules.IssuerUnknown):
        rules.issuer_of(receipt(issuer="40000001", receipt_type=kind), "lines.0")


@pytest.mark.parametrize("issuer", ["20131312954", "2013131295", "1234567"])
@pytest.mark.parametrize("kind", [ReceiptType.INVOICE, ReceiptType.AFFIDAVIT])
def test_a_number_that_does_not_hold_is_no_issuer(issuer: str, kind: ReceiptType) -> None:
    with pytest.raises(rules.IssuerUnknown):
        rules.issuer_of(receipt(issuer=issuer, receipt_type=kind), "lines.0")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("F001-123", "F001-123"),
        ("f001 - 00000123", "F001-123"),
        ("F001/123", "F001-123"),
        ("0001-000123", "1-123"),
        ("001-123", "1-123"),
        ("E001-0", "E001-0"),
        ("TK 4711", "TK4711"),
    ],
)
def test_a_receipt_has_one_number_however_it_is_typed(typed: str, kept: str) -> None:
    assert rules.receipt_number(typed) == kept


def test_a_receipt_stands_once_in_a_report_and_once_in_the_programme() -> None:
    one, other = (RUC, ReceiptType.INVOICE, "F001-1"), (RUC, ReceiptType.SALES_RECEIPT, "F001-1")
    rules.require_receipts_once([one, other])
    with pytest.raises(rules.ReceiptAlreadyUsed) as refusal:
        rules.require_receipts_once([one, other, one])
    assert refusal.value.field == "lines.2.receipt_number"
    rules.require_receipts_new([other], {one})
    with pytest.raises(rules.ReceiptAlreadyUsed):
        rules.require_receipts_new([other, one], {one})


def line(position: int, amount: str, charged_to: ChargedTo = ChargedTo.FUND) -> ExpenseLine:
    """A reported line."""
    return ExpenseLine(
        report_id=new_id(),
        position=position,
        budget_line_id=FUND.id,
        description="Tubos",
        receipt_type=ReceiptType.INVOICE,
        receipt_number=f"F001-{position}",
        issuer=RUC,
        issued_on=FROM,
        charged_to=charged_to,
        amount=Decimal(amount),
    )


def decision(position: int, accepted: str, reason: str = "") -> DecisionIn:
    """A decision on a line."""
    return DecisionIn(position=position, accepted=Decimal(accepted), reason=reason)


LINES = [line(1, "4900.00"), line(2, "700.00"), line(3, "300.00", ChargedTo.OWN)]


def test_accepted_amounts_are_summed_by_side() -> None:
    pairs = rules.decided_lines(LINES, [decision(3, "300.00"), decision(1, "4900.00"), decision(2, "0.03", "Ilegible")])
    assert rules.accepted_of(pairs, ChargedTo.FUND) == Decimal("4900.03")
    assert rules.accepted_of(pairs, ChargedTo.OWN) == Decimal("300.00")


@pytest.mark.parametrize(
    ("positions", "wrong"), [([1, 2], "3"), ([1, 2, 3, 4], "4"), ([1, 2, 2, 3], "2"), ([1, 1, 5], "1, 2, 3, 5")]
)
def test_every_line_is_decided_once(positions: list[int], wrong: str) -> None:
    with pytest.raises(rules.DecisionsIncomplete) as refusal:
        rules.decided_lines(LINES, [decision(position, "0.00", "No") for position in positions])
    assert refusal.value.values == {"positions": wrong}


def test_no_more_is_accepted_than_the_receipt_says() -> None:
    with pytest.raises(rules.AcceptedTooMuch) as refusal:
        rules.decided_lines(LINES, [decision(1, "4900.00"), decision(2, "700.01"), decision(3, "300.00")])
    assert (refusal.value.field, refusal.value.values) == ("decisions.1.accepted", {"amount": "700.00"})


def test_less_is_accepted_with_a_reason() -> None:
    with pytest.raises(rules.ReceiptReasonMissing):
        rules.decided_lines(LINES, [decision(1, "4899.99", "  "), decision(2, "700.00"), decision(3, "300.00")])


def test_no_more_is_accepted_than_is_open_on_each_side() -> None:
    a, b = Decimal("10.00"), Decimal("10.01")
    rules.require_covered(a, a, a, a)
    with pytest.raises(rules.AcceptedBeyondDisbursed):
        rules.require_covered(b, a, a, a)
    with pytest.raises(rules.AcceptedBeyondDeposited):
        rules.require_covered(a, a, b, a)
    with pytest.raises(rules.RefundTooLarge):
        rules.require_refundable(b, a)
    rules.require_refundable(a, a)


def report(serial: int, status: ReportStatus) -> ExpenseReport:
    """A report."""
    at = datetime(2026, 6, 1, tzinfo=UTC)
    return ExpenseReport(contract_id=new_id(), serial=serial, note="", submitted_by=new_id(), submitted_at=at, status=status)


def test_accounts_close_once_all_is_paid_decided_and_settled() -> None:
    rules.require_all_paid({1: True, 2: True})
    with pytest.raises(rules.TrancheOpen) as tranche:
        rules.require_all_paid({2: False, 1: True})
    assert tranche.value.values == {"number": 2}
    rules.require_reports_decided([report(1, ReportStatus.DECIDED)])
    with pytest.raises(rules.ReportsOpen) as waiting:
        rules.require_reports_decided([report(1, ReportStatus.DECIDED), report(2, ReportStatus.SUBMITTED)])
    assert waiting.value.values == {"serial": 2}
    rules.require_settled(Decimal("0.00"))
    with pytest.raises(rules.BalanceOpen) as balance:
        rules.require_settled(Decimal("400.05"))
    assert balance.value.values == {"open": "400.05"}


def test_who_handed_a_report_in_does_not_decide_on_it() -> None:
    waiting = report(1, ReportStatus.SUBMITTED)
    rules.require_another_officer(Actor(new_id(), "Otro"), {waiting.submitted_by})
    with pytest.raises(rules.SubmitterCannotDecide):
        rules.require_another_officer(Actor(waiting.submitted_by, "El mismo"), {waiting.submitted_by})


def test_a_report_is_decided_once() -> None:
    assert advance(rules.REPORT_LIFE, ReportStatus.SUBMITTED, rules.ReportAction.DECIDE) == ReportStatus.DECIDED
    with pytest.raises(WrongState):
        advance(rules.REPORT_LIFE, ReportStatus.DECIDED, rules.ReportAction.DECIDE)


@pytest.mark.parametrize("status", ContractStatus)
def test_expenses_are_reported_while_money_is_spent(status: ContractStatus) -> None:
    if status in ("in_force", "suspended", "terminated"):
        rules.require_accountable(status)
    else:
        with pytest.raises(rules.NothingToAccountFor):
            rules.require_accountable(status)
