"""Tables of funds, pledges, deposits and reservations."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint

from service.core.tables import IMMUTABLE, Field, SQLModel, enum, id_column, immutable_but, moment, money, reference


class Fund(SQLModel, table=True):
    """Money with one purpose, in one currency, that pays for contests of an office."""

    __tablename__ = "fund"
    __table_args__ = (UniqueConstraint("office_id", "code"),)

    id: UUID = id_column()
    office_id: UUID = reference("office.id", index=False)
    code: str
    name: str
    currency: str


class FundedContest(SQLModel, table=True):
    """The fund that a contest's awards are paid from."""

    __tablename__ = "funded_contest"

    contest_id: UUID = Field(foreign_key="contest.id", primary_key=True)
    fund_id: UUID = reference("fund.id")


class CofunderKind(StrEnum):
    """Who cofinances."""

    PROGRAMME = "programme"
    MUNICIPALITY = "municipality"
    REGIONAL_GOVERNMENT = "regional_government"
    COMPANY = "company"
    MIGRANT_ASSOCIATION = "migrant_association"


class Cofunder(SQLModel, table=True):
    """A body that puts money in at an office; ``group_id`` where the same body is also known as a group (a municipality)."""

    __tablename__ = "cofunder"
    __table_args__ = (UniqueConstraint("office_id", "ruc"),)

    id: UUID = id_column()
    office_id: UUID = reference("office.id", index=False)
    kind: CofunderKind = enum(CofunderKind)
    name: str
    ruc: str
    group_id: UUID | None = reference("group.id", optional=True)


class CofunderSigner(SQLModel, table=True):
    """A person who signs for a cofunder: whom the system recuses from what that cofunder pledged for."""

    __tablename__ = "cofunder_signer"
    __table_args__ = (CheckConstraint("until IS NULL OR until >= since", name="term"), immutable_but("until"))

    id: UUID = id_column()
    cofunder_id: UUID = reference("cofunder.id")
    person_id: UUID = reference("person.id")
    position: str
    since: date
    until: date | None = None


class PledgeKind(StrEnum):
    """How a pledge is paid."""

    CASH = "cash"
    IN_KIND = "in_kind"


class PledgeStatus(StrEnum):
    """The life of a pledge; what became of the money afterwards is read from the fund's ledger."""

    DECLARED = "declared"
    CERTIFIED = "certified"
    DEPOSITED = "deposited"
    DELIVERED = "delivered"
    DEFAULTED = "defaulted"


class Pledge(SQLModel, table=True):
    """A promise of a cofunder to a fund, for one group's plans or (without one) for all that the fund pays."""

    __tablename__ = "pledge"
    __table_args__ = (immutable_but("status"),)

    id: UUID = id_column()
    cofunder_id: UUID = reference("cofunder.id")
    fund_id: UUID = reference("fund.id")
    group_id: UUID | None = reference("group.id", optional=True)
    kind: PledgeKind = enum(PledgeKind)
    amount: Decimal = money(check="amount > 0", name="positive")
    purpose: str
    declared_at: datetime = moment()
    declared_by: UUID = reference("person.id")
    status: PledgeStatus = enum(PledgeStatus, default=PledgeStatus.DECLARED)


class PledgeCertificate(SQLModel, table=True):
    """The budget certificate or letter that backs a pledge."""

    __tablename__ = "pledge_certificate"
    __table_args__ = (IMMUTABLE,)

    pledge_id: UUID = Field(foreign_key="pledge.id", primary_key=True)
    number: str
    certified_on: date
    recorded_by: UUID = reference("person.id")


class Deposit(SQLModel, table=True):
    """Money that arrived in a fund, from a pledge or straight from the programme; the bank's reference enters once."""

    __tablename__ = "deposit"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    fund_id: UUID = reference("fund.id")
    cofunder_id: UUID = reference("cofunder.id")
    pledge_id: UUID | None = reference("pledge.id", optional=True, unique=True)
    amount: Decimal = money(check="amount > 0", name="positive")
    bank_reference: str = Field(unique=True)
    at: datetime = moment()
    recorded_by: UUID = reference("person.id")


class ReservationStatus(StrEnum):
    """The life of a reservation."""

    HELD = "held"
    COMMITTED = "committed"
    RELEASED = "released"


class Reservation(SQLModel, table=True):
    """Money of a fund set aside for ``subject`` (an opaque ``award:<id>``), once; ``account`` is the ledger account where it went."""

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("status <> 'committed' OR account IS NOT NULL", name="committed_somewhere"),
        immutable_but("status", "account"),
    )

    id: UUID = id_column()
    fund_id: UUID = reference("fund.id")
    subject: str = Field(unique=True)
    amount: Decimal = money(check="amount > 0", name="positive")
    at: datetime = moment()
    status: ReservationStatus = enum(ReservationStatus, default=ReservationStatus.HELD)
    account: str | None = None
