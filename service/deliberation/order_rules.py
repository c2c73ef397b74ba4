"""How groups present: in an order drawn in public, once, by a seed that the room gives; and what a turn goes through."""

import hashlib
from collections.abc import Iterable
from enum import StrEnum
from uuid import UUID

from service.core.errors import Conflict
from service.deliberation.models import CommitteeSession, PresentationStatus, SessionStatus


class Turn(StrEnum):
    """What moves a presentation; until its sheets are locked a button pressed by mistake is taken back."""

    CALL = "call"
    DEFEND = "defend"
    SCORE = "score"
    TAKE_BACK = "take_back"


PRESENTATION_LIFE = {
    (PresentationStatus.WAITING, Turn.CALL): PresentationStatus.CALLED,
    (PresentationStatus.CALLED, Turn.DEFEND): PresentationStatus.DEFENDED,
    (PresentationStatus.DEFENDED, Turn.SCORE): PresentationStatus.SCORED,
    (PresentationStatus.CALLED, Turn.TAKE_BACK): PresentationStatus.WAITING,
    (PresentationStatus.DEFENDED, Turn.TAKE_BACK): PresentationStatus.CALLED,
}


class NotTimeToDraw(Conflict):
    """The order is drawn while the session is open and nobody presents yet."""

    message = "The order is drawn once the session is open, before the field results are handed out."


class OrderDrawn(Conflict):
    """A second draw could be repeated until it suits."""

    message = "The order was drawn already, with the seed “{seed}”. It is drawn only once."


def require_drawable(row: CommitteeSession) -> None:
    """Raises ``NotTimeToDraw``, ``OrderDrawn``."""
    if row.status != SessionStatus.OPEN:
        raise NotTimeToDraw
    if row.order_seed is not None:
        raise OrderDrawn(seed=row.order_seed)


def drawn_order(seed: str, turns: Iterable[tuple[UUID, str, str]]) -> list[UUID]:
    """The applications (with the codes of contest and application) by ascending hex SHA-256 of ``seed:contest:application`` in UTF-8."""
    keyed = sorted((hashlib.sha256(f"{seed}:{contest}:{code}".encode()).hexdigest(), key) for key, contest, code in turns)
    return [key for _, key in keyed]
