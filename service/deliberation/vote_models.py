"""Tables of votes and of what carried votes brought about beside a result."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Numeric, UniqueConstraint

from service.core.tables import IMMUTABLE, Field, SQLModel, enum, id_column, moment, money, reference
from service.deliberation.models import Capacity


class VoteMatter(StrEnum):
    """What a vote is about: a motion that the minutes note, another amount for an application, or putting one off."""

    MOTION = "motion"
    ADJUSTMENT = "adjustment"
    DEFERRAL = "deferral"


class MajorityBase(StrEnum):
    """Of what a majority is counted: votes for and against; all members present; all appointed members of the item."""

    CAST = "cast"
    PRESENT = "present"
    BASE = "base"


class Choice(StrEnum):
    """How a member votes."""

    IN_FAVOUR = "in_favour"
    AGAINST = "against"
    ABSTAINED = "abstained"


class MajorityRule(SQLModel, table=True):
    """The majority that a session asks for a matter; the newest version counts, and none is added after the tally.

    ``at_least`` is an exact share (``"2/3"``); ``strict`` asks for more than it; ``casting`` lets the chair's vote count once more on
    a tie.
    """

    __tablename__ = "majority_rule"
    __table_args__ = (UniqueConstraint("session_id", "matter", "version"), IMMUTABLE)

    id: UUID = id_column()
    session_id: UUID = reference("committee_session.id", index=False)
    matter: VoteMatter = enum(VoteMatter)
    version: int
    at_least: str
    strict: bool
    base: MajorityBase = enum(MajorityBase)
    casting: bool
    set_by: UUID = reference("person.id")
    set_at: datetime = moment()


class Motion(SQLModel, table=True):
    """What a session votes on: ``number`` counts from 1 in the session; ``amount`` is what an application is to get instead."""

    __tablename__ = "motion"
    __table_args__ = (
        UniqueConstraint("session_id", "number"),
        CheckConstraint("matter = 'motion' OR application_id IS NOT NULL", name="item"),
        CheckConstraint("(matter = 'adjustment') = (amount IS NOT NULL) AND COALESCE(amount > 0, true)", name="amount"),
        IMMUTABLE,
    )

    id: UUID = id_column()
    session_id: UUID = reference("committee_session.id", index=False)
    number: int
    matter: VoteMatter = enum(VoteMatter)
    title: str
    application_id: UUID | None = reference("application.id", optional=True)
    amount: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    put_at: datetime = moment()
    put_by: UUID = reference("person.id")


class Ballot(SQLModel, table=True):
    """A count of votes on a motion. A later attempt supersedes the earlier ones, with a reason; all stay.

    The majority is copied from the rule in force; ``appointed`` are the members who could have voted on it, present or not.
    """

    __tablename__ = "ballot"
    __table_args__ = (
        UniqueConstraint("motion_id", "attempt"),
        CheckConstraint("(attempt = 1) = (reason IS NULL)", name="reason"),
        IMMUTABLE,
    )

    id: UUID = id_column()
    motion_id: UUID = reference("motion.id", index=False)
    attempt: int
    at: datetime = moment()
    recorded_by: UUID = reference("person.id")
    reason: str | None = None
    at_least: str
    strict: bool
    base: MajorityBase = enum(MajorityBase)
    casting: bool
    appointed: int
    carried: bool


class Vote(SQLModel, table=True):
    """A member's vote in a ballot: one each."""

    __tablename__ = "vote"
    __table_args__ = (IMMUTABLE,)

    ballot_id: UUID = Field(foreign_key="ballot.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    capacity: Capacity = enum(Capacity)
    choice: Choice = enum(Choice)


class Dissent(SQLModel, table=True):
    """A member's dissent from what a ballot decided, in the member's words."""

    __tablename__ = "dissent"
    __table_args__ = (
        ForeignKeyConstraint(["ballot_id", "person_id"], ["vote.ballot_id", "vote.person_id"]),
        CheckConstraint("words <> ''", name="words"),
        IMMUTABLE,
    )

    ballot_id: UUID = Field(primary_key=True)
    person_id: UUID = Field(primary_key=True)
    words: str


class Adjustment(SQLModel, table=True):
    """Another amount for an approved application than its result gave; it stands as long as its motion is carried."""

    __tablename__ = "adjustment"
    __table_args__ = (IMMUTABLE,)

    motion_id: UUID = Field(foreign_key="motion.id", primary_key=True)
    application_id: UUID = reference("application.id")
    amount: Decimal = money(check="amount > 0", name="positive")
    reason: str
    at: datetime = moment()
    adjusted_by: UUID = reference("person.id")


class Deferral(SQLModel, table=True):
    """An application put off to a later session; it stands as long as its motion is carried."""

    __tablename__ = "deferral"
    __table_args__ = (IMMUTABLE,)

    motion_id: UUID = Field(foreign_key="motion.id", primary_key=True)
    application_id: UUID = reference("application.id")
    reason: str
    at: datetime = moment()
    deferred_by: UUID = reference("person.id")


class VoteRecusal(SQLModel, table=True):
    """A member of the session who has declared a conflict of interest: without vote on the application from then on.

    With a seat or without one: the sheets are the panel's, and stay as they are.
    """

    __tablename__ = "vote_recusal"
    __table_args__ = (CheckConstraint("reason <> ''", name="reason"), IMMUTABLE)

    application_id: UUID = Field(foreign_key="application.id", primary_key=True)
    person_id: UUID = Field(foreign_key="person.id", primary_key=True)
    session_id: UUID = reference("committee_session.id")
    reason: str
    at: datetime = moment()
    recorded_by: UUID = reference("person.id")
