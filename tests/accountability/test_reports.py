"""Expense reports: what enters, who decides, what it does to the ledger."""

from datetime import timedelta
from decimal import Decimal

import pytest

from service.accountability import queries, rules, usecases
from service.accountability.models import ChargedTo, ReceiptType, ReportStatus
from service.accountability.shapes import DecisionIn, DecisionsIn, ReportIn
from service.applications.models import BudgetSource
from service.contracts.usecases import suspend_contract
from service.core import clock
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.machine import WrongState
from service.disbursements.usecases import ContractBalances, balances_of
from tests.cast import Cast
from tests.make.accountability import accept, budget_by_source, make_paid, receipt_in, submit
from tests.make.contracts import REASON, make_contract
from tests.make.disbursements import with_roles
from tests.make.people import make_actor
from tests.traces import acts_on, payload_of, refused_by_database


def standing(**amounts: str) -> ContractBalances:
    """Balances of a contract that is ``make_paid``, with other ``amounts``."""
    usual = {"committed": "0.00", "payable": "3000.01", "disbursed": "7000.04", "accounted": "0.00"}
    own = {"own_deposited": "1250.00", "own_accounted": "0.00"}
    return ContractBalances(**{name: Decimal(amount) for name, amount in (usual | own | amounts).items()})


async def test_accepted_receipts_are_accounted_for_on_their_side(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    assert await balances_of(session, contract.id) == standing()
    lines = [
        await receipt_in(session, contract, "4900.00"),
        await receipt_in(session, contract, "150.00"),
        await receipt_in(session, contract, "900.50", ChargedTo.OWN),
    ]
    report = await submit(session, cast, contract, *lines)
    assert (report.serial, report.status) == (1, ReportStatus.SUBMITTED)
    assert await balances_of(session, contract.id) == standing()
    decided = await usecases.decide_report(session, cast.administrator, report.id, accept(lines, "4900.00", "0.02", "900.50"))
    assert decided.status == ReportStatus.DECIDED
    assert await balances_of(session, contract.id) == standing(
        disbursed="2100.02", accounted="4900.02", own_deposited="349.50", own_accounted="900.50"
    )
    subject = f"report:{report.id}"
    assert await acts_on(session, subject) == [
        ("report.submitted", cast.promoter.person_id),
        ("report.decided", cast.administrator.person_id),
    ]
    payload = await payload_of(session, "report.decided", subject)
    assert (payload["accepted_fund"], payload["accepted_own"]) == ("4900.02", "900.50")
    view = await queries.get_report(session, cast.auditor, report.id)
    assert [(line.amount, decision.accepted, decision.reason) for line, decision in view.lines if decision] == [
        (Decimal("4900.00"), Decimal("4900.00"), ""),
        (Decimal("150.00"), Decimal("0.02"), "Sin sustento"),
        (Decimal("900.50"), Decimal("900.50"), ""),
    ]


async def test_an_observed_report_moves_nothing(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    line = await receipt_in(session, contract, "100.00")
    report = await submit(session, cast, contract, line)
    await usecases.decide_report(session, cast.head, report.id, accept([line], "0.00"))
    assert await balances_of(session, contract.id) == standing()
    with pytest.raises(WrongState):
        await usecases.decide_report(session, cast.head, report.id, accept([line]))


async def test_a_receipt_enters_once_in_the_whole_programme(session: Session, cast: Cast) -> None:
    contract, other = await make_paid(session, cast), await make_paid(session, cast)
    line = await receipt_in(session, contract, "100.00", receipt_number="F001-00000123")
    await submit(session, cast, contract, line)
    twice = (await receipt_in(session, other, "100.00")).model_copy(
        update={"issuer": line.issuer, "receipt_number": "f001 - 123"}
    )
    with pytest.raises(rules.ReceiptAlreadyUsed) as refusal:
        await submit(session, cast, other, await receipt_in(session, other, "5.00"), twice)
    assert (refusal.value.field, refusal.value.values) == (
        "lines.1.receipt_number",
        {"issuer": line.issuer, "receipt_number": "F001-123"},
    )
    await submit(session, cast, other, twice.model_copy(update={"receipt_type": ReceiptType.SALES_RECEIPT}))
    columns = "report_id, budget_line_id, description, receipt_type, receipt_number, issuer, issued_on, charged_to, amount"
    copy = (
        f"INSERT INTO expense_line (id, position, {columns}) SELECT gen_random_uuid(), 99, {columns} "
        "FROM expense_line WHERE issuer = :issuer AND receipt_type = 'invoice'"
    )
    assert "uq_expense_line_issuer_receipt_type_receipt_number" in await refused_by_database(session, copy, issuer=line.issuer)


async def test_receipts_are_of_the_plan_and_of_its_time(session: Session, cast: Cast) -> None:
    contract, other = await make_paid(session, cast), await make_contract(session, cast)
    foreign = (await budget_by_source(session, other))[BudgetSource.FUND].id
    own = (await budget_by_source(session, contract))[BudgetSource.OWN].id
    today = await clock.today(session)
    for changes, refusal in (
        ({"budget_line_id": foreign}, rules.BudgetLineUnknown),
        ({"budget_line_id": None}, rules.BudgetLineUnknown),
        ({"budget_line_id": own}, rules.BudgetLineNotPaidSo),
        ({"issued_on": today + timedelta(days=1)}, rules.ReceiptDateImpossible),
        ({"issued_on": today - timedelta(days=1)}, rules.ReceiptDateImpossible),
        ({"issuer": "20131312954"}, rules.IssuerUnknown),
        ({"issuer": "40000001"}, rules.IssuerUnknown),
    ):
        line = await receipt_in(session, contract, "10.00", **changes)
        with pytest.raises(refusal):
            await submit(session, cast, contract, line)
    affidavit = await receipt_in(session, contract, "10.00", issuer="40000001", receipt_type=ReceiptType.AFFIDAVIT)
    assert (await submit(session, cast, contract, affidavit)).serial == 1


async def test_expenses_are_reported_while_money_is_spent(session: Session, cast: Cast) -> None:
    numbered = await make_contract(session, cast)
    line = await receipt_in(session, numbered, "10.00")
    with pytest.raises(rules.NothingToAccountFor):
        await submit(session, cast, numbered, line)
    contract = await make_paid(session, cast)
    await suspend_contract(session, cast.head, contract.id, REASON)
    assert (await submit(session, cast, contract, await receipt_in(session, contract, "10.00"))).serial == 1


async def test_the_promoter_hands_in_and_another_officer_decides(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    line = await receipt_in(session, contract, "10.00")
    for actor in (cast.administrator, cast.treasurer, await make_actor(session, cast)):
        with pytest.raises(MissingRole):
            await usecases.submit_report(session, actor, contract.id, ReportIn(lines=[line]))
    report = await submit(session, cast, contract, line)
    with pytest.raises(MissingRole):
        await usecases.decide_report(session, cast.promoter, report.id, accept([line]))
    with pytest.raises(rules.SubmitterCannotDecide):
        await usecases.decide_report(session, with_roles(cast, cast.promoter, Role.ADMINISTRATOR), report.id, accept([line]))
    decide = (
        "INSERT INTO expense_decision (line_id, accepted, reason, decided_by, decided_at) "
        "SELECT l.id, l.amount, '', r.submitted_by, now() FROM expense_line l JOIN expense_report r ON r.id = l.report_id "
        "WHERE r.id = :id"
    )
    another = "another officer decides on a receipt, and accepts no more than it says"
    assert another in await refused_by_database(session, decide, id=report.id)
    more = decide.replace("l.amount", "l.amount + 0.01").replace("r.submitted_by", f"'{cast.administrator.person_id}'")
    assert another in await refused_by_database(session, more, id=report.id)


async def test_decisions_fit_the_report(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    lines = [await receipt_in(session, contract, "10.00"), await receipt_in(session, contract, "20.00")]
    report = await submit(session, cast, contract, *lines)
    first = DecisionIn(position=1, accepted=Decimal("10.00"))
    for second, refusal in (
        (None, rules.DecisionsIncomplete),
        (DecisionIn(position=2, accepted=Decimal("20.01")), rules.AcceptedTooMuch),
        (DecisionIn(position=2, accepted=Decimal("19.99")), rules.ReceiptReasonMissing),
    ):
        given = DecisionsIn(decisions=[first, *([second] if second else [])])
        with pytest.raises(refusal):
            await usecases.decide_report(session, cast.administrator, report.id, given)
    assert await balances_of(session, contract.id) == standing()


async def test_no_more_is_accepted_than_was_received(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    line = await receipt_in(session, contract, "7000.05")
    report = await submit(session, cast, contract, line)
    with pytest.raises(rules.AcceptedBeyondDisbursed) as fund:
        await usecases.decide_report(session, cast.administrator, report.id, accept([line]))
    assert fund.value.values == {"accepted": "7000.05", "open": "7000.04"}
    await usecases.decide_report(session, cast.administrator, report.id, accept([line], "7000.04"))
    mine = await receipt_in(session, contract, "1250.01", ChargedTo.OWN)
    own = await submit(session, cast, contract, mine)
    with pytest.raises(rules.AcceptedBeyondDeposited) as deposits:
        await usecases.decide_report(session, cast.administrator, own.id, accept([mine]))
    assert deposits.value.values == {"accepted": "1250.01", "open": "1250.00"}
    assert await balances_of(session, contract.id) == standing(disbursed="0.00", accounted="7000.04")


async def test_the_office_reads_its_reports(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    reports = [await submit(session, cast, contract, await receipt_in(session, contract, "10.00")) for _ in range(2)]
    listed = await queries.list_reports(session, cast.secretary, contract.id)
    assert [(view.report.id, view.report.serial, len(view.lines)) for view in listed] == [
        (reports[0].id, 1, 1),
        (reports[1].id, 2, 1),
    ]
    stranger = await make_actor(session, cast)
    with pytest.raises(MissingRole):
        await queries.list_reports(session, stranger, contract.id)
    with pytest.raises(MissingRole):
        await queries.get_report(session, stranger, reports[0].id)
