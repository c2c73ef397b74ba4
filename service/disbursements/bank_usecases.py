"""Batches for the bank and its answers: prepared by one person, released by another, read against what was ordered.

Locks are taken in one order: batch, contracts, orders.
"""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col

from service.contracts.models import ContractStatus
from service.contracts.usecases import contract_locked
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.machine import advance
from service.core.money import ZERO, show
from service.core.series import next_number
from service.disbursements import duties, order_rules, pain001, pain002, rules, store
from service.disbursements.matching import AnswerAlreadyRead, AnsweredOrder, match
from service.disbursements.models import BankAnswer, BankBatch, OrderStatus, PaymentOrder
from service.disbursements.order_rules import BatchAction, OrderAction
from service.disbursements.pain001 import CreditTransferBatch, Transfer
from service.disbursements.pain002 import Outcome
from service.disbursements.shapes import BatchIn, ReasonIn
from service.disbursements.store import OrderOf, Payment
from service.documents.rules import BANK_FILES
from service.documents.usecases import store_file
from service.ledger import usecases as ledger
from service.people.identifiers import bank_of
from service.people.models import Nec, Office
from service.record import usecases as record


async def prepare_batch(session: Session, actor: Actor, office_id: UUID, given: BatchIn) -> BankBatch:
    """Put every issued order of an office into one file for the bank; those of suspended contracts wait.

    Raises ``NotFound``, ``MissingRole``, ``ExecutionInThePast``, ``NothingToPay``, and what ``duties.require_may_send`` and
    ``pain001.write`` raise.
    """
    office = await store.fetch(session, Office, office_id)
    actor.require(Act.PREPARE_BATCH, office_id)
    order_rules.require_day(given.execution_date, await clock.today(session))
    orders = await _waiting(session, office_id)
    await duties.require_may_send(session, actor, Act.PREPARE_BATCH, orders)
    file = await _payment_file(session, office, given, orders)
    content = pain001.write(file)
    stored = await store_file(session, f"{file.message_id}.xml", content, BANK_FILES)
    batch = BankBatch(
        office_id=office_id,
        message_id=file.message_id,
        file_id=stored.id,
        file_sha256=stored.sha256,
        total=sum((item.order.amount for item in orders), ZERO),
        orders=len(orders),
        prepared_by=actor.person_id,
        prepared_at=file.created_at,
    )
    session.add(batch)
    await session.flush()
    for item in orders:
        item.order.status = advance(order_rules.ORDER_LIFE, item.order.status, OrderAction.BATCH)
        item.order.batch_id = batch.id
    await session.flush()
    payload = {
        "message_id": batch.message_id,
        "file_sha256": batch.file_sha256,
        "total": show(batch.total),
        "orders": batch.orders,
    }
    await record.append(session, actor, "batch.prepared", f"batch:{batch.id}", payload)
    return batch


async def release_batch(session: Session, actor: Actor, batch_id: UUID) -> BankBatch:
    """Release a prepared file to the bank: its money is in transit from now on.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, what ``duties.require_may_send`` raises,
    ``ContractNotInForce`` (withdraw the batch and prepare another one).
    """
    batch, orders = await _locked(session, batch_id)
    actor.require(Act.RELEASE_BATCH, batch.office_id)
    released = advance(order_rules.BATCH_LIFE, batch.status, BatchAction.RELEASE)
    await duties.require_may_send(session, actor, Act.RELEASE_BATCH, orders, batch)
    for item in orders:
        if item.payment.contract:
            rules.require_in_force(item.payment.contract.status, item.payment.contract.number)
    batch.status, batch.released_by, batch.released_at = released, actor.person_id, await clock.now(session)
    await session.flush()
    for item in orders:
        lines = ledger.move(f"{item.payment.owner}:payable", f"order:{item.order.id}:in_transit", item.order.amount)
        await ledger.post(session, f"order:{item.order.id}:released", f"Order {item.order.end_to_end_id} with the bank", lines)
    payload = {"message_id": batch.message_id, "file_sha256": batch.file_sha256, "total": show(batch.total)}
    await record.append(session, actor, "batch.released", f"batch:{batch_id}", payload)
    return batch


async def withdraw_batch(session: Session, actor: Actor, batch_id: UUID, given: ReasonIn) -> BankBatch:
    """Withdraw a batch that was not released; its orders wait for the next one. Raises ``NotFound``, ``MissingRole``, ``WrongState``."""
    batch, orders = await _locked(session, batch_id)
    actor.require(Act.WITHDRAW_BATCH, batch.office_id)
    batch.status = advance(order_rules.BATCH_LIFE, batch.status, BatchAction.WITHDRAW)
    for item in orders:
        item.order.status = advance(order_rules.ORDER_LIFE, item.order.status, OrderAction.UNBATCH)
        item.order.batch_id = None
    await session.flush()
    payload = {"message_id": batch.message_id, "reason": given.reason}
    await record.append(session, actor, "batch.withdrawn", f"batch:{batch_id}", payload)
    return batch


