"""What a juror may see and write, and what a whole sheet is."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from service.applications.models import ApplicationStatus
from service.contests.book import Stage
from service.contests.criteria import Bands
from service.contests.numbers import read_number
from service.contests.refusals import BundleRefusal, IncompleteSheet, UnknownCriterion, quoted
from service.core.errors import Conflict, Forbidden
from service.core.texts import Phrase

JUDGED = (
    ApplicationStatus.ELIGIBLE,
    ApplicationStatus.APPROVED,
    ApplicationStatus.RESERVE,
    ApplicationStatus.NOT_APPROVED,
    ApplicationStatus.DISQUALIFIED,
    ApplicationStatus.DEFERRED,
)
"""The applications that take part: those found eligible, whatever became of them later."""


class NotAJuror(Forbidden):
    """The person has no seat in the stage."""

    message = "Only the jurors of this stage may do this. Ask the secretary of the office for the list of seats."


class JurorNotSeated(Conflict):
    """The person named has no seat in the stage."""

    message = "This person has no seat here. Choose one of the jurors of the stage."


class NotJudged(Conflict):
    """The application has not been found eligible, or was withdrawn."""

    message = "This application is not being judged: it is not eligible, or was withdrawn. Choose another one from your list."


class DeclareFirst(Conflict):
    """The juror has not yet said whether there is a conflict of interest."""

    message = "First declare whether you have a conflict of interest with this applicant. Then the file opens."


class Recused(Forbidden):
    """The juror is out of this item, and stays out of its view."""

    message = "You are recused from this application: you neither see nor score it. Go on with the next one."


class JurorRecused(Conflict):
    """A recused juror is out of the panel, and so not absent from it."""

    message = "This juror is recused from this application and does not count. No absence is needed."


class RecordedAsAbsent(Conflict):
    """The chair has had the juror's absence written into the minutes."""

    message = "The minutes record you as absent for this application. Tell the chair before the session ends if this is wrong."


class AbsenceRecorded(Conflict):
    """The absence is recorded already."""

    message = "This absence is already recorded. Reload the page to see it."


class JurorHasSheet(Conflict):
    """A juror with a locked sheet can be neither absent nor recused."""

    message = "This juror has already locked a sheet for this application, so this cannot be recorded. Reload the page."


class WindowNotOpen(Conflict):
    """Scoring of the stage has not begun."""

    message = "Scoring of this stage has not been opened. Wait until the secretary or the session opens it."


class WindowClosed(Conflict):
    """Scoring of the stage is over."""

    message = "Scoring of this stage is closed. Only the committee's session can open it again."


class AlreadyLocked(Conflict):
    """The juror has a locked sheet for this application and stage."""

    message = "This sheet is already locked. Correct it with a new one that supersedes it, giving the reason."


class DraftIsOlder(Conflict):
    """Another draft was kept after the one that this was typed on."""

    message = "A newer draft of this sheet was kept from another device. Compare the two, and keep the one that holds."


class NothingToCorrect(Conflict):
    """There is no locked sheet to supersede."""

    message = "There is no locked sheet to correct. Lock your sheet first."


class SheetsClosed(Forbidden):
    """The sheets of others stay hidden until the stage is closed."""

    message = "The sheets can be read once scoring of the stage is closed. Wait until then."


class RulesChanged(Conflict):
    """The rule book was replaced while the sheet was being locked."""

    message = "The rules of the contest were changed just now. Reload the page and look at your scores again."


class Window(StrEnum):
    """Whether sheets of a stage may be locked."""

    NEVER = "never"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Access:
    """How a juror stands to one sheet: all that decides whether it may be seen, drafted, locked or corrected."""

    seated: bool
    judged: bool
    declared: bool
    recused: bool
    absent: bool
    window: Window
    locked: bool


class Work(StrEnum):
    """What a juror has to do about one sheet."""

    DECLARE = "declare"
    WAIT = "wait"
    SCORE = "score"
    LOCKED = "locked"
    RECUSED = "recused"
    ABSENT = "absent"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class WrittenScore:
    """A score that the rules allow: as written, and its points (None for ``na``)."""

    criterion: str
    written: str
    points: Fraction | None


def window_of(opened: bool, closed: bool) -> Window:
    """The state of a window from whether it was opened and closed."""
    if not opened:
        return Window.NEVER
    return Window.CLOSED if closed else Window.OPEN


def require_not_closed(window: Window) -> None:
    """Seats and recusals may come until the stage is closed. Raises ``WindowClosed``."""
    if window == Window.CLOSED:
        raise WindowClosed


