"""What may be registered twice: shown to those who register, never merged; a pair may be marked as not the same, until that is taken back.

Groups are compared within the offices in which the reader registers, as they are listed by office. Persons belong to no office, so
whoever registers anywhere finds any of them; but on which rolls and boards they stand is told of the reader's offices only.
"""

import asyncio
from typing import TypeVar
from uuid import UUID

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.people import group_store, likeness, lookalike_store, store
from service.people.distinctions import DistinctGroups, DistinctPersons
from service.people.groups import Group
from service.people.likeness import AlreadyDistinct, NotAlike, NotDistinct, Pair, Profile
from service.people.lookalike_store import Apart, Decisions
from service.people.models import Office, Person
from service.people.rules import require_registers
from service.people.shapes import DistinctIn
from service.record import usecases as record

Decided = TypeVar("Decided", DistinctGroups, DistinctPersons)


async def list_groups_alike(session: Session, actor: Actor, office_id: UUID) -> list[Pair]:
    """The groups of an office that look like others, undecided. Raises ``NotFound``, ``MissingRole``."""
    await store.fetch(session, Office, office_id)
    actor.require(Act.READ_LIKENESSES, office_id)
    day = await clock.today(session)
    found = await lookalike_store.group_profiles(session, actor.offices(Act.READ_LIKENESSES), office_id, None, day)
    return await _undecided(session, DistinctGroups, *found)


async def list_persons_alike(session: Session, actor: Actor, office_id: UUID) -> list[Pair]:
    """The persons on the rolls and boards of an office who look like others, undecided. Raises ``NotFound``, ``MissingRole``."""
    await store.fetch(session, Office, office_id)
    actor.require(Act.READ_LIKENESSES, office_id)
    found = await lookalike_store.person_profiles(session, actor.offices(Act.READ_LIKENESSES), office_id, None, ())
    return await _undecided(session, DistinctPersons, *found)


async def groups_like(session: Session, actor: Actor, group_id: UUID) -> list[Pair]:
    """The groups that one looks like, undecided. Raises ``NotFound``, ``MissingRole``."""
    group = await store.fetch(session, Group, group_id)
    actor.require(Act.READ_LIKENESSES, group.office_id)
    found = await lookalike_store.group_profiles(
        session, actor.offices(Act.READ_LIKENESSES), None, group_id, await clock.today(session)
    )
    return await _undecided(session, DistinctGroups, *found)


async def persons_like(session: Session, actor: Actor, person_id: UUID) -> list[Pair]:
    """The persons whom one looks like, undecided. Raises ``NotFound``, ``MissingRole``."""
    person = await store.fetch(session, Person, person_id)
    actor.require_somewhere(Act.READ_LIKENESSES)
    dnis = likeness.slips(person.dni) if person.dni else []
    found = await lookalike_store.person_profiles(session, actor.offices(Act.READ_LIKENESSES), None, person_id, dnis)
    return await _undecided(session, DistinctPersons, *found)


async def distinguish_groups(session: Session, actor: Actor, group_id: UUID, given: DistinctIn) -> DistinctGroups:
    """Mark two groups that look alike as not the same. Raises ``NotFound``, ``MissingRole``, ``AlreadyDistinct``, ``NotAlike``."""
    for each in (group_id, given.other_id):
        actor.require(Act.DISTINGUISH, (await store.fetch(session, Group, each)).office_id)
    await _require_open(session, DistinctGroups, group_id, given.other_id)
    _require_among(await groups_like(session, actor, group_id), given.other_id)
    return await _distinguish(session, actor, DistinctGroups, group_id, given)


async def distinguish_persons(session: Session, actor: Actor, person_id: UUID, given: DistinctIn) -> DistinctPersons:
    """Mark two persons who look alike as not the same: an office on whose rolls or boards one of them stands.

    Raises ``NotFound``, ``MissingRole``, ``OtherOfficesPerson``, ``AlreadyDistinct``, ``NotAlike``.
    """
    both = (person_id, given.other_id)
    for each in both:
        await store.fetch(session, Person, each)
    require_registers(actor, await group_store.offices_where(session, both))
    await _require_open(session, DistinctPersons, person_id, given.other_id)
    _require_among(await persons_like(session, actor, person_id), given.other_id)
    return await _distinguish(session, actor, DistinctPersons, person_id, given)