async def read_bank_answer(session: Session, actor: Actor, batch_id: UUID, content: bytes) -> BankAnswer:
    """Read the bank's status file: all of it, or nothing of it. What it leaves open stays in transit, for a later file.

    Raises ``NotFound``, ``MissingRole``, ``AnswerAlreadyRead``, ``WrongState``, and what ``pain002.read`` and ``matching.match``
    raise.
    """
    batch, orders = await _locked(session, batch_id)
    actor.require(Act.READ_BANK_ANSWER, batch.office_id)
    if await store.answer_with(session, hashlib.sha256(content).hexdigest()):
        raise AnswerAlreadyRead("file")
    answered = advance(order_rules.BATCH_LIFE, batch.status, BatchAction.ANSWER)
    answers = match(pain002.read(content), batch.message_id, [item.order for item in orders])
    file = await store_file(session, f"{batch.message_id} answer.xml", content, BANK_FILES)
    answer = BankAnswer(
        batch_id=batch_id,
        file_id=file.id,
        file_sha256=file.sha256,
        lines=[answer.line() for answer in answers],
        read_by=actor.person_id,
        read_at=await clock.now(session),
    )
    session.add(answer)
    payments = {item.order.id: item.payment for item in orders}
    for each in answers:
        if each.settles:
            await _settle(session, actor, each, payments[each.order.id])
    if all(item.order.status != OrderStatus.BATCHED for item in orders):
        batch.status = answered
    await session.flush()
    payload = {"file_sha256": answer.file_sha256, "lines": answer.lines}
    await record.append(session, actor, "answer.read", f"batch:{batch_id}", payload)
    return answer


async def _settle(session: Session, actor: Actor, answer: AnsweredOrder, payment: Payment) -> None:
    """Write one answer into its order and the ledger."""
    order, paid = answer.order, answer.outcome is Outcome.PAID
    order.status = advance(order_rules.ORDER_LIFE, order.status, OrderAction.PAY if paid else OrderAction.RETURN)
    order.return_reason, order.answered_at = answer.return_reason, await clock.now(session)
    await session.flush()
    target = f"{payment.owner}:disbursed" if paid else _return_to(payment)
    lines = ledger.move(f"order:{order.id}:in_transit", target, order.amount)
    await ledger.post(session, f"order:{order.id}:{order.status}", f"Order {order.end_to_end_id} {order.status}", lines)
    await record.append(session, actor, f"order.{order.status}", f"order:{order.id}", answer.line())


def _return_to(payment: Payment) -> str:
    """Where returned money goes: it can be paid again, unless its contract was terminated meanwhile."""
    contract = payment.contract
    if contract and contract.status == ContractStatus.TERMINATED:
        return f"fund:{contract.fund_id}:available"
    return f"{payment.owner}:payable"


async def _waiting(session: Session, office_id: UUID) -> list[OrderOf]:
    """The issued orders of an office that may go out, locked. Raises ``NothingToPay``."""
    found = await store.orders_of(session, *store.issued_by(office_id))
    wanted = [item.order.id for item in found]
    await store.lock_orders(session, col(PaymentOrder.id).in_(wanted), col(PaymentOrder.status) == OrderStatus.ISSUED)
    orders = [
        item
        for item in await store.orders_of(session, *store.issued_by(office_id))
        if item.payment.contract is None or item.payment.contract.status == ContractStatus.IN_FORCE
    ]
    if not orders:
        raise order_rules.NothingToPay
    return orders


async def _payment_file(session: Session, office: Office, given: BatchIn, orders: Sequence[OrderOf]) -> CreditTransferBatch:
    nec = await store.fetch(session, Nec, office.nec_id)
    at = await clock.now(session)
    year = at.astimezone(clock.PERU).year
    serial = await next_number(session, f"batch:{office.code}:{year}")
    return CreditTransferBatch(
        message_id=order_rules.message_id(serial, year, office.code),
        created_at=at,
        execution_date=given.execution_date,
        debtor_name=nec.name,
        debtor_ruc=nec.ruc,
        debtor_cci=nec.cci,
        transfers=tuple(_transfer(item) for item in orders),
    )


def _transfer(item: OrderOf) -> Transfer:
    order, tranche, contract = item.order, item.payment.tranche, item.payment.contract
    what = f"Contrato {contract.number} desembolso {tranche.number}" if contract and tranche else "Premios"
    return Transfer(
        end_to_end_id=order.end_to_end_id,
        amount=order.amount,
        creditor_name=order.holder,
        cci=order.cci,
        bank_code=bank_of(order.cci),
        purpose=f"{what} ATF {item.authorisation.number}",
    )


async def _locked(session: Session, batch_id: UUID) -> tuple[BankBatch, list[OrderOf]]:
    """A batch, the contracts in it and its orders, as they are now and locked in that order."""
    batch = await store.lock(session, BankBatch, batch_id)
    in_batch = col(PaymentOrder.batch_id) == batch_id
    contracts = {item.payment.contract.id for item in await store.orders_of(session, in_batch) if item.payment.contract}
    for contract_id in sorted(contracts):
        await contract_locked(session, contract_id)
    await store.lock_orders(session, in_batch)
    return batch, await store.orders_of(session, in_batch)
