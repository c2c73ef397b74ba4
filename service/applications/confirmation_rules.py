"""Confirmation by the group: codes, dates, and who may: pure."""

import hashlib
import hmac
import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from service.applications.models import Application, ApplicationStatus
from service.core import clock
from service.core.errors import Conflict, Forbidden, Rejected

CONFIRM_WITHIN = timedelta(days=15)
"""How long after filing a group is asked to confirm (ours)."""

MOST_ATTEMPTS = 5
_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are mistaken for one another."""
_HANDLE, _SECRET = 6, 12


class NothingToConfirm(Conflict):
    """The application is not filed, need not be confirmed, or is confirmed."""

    message = "There is nothing to confirm here: the application is not filed, or the group has confirmed it already."


class NoPresident(Conflict):
    """Nobody holds the seat that speaks for the group."""

    message = "This organisation has no president or mayor in office. Enter the mandate first, then ask for the confirmation."


class NoMobileOfPresident(Conflict):
    """A code by SMS needs the president's number."""

    message = "No mobile number of the president is entered. Enter it first, or print a slip."


class FiledByYourself(Forbidden):
    """Who files on a group's behalf does not also confirm for it."""

    message = "You filed this application. Another person of the office hands out the code or receives the signed paper."


class NotReceivedYet(Rejected):
    """A paper from before the filing or from a day to come."""

    message = "The paper is received between the day of filing and today. Check the date."


class WrongCode(Rejected):
    """The two codes do not belong together, or the code is used or replaced."""

    message = "These codes do not fit. Type them as on the slip; after five wrong attempts ask the office for a new slip."


def new_code() -> tuple[str, str]:
    """A handle and a secret: 6 and 12 letters of 31, the latter some 59 random bits."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_HANDLE + _SECRET))
    return letters[:_HANDLE], letters[_HANDLE:]


def written(handle: str, secret: str) -> str:
    """A code as on the slip: in three groups of six."""
    return f"{handle}-{secret[:6]}-{secret[6:]}"


def read_code(typed: str) -> tuple[str, str]:
    """The handle and the secret of a code as typed: capitals or not, with or without hyphens and spaces."""
    plain = "".join(letter for letter in typed.upper() if letter in _LETTERS)
    return plain[:_HANDLE], plain[_HANDLE:]


def hash_secret(code_id: UUID, secret: str) -> bytes:
    """What is kept of a secret, salted with the identifier of its code."""
    return hashlib.sha256(code_id.bytes + secret.encode()).digest()


def is_right(code_id: UUID, secret: str, code_hash: bytes) -> bool:
    """Whether a secret is the one whose hash was kept."""
    return hmac.compare_digest(hash_secret(code_id, secret), code_hash)


def confirm_by(filed_at: datetime) -> date:
    """The day until which the group is asked to confirm."""
    return (filed_at + CONFIRM_WITHIN).astimezone(clock.PERU).date()


def is_awaiting(application: Application, confirmed: bool) -> bool:
    """Whether the group is to confirm an application that is filed."""
    return application.status == ApplicationStatus.FILED and application.must_confirm and not confirmed


def require_awaiting(application: Application, confirmed: bool) -> None:
    """Raises ``NothingToConfirm``."""
    if not is_awaiting(application, confirmed):
        raise NothingToConfirm


def require_not_the_filer(application: Application, person_id: UUID) -> None:
    """Raises ``FiledByYourself``."""
    if application.filed_by == person_id:
        raise FiledByYourself


def require_received(application: Application, received_on: date, today: date) -> None:
    """Raises ``NotReceivedYet``."""
    filed_on = application.filed_at.astimezone(clock.PERU).date() if application.filed_at else today
    if not filed_on <= received_on <= today:
        raise NotReceivedYet("received_on")
