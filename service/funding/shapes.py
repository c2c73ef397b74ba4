"""What people type about funds, cofunders and pledges: input shapes of the area."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from service.core.money import Money
from service.core.text import Code, Line
from service.funding.models import CofunderKind, PledgeKind
from service.people.identifiers import Ruc


class FundIn(BaseModel, extra="forbid"):
    """A fund of an office."""

    office_id: UUID = Field(description="Office")
    code: Code = Field(description="Code")
    name: Line = Field(description="Name")
    currency: Literal["PEN"] = Field(default="PEN", description="Currency")


class CofunderIn(BaseModel, extra="forbid"):
    """A body that puts money in, and the group that it is where it is one."""

    office_id: UUID = Field(description="Office")
    kind: CofunderKind = Field(description="Kind of cofunder")
    name: Line = Field(description="Name")
    ruc: Ruc = Field(description="RUC")
    group_id: UUID | None = Field(default=None, description="The same body as a group")


class SignerIn(BaseModel, extra="forbid"):
    """A person who signs for a cofunder, both days included."""

    person_id: UUID = Field(description="Person")
    position: Line = Field(description="Position")
    since: date = Field(description="From")
    until: date | None = Field(default=None, description="Last day")


class PledgeIn(BaseModel, extra="forbid"):
    """A promise, for one group's plans or for all that the fund pays."""

    cofunder_id: UUID = Field(description="Cofunder")
    fund_id: UUID = Field(description="Fund")
    group_id: UUID | None = Field(default=None, description="For this group only")
    kind: PledgeKind = Field(description="Cash or in kind")
    amount: Money = Field(gt=0, description="Amount")
    purpose: Line = Field(description="Purpose")


class CertificateIn(BaseModel, extra="forbid"):
    """The budget certificate or letter that backs a pledge."""

    number: Line = Field(description="Number of the certificate")
    certified_on: date = Field(description="Date of the certificate")


class DepositIn(BaseModel, extra="forbid"):
    """The bank's proof that a pledge arrived; the amount is the pledge's."""

    bank_reference: Line = Field(description="Reference of the bank")


class FundDepositIn(BaseModel, extra="forbid"):
    """Money that arrived without a pledge."""

    cofunder_id: UUID = Field(description="Cofunder")
    amount: Money = Field(gt=0, description="Amount")
    bank_reference: Line = Field(description="Reference of the bank")


class DeliveryIn(BaseModel, extra="forbid"):
    """The paper by which goods or work were handed over."""

    document: Line = Field(description="Act of delivery")


class DefaultIn(BaseModel, extra="forbid"):
    """Why a pledge will not be kept."""

    reason: Line = Field(description="Reason")
