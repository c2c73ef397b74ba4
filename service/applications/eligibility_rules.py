"""What makes an application ineligible, and what only opens a task.

A paper that is missing, a mandate that has lapsed or an empty seat on the board shuts the door until it is put right. A missing
identity card or entry in the registry does not: it opens a task with help (strategy: nobody is shut out for lack of papers).
Reasons are codes (``paper_missing:plan``); those of tasks begin with ``task:``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from service.applications.models import PaperKind
from service.contests.models import PlanType
from service.core.errors import Conflict, Rejected
from service.core.texts import Reason
from service.people.groups import BoardRole, Registration

YOUTH = range(18, 30)
"""The ages of youth, in whole years on the day that filing closes (practice)."""

_COMMON = (PaperKind.REQUEST, PaperKind.ASSEMBLY_ACT)
_OF_GROUPS = (*_COMMON, PaperKind.REGISTRY_SHEET, PaperKind.BOARD_DNI, PaperKind.ROLL, PaperKind.PLAN)
PAPERS = {
    PlanType.PIT: _OF_GROUPS,
    PlanType.PGRN: _OF_GROUPS,
    PlanType.PDN: _OF_GROUPS,
    PlanType.PDN_J: _OF_GROUPS,
    PlanType.IDL: (*_COMMON, PaperKind.TECHNICAL_FILE),
    PlanType.CIF: (),
    PlanType.SIDE: (PaperKind.REQUEST,),
    PlanType.HOMES: (),
}
"""The papers that each type of plan needs (the municipal council's act stands for the assembly's); families hand in none."""


class Finding(StrEnum):
    """What can be found against an application, or be left to complete (``TASK`` before it); what it is about follows a colon."""

    PAPER_MISSING = "paper_missing"
    SEAT_EMPTY = "seat_empty"
    MANDATE_LAPSED = "mandate_lapsed"
    NO_YOUTH = "no_youth"
    TASK = "task"
    REGISTRATION = "registration"
    IDENTITY_CARDS = "identity_cards"
    BIRTH_DATES = "birth_dates"
    CONFIRMATION = "confirmation"


class NotYetEligible(Conflict):
    """Something that shuts the door has not been put right."""

    message = "This application cannot be found eligible yet: {reasons}. Return it for correction, or find it ineligible."


class NoteMissing(Rejected):
    """An application with nothing against it is found ineligible without a word."""

    message = "Nothing is missing in this application. Write in the note why it is not eligible."


class DeadlinePast(Rejected):
    """The date for corrections lies in the past."""

    message = "The date for corrections has already passed. Choose a later one."


@dataclass(frozen=True)
class Member:
    """A person on the roll or the board, as eligibility looks at them."""

    person_id: UUID
    birth_date: date | None
    has_dni: bool


@dataclass(frozen=True)
class Facts:
    """What is known of an applicant. ``seats_due`` are the seats that sign for the group; ``closes_on`` is the day that filing closes;

    ``confirm_by`` is the day by which the group should confirm what was filed for it, where it has not.
    """

    plan_type: PlanType
    papers: frozenset[PaperKind]
    registration: Registration
    seats_due: tuple[BoardRole, ...]
    seats_held: frozenset[BoardRole]
    seats_lapsed: frozenset[BoardRole]
    board: tuple[Member, ...]
    roll: tuple[Member, ...]
    closes_on: date
    confirm_by: date | None = None


@dataclass(frozen=True)
class Examination:
    """The reasons found: those that shut the door, and the tasks."""

    blocking: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()


def examine(facts: Facts) -> Examination:
    """The reasons for and against a group's application."""
    blocking = [*_papers_missing(facts), *_seats_empty(facts)]
    if facts.plan_type == PlanType.PDN_J and not any(is_youth(each.birth_date, facts.closes_on) for each in facts.roll):
        blocking.append(Finding.NO_YOUTH)
    return Examination(tuple(blocking), tuple(_tasks(facts)))


def reasons_of(found: Examination, tasks_until: date | None) -> list[str]:
    """Every reason of an examination, the tasks with their date where there is one; the confirmation has one of its own."""
    until = f":{tasks_until.isoformat()}" if tasks_until else ""
    return [*found.blocking, *(task if _is_confirmation(task) else task + until for task in found.tasks)]


def require_decidable(found: Examination, eligible: bool, note: str) -> None:
    """Tasks may stay open, but for the group's confirmation. Raises ``NotYetEligible``, ``NoteMissing``."""
    missing = [*found.blocking, *filter(_is_confirmation, found.tasks)]
    if eligible and missing:
        raise NotYetEligible("eligible", reasons=tuple(Reason(each) for each in missing))
    if not eligible and not missing and not note:
        raise NoteMissing("note")


def require_future(correct_until: datetime, now: datetime) -> None:
    """Raises ``DeadlinePast``."""
    if correct_until <= now:
        raise DeadlinePast("correct_until")


def age_on(birth_date: date, day: date) -> int:
    """Whole years lived on a day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))


def is_youth(birth_date: date | None, day: date) -> bool:
    """Whether a person is known to be 18 to 29 years old on a day."""
    return birth_date is not None and age_on(birth_date, day) in YOUTH


def _papers_missing(facts: Facts) -> Iterable[str]:
    excused = set()
    if facts.registration == Registration.IN_FORMATION:
        excused.add(PaperKind.REGISTRY_SHEET)
    if not all(each.has_dni for each in facts.board):
        excused.add(PaperKind.BOARD_DNI)
    return [f"{Finding.PAPER_MISSING}:{kind}" for kind in PAPERS[facts.plan_type] if kind not in facts.papers | excused]


def _seats_empty(facts: Facts) -> Iterable[str]:
    for seat in facts.seats_due:
        if seat not in facts.seats_held:
            yield f"{Finding.MANDATE_LAPSED if seat in facts.seats_lapsed else Finding.SEAT_EMPTY}:{seat}"


def _is_confirmation(task: str) -> bool:
    return task.startswith(f"{Finding.TASK}:{Finding.CONFIRMATION}")


def _tasks(facts: Facts) -> Iterable[str]:
    if facts.confirm_by:
        yield f"{Finding.TASK}:{Finding.CONFIRMATION}:{facts.confirm_by.isoformat()}"
    if facts.registration == Registration.IN_FORMATION:
        yield f"{Finding.TASK}:{Finding.REGISTRATION}"
    grown = [each for each in facts.roll if each.birth_date is None or age_on(each.birth_date, facts.closes_on) >= YOUTH.start]
    without_card = sum(not each.has_dni for each in {*facts.board, *grown})
    if without_card:
        yield f"{Finding.TASK}:{Finding.IDENTITY_CARDS}:{without_card}"
    unknown = sum(each.birth_date is None for each in facts.roll)
    if facts.plan_type == PlanType.PDN_J and unknown:
        yield f"{Finding.TASK}:{Finding.BIRTH_DATES}:{unknown}"
