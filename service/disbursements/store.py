"""Queries about tranches, requests, authorisations, orders and batches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import SQLModel, col

from service.applications.models import Application
from service.contests.models import Contest
from service.contracts.models import Contract
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation.models import Award
from service.deliberation.standing import STANDS
from service.disbursements.models import (
    Authorisation,
    BankAnswer,
    BankBatch,
    OrderStatus,
    OwnShareDeposit,
    PaymentOrder,
    PaymentRequest,
    PrizePayout,
    RequestStatus,
    Tranche,
)
from service.scoring.models import ScoreSheet

Row = TypeVar("Row", bound=SQLModel)


@dataclass(frozen=True)
class Payment:
    """A request with what it pays: a tranche of a contract, or the prizes of a contest."""

    request: PaymentRequest
    tranche: Tranche | None
    contract: Contract | None
    payout: PrizePayout | None

    @property
    def owner(self) -> str:
        """The owner key of its money in the ledger."""
        return f"contract:{self.contract.id}" if self.contract else f"payout:{self.request.payout_id}"

    def of_tranche(self) -> tuple[Contract, Tranche]:
        """The contract and its tranche, of a payment that is no prize."""
        if self.contract is None or self.tranche is None:
            raise ValueError(f"payment {self.request.id} pays prizes")
        return self.contract, self.tranche


@dataclass(frozen=True)
class OrderOf:
    """An order with the authorisation that it carries out, and the payment."""

    order: PaymentOrder
    authorisation: Authorisation
    payment: Payment


async def fetch(session: Session, table: type[Row], row_id: UUID) -> Row:
    """A row by its identifier. Raises ``NotFound``."""
    row = await session.get(table, row_id)
    if row is None:
        raise NotFound
    return row


async def lock(session: Session, table: type[Row], row_id: UUID) -> Row:
    """A row by its identifier, as it is now, locked until the end of the transaction. Raises ``NotFound``."""
    row = await session.get(table, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


async def tranches_of(session: Session, contract_id: UUID) -> Sequence[Tranche]:
    """The tranches of a contract, if they have been made, by number."""
    statement = select(Tranche).where(col(Tranche.contract_id) == contract_id).order_by(col(Tranche.number))
    return (await session.scalars(statement)).all()


async def paid_tranches(session: Session, contract_id: UUID) -> set[int]:
    """The numbers of a contract's tranches that the bank has paid."""
    statement = (
        select(col(Tranche.number))
        .join(PaymentRequest, col(PaymentRequest.tranche_id) == col(Tranche.id))
        .join(Authorisation, col(Authorisation.request_id) == col(PaymentRequest.id))
        .join(PaymentOrder, col(PaymentOrder.authorisation_id) == col(Authorisation.id))
        .where(col(Tranche.contract_id) == contract_id, col(PaymentOrder.status) == OrderStatus.PAID)
    )
    return set(await session.scalars(statement))


async def second_award(session: Session, application_id: UUID) -> Decimal | None:
    """What signed minutes award to the second request of an application."""
    statement = (
        select(col(Award.amount))
        .join(Application, col(Application.id) == col(Award.application_id))
        .join(Contest, col(Contest.id) == col(Application.contest_id))
        .where(col(Application.parent_id) == application_id, col(Contest.request_number) == 2, STANDS)
    )
    return await session.scalar(statement)


async def second_request(session: Session, application_id: UUID) -> Application | None:
    """The second request of an application that was awarded."""
    statement = (
        select(Application)
        .join(Award, col(Award.application_id) == col(Application.id))
        .where(col(Application.parent_id) == application_id, STANDS)
    )
    return await session.scalar(statement)


async def live_request(
    session: Session, *, tranche_id: UUID | None = None, payout_id: UUID | None = None
) -> PaymentRequest | None:
    """The request for a tranche or a payout that was not refused."""
    column, value = (PaymentRequest.tranche_id, tranche_id) if tranche_id else (PaymentRequest.payout_id, payout_id)
    live = (col(column) == value, col(PaymentRequest.status) != RequestStatus.REFUSED)
    return await session.scalar(select(PaymentRequest).where(*live))


async def live_requests_of(session: Session, contract_id: UUID) -> dict[int, PaymentRequest]:
    """The requests for a contract's tranches that were not refused, by number."""
    statement = (
        select(col(Tranche.number), PaymentRequest)
        .join(PaymentRequest, col(PaymentRequest.tranche_id) == col(Tranche.id))
        .where(col(Tranche.contract_id) == contract_id, col(PaymentRequest.status) != RequestStatus.REFUSED)
    )
    return {row[0]: row[1] for row in await session.execute(statement)}


async def own_deposits_of(session: Session, contract_id: UUID) -> Sequence[OwnShareDeposit]:
    """The deposits of a contract's own share, in the order they were recorded."""
    statement = select(OwnShareDeposit).where(col(OwnShareDeposit.contract_id) == contract_id)
    return (await session.scalars(statement.order_by(col(OwnShareDeposit.at), col(OwnShareDeposit.id)))).all()


async def payment(session: Session, request_id: UUID) -> Payment:
    """A request with what it pays. Raises ``NotFound``."""
    row = (await session.execute(_payments().where(col(PaymentRequest.id) == request_id))).one_or_none()
    if row is None:
        raise NotFound
    return Payment(*row)


