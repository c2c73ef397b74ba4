"""What is allowed in accounting: receipts, decisions on them, second requests, refunds, the closing account."""

import re
from collections.abc import Collection, Mapping, Sequence, Set
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from service.accountability.models import ChargedTo, ExpenseLine, ExpenseReport, ReceiptType, ReportStatus
from service.accountability.shapes import DecisionIn, ExpenseLineIn
from service.applications.models import BudgetLine, BudgetSource
from service.contracts.models import ContractStatus
from service.core.actor import Actor
from service.core.errors import Conflict, Forbidden, Rejected
from service.core.money import ZERO, show
from service.people.identifiers import BadDni, BadRuc, parse_dni, parse_ruc

ACCOUNTABLE = frozenset({ContractStatus.IN_FORCE, ContractStatus.SUSPENDED, ContractStatus.TERMINATED})
"""The states of a contract in which a group accounts for what it received, and gives back what it did not spend."""

SOURCE_OF = {ChargedTo.FUND: BudgetSource.FUND, ChargedTo.OWN: BudgetSource.OWN}
"""Whose budget lines an expense may be charged against."""


class ReportAction(StrEnum):
    """What happens to an expense report."""

    DECIDE = "decide"


REPORT_LIFE = {(ReportStatus.SUBMITTED, ReportAction.DECIDE): ReportStatus.DECIDED}


class NothingToAccountFor(Conflict):
    """The contract is not, or no longer, one that money is spent under."""

    message = "Expenses are reported from the day a contract is in force until its liquidation; this one is “{status}”."


class BudgetLineUnknown(Rejected):
    """A budget line of another plan."""

    message = "This line is not in the budget of this contract. Choose one of its lines."


class BudgetLineNotPaidSo(Rejected):
    """The budget line is paid by another source, or in kind."""

    message = "This budget line is not paid in money from that source. Choose another line, or correct what it was paid with."


class IssuerUnknown(Rejected):
    """The issuer of the receipt has no such RUC; of an affidavit, no such DNI either."""

    message = "Write the RUC of the issuer as it stands on the receipt; only an affidavit may carry the DNI of who declares."


class ReceiptDateImpossible(Rejected):
    """A receipt from before the contract, or from the future."""

    message = "The receipt is dated {day}; it must lie between {earliest} and {latest}. Copy the date again."


class ReceiptAlreadyUsed(Conflict):
    """The same receipt was reported before, here or anywhere in the programme."""

    message = "Receipt {receipt_number} of {issuer} was already reported. A receipt counts once: take this line out."


class SubmitterCannotDecide(Forbidden):
    """Who handed a report in decides on it."""

    message = "Who handed in a report cannot decide on it. Ask another officer."


class DecisionsIncomplete(Rejected):
    """A line has no decision, two of them, or does not exist."""

    message = "Decide on every line of the report once. These numbers do not fit: {positions}."


class AcceptedTooMuch(Rejected):
    """More accepted than the receipt says."""

    message = "The receipt says {amount}. Accept that much or less."


class ReceiptReasonMissing(Rejected):
    """Less accepted without saying why."""

    message = "Write why not all of this receipt is accepted."


class AcceptedBeyondDisbursed(Conflict):
    """More accepted against the fund than the group has received and not yet accounted for."""

    message = "{accepted} would be accepted against the fund, but only {open} is still to be accounted for. Accept less."


class AcceptedBeyondDeposited(Conflict):
    """More accepted against the own share than the group has deposited and not yet accounted for."""

    message = (
        "{accepted} would be accepted against the own share, but only {open} of its deposits is open. Record deposits first."
    )


class NothingLeftToRequest(Conflict):
    """The contract is paid at once, or its last tranche has been requested."""

    message = "This contract has no further tranche. Its accounts can be closed once everything is accounted for."


class RefundTooLarge(Conflict):
    """More given back than is open."""

    message = "Only {open} is open under this contract. Record no more than that."


class TrancheOpen(Conflict):
    """A tranche is not paid."""

    message = "Tranche {number} is not paid yet. A contract is liquidated after its last tranche, or terminated instead."


class ReportsOpen(Conflict):
    """A report waits for its decision."""

    message = "Report {serial} is not decided yet. Decide on it first."


class BalanceOpen(Conflict):
    """Received money is neither accounted for nor given back."""

    message = "{open} is neither accounted for nor given back. Accept expenses or record a refund of that amount first."


def require_accountable(status: ContractStatus) -> None:
    """Raises ``NothingToAccountFor``."""
    if status not in ACCOUNTABLE:
        raise NothingToAccountFor(status=status)


def require_line(line: ExpenseLineIn, field: str, budget: Mapping[UUID, BudgetLine], earliest: date, latest: date) -> None:
    """One receipt by itself. Raises ``BudgetLineUnknown``, ``BudgetLineNotPaidSo``, ``ReceiptDateImpossible``."""
    require_budget_line(line, f"{field}.budget_line_id", budget)
    if not earliest <= line.issued_on <= latest:
        raise ReceiptDateImpossible(
            f"{field}.issued_on",
            day=line.issued_on.isoformat(),
            earliest=earliest.isoformat(),
            latest=latest.isoformat(),
        )


