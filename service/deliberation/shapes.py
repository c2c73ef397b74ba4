"""What people type about sessions: input shapes of the area.

``description`` is the label that forms show, and a key of the catalogues.
"""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from service.core.money import Money
from service.core.text import Line, Paragraphs, Words
from service.deliberation.models import Capacity
from service.deliberation.vote_models import MajorityBase, VoteMatter
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


class OrderDrawIn(BaseModel, extra="forbid"):
    """What the room gave to draw the order by: a number called out, a word, a lottery ball."""

    seed: Line = Field(description="Seed that the room gave")


class SignatureRefusalIn(BaseModel, extra="forbid"):
    """That somebody does not sign; without a person, who says so."""

    person_id: UUID | None = Field(default=None, description="Person")
    reason: Words = Field(description="Reason")


class ArrivalIn(BaseModel, extra="forbid"):
    """A person who comes to a session."""

    person_id: UUID = Field(description="Person")
    capacity: Capacity = Field(description="Present as")


class AbsenceIn(BaseModel, extra="forbid"):
    """A seated juror who is not there for an item."""

    application_id: UUID = Field(description="Application")
    stage: Line = Field(description="Stage")
    person_id: UUID = Field(description="Juror")


class VoteRecusalIn(BaseModel, extra="forbid"):
    """A member present who takes no part in the votes on an application, and why."""

    application_id: UUID = Field(description="Application")
    person_id: UUID = Field(description="Member")
    reason: Line = Field(description="Reason")


class NarrativeIn(BaseModel, extra="forbid"):
    """The paragraphs of the minutes that are written, not computed."""

    development: Paragraphs = Field(default="", description="How the session went")
    custody: Paragraphs = Field(default="", description="Who keeps the sheets")


class MajorityIn(BaseModel, extra="forbid"):
    """The majority that a session asks for a matter. ``at_least`` is an exact share."""

    matter: VoteMatter = Field(description="What is voted on")
    at_least: Line = Field(default="1/2", description="Share, like 1/2 or 2/3")
    strict: bool = Field(default=True, description="More than this share, not just this share")
    base: MajorityBase = Field(default=MajorityBase.CAST, description="Counted of")
    casting: bool = Field(default=False, description="On a tie the chair's vote counts once more")


class DissentIn(BaseModel, extra="forbid"):
    """A member's dissent, in the member's words."""

    person_id: UUID = Field(description="Member")
    words: Words = Field(description="Dissent, in the member's words")


class BallotIn(BaseModel, extra="forbid"):
    """How each member present voted."""

    in_favour: list[UUID] = Field(default_factory=list, max_length=200, description="In favour")
    against: list[UUID] = Field(default_factory=list, max_length=200, description="Against")
    abstained: list[UUID] = Field(default_factory=list, max_length=200, description="Abstained")
    dissents: list[DissentIn] = Field(default_factory=list, max_length=200, description="Dissents")


class CarryOutIn(BaseModel, extra="forbid"):
    """Why something that was voted is done, or done again."""

    reason: Line = Field(description="Reason")


class MatterIn(BaseModel, extra="forbid"):
    """What is put to the vote; ``amount`` is what an adjustment would give an application."""

    matter: VoteMatter = Field(description="What is voted on")
    title: Line = Field(description="Question put to the vote")
    application_id: UUID | None = Field(default=None, description="Application")
    amount: Money | None = Field(default=None, description="Amount put to the vote")


class VoteIn(BallotIn, MatterIn, extra="forbid"):
    """A vote on a motion, or on an application of the session."""


class CorrectionIn(BallotIn, CarryOutIn, extra="forbid"):
    """The right votes of a ballot that was entered wrongly, with the reason."""
