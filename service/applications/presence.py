"""The presence check of families at the visit, for the area of jurors, which asks who may.

Ticks are history: a mistaken one is taken back by a further row with its reason. Closing counts the families with somebody present
and writes the attribute that the rules look at; what was closed is corrected by a further check, which begins with the ticks there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from service.applications import presence_rules, presence_store, rules, store
from service.applications.attribute_rules import PRESENCE, refers_to, share_present
from service.applications.attributes import add_attribute
from service.applications.models import Application
from service.applications.presence_models import PresenceCheck, PresenceClosing, PresenceEntry
from service.applications.presence_rules import DniAnswer, Membership, OnRoll
from service.applications.shapes import AttributeIn, PresenceIn, PresentIn, TakeBackIn
from service.contests.book import parse
from service.contests.shapes import ReasonIn
from service.contests.usecases import rules_in_force
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session, refusing
from service.people.group_usecases import families_of
from service.record import usecases as record

_RACES = {
    "RY120": presence_rules.NotOnRoll,
    "RY121": presence_rules.PresenceClosed,
    "RY122": presence_rules.NotTicked,
}


@dataclass(frozen=True)
class PresenceList:
    """The roll of a group with who is present on it, and the checks; ``open`` where entries are taken."""

    application: Application
    roll: Sequence[OnRoll]
    present: frozenset[Membership]
    families: int
    families_present: int
    checks: Sequence[tuple[PresenceCheck, PresenceClosing | None]]
    entries: Sequence[PresenceEntry]
    open: bool


async def presence_of(session: Session, application_id: UUID) -> PresenceList:
    """The presence list of an application. Raises ``NotFound``, ``NoPresenceAsked``."""
    application = await store.application(session, application_id)
    await _require_asked(session, application)
    roll = await _roll(session, application.group_id)
    entries = await presence_store.entries(session, application_id)
    present = _present(entries)
    checks = await presence_store.checks(session, application_id)
    return PresenceList(
        application,
        roll,
        present,
        len({each.family_id for each in roll}),
        presence_rules.families_present(present),
        checks,
        entries,
        application.status in rules.UNDECIDED and not (checks and checks[-1][1]),
    )


async def is_presence_asked(session: Session, contest_id: UUID) -> bool:
    """Whether the rules of a published contest look at the families present."""
    book = parse((await rules_in_force(session, contest_id)).book)
    return refers_to(book, PRESENCE)


async def enter_present(session: Session, actor: Actor, application_id: UUID, given: PresentIn) -> list[DniAnswer]:
    """Enter persons of the roll as present, ticked or by DNI; each DNI is answered by name. Who is there already stays so.

    Raises ``NotFound``, ``NoLongerOpen``, ``NoPresenceAsked``, ``PresenceClosed``, ``NotOnRoll``.
    """
    application = await _writable(session, application_id)
    check = await _open_check(session, actor, application)
    roll, entries = await _roll(session, application.group_id), await presence_store.entries(session, application_id)
    there = _present(entries)
    ticked = [
        place for place in presence_rules.places_of(roll, given.person_ids) if (place.family_id, place.person_id) not in there
    ]
    now_there = there | {(place.family_id, place.person_id) for place in ticked}
    typed, answers = presence_rules.read_dnis(given.dnis, roll, now_there)
    await _enter(session, actor, check, len(entries), [*ticked, *typed], None)
    return answers


async def take_back(session: Session, actor: Actor, application_id: UUID, given: TakeBackIn) -> None:
    """Take back a mistaken tick with a further row. Raises what ``enter_present`` does, ``NotTicked``."""
    application = await _writable(session, application_id)
    check = await _open_check(session, actor, application)
    roll, entries = await _roll(session, application.group_id), await presence_store.entries(session, application_id)
    there = _present(entries)
    places = presence_rules.places_of(roll, [given.person_id])
    ticked = [place for place in places if (place.family_id, place.person_id) in there]
    if not ticked:
        raise presence_rules.NotTicked("person_id")
    await _enter(session, actor, check, len(entries), ticked, given.reason)


async def close_presence(session: Session, actor: Actor, application_id: UUID) -> PresenceClosing:
    """Count the families present and write the share as the attribute of the rules.

    Raises ``NotFound``, ``NoLongerOpen``, ``NoPresenceAsked``, ``PresenceClosed``, ``EmptyRoll``.
    """
    application = await _writable(session, application_id)
    check = await _open_check(session, actor, application)
    roll = await _roll(session, application.group_id)
    if not roll:
        raise presence_rules.EmptyRoll
    closing = PresenceClosing(
        application_id=application_id,
        check_number=check.number,
        present=presence_rules.families_present(_present(await presence_store.entries(session, application_id))),
        families=len({each.family_id for each in roll}),
        at=await clock.now(session),
        closed_by=actor.person_id,
    )
    async with refusing(session, _RACES):
        session.add(closing)
    payload = {"check": check.number, "present": closing.present, "families": closing.families}
    await record.append(session, actor, "presence.closed", f"application:{application_id}", payload)
    share = share_present(PresenceIn(present=closing.present, total=closing.families))
    counted = AttributeIn(name=PRESENCE, value=share, source=f"Presence check {check.number} of the families, by DNI")
    await add_attribute(session, actor, application, counted)
    return closing


async def reopen_presence(session: Session, actor: Actor, application_id: UUID, given: ReasonIn) -> PresenceCheck:
    """Begin a further check that corrects the closed one, with the reason; the ticks there stay.

    Raises ``NotFound``, ``NoLongerOpen``, ``NoPresenceAsked``, ``PresenceNotClosed``.
    """
    application = await _writable(session, application_id)
    newest = await presence_store.newest_check(session, application_id)
    if newest is None or newest[1] is None:
        raise presence_rules.PresenceNotClosed
    return await _begin(session, actor, application, newest[0].number + 1, given.reason)


async def closings_of_contests(session: Session, contest_ids: Sequence[UUID]) -> list[Row[Any]]:
    """The newest closing of each application to contests, by application's code: for minutes."""
    return await presence_store.closings_of(session, contest_ids)


