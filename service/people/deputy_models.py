"""The table of deputies, and what is typed to name one."""

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel
from pydantic import Field as Input
from sqlalchemy import CheckConstraint

from service.core.tables import SQLModel, id_column, immutable_but, moment, reference
from service.core.text import Line


class Deputy(SQLModel, table=True):
    """Who stands in for the holder of a role; ``until`` is the first day without. Without a confirmation it has no effect."""

    __tablename__ = "deputy"
    __table_args__ = (
        CheckConstraint("until > since", name="term"),
        CheckConstraint("reason <> '' AND resolution <> ''", name="reason"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_whole"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_whole"),
        CheckConstraint("confirmed_by NOT IN (named_by, person_id)", name="confirmed_by_another"),
        immutable_but("confirmed_by", "confirmed_at", "ended_by", "ended_at"),
    )

    id: UUID = id_column()
    grant_id: UUID = reference("role_grant.id")
    person_id: UUID = reference("person.id")
    since: date
    until: date
    reason: str
    resolution: str
    named_by: UUID = reference("person.id")
    named_at: datetime = moment()
    confirmed_by: UUID | None = reference("person.id", optional=True)
    confirmed_at: datetime | None = moment(optional=True)
    ended_by: UUID | None = reference("person.id", optional=True)
    ended_at: datetime | None = moment(optional=True)


class DeputyIn(BaseModel, extra="forbid"):
    """Who stands in, from when, until when, why and by which resolution."""

    grant_id: UUID = Input(description="Role")
    person_id: UUID = Input(description="Deputy")
    since: date = Input(description="From")
    until: date = Input(description="First day without")
    reason: Line = Input(min_length=1, description="Reason")
    resolution: Line = Input(min_length=1, description="Number of the resolution")
