"""Tables of expense reports, second requests and liquidations."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint

from service.core.tables import (
    IMMUTABLE,
    Field,
    SQLModel,
    enum,
    id_column,
    immutable_but,
    json_column,
    moment,
    money,
    reference,
)


class ReportStatus(StrEnum):
    """The life of an expense report."""

    SUBMITTED = "submitted"
    DECIDED = "decided"


class ExpenseReport(SQLModel, table=True):
    """A group's account of what it spent, handed in through the office; ``serial`` counts within the contract."""

    __tablename__ = "expense_report"
    __table_args__ = (UniqueConstraint("contract_id", "serial"), immutable_but("status"))

    id: UUID = id_column()
    contract_id: UUID = reference("contract.id", index=False)
    serial: int
    note: str
    submitted_by: UUID = reference("person.id")
    submitted_at: datetime = moment()
    status: ReportStatus = enum(ReportStatus, default=ReportStatus.SUBMITTED)


class ChargedTo(StrEnum):
    """Whose money an expense was paid with."""

    FUND = "fund"
    OWN = "own"


class ReceiptType(StrEnum):
    """The kinds of payment receipts."""

    INVOICE = "invoice"  # factura
    SALES_RECEIPT = "sales_receipt"  # boleta de venta
    FEE_RECEIPT = "fee_receipt"  # recibo por honorarios
    AFFIDAVIT = "affidavit"  # declaración jurada, where no receipt can be had
    TICKET = "ticket"


class ExpenseLine(SQLModel, table=True):
    """One receipt, charged to one budget line (to none where a prize was won without a budget).

    A receipt enters once in the whole programme.
    """

    __tablename__ = "expense_line"
    __table_args__ = (
        UniqueConstraint("report_id", "position"),
        UniqueConstraint("issuer", "receipt_type", "receipt_number"),
        IMMUTABLE,
    )

    id: UUID = id_column()
    report_id: UUID = reference("expense_report.id", index=False)
    position: int
    budget_line_id: UUID | None = reference("budget_line.id", optional=True)
    description: str
    receipt_type: ReceiptType = enum(ReceiptType)
    receipt_number: str
    issuer: str
    issued_on: date
    charged_to: ChargedTo = enum(ChargedTo)
    amount: Decimal = money(check="amount > 0", name="positive")


class ExpenseDecision(SQLModel, table=True):
    """What was accepted of an expense line (0.00 when it is observed), and why not all."""

    __tablename__ = "expense_decision"
    __table_args__ = (CheckConstraint("accepted >= 0", name="accepted_not_negative"), IMMUTABLE)

    line_id: UUID = Field(foreign_key="expense_line.id", primary_key=True)
    accepted: Decimal = money()
    reason: str
    decided_by: UUID = reference("person.id")
    decided_at: datetime = moment()


class SecondRequest(SQLModel, table=True):
    """An application by which a contract's second tranche is asked for, with the office's opinion; one that failed may be repeated."""

    __tablename__ = "second_request"
    __table_args__ = (IMMUTABLE,)

    application_id: UUID = Field(foreign_key="application.id", primary_key=True)
    contract_id: UUID = reference("contract.id")
    opinion: str
    requested_by: UUID = reference("person.id")
    requested_at: datetime = moment()


class Refund(SQLModel, table=True):
    """Money that a group gave back to the fund, by the bank's voucher."""

    __tablename__ = "refund"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    contract_id: UUID = reference("contract.id")
    amount: Decimal = money(check="amount > 0", name="positive")
    bank_reference: str = Field(unique=True)
    at: datetime = moment()
    recorded_by: UUID = reference("person.id")


class Liquidation(SQLModel, table=True):
    """The closing account of a contract, as its paper prints it. ``number`` reads ``NNN-YYYY-OFFICE``."""

    __tablename__ = "liquidation"
    __table_args__ = (IMMUTABLE,)

    contract_id: UUID = Field(foreign_key="contract.id", primary_key=True)
    number: str = Field(unique=True)
    data: dict[str, Any] = json_column()
    data_sha256: str
    at: datetime = moment()
    liquidated_by: UUID = reference("person.id")
