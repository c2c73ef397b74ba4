"""The running session as it hangs on the wall of a public hearing: whose turn it is, and what was announced. Never a tally, never a juror."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlmodel import col, select

from service.contests.models import Contest
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import store
from service.deliberation.announced import AnnouncedLine, announced_page
from service.deliberation.models import CommitteeSession, PresentationStatus, SessionStatus
from service.deliberation.rules import ANNOUNCED

SHOWN = 200
"""Lines of a result that fit on a wall."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A group's turn, in the order of the session."""

    position: int
    contest_id: UUID
    code: str
    applicant: str
    title: str
    status: PresentationStatus


@dataclass(frozen=True)
class Wall:
    """What everybody in the room may see. ``results`` is empty until the session is announced."""

    session: CommitteeSession
    contests: Sequence[Contest]
    turns: Sequence[Turn]
    results: Sequence[tuple[Contest, Sequence[AnnouncedLine]]]

    @property
    def current(self) -> Turn | None:
        """Who presents now: called and not scored yet."""
        return next(
            (each for each in self.turns if each.status in (PresentationStatus.CALLED, PresentationStatus.DEFENDED)), None
        )

    @property
    def waiting(self) -> list[Turn]:
        """Whose turn is still to come."""
        return [each for each in self.turns if each.status == PresentationStatus.WAITING]

    @property
    def heard(self) -> int:
        """How many have presented and been scored."""
        return sum(each.status == PresentationStatus.SCORED for each in self.turns)


async def get_wall(session: Session, session_id: UUID) -> Wall:
    """The wall of a session that was opened: a hearing is public, so everybody may ask. Raises ``NotFound``."""
    row = await session.scalar(select(CommitteeSession).where(col(CommitteeSession.id) == session_id))
    if row is None or row.status == SessionStatus.CONVENED:
        raise NotFound
    contests = await store.contests_of(session, session_id)
    turns = await store.presentations(session, session_id)
    who = await store.applicants(session, [turn.application_id for turn in turns])
    results = []
    for contest in contests if row.status in ANNOUNCED else ():
        found = await announced_page(session, contest.id, 0, SHOWN)
        results += [(contest, found.lines)] if found else []
    return Wall(row, contests, [_turn(turn.position, turn.status, who[turn.application_id]) for turn in turns], results)


def _turn(position: int, status: PresentationStatus, applicant: Row[Any]) -> Turn:
    return Turn(position, applicant.contest_id, applicant.code, applicant.applicant, applicant.title, status)
