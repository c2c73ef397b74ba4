"""The shapes that answers share."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict

Exact = Annotated[str, BeforeValidator(str)]
"""An exact number as it is written: a whole number, or a fraction in lowest terms (``505/6``)."""


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
