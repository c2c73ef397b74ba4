"""When a paper has all its signatures: everybody signed or does not, and most signed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from service.core.errors import Conflict, Forbidden, Rejected

PATIENCE = timedelta(days=3)
"""How long the office waits before it notes that somebody has not come to sign; who refuses may say so at once."""


class NotASigner(Rejected):
    """Only who is to sign can be noted as not signing."""

    message = "This person is not among those who sign this. Choose one of them."


class HasSigned(Conflict):
    """The person has signed, or is noted as not signing already."""

    message = "This person has signed, or is noted already as not signing."


class StillTime(Conflict):
    """The office notes it only after some days."""

    message = "Until {until} the person may still come and sign, or say that they do not. Note it after that."


class NotYoursToNote(Forbidden):
    """Somebody notes it of another without leading the session."""

    message = "Only you yourself, or the secretary after some days, note that you do not sign."


class TooFewSign(Conflict):
    """A paper that most do not sign does not stand."""

    message = "More than half of the {expected} have to sign, so nobody more can be noted as not signing."


def require_may_note(person_id: UUID, expected: Collection[UUID], signed: Collection[UUID], noted: Collection[UUID]) -> None:
    """Less than half are ever noted. Raises ``NotASigner``, ``HasSigned``, ``TooFewSign``."""
    if person_id not in expected:
        raise NotASigner("person_id")
    if person_id in signed or person_id in noted:
        raise HasSigned
    if 2 * len({*noted, person_id} - {*signed}) >= len(expected):
        raise TooFewSign(expected=len(expected))


def require_own_or_late(own: bool, leads: bool, since: datetime, now: datetime) -> None:
    """Raises ``NotYoursToNote``, ``StillTime``."""
    if own:
        return
    if not leads:
        raise NotYoursToNote
    if now < since + PATIENCE:
        raise StillTime(until=f"{since + PATIENCE:%Y-%m-%d}")


def is_complete(expected: Collection[UUID], signed: Collection[UUID], noted: Collection[UUID]) -> bool:
    """Whether nobody is missing any more."""
    return {*signed, *noted} >= set(expected)
