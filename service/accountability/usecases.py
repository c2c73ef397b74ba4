"""Expense reports and the decisions on them, second requests, refunds. Liquidation has a file of its own."""

from decimal import Decimal
from uuid import UUID

from service.accountability import rules, store
from service.accountability.models import ChargedTo, ExpenseDecision, ExpenseLine, ExpenseReport, Refund, SecondRequest
from service.accountability.rules import ReportAction
from service.accountability.shapes import DecisionsIn, RefundIn, ReportIn, SecondRequestIn
from service.applications.queries import budget_of
from service.applications.usecases import file_second_request
from service.contests.terms import Terms, read_terms
from service.contracts.models import Contract
from service.contracts.usecases import contract_locked
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.machine import advance
from service.core.money import show
from service.disbursements.rules import (
    EarlierTrancheUnpaid,
    VoucherAlreadyUsed,
    require_gate,
    require_in_force,
    tranche_amounts,
)
from service.disbursements.usecases import ContractBalances, balances_of, paid_by_tranche
from service.ledger import usecases as ledger
from service.people.deputies import behind
from service.record import usecases as record


async def submit_report(session: Session, actor: Actor, contract_id: UUID, given: ReportIn) -> ExpenseReport:
    """Hand in a group's receipts; they wait for an officer's decision.

    Raises ``NotFound``, ``MissingRole``, ``NothingToAccountFor``, ``BudgetLineUnknown``, ``BudgetLineNotPaidSo``,
    ``IssuerUnknown``, ``ReceiptDateImpossible``, ``ReceiptAlreadyUsed``.
    """
    contract = await contract_locked(session, contract_id)
    actor.require(Act.SUBMIT_REPORT, contract.office_id)
    rules.require_accountable(contract.status)
    receipts = await _receipts(session, contract, given)
    report = ExpenseReport(
        contract_id=contract_id,
        serial=await store.next_serial(session, contract_id),
        note=given.note,
        submitted_by=actor.person_id,
        submitted_at=await clock.now(session),
    )
    session.add(report)
    await session.flush()
    for position, (line, (issuer, _, number)) in enumerate(zip(given.lines, receipts, strict=True), start=1):
        values = {**line.model_dump(), "issuer": issuer, "receipt_number": number}
        session.add(ExpenseLine(report_id=report.id, position=position, **values))
    await session.flush()
    payload = {"serial": report.serial, **given.model_dump(mode="json")}
    await record.append(session, actor, "report.submitted", f"report:{report.id}", payload)
    return report


async def decide_report(session: Session, actor: Actor, report_id: UUID, given: DecisionsIn) -> ExpenseReport:
    """Decide on every line of a report; what is accepted counts as accounted for from now on.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``SubmitterCannotDecide``, ``DecisionsIncomplete``, ``AcceptedTooMuch``,
    ``ReceiptReasonMissing``, ``AcceptedBeyondDisbursed``, ``AcceptedBeyondDeposited``.
    """
    contract = await contract_locked(session, (await store.fetch(session, ExpenseReport, report_id)).contract_id)
    report = await store.lock(session, ExpenseReport, report_id)
    actor.require(Act.DECIDE_REPORT, contract.office_id)
    decided = advance(rules.REPORT_LIFE, report.status, ReportAction.DECIDE)
    rules.require_another_officer(actor, await behind(session, [(report.submitted_by, report.submitted_at)]))
    lines = [line for line, _ in await store.lines_of(session, [report_id])]
    pairs = rules.decided_lines(lines, given.decisions)
    fund, own = rules.accepted_of(pairs, ChargedTo.FUND), rules.accepted_of(pairs, ChargedTo.OWN)
    balances = await balances_of(session, contract.id)
    rules.require_covered(fund, balances.disbursed, own, balances.own_deposited)
    report.status = decided
    at = await clock.now(session)
    for line, decision in pairs:
        values = decision.model_dump(include={"accepted", "reason"})
        session.add(ExpenseDecision(line_id=line.id, decided_by=actor.person_id, decided_at=at, **values))
    await session.flush()
    await _post_accepted(session, contract, report, fund, own)
    payload = {"accepted_fund": show(fund), "accepted_own": show(own), **given.model_dump(mode="json")}
    await record.append(session, actor, "report.decided", f"report:{report_id}", payload)
    return report


