"""The bank's answers, returns and new orders: with the ledger after each step."""

from dataclasses import replace
from decimal import Decimal

import pytest

from service.contracts.models import Contract
from service.contracts.usecases import resume_contract, suspend_contract, terminate_contract
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import Refusal
from service.core.machine import WrongState
from service.disbursements import bank_usecases, matching, order_rules, orders, queries, rules
from service.disbursements.models import BatchStatus, OrderStatus
from service.disbursements.pain002 import DuplicateStatus, NotAStatusReport, TransactionStatus
from service.documents.usecases import get_file
from service.ledger.usecases import balances
from service.people.account_usecases import decide_account, propose_account
from service.people.shapes import AccountDecisionIn
from tests.cast import Cast
from tests.make.contracts import REASON
from tests.make.disbursements import answer, lines_of, make_order, money_of, order_of, prepare, send, status_file, with_roles
from tests.make.people import account_in
from tests.traces import refused_by_database


async def test_a_returned_payment_is_payable_again_and_goes_to_another_account(session: Session, cast: Cast) -> None:
    contract, authorisation = await make_order(session, cast)
    first = await order_of(session, cast, authorisation)
    await answer(session, cast, await send(session, cast), returned={first.id: "BE01"})
    returned = await order_of(session, cast, authorisation)
    assert (returned.status, returned.return_reason) == (OrderStatus.RETURNED, "holder_mismatch")
    assert await money_of(session, contract, first.id) == {"payable": "10000.05", "in_transit": "0.00", "disbursed": "0.00"}
    with pytest.raises(order_rules.AccountNotChanged):
        await orders.reissue_order(session, cast.administrator, authorisation.id)
    group_id = contract.group_id
    proposed = await propose_account(session, cast.promoter, group_id, account_in(holder="ASOC HERCCA"))
    with pytest.raises(order_rules.AccountNotChanged):
        await orders.reissue_order(session, cast.administrator, authorisation.id)
    await decide_account(session, cast.second_officer, proposed.id, AccountDecisionIn(accept=True))
    with pytest.raises(order_rules.AccountProposerHere):
        await orders.reissue_order(session, with_roles(cast, cast.promoter, Role.ADMINISTRATOR), authorisation.id)
    again = await orders.reissue_order(session, cast.administrator, authorisation.id)
    assert (again.attempt, again.end_to_end_id, again.account_id, again.holder, again.amount) == (
        2,
        f"{authorisation.number}-2",
        proposed.id,
        "ASOC HERCCA",
        Decimal("7000.04"),
    )
    with pytest.raises(order_rules.OrderStillLive):
        await orders.reissue_order(session, cast.administrator, authorisation.id)
    await answer(session, cast, await send(session, cast))
    ids = (first.id, again.id)
    assert await money_of(session, contract, *ids) == {"payable": "3000.01", "in_transit": "0.00", "disbursed": "7000.04"}
    with pytest.raises(order_rules.OrderStillLive):
        await orders.reissue_order(session, cast.administrator, authorisation.id)


async def test_a_payment_the_bank_refused_may_go_to_the_same_account(session: Session, cast: Cast) -> None:
    contract, authorisation = await make_order(session, cast)
    first = await order_of(session, cast, authorisation)
    await answer(session, cast, await send(session, cast), returned={first.id: "AM02"})
    for actor in (cast.treasurer, cast.head, cast.promoter):
        with pytest.raises(MissingRole):
            await orders.reissue_order(session, actor, authorisation.id)
    await suspend_contract(session, cast.head, contract.id, REASON)
    with pytest.raises(rules.ContractNotInForce):
        await orders.reissue_order(session, cast.programme, authorisation.id)
    await resume_contract(session, cast.head, contract.id, REASON)
    again = await orders.reissue_order(session, cast.programme, authorisation.id)
    assert (again.account_id, again.attempt) == (first.account_id, 2)


async def test_a_status_that_settles_nothing_leaves_the_money_in_transit(session: Session, cast: Cast) -> None:
    contract, authorisation = await make_order(session, cast)
    other, second = await make_order(session, cast)
    batch = await send(session, cast)
    view = await queries.get_batch(session, cast.administrator, batch.id)
    open_order = await order_of(session, cast, second)
    content = status_file(batch, lines_of(view, pending=frozenset({open_order.id})))
    read = await bank_usecases.read_bank_answer(session, cast.administrator, batch.id, content)
    assert [(line["end_to_end_id"], line["outcome"]) for line in read.lines] == [
        (f"{authorisation.number}-1", "paid"),
        (f"{second.number}-1", "pending"),
    ]
    assert batch.status == BatchStatus.RELEASED
    assert await money_of(session, contract) == {"payable": "3000.01", "in_transit": "0.00", "disbursed": "7000.04"}
    assert (await money_of(session, other, open_order.id))["in_transit"] == "7000.04"
    still_open = await queries.list_orders(session, cast.auditor, cast.office.id, [OrderStatus.BATCHED])
    assert [order.id for order in still_open] == [open_order.id]
    await answer(session, cast, batch)
    assert (await money_of(session, other, open_order.id))["disbursed"] == "7000.04"
    answered = await queries.get_batch(session, cast.auditor, batch.id)
    assert (answered.batch.status, len(answered.answers)) == (BatchStatus.ANSWERED, 2)


