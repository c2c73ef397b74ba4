"""Who comes to a session and leaves it, and whether that makes a quorum."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.deliberation import rules, store
from service.deliberation.models import Attendance, CommitteeSession
from service.deliberation.rules import QuorumCount
from service.deliberation.shapes import ArrivalIn
from service.people.models import Appointment, Person
from service.people.usecases import appointed_on
from service.record import usecases as record


async def record_arrival(session: Session, actor: Actor, session_id: UUID, given: ArrivalIn) -> Attendance:
    """Enter that a person has come, now.

    Raises ``NotFound``, ``MissingRole``, ``MinutesClosed``, ``NotAppointedAsThat``, ``ComesAsMember``, ``AlreadyPresent``.
    """
    convened = await store.lock(session, CommitteeSession, session_id)
    await store.fetch(session, Person, given.person_id)
    actor.require(Act.LEAD_SESSION, convened.office_id)
    rules.require_before_minutes(convened.status)
    appointment = (await members_today(session, convened)).get(given.person_id)
    rules.require_capacity(appointment[0].position if appointment else None, given.capacity)
    if await store.here(session, session_id, given.person_id):
        raise rules.AlreadyPresent
    row = Attendance(session_id=session_id, came_at=await clock.now(session), **given.model_dump())
    async with refusing(session, {"uq_attendance_here": rules.AlreadyPresent}):
        session.add(row)
    await record.append(session, actor, "arrival.recorded", f"session:{session_id}", given.model_dump(mode="json"))
    return row


async def record_departure(session: Session, actor: Actor, session_id: UUID, person_id: UUID) -> Attendance:
    """Enter that a person has left, now. Raises ``NotFound``, ``MissingRole``, ``MinutesClosed``, ``NotHere``."""
    convened = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.LEAD_SESSION, convened.office_id)
    rules.require_before_minutes(convened.status)
    row = await store.here(session, session_id, person_id)
    if row is None:
        raise rules.NotHere
    row.left_at = await clock.now(session)
    await session.flush()
    await record.append(session, actor, "departure.recorded", f"session:{session_id}", {"person_id": str(person_id)})
    return row


async def quorum_of(session: Session, session_id: UUID) -> QuorumCount:
    """The quorum as it is now: of those appointed today, who is here. Raises ``NotFound``."""
    convened = await store.fetch(session, CommitteeSession, session_id)
    appointed = await members_today(session, convened)
    present = {row.person_id for row, _ in await store.attendance(session, session_id) if row.left_at is None}
    return rules.count_quorum({person_id: row.position for person_id, (row, _) in appointed.items()}, present)


async def members_today(session: Session, convened: CommitteeSession) -> Mapping[UUID, tuple[Appointment, Person]]:
    """The members appointed to the session's committee today, by person: the chair first, then by name."""
    return await members_on(session, convened, await clock.today(session))


async def members_on(session: Session, convened: CommitteeSession, day: date) -> Mapping[UUID, tuple[Appointment, Person]]:
    """The members appointed to the session's committee on a day, by person: the chair first, then by name."""
    rows = await appointed_on(session, convened.committee_id, day)
    return {person.id: (row, person) for row, person in rows}
