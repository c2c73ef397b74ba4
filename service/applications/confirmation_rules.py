"""Confirmation by the group: dates, and who may: pure."""

from datetime import date, datetime, timedelta
from uuid import UUID

from service.applications.models import Application, ApplicationStatus
from service.core import clock
from service.core.errors import Conflict, Forbidden, Rejected

CONFIRM_WITHIN = timedelta(days=15)
"""How long after filing a group is asked to confirm (ours)."""

MOST_ATTEMPTS = 5
SECRET = 12
"""Letters of a code's secret: some 59 random bits."""


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


class WrongSlipCode(Rejected):
    """The two codes do not belong together, or the code is used or replaced."""

    message = "These codes do not fit. Type them as on the slip; after five wrong attempts ask the office for a new slip."


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
