"""What people type about reports: input shapes of the area."""

from datetime import date

from pydantic import BaseModel, Field


class PeriodIn(BaseModel, extra="forbid"):
    """A period, both days included."""

    since: date = Field(description="From")
    until: date = Field(description="Last day")
