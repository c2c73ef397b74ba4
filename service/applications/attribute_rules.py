"""What the attributes of applications may hold, and which of them the rules of a contest look at."""

from service.applications.shapes import PresenceIn
from service.contests.book import RuleBook
from service.contests.criteria import Bands
from service.contests.decision import PassMark
from service.contests.models import ContestStatus
from service.contests.numbers import read_number
from service.contests.rules import WITH_RESULT
from service.core.errors import Conflict, Rejected

PRESENCE = "families_present_share"
POVERTY = "poverty_quintile"


class PresenceImpossible(Rejected):
    """More families present than there are, or a count of none."""

    message = "The group has at least one family, and not more of them can be present than there are. Count again."


class AttributeNotANumber(Rejected):
    """The rules compare this attribute as a number."""

    message = "The rules read “{name}” as a number. Write it like 3, 0.75 or 14/30."


class NotAShare(Rejected):
    """The attribute chooses a band, and bands lie between 0 and 1."""

    message = "The rules read “{name}” as a share. Write it from 0 to 1, like 0.75 or 14/30."


class ResultStands(Conflict):
    """What an announced result rests on changes only as an upheld appeal rules."""

    message = "The result is announced, and what it rests on stands. If it is wrong, the applicant can appeal."


def require_no_result(status: ContestStatus) -> None:
    """Raises ``ResultStands``."""
    if status in WITH_RESULT:
        raise ResultStands


def share_present(given: PresenceIn) -> str:
    """The share of families present, as written: ``"14/30"``. Raises ``PresenceImpossible``."""
    if not 0 <= given.present <= given.total or given.total == 0:
        raise PresenceImpossible("present")
    return f"{given.present}/{given.total}"


def require_readable(book: RuleBook, name: str, value: str) -> None:
    """A value that the rules can read: a number where they compare it, a share where it chooses a band.

    Raises ``AttributeNotANumber``, ``NotAShare``.
    """
    if name not in book.number_attributes:
        return
    number = read_number(value)
    if number is None:
        raise AttributeNotANumber("value", name=name)
    if name in _band_attributes(book) and not 0 <= number <= 1:
        raise NotAShare("value", name=name)


def refers_to(book: RuleBook, name: str) -> bool:
    """Whether the rules look at an attribute."""
    quotas = book.decision.quotas if isinstance(book.decision, PassMark) else ()
    return name in book.number_attributes or any(quota.attribute == name for quota in quotas)


def _band_attributes(book: RuleBook) -> set[str]:
    criteria = (criterion for stage in book.stages.values() for criterion in stage.criteria.values())
    return {criterion.attribute for criterion in criteria if isinstance(criterion, Bands)}
