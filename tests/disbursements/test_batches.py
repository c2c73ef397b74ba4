"""Batches and their release: with the ledger after each step."""

import hashlib
from datetime import timedelta
from decimal import Decimal

import pytest

from service.contracts.usecases import resume_contract, suspend_contract
from service.core import clock
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.machine import WrongState
from service.disbursements import bank_usecases, order_rules, pain001, queries, rules
from service.disbursements.models import BatchStatus, OrderStatus
from service.disbursements.shapes import BatchIn, ReasonIn
from service.documents.usecases import get_file
from service.people.account_usecases import confirmed_account
from service.people.identifiers import mask
from service.record import usecases as record
from tests.cast import Cast
from tests.make.contracts import REASON
from tests.make.disbursements import (
    answer,
    make_order,
    money_of,
    order_of,
    prepare,
    send,
    with_roles,
)
from tests.traces import acts_on, refused_by_database

WHY = ReasonIn(reason="Un contrato se suspendió")


async def test_a_batch_holds_every_waiting_order_in_one_file_bound_by_its_hash(session: Session, cast: Cast) -> None:
    made = [await make_order(session, cast) for _ in range(2)]
    batch = await prepare(session, cast)
    assert (batch.orders, batch.total, batch.status) == (2, Decimal("14000.08"), BatchStatus.PREPARED)
    content = (await get_file(session, batch.file_id)).content
    assert batch.file_sha256 == hashlib.sha256(content).hexdigest()
    file = pain001.read(content)
    assert (file.message_id, file.debtor_ruc, file.debtor_cci) == (batch.message_id, cast.nec.ruc, cast.nec.cci)
    assert file.execution_date == await clock.today(session) + timedelta(days=1)
    sent = [await order_of(session, cast, authorisation) for _, authorisation in made]
    assert [(t.end_to_end_id, t.amount, mask(t.cci)) for t in file.transfers] == [
        (order.end_to_end_id, order.amount, order.cci) for order in sent
    ]
    accounts = [await confirmed_account(session, contract.group_id) for contract, _ in made]
    assert [t.cci for t in file.transfers] == [account.cci for account in accounts]
    contract, authorisation = made[0]
    assert file.transfers[0].purpose == f"Contrato {contract.number} desembolso 1 ATF {authorisation.number}"
    assert [order.status for order in sent] == [OrderStatus.BATCHED] * 2
    with pytest.raises(order_rules.NothingToPay):
        await prepare(session, cast)


async def test_a_batch_is_prepared_for_today_or_later_by_the_administrator(session: Session, cast: Cast) -> None:
    await make_order(session, cast)
    today = await clock.today(session)
    with pytest.raises(order_rules.ExecutionInThePast):
        given = BatchIn(execution_date=today - timedelta(days=1))
        await bank_usecases.prepare_batch(session, cast.administrator, cast.office.id, given)
    for actor in (cast.treasurer, cast.head, cast.programme):
        with pytest.raises(MissingRole):
            await bank_usecases.prepare_batch(session, actor, cast.office.id, BatchIn(execution_date=today))
    programme = with_roles(cast, cast.programme, Role.ADMINISTRATOR)
    with pytest.raises(order_rules.AuthoriserHere):
        await bank_usecases.prepare_batch(session, programme, cast.office.id, BatchIn(execution_date=today))


async def test_money_moves_from_payable_over_transit_to_the_group(session: Session, cast: Cast) -> None:
    contract, authorisation = await make_order(session, cast)
    order = await order_of(session, cast, authorisation)
    assert await money_of(session, contract, order.id) == {"payable": "10000.05", "in_transit": "0.00", "disbursed": "0.00"}
    batch = await prepare(session, cast)
    assert await money_of(session, contract, order.id) == {"payable": "10000.05", "in_transit": "0.00", "disbursed": "0.00"}
    await bank_usecases.release_batch(session, cast.treasurer, batch.id)
    assert await money_of(session, contract, order.id) == {"payable": "3000.01", "in_transit": "7000.04", "disbursed": "0.00"}
    await answer(session, cast, batch)
    assert await money_of(session, contract, order.id) == {"payable": "3000.01", "in_transit": "0.00", "disbursed": "7000.04"}
    assert batch.status == BatchStatus.ANSWERED
    assert (await order_of(session, cast, authorisation)).status == OrderStatus.PAID
    assert [view.paid for view in await queries.list_tranches(session, cast.auditor, contract.id)] == [True, False]
    assert await acts_on(session, f"order:{order.id}") == [
        ("order.issued", cast.programme.person_id),
        ("order.paid", cast.administrator.person_id),
    ]


