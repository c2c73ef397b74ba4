"""What people type about payments: input shapes of the area.

``description`` is the label that forms show, and a key of the catalogues.
"""

from datetime import date

from pydantic import BaseModel, Field

from service.core.money import Money
from service.core.text import Line, Paragraphs


class OwnDepositIn(BaseModel, extra="forbid"):
    """Money that the group put into its own account, by the bank's voucher."""

    amount: Money = Field(gt=0, description="Amount")
    bank_reference: Line = Field(description="Number of the bank's voucher")


class CheckIn(BaseModel, extra="forbid"):
    """What was found when the papers of a request were looked through."""

    note: Paragraphs = Field(default="", description="What was checked")


class ReasonIn(BaseModel, extra="forbid"):
    """Why a request is refused or a batch withdrawn."""

    reason: Line = Field(description="Reason")


class BatchIn(BaseModel, extra="forbid"):
    """When the bank is to pay."""

    execution_date: date = Field(description="Day of payment")
