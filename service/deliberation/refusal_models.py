"""Those who do not sign what they were there to sign, and why: their silence does not hold up what the others have signed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint

from service.core.tables import IMMUTABLE, SQLModel, id_column, moment, reference


class SignatureRefusal(SQLModel, table=True):
    """That somebody does not sign minutes or a resolution; who signs afterwards has signed."""

    __tablename__ = "signature_refusal"
    __table_args__ = (
        UniqueConstraint("minutes_id", "person_id"),
        UniqueConstraint("resolution_id", "person_id"),
        CheckConstraint("(minutes_id IS NULL) <> (resolution_id IS NULL)", name="of_one_paper"),
        CheckConstraint("reason <> ''", name="reason"),
        IMMUTABLE,
    )

    id: UUID = id_column()
    minutes_id: UUID | None = reference("minutes.id", optional=True, index=False)
    resolution_id: UUID | None = reference("appeal_resolution.id", optional=True, index=False)
    person_id: UUID = reference("person.id")
    reason: str
    at: datetime = moment()
    recorded_by: UUID = reference("person.id")
