"""Tables of tranches, authorisations, orders and batches."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text

from service.core.tables import (
    IMMUTABLE,
    Field,
    SQLModel,
    encrypted,
    enum,
    id_column,
    immutable_but,
    json_column,
    moment,
    money,
    reference,
)


class OwnShareDeposit(SQLModel, table=True):
    """Money that the group put into its own account for the contract, by the bank's voucher."""

    __tablename__ = "own_share_deposit"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    contract_id: UUID = reference("contract.id")
    amount: Decimal = money(check="amount > 0", name="positive")
    bank_reference: str = Field(unique=True)
    at: datetime = moment()
    recorded_by: UUID = reference("person.id")


class Tranche(SQLModel, table=True):
    """A part of a contract's amount; the parts sum to the whole."""

    __tablename__ = "tranche"
    __table_args__ = (UniqueConstraint("contract_id", "number"), IMMUTABLE)

    id: UUID = id_column()
    contract_id: UUID = reference("contract.id", index=False)
    number: int
    amount: Decimal = money(check="amount > 0", name="positive")


class PrizePayout(SQLModel, table=True):
    """The prizes of a family contest, paid as one sum to the host group's account."""

    __tablename__ = "prize_payout"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    contest_id: UUID = reference("contest.id", unique=True)
    group_id: UUID = reference("group.id")
    amount: Decimal = money(check="amount > 0", name="positive")
    prizes: list[dict[str, Any]] = json_column()
    at: datetime = moment()


class RequestStatus(StrEnum):
    """The life of a payment request."""

    REQUESTED = "requested"
    CHECKED = "checked"
    AUTHORISED = "authorised"
    REFUSED = "refused"


class PaymentRequest(SQLModel, table=True):
    """The office head's request to pay a tranche or a contest's prizes; one live request for each."""

    __tablename__ = "payment_request"
    __table_args__ = (
        CheckConstraint("num_nonnulls(tranche_id, payout_id) = 1", name="one_subject"),
        CheckConstraint("checked_by IS NULL OR checked_by <> requested_by", name="two_persons"),
        Index("uq_payment_request_live_tranche", "tranche_id", unique=True, postgresql_where=text("status <> 'refused'")),
        Index("uq_payment_request_live_payout", "payout_id", unique=True, postgresql_where=text("status <> 'refused'")),
        immutable_but("status", "checked_by", "checked_at", "check_note", "refused_because"),
    )

    id: UUID = id_column()
    office_id: UUID = reference("office.id")
    tranche_id: UUID | None = reference("tranche.id", optional=True, index=False)
    payout_id: UUID | None = reference("prize_payout.id", optional=True, index=False)
    group_id: UUID = reference("group.id")
    amount: Decimal = money(check="amount > 0", name="positive")
    requested_by: UUID = reference("person.id")
    requested_at: datetime = moment()
    checked_by: UUID | None = reference("person.id", optional=True)
    checked_at: datetime | None = moment(optional=True)
    check_note: str | None = None
    refused_because: str | None = None
    status: RequestStatus = enum(RequestStatus, default=RequestStatus.REQUESTED)


class Authorisation(SQLModel, table=True):
    """A fund-transfer authorisation (ATF), numbered ``NNN-YYYY-OFFICE`` without gaps."""

    __tablename__ = "authorisation"
    __table_args__ = (UniqueConstraint("office_id", "year", "serial"), IMMUTABLE)

    id: UUID = id_column()
    request_id: UUID = reference("payment_request.id", unique=True)
    office_id: UUID = reference("office.id", index=False)
    year: int
    serial: int
    number: str
    amount: Decimal = money(check="amount > 0", name="positive")
    authorised_by: UUID = reference("person.id")
    authorised_at: datetime = moment()


class BatchStatus(StrEnum):
    """The life of a bank batch."""

    PREPARED = "prepared"
    RELEASED = "released"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"


class BankBatch(SQLModel, table=True):
    """Orders sent to the bank in one ISO 20022 pain.001 file, bound by its hash."""

    __tablename__ = "bank_batch"
    __table_args__ = (
        CheckConstraint("released_by IS NULL OR released_by <> prepared_by", name="two_persons"),
        immutable_but("status", "released_by", "released_at"),
    )

    id: UUID = id_column()
    office_id: UUID = reference("office.id")
    message_id: str = Field(unique=True)
    file_id: UUID = reference("stored_file.id")
    file_sha256: str
    total: Decimal = money(check="total > 0", name="positive")
    orders: int
    prepared_by: UUID = reference("person.id")
    prepared_at: datetime = moment()
    released_by: UUID | None = reference("person.id", optional=True)
    released_at: datetime | None = moment(optional=True)
    status: BatchStatus = enum(BatchStatus, default=BatchStatus.PREPARED)


class OrderStatus(StrEnum):
    """The life of a payment order."""

    ISSUED = "issued"
    BATCHED = "batched"
    PAID = "paid"
    RETURNED = "returned"


class PaymentOrder(SQLModel, table=True):
    """An order to pay an authorisation to the account that was confirmed when it was issued, copied here."""

    __tablename__ = "payment_order"
    __table_args__ = (
        UniqueConstraint("authorisation_id", "attempt"),
        Index("uq_payment_order_live", "authorisation_id", unique=True, postgresql_where=text("status <> 'returned'")),
        immutable_but("status", "batch_id", "return_reason", "answered_at"),
    )

    id: UUID = id_column()
    authorisation_id: UUID = reference("authorisation.id", index=False)
    attempt: int
    end_to_end_id: str = Field(unique=True)
    amount: Decimal = money(check="amount > 0", name="positive")
    account_id: UUID = reference("beneficiary_account.id")
    cci: str = encrypted("payment_order.cci")
    holder: str
    issued_by: UUID = reference("person.id")
    issued_at: datetime = moment()
    batch_id: UUID | None = reference("bank_batch.id", optional=True)
    return_reason: str | None = None
    answered_at: datetime | None = moment(optional=True)
    status: OrderStatus = enum(OrderStatus, default=OrderStatus.ISSUED)


class BankAnswer(SQLModel, table=True):
    """A status file of the bank (pain.002), read once: the same bytes are never applied twice."""

    __tablename__ = "bank_answer"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    batch_id: UUID = reference("bank_batch.id")
    file_id: UUID = reference("stored_file.id")
    file_sha256: str = Field(unique=True)
    lines: list[dict[str, Any]] = json_column()
    read_by: UUID = reference("person.id")
    read_at: datetime = moment()
