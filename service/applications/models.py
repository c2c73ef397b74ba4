"""Tables of proposals and applications."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB

from service.contests.models import PlanType
from service.core.tables import DELETABLE, IMMUTABLE, Field, SQLModel, enum, id_column, json_column, moment, money, reference


class ApplicationStatus(StrEnum):
    """The life of an application."""

    DRAFT = "draft"
    FILED = "filed"
    RETURNED = "returned"
    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    WITHDRAWN = "withdrawn"
    APPROVED = "approved"
    RESERVE = "reserve"
    NOT_APPROVED = "not_approved"
    DISQUALIFIED = "disqualified"
    DEFERRED = "deferred"


class Proposal(SQLModel, table=True):
    """A group's plan, whatever becomes of its presentations."""

    __tablename__ = "proposal"

    id: UUID = id_column()
    group_id: UUID = reference("group.id")
    plan_type: PlanType = enum(PlanType)
    title: str
    summary: str


class Application(SQLModel, table=True):
    """One presentation of a proposal. ``code`` is its short name in the contest; amounts are in the contest's currency.

    ``parent_id`` and ``accounting`` (amounts copied at filing) belong to a second-tranche request. ``must_confirm``: it was filed on
    a group's behalf by somebody who is not on its board, so the group confirms it.
    """

    __tablename__ = "application"
    __table_args__ = (
        UniqueConstraint("contest_id", "code"),
        Index(
            "uq_application_live_group",
            "contest_id",
            "group_id",
            unique=True,
            postgresql_where=text("family_id IS NULL AND status <> 'withdrawn'"),
        ),
        Index(
            "uq_application_live_family", "contest_id", "family_id", unique=True, postgresql_where=text("status <> 'withdrawn'")
        ),
    )

    id: UUID = id_column()
    proposal_id: UUID = reference("proposal.id")
    contest_id: UUID = reference("contest.id", index=False)
    group_id: UUID = reference("group.id")
    family_id: UUID | None = reference("family.id", optional=True)
    code: str
    requested: Decimal = money(check="requested >= 0", name="requested_not_negative")
    own_share: Decimal = money(check="own_share >= 0", name="own_share_not_negative")
    filed_at: datetime | None = moment(optional=True)
    filed_by: UUID | None = reference("person.id", optional=True)
    correct_until: datetime | None = moment(optional=True)
    status: ApplicationStatus = enum(ApplicationStatus, default=ApplicationStatus.DRAFT)
    must_confirm: bool = False
    parent_id: UUID | None = reference("application.id", optional=True)
    accounting: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB, nullable=True))


class BudgetSource(StrEnum):
    """Who pays for a budget line."""

    FUND = "fund"
    OWN = "own"
    COFUNDER = "cofunder"


class BudgetLine(SQLModel, table=True):
    """What a plan spends money on, from one source, in cash or in kind."""

    __tablename__ = "budget_line"
    __table_args__ = (UniqueConstraint("application_id", "position"), DELETABLE)

    id: UUID = id_column()
    application_id: UUID = reference("application.id", index=False)
    position: int
    description: str
    source: BudgetSource = enum(BudgetSource)
    in_kind: bool = False
    amount: Decimal = money(check="amount > 0", name="positive")


class PaperKind(StrEnum):
    """The papers that eligibility asks for."""

    REQUEST = "request"
    ASSEMBLY_ACT = "assembly_act"
    REGISTRY_SHEET = "registry_sheet"
    BOARD_DNI = "board_dni"
    ROLL = "roll"
    PLAN = "plan"
    TECHNICAL_FILE = "technical_file"
    OTHER = "other"


class Paper(SQLModel, table=True):
    """A paper handed in with an application."""

    __tablename__ = "paper"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    application_id: UUID = reference("application.id")
    kind: PaperKind = enum(PaperKind)
    file_id: UUID = reference("stored_file.id")
    at: datetime = moment()
    added_by: UUID = reference("person.id")


class Attribute(SQLModel, table=True):
    """A value that the rules look at (a number or a text), with where it comes from. The newest of a name holds."""

    __tablename__ = "application_attribute"
    __table_args__ = (UniqueConstraint("application_id", "name", "version"), IMMUTABLE)

    id: UUID = id_column()
    application_id: UUID = reference("application.id", index=False)
    name: str
    version: int
    value: str
    source: str
    at: datetime = moment()
    recorded_by: UUID = reference("person.id")


class Answer(SQLModel, table=True):
    """What an application answers to a question of its contest; fixed with filing."""

    __tablename__ = "application_answer"
    __table_args__ = (DELETABLE,)

    application_id: UUID = Field(foreign_key="application.id", primary_key=True)
    question_id: UUID = Field(foreign_key="question.id", primary_key=True, index=True)
    value: str


class EligibilityDecision(SQLModel, table=True):
    """What was decided on an application's papers, with the reasons found then."""

    __tablename__ = "eligibility_decision"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    application_id: UUID = reference("application.id")
    outcome: ApplicationStatus = enum(ApplicationStatus)
    reasons: list[str] = json_column()
    note: str
    at: datetime = moment()
    decided_by: UUID = reference("person.id")
