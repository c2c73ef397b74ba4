"""Expense reports and their decisions, made through the use cases."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from service.accountability import usecases
from service.accountability.models import ChargedTo, ExpenseReport, ReceiptType
from service.accountability.shapes import DecisionIn, DecisionsIn, ExpenseLineIn, ReportIn
from service.applications.models import BudgetLine, BudgetSource
from service.applications.queries import budget_of
from service.contracts.models import Contract
from service.core import clock
from service.core.db import Session
from tests.cast import Cast
from tests.make.people import next_number, next_ruc


async def budget_by_source(session: Session, contract: Contract) -> dict[BudgetSource, BudgetLine]:
    """The first budget line of each source that is paid in money."""
    lines = await budget_of(session, contract.application_id)
    return {line.source: line for line in reversed(lines) if not line.in_kind}


async def receipt_in(
    session: Session, contract: Contract, amount: str, charged_to: ChargedTo = ChargedTo.FUND, **changes: Any
) -> ExpenseLineIn:
    """An invoice of today on the first budget line of that side; ``changes`` are fields of ``ExpenseLineIn``."""
    planned = (await budget_by_source(session, contract))[BudgetSource(charged_to.value)]
    given = ExpenseLineIn(
        budget_line_id=planned.id,
        description="Tubos y accesorios",
        receipt_type=ReceiptType.INVOICE,
        receipt_number=f"F001-{next_number()}",
        issuer=next_ruc(),
        issued_on=await clock.today(session),
        charged_to=charged_to,
        amount=Decimal(amount),
    )
    return ExpenseLineIn(**{**given.model_dump(), **changes})


async def submit(session: Session, cast: Cast, contract: Contract, *lines: ExpenseLineIn) -> ExpenseReport:
    """A report that the promoter hands in."""
    return await usecases.submit_report(session, cast.promoter, contract.id, ReportIn(lines=list(lines)))


def accept(lines: Sequence[ExpenseLineIn], *accepted: str) -> DecisionsIn:
    """Every line accepted whole, or as ``accepted`` says, with a reason where it is less."""
    amounts = [Decimal(each) for each in accepted] or [line.amount for line in lines]
    return DecisionsIn(
        decisions=[
            DecisionIn(position=n, accepted=amount, reason="" if amount == line.amount else "Sin sustento")
            for n, (line, amount) in enumerate(zip(lines, amounts, strict=True), start=1)
        ]
    )


async def account_for(
    session: Session, cast: Cast, contract: Contract, amount: str, charged_to: ChargedTo = ChargedTo.FUND
) -> ExpenseReport:
    """A decided report over one receipt of ``amount``, accepted whole by the administrator."""
    line = await receipt_in(session, contract, amount, charged_to)
    report = await submit(session, cast, contract, line)
    return await usecases.decide_report(session, cast.administrator, report.id, accept([line]))
