"""What people type about the programs that call the API."""

from uuid import UUID

from pydantic import BaseModel, Field

from service.core.acts import Act
from service.core.text import Line


class ClientIn(BaseModel, extra="forbid"):
    """A new client with its first key. Without office and cofunder it works wherever its maker's roles reach."""

    name: Line = Field(description="Name of the program")
    office_id: UUID | None = Field(default=None, description="Office")
    cofunder_id: UUID | None = Field(default=None, description="Cofunder")
    acts: list[Act] = Field(min_length=1, max_length=len(Act), description="What it may do")
    days: int = Field(default=90, ge=1, le=366, description="Days until it expires")


class RotationIn(BaseModel, extra="forbid"):
    """A new key in place of one that goes on for a while, so that the program never stands still."""

    overlap_hours: int = Field(default=24, ge=0, le=168, description="Hours that the old key still works")
    days: int = Field(default=90, ge=1, le=366, description="Days until the new key expires")
