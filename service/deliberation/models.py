"""Tables of sessions, ranking runs, minutes and awards."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text

from service.core.tables import (
    IMMUTABLE,
    Field,
    SQLModel,
    enum,
    id_column,
    immutable_but,
    json_column,
    moment,
    money,
    reference,
)


class SessionStatus(StrEnum):
    """The life of a committee session."""

    CONVENED = "convened"
    OPEN = "open"
    PRESENTING = "presenting"
    TALLIED = "tallied"
    ANNOUNCED = "announced"
    CLOSED = "closed"
    SIGNED = "signed"
    PUBLISHED = "published"


class CommitteeSession(SQLModel, table=True):
    """A session of a committee. ``number`` is gap-free per office and ``year``; ``order_seed`` drew the order of presentations."""

    __tablename__ = "committee_session"
    __table_args__ = (UniqueConstraint("office_id", "year", "number"),)

    id: UUID = id_column()
    office_id: UUID = reference("office.id", index=False)
    committee_id: UUID = reference("committee.id")
    year: int
    number: int
    title: str
    place: str
    ubigeo: str = reference("district.ubigeo")
    agenda: str
    convened_for: datetime = moment()
    opened_at: datetime | None = moment(optional=True)
    closed_at: datetime | None = moment(optional=True)
    order_seed: str | None = None
    status: SessionStatus = enum(SessionStatus, default=SessionStatus.CONVENED)


class SessionContest(SQLModel, table=True):
    """A contest that a session decides; no two sessions decide one contest."""

    __tablename__ = "session_contest"
    __table_args__ = (IMMUTABLE,)

    contest_id: UUID = Field(foreign_key="contest.id", primary_key=True)
    session_id: UUID = reference("committee_session.id")


class Capacity(StrEnum):
    """As what a person is present."""

    CHAIR = "chair"
    MEMBER = "member"
    STAFF = "staff"
    MAYOR = "mayor"
    GUEST = "guest"


class Attendance(SQLModel, table=True):
    """A person's coming to a session, and leaving it."""

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint("left_at >= came_at", name="order"),
        Index("uq_attendance_here", "session_id", "person_id", unique=True, postgresql_where=text("left_at IS NULL")),
        immutable_but("left_at"),
    )

    id: UUID = id_column()
    session_id: UUID = reference("committee_session.id", index=False)
    person_id: UUID = reference("person.id")
    capacity: Capacity = enum(Capacity)
    came_at: datetime = moment()
    left_at: datetime | None = moment(optional=True)


class PresentationStatus(StrEnum):
    """How far a group's presentation has come."""

    WAITING = "waiting"
    CALLED = "called"
    DEFENDED = "defended"
    SCORED = "scored"


class Presentation(SQLModel, table=True):
    """An application's turn in a session, in the order it is called."""

    __tablename__ = "presentation"
    __table_args__ = (UniqueConstraint("session_id", "position"),)

    application_id: UUID = Field(foreign_key="application.id", primary_key=True)
    session_id: UUID = reference("committee_session.id", index=False)
    position: int
    status: PresentationStatus = enum(PresentationStatus, default=PresentationStatus.WAITING)


class RankingRun(SQLModel, table=True):
    """One run of the judge over a contest: what went in (by hash) and all that came out."""

    __tablename__ = "ranking_run"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    contest_id: UUID = reference("contest.id")
    session_id: UUID = reference("committee_session.id")
    ran_at: datetime = moment()
    ran_by: UUID = reference("person.id")
    inputs_sha256: str
    rules_sha256: str
    provisional: bool
    result: dict[str, Any] = json_column()


class RankedApplication(SQLModel, table=True):
    """An application's line in a ranking run; ``position`` is its place in the result's order."""

    __tablename__ = "ranked_application"
    __table_args__ = (Index("ix_ranked_application_position", "run_id", "position"), IMMUTABLE)

    run_id: UUID = Field(foreign_key="ranking_run.id", primary_key=True)
    application_id: UUID = Field(foreign_key="application.id", primary_key=True, index=True)
    position: int
    status: str
    rank: int | None = None
    total: str | None = None
    total_shown: str | None = None
    stages: dict[str, Any] = json_column()
    award: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    reasons: list[str] = json_column()


class RunCheck(SQLModel, table=True):
    """That a second person judged a contest anew, saw the result of a run and checked it off, with the hash of what was judged."""

    __tablename__ = "run_check"
    __table_args__ = (IMMUTABLE,)

    run_id: UUID = Field(foreign_key="ranking_run.id", primary_key=True)
    checked_by: UUID = reference("person.id")
    at: datetime = moment()
    inputs_sha256: str


class Announcement(SQLModel, table=True):
    """That the result of a run was made public; the announced result of a contest is that of its newest announcement."""

    __tablename__ = "announcement"
    __table_args__ = (Index("ix_announcement_newest", "contest_id", "at", "run_id"), IMMUTABLE)

    run_id: UUID = Field(foreign_key="ranking_run.id", primary_key=True)
    contest_id: UUID = reference("contest.id", index=False)
    at: datetime = moment()
    announced_by: UUID = reference("person.id")


class MinutesDraft(SQLModel, table=True):
    """The narrative paragraphs of minutes, editable until the minutes are closed."""

    __tablename__ = "minutes_draft"

    session_id: UUID = Field(foreign_key="committee_session.id", primary_key=True)
    development: str = ""
    custody: str = ""
    updated_at: datetime = moment()


SIGNED, COPY = "minutes:{}", "minutes-copy:{}"
"""Subjects of the papers of minutes: as signed, for who has a right to the session; with the ends of DNIs, for everybody."""


class Minutes(SQLModel, table=True):
    """Closed minutes: all that they say, as data, with its hash."""

    __tablename__ = "minutes"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    session_id: UUID = reference("committee_session.id", unique=True)
    number: str
    data: dict[str, Any] = json_column()
    data_sha256: str
    closed_at: datetime = moment()
    closed_by: UUID = reference("person.id")


class MinutesSignature(SQLModel, table=True):
    """A member present signing the minutes' hash."""

    __tablename__ = "minutes_signature"
    __table_args__ = (IMMUTABLE,)

    minutes_id: UUID = Field(foreign_key="minutes.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    capacity: Capacity = enum(Capacity)
    dni: str
    data_sha256: str
    at: datetime = moment()


class Award(SQLModel, table=True):
    """What signed minutes award to an application, or a signed resolution that followed them. One stands at most: not revoked."""

    __tablename__ = "award"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    application_id: UUID = reference("application.id")
    contest_id: UUID = reference("contest.id")
    run_id: UUID = reference("ranking_run.id")
    minutes_id: UUID = reference("minutes.id")
    amount: Decimal = money(check="amount > 0", name="positive")
    rank: int
