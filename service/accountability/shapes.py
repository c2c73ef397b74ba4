"""What people type about accounting: input shapes of the area.

``description`` is the label that forms show, and a key of the catalogues.
"""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from service.accountability.models import ChargedTo, ReceiptType
from service.core.money import Money
from service.core.text import Code, Line, Paragraphs


class ExpenseLineIn(BaseModel, extra="forbid"):
    """One receipt, charged to one budget line; to none where a prize was won without a budget."""

    budget_line_id: UUID | None = Field(default=None, description="Budget line")
    description: Line = Field(description="What was bought")
    receipt_type: ReceiptType = Field(description="Kind of receipt")
    receipt_number: Line = Field(description="Number of the receipt")
    issuer: Line = Field(description="RUC of the issuer, or DNI of who declares")
    issued_on: date = Field(description="Date of the receipt")
    charged_to: ChargedTo = Field(description="Paid with")
    amount: Money = Field(gt=0, description="Amount")


class ReportIn(BaseModel, extra="forbid"):
    """An expense report of a group."""

    note: Paragraphs = Field(default="", description="Note")
    lines: list[ExpenseLineIn] = Field(min_length=1, max_length=500, description="Receipts")


class DecisionIn(BaseModel, extra="forbid"):
    """What is accepted of one line; ``position`` is its place in the report, from 1."""

    position: int = Field(ge=1, description="Number of the line")
    accepted: Money = Field(description="Amount accepted")
    reason: Paragraphs = Field(default="", description="Why not all of it")


class DecisionsIn(BaseModel, extra="forbid"):
    """The decision on every line of a report."""

    decisions: list[DecisionIn] = Field(min_length=1, max_length=500, description="Decisions")


class SecondRequestIn(BaseModel, extra="forbid"):
    """The request for the second tranche: where it is to be heard, its short name there, and what the office thinks of it."""

    contest_id: UUID = Field(description="Contest for second requests")
    code: Code = Field(description="Code of the application")
    opinion: Line = Field(description="Opinion of the office")


class RefundIn(BaseModel, extra="forbid"):
    """Money that a group gave back."""

    amount: Money = Field(gt=0, description="Amount")
    bank_reference: Line = Field(description="Number of the bank's voucher")


class LiquidationIn(BaseModel, extra="forbid"):
    """What the office says when it closes the accounts."""

    opinion: Paragraphs = Field(default="", description="Opinion of the office")
