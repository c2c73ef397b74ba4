"""What people type about seats, conflicts and sheets: input shapes of the area.

``description`` is the label that forms show, and a key of the catalogues.
"""

from uuid import UUID

from pydantic import BaseModel, Field

from service.core.text import Code, Line, Paragraphs

Scores = dict[Line, Line]
"""By criterion, what a juror writes: a number, a level's name or ``na``."""


class SeatIn(BaseModel, extra="forbid"):
    """A juror's seats in a contest; ``juror`` is the short name that the published bundle shows."""

    person_id: UUID = Field(description="Person")
    juror: Code = Field(description="Short name")
    stages: list[Line] = Field(min_length=1, max_length=20, description="Stages")
    alternate: bool = Field(default=False, description="As an alternate, who only scores in place of others")


class PlanIn(BaseModel, extra="forbid"):
    """A stage to divide among its jurors."""

    stage: Line = Field(description="Stage")
    jurors_each: int = Field(ge=1, le=100, description="Jurors to each application")


class DivisionIn(PlanIn, extra="forbid"):
    """The same, once the plan was looked at, which ``plan`` names by its SHA-256."""

    plan: Line = Field(description="SHA-256 of the plan")


class AssignmentIn(BaseModel, extra="forbid"):
    """A juror who is to score an application of a divided stage too."""

    stage: Line = Field(description="Stage")
    person_id: UUID = Field(description="Juror")
    reason: Line = Field(description="Reason")


class EndAssignmentIn(BaseModel, extra="forbid"):
    """Why an assignment ends."""

    reason: Line = Field(description="Reason")


class CallInIn(BaseModel, extra="forbid"):
    """An alternate who is to stand in for a juror: on one application, or on all that are open."""

    stage: Line = Field(description="Stage")
    person_id: UUID = Field(description="Alternate")
    stands_in_for: UUID = Field(description="In place of")
    application_id: UUID | None = Field(default=None, description="Application; empty for all that are open")


class DeclarationIn(BaseModel, extra="forbid"):
    """What a juror declares before the file opens."""

    conflict: bool = Field(description="I have a conflict of interest")
    reason: Paragraphs = Field(default="", description="Reason")


class RecusalIn(BaseModel, extra="forbid"):
    """A juror whom the secretary takes out of an item, for a conflict stated later or by others."""

    person_id: UUID = Field(description="Juror")
    reason: Paragraphs = Field(description="Reason")


class ScoresIn(BaseModel, extra="forbid"):
    """A sheet, whole or in part."""

    scores: Scores = Field(max_length=200, description="Scores")


class DraftIn(ScoresIn):
    """What is typed so far, and the version of the draft that it was typed on: 0 where there was none."""

    version: int = Field(default=0, ge=0, le=1_000_000_000, description="Version")


class CorrectionIn(BaseModel, extra="forbid"):
    """A whole new sheet in place of a locked one, and why."""

    scores: Scores = Field(max_length=200, description="Scores")
    reason: Paragraphs = Field(description="Reason for the correction")


class PaperTypingIn(BaseModel, extra="forbid"):
    """What one person reads on a paper sheet: its code, the scores, the control sum if there is one, and why it corrects another."""

    code: Line = Field(description="Code of the paper sheet")
    scores: Scores = Field(max_length=200, description="Scores")
    control_sum: Line | None = Field(default=None, description="Control sum of the paper")
    reason: Line | None = Field(default=None, description="Reason of the correction")


class PrintSheetIn(BaseModel, extra="forbid"):
    """Whose sheet is printed to be filled in by hand, and for which stage."""

    person_id: UUID = Field(description="Juror")
    stage: Line = Field(description="Stage")
    correcting: bool = Field(default=False, description="It corrects the locked sheet")


class SampleIn(BaseModel, extra="forbid"):
    """One of the two files of nobody; ``share`` chooses the bands of its sheet."""

    place: int = Field(ge=1, le=2, description="Sample (1 or 2)")
    title: Line = Field(description="Title")
    text: Paragraphs = Field(description="What the file says")
    share: Line = Field(default="1", description="Share that chooses bands (like 14/30)")


class CalibrationIn(BaseModel, extra="forbid"):
    """What a juror gives a sample."""

    place: int = Field(ge=1, le=2, description="Sample (1 or 2)")
    scores: Scores = Field(description="Scores")
