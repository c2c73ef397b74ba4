"""Reading payments. Whoever has a role in the office may; account digits are masked except for those who handle payments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from service.contests.terms import read_terms
from service.contracts.usecases import contract_of
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.disbursements import rules, store
from service.disbursements.models import (
    Authorisation,
    BankAnswer,
    BankBatch,
    OrderStatus,
    OwnShareDeposit,
    PaymentOrder,
    PaymentRequest,
    RequestStatus,
    Tranche,
)
from service.disbursements.store import OrderOf, Payment
from service.disbursements.usecases import ContractBalances, balances_of
from service.people.identifiers import mask
from service.record import usecases as record


@dataclass(frozen=True)
class TrancheView:
    """A tranche as it stands: its amount, the request that is under way, whether the bank has paid it."""

    number: int
    amount: Decimal
    request: PaymentRequest | None
    paid: bool


@dataclass(frozen=True)
class PaidTranche:
    """A tranche that the bank has paid: when, and to which account, masked."""

    contract_id: UUID
    number: int
    paid_at: datetime | None
    account: str


@dataclass(frozen=True)
class OrderView:
    """An order as a reader may see it."""

    id: UUID
    authorisation_id: UUID
    authorisation_number: str
    request_id: UUID
    owner: str
    attempt: int
    end_to_end_id: str
    amount: Decimal
    account_id: UUID
    cci: str
    holder: str
    issued_at: datetime
    batch_id: UUID | None
    status: OrderStatus
    return_reason: str | None
    answered_at: datetime | None


@dataclass(frozen=True)
class Trail:
    """A payment from its request on: the authorisation once there is one, and its orders, the newest last."""

    payment: Payment
    authorisation: Authorisation | None
    orders: tuple[OrderView, ...]


@dataclass(frozen=True)
class BatchView:
    """A batch with its orders and the answers read so far."""

    batch: BankBatch
    orders: tuple[OrderView, ...]
    answers: tuple[BankAnswer, ...]


async def list_tranches(session: Session, actor: Actor, contract_id: UUID) -> list[TrancheView]:
    """The tranches of a contract, requested or not. Raises ``NotFound``, ``MissingRole``."""
    contract = await contract_of(session, contract_id)
    actor.require(Act.READ_OFFICE, contract.office_id)
    requests = await store.live_requests_of(session, contract_id)
    paid = await store.paid_tranches(session, contract_id)
    amounts = rules.tranche_amounts(contract.amount, read_terms(contract.terms))
    return [
        TrancheView(n, amount, requests.get(n), n in paid)  # nosec B113  # a dictionary
        for n, amount in enumerate(amounts, start=1)
    ]


async def contract_balances(session: Session, actor: Actor, contract_id: UUID) -> ContractBalances:
    """Where a contract's money stands. Raises ``NotFound``, ``MissingRole``."""
    actor.require(Act.READ_OFFICE, (await contract_of(session, contract_id)).office_id)
    return await balances_of(session, contract_id)


async def list_own_deposits(session: Session, actor: Actor, contract_id: UUID) -> Sequence[OwnShareDeposit]:
    """The deposits of a contract's own share, in the order they were recorded. Raises ``NotFound``, ``MissingRole``."""
    actor.require(Act.READ_OFFICE, (await contract_of(session, contract_id)).office_id)
    return await store.own_deposits_of(session, contract_id)


async def get_request(session: Session, actor: Actor, request_id: UUID) -> Payment:
    """A payment request with what it pays. Raises ``NotFound``, ``MissingRole``."""
    payment = await store.payment(session, request_id)
    actor.require(Act.READ_OFFICE, payment.request.office_id)
    return payment


