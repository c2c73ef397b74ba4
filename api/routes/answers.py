"""The shapes that answers share."""

from typing import Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Out(BaseModel):
    """An answer made from a row: only what it names goes out."""

    model_config = ConfigDict(from_attributes=True)

    @classmethod
    def of(cls, row: object) -> Self:
        """The answer for a row."""
        return cls.model_validate(row)


class IdOut(Out):
    """The identifier of what was made."""

    id: UUID
