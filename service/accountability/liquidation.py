"""Closing a contract's accounts: liquidation, and the completion of the donation."""

from collections.abc import Sequence
from uuid import UUID

from service.accountability import rules, store
from service.accountability.models import Liquidation
from service.accountability.paper import Accounts, liquidation_data
from service.accountability.shapes import LiquidationIn
from service.applications.queries import budget_of
from service.contracts.models import Contract
from service.contracts.rules import TRANSITIONS, ContractAction
from service.contracts.usecases import advance_contract, contract_locked, return_unpaid
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.core.machine import advance
from service.core.series import next_number, written
from service.disbursements.usecases import balances_of, paid_by_tranche
from service.documents.models import DocumentKind
from service.documents.papers import check
from service.documents.usecases import request_document
from service.funding.models import Fund
from service.people.group_rules import signing_seats
from service.people.group_usecases import board_on, get_group
from service.people.groups import Group
from service.people.letterheads import letterhead, organisation
from service.people.models import Person
from service.record import usecases as record

NOTHING_SAID = LiquidationIn()


async def liquidate_contract(
    session: Session, actor: Actor, contract_id: UUID, given: LiquidationIn = NOTHING_SAID
) -> Liquidation:
    """State what was paid, spent and given back on both sides, and close the contract's accounts.

    What the committee did not award of the last tranche falls back to the fund. Raises ``NotFound``, ``MissingRole``,
    ``WrongState``, ``TrancheOpen``, ``ReportsOpen``, ``BalanceOpen``.
    """
    contract = await contract_locked(session, contract_id)
    actor.require(Act.LIQUIDATE_CONTRACT, contract.office_id)
    advance(TRANSITIONS, contract.status, ContractAction.REPORT)
    rules.require_all_paid(await paid_by_tranche(session, contract))
    rules.require_reports_decided(await store.reports_of(session, contract_id))
    rules.require_settled((await balances_of(session, contract_id)).disbursed)
    await return_unpaid(session, contract, "liquidated")
    liquidation = await _liquidation(session, actor, contract, given)
    session.add(liquidation)
    await session.flush()
    await request_document(session, DocumentKind.LIQUIDATION, f"contract:{contract_id}", liquidation.data)
    await advance_contract(session, actor, contract_id, ContractAction.REPORT)
    await advance_contract(session, actor, contract_id, ContractAction.LIQUIDATE)
    payload = {"number": liquidation.number, "data_sha256": liquidation.data_sha256}
    await record.append(session, actor, "liquidation.made", f"contract:{contract_id}", payload)
    return liquidation


async def complete_donation(session: Session, actor: Actor, contract_id: UUID) -> Contract:
    """Declare that the charge is fulfilled, so that the donation is complete. Raises ``NotFound``, ``MissingRole``, ``WrongState``."""
    contract = await contract_locked(session, contract_id)
    actor.require(Act.COMPLETE_DONATION, contract.office_id)
    return await advance_contract(session, actor, contract_id, ContractAction.COMPLETE)


async def _liquidation(session: Session, actor: Actor, contract: Contract, given: LiquidationIn) -> Liquidation:
    at = await clock.now(session)
    heading = await letterhead(session, contract.office_id)
    code, year = heading["office_code"], at.astimezone(clock.PERU).year
    number = f"{written(await next_number(session, f'liquidation:{code}:{year}'))}-{year}-{code}"
    group = await get_group(session, actor, contract.group_id)
    signatories = await _signatories(session, actor, group, heading["office"])
    accounts = await _accounts(session, contract)
    paper = liquidation_data(
        number, at, contract, accounts, heading, await organisation(session, group), given.opinion, signatories
    )
    data = check(DocumentKind.LIQUIDATION, paper)
    return Liquidation(
        contract_id=contract.id,
        number=number,
        data=data,
        data_sha256=sha256_hex(data),
        at=at,
        liquidated_by=actor.person_id,
    )


async def _accounts(session: Session, contract: Contract) -> Accounts:
    reports = await store.reports_of(session, contract.id)
    return Accounts(
        fund=await store.fetch(session, Fund, contract.fund_id),
        balances=await balances_of(session, contract.id),
        budget=await budget_of(session, contract.application_id),
        reports=reports,
        lines=await store.lines_of(session, [report.id for report in reports]),
        refunds=await store.refunds_of(session, contract.id),
    )


async def _signatories(session: Session, actor: Actor, group: Group, office: str) -> Sequence[tuple[Person, str, str]]:
    """Who signs the closing account, as what, for whom: the office head, and the group's board as far as it has mandates today."""
    head = await store.fetch(session, Person, actor.person_id)
    board = await board_on(session, group.id, await clock.today(session))
    seats = signing_seats(group.kind)
    members = [(person, mandate.role.value, group.name) for mandate, person in board if mandate.role in seats]
    return [(head, "office_head", office), *members]
