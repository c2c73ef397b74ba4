"""Refunds, liquidation, and what follows it."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from service.accountability import liquidation, queries, rules, usecases
from service.accountability.models import ChargedTo
from service.accountability.shapes import LiquidationIn, RefundIn
from service.contests.shapes import TermsIn
from service.contracts.models import Contract, ContractStatus
from service.contracts.usecases import suspend_contract, write_off_contract
from service.core import clock
from service.core.actor import MissingRole
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.core.machine import WrongState
from service.disbursements import usecases as disbursements
from service.disbursements.rules import (
    VoucherAlreadyUsed,
)
from service.disbursements.usecases import balances_of
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document
from service.funding.usecases import fund_balances
from service.ledger.usecases import balance
from tests.cast import Cast
from tests.make.accountability import account_for, approve, ask, make_paid, receipt_in, submit
from tests.make.contracts import REASON, make_contract_in_force
from tests.make.disbursements import deposit_own, pay, pay_first, request_first
from tests.make.people import next_number


def refund_in(amount: str, reference: str | None = None) -> RefundIn:
    """Money given back."""
    return RefundIn(amount=Decimal(amount), bank_reference=reference or f"DEV-{next_number()}")


async def test_refunds_go_back_to_the_fund(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    await account_for(session, cast, contract, "6000.04")
    available = (await fund_balances(session, contract.fund_id)).available
    for actor in (cast.promoter, cast.head, cast.treasurer):
        with pytest.raises(MissingRole):
            await usecases.record_refund(session, actor, contract.id, refund_in("1.00"))
    with pytest.raises(rules.RefundTooLarge) as refusal:
        await usecases.record_refund(session, cast.administrator, contract.id, refund_in("1000.01"))
    assert refusal.value.values == {"open": "1000.00"}
    await usecases.record_refund(session, cast.administrator, contract.id, refund_in("400.00", "DEV-A"))
    with pytest.raises(VoucherAlreadyUsed):
        await usecases.record_refund(session, cast.administrator, contract.id, refund_in("1.00", "DEV-A"))
    await usecases.record_refund(session, cast.administrator, contract.id, refund_in("600.00"))
    assert await balance(session, f"contract:{contract.id}:disbursed") == Decimal("0.00")
    assert (await fund_balances(session, contract.fund_id)).available == available + Decimal("1000.00")
    listed = await queries.list_refunds(session, cast.auditor, contract.id)
    assert [row.amount for row in listed] == [Decimal("400.00"), Decimal("600.00")]


async def make_accounted(session: Session, cast: Cast) -> Contract:
    """A contract paid at once, 9600.00 of its 10000.05 accounted for and 2000.00 of its own 2500.00."""
    terms = TermsIn(tranches=["1"], own_share_first="1/2")
    contract = await make_contract_in_force(session, cast, terms=terms)
    await deposit_own(session, cast, contract, "1250.00")
    await pay_first(session, cast, contract)
    await account_for(session, cast, contract, "9600.00")
    await account_for(session, cast, contract, "2000.00", ChargedTo.OWN)
    return contract


async def test_a_contract_is_liquidated_once_everything_adds_up(session: Session, cast: Cast) -> None:
    contract = await make_accounted(session, cast)
    with pytest.raises(rules.BalanceOpen) as refusal:
        await liquidation.liquidate_contract(session, cast.head, contract.id)
    assert refusal.value.values == {"open": "400.05"}
    await usecases.record_refund(session, cast.administrator, contract.id, refund_in("400.05", "DEV-9"))
    for actor in (cast.administrator, cast.secretary, cast.programme):
        with pytest.raises(MissingRole):
            await liquidation.liquidate_contract(session, actor, contract.id)
    made = await liquidation.liquidate_contract(session, cast.head, contract.id, LiquidationIn(opinion="Conforme."))
    assert contract.status == ContractStatus.LIQUIDATED
    today = await clock.today(session)
    assert made.number.endswith(f"-{today.year}-SICUANI")
    assert made.data_sha256 == sha256_hex(made.data)
    data = made.data
    assert data["sides"] == [
        {"side": "fund", "disbursed": "10000.05", "executed": "9600.00", "balance": "400.05"},
        {"side": "own", "disbursed": "2500.00", "executed": "2000.00", "balance": "500.00"},
    ]
    assert data["refunds"] == [{"bank_reference": "DEV-9", "on": today.isoformat(), "amount": "400.05"}]
    assert (data["refunded"], data["open"], data["opinion"]) == ("400.05", "0.00", "Conforme.")
    assert [tuple(line.values()) for line in data["lines"]] == [
        ("Motobombas", "6000.00", "9600.00", "0.00", "0.00"),
        ("Mangueras", "4000.05", "0.00", "0.00", "0.00"),
        ("Semillas", "0.00", "0.00", "2500.00", "2000.00"),
    ]
    assert [(line["serial"], line["presented"], line["accepted"]) for line in data["reports"]] == [
        (1, "9600.00", "9600.00"),
        (2, "2000.00", "2000.00"),
    ]
    paper = await latest_document(session, DocumentKind.LIQUIDATION, f"contract:{contract.id}")
    assert paper is not None
    assert paper.data == data
    assert (await queries.get_liquidation(session, cast.auditor, contract.id)).number == made.number
    with pytest.raises(WrongState):
        await liquidation.liquidate_contract(session, cast.head, contract.id)
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


async def test_a_liquidated_donation_is_completed_and_written_off(session: Session, cast: Cast) -> None:
    contract = await make_accounted(session, cast)
    await usecases.record_refund(session, cast.administrator, contract.id, refund_in("400.05"))
    with pytest.raises(WrongState):
        await liquidation.complete_donation(session, cast.head, contract.id)
    await liquidation.liquidate_contract(session, cast.head, contract.id)
    with pytest.raises(MissingRole):
        await liquidation.complete_donation(session, cast.administrator, contract.id)
    assert (await liquidation.complete_donation(session, cast.head, contract.id)).status == ContractStatus.COMPLETED
    written_off = await write_off_contract(session, cast.head, contract.id, REASON)
    assert written_off.status == ContractStatus.WRITTEN_OFF


async def test_nothing_is_left_open_at_liquidation(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    await request_first(session, cast, contract)
    with pytest.raises(rules.TrancheOpen) as tranche:
        await liquidation.liquidate_contract(session, cast.head, contract.id)
    assert tranche.value.values == {"number": 1}
    paid = await make_accounted(session, cast)
    await submit(session, cast, paid, await receipt_in(session, paid, "400.05"))
    with pytest.raises(rules.ReportsOpen) as report:
        await liquidation.liquidate_contract(session, cast.head, paid.id)
    assert report.value.values == {"serial": 3}
    await suspend_contract(session, cast.head, paid.id, REASON)
    with pytest.raises(WrongState):
        await liquidation.liquidate_contract(session, cast.head, paid.id)


async def test_the_whole_life_of_a_contract_in_two_tranches_adds_up(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast, "15333.33")
    await account_for(session, cast, contract, "7513.34")
    await approve(session, cast, await ask(session, cast, contract))
    await pay(session, cast, await disbursements.request_tranche(session, cast.head, contract.id, 2))
    await account_for(session, cast, contract, "7819.99")
    made = await liquidation.liquidate_contract(session, cast.head, contract.id)
    assert made.data["sides"][0] == {
        "side": "fund",
        "disbursed": "15333.33",
        "executed": "15333.33",
        "balance": "0.00",
    }
    held = await balances_of(session, contract.id)
    assert (held.committed, held.payable, held.disbursed, held.accounted) == (
        Decimal("0.00"),
        Decimal("0.00"),
        Decimal("0.00"),
        Decimal("15333.33"),
    )
    fund = await fund_balances(session, contract.fund_id)
    assert (fund.available, fund.reserved, fund.committed) == (Decimal("84666.67"), Decimal("0.00"), Decimal("15333.33"))
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
