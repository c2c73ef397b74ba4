"""What people type about applications: input shapes of the area.

``description`` is the label that forms show, and a key of the catalogues.
"""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from service.applications.models import BudgetSource
from service.core.money import ZERO, Money
from service.core.text import Code, Line, Paragraphs

AttributeName = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,39}$")]
"""The name of an attribute as rule books write it: ``families_present_share``."""


class BudgetLineIn(BaseModel, extra="forbid"):
    """What a part of the money is for, and who puts it in."""

    description: Line = Field(description="What for")
    source: BudgetSource = Field(description="Who pays")
    in_kind: bool = Field(default=False, description="In kind")
    amount: Money = Field(description="Amount")


class BudgetIn(BaseModel, extra="forbid"):
    """What is asked of the fund and what the group puts in, line by line."""

    requested: Money = Field(description="Amount requested")
    own_share: Money = Field(default=ZERO, description="Own share")
    lines: list[BudgetLineIn] = Field(default=[], max_length=200, description="Budget")


class ApplicationIn(BudgetIn):
    """A presentation of a plan to a contest: a new plan with its title, or one that was presented before.

    ``code`` is its short name in the contest. A contest of families takes a family of the host group's roll.
    """

    code: Code = Field(description="Short name in the contest")
    group_id: UUID = Field(description="Organisation")
    family_id: UUID | None = Field(default=None, description="Family")
    proposal_id: UUID | None = Field(default=None, description="Plan presented before")
    title: Line | None = Field(default=None, description="Title of the plan")
    summary: Paragraphs = Field(default="", description="Summary of the plan")


class AnswersIn(BaseModel, extra="forbid"):
    """Answers to the questions of the contest, by code; an empty one takes an answer back."""

    answers: dict[str, Annotated[Paragraphs, Field(max_length=2000)]] = Field(description="Answers")


class ReturnIn(BaseModel, extra="forbid"):
    """What is to be corrected, and until when."""

    correct_until: AwareDatetime = Field(description="To be corrected until")
    note: Line = Field(description="What to correct")


class EligibilityIn(BaseModel, extra="forbid"):
    """The decision on an application's papers; ``tasks_until`` is the day by which open tasks should be done."""

    eligible: bool = Field(description="The application is eligible")
    note: Paragraphs = Field(default="", description="Note")
    tasks_until: date | None = Field(default=None, description="Open tasks to be done by")


class AttributeIn(BaseModel, extra="forbid"):
    """A value that the rules look at, and where it comes from."""

    name: AttributeName = Field(description="Attribute")
    value: Line = Field(description="Value")
    source: Line = Field(description="Where the value comes from")


class PresenceIn(BaseModel, extra="forbid"):
    """The families counted at the visit."""

    present: int = Field(description="Families present")
    total: int = Field(description="Families of the group")


class PresentIn(BaseModel, extra="forbid"):
    """Persons who are there at the visit: ticked on the roll, or by their DNIs, several in one text."""

    person_ids: list[UUID] = Field(default=[], max_length=5000, description="Present")
    dnis: Annotated[Paragraphs, Field(max_length=20_000)] = Field(default="", description="DNIs, several at once")


class TakeBackIn(BaseModel, extra="forbid"):
    """A tick that was a mistake, and why."""

    person_id: UUID = Field(description="Person")
    reason: Line = Field(description="Reason")


class ConfirmIn(BaseModel, extra="forbid"):
    """What a president types from the slip."""

    application: Annotated[Line, Field(max_length=40)] = Field(description="Code of the application")
    code: Annotated[Line, Field(max_length=40)] = Field(description="Code of the slip")


class PaperConfirmationIn(BaseModel, extra="forbid"):
    """The signed form of confirmation that was handed in."""

    received_on: date = Field(description="Received on")
