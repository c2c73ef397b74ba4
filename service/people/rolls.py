"""The table of rolls on their way in: a file that waits between its preview and its entry."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint

from service.core.tables import DELETABLE, Field, SQLModel, id_column, moment, reference


class RollDraft(SQLModel, table=True):
    """A file with a group's families, as it was uploaded. A person's next file for the group takes its place; entering it removes it."""

    __tablename__ = "roll_draft"
    __table_args__ = (
        UniqueConstraint("group_id", "uploaded_by"),
        CheckConstraint("sha256 = encode(sha256(content), 'hex')", name="sha256"),
        DELETABLE,
    )

    id: UUID = id_column()
    group_id: UUID = reference("group.id", index=False)
    uploaded_by: UUID = reference("person.id")
    uploaded_at: datetime = moment()
    name: str
    sha256: str
    content: bytes = Field(sa_type=LargeBinary)
