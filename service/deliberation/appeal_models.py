"""Tables of appeals: who appeals what, the panel and its opinions, the ruling and what it opens, the run that follows, the resolution."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text

from service.core.tables import IMMUTABLE, Field, SQLModel, enum, id_column, immutable_but, json_column, moment, reference


class AppealStatus(StrEnum):
    """The life of an appeal."""

    FILED = "filed"
    HEARD = "heard"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    UPHELD = "upheld"
    CARRIED_OUT = "carried_out"


class RemedyKind(StrEnum):
    """What an upheld appeal opens: a juror's sheet, an attribute, or the recusal of a juror."""

    SHEET = "sheet"
    ATTRIBUTE = "attribute"
    RECUSAL = "recusal"


class Appeal(SQLModel, table=True):
    """An appeal against what an announced run says of an application; ``paper_id`` is a paper of the application that shows it."""

    __tablename__ = "appeal"
    __table_args__ = (
        Index(
            "uq_appeal_standing",
            "application_id",
            "run_id",
            unique=True,
            postgresql_where=text("status <> 'withdrawn'"),
        ),
        CheckConstraint("ground <> ''", name="ground"),
        immutable_but("status"),
    )

    id: UUID = id_column()
    application_id: UUID = reference("application.id", index=False)
    contest_id: UUID = reference("contest.id")
    run_id: UUID = reference("ranking_run.id")
    ground: str
    paper_id: UUID | None = reference("paper.id", optional=True)
    filed_at: datetime = moment()
    filed_by: UUID = reference("person.id")
    status: AppealStatus = enum(AppealStatus, default=AppealStatus.FILED)


class AppealWithdrawal(SQLModel, table=True):
    """That an appeal was taken back before its panel was named."""

    __tablename__ = "appeal_withdrawal"
    __table_args__ = (IMMUTABLE,)

    appeal_id: UUID = Field(foreign_key="appeal.id", primary_key=True)
    reason: str
    at: datetime = moment()
    withdrawn_by: UUID = reference("person.id")


class AppealPanelist(SQLModel, table=True):
    """A member of the panel that hears an appeal."""

    __tablename__ = "appeal_panelist"
    __table_args__ = (IMMUTABLE,)

    appeal_id: UUID = Field(foreign_key="appeal.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    at: datetime = moment()
    named_by: UUID = reference("person.id")


class AppealOpinion(SQLModel, table=True):
    """A panel member's own opinion, given while signed in: to uphold the appeal or to reject it, and why."""

    __tablename__ = "appeal_opinion"
    __table_args__ = (
        ForeignKeyConstraint(["appeal_id", "person_id"], ["appeal_panelist.appeal_id", "appeal_panelist.person_id"]),
        CheckConstraint("reason <> ''", name="reason"),
        IMMUTABLE,
    )

    appeal_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    uphold: bool
    reason: str
    at: datetime = moment()


class AppealRuling(SQLModel, table=True):
    """What the majority of a panel rules, written by one of that majority."""

    __tablename__ = "appeal_ruling"
    __table_args__ = (
        ForeignKeyConstraint(["appeal_id", "ruled_by"], ["appeal_opinion.appeal_id", "appeal_opinion.person_id"]),
        IMMUTABLE,
    )

    appeal_id: UUID = Field(foreign_key="appeal.id", primary_key=True)
    upheld: bool
    reason: str
    at: datetime = moment()
    ruled_by: UUID


class AppealRemedy(SQLModel, table=True):
    """One thing that may be corrected because an appeal was upheld, and only once: in its application, and nothing else."""

    __tablename__ = "appeal_remedy"
    __table_args__ = (
        UniqueConstraint("appeal_id", "kind", "person_id", "stage", "attribute", postgresql_nulls_not_distinct=True),
        CheckConstraint(
            "(kind = 'attribute') = (attribute IS NOT NULL) AND (kind = 'attribute') = (person_id IS NULL) "
            "AND (kind = 'sheet') = (stage IS NOT NULL)",
            name="what",
        ),
        IMMUTABLE,
    )

    id: UUID = id_column()
    appeal_id: UUID = reference("appeal_ruling.appeal_id", index=False)
    kind: RemedyKind = enum(RemedyKind)
    person_id: UUID | None = reference("person.id", optional=True)
    stage: str | None = None
    attribute: str | None = None


class RemedyUse(SQLModel, table=True):
    """That what a remedy opened was corrected: the sheet or the value that took the place of the earlier one."""

    __tablename__ = "remedy_use"
    __table_args__ = (IMMUTABLE,)

    remedy_id: UUID = Field(foreign_key="appeal_remedy.id", primary_key=True)
    sheet_id: UUID | None = reference("score_sheet.id", optional=True)
    attribute_id: UUID | None = reference("application_attribute.id", optional=True)
    at: datetime = moment()
    used_by: UUID = reference("person.id")


class AppealRun(SQLModel, table=True):
    """A run of the judge that follows from an upheld appeal; the newest counts."""

    __tablename__ = "appeal_run"
    __table_args__ = (IMMUTABLE,)

    run_id: UUID = Field(foreign_key="ranking_run.id", primary_key=True)
    appeal_id: UUID = reference("appeal.id")


class AppealResolution(SQLModel, table=True):
    """The numbered paper that ends an appeal filed after the minutes were closed. ``number`` reads ``NNN-YYYY-OFFICE``, gap-free."""

    __tablename__ = "appeal_resolution"
    __table_args__ = (UniqueConstraint("office_id", "year", "serial"), IMMUTABLE)

    id: UUID = id_column()
    appeal_id: UUID = reference("appeal.id", unique=True)
    office_id: UUID = reference("office.id", index=False)
    year: int
    serial: int
    number: str
    run_id: UUID | None = reference("ranking_run.id", optional=True)
    data: dict[str, Any] = json_column()
    data_sha256: str
    issued_at: datetime = moment()
    issued_by: UUID = reference("person.id")


class ResolutionSignature(SQLModel, table=True):
    """A panel member signing the hash of a resolution."""

    __tablename__ = "resolution_signature"
    __table_args__ = (IMMUTABLE,)

    resolution_id: UUID = Field(foreign_key="appeal_resolution.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    dni: str
    data_sha256: str
    at: datetime = moment()


class AwardRevocation(SQLModel, table=True):
    """That a resolution took an award back, because the result that it rests on was replaced."""

    __tablename__ = "award_revocation"
    __table_args__ = (IMMUTABLE,)

    award_id: UUID = Field(foreign_key="award.id", primary_key=True)
    resolution_id: UUID = reference("appeal_resolution.id")
    reason: str
    at: datetime = moment()
    revoked_by: UUID = reference("person.id")
