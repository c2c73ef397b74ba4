"""Deputies: a role is exercised by another person, from a day to a day, by a resolution and confirmed by who gives roles.

An officer who could lend a role alone would lend the four eyes with it; so what the holder names takes effect only once somebody who may
give roles, and is neither of the two, has confirmed it. What a deputy has is not a role of the deputy: it cannot be lent on, it ends with
the days, with the holder's role or at once, and duties kept apart count the deputy as both persons.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act, Role
from service.core.db import Session, refusing
from service.people import deputy_rules, store
from service.people.deputy_models import Deputy, DeputyIn
from service.people.models import Person, RoleGrant
from service.record import usecases as record


@dataclass(frozen=True, slots=True)
class DeputyView:
    """A deputyship with the names of both and what is lent."""

    deputy: Deputy
    role: Role
    office_id: UUID | None
    holder_id: UUID
    holder: str
    name: str


async def name_deputy(session: Session, actor: Actor, given: DeputyIn) -> Deputy:
    """Name a deputy for a role that one holds oneself, or as one who gives roles; it waits for its confirmation.

    Raises ``NotFound``, ``NotYourRole``, ``NoDeputyForSystem``, ``DeputyIsHolder``, ``DeputyTooLong``, ``DeputyOverlaps``, ``StepUpNeeded``.
    """
    grant = await store.lock(session, RoleGrant, given.grant_id)
    await store.fetch(session, Person, given.person_id)
    deputy_rules.require_may_name(actor, grant)
    deputy_rules.require_possible(grant, given, await clock.today(session))
    deputy = Deputy(named_by=actor.person_id, named_at=await clock.now(session), **given.model_dump())
    async with refusing(session, {"RY185": deputy_rules.DeputyIsHolder("person_id"), "RY186": deputy_rules.DeputyOverlaps}):
        session.add(deputy)
    payload = {"deputy_id": str(deputy.id), "holder": str(grant.person_id), "role": grant.role, **given.model_dump(mode="json")}
    await record.append(session, actor, "deputy.named", f"person:{given.person_id}", payload)
    return deputy


async def confirm_deputy(session: Session, actor: Actor, deputy_id: UUID) -> Deputy:
    """Confirm a deputy, as one who gives roles. Raises ``NotFound``, ``MissingRole``, ``StepUpNeeded``, ``ConfirmerInvolved``, ``DeputyDecided``."""
    deputy = await store.lock(session, Deputy, deputy_id)
    grant = await store.fetch(session, RoleGrant, deputy.grant_id)
    actor.require(Act.CONFIRM_DEPUTY)
    if actor.persons & {grant.person_id, deputy.person_id, deputy.named_by}:
        raise deputy_rules.ConfirmerInvolved
    if deputy.confirmed_at is not None or deputy.ended_at is not None:
        raise deputy_rules.DeputyDecided
    deputy.confirmed_by, deputy.confirmed_at = actor.person_id, await clock.now(session)
    async with refusing(session, {"RY187": deputy_rules.ConfirmerInvolved}):
        session.add(deputy)
    await record.append(session, actor, "deputy.confirmed", f"person:{deputy.person_id}", {"deputy_id": str(deputy_id)})
    return deputy


async def end_deputy(session: Session, actor: Actor, deputy_id: UUID) -> Deputy:
    """End a deputyship at once: by the holder, the deputy, or who gives roles. Raises ``NotFound``, ``MissingRole``, ``DeputyDecided``."""
    deputy = await store.lock(session, Deputy, deputy_id)
    grant = await store.fetch(session, RoleGrant, deputy.grant_id)
    if actor.person_id not in (grant.person_id, deputy.person_id):
        actor.require(Act.CONFIRM_DEPUTY)
    if deputy.ended_at is not None:
        raise deputy_rules.DeputyDecided
    deputy.ended_by, deputy.ended_at = actor.person_id, await clock.now(session)
    await session.flush()
    await record.append(session, actor, "deputy.ended", f"person:{deputy.person_id}", {"deputy_id": str(deputy_id)})
    return deputy


async def list_deputies(session: Session, actor: Actor, office_id: UUID) -> list[DeputyView]:
    """Every deputyship of an office's roles, past ones too, the newest first. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    rows = await session.execute(_LIST, {"office": office_id})
    found = {row.id: row for row in rows}
    deputies = await session.scalars(select(Deputy).where(col(Deputy.id).in_(list(found))))
    by_id = {deputy.id: deputy for deputy in deputies}
    return [
        DeputyView(by_id[key], Role(row.role), row.office_id, row.person_id, row.holder, row.name) for key, row in found.items()
    ]


async def behind(session: Session, done: Iterable[tuple[UUID, datetime]]) -> set[UUID]:
    """Who stands behind acts of persons at moments: the persons themselves and whom they stood in for at that time."""
    persons, times = zip(*done, strict=True) if (done := list(done)) else ((), ())
    rows = await session.execute(_BEHIND, {"persons": list(persons), "times": list(times)})
    return set(rows.scalars()) | set(persons)


_LIST = text(
    """
    SELECT d.id, g.role, g.office_id, g.person_id, h.given_names || ' ' || h.family_names AS holder, p.given_names || ' ' || p.family_names AS name
    FROM deputy d JOIN role_grant g ON g.id = d.grant_id JOIN person h ON h.id = g.person_id JOIN person p ON p.id = d.person_id
    WHERE g.office_id = :office OR g.office_id IS NULL ORDER BY d.since DESC, d.id
    """
)
_BEHIND = text(
    "SELECT stood_in_for(x.person, x.at) FROM unnest(CAST(:persons AS uuid[]), CAST(:times AS timestamptz[])) AS x (person, at)"
)
