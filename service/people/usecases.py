"""What is done with persons, executing nuclei, offices, roles and committees. Groups and sign-in have files of their own."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import Forbidden, NotFound
from service.core.text import sort_key
from service.people import group_store, rules, store
from service.people.identifiers import mask
from service.people.identities import Known, known, seen_by
from service.people.models import Appointment, Committee, Nec, Office, Person, Position, RoleGrant
from service.people.shapes import AppointmentIn, CommitteeIn, EndIn, GrantIn, NecIn, OfficeIn, PersonIn
from service.record import usecases as record
from service.territory.usecases import get_district


async def create_person(session: Session, actor: Actor, given: PersonIn) -> Person:
    """Register a person. Raises ``MissingRole``, ``BornInTheFuture``, ``DniKnown``."""
    actor.require_somewhere(Act.CREATE_PERSON)
    rules.require_possible_birth(given, await clock.today(session))
    await _require_new_dni(session, given)
    person = new_person(given)
    session.add(person)
    await session.flush()
    await record.append(session, actor, "person.created", f"person:{person.id}", given.model_dump(mode="json"))
    return person


def new_person(given: PersonIn) -> Person:
    """The row of a person who is not known yet."""
    person = Person(**given.model_dump(include=set(PersonIn.model_fields)), sort_key="")
    person.sort_key = sort_key(f"{person.family_names} {person.given_names}")
    return person


async def correct_person(session: Session, actor: Actor, person_id: UUID, given: PersonIn) -> Person:
    """Correct what is known of a person, or add a DNI obtained since; the record keeps what stood before.

    Raises ``NotFound``, ``MissingRole``, ``OtherOfficesPerson``, ``PersonInOffice``, ``BornInTheFuture``, ``DniKnown``.
    """
    person = await store.lock(session, Person, person_id)
    await _require_may_correct(session, actor, person_id)
    rules.require_possible_birth(given, await clock.today(session))
    if given.dni != person.dni:
        await _require_new_dni(session, given)
    before = PersonIn.model_validate(person, from_attributes=True).model_dump(mode="json")
    for name, value in given.model_dump().items():
        setattr(person, name, value)
    person.sort_key = sort_key(f"{person.family_names} {person.given_names}")
    await session.flush()
    change = {"before": before, "after": given.model_dump(mode="json")}
    await record.append(session, actor, "person.corrected", f"person:{person.id}", change)
    return person


async def may_correct(session: Session, actor: Actor, person_id: UUID) -> bool:
    """Whether the actor may correct what is known of a person."""
    try:
        await _require_may_correct(session, actor, person_id)
    except Forbidden:
        return False
    return True


async def is_registrar_of(session: Session, actor: Actor, person_id: UUID) -> bool:
    """Whether the actor registers people where this one belongs."""
    try:
        await require_registrar(session, actor, person_id)
    except Forbidden:
        return False
    return True


async def require_registrar(session: Session, actor: Actor, person_id: UUID) -> None:
    """Raise ``NotFound``, ``MissingRole``, ``OtherOfficesPerson`` unless the actor registers people where this one belongs."""
    await store.fetch(session, Person, person_id)
    rules.require_registers(actor, await group_store.offices_where(session, [person_id]))


async def _require_may_correct(session: Session, actor: Actor, person_id: UUID) -> None:
    offices = await group_store.offices_where(session, [person_id])
    rules.require_may_correct(actor, offices, await store.in_office_from(session, person_id, await clock.today(session)))


async def create_nec(session: Session, actor: Actor, given: NecIn) -> Nec:
    """Enter an executing nucleus. Raises ``MissingRole``, ``RucKnown``."""
    actor.require(Act.CREATE_NEC)
    if await store.nec_with_ruc(session, given.ruc):
        raise rules.RucKnown("ruc")
    nec = Nec(**given.model_dump())
    session.add(nec)
    await session.flush()
    await record.append(session, actor, "nec.created", f"nec:{nec.id}", {**given.model_dump(mode="json"), "cci": mask(nec.cci)})
    return nec


async def create_office(session: Session, actor: Actor, given: OfficeIn) -> Office:
    """Open an office. Raises ``MissingRole``, ``NotFound`` (executing nucleus), ``UnknownUbigeo``, ``CodeKnown``."""
    await store.fetch(session, Nec, given.nec_id)
    actor.require(Act.CREATE_OFFICE)
    await get_district(session, given.ubigeo)
    if await store.office_with_code(session, given.code):
        raise rules.CodeKnown("code", code=given.code)
    office = Office(**given.model_dump())
    session.add(office)
    await session.flush()
    await record.append(session, actor, "office.created", f"office:{office.id}", given.model_dump(mode="json"))
    return office


async def grant_role(session: Session, actor: Actor, person_id: UUID, given: GrantIn) -> RoleGrant:
    """Give a person a role in an office or everywhere. Raises ``NotFound``, ``MissingRole``, ``OwnRole``, ``OnlySystemMay``, ``RoleHeld``."""
    await store.lock(session, Person, person_id)
    if given.office_id:
        await store.fetch(session, Office, given.office_id)
    rules.require_may_grant(actor, person_id, given.role)
    rules.require_not_held(await store.grants_like(session, person_id, given.role, given.office_id), given.since)
    grant = RoleGrant(person_id=person_id, **given.model_dump())
    session.add(grant)
    await session.flush()
    payload = {"grant_id": str(grant.id), **given.model_dump(mode="json")}
    await record.append(session, actor, "role.granted", f"person:{person_id}", payload)
    return grant


async def end_role(session: Session, actor: Actor, grant_id: UUID) -> RoleGrant:
    """Take a role back from now on. Raises ``NotFound``, ``MissingRole``, ``OwnRole``, ``OnlySystemMay``, ``RoleEnded``."""
    grant = await store.lock(session, RoleGrant, grant_id)
    rules.require_may_grant(actor, grant.person_id, grant.role)
    today = await clock.today(session)
    if grant.until is not None and grant.until <= today:
        raise rules.RoleEnded
    grant.until = today
    await session.flush()
    payload = {"grant_id": str(grant.id), "role": grant.role, "until": today.isoformat()}
    await record.append(session, actor, "role.ended", f"person:{grant.person_id}", payload)
    return grant


async def create_committee(session: Session, actor: Actor, given: CommitteeIn) -> Committee:
    """Set up a committee, still without members. Raises ``NotFound``, ``MissingRole``."""
    await store.fetch(session, Office, given.office_id)
    actor.require(Act.CREATE_COMMITTEE, given.office_id)
    committee = Committee(**given.model_dump())
    session.add(committee)
    await session.flush()
    await record.append(session, actor, "committee.created", f"committee:{committee.id}", given.model_dump(mode="json"))
    return committee


async def appoint_member(session: Session, actor: Actor, committee_id: UUID, given: AppointmentIn) -> Appointment:
    """Appoint a member or the chair. Raises ``NotFound``, ``MissingRole``, ``TermReversed``, ``AlreadyAppointed``, ``ChairTaken``."""
    committee = await store.lock(session, Committee, committee_id)
    await store.fetch(session, Person, given.person_id)
    actor.require(Act.APPOINT_MEMBER, committee.office_id)
    rules.require_free_place([row for row, _ in await store.appointments_of(session, committee_id)], given)
    appointment = Appointment(committee_id=committee_id, **given.model_dump())
    session.add(appointment)
    await session.flush()
    payload = {"appointment_id": str(appointment.id), **given.model_dump(mode="json")}
    await record.append(session, actor, "member.appointed", f"committee:{committee_id}", payload)
    return appointment


async def end_appointment(session: Session, actor: Actor, appointment_id: UUID, given: EndIn) -> Appointment:
    """Let a member's term end on a day. Raises ``NotFound``, ``MissingRole``, ``TermReversed``, ``TermEnded``."""
    appointment = await store.lock(session, Appointment, appointment_id)
    committee = await store.fetch(session, Committee, appointment.committee_id)
    actor.require(Act.END_APPOINTMENT, committee.office_id)
    rules.require_shorter(appointment.since, appointment.until, given.until)
    appointment.until = given.until
    await session.flush()
    payload = {"appointment_id": str(appointment.id), "until": given.until.isoformat()}
    await record.append(session, actor, "appointment.ended", f"committee:{committee.id}", payload)
    return appointment


