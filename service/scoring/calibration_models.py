"""Tables of the calibration of jurors: they never enter a bundle, a count of sheets or a result."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from service.core.tables import IMMUTABLE, Field, SQLModel, json_column, moment, reference


class CalibrationSample(SQLModel, table=True):
    """One of the two files of nobody; the newest version of a place is the one scored. ``share`` chooses bands."""

    __tablename__ = "calibration_sample"
    __table_args__ = (CheckConstraint("place IN (1, 2)", name="place"), IMMUTABLE)

    contest_id: UUID = Field(foreign_key="contest.id", primary_key=True)
    place: int = Field(primary_key=True)
    version: int = Field(primary_key=True)
    title: str
    text: str
    share: str
    file_id: UUID | None = reference("stored_file.id", optional=True)
    at: datetime = moment()
    kept_by: UUID = reference("person.id")


class CalibrationSheet(SQLModel, table=True):
    """What a juror gave a sample in a stage: sent once, and for good."""

    __tablename__ = "calibration_sheet"
    __table_args__ = (
        ForeignKeyConstraint(["contest_id", "stage", "person_id"], ["seat.contest_id", "seat.stage", "seat.person_id"]),
        ForeignKeyConstraint(
            ["contest_id", "place", "version"],
            ["calibration_sample.contest_id", "calibration_sample.place", "calibration_sample.version"],
        ),
        IMMUTABLE,
    )

    contest_id: UUID = Field(primary_key=True)
    stage: str = Field(primary_key=True)
    place: int = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    version: int
    rule_book_id: UUID = reference("rule_book.id")
    scores: dict[str, Any] = json_column()
    at: datetime = moment()


class CalibrationClosing(SQLModel, table=True):
    """The end of a stage's round: with the last sheet, or by the secretary. From then on everybody sees every sheet."""

    __tablename__ = "calibration_closing"
    __table_args__ = (IMMUTABLE,)

    contest_id: UUID = Field(foreign_key="contest.id", primary_key=True)
    stage: str = Field(primary_key=True)
    at: datetime = moment()
    closed_by: UUID = reference("person.id")
