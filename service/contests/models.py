"""Tables of calls, contests and rule books."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Numeric, UniqueConstraint

from service.core.tables import DELETABLE, IMMUTABLE, Field, SQLModel, enum, id_column, json_column, moment, reference


class PlanType(StrEnum):
    """What groups apply for."""

    PIT = "PIT"  # territorial investment plan
    PGRN = "PGRN"  # natural-resource management plan
    PDN = "PDN"  # business plan
    PDN_J = "PDN-J"  # youth business plan
    IDL = "IDL"  # local development investment, by a municipality
    CIF = "CIF"  # inter-family contest
    SIDE = "SIDE"  # map, plan, dance, dish, results
    HOMES = "HOMES"  # home improvement


class ApplicantKind(StrEnum):
    """Who applies: groups, or the families of one host group."""

    GROUP = "group"
    FAMILY = "family"


class CallStatus(StrEnum):
    """The life of a call."""

    DRAFT = "draft"
    PUBLISHED = "published"


class ContestStatus(StrEnum):
    """The life of a contest; what depends on the clock is computed from the call's dates."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ANNOUNCED = "announced"
    DECIDED = "decided"


class Call(SQLModel, table=True):
    """An announcement of contests by an office. Filing is open while ``opens_at <= now < closes_at``."""

    __tablename__ = "call"
    __table_args__ = (UniqueConstraint("office_id", "code"), CheckConstraint("closes_at > opens_at", name="dates"))

    id: UUID = id_column()
    office_id: UUID = reference("office.id", index=False)
    code: str
    title: str
    opens_at: datetime = moment()
    closes_at: datetime = moment()
    status: CallStatus = enum(CallStatus, default=CallStatus.DRAFT)
    published_at: datetime | None = moment(optional=True)


class Contest(SQLModel, table=True):
    """One plan type, one request number, one rule book, one bundle. ``host_group_id`` is the community of a family contest."""

    __tablename__ = "contest"
    __table_args__ = (
        UniqueConstraint("call_id", "code"),
        CheckConstraint("request_number IN (1, 2)", name="request_number"),
        CheckConstraint("(applicant_kind = 'family') = (host_group_id IS NOT NULL)", name="host"),
    )

    id: UUID = id_column()
    call_id: UUID = reference("call.id", index=False)
    code: str
    title: str
    plan_type: PlanType = enum(PlanType)
    request_number: int
    applicant_kind: ApplicantKind = enum(ApplicantKind)
    host_group_id: UUID | None = reference("group.id", optional=True)
    currency: str
    status: ContestStatus = enum(ContestStatus, default=ContestStatus.DRAFT)


class RuleBookDraft(SQLModel, table=True):
    """The rules of a contest while they can still change."""

    __tablename__ = "rule_book_draft"

    contest_id: UUID = Field(foreign_key="contest.id", primary_key=True)
    book: dict[str, Any] = json_column()
    terms: dict[str, Any] = json_column()
    updated_at: datetime = moment()


class PublishedRuleBook(SQLModel, table=True):
    """A frozen version of a contest's rules. The newest version is in force; ``reason`` says why it replaced an earlier one."""

    __tablename__ = "rule_book"
    __table_args__ = (UniqueConstraint("contest_id", "version"), IMMUTABLE)

    id: UUID = id_column()
    contest_id: UUID = reference("contest.id", index=False)
    version: int
    book: dict[str, Any] = json_column()
    sha256: str
    terms: dict[str, Any] = json_column()
    terms_sha256: str
    reason: str
    published_at: datetime = moment()
    published_by: UUID = reference("person.id")


class RuleBookCriterion(SQLModel, table=True):
    """What the database knows of a criterion, so that it refuses a score out of range by itself."""

    __tablename__ = "rule_book_criterion"
    __table_args__ = (UniqueConstraint("rule_book_id", "stage", "code"), IMMUTABLE)

    id: UUID = id_column()
    rule_book_id: UUID = reference("rule_book.id", index=False)
    stage: str
    code: str
    low: Decimal = Field(sa_type=Numeric)
    high: Decimal = Field(sa_type=Numeric)
    na: bool


class QuestionKind(StrEnum):
    """What answers a question."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    YES_NO = "yes_no"


class Question(SQLModel, table=True):
    """Something that a contest asks of whoever applies; fixed with publication. The answer to a ``public`` one becomes an attribute."""

    __tablename__ = "question"
    __table_args__ = (
        UniqueConstraint("contest_id", "code"),
        CheckConstraint("(kind = 'choice') = (jsonb_array_length(choices) > 0)", name="choices"),
        DELETABLE,
    )

    id: UUID = id_column()
    contest_id: UUID = reference("contest.id", index=False)
    position: int
    code: str
    kind: QuestionKind = enum(QuestionKind)
    label_es: str
    label_en: str
    label_qu: str
    choices: list[str] = json_column()
    required: bool
    public: bool
    help: str


class RehearsalKind(StrEnum):
    """What rules were rehearsed on: an invented contest, or the sheets of one that was decided."""

    INVENTED = "invented"
    PAST = "past"


class Rehearsal(SQLModel, table=True):
    """That the rules of a contest were tried out before they were published: by whom, and which book (its SHA-256).

    Its result is computed again from ``seed`` and the two counts, or from the sheets of ``past_contest_id``.
    """

    __tablename__ = "rehearsal"
    __table_args__ = (
        CheckConstraint("(kind = 'past') = (past_contest_id IS NOT NULL)", name="past"),
        CheckConstraint("applications BETWEEN 1 AND 200 AND jurors BETWEEN 1 AND 15 OR kind = 'past'", name="size"),
        IMMUTABLE,
    )

    id: UUID = id_column()
    contest_id: UUID = reference("contest.id")
    sha256: str
    kind: RehearsalKind = enum(RehearsalKind)
    seed: str
    applications: int
    jurors: int
    past_contest_id: UUID | None = reference("contest.id", optional=True)
    at: datetime = moment()
    rehearsed_by: UUID = reference("person.id")
