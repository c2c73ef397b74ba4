"""Tables of seats, conflicts, absences, windows and sheets."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text

from service.core.tables import IMMUTABLE, Field, SQLModel, enum, id_column, immutable_but, json_column, moment, reference


class Seat(SQLModel, table=True):
    """A juror's seat in one stage of a contest. ``juror`` is the short name that bundles use; one person, one name.

    The seat of an ``alternate`` counts only for the applications that the alternate is called in for.
    """

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("contest_id", "stage", "juror"), IMMUTABLE)

    contest_id: UUID = Field(foreign_key="contest.id", primary_key=True)
    stage: str = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    juror: str
    at: datetime = moment()
    alternate: bool = Field(default=False, sa_column_kwargs={"server_default": "false"})


class ConflictDeclaration(SQLModel, table=True):
    """What a juror declared before opening a file: no conflict, or one with its reason."""

    __tablename__ = "conflict_declaration"
    __table_args__ = (CheckConstraint("NOT conflict OR reason <> ''", name="reason"), IMMUTABLE)

    application_id: UUID = Field(foreign_key="application.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    conflict: bool
    reason: str
    at: datetime = moment()


class RecusalOrigin(StrEnum):
    """Whether the juror said it or the system knew it."""

    DECLARED = "declared"
    FOUND = "found"


class Recusal(SQLModel, table=True):
    """A juror out of view, score, speech, vote and quorum base of one application."""

    __tablename__ = "recusal"
    __table_args__ = (IMMUTABLE,)

    application_id: UUID = Field(foreign_key="application.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    origin: RecusalOrigin = enum(RecusalOrigin)
    reasons: list[str] = json_column()
    at: datetime = moment()


class RecordedAbsence(SQLModel, table=True):
    """A seated juror whose absence the chair has put in the minutes of ``session_key``."""

    __tablename__ = "recorded_absence"
    __table_args__ = (
        ForeignKeyConstraint(["contest_id", "stage", "person_id"], ["seat.contest_id", "seat.stage", "seat.person_id"]),
        IMMUTABLE,
    )

    application_id: UUID = Field(foreign_key="application.id", primary_key=True)
    stage: str = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    contest_id: UUID
    session_key: str
    at: datetime = moment()
    recorded_by: UUID = reference("person.id")


class ScoringWindow(SQLModel, table=True):
    """When sheets of a stage may be locked: from opening to closing. A session opens and closes it by calling down."""

    __tablename__ = "scoring_window"
    __table_args__ = (immutable_but("closed_at"),)

    contest_id: UUID = Field(foreign_key="contest.id", primary_key=True)
    stage: str = Field(primary_key=True)
    opened_at: datetime = moment()
    closed_at: datetime | None = moment(optional=True)


class ScoreReveal(SQLModel, table=True):
    """From when the scores of a contest may be read: a tally has found all sheets in. It holds until a stage is opened again."""

    __tablename__ = "score_reveal"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    contest_id: UUID = reference("contest.id")
    at: datetime = moment()
    revealed_by: UUID = reference("person.id")


class ScoreDraft(SQLModel, table=True):
    """What a juror has typed so far: texts by criterion. Locking inserts the sheet and leaves the draft behind.

    ``version`` counts the savings, so that a device that was without network cannot write over what another one saved since.
    """

    __tablename__ = "score_draft"
    __table_args__ = (CheckConstraint("version >= 1", name="version_from_one"),)

    application_id: UUID = Field(foreign_key="application.id", primary_key=True)
    stage: str = Field(primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    scores: dict[str, Any] = json_column()
    version: int = Field(default=1, sa_column_kwargs={"server_default": "1"})
    updated_at: datetime = moment()


class ScoreSheet(SQLModel, table=True):
    """A locked sheet. A correction is a further sheet that supersedes it, with a reason; both stay. A first sheet has a reason only where
    a ruling opened it after its stage was closed. ``nonce`` opens the commitment in the record (``sealing.py``)."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        ForeignKeyConstraint(["contest_id", "stage", "person_id"], ["seat.contest_id", "seat.stage", "seat.person_id"]),
        Index(
            "uq_score_sheet_first",
            "application_id",
            "stage",
            "person_id",
            unique=True,
            postgresql_where=text("supersedes_id IS NULL"),
        ),
        Index("ix_score_sheet_contest_id", "contest_id"),
        CheckConstraint("supersedes_id IS NULL OR reason IS NOT NULL", name="reason"),
        CheckConstraint("length(nonce) = 32", name="nonce"),
        IMMUTABLE,
    )

    id: UUID = id_column()
    application_id: UUID = reference("application.id", index=False)
    contest_id: UUID
    stage: str
    person_id: UUID
    rule_book_id: UUID = reference("rule_book.id", index=False)
    locked_at: datetime = moment()
    supersedes_id: UUID | None = reference("score_sheet.id", optional=True, unique=True)
    reason: str | None = None
    nonce: bytes | None = None


class Score(SQLModel, table=True):
    """What a sheet says of one criterion: as written (a number, a level's name, ``na``) and in points (None for ``na``)."""

    __tablename__ = "score"
    __table_args__ = (IMMUTABLE,)

    sheet_id: UUID = Field(foreign_key="score_sheet.id", primary_key=True)
    criterion_id: UUID = Field(foreign_key="rule_book_criterion.id", primary_key=True)
    written: str
    points: Decimal | None = Field(default=None, sa_type=Numeric)
