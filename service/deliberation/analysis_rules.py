"""Who may see the analysis of a contest, and when."""

from uuid import UUID

from service.core.errors import Conflict, NotFound
from service.deliberation.models import Attendance, Capacity, SessionStatus
from service.deliberation.rules import ANNOUNCED

TALLIED = (SessionStatus.TALLIED, *ANNOUNCED)


class NotTallied(Conflict):
    """There is no tally that stands, so there is nothing to analyse."""

    message = "This contest is not tallied. Its analysis can be seen once the session has tallied it."


def require_reader(person_id: UUID, reads_office: bool, here: Attendance | None, jurors: set[UUID], announced: bool) -> None:
    """The office reads an analysis, and the chair while present; before the announcement no juror of the contest does, whatever
    the office gave them: a stage may be reopened. The chair who is a juror does not afterwards either.

    To everybody else it is not there at any time. Raises ``NotFound``.
    """
    sits = person_id in jurors
    chairs = here is not None and here.capacity == Capacity.CHAIR
    if not (reads_office and (announced or not sits)) and not (chairs and not sits):
        raise NotFound


def require_tallied(status: SessionStatus | None) -> None:
    """Nobody reads a running tally. Raises ``NotTallied``."""
    if status not in TALLIED:
        raise NotTallied