async def test_who_prepared_authorised_scored_or_proposed_does_not_release(session: Session, cast: Cast) -> None:
    await make_order(session, cast)
    batch = await prepare(session, cast)
    for actor, refusal in (
        (cast.administrator, order_rules.PreparerHere),
        (cast.head, order_rules.RequesterHere),
        (cast.programme, order_rules.AuthoriserHere),
        (cast.jurors[4], order_rules.ScorerHere),
        (cast.promoter, order_rules.AccountProposerHere),
        (cast.second_officer, order_rules.AccountConfirmerHere),
    ):
        with pytest.raises(refusal):
            await bank_usecases.release_batch(session, with_roles(cast, actor, Role.TREASURER), batch.id)
    with pytest.raises(MissingRole):
        await bank_usecases.release_batch(session, cast.administrator, batch.id)
    said = await refused_by_database(
        session, "UPDATE bank_batch SET released_by = prepared_by, released_at = now() WHERE id = :id", id=batch.id
    )
    assert "ck_bank_batch_two_persons" in said
    released = await bank_usecases.release_batch(session, cast.treasurer, batch.id)
    assert (released.status, released.released_by) == (BatchStatus.RELEASED, cast.treasurer.person_id)
    with pytest.raises(WrongState):
        await bank_usecases.release_batch(session, cast.treasurer, batch.id)


async def test_a_suspended_contract_is_paid_nothing(session: Session, cast: Cast) -> None:
    waiting, _ = await make_order(session, cast)
    await suspend_contract(session, cast.head, waiting.id, REASON)
    with pytest.raises(order_rules.NothingToPay):
        await prepare(session, cast)
    other, _ = await make_order(session, cast)
    batch = await prepare(session, cast)
    assert batch.orders == 1
    await suspend_contract(session, cast.head, other.id, REASON)
    with pytest.raises(rules.ContractNotInForce):
        await bank_usecases.release_batch(session, cast.treasurer, batch.id)
    assert (await money_of(session, other))["payable"] == "10000.05"


async def test_a_withdrawn_batch_leaves_its_orders_for_the_next(session: Session, cast: Cast) -> None:
    contract, authorisation = await make_order(session, cast)
    other, _ = await make_order(session, cast)
    batch = await prepare(session, cast)
    await suspend_contract(session, cast.head, other.id, REASON)
    with pytest.raises(MissingRole):
        await bank_usecases.withdraw_batch(session, cast.programme, batch.id, WHY)
    withdrawn = await bank_usecases.withdraw_batch(session, cast.treasurer, batch.id, WHY)
    assert withdrawn.status == BatchStatus.WITHDRAWN
    with pytest.raises(WrongState):
        await bank_usecases.release_batch(session, cast.treasurer, batch.id)
    following = await send(session, cast)
    assert (following.orders, following.total) == (1, Decimal("7000.04"))
    assert following.message_id != batch.message_id
    await answer(session, cast, following)
    assert (await money_of(session, contract))["disbursed"] == "7000.04"
    assert (await order_of(session, cast, authorisation)).attempt == 1
    await resume_contract(session, cast.head, other.id, REASON)
    assert (await prepare(session, cast)).orders == 1


async def test_the_database_allows_one_live_order_for_an_authorisation(session: Session, cast: Cast) -> None:
    _, authorisation = await make_order(session, cast)
    columns = "authorisation_id, amount, account_id, cci, holder, issued_by, issued_at, status"
    copy = (
        f"INSERT INTO payment_order (id, attempt, end_to_end_id, {columns}) "
        f"SELECT gen_random_uuid(), 2, 'X', {columns} FROM payment_order WHERE authorisation_id = :id"
    )
    assert "uq_payment_order_live" in await refused_by_database(session, copy, id=authorisation.id)
    edit = "UPDATE payment_order SET cci = '00219100123456789053' WHERE authorisation_id = :id"
    assert await refused_by_database(session, edit, id=authorisation.id) == "permission denied for table payment_order"


async def test_the_payment_file_is_for_those_who_handle_payments(session: Session, cast: Cast) -> None:
    contract, _ = await make_order(session, cast)
    batch = await prepare(session, cast)
    assert await queries.read_batch_file(session, cast.treasurer, batch.id) == batch.file_id
    with pytest.raises(MissingRole):
        await queries.read_batch_file(session, cast.secretary, batch.id)
    assert await record.actors_of(session, f"batch:{batch.id}", "batch.file_read") == {cast.treasurer.person_id}
    cci = contract.data["account"]["cci"]
    assert [order.cci for order in (await queries.get_batch(session, cast.secretary, batch.id)).orders] == ["*" * 16 + cci[-4:]]
    assert [row.id for row in await queries.list_batches(session, cast.auditor, cast.office.id)] == [batch.id]
