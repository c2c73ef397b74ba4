"""What a budget must hold."""

from decimal import Decimal

from service.applications.models import ApplicationStatus, BudgetSource
from service.applications.rules import BEING_WRITTEN
from service.applications.shapes import BudgetIn
from service.contests.book import RuleBook
from service.contests.decision import PassMark
from service.contests.models import ApplicantKind
from service.core.errors import Conflict, Rejected
from service.core.money import ZERO, show


class BudgetDoesNotAdd(Rejected):
    """The lines of one source sum to something else than what is asked or offered."""

    message = "The lines sum to {lines}, but {stated} is stated. Correct the lines or the amount."


class BudgetNotAsked(Rejected):
    """Families compete for prizes and ask for nothing."""

    message = "Families compete for prizes: leave the amounts at 0.00 and the budget empty."


class EmptyLine(Rejected):
    """A budget line over nothing."""

    message = "A budget line needs an amount above 0.00. Correct it or take it out."


class NothingRequested(Rejected):
    """A plan that asks for nothing."""

    message = "This application asks for nothing. Enter the amount and its budget before filing."


class BudgetFixed(Conflict):
    """What was asked for is fixed once the application is filed."""

    message = "The budget of a filed application is fixed. Ask the secretary to return it for correction."


def require_budget(given: BudgetIn, applicant: ApplicantKind) -> None:
    """The lines of the fund sum to what is requested, the own ones to the own share; a cofunder's stand beside.

    Raises ``EmptyLine``, ``BudgetDoesNotAdd``, ``BudgetNotAsked``.
    """
    if applicant == ApplicantKind.FAMILY and (given.lines or given.requested or given.own_share):
        raise BudgetNotAsked("requested")
    for place, line in enumerate(given.lines):
        if not line.amount:
            raise EmptyLine(f"lines.{place}.amount")
    for source, field, stated in (
        (BudgetSource.FUND, "requested", given.requested),
        (BudgetSource.OWN, "own_share", given.own_share),
    ):
        total = sum((line.amount for line in given.lines if line.source == source), ZERO)
        if total != stated:
            raise BudgetDoesNotAdd(field, lines=show(total), stated=show(stated))


def require_request(book: RuleBook, requested: Decimal) -> None:
    """A plan asks for money; who competes for prizes need not. Raises ``NothingRequested``."""
    if isinstance(book.decision, PassMark) and not requested:
        raise NothingRequested("requested")


def require_being_written(status: ApplicationStatus) -> None:
    """Raises ``BudgetFixed``."""
    if status not in BEING_WRITTEN:
        raise BudgetFixed
