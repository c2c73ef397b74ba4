"""Tables of what was decided on pairs that look alike, step by step: that they are two, and that this is taken back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint

from service.core.tables import IMMUTABLE, Field, SQLModel, moment, reference


class DistinctGroups(SQLModel, table=True):
    """Two groups that look alike and are not the same, and why; the smaller identifier first.

    The steps of a pair follow one another: the odd ones say that it is two, each even one takes the step before it back.
    """

    __tablename__ = "distinct_groups"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="in_order"),
        CheckConstraint("reason <> ''", name="with_reason"),
        IMMUTABLE,
    )

    first_id: UUID = Field(foreign_key="group.id", primary_key=True)
    second_id: UUID = Field(foreign_key="group.id", primary_key=True, index=True)
    step: int = Field(primary_key=True)
    reason: str
    decided_by: UUID = reference("person.id")
    decided_at: datetime = moment()


class DistinctPersons(SQLModel, table=True):
    """Two persons who look alike and are not the same, and why; the steps are as those of ``DistinctGroups``."""

    __tablename__ = "distinct_persons"
    __table_args__ = (
        CheckConstraint("first_id < second_id", name="in_order"),
        CheckConstraint("reason <> ''", name="with_reason"),
        IMMUTABLE,
    )

    first_id: UUID = Field(foreign_key="person.id", primary_key=True)
    second_id: UUID = Field(foreign_key="person.id", primary_key=True, index=True)
    step: int = Field(primary_key=True)
    reason: str
    decided_by: UUID = reference("person.id")
    decided_at: datetime = moment()
