"""Payments from the request to the bank's answer, made through the use cases by the persons whose duty it is."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from service.contracts.models import Contract
from service.core import clock
from service.core.actor import Actor, Grant
from service.core.acts import Role
from service.core.db import Session
from service.disbursements import bank_usecases, usecases
from service.disbursements.models import Authorisation, BankAnswer, BankBatch, OwnShareDeposit, PaymentRequest
from service.disbursements.pain002 import PaymentStatusReport, TransactionStatus, write
from service.disbursements.queries import BatchView, OrderView, get_batch, list_orders
from service.disbursements.shapes import BatchIn, CheckIn, OwnDepositIn
from service.ledger.usecases import balances
from tests.cast import Cast
from tests.make.contracts import make_contract_in_force
from tests.make.people import next_number

COMPLETE = CheckIn(note="Expediente conforme")


async def deposit_own(
    session: Session, cast: Cast, contract: Contract, amount: str = "1250.00", reference: str | None = None
) -> OwnShareDeposit:
    """A deposit of the group's own share."""
    given = OwnDepositIn(amount=Decimal(amount), bank_reference=reference or f"VOUCHER-{next_number()}")
    return await usecases.record_own_deposit(session, cast.administrator, contract.id, given)


async def request_first(session: Session, cast: Cast, contract: Contract) -> PaymentRequest:
    """The request for the first tranche, once half of the own share is deposited."""
    await deposit_own(session, cast, contract)
    return await usecases.request_tranche(session, cast.head, contract.id, 1)


async def authorise(session: Session, cast: Cast, request: PaymentRequest) -> Authorisation:
    """The authorisation of a request that the administrator checks."""
    await usecases.check_request(session, cast.administrator, request.id, COMPLETE)
    return await usecases.authorise_request(session, cast.programme, request.id)


async def prepare(session: Session, cast: Cast) -> BankBatch:
    """A batch of every order that waits in the cast's office, prepared by the administrator for tomorrow."""
    given = BatchIn(execution_date=await clock.today(session) + timedelta(days=1))
    return await bank_usecases.prepare_batch(session, cast.administrator, cast.office.id, given)


async def send(session: Session, cast: Cast) -> BankBatch:
    """A batch released by the treasurer."""
    return await bank_usecases.release_batch(session, cast.treasurer, (await prepare(session, cast)).id)


def status_file(batch: BankBatch, lines: list[TransactionStatus], name: str | None = None) -> bytes:
    """What the bank sends."""
    number = name or f"BN-{next_number()}"
    return write(PaymentStatusReport(number, batch.prepared_at, batch.message_id, None, tuple(lines)))


def lines_of(
    view: BatchView, returned: Mapping[UUID, str] | None = None, pending: frozenset[UUID] = frozenset()
) -> list[TransactionStatus]:
    """The bank's line on every order: paid, but ``returned`` (order to reason code) and ``pending`` ones."""
    codes = returned or {}

    def line(order: OrderView) -> TransactionStatus:
        status = "RJCT" if order.id in codes else "ACSP" if order.id in pending else "ACSC"
        return TransactionStatus(order.end_to_end_id, status, codes.get(order.id), amount=order.amount)

    return [line(order) for order in view.orders]


async def answer(session: Session, cast: Cast, batch: BankBatch, returned: Mapping[UUID, str] | None = None) -> BankAnswer:
    """The bank's answer read: every order paid, but ``returned`` ones (order to reason code)."""
    view = await get_batch(session, cast.administrator, batch.id)
    content = status_file(batch, lines_of(view, returned))
    return await bank_usecases.read_bank_answer(session, cast.administrator, batch.id, content)


async def pay(session: Session, cast: Cast, request: PaymentRequest) -> Authorisation:
    """A request authorised, sent to the bank and paid."""
    authorisation = await authorise(session, cast, request)
    await answer(session, cast, await send(session, cast))
    return authorisation


async def pay_first(session: Session, cast: Cast, contract: Contract) -> Authorisation:
    """The first tranche of a contract paid."""
    return await pay(session, cast, await request_first(session, cast, contract))


async def order_of(session: Session, cast: Cast, authorisation: Authorisation) -> OrderView:
    """The newest order of an authorisation."""
    orders = await list_orders(session, cast.administrator, authorisation.office_id)
    return max((order for order in orders if order.authorisation_id == authorisation.id), key=lambda order: order.attempt)


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


def with_roles(cast: Cast, actor: Actor, *roles: Role) -> Actor:
    """The same person with further roles in the office: what duties kept apart by role would let through."""
    return Actor(actor.person_id, actor.name, actor.grants | {Grant(role, cast.office.id) for role in roles})
