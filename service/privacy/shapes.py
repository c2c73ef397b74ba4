"""What people type about personal data and incidents."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from service.core.text import Words
from service.privacy.models import EntryKind, Outcome, RequestKind


class DataRequestIn(BaseModel, extra="forbid"):
    """What a person asks about the own data."""

    kind: RequestKind = Field(description="What is asked")
    words: Words = Field(description="In the person's own words")


class DataAnswerIn(BaseModel, extra="forbid"):
    """How a request is answered."""

    outcome: Outcome = Field(description="Answer")
    words: Words = Field(description="Reasons, as the person will read them")


class ErasureIn(BaseModel, extra="forbid"):
    """Why a person's data are to be erased."""

    person_id: UUID = Field(description="Person")
    reason: Words = Field(description="Why")


class IncidentIn(BaseModel, extra="forbid"):
    """What happened, as far as it is known; the rest follows in entries."""

    known_at: AwareDatetime = Field(description="Since when we know of it")
    what: Words = Field(description="What happened")
    data: Words = Field(description="Which data, and whose")
    persons: int | None = Field(default=None, ge=0, le=2_000_000_000, description="How many persons, as far as known")


class EntryIn(BaseModel, extra="forbid"):
    """What was done or found out."""

    kind: EntryKind = Field(description="Entry")
    words: Words = Field(description="What was done or found out")
