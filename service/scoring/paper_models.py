"""Tables of sheets on paper: what was printed, and what two people typed from it."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, UniqueConstraint, text

from service.core.tables import (
    IMMUTABLE,
    Field,
    SQLModel,
    enum,
    id_column,
    immutable_but,
    json_column,
    moment,
    reference,
)


class PaperStatus(StrEnum):
    """How far a sheet on paper has come."""

    PRINTED = "printed"
    TYPED_ONCE = "typed_once"
    DIFFERED = "differed"
    LOCKED = "paper_locked"


class PaperSheet(SQLModel, table=True):
    """A sheet printed for one juror, application and stage; ``code`` is eight digits and two check digits.

    ``round`` counts the attempts to type it alike; ``differing`` are the criteria in which the last two typings differed.
    ``corrects_id`` is the locked sheet that it puts right, None of a first one; ``sheet_id`` is the locked sheet that came of it.
    """

    __tablename__ = "paper_sheet"
    __table_args__ = (
        ForeignKeyConstraint(["contest_id", "stage", "person_id"], ["seat.contest_id", "seat.stage", "seat.person_id"]),
        UniqueConstraint("id", "person_id"),
        Index("ix_paper_sheet_contest_id", "contest_id"),
        Index("ix_paper_sheet_application_id", "application_id"),
        Index(
            "uq_paper_sheet_first",
            "application_id",
            "stage",
            "person_id",
            "rule_book_id",
            unique=True,
            postgresql_where=text("corrects_id IS NULL"),
        ),
        CheckConstraint("code ~ '^[0-9]{10}$' AND CAST(code AS bigint) % 97 = 1", name="check_digits"),
        CheckConstraint("(status = 'paper_locked') = (sheet_id IS NOT NULL)", name="locked_with_sheet"),
        CheckConstraint("round >= 1", name="round_from_one"),
        immutable_but("status", "round", "differing", "sheet_id"),
    )

    id: UUID = id_column()
    code: str = Field(unique=True)
    application_id: UUID = reference("application.id", index=False)
    contest_id: UUID
    stage: str
    person_id: UUID
    rule_book_id: UUID = reference("rule_book.id", index=False)
    corrects_id: UUID | None = reference("score_sheet.id", optional=True, unique=True)
    printed_by: UUID = reference("person.id")
    printed_at: datetime = moment()
    status: PaperStatus = enum(PaperStatus, default=PaperStatus.PRINTED)
    round: int = 1
    differing: list[str] = json_column()
    sheet_id: UUID | None = reference("score_sheet.id", optional=True, unique=True)


class PaperTyping(SQLModel, table=True):
    """What one person typed from a paper sheet in one round: never the juror, and two different persons in each round.

    ``juror_id`` repeats the paper's juror, so that the database can compare; ``reason`` is why a correction was made; ``scan_sha256`` binds
    the scanned page.
    """

    __tablename__ = "paper_typing"
    __table_args__ = (
        ForeignKeyConstraint(["paper_id", "juror_id"], ["paper_sheet.id", "paper_sheet.person_id"]),
        UniqueConstraint("paper_id", "round", "place"),
        UniqueConstraint("paper_id", "round", "typed_by"),
        CheckConstraint("typed_by <> juror_id", name="not_the_juror"),
        CheckConstraint("place IN (1, 2)", name="two_places"),
        IMMUTABLE,
    )

    id: UUID = id_column()
    paper_id: UUID
    round: int
    place: int
    juror_id: UUID
    typed_by: UUID = reference("person.id")
    typed_at: datetime = moment()
    scores: dict[str, Any] = json_column()
    reason: str | None = None
    scan_sha256: str | None = Field(default=None, foreign_key="stored_file.sha256")