async def payments_of(session: Session, office_id: UUID, statuses: Iterable[RequestStatus], limit: int) -> list[Payment]:
    """The requests of an office in some states, the newest first."""
    statement = _payments().where(col(PaymentRequest.office_id) == office_id, col(PaymentRequest.status).in_(list(statuses)))
    newest = statement.order_by(col(PaymentRequest.requested_at).desc(), col(PaymentRequest.id).desc()).limit(limit)
    return [Payment(*row) for row in await session.execute(newest)]


async def authorisation_of(session: Session, request_id: UUID) -> Authorisation | None:
    """The authorisation of a request, once there is one."""
    return await session.scalar(select(Authorisation).where(col(Authorisation.request_id) == request_id))


async def authorised_before(session: Session, contract_id: UUID, tranche: int) -> Decimal:
    """What has been authorised of the tranches before ``tranche``."""
    statement = (
        select(func.coalesce(func.sum(col(Authorisation.amount)), 0))
        .join(PaymentRequest, col(PaymentRequest.id) == col(Authorisation.request_id))
        .join(Tranche, col(Tranche.id) == col(PaymentRequest.tranche_id))
        .where(col(Tranche.contract_id) == contract_id, col(Tranche.number) < tranche)
    )
    return Decimal((await session.execute(statement)).scalar_one())


def issued_by(office_id: UUID) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The condition on orders of an office that wait for a batch."""
    return col(PaymentOrder.status) == OrderStatus.ISSUED, col(Authorisation.office_id) == office_id


async def lock_orders(session: Session, *conditions: ColumnElement[bool]) -> None:
    """Lock the orders that fulfil ``conditions`` (on columns of ``PaymentOrder``), in one order for everybody."""
    statement = select(PaymentOrder).where(*conditions).order_by(col(PaymentOrder.id)).with_for_update()
    (await session.scalars(statement.execution_options(populate_existing=True))).all()


async def orders_of(session: Session, *conditions: ColumnElement[bool], limit: int = 5000) -> list[OrderOf]:
    """The orders that fulfil ``conditions`` with what they pay, by their end-to-end identifier."""
    statement = (
        select(PaymentOrder, Authorisation, PaymentRequest, Tranche, Contract, PrizePayout)
        .join(Authorisation, col(Authorisation.id) == col(PaymentOrder.authorisation_id))
        .join(PaymentRequest, col(PaymentRequest.id) == col(Authorisation.request_id))
        .outerjoin(Tranche, col(Tranche.id) == col(PaymentRequest.tranche_id))
        .outerjoin(Contract, col(Contract.id) == col(Tranche.contract_id))
        .outerjoin(PrizePayout, col(PrizePayout.id) == col(PaymentRequest.payout_id))
        .where(*conditions)
        .order_by(col(PaymentOrder.end_to_end_id))
        .limit(limit)
    )
    return [OrderOf(row[0], row[1], Payment(*row[2:])) for row in await session.execute(statement)]


async def last_order(session: Session, authorisation_id: UUID) -> PaymentOrder:
    """The newest order of an authorisation, locked. Raises ``NotFound``."""
    statement = select(PaymentOrder).where(col(PaymentOrder.authorisation_id) == authorisation_id)
    newest = statement.order_by(col(PaymentOrder.attempt).desc()).limit(1).with_for_update()
    order = await session.scalar(newest.execution_options(populate_existing=True))
    if order is None:
        raise NotFound
    return order


async def batches_of(session: Session, office_id: UUID, limit: int) -> Sequence[BankBatch]:
    """The batches of an office, the newest first."""
    statement = select(BankBatch).where(col(BankBatch.office_id) == office_id)
    newest = statement.order_by(col(BankBatch.prepared_at).desc(), col(BankBatch.id).desc()).limit(limit)
    return (await session.scalars(newest)).all()


async def answer_with(session: Session, sha256: str) -> BankAnswer | None:
    """The bank's answer with this content."""
    return await session.scalar(select(BankAnswer).where(col(BankAnswer.file_sha256) == sha256))


async def answers_of(session: Session, batch_id: UUID) -> Sequence[BankAnswer]:
    """The bank's answers to a batch, in the order they were read."""
    statement = select(BankAnswer).where(col(BankAnswer.batch_id) == batch_id)
    return (await session.scalars(statement.order_by(col(BankAnswer.read_at), col(BankAnswer.id)))).all()


async def scorers_of(session: Session, payments: Iterable[Payment]) -> set[UUID]:
    """The persons who locked a sheet on what is paid: the contract's application, its second requests, a contest of prizes."""
    payments = list(payments)
    first = [payment.contract.application_id for payment in payments if payment.contract]
    contests = [payment.payout.contest_id for payment in payments if payment.payout]
    second = select(col(Application.id)).where(col(Application.parent_id).in_(first))
    statement = select(col(ScoreSheet.person_id)).where(
        col(ScoreSheet.application_id).in_(first)
        | col(ScoreSheet.application_id).in_(second)
        | col(ScoreSheet.contest_id).in_(contests)
    )
    return set(await session.scalars(statement.distinct()))


def _payments() -> Select[PaymentRequest, Tranche, Contract, PrizePayout]:
    return (
        select(PaymentRequest, Tranche, Contract, PrizePayout)
        .outerjoin(Tranche, col(Tranche.id) == col(PaymentRequest.tranche_id))
        .outerjoin(Contract, col(Contract.id) == col(Tranche.contract_id))
        .outerjoin(PrizePayout, col(PrizePayout.id) == col(PaymentRequest.payout_id))
    )