def require_open(window: Window) -> None:
    """Raises ``WindowNotOpen``, ``WindowClosed``."""
    if window == Window.NEVER:
        raise WindowNotOpen
    require_not_closed(window)


def require_may_see(access: Access) -> None:
    """A juror sees a file of the own panel once declared free of conflict.

    Raises ``NotAJuror``, ``NotJudged``, ``Recused``, ``DeclareFirst``.
    """
    if not access.seated:
        raise NotAJuror
    if not access.judged:
        raise NotJudged
    if access.recused:
        raise Recused
    if not access.declared:
        raise DeclareFirst


def require_may_lock(access: Access) -> None:
    """One live sheet, while the stage is open.

    Raises what ``require_may_see`` does, ``RecordedAsAbsent``, ``WindowNotOpen``, ``WindowClosed``, ``AlreadyLocked``.
    """
    _require_may_write(access)
    if access.locked:
        raise AlreadyLocked


def require_may_correct(access: Access) -> None:
    """A locked sheet may be superseded while the stage is open.

    Raises what ``require_may_see`` does, ``RecordedAsAbsent``, ``WindowNotOpen``, ``WindowClosed``, ``NothingToCorrect``.
    """
    _require_may_write(access)
    if not access.locked:
        raise NothingToCorrect


def require_may_be_absent(access: Access) -> None:
    """The chair records the absence of a seated juror who has no sheet and is not recused.

    Raises ``JurorNotSeated``, ``NotJudged``, ``JurorRecused``, ``AbsenceRecorded``, ``JurorHasSheet``.
    """
    if not access.seated:
        raise JurorNotSeated
    if not access.judged:
        raise NotJudged
    if access.recused:
        raise JurorRecused
    if access.absent:
        raise AbsenceRecorded
    if access.locked:
        raise JurorHasSheet


def work_on(access: Access) -> Work:
    """What is left to do for a seated juror; a recused one sees nothing but that."""
    if access.recused:
        return Work.RECUSED
    if access.locked:
        return Work.LOCKED
    if access.absent:
        return Work.ABSENT
    if access.window == Window.CLOSED:
        return Work.MISSED
    if not access.declared:
        return Work.DECLARE
    return Work.SCORE if access.window == Window.OPEN else Work.WAIT


def require_known_criteria(stage: Stage, scores: Mapping[str, str]) -> None:
    """A draft may lack criteria, but not hold others. Raises ``UnknownCriterion``."""
    for code in scores:
        if code not in stage.criteria:
            raise UnknownCriterion(
                f"scores.{code}",
                detail=Phrase("{criterion} in the stage {stage}", criterion=quoted(code), stage=quoted(stage.code)),
            )


def read_sheet(stage: Stage, scores: Mapping[str, str], attributes: Mapping[str, str]) -> list[WrittenScore]:
    """The scores of a whole sheet, in the order of the stage's criteria; ``attributes`` choose the bands.

    Raises ``UnknownCriterion``, ``IncompleteSheet``, ``NotANumber``, ``UnknownLevel``, ``AttributeOutOfRange``,
    ``ScoreOutOfRange``, with the criterion as the field.
    """
    require_known_criteria(stage, scores)
    read = []
    for code, criterion in stage.criteria.items():
        if code not in scores:
            raise IncompleteSheet(f"scores.{code}", detail=Phrase("{criterion} is missing", criterion=quoted(code)))
        value = read_number(attributes.get(criterion.attribute, "")) if isinstance(criterion, Bands) else None
        try:
            read.append(WrittenScore(code, scores[code], criterion.points(scores[code], value)))
        except BundleRefusal as refusal:
            raise type(refusal)(f"scores.{code}", detail=refusal.values["detail"]) from None
    if all(score.points is None for score in read):
        raise IncompleteSheet("scores", detail=Phrase("every criterion says na"))
    return read


def band_attributes(stage: Stage) -> list[str]:
    """The attributes that choose bands on the stage's sheet."""
    return sorted({criterion.attribute for criterion in stage.criteria.values() if isinstance(criterion, Bands)})


def stored(points: Fraction | None) -> Decimal | None:
    """Points as the database keeps them beside what was written (to 28 digits); the judge reads what was written."""
    return None if points is None else Decimal(points.numerator) / Decimal(points.denominator)


def _require_may_write(access: Access) -> None:
    require_may_see(access)
    if access.absent:
        raise RecordedAsAbsent
    require_open(access.window)
