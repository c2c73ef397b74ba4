"""What people type about calls, contests and their rules: input shapes of the area.

``description`` is the label that forms show, and a key of the catalogues.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, field_validator

from service.contests.models import ApplicantKind, PlanType, QuestionKind
from service.core.text import Code, Line

Written = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]
"""A number as rule books write it: ``"7/10"``, ``"0.7"``, ``"3"``."""

Typed = Annotated[str, StringConstraints(strip_whitespace=True)]
"""What was typed where a number belongs, perhaps nothing."""

Currency = Annotated[str, StringConstraints(pattern="^(PEN|USD)$")]
"""Soles or dollars, by their code (ISO 4217)."""


class CallIn(BaseModel, extra="forbid"):
    """An announcement of contests; filing is open from ``opens_at`` up to, not including, ``closes_at``."""

    office_id: UUID = Field(description="Office")
    code: Code = Field(description="Code")
    title: Line = Field(description="Title")
    opens_at: AwareDatetime = Field(description="Filing opens")
    closes_at: AwareDatetime = Field(description="Filing closes")


class ContestIn(BaseModel, extra="forbid"):
    """A contest of a call. A contest of families names the group whose roll they are on."""

    code: Code = Field(description="Code")
    title: Line = Field(description="Title")
    plan_type: PlanType = Field(description="Type of plan")
    request_number: int = Field(default=1, ge=1, le=2, description="First or second request")
    applicant_kind: ApplicantKind = Field(default=ApplicantKind.GROUP, description="Who applies")
    host_group_id: UUID | None = Field(default=None, description="Community of the families")
    currency: Currency = Field(default="PEN", description="Currency")


class TermsIn(BaseModel, extra="forbid"):
    """The money side of a contest's rules; shares are fractions of one."""

    tranches: list[Written] = Field(min_length=1, max_length=2, description="Shares of the tranches")
    own_share_first: Written = Field(default="0", description="Part of its own share that a group deposits first")
    gate: Written = Field(default="0", description="Part of the first tranche to account for before the second")
    tries: Written = Field(default="3", description="Number of presentations")
    months: Written = Field(default="12", description="Months to carry out the plan")
    appeal_days: Written = Field(default="5", description="Days to appeal a result, 0 for no appeals")


class RulesIn(BaseModel, extra="forbid"):
    """The rules of a contest: the rule book as its JSON value, and the terms."""

    book: dict[str, Any] = Field(description="Rule book")
    terms: TermsIn = Field(description="Terms")


class TermsDraftIn(BaseModel, extra="forbid"):
    """Terms as they were typed, right or wrong."""

    tranches: list[Typed] = Field(default=[], max_length=2, description="Shares of the tranches")
    own_share_first: Typed = Field(default="", description="Part of its own share that a group deposits first")
    gate: Typed = Field(default="", description="Part of the first tranche to account for before the second")
    tries: Typed = Field(default="", description="Number of presentations")
    months: Typed = Field(default="", description="Months to carry out the plan")
    appeal_days: Typed = Field(default="5", description="Days to appeal a result, 0 for no appeals")


class DraftIn(BaseModel, extra="forbid"):
    """Rules as they were typed, right or wrong; ``seen`` is the hash of the draft that they were written over."""

    book: dict[str, Any] = Field(description="Rule book")
    terms: TermsDraftIn = Field(description="Terms")
    seen: str | None = None


class StartIn(BaseModel, extra="forbid"):
    """Where to begin from: a ready rule book by its code, or another contest."""

    ready: str | None = Field(default=None, description="Ready rule book")
    contest_id: UUID | None = Field(default=None, description="Rules of another contest")


class ReasonIn(BaseModel, extra="forbid"):
    """Why rules change after publication: the minuted act."""

    reason: Line = Field(description="Reason")


class CloneIn(BaseModel, extra="forbid"):
    """A new contest like another one, in a call that is still a draft."""

    call_id: UUID = Field(description="Call")
    code: Code = Field(description="Code")
    title: Line = Field(description="Title")


QuestionCode = Annotated[str, StringConstraints(pattern="^[a-z][a-z0-9_]{0,39}$")]
"""The name of a question, which is that of the attribute too: ``led_by_women``."""

Short = Annotated[Line | Literal[""], Field()]


class QuestionIn(BaseModel, extra="forbid"):
    """Something that a contest asks of whoever applies; ``position`` is the place it is to have, its own in the list where none is written."""

    position: int | None = Field(default=None, ge=1, le=99, description="Order")
    code: QuestionCode = Field(description="Code")
    label_es: Line = Field(description="Question in Spanish")
    label_en: Short = Field(default="", description="Question in English")
    label_qu: Short = Field(default="", description="Question in Quechua")
    kind: QuestionKind = Field(description="Kind of answer")
    choices: list[Line] = Field(default=[], max_length=30, description="What to choose from, with commas")
    required: bool = Field(default=False, description="Must be answered")
    public: bool = Field(default=False, description="The rules may look at it, and everybody")
    help: Short = Field(default="", description="Help")


class QuestionsIn(BaseModel, extra="forbid"):
    """The questions of a contest, in their order unless their positions say another."""

    questions: list[QuestionIn] = Field(default=[], max_length=40, description="Questions")

    @field_validator("questions", mode="before")
    @classmethod
    def _without_emptied(cls, rows: object) -> object:
        """A row of which nothing but its place is left is no question."""
        if not isinstance(rows, list):
            return rows
        return [
            row for row in rows if not (isinstance(row, dict) and {key for key, value in row.items() if value} == {"position"})
        ]


class RehearsalIn(BaseModel, extra="forbid"):
    """What to rehearse rules on: an invented contest of some size, or the sheets of a decided contest."""

    applications: int = Field(default=12, ge=1, le=200, description="Number of applications")
    jurors: int = Field(default=5, ge=1, le=15, description="Number of jurors")
    seed: Line = Field(default="1", description="Seed of the invented scores")
    past_contest_id: UUID | None = Field(default=None, description="Or the sheets of a decided contest")


class RevisionIn(RulesIn):
    """New rules in place of published ones; ``reason`` names the minuted act that changed them."""

    reason: Line = Field(description="Reason")
