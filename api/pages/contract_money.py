"""The money of a contract: own share, payments, refunds, the second request, and where it all stands."""

from uuid import UUID

from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, Link, State, Table, Word
from service.accountability import usecases as accounting
from service.accountability.queries import list_refunds, list_second_requests
from service.accountability.rules import ACCOUNTABLE
from service.accountability.shapes import RefundIn, SecondRequestIn
from service.applications.models import ApplicationStatus
from service.applications.queries import get_application
from service.contests.models import ContestStatus
from service.contests.usecases import list_contests
from service.contracts.models import ContractStatus
from service.contracts.queries import ContractView
from service.core.actor import Actor
from service.core.acts import Act, Phase
from service.core.db import Session
from service.core.errors import NotFound
from service.disbursements import usecases as payments
from service.disbursements.models import PaymentRequest
from service.disbursements.queries import TrancheView, contract_balances, list_own_deposits, list_tranches
from service.disbursements.rules import DEPOSITABLE
from service.disbursements.shapes import OwnDepositIn

BALANCES = {
    "committed": "Committed, not in force yet",
    "payable": "To be paid",
    "disbursed": "Paid, to be accounted for",
    "accounted": "Accounted for",
    "own_deposited": "Own share deposited, to be accounted for",
    "own_accounted": "Own share accounted for",
}


REFUSED = (
    ApplicationStatus.NOT_APPROVED,
    ApplicationStatus.DISQUALIFIED,
    ApplicationStatus.DEFERRED,
    ApplicationStatus.INELIGIBLE,
    ApplicationStatus.WITHDRAWN,
)
"""How a second request ends that may be repeated."""


async def money_tables(session: Session, who: Actor, contract: ContractView, typed: Typed | None) -> list[Table]:
    """What a contract's page shows of its money, with the forms of those who handle it."""
    held = await contract_balances(session, who, contract.id)
    return [
        Table(
            "Where the money stands", ["What", "Amount"], [[Word(text), getattr(held, name)] for name, text in BALANCES.items()]
        ),
        await _own_deposits(session, who, contract, typed),
        await _tranches(session, who, contract, typed),
        await _second_requests(session, who, contract, typed),
        await _refunds(session, who, contract, typed),
    ]


async def _own_deposits(session: Session, who: Actor, contract: ContractView, typed: Typed | None) -> Table:
    rows = await list_own_deposits(session, who, contract.id)
    may = who.may(Act.RECORD_OWN_DEPOSIT, contract.office_id) and contract.status in DEPOSITABLE
    enter = form(f"/contracts/{contract.id}/own-deposits", "Enter a deposit of the own share", OwnDepositIn, typed=typed)
    return Table(
        "Deposits of the own share",
        ["When", "Number of the bank's voucher", "Amount"],
        [[row.at, row.bank_reference, row.amount] for row in rows],
        acts=[enter] if may else (),
    )


async def _tranches(session: Session, who: Actor, contract: ContractView, typed: Typed | None) -> Table:
    tranches = await list_tranches(session, who, contract.id)
    acts: list[Form] = []
    due = next((tranche for tranche in tranches if tranche.request is None), None)
    if due and contract.status == ContractStatus.IN_FORCE and who.may(Act.REQUEST_PAYMENT, contract.office_id):
        explain = (
            "The first payment opens once the group has deposited its part of the own share."
            if due.number == 1
            else "The next payment opens once enough of the first is accounted for and the committee has approved the second request."
        )
        acts.append(
            form(f"/contracts/{contract.id}/tranches/{due.number}", "Request the next payment", typed=typed, explain=explain)
        )
    return Table("Payments", ["Tranche", "Amount", "Request", "State"], [_tranche(row) for row in tranches], acts=acts)


def _tranche(row: TrancheView) -> list[Cell]:
    request = row.request
    link = Link("See the payment", f"/payments/{request.id}", translate=True) if request else None
    state = "paid" if row.paid else request.status.value if request else None
    return [row.number, row.amount, link, State(state) if state else None]


async def _second_requests(session: Session, who: Actor, contract: ContractView, typed: Typed | None) -> Table:
    rows: list[list[Cell]] = []
    over = True
    for row in await list_second_requests(session, who, contract.id):
        application = await get_application(session, who, row.application_id)
        link = Link(application.code, f"/applications/{application.id}")
        rows.append([link, application.requested, row.opinion, row.requested_at, State(application.status.value)])
        over = over and application.status in REFUSED
    may = who.may(Act.REQUEST_SECOND_TRANCHE, contract.office_id) and contract.status == ContractStatus.IN_FORCE
    asks = may and over and len(contract.data["tranches"]) > 1
    return Table(
        "Second requests",
        ["Application", "Amount requested", "Opinion of the office", "Filed", "State"],
        rows,
        acts=[await _ask_again(session, who, contract, typed)] if asks else (),
    )


async def _ask_again(session: Session, who: Actor, contract: ContractView, typed: Typed | None) -> Form:
    """The form for a second request, with the contests where it can be heard now."""
    contests = [
        (str(entry.contest.id), f"{entry.contest.code} · {entry.contest.title}")
        for entry in await list_contests(session, who, contract.office_id)
        if entry.contest.request_number == 2
        and entry.contest.plan_type == contract.plan_type
        and entry.contest.status == ContestStatus.PUBLISHED
        and entry.phase == Phase.OPEN
    ]
    first = await get_application(session, who, contract.application_id)
    return form(
        f"/contracts/{contract.id}/second-requests",
        "File the second request",
        SecondRequestIn,
        choices={"contest_id": contests},
        values={"code": f"{first.code}-2", "contest_id": contests[0][0] if len(contests) == 1 else ""},
        typed=typed,
        explain="It is heard in a contest for second requests while that is open for filing.",
    )


async def _refunds(session: Session, who: Actor, contract: ContractView, typed: Typed | None) -> Table:
    rows = await list_refunds(session, who, contract.id)
    may = who.may(Act.RECORD_REFUND, contract.office_id) and contract.status in ACCOUNTABLE
    enter = form(f"/contracts/{contract.id}/refunds", "Enter money given back", RefundIn, typed=typed)
    return Table(
        "Money given back",
        ["When", "Number of the bank's voucher", "Amount"],
        [[row.at, row.bank_reference, row.amount] for row in rows],
        acts=[enter] if may else (),
    )


async def request_tranche(session: Session, who: Actor, contract_id: UUID, number: str) -> PaymentRequest:
    """Request the tranche that the address names. Raises ``NotFound`` on what is no number."""
    if not (number.isascii() and number.isdecimal() and len(number) < 4):
        raise NotFound
    return await payments.request_tranche(session, who, contract_id, int(number))


record_own_deposit = payments.record_own_deposit
record_refund = accounting.record_refund
file_second_request = accounting.request_second_tranche
