"""What people type about appeals: input shapes, with the labels that forms show."""

from uuid import UUID

from pydantic import BaseModel, Field

from service.core.text import Line, Words
from service.deliberation.appeal_models import RemedyKind


class AppealIn(BaseModel, extra="forbid"):
    """Why a result is wrong, and a paper of the application that shows it."""

    ground: Words = Field(description="What is wrong with the result, and why")
    paper_id: UUID | None = Field(default=None, description="Paper of the application that shows it")


class WithdrawalIn(BaseModel, extra="forbid"):
    """Why an appeal is taken back."""

    reason: Line = Field(description="Reason")


class PanelIn(BaseModel, extra="forbid"):
    """Who hears an appeal."""

    person_ids: list[UUID] = Field(max_length=15, description="Members of the panel")


class OpinionIn(BaseModel, extra="forbid"):
    """A panel member's opinion."""

    uphold: bool = Field(default=False, description="I would uphold the appeal; not ticked, I would reject it")
    reason: Words = Field(description="Reasons")


class RemedyIn(BaseModel, extra="forbid"):
    """One thing that is to be corrected."""

    kind: RemedyKind = Field(description="What is to be corrected")
    person_id: UUID | None = Field(default=None, description="Juror")
    stage: Line | None = Field(default=None, description="Stage")
    attribute: Line | None = Field(default=None, description="Attribute")


class RulingIn(BaseModel, extra="forbid"):
    """What the majority rules, and what is to be corrected where it upholds."""

    reason: Words = Field(description="Reasons")
    remedies: list[RemedyIn] = Field(default_factory=list, max_length=30, description="Remedies")


class ValueIn(BaseModel, extra="forbid"):
    """The right value of an attribute."""

    value: Line = Field(description="Value")
