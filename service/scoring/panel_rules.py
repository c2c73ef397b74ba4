"""What is allowed with seats, windows, declarations and recusals."""

from collections.abc import Iterable
from uuid import UUID

from service.contests.book import RuleBook, Stage
from service.contests.models import ContestStatus
from service.contests.rules import is_time_for
from service.core.acts import Act
from service.core.errors import Conflict, Rejected
from service.scoring.rules import SheetsClosed, Window, WindowClosed, WindowNotOpen

FIELD = "field"


class AlreadyDeclared(Conflict):
    """The juror has declared on this application before."""

    message = "You have already declared on this application. If a conflict came up since, tell the secretary, who records it."


class PanelReasonMissing(Rejected):
    """A conflict is declared, or a juror recused, without saying why."""

    message = "Write the reason: the minutes will hold it."


class AlreadyRecused(Conflict):
    """The juror is recused from this application already."""

    message = "This juror is already recused from this application. Reload the page to see why."


class WindowOpen(Conflict):
    """Scoring of the stage is open."""

    message = "Scoring of this stage is already open. Reload the page."


class NoSeats(Conflict):
    """Nobody is seated in the stage."""

    message = "Nobody has a seat in the stage “{stage}”. Seat the jurors first, then open it."


class StageNotInBook(Rejected):
    """The rule book has no such stage."""

    message = "The contest has no stage “{stage}”. Choose one of: {stages}."


class NotAppointed(Conflict):
    """Only members of a committee of the office may judge."""

    message = "This person is not appointed to a committee of the office today. Appoint the person first."


class HasTypedPapers(Conflict):
    """Who typed the sheets of jurors knows their scores, and may have written them."""

    message = "This person has typed paper sheets of this contest, and cannot be a juror of it. Seat another member."


class NameTaken(Conflict):
    """Another juror of the contest has this short name."""

    message = "Another juror of this contest has the short name “{juror}”. Choose another one."


class OtherShortName(Conflict):
    """The person is already a juror of the contest under another short name."""

    message = "This person is already the juror “{juror}” of this contest. Use that short name."


class AlreadySeated(Conflict):
    """The person has the seat already."""

    message = "This person already has a seat in the stage “{stage}”. Choose only the stages that are missing."


class ContestNotRunning(Conflict):
    """The contest is not yet published, or already decided."""

    message = "The contest is not published yet, or already decided. Look at its page to see what can be done."


class SheetsBeforeResult(SheetsClosed):
    """A juror of the contest, whose stage may be opened again, reads the sheets of others only after the announcement."""

    message = "You are a juror of this contest. The sheets of others can be read once its result is announced. Wait until then."


class SheetsSealed(SheetsClosed):
    """Somebody's sheet is still missing, or another stage is still scored: whoever knew these could make it fit."""

    message = "Scores can be read once the sheets of all jurors in all stages of the contest are in. Wait until then."


def field_stages(stages: Iterable[str]) -> set[str]:
    """The stages that are scored at the visit: the one called ``field``, or all where none is called so."""
    known = set(stages)
    return known & {FIELD} or known


def require_running(status: ContestStatus) -> None:
    """Panels and windows belong to published contests. Raises ``ContestNotRunning``."""
    if not is_time_for(Act.RUN_PANEL, status):
        raise ContestNotRunning


def require_stage(book: RuleBook, stage: str, field: str | None = None) -> Stage:
    """The stage of the rule book. Raises ``StageNotInBook``."""
    if stage not in book.stages:
        raise StageNotInBook(field, stage=stage, stages=", ".join(book.stages))
    return book.stages[stage]


def require_free_seat(seats: Iterable[tuple[UUID, str, str]], person_id: UUID, juror: str, stages: Iterable[str]) -> None:
    """``seats`` are those of the contest: person, short name, stage. One person, one name.

    Raises ``NameTaken``, ``OtherShortName``, ``AlreadySeated``.
    """
    wanted = set(stages)
    for holder, name, stage in seats:
        if holder != person_id and name == juror:
            raise NameTaken("juror", juror=juror)
        if holder == person_id and name != juror:
            raise OtherShortName("juror", juror=name)
        if holder == person_id and stage in wanted:
            raise AlreadySeated("stages", stage=stage)


def require_reason(reason: str, *, needed: bool = True) -> None:
    """Raises ``PanelReasonMissing``."""
    if needed and not reason:
        raise PanelReasonMissing("reason")


def require_never_opened(state: Window) -> None:
    """A stage is opened once; later it is reopened. Raises ``WindowOpen``, ``WindowClosed``."""
    if state == Window.OPEN:
        raise WindowOpen
    if state == Window.CLOSED:
        raise WindowClosed


def require_closed(state: Window) -> None:
    """Raises ``WindowNotOpen``, ``WindowOpen``."""
    if state == Window.NEVER:
        raise WindowNotOpen
    if state == Window.OPEN:
        raise WindowOpen


def require_seats(seated: Iterable[str], stage: str) -> None:
    """Somebody has a seat in the stage; ``seated`` are the stages of the seats. Raises ``NoSeats``."""
    if stage not in seated:
        raise NoSeats(stage=stage)
