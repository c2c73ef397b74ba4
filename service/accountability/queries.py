"""Reading accounts: for whoever has a role in the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from service.accountability import store
from service.accountability.models import ExpenseDecision, ExpenseLine, ExpenseReport, Liquidation, Refund, SecondRequest
from service.contracts.models import Contract, ContractStatus
from service.contracts.queries import contracts_of_group
from service.contracts.usecases import contract_of
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.ledger import usecases as ledger
from service.people.group_usecases import get_group


@dataclass(frozen=True)
class ReportView:
    """A report with its lines and what was decided on each."""

    report: ExpenseReport
    lines: tuple[tuple[ExpenseLine, ExpenseDecision | None], ...]


@dataclass(frozen=True)
class Standing:
    """How a group stands with a contract: what is still to be paid to it, and what it received and has not accounted for. In soles."""

    contract_id: UUID
    office_id: UUID
    number: str
    amount: Decimal
    unpaid: Decimal
    unaccounted: Decimal
    status: ContractStatus


async def get_report(session: Session, actor: Actor, report_id: UUID) -> ReportView:
    """An expense report. Raises ``NotFound``, ``MissingRole``."""
    report = await store.fetch(session, ExpenseReport, report_id)
    await _readable(session, actor, report.contract_id)
    return ReportView(report, tuple(await store.lines_of(session, [report_id])))


async def list_reports(session: Session, actor: Actor, contract_id: UUID) -> list[ReportView]:
    """The reports of a contract, by number. Raises ``NotFound``, ``MissingRole``."""
    await _readable(session, actor, contract_id)
    reports = await store.reports_of(session, contract_id)
    lines = await store.lines_of(session, [report.id for report in reports])
    return [ReportView(report, tuple(pair for pair in lines if pair[0].report_id == report.id)) for report in reports]


async def list_refunds(session: Session, actor: Actor, contract_id: UUID) -> Sequence[Refund]:
    """What was given back under a contract, in the order it was recorded. Raises ``NotFound``, ``MissingRole``."""
    await _readable(session, actor, contract_id)
    return await store.refunds_of(session, contract_id)


async def list_second_requests(session: Session, actor: Actor, contract_id: UUID) -> Sequence[SecondRequest]:
    """The second requests of a contract, in the order they were filed. Raises ``NotFound``, ``MissingRole``."""
    await _readable(session, actor, contract_id)
    return await store.second_requests_of(session, contract_id)


async def get_liquidation(session: Session, actor: Actor, contract_id: UUID) -> Liquidation:
    """The closing account of a contract. Raises ``NotFound`` (also where it is not liquidated), ``MissingRole``."""
    await _readable(session, actor, contract_id)
    found = await store.liquidation_of(session, contract_id)
    if found is None:
        raise NotFound
    return found


async def list_standings(session: Session, actor: Actor, group_id: UUID) -> list[Standing]:
    """How a group stands with every contract it ever signed, in whatever office, the newest first.

    For whoever holds a role in any office: a debt counts at eligibility wherever it was made. Raises ``NotFound``, ``MissingRole``.
    """
    actor.require_somewhere(Act.READ_OFFICE)
    await get_group(session, actor, group_id)
    contracts = await contracts_of_group(session, group_id)
    held = await ledger.balances(
        session, [f"contract:{each.id}:{purpose}" for each in contracts for purpose in ("payable", "disbursed")]
    )
    return [
        Standing(
            contract_id=each.id,
            office_id=each.office_id,
            number=each.number,
            amount=each.amount,
            unpaid=held[f"contract:{each.id}:payable"],
            unaccounted=held[f"contract:{each.id}:disbursed"],
            status=each.status,
        )
        for each in contracts
    ]


async def _readable(session: Session, actor: Actor, contract_id: UUID) -> Contract:
    contract = await contract_of(session, contract_id)
    actor.require(Act.READ_OFFICE, contract.office_id)
    return contract