async def _writable(session: Session, application_id: UUID) -> Application:
    application = await store.application_for_update(session, application_id)
    rules.require_undecided(application.status)
    await _require_asked(session, application)
    return application


async def _require_asked(session: Session, application: Application) -> None:
    if application.family_id is not None:
        raise presence_rules.NoPresenceAsked
    presence_rules.require_asked(parse((await rules_in_force(session, application.contest_id)).book))


async def _open_check(session: Session, actor: Actor, application: Application) -> PresenceCheck:
    """The check that takes entries; the first one begins by itself. Raises ``PresenceClosed``."""
    newest = await presence_store.newest_check(session, application.id)
    if newest is None:
        return await _begin(session, actor, application, 1, None)
    if newest[1] is not None:
        raise presence_rules.PresenceClosed
    return newest[0]


async def _begin(session: Session, actor: Actor, application: Application, number: int, reason: str | None) -> PresenceCheck:
    check = PresenceCheck(
        application_id=application.id,
        number=number,
        reason=reason,
        opened_at=await clock.now(session),
        opened_by=actor.person_id,
    )
    session.add(check)
    await session.flush()
    payload = {"check": number, "reason": reason}
    await record.append(session, actor, "presence.opened", f"application:{application.id}", payload)
    return check


async def _enter(
    session: Session, actor: Actor, check: PresenceCheck, before: int, places: Sequence[OnRoll], reason: str | None
) -> None:
    if not places:
        return
    now = await clock.now(session)
    async with refusing(session, _RACES):
        session.add_all(
            PresenceEntry(
                application_id=check.application_id,
                number=number,
                check_number=check.number,
                family_id=place.family_id,
                person_id=place.person_id,
                present=reason is None,
                reason=reason,
                at=now,
                entered_by=actor.person_id,
            )
            for number, place in enumerate(places, before + 1)
        )
    act = "presence.entered" if reason is None else "presence.taken_back"
    people = [{"family": place.family, "person_id": str(place.person_id)} for place in places]
    payload = {"check": check.number, "people": people, "reason": reason}
    await record.append(session, actor, act, f"application:{check.application_id}", payload)


async def _roll(session: Session, group_id: UUID) -> list[OnRoll]:
    return [
        OnRoll(found.family.id, found.family.code, person.id, person.name, person.dni)
        for found in await families_of(session, group_id)
        for _, person in found.members
    ]


def _present(entries: Sequence[PresenceEntry]) -> frozenset[Membership]:
    newest = {(each.family_id, each.person_id): each.present for each in entries}
    return frozenset(place for place, present in newest.items() if present)
