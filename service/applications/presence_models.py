"""Tables of the presence of families at the visit: checks, who was there, and what was counted at the close."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint

from service.core.tables import IMMUTABLE, Field, SQLModel, moment, reference


class PresenceCheck(SQLModel, table=True):
    """A check of the families at the visit: open until it has a closing. A further one corrects the one before, with a reason."""

    __tablename__ = "presence_check"
    __table_args__ = (CheckConstraint("(number = 1) = (reason IS NULL)", name="reason"), IMMUTABLE)

    application_id: UUID = Field(foreign_key="application.id", primary_key=True)
    number: int = Field(primary_key=True)
    reason: str | None = None
    opened_at: datetime = moment()
    opened_by: UUID = reference("person.id")


class PresenceEntry(SQLModel, table=True):
    """A person of the roll who was there or, in a later row with its reason, was ticked by mistake; ``number`` runs by application."""

    __tablename__ = "presence_entry"
    __table_args__ = (
        CheckConstraint("present = (reason IS NULL)", name="reason"),
        ForeignKeyConstraint(["application_id", "check_number"], ["presence_check.application_id", "presence_check.number"]),
        ForeignKeyConstraint(["family_id", "person_id"], ["family_member.family_id", "family_member.person_id"]),
        IMMUTABLE,
    )

    application_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    check_number: int
    family_id: UUID
    person_id: UUID
    present: bool
    reason: str | None = None
    at: datetime = moment()
    entered_by: UUID = reference("person.id")


class PresenceClosing(SQLModel, table=True):
    """What a check counted when it was closed: families with somebody present, of the families on the roll of that moment."""

    __tablename__ = "presence_closing"
    __table_args__ = (
        CheckConstraint("families > 0 AND present BETWEEN 0 AND families", name="count"),
        ForeignKeyConstraint(["application_id", "check_number"], ["presence_check.application_id", "presence_check.number"]),
        IMMUTABLE,
    )

    application_id: UUID = Field(primary_key=True)
    check_number: int = Field(primary_key=True)
    present: int
    families: int
    at: datetime = moment()
    closed_by: UUID = reference("person.id")
