"""Batches, their release, the bank's answers, returns and new orders: with the ledger after each step."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from service.contracts.models import Contract
from service.contracts.usecases import resume_contract, suspend_contract, terminate_contract
from service.core import clock
from service.core.actor import MissingRole, Role
from service.core.db import Session
from service.core.errors import Refusal
from service.core.machine import WrongState
from service.disbursements import bank_usecases, matching, order_rules, orders, pain001, queries, rules
from service.disbursements.models import Authorisation, BatchStatus, OrderStatus
from service.disbursements.pain002 import DuplicateStatus, NotAStatusReport, TransactionStatus
from service.disbursements.shapes import BatchIn, ReasonIn
from service.documents.usecases import get_file
from service.ledger.usecases import balances
from service.people.account_usecases import decide_account, propose_account
from service.people.shapes import AccountDecisionIn
from tests.cast import Cast
from tests.disbursements.test_requests import with_roles
from tests.make.contracts import REASON, make_contract_in_force
from tests.make.disbursements import answer, authorise, lines_of, order_of, prepare, request_first, send, status_file
from tests.make.people import account_in
from tests.traces import acts_on, refused_by_database

WHY = ReasonIn(reason="Un contrato se suspendió")


async def make_order(session: Session, cast: Cast) -> tuple[Contract, Authorisation]:
    """A contract whose first tranche of 7000.04 is authorised."""
    contract = await make_contract_in_force(session, cast)
    return contract, await authorise(session, cast, await request_first(session, cast, contract))


async def money_of(session: Session, contract: Contract, *order_ids: UUID) -> dict[str, str]:
    """Where a contract's money stands: what is payable, in transit by these orders, disbursed."""
    keys = {name: f"contract:{contract.id}:{name}" for name in ("payable", "disbursed")}
    held = await balances(session, [*keys.values(), *(f"order:{order_id}:in_transit" for order_id in order_ids)])
    shown = {name: str(held[key]) for name, key in keys.items()}
    return shown | {"in_transit": str(sum((held[f"order:{each}:in_transit"] for each in order_ids), Decimal("0.00")))}


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
    assert [(t.end_to_end_id, t.amount, t.cci) for t in file.transfers] == [
        (order.end_to_end_id, order.amount, order.cci) for order in sent
    ]
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


async def test_the_payment_file_is_for_those_who_handle_payments(session: Session, cast: Cast) -> None:
    contract, _ = await make_order(session, cast)
    batch = await prepare(session, cast)
    assert await queries.get_batch_file(session, cast.treasurer, batch.id) == batch.file_id
    with pytest.raises(MissingRole):
        await queries.get_batch_file(session, cast.secretary, batch.id)
    cci = contract.data["account"]["cci"]
    assert [order.cci for order in (await queries.get_batch(session, cast.secretary, batch.id)).orders] == ["*" * 16 + cci[-4:]]
    assert [row.id for row in await queries.list_batches(session, cast.auditor, cast.office.id)] == [batch.id]
