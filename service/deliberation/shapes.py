"""What people type about sessions: input shapes of the area.

``description`` is the label that forms show, and a key of the catalogues.
"""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from service.core.text import Line, Paragraphs
from service.deliberation.models import Capacity
from service.people.shapes import Ubigeo


class SessionIn(BaseModel, extra="forbid"):
    """A session to convene. Each line of the agenda is an item."""

    committee_id: UUID = Field(description="Committee")
    title: Line = Field(description="Title")
    place: Line = Field(description="Place")
    ubigeo: Ubigeo = Field(description="District")
    agenda: Paragraphs = Field(description="Agenda")
    convened_for: AwareDatetime = Field(description="Day and time")
    contest_ids: list[UUID] = Field(min_length=1, max_length=50, description="Contests")


class ArrivalIn(BaseModel, extra="forbid"):
    """A person who comes to a session."""

    person_id: UUID = Field(description="Person")
    capacity: Capacity = Field(description="Present as")


class AbsenceIn(BaseModel, extra="forbid"):
    """A seated juror who is not there for an item."""

    application_id: UUID = Field(description="Application")
    stage: Line = Field(description="Stage")
    person_id: UUID = Field(description="Juror")


class NarrativeIn(BaseModel, extra="forbid"):
    """The paragraphs of the minutes that are written, not computed."""

    development: Paragraphs = Field(default="", description="How the session went")
    custody: Paragraphs = Field(default="", description="Who keeps the sheets")