async def actor_for_person(session: Session, person_id: UUID, via: str = "script") -> Actor:
    """A person as an actor, with the roles held today: for scripts and jobs. Raises ``NotFound``."""
    person = await store.fetch(session, Person, person_id)
    held = await store.roles_on(session, person_id, await clock.today(session))
    return Actor(person_id, person.name, frozenset(held), via)


async def get_person(session: Session, actor: Actor, person_id: UUID) -> Known:
    """A person as the actor sees them, for themselves and whoever has a role. Raises ``NotFound``."""
    if not actor.grants and person_id != actor.person_id:
        raise NotFound
    return (await seen_by(session, actor, [await store.fetch(session, Person, person_id)]))[0]


async def list_names(session: Session, actor: Actor, limit: int = 5000) -> Sequence[Known]:
    """Persons to choose from, in order of name; the end of the DNI tells namesakes apart. Raises ``MissingRole``."""
    actor.require_somewhere(Act.READ_OFFICE)
    return [known(person, whole=False) for person in await store.persons_matching(session, "", "", limit)]


async def list_persons(session: Session, actor: Actor, search: str = "", limit: int = 50) -> Sequence[Known]:
    """Persons by whole DNI or by how their family names begin, as the actor sees them, in order of name. Raises ``MissingRole``."""
    actor.require_somewhere(Act.READ_OFFICE)
    return await seen_by(session, actor, await store.persons_matching(session, search.strip(), sort_key(search.strip()), limit))