async def reconsider_groups(session: Session, actor: Actor, group_id: UUID, given: DistinctIn) -> DistinctGroups:
    """Take back that two groups are not the same: they are shown again. Raises ``NotFound``, ``MissingRole``, ``NotDistinct``."""
    for each in (group_id, given.other_id):
        actor.require(Act.DISTINGUISH, (await store.fetch(session, Group, each)).office_id)
    return await _reconsider(session, actor, DistinctGroups, group_id, given)


async def reconsider_persons(session: Session, actor: Actor, person_id: UUID, given: DistinctIn) -> DistinctPersons:
    """Take back that two persons are not the same: an office on whose rolls or boards one of them stands.

    Raises ``NotFound``, ``MissingRole``, ``OtherOfficesPerson``, ``NotDistinct``.
    """
    both = (person_id, given.other_id)
    for each in both:
        await store.fetch(session, Person, each)
    require_registers(actor, await group_store.offices_where(session, both))
    return await _reconsider(session, actor, DistinctPersons, person_id, given)


async def list_groups_apart(session: Session, actor: Actor, office_id: UUID, limit: int = 200) -> list[Apart]:
    """The groups of an office that are marked as not the same as another. Raises ``NotFound``, ``MissingRole``."""
    return await _apart(session, actor, DistinctGroups, office_id, limit)


async def list_persons_apart(session: Session, actor: Actor, office_id: UUID, limit: int = 200) -> list[Apart]:
    """The persons on an office's rolls and boards who are marked as not the same as another. Raises ``NotFound``, ``MissingRole``."""
    return await _apart(session, actor, DistinctPersons, office_id, limit)


async def _undecided(session: Session, table: Decisions, profiles: list[Profile], ours: set[UUID]) -> list[Pair]:
    pairs = await asyncio.to_thread(likeness.find, profiles, ours)
    decided = await lookalike_store.distinct(session, table, {each.id for pair in pairs for each in (pair.first, pair.second)})
    return [pair for pair in pairs if (pair.first.id, pair.second.id) not in decided]


async def _apart(session: Session, actor: Actor, table: Decisions, office_id: UUID, limit: int) -> list[Apart]:
    await store.fetch(session, Office, office_id)
    actor.require(Act.READ_LIKENESSES, office_id)
    return await lookalike_store.told_apart(session, table, actor.offices(Act.READ_LIKENESSES), office_id, limit)


async def _require_open(session: Session, table: Decisions, one: UUID, other: UUID) -> None:
    if await lookalike_store.distinct(session, table, {one, other}):
        raise AlreadyDistinct


def _require_among(pairs: list[Pair], other_id: UUID) -> None:
    if not any(other_id in (pair.first.id, pair.second.id) for pair in pairs):
        raise NotAlike


async def _distinguish(session: Session, actor: Actor, table: type[Decided], one: UUID, given: DistinctIn) -> Decided:
    async with refusing(session, {f"pk_{table.__tablename__}": AlreadyDistinct}):
        return await _next_step(session, actor, table, one, given, "distinguished")


async def _reconsider(session: Session, actor: Actor, table: type[Decided], one: UUID, given: DistinctIn) -> Decided:
    if not await lookalike_store.distinct(session, table, {one, given.other_id}):
        raise NotDistinct
    async with refusing(session, {f"pk_{table.__tablename__}": NotDistinct}):
        return await _next_step(session, actor, table, one, given, "reconsidered")


async def _next_step(session: Session, actor: Actor, table: type[Decided], one: UUID, given: DistinctIn, act: str) -> Decided:
    first, second = sorted((one, given.other_id))
    taken = await lookalike_store.steps(session, table, {first, second})
    at, step = await clock.now(session), taken.get((first, second), 0) + 1
    row = table(first_id=first, second_id=second, step=step, reason=given.reason, decided_by=actor.person_id, decided_at=at)
    session.add(row)
    await session.flush()
    kind = "group" if table is DistinctGroups else "person"
    payload = {"other": f"{kind}:{second}", "reason": given.reason}
    await record.append(session, actor, f"{kind}s.{act}", f"{kind}:{first}", payload)
    return row
