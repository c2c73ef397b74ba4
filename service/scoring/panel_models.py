"""Tables of who scores what, where not every seat of a stage scores every application of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text

from service.core.tables import IMMUTABLE, Field, SQLModel, id_column, immutable_but, moment, reference


class DividedStage(SQLModel, table=True):
    """A stage whose applications are divided among its jurors, ``jurors_each`` to each: from then on only assigned ones score."""

    __tablename__ = "divided_stage"
    __table_args__ = (CheckConstraint("jurors_each >= 1", name="jurors_each_from_one"), IMMUTABLE)

    contest_id: UUID = Field(foreign_key="contest.id", primary_key=True)
    stage: str = Field(primary_key=True)
    jurors_each: int
    divided_at: datetime = moment()
    divided_by: UUID = reference("person.id")


class Assignment(SQLModel, table=True):
    """A juror who scores an application in a divided stage; or an alternate who does, in place of ``stands_in_for``.

    ``reason`` is empty where the plan assigned, a text where somebody did, ``recused`` or ``absent`` for an alternate.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(["contest_id", "stage", "person_id"], ["seat.contest_id", "seat.stage", "seat.person_id"]),
        ForeignKeyConstraint(["contest_id", "stage", "stands_in_for"], ["seat.contest_id", "seat.stage", "seat.person_id"]),
        Index(
            "uq_assignment_live",
            "application_id",
            "stage",
            "person_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(
            "uq_assignment_stand_in",
            "application_id",
            "stage",
            "stands_in_for",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_assignment_contest_id", "contest_id", "stage"),
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL) "
            "AND COALESCE(end_reason <> '', true)",
            name="ended_whole",
        ),
        CheckConstraint("stands_in_for <> person_id", name="stands_in_for_another"),
        immutable_but("ended_at", "ended_by", "end_reason"),
    )

    id: UUID = id_column()
    application_id: UUID = reference("application.id", index=False)
    contest_id: UUID
    stage: str
    person_id: UUID
    stands_in_for: UUID | None = None
    reason: str
    assigned_at: datetime = moment()
    assigned_by: UUID = reference("person.id")
    ended_at: datetime | None = moment(optional=True)
    ended_by: UUID | None = reference("person.id", optional=True)
    end_reason: str | None = None