async def get_trail(session: Session, actor: Actor, request_id: UUID) -> Trail:
    """A payment request with what came of it. Raises ``NotFound``, ``MissingRole``."""
    payment = await get_request(session, actor, request_id)
    authorisation = await store.authorisation_of(session, request_id)
    orders = await store.orders_of(session, col(Authorisation.request_id) == request_id)
    in_order = sorted(orders, key=lambda item: item.order.attempt)
    return Trail(payment, authorisation, tuple(_order(item) for item in in_order))


async def list_requests(
    session: Session, actor: Actor, office_id: UUID, statuses: Sequence[RequestStatus] = tuple(RequestStatus), limit: int = 200
) -> list[Payment]:
    """The payment requests of an office in some states, the newest first. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    return await store.payments_of(session, office_id, statuses, limit)


async def get_authorisation(session: Session, actor: Actor, authorisation_id: UUID) -> Authorisation:
    """An authorisation. Raises ``NotFound``, ``MissingRole``."""
    authorisation = await store.fetch(session, Authorisation, authorisation_id)
    actor.require(Act.READ_OFFICE, authorisation.office_id)
    return authorisation


async def list_orders(
    session: Session, actor: Actor, office_id: UUID, statuses: Sequence[OrderStatus] = tuple(OrderStatus), limit: int = 200
) -> list[OrderView]:
    """The payment orders of an office in some states, by number. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    wanted = (col(Authorisation.office_id) == office_id, col(PaymentOrder.status).in_(statuses))
    return [_order(item) for item in await store.orders_of(session, *wanted, limit=limit)]


async def get_batch(session: Session, actor: Actor, batch_id: UUID) -> BatchView:
    """A batch with its orders and answers. Raises ``NotFound``, ``MissingRole``."""
    batch = await store.fetch(session, BankBatch, batch_id)
    actor.require(Act.READ_OFFICE, batch.office_id)
    orders = await store.orders_of(session, col(PaymentOrder.batch_id) == batch_id)
    shown = tuple(_order(item) for item in orders)
    return BatchView(batch, shown, tuple(await store.answers_of(session, batch_id)))


async def list_batches(session: Session, actor: Actor, office_id: UUID, limit: int = 200) -> Sequence[BankBatch]:
    """The batches of an office, the newest first. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    return await store.batches_of(session, office_id, limit)


async def read_batch_file(session: Session, actor: Actor, batch_id: UUID) -> UUID:
    """The stored payment file of a batch, for those who handle payments; the record keeps who read it.

    Raises ``NotFound``, ``MissingRole``.
    """
    batch = await store.fetch(session, BankBatch, batch_id)
    actor.require(Act.READ_ACCOUNT_DIGITS, batch.office_id)
    await record.append(session, actor, "batch.file_read", f"batch:{batch_id}", {"file_sha256": batch.file_sha256})
    return batch.file_id


def _order(item: OrderOf) -> OrderView:
    order = item.order
    own: dict[str, Any] = {"authorisation_number": item.authorisation.number, "owner": item.payment.owner}
    own["request_id"] = item.payment.request.id
    own["cci"] = mask(order.cci)
    copied = {name: getattr(order, name) for name in OrderView.__dataclass_fields__ if name not in own}
    return OrderView(**copied, **own)


async def paid_parts(session: Session, contract_ids: Sequence[UUID]) -> list[PaidTranche]:
    """The tranches of these contracts that the bank has paid, for areas above that have checked who may see it."""
    statement = (
        select(col(Tranche.contract_id), col(Tranche.number), col(PaymentOrder.answered_at), col(PaymentOrder.cci))
        .join(PaymentRequest, col(PaymentRequest.tranche_id) == col(Tranche.id))
        .join(Authorisation, col(Authorisation.request_id) == col(PaymentRequest.id))
        .join(PaymentOrder, col(PaymentOrder.authorisation_id) == col(Authorisation.id))
        .where(col(Tranche.contract_id).in_(contract_ids), col(PaymentOrder.status) == OrderStatus.PAID)
    )
    return [PaidTranche(*row[:3], mask(row[3])) for row in await session.execute(statement)]
