"""The closing account as its paper prints it: plain values from what was reported and decided. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from service.accountability.models import ChargedTo, ExpenseDecision, ExpenseLine, ExpenseReport, Refund
from service.applications.models import BudgetLine, BudgetSource
from service.contracts.models import Contract
from service.contracts.paper import day_of, instant
from service.contracts.rules import fitted
from service.core.money import ZERO, show
from service.disbursements.usecases import ContractBalances
from service.documents.shapes import Letterhead, Organisation
from service.funding.models import Fund
from service.people.models import Person

Lines = Sequence[tuple[ExpenseLine, ExpenseDecision | None]]


@dataclass(frozen=True)
class Accounts:
    """All that a closing account is drawn from."""

    fund: Fund
    balances: ContractBalances
    budget: Sequence[BudgetLine]
    reports: Sequence[ExpenseReport]
    lines: Lines
    refunds: Sequence[Refund]


def liquidation_data(
    number: str,
    at: datetime,
    contract: Contract,
    accounts: Accounts,
    letterhead: Letterhead,
    group: Organisation,
    opinion: str,
    signatories: Sequence[tuple[Person, str, str]],
) -> dict[str, Any]:
    """The values of ``LiquidationPaper``."""
    balances = accounts.balances
    refunded = sum((refund.amount for refund in accounts.refunds), ZERO)
    received = balances.disbursed + balances.accounted + refunded
    return {
        "letterhead": letterhead,
        "number": number,
        "issued_at": instant(at),
        "contract_number": contract.number,
        "contract_day": day_of(contract.numbered_at),
        "plan_type": contract.plan_type.value,
        "plan_title": contract.data["plan_title"],
        "group": group,
        "fund": accounts.fund.name,
        "currency": contract.data["currency"],
        "contract_amount": show(contract.amount),
        "sides": [
            _side("fund", received, balances.accounted),
            _side("own", balances.own_total, balances.own_accounted),
        ],
        "lines": _executed_lines(contract, accounts),
        "reports": [_report(report, accounts.lines) for report in accounts.reports],
        "refunds": [_refund(refund) for refund in accounts.refunds],
        "refunded": show(refunded),
        "open": show(balances.disbursed),
        "opinion": opinion,
        "signatories": [
            {"name": person.name, "dni": person.dni, "role": role, "body": body} for person, role, body in signatories
        ],
    }


def _side(side: str, disbursed: Decimal, executed: Decimal) -> dict[str, str]:
    balance = disbursed - executed
    return {"side": side, "disbursed": show(disbursed), "executed": show(executed), "balance": show(balance)}


def _executed_lines(contract: Contract, accounts: Accounts) -> list[dict[str, str]]:
    """What was planned in money and spent, by budget line; a prize without a budget is one line."""
    planned = [
        (line.id, line.description, line.source, amount)
        for line, amount in zip(accounts.budget, fitted(accounts.budget, contract.amount), strict=True)
        if line.source != BudgetSource.COFUNDER and not line.in_kind
    ]
    rows = [_executed(accounts.lines, *each) for each in planned]
    if all(source != BudgetSource.FUND for _, _, source, _ in planned):
        rows.append(_executed(accounts.lines, None, contract.data["plan_title"], BudgetSource.FUND, contract.amount))
    return rows


def _executed(lines: Lines, line_id: UUID | None, description: str, source: BudgetSource, planned: Decimal) -> dict[str, str]:
    def spent(charged_to: ChargedTo) -> str:
        return show(_accepted(lines, lambda line: (line.budget_line_id, line.charged_to) == (line_id, charged_to)))

    return {
        "description": description,
        "fund_planned": show(planned if source == BudgetSource.FUND else ZERO),
        "fund_executed": spent(ChargedTo.FUND),
        "own_planned": show(planned if source == BudgetSource.OWN else ZERO),
        "own_executed": spent(ChargedTo.OWN),
    }


def _report(report: ExpenseReport, lines: Lines) -> dict[str, Any]:
    presented = sum((line.amount for line, _ in lines if line.report_id == report.id), ZERO)
    return {
        "serial": report.serial,
        "submitted_on": day_of(report.submitted_at),
        "presented": show(presented),
        "accepted": show(_accepted(lines, lambda line: line.report_id == report.id)),
    }


def _accepted(lines: Lines, wanted: Callable[[ExpenseLine], bool]) -> Decimal:
    return sum((decision.accepted for line, decision in lines if decision and wanted(line)), ZERO)


def _refund(refund: Refund) -> dict[str, str]:
    return {"bank_reference": refund.bank_reference, "on": day_of(refund.at), "amount": show(refund.amount)}
