"""What is asked, until when it is answered, and what is refused: values in, a value or a named refusal out."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from service.core.errors import Conflict, Forbidden, Rejected
from service.privacy.models import EntryKind, IncidentEntry, RequestKind

WORKING_DAYS = {
    RequestKind.ACCESS: 20,
    RequestKind.RECTIFICATION: 10,
    RequestKind.ERASURE: 10,
    RequestKind.OBJECTION: 10,
}
"""Working days for an answer (Regulation of Law 29733). Holidays count as days of work here, so our dates are the stricter ones."""

TO_TELL = timedelta(hours=48)
"""Until when the authority is told of an incident (Regulation of Law 29733, Supreme Decree 016-2024-JUS)."""


class AboutYourself(Forbidden):
    """Nobody answers, or carries out, what is about themselves."""

    message = "This is about your own data. Another person of the programme answers it."


class AlreadyAnswered(Conflict):
    """A request is answered once."""

    message = "This request was answered already. Read the answer on its page."


class NotAskedFor(Conflict):
    """Data leave through an office only for a person who asked for them."""

    message = "This person has not asked for their data. File the request that the person signed, then come back."


class StillServes(Conflict):
    """The person holds a role, an appointment or a seat on a board today."""

    message = "{name} still holds a role, an appointment or a seat on a board. End it first."


class AlreadyForgotten(Conflict):
    """There is nothing of the person that could be erased."""

    message = "What could be erased of this person was erased already."


class TiesSince(Conflict):
    """Between asking and agreeing something happened that a law keeps."""

    message = "Since this erasure was asked for, something was added that the law keeps. Ask for it again."


class KnownLater(Rejected):
    """An incident is known of before it is written down."""

    message = "This moment has not come yet. Enter when you learnt of it."


class IncidentIsClosed(Conflict):
    """Nothing follows the closing."""

    message = "This incident is closed. If there is news, enter a new one and name this one in it."


class AuthorityNotTold(Conflict):
    """An incident is not closed before the authority was told, or it was written down why it need not be."""

    message = "Enter first when the authority was told, or why it need not be. Then close the incident."


def due(kind: RequestKind, asked: date) -> date:
    """The last day for an answer: working days from the day after, Saturdays and Sundays left out."""
    day, left = asked, WORKING_DAYS[kind]
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def years_after(day: date, years: int) -> date:
    """The same day years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def require_may_follow(entries: Iterable[IncidentEntry], kind: EntryKind) -> None:
    """Raises ``IncidentIsClosed``, ``AuthorityNotTold``."""
    kinds = {entry.kind for entry in entries}
    if EntryKind.CLOSED in kinds:
        raise IncidentIsClosed
    if kind == EntryKind.CLOSED and not kinds & {EntryKind.AUTHORITY, EntryKind.NO_DUTY}:
        raise AuthorityNotTold("kind")


def tell_until(known_at: datetime, entries: Iterable[IncidentEntry]) -> datetime | None:
    """Until when the authority is to be told; None once it was, or it was written down why not."""
    done = {EntryKind.AUTHORITY, EntryKind.NO_DUTY, EntryKind.CLOSED}
    return None if any(entry.kind in done for entry in entries) else known_at + TO_TELL
