"""Who may see the analysis of a contest, and when."""

from service.core.errors import Conflict
from service.deliberation.models import SessionStatus
from service.deliberation.rules import ANNOUNCED

TALLIED = (SessionStatus.TALLIED, *ANNOUNCED)


class NotTallied(Conflict):
    """There is no tally that stands, so there is nothing to analyse."""

    message = "This contest is not tallied. Its analysis can be seen once the session has tallied it."


def require_tallied(status: SessionStatus | None) -> None:
    """Nobody reads a running tally. Raises ``NotTallied``."""
    if status not in TALLIED:
        raise NotTallied
