"""Incidents: data that got, or may have got, into wrong hands, and the 48 hours in which the authority is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.errors import NotFound, Refusal
from service.people.usecases import persons_by_id
from service.privacy import rules
from service.privacy.models import EntryKind, Incident, IncidentEntry
from service.privacy.shapes import EntryIn, IncidentIn
from service.record import usecases as record


@dataclass(frozen=True)
class Told:
    """An incident, its entries in order, the names of who wrote them, and until when the authority is to be told (None: no more)."""

    incident: Incident
    entries: Sequence[IncidentEntry]
    names: dict[UUID, str]
    tell_until: datetime | None

    @property
    def is_closed(self) -> bool:
        """Whether nothing follows any more."""
        return any(entry.kind == EntryKind.CLOSED for entry in self.entries)


async def report_incident(session: Session, actor: Actor, given: IncidentIn) -> Incident:
    """Say that data got, or may have got, into wrong hands, as anybody may. Raises ``KnownLater``."""
    actor.require_somewhere(Act.REPORT_INCIDENT)
    now = await clock.now(session)
    if given.known_at > now:
        raise rules.KnownLater("known_at")
    row = Incident(**given.model_dump(), told_by=actor.person_id, at=now)
    session.add(row)
    await session.flush()
    payload = {"known_at": given.known_at.isoformat(), "persons": given.persons}
    await record.append(session, actor, "incident.reported", f"incident:{row.id}", payload)
    return row


async def write_entry(session: Session, actor: Actor, incident_id: UUID, given: EntryIn) -> IncidentEntry:
    """Add what was done or found out; ``CLOSED`` ends it.

    Raises ``NotFound``, ``MissingRole``, ``IncidentIsClosed``, ``AuthorityNotTold``.
    """
    incident = await session.get(Incident, incident_id)
    if incident is None:
        raise NotFound
    actor.require(Act.SETTLE_INCIDENT)
    rules.require_may_follow(await _entries(session, [incident_id]), given.kind)
    refusals: dict[str, type[Refusal] | Refusal] = {"RY176": rules.IncidentIsClosed, "RY177": rules.AuthorityNotTold("kind")}
    async with refusing(session, refusals):
        row = IncidentEntry(
            incident_id=incident_id, **given.model_dump(), written_by=actor.person_id, at=await clock.now(session)
        )
        session.add(row)
    await record.append(session, actor, "incident.entry_written", f"incident:{incident_id}", {"kind": given.kind})
    return row


async def list_incidents(session: Session, actor: Actor, limit: int = 200) -> list[Told]:
    """Incidents, the newest first. Raises ``MissingRole``."""
    actor.require_somewhere(Act.READ_INCIDENTS)
    newest = select(Incident).order_by(col(Incident.at).desc(), col(Incident.id).desc()).limit(limit)
    return await _told(session, (await session.scalars(newest)).all())


async def get_incident(session: Session, actor: Actor, incident_id: UUID) -> Told:
    """One incident. Raises ``NotFound``, ``MissingRole``."""
    actor.require_somewhere(Act.READ_INCIDENTS)
    incident = await session.get(Incident, incident_id)
    if incident is None:
        raise NotFound
    return (await _told(session, [incident]))[0]


async def _told(session: Session, incidents: Sequence[Incident]) -> list[Told]:
    entries = await _entries(session, [each.id for each in incidents])
    people = await persons_by_id(session, {each.told_by for each in incidents} | {each.written_by for each in entries})
    names = {key: person.name for key, person in people.items()}
    found = []
    for incident in incidents:
        own = [entry for entry in entries if entry.incident_id == incident.id]
        found.append(Told(incident, own, names, rules.tell_until(incident.known_at, own)))
    return found


async def _entries(session: Session, incident_ids: Sequence[UUID]) -> Sequence[IncidentEntry]:
    of_these = select(IncidentEntry).where(col(IncidentEntry.incident_id).in_(incident_ids))
    return (await session.scalars(of_these.order_by(col(IncidentEntry.at), col(IncidentEntry.id)))).all()