async def persons_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Persons by identifier, for areas above that have checked who may see them."""
    return await store.persons_by_id(session, ids)


async def get_office(session: Session, actor: Actor | None, office_id: UUID) -> Office:  # noqa: ARG001  # offices are public; one shape for all reads
    """An office. Raises ``NotFound``."""
    return await store.fetch(session, Office, office_id)


async def list_offices(session: Session, actor: Actor | None) -> Sequence[Office]:  # noqa: ARG001  # as above
    """Every office, by code."""
    return await store.all_offices(session)


async def get_nec(session: Session, nec_id: UUID) -> Nec:
    """An executing nucleus, for areas above. Raises ``NotFound``."""
    return await store.fetch(session, Nec, nec_id)


async def list_necs(session: Session, actor: Actor) -> Sequence[Nec]:
    """Every executing nucleus, by name. Raises ``MissingRole``."""
    actor.require(Act.READ_NECS)
    return await store.all_necs(session)


async def list_roles(session: Session, actor: Actor, office_id: UUID | None) -> Sequence[tuple[RoleGrant, Person]]:
    """Every role granted in an office (or, with None, everywhere at once), past ones too. Raises ``MissingRole``."""
    actor.require_somewhere(Act.READ_OFFICE)
    return await store.grants_in(session, office_id)


async def get_committee(session: Session, actor: Actor | None, committee_id: UUID) -> Committee:  # noqa: ARG001  # committees are public
    """A committee. Raises ``NotFound``."""
    return await store.fetch(session, Committee, committee_id)


async def list_committees(session: Session, actor: Actor | None, office_id: UUID) -> Sequence[Committee]:  # noqa: ARG001  # as above
    """The committees of an office, by name."""
    return await store.committees_of(session, office_id)


async def list_appointments(session: Session, actor: Actor, committee_id: UUID) -> Sequence[tuple[Appointment, Person]]:
    """Every appointment to a committee, past ones too: the chair first. Raises ``NotFound``, ``MissingRole``."""
    committee = await store.fetch(session, Committee, committee_id)
    actor.require(Act.READ_OFFICE, committee.office_id)
    return await store.appointments_of(session, committee_id)


async def appointed_on(session: Session, committee_id: UUID, day: date) -> list[tuple[Appointment, Person]]:
    """Who is appointed to a committee on a day: the chair first, then by name."""
    rows = await store.appointments_of(session, committee_id)
    return [(row, person) for row, person in rows if rules.overlap(row.since, row.until, day, day)]


async def chair_on(session: Session, committee_id: UUID, day: date) -> Person:
    """The chair of a committee on a day. Raises ``NoChair``."""
    chairs = [person for row, person in await appointed_on(session, committee_id, day) if row.position == Position.CHAIR]
    if not chairs:
        raise rules.NoChair(day=day.isoformat())
    return chairs[0]


async def _require_new_dni(session: Session, given: PersonIn) -> None:
    if given.dni and await store.person_with_dni(session, given.dni):
        raise rules.DniKnown("dni")
