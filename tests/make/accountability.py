"""Expense reports, decisions on them and second requests, made through the use cases."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from service.accountability import usecases
from service.accountability.models import ChargedTo, ExpenseReport, ReceiptType, SecondRequest
from service.accountability.shapes import DecisionIn, DecisionsIn, ExpenseLineIn, ReportIn, SecondRequestIn
from service.applications.models import BudgetLine, BudgetSource
from service.applications.queries import budget_of, get_application
from service.contests.models import Contest
from service.contracts.models import Contract
from service.core import clock
from service.core.db import Session
from service.deliberation.usecases import award_of
from tests.cast import Cast
from tests.make.contests import make_contest
from tests.make.contracts import make_contract_in_force, money_budget
from tests.make.deliberation import sign_contest
from tests.make.disbursements import pay_first
from tests.make.people import next_number, next_ruc

OPINION = "Avance conforme a la visita; se recomienda."


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


def second_in(contest: Contest) -> SecondRequestIn:
    """A second request with the office's opinion."""
    return SecondRequestIn(contest_id=contest.id, code=f"S{next_number()}", opinion=OPINION)


async def make_paid(session: Session, cast: Cast, requested: str = "10000.05") -> Contract:
    """A contract whose first tranche is paid."""
    contract = await make_contract_in_force(session, cast, money_budget(requested))
    await pay_first(session, cast, contract)
    return contract


async def ask(session: Session, cast: Cast, contract: Contract, contest: Contest | None = None) -> SecondRequest:
    """The request for the second tranche, to a new contest unless told."""
    contest = contest or await make_contest(session, cast, "pdn-second")
    return await usecases.request_second_tranche(session, cast.head, contract.id, second_in(contest))


async def approve(session: Session, cast: Cast, request: SecondRequest) -> None:
    """Let a session of the committee approve a second request."""
    application = await get_application(session, cast.secretary, request.application_id)
    contest = await session.get(Contest, application.contest_id)
    assert contest is not None
    await sign_contest(session, cast, contest, application)
    assert await award_of(session, application.id) is not None
