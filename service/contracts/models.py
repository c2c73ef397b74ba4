"""Tables of contracts and their signatures."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text

from service.contests.models import PlanType
from service.core.tables import (
    SQLModel,
    enum,
    id_column,
    immutable_but,
    json_column,
    json_with_account,
    moment,
    money,
    reference,
)


class ContractStatus(StrEnum):
    """The life of a numbered contract."""

    NUMBERED = "numbered"
    SIGNED_BY_GROUP = "signed_by_group"
    IN_FORCE = "in_force"
    REPORTED = "reported"
    LIQUIDATED = "liquidated"
    COMPLETED = "completed"
    WRITTEN_OFF = "written_off"
    ANNULLED = "annulled"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class ContractDraft(SQLModel, table=True):
    """What can still be chosen before a contract is numbered; ``resolution`` empowers the office head to sign."""

    __tablename__ = "contract_draft"

    id: UUID = id_column()
    award_id: UUID = reference("award.id", unique=True)
    months: int
    resolution: str
    obligations: str
    additional_cofinancing: list[dict[str, Any]] = json_column()
    updated_at: datetime = moment()


class Contract(SQLModel, table=True):
    """A numbered contract: ``data`` is what its paper prints. ``number`` reads ``NNN-YYYY-TYPE-OFFICE``."""

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("office_id", "year", "plan_type", "serial"),
        Index("uq_contract_live_award", "award_id", unique=True, postgresql_where=text("status <> 'annulled'")),
        immutable_but("status"),
    )

    id: UUID = id_column()
    award_id: UUID = reference("award.id", index=False)
    application_id: UUID = reference("application.id")
    contest_id: UUID = reference("contest.id")
    group_id: UUID = reference("group.id")
    fund_id: UUID = reference("fund.id")
    account_id: UUID = reference("beneficiary_account.id")
    office_id: UUID = reference("office.id", index=False)
    year: int
    plan_type: PlanType = enum(PlanType)
    serial: int
    number: str
    amount: Decimal = money(check="amount > 0", name="positive")
    own_share: Decimal = money(check="own_share >= 0", name="own_share_not_negative")
    terms: dict[str, Any] = json_column()
    data: dict[str, Any] = json_with_account()
    data_sha256: str
    numbered_at: datetime = moment()
    numbered_by: UUID = reference("person.id")
    status: ContractStatus = enum(ContractStatus, default=ContractStatus.NUMBERED)


class Party(StrEnum):
    """The two sides of a contract."""

    GROUP = "group"
    OFFICE = "office"


class InkSignature(SQLModel, table=True):
    """A side's ink signatures: the scan of the signed original by its hash, who signed, and the two officers who saw it.

    A scan that does not show the paper is refused by the second officer, with a reason, and another one is registered.
    """

    __tablename__ = "ink_signature"
    __table_args__ = (
        CheckConstraint("confirmed_by IS NULL OR confirmed_by <> registered_by", name="two_officers"),
        CheckConstraint("confirmed_by IS NULL OR refused_because IS NULL", name="one_decision"),
        Index("uq_ink_signature_live", "contract_id", "party", unique=True, postgresql_where=text("refused_because IS NULL")),
        immutable_but("confirmed_by", "confirmed_at", "refused_because"),
    )

    id: UUID = id_column()
    contract_id: UUID = reference("contract.id")
    party: Party = enum(Party)
    file_id: UUID = reference("stored_file.id")
    scan_sha256: str
    signatories: list[dict[str, Any]] = json_column()
    signed_on: date
    registered_by: UUID = reference("person.id")
    registered_at: datetime = moment()
    confirmed_by: UUID | None = reference("person.id", optional=True)
    confirmed_at: datetime | None = moment(optional=True)
    refused_because: str | None = None
