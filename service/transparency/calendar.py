"""The calendar of a call: its phases with their dates, and what the reader may do in each, drawn from the rights table."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from service.contests.rules import phase_of
from service.contests.usecases import get_call
from service.core import clock
from service.core.actor import Actor, may
from service.core.acts import Act, Phase, Relation
from service.core.db import Session
from service.core.rights import RIGHTS


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A phase: its bounds where they are known, whether it is now (by the call's dates), and what the reader may do in it."""

    phase: Phase
    since: datetime | None
    until: datetime | None
    current: bool
    acts: tuple[Act, ...]


PHASED = tuple(act for act in Act if any(row.phases != tuple(Phase) for row in RIGHTS if row.act == act))
"""What may be done in some phases only, by everybody or by some."""


async def get_calendar(session: Session, actor: Actor | None, call_id: UUID) -> list[CalendarRow]:
    """The phases of a call in their order, for who may read the call. Raises ``NotFound``.

    Filing is over until the last session that decides a contest of the call; results are announced contest by contest.
    """
    call = await get_call(session, actor, call_id)
    found = (await session.execute(_FOUND, {"call": call_id, "person": actor.person_id if actor else None})).one()
    now = phase_of(call, await clock.now(session))
    bounds = {
        Phase.DRAFT: (None, call.published_at),
        Phase.UPCOMING: (call.published_at, call.opens_at),
        Phase.OPEN: (call.opens_at, call.closes_at),
        Phase.CLOSED: (call.closes_at, found.last_session if (found.last_session or call.closes_at) > call.closes_at else None),
    }
    relations = {Relation.JUROR} if found.sits else set()
    return [
        CalendarRow(phase, *bounds.get(phase, (None, None)), phase == now, _acts(actor, call.office_id, phase, relations))
        for phase in Phase
    ]


def _acts(actor: Actor | None, office_id: UUID, phase: Phase, relations: Collection[Relation]) -> tuple[Act, ...]:
    return tuple(act for act in PHASED if may(actor, act, office_id, phase, relations))


_FOUND = text(
    """
    SELECT max(s.convened_for) AS last_session, COALESCE(bool_or(t.person_id IS NOT NULL), false) AS sits
    FROM contest c LEFT JOIN session_contest x ON x.contest_id = c.id LEFT JOIN committee_session s ON s.id = x.session_id
    LEFT JOIN seat t ON t.contest_id = c.id AND t.person_id = :person WHERE c.call_id = :call
    """
)
