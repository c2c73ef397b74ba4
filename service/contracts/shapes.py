"""What people type about contracts: input shapes of the area.

``description`` is the label that forms show, and a key of the catalogues.
"""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, Field

from service.contracts.models import Party
from service.core.money import Money
from service.core.text import Line, Paragraphs


class CofinancingIn(BaseModel, extra="forbid"):
    """A further promise that the contract names."""

    entity: Line = Field(description="Entity")
    in_kind: bool = Field(default=False, description="In kind")
    amount: Money = Field(description="Amount promised")


class ContractDraftIn(BaseModel, extra="forbid"):
    """What can be chosen before a contract is numbered. Without ``months`` the contract runs as long as the contest's terms say."""

    months: int | None = Field(default=None, ge=1, le=120, description="Term in months")
    resolution: Line = Field(description="Resolution that empowers the office head to sign")
    obligations: Paragraphs = Field(default="", description="Further obligations of the group")
    additional_cofinancing: list[CofinancingIn] = Field(
        default_factory=list, max_length=20, description="Additional cofinancing promised"
    )


class SignatoryIn(BaseModel, extra="forbid"):
    """A person who signed."""

    person_id: UUID = Field(description="Person who signed")


class InkIn(BaseModel, extra="forbid"):
    """Ink signatures of one side on the printed original."""

    party: Party = Field(description="Side that signed")
    signed_on: date = Field(description="Day of signing")
    signatories: list[SignatoryIn] = Field(min_length=1, max_length=4, description="Who signed")


class ReasonIn(BaseModel, extra="forbid"):
    """The act that decides something about a contract, and why."""

    act: Line = Field(description="Act that decides it (number of the resolution or letter)")
    reason: Line = Field(description="Reason")


class RefusalIn(BaseModel, extra="forbid"):
    """Why a scan is not taken."""

    reason: Line = Field(description="What does not agree with the paper")