def require_budget_line(line: ExpenseLineIn, field: str, budget: Mapping[UUID, BudgetLine]) -> None:
    """The line is in the ``budget`` and paid in money by whom the expense is charged to; a prize of the fund may have no budget.

    Raises ``BudgetLineUnknown``, ``BudgetLineNotPaidSo``.
    """
    source = SOURCE_OF[line.charged_to]
    without_budget = line.charged_to == ChargedTo.FUND and all(planned.source != source for planned in budget.values())
    if line.budget_line_id is None and without_budget:
        return
    planned = budget.get(line.budget_line_id) if line.budget_line_id else None
    if planned is None:
        raise BudgetLineUnknown(field)
    if planned.source != source or planned.in_kind:
        raise BudgetLineNotPaidSo(field)


def issuer_of(line: ExpenseLineIn, field: str) -> str:
    """The digits of the issuer: a RUC, or of an affidavit the DNI of who declares. Raises ``IssuerUnknown``."""
    try:
        return parse_ruc(line.issuer)
    except BadRuc as error:
        if line.receipt_type != ReceiptType.AFFIDAVIT:
            raise IssuerUnknown(f"{field}.issuer") from error
    try:
        return parse_dni(line.issuer)
    except BadDni as error:
        raise IssuerUnknown(f"{field}.issuer") from error


def receipt_number(text: str) -> str:
    """The one written form of a receipt's number, so that it cannot enter twice: ``"f001 - 00000123"`` and ``"F001-123"`` are one."""
    parts = re.split(r"[-/]", re.sub(r"\s+", "", text.upper()))
    return "-".join(part.lstrip("0") or "0" if part.isascii() and part.isdecimal() else part for part in parts)


def require_receipts_once(receipts: Sequence[tuple[str, ReceiptType, str]]) -> None:
    """No receipt (issuer, kind, number) stands twice in one report. Raises ``ReceiptAlreadyUsed``."""
    seen: set[tuple[str, ReceiptType, str]] = set()
    for place, receipt in enumerate(receipts):
        if receipt in seen:
            raise ReceiptAlreadyUsed(f"lines.{place}.receipt_number", issuer=receipt[0], receipt_number=receipt[2])
        seen.add(receipt)


def require_receipts_new(receipts: Sequence[tuple[str, ReceiptType, str]], used: Set[tuple[str, ReceiptType, str]]) -> None:
    """``used`` were reported before. Raises ``ReceiptAlreadyUsed``."""
    for place, receipt in enumerate(receipts):
        if receipt in used:
            raise ReceiptAlreadyUsed(f"lines.{place}.receipt_number", issuer=receipt[0], receipt_number=receipt[2])


def require_another_officer(actor: Actor, submitters: Collection[UUID]) -> None:
    """``submitters``: who handed a report in, and whom that person stood in for. Raises ``SubmitterCannotDecide``."""
    if not actor.persons.isdisjoint(submitters):
        raise SubmitterCannotDecide


def decided_lines(lines: Sequence[ExpenseLine], decisions: Sequence[DecisionIn]) -> list[tuple[ExpenseLine, DecisionIn]]:
    """Each line with its decision. Raises ``DecisionsIncomplete``, ``AcceptedTooMuch``, ``ReceiptReasonMissing``."""
    positions = [decision.position for decision in decisions]
    wrong = sorted(
        {line.position for line in lines} ^ set(positions) | {each for each in positions if positions.count(each) > 1}
    )
    if wrong:
        raise DecisionsIncomplete("decisions", positions=", ".join(map(str, wrong)))
    by_position = {decision.position: (place, decision) for place, decision in enumerate(decisions)}
    pairs = []
    for line in lines:
        place, decision = by_position[line.position]
        if decision.accepted > line.amount:
            raise AcceptedTooMuch(f"decisions.{place}.accepted", amount=show(line.amount))
        if decision.accepted < line.amount and not decision.reason.strip():
            raise ReceiptReasonMissing(f"decisions.{place}.reason")
        pairs.append((line, decision))
    return pairs


def accepted_of(pairs: Sequence[tuple[ExpenseLine, DecisionIn]], charged_to: ChargedTo) -> Decimal:
    """What is accepted against one side."""
    return sum((decision.accepted for line, decision in pairs if line.charged_to == charged_to), ZERO)


def require_covered(fund: Decimal, disbursed: Decimal, own: Decimal, deposited: Decimal) -> None:
    """No more is accepted than is open on either side. Raises ``AcceptedBeyondDisbursed``, ``AcceptedBeyondDeposited``."""
    if fund > disbursed:
        raise AcceptedBeyondDisbursed(accepted=show(fund), open=show(disbursed))
    if own > deposited:
        raise AcceptedBeyondDeposited(accepted=show(own), open=show(deposited))


def require_refundable(amount: Decimal, disbursed: Decimal) -> None:
    """Raises ``RefundTooLarge``."""
    if amount > disbursed:
        raise RefundTooLarge("amount", open=show(disbursed))


def require_all_paid(tranches: Mapping[int, bool]) -> None:
    """``tranches`` says of each number whether it is paid. Raises ``TrancheOpen``."""
    for number, paid in sorted(tranches.items()):
        if not paid:
            raise TrancheOpen(number=number)


def require_reports_decided(reports: Sequence[ExpenseReport]) -> None:
    """Raises ``ReportsOpen``."""
    for report in reports:
        if report.status != ReportStatus.DECIDED:
            raise ReportsOpen(serial=report.serial)


def require_settled(disbursed: Decimal) -> None:
    """``disbursed`` is what is neither accounted for nor given back. Raises ``BalanceOpen``."""
    if disbursed != 0:
        raise BalanceOpen(open=show(disbursed))