async def test_the_same_bytes_are_read_once(session: Session, cast: Cast) -> None:
    contract, _ = await make_order(session, cast)
    batch = await send(session, cast)
    view = await queries.get_batch(session, cast.administrator, batch.id)
    content = status_file(batch, lines_of(view))
    for actor in (cast.treasurer, cast.programme, cast.head):
        with pytest.raises(MissingRole):
            await bank_usecases.read_bank_answer(session, actor, batch.id, content)
    await bank_usecases.read_bank_answer(session, cast.administrator, batch.id, content)
    with pytest.raises(matching.AnswerAlreadyRead):
        await bank_usecases.read_bank_answer(session, cast.administrator, batch.id, content)
    assert (await money_of(session, contract))["disbursed"] == "7000.04"
    columns = "batch_id, file_id, file_sha256, lines, read_by, read_at"
    copy = f"INSERT INTO bank_answer (id, {columns}) SELECT gen_random_uuid(), {columns} FROM bank_answer WHERE batch_id = :id"
    assert "uq_bank_answer_file_sha256" in await refused_by_database(session, copy, id=batch.id)


async def test_nothing_is_read_before_the_release(session: Session, cast: Cast) -> None:
    await make_order(session, cast)
    batch = await prepare(session, cast)
    with pytest.raises(WrongState):
        await answer(session, cast, batch)


def altered(lines: list[TransactionStatus], how: str) -> list[TransactionStatus]:
    """A file of two lines with something wrong in the second."""
    first, second = lines
    return {
        "amount": [first, replace(second, amount=Decimal("7000.05"))],
        "identifier": [first, replace(second, end_to_end_id="999-2026-SICUANI-1")],
        "line missing": [first],
        "line added": [first, second, replace(second, end_to_end_id="999-2026-SICUANI-1")],
        "line twice": [first, second, second],
    }[how]


@pytest.mark.parametrize(
    ("how", "refusal"),
    [
        ("amount", matching.AnotherAmount),
        ("identifier", matching.UnknownPayment),
        ("line missing", matching.AnswerIncomplete),
        ("line added", matching.UnknownPayment),
        ("line twice", DuplicateStatus),
    ],
)
async def test_an_altered_status_file_is_refused_whole(session: Session, cast: Cast, how: str, refusal: type[Refusal]) -> None:
    made = [await make_order(session, cast) for _ in range(2)]
    batch = await send(session, cast)
    view = await queries.get_batch(session, cast.administrator, batch.id)
    content = status_file(batch, altered(lines_of(view), how))
    with pytest.raises(refusal):
        await bank_usecases.read_bank_answer(session, cast.administrator, batch.id, content)
    for contract, authorisation in made:
        order = await order_of(session, cast, authorisation)
        assert order.status == OrderStatus.BATCHED
        assert await money_of(session, contract, order.id) == {
            "payable": "3000.01",
            "in_transit": "7000.04",
            "disbursed": "0.00",
        }
    assert (await queries.get_batch(session, cast.administrator, batch.id)).answers == ()


async def test_a_file_that_is_no_status_report_is_refused(session: Session, cast: Cast) -> None:
    await make_order(session, cast)
    batch = await send(session, cast)
    own_file = (await get_file(session, batch.file_id)).content
    with pytest.raises(NotAStatusReport):
        await bank_usecases.read_bank_answer(session, cast.administrator, batch.id, own_file)


async def test_an_answer_to_another_batch_is_refused(session: Session, cast: Cast) -> None:
    await make_order(session, cast)
    batch = await send(session, cast)
    await make_order(session, cast)
    other = await send(session, cast)
    view = await queries.get_batch(session, cast.administrator, other.id)
    with pytest.raises(matching.AnswerForAnotherBatch):
        content = status_file(other, lines_of(view))
        await bank_usecases.read_bank_answer(session, cast.administrator, batch.id, content)


async def test_a_payment_returned_after_termination_falls_back_to_the_fund(session: Session, cast: Cast) -> None:
    contract, authorisation = await make_order(session, cast)
    order = await order_of(session, cast, authorisation)
    batch = await send(session, cast)
    await terminate_contract(session, cast.head, contract.id, REASON)
    available = f"fund:{contract.fund_id}:available"
    before = (await balances(session, [available]))[available]
    await answer(session, cast, batch, returned={order.id: "AC04"})
    assert (await balances(session, [available]))[available] == before + Decimal("7000.04")
    assert await money_of(session, contract, order.id) == {"payable": "0.00", "in_transit": "0.00", "disbursed": "0.00"}
    await make_account_anew(session, cast, contract)
    with pytest.raises(rules.ContractNotInForce):
        await orders.reissue_order(session, cast.administrator, authorisation.id)


async def make_account_anew(session: Session, cast: Cast, contract: Contract) -> None:
    """Another confirmed account of the contract's group."""
    proposed = await propose_account(session, cast.promoter, contract.group_id, account_in())
    await decide_account(session, cast.second_officer, proposed.id, AccountDecisionIn(accept=True))
