"""What people type: input shapes of the area."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from service.core.text import Paragraphs

Name = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]
MOST_DECISIONS = 100


class PeriodIn(BaseModel, extra="forbid"):
    """A period, both days included."""

    since: date = Field(description="From")
    until: date = Field(description="Last day")


class DecisionIn(BaseModel, extra="forbid"):
    """One of many decisions: the kind of its subject, the subject (an identifier; of a tranche ``contract/number``), the action.

    ``note`` says what was checked, where the action is a check.
    """

    kind: Name
    subject: Annotated[str, StringConstraints(pattern=r"^[0-9a-f-]{36}(/[0-9]{1,2})?$")]
    action: Name
    note: Paragraphs = ""


class DecisionsIn(BaseModel, extra="forbid"):
    """Decisions to take in one go."""

    items: Annotated[list[DecisionIn], Field(min_length=1, max_length=MOST_DECISIONS)]


class CodeIn(BaseModel, extra="forbid"):
    """A group's code, as typed."""

    code: Annotated[str, StringConstraints(max_length=40)]
