"""What changed for programs that call the API, and what is going away.

The rule: under ``/api/v1`` things are added, and nothing that a program may rely on changes its meaning. What has to go is said
here a year before, in headers of every answer (RFC 9745, RFC 8594), in the OpenAPI document and on the page for programs.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

NOTICE = timedelta(days=365)
"""How long before its end something is said to go away."""

API, PAGE = "/api/v1", "/developers"


@dataclass(frozen=True)
class Change:
    """What a program can do since a day, or has to know."""

    on: date
    text: str


@dataclass(frozen=True)
class Leaving:
    """A route that goes away: since when programs are told, and the day it ends. Raises ``ValueError`` for too short a notice."""

    since: date
    until: date
    instead: str

    def __post_init__(self) -> None:
        if self.until - self.since < NOTICE:
            raise ValueError("what goes away is said a year before")

    @property
    def headers(self) -> dict[str, str]:
        """What every answer of the route says."""
        return {
            "Deprecation": f"@{int(_midnight(self.since).timestamp())}",
            "Sunset": format_datetime(_midnight(self.until), usegmt=True),
            "Link": f'<{PAGE}>; rel="deprecation"; type="text/html"',
        }


CHANGES = (
    Change(date(2026, 11, 25), "Keys for programs, with the headers RateLimit and RateLimit-Policy."),
    Change(date(2026, 11, 25), "An Idempotency-Key may come in quotes, as the draft of the IETF writes it."),
    Change(
        date(2026, 11, 25),
        "The header Caller-Reference keeps a reference of your own; it is read back under /api/v1/references.",
    ),
    Change(date(2026, 11, 25), "Errors have a catalogue under /api/v1/errors; the type of a problem leads to its page."),
)
"""The newest last."""

LEAVING: dict[str, Leaving] = {}
"""By method and path: ``"GET /api/v1/offices"``."""


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
