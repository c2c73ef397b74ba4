"""Accounts: expense reports, second requests, refunds, liquidation."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from api.deps import Who, Work, new_router
from api.routes.answers import Out
from service.accountability import liquidation, queries, usecases
from service.accountability.models import ChargedTo, ExpenseDecision, ExpenseLine, ReceiptType, ReportStatus
from service.accountability.shapes import DecisionsIn, LiquidationIn, RefundIn, ReportIn, SecondRequestIn
from service.contracts.models import ContractStatus
from service.core.money import Money

router = new_router("accountability")


class ReportRowOut(Out):
    """An expense report."""

    id: UUID
    contract_id: UUID
    serial: int
    note: str
    submitted_by: UUID
    submitted_at: datetime
    status: ReportStatus


class LineOut(Out):
    """A receipt, and what was accepted of it once that is decided."""

    position: int
    budget_line_id: UUID | None
    description: str
    receipt_type: ReceiptType
    receipt_number: str
    issuer: str
    issued_on: date
    charged_to: ChargedTo
    amount: Money
    accepted: Money | None = None
    reason: str | None = None


class StandingOut(Out):
    """A contract of a group with the money still to be paid, and the money not yet accounted for."""

    contract_id: UUID
    office_id: UUID
    number: str
    amount: Money
    unpaid: Money
    unaccounted: Money
    status: ContractStatus


class ReportOut(ReportRowOut):
    """An expense report with its lines."""

    lines: list[LineOut]


class SecondRequestOut(Out):
    """An application for the second tranche of a contract."""

    application_id: UUID
    contract_id: UUID
    opinion: str
    requested_by: UUID
    requested_at: datetime


class RefundOut(Out):
    """Money that a group gave back."""

    id: UUID
    contract_id: UUID
    amount: Money
    bank_reference: str
    at: datetime


class LiquidationOut(Out):
    """The closing account of a contract, as its paper prints it."""

    contract_id: UUID
    number: str
    data: dict[str, Any]
    data_sha256: str
    at: datetime


class StatusOut(Out):
    """A contract after an act that moved it on."""

    id: UUID
    number: str
    status: ContractStatus


@router.post("/contracts/{contract_id}/reports", status_code=201)
async def submit_report(session: Work, who: Who, contract_id: UUID, given: ReportIn) -> ReportRowOut:
    """Hand in a group's receipts."""
    return ReportRowOut.of(await usecases.submit_report(session, who, contract_id, given))


@router.get("/groups/{group_id}/standing")
async def list_standings(session: Work, who: Who, group_id: UUID) -> list[StandingOut]:
    """How a group stands with each of its contracts, the newest first: what decides on eligibility looks at it."""
    return [StandingOut.of(each) for each in await queries.list_standings(session, who, group_id)]


@router.get("/contracts/{contract_id}/reports")
async def list_reports(session: Work, who: Who, contract_id: UUID) -> list[ReportRowOut]:
    """The reports of a contract, by number."""
    return [ReportRowOut.of(view.report) for view in await queries.list_reports(session, who, contract_id)]


@router.get("/reports/{report_id}")
async def get_report(session: Work, who: Who, report_id: UUID) -> ReportOut:
    """A report with its lines and what was decided on each."""
    view = await queries.get_report(session, who, report_id)
    head = ReportRowOut.of(view.report).model_dump()
    return ReportOut(**head, lines=[_line(line, decision) for line, decision in view.lines])


def _line(line: ExpenseLine, decision: ExpenseDecision | None) -> LineOut:
    decided = {"accepted": decision.accepted, "reason": decision.reason} if decision else {}
    return LineOut.of(line).model_copy(update=decided)


@router.post("/reports/{report_id}/decision", status_code=201)
async def decide_report(session: Work, who: Who, report_id: UUID, given: DecisionsIn) -> ReportRowOut:
    """Decide on every line of a report."""
    return ReportRowOut.of(await usecases.decide_report(session, who, report_id, given))


@router.post("/contracts/{contract_id}/second-requests", status_code=201)
async def request_second_tranche(session: Work, who: Who, contract_id: UUID, given: SecondRequestIn) -> SecondRequestOut:
    """Ask the committee for the second tranche."""
    return SecondRequestOut.of(await usecases.request_second_tranche(session, who, contract_id, given))


@router.get("/contracts/{contract_id}/second-requests")
async def list_second_requests(session: Work, who: Who, contract_id: UUID) -> list[SecondRequestOut]:
    """The second requests of a contract, in the order they were filed."""
    return [SecondRequestOut.of(row) for row in await queries.list_second_requests(session, who, contract_id)]


@router.post("/contracts/{contract_id}/refunds", status_code=201)
async def record_refund(session: Work, who: Who, contract_id: UUID, given: RefundIn) -> RefundOut:
    """Record money that a group gave back."""
    return RefundOut.of(await usecases.record_refund(session, who, contract_id, given))


@router.get("/contracts/{contract_id}/refunds")
async def list_refunds(session: Work, who: Who, contract_id: UUID) -> list[RefundOut]:
    """What was given back under a contract."""
    return [RefundOut.of(row) for row in await queries.list_refunds(session, who, contract_id)]


@router.post("/contracts/{contract_id}/liquidation", status_code=201)
async def liquidate_contract(session: Work, who: Who, contract_id: UUID, given: LiquidationIn) -> LiquidationOut:
    """Close a contract's accounts."""
    return LiquidationOut.of(await liquidation.liquidate_contract(session, who, contract_id, given))


@router.get("/contracts/{contract_id}/liquidation")
async def get_liquidation(session: Work, who: Who, contract_id: UUID) -> LiquidationOut:
    """The closing account of a contract."""
    return LiquidationOut.of(await queries.get_liquidation(session, who, contract_id))


@router.post("/contracts/{contract_id}/completion", status_code=201)
async def complete_donation(session: Work, who: Who, contract_id: UUID) -> StatusOut:
    """Declare that the charge is fulfilled, so that the donation is complete."""
    return StatusOut.of(await liquidation.complete_donation(session, who, contract_id))