async def request_second_tranche(session: Session, actor: Actor, contract_id: UUID, given: SecondRequestIn) -> SecondRequest:
    """Ask for the second tranche: an application of request 2 over what is left, with the accounts as they stand.

    Raises ``NotFound``, ``MissingRole``, ``ContractNotInForce``, ``NothingLeftToRequest``, ``GateNotReached``,
    ``EarlierTrancheUnpaid``, and what ``file_second_request`` raises.
    """
    contract = await contract_locked(session, contract_id)
    actor.require(Act.REQUEST_SECOND_TRANCHE, contract.office_id)
    require_in_force(contract.status, contract.number)
    terms = read_terms(contract.terms)
    if len(terms.tranches) < 2:
        raise rules.NothingLeftToRequest
    first = tranche_amounts(contract.amount, terms)[0]
    balances = await balances_of(session, contract_id)
    require_gate(balances.accounted, first, terms.gate)
    if not (await paid_by_tranche(session, contract))[1]:
        raise EarlierTrancheUnpaid
    left = contract.amount - first
    snapshot = _snapshot(contract, terms, first, balances)
    application = await file_second_request(
        session, actor, given.contest_id, contract.application_id, given.code, left, snapshot
    )
    request = SecondRequest(
        application_id=application.id,
        contract_id=contract_id,
        opinion=given.opinion,
        requested_by=actor.person_id,
        requested_at=await clock.now(session),
    )
    session.add(request)
    await session.flush()
    payload = {"application_id": str(application.id), "requested": show(left), "opinion": given.opinion, **snapshot}
    await record.append(session, actor, "second_request.filed", f"contract:{contract_id}", payload)
    return request


async def record_refund(session: Session, actor: Actor, contract_id: UUID, given: RefundIn) -> Refund:
    """Record money that a group gave back, by the bank's voucher; it is the fund's again.

    Raises ``NotFound``, ``MissingRole``, ``NothingToAccountFor``, ``RefundTooLarge``, ``VoucherAlreadyUsed``.
    """
    contract = await contract_locked(session, contract_id)
    actor.require(Act.RECORD_REFUND, contract.office_id)
    rules.require_accountable(contract.status)
    rules.require_refundable(given.amount, (await balances_of(session, contract_id)).disbursed)
    at = await clock.now(session)
    refund = Refund(contract_id=contract_id, at=at, recorded_by=actor.person_id, **given.model_dump())
    used = VoucherAlreadyUsed("bank_reference", bank_reference=given.bank_reference)
    async with refusing(session, {"uq_refund_bank_reference": used}):
        session.add(refund)
    lines = ledger.move(f"contract:{contract_id}:disbursed", f"fund:{contract.fund_id}:available", given.amount)
    await ledger.post(session, f"refund:{refund.id}", f"Given back under {contract.number}", lines)
    await record.append(session, actor, "refund.recorded", f"contract:{contract_id}", given.model_dump(mode="json"))
    return refund


async def _receipts(session: Session, contract: Contract, given: ReportIn) -> list[store.Receipt]:
    """What each line's receipt is known by, once every line has been looked at."""
    budget = {line.id: line for line in await budget_of(session, contract.application_id)}
    earliest, latest = contract.numbered_at.astimezone(clock.PERU).date(), await clock.today(session)
    receipts = []
    for place, line in enumerate(given.lines):
        rules.require_line(line, f"lines.{place}", budget, earliest, latest)
        issuer = rules.issuer_of(line, f"lines.{place}")
        receipts.append((issuer, line.receipt_type, rules.receipt_number(line.receipt_number)))
    rules.require_receipts_once(receipts)
    rules.require_receipts_new(receipts, await store.used_receipts(session, receipts))
    return receipts


async def _post_accepted(session: Session, contract: Contract, report: ExpenseReport, fund: Decimal, own: Decimal) -> None:
    owner, lines = f"contract:{contract.id}", list[ledger.Line]()
    if fund:
        lines += ledger.move(f"{owner}:disbursed", f"{owner}:accounted", fund)
    if own:
        lines += ledger.move(f"{owner}:own_deposited", f"{owner}:own_accounted", own)
    if lines:
        await ledger.post(session, f"report:{report.id}:decided", f"Report {report.serial} of {contract.number}", lines)


def _snapshot(contract: Contract, terms: Terms, first: Decimal, balances: ContractBalances) -> dict[str, object]:
    """The accounts that a second request rests on: amounts as texts, the gate as the fraction of the first tranche."""
    return {
        "contract": contract.number,
        "amount": show(contract.amount),
        "first_tranche": show(first),
        "gate": str(terms.gate),
        "accounted": show(balances.accounted),
        "disbursed": show(balances.disbursed + balances.accounted),
        "own_deposited": show(balances.own_total),
        "own_accounted": show(balances.own_accounted),
    }
