"""The presence list at the visit, for jurors of the field stage and for the office: who may, before ``applications`` does."""

from uuid import UUID

from service.applications import presence
from service.applications.presence import PresenceList
from service.applications.presence_models import PresenceCheck, PresenceClosing
from service.applications.presence_rules import DniAnswer
from service.applications.shapes import PresentIn, TakeBackIn
from service.contests.shapes import ReasonIn
from service.core.actor import Actor
from service.core.acts import Act, Relation
from service.core.db import Session
from service.core.errors import NotFound
from service.scoring import panel_rules, rules, store
from service.scoring.books import known_book


async def presence_list(session: Session, actor: Actor, application_id: UUID) -> PresenceList:
    """The presence list of an application. Raises ``NotFound``, ``Recused``, ``NoPresenceAsked``."""
    await _require_may(session, actor, application_id, writes=False)
    return await presence.presence_of(session, application_id)


async def enter_present(session: Session, actor: Actor, application_id: UUID, given: PresentIn) -> list[DniAnswer]:
    """Enter who is there. Raises ``NotFound``, ``Recused`` and what ``presence.enter_present`` raises."""
    await _require_may(session, actor, application_id)
    return await presence.enter_present(session, actor, application_id, given)


async def take_back_present(session: Session, actor: Actor, application_id: UUID, given: TakeBackIn) -> None:
    """Take back a mistaken tick. Raises ``NotFound``, ``Recused`` and what ``presence.take_back`` raises."""
    await _require_may(session, actor, application_id)
    await presence.take_back(session, actor, application_id, given)


async def close_presence(session: Session, actor: Actor, application_id: UUID) -> PresenceClosing:
    """Count and close. Raises ``NotFound``, ``Recused`` and what ``presence.close_presence`` raises."""
    await _require_may(session, actor, application_id)
    return await presence.close_presence(session, actor, application_id)


async def reopen_presence(session: Session, actor: Actor, application_id: UUID, given: ReasonIn) -> PresenceCheck:
    """Begin a further check. Raises ``NotFound``, ``Recused`` and what ``presence.reopen_presence`` raises."""
    await _require_may(session, actor, application_id)
    return await presence.reopen_presence(session, actor, application_id, given)


async def _require_may(session: Session, actor: Actor, application_id: UUID, *, writes: bool = True) -> None:
    """By role in the office, or by a seat in the field stage; a recused juror is out of it, whatever else that person is.

    Raises ``NotFound`` for whom the application does not exist, ``Recused``, ``ContestNotRunning``.
    """
    found = await store.application(session, application_id)
    if found is None:
        raise NotFound
    application, office_id = found
    arena = await store.arena(session, application.contest_id)
    if arena is None or arena.rule_book_id is None:
        raise NotFound
    stages = panel_rules.field_stages((await known_book(session, arena.rule_book_id)).book.stages)
    seats = await store.seats(session, application.contest_id)
    seated = any(seat.person_id == actor.person_id and seat.stage in stages for seat in seats)
    if any(each.person_id == actor.person_id for each in await store.recusals(session, [application_id])):
        raise rules.Recused
    if not actor.may(Act.CHECK_PRESENCE, office_id, None, (Relation.JUROR,) if seated else ()):
        raise NotFound
    if writes:
        panel_rules.require_running(arena.status)
