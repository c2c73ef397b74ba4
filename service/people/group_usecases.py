"""What is done with groups, their boards, their rolls of families and their accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from uuid import UUID

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.text import sort_key
from service.people import group_rules as rules
from service.people import group_store, store
from service.people.groups import BoardMandate, Family, FamilyMember, Group, Registration
from service.people.models import Office, Person
from service.people.rules import RucKnown, overlap, require_possible_birth, require_shorter
from service.people.shapes import EndIn, GroupIn, MandateIn, MemberIn, PersonIn, RegistrationIn, RollIn
from service.people.usecases import new_person
from service.record import usecases as record
from service.territory.usecases import get_district


@dataclass(frozen=True)
class RollFamily:
    """A family on the roll with its members, the head first."""

    family: Family
    members: list[tuple[FamilyMember, Person]]

    @property
    def head(self) -> Person:
        """The head of the family."""
        return self.members[0][1]


async def create_group(session: Session, actor: Actor, given: GroupIn) -> Group:
    """Register a group. Raises ``NotFound``, ``MissingRole``, ``UnknownUbigeo``, ``RegistrySheetMissing``, ``NotRegisteredYet``, ``RucKnown``."""
    await store.fetch(session, Office, given.office_id)
    actor.require(Act.CREATE_GROUP, given.office_id)
    await get_district(session, given.ubigeo)
    rules.require_registration(given)
    await _require_new_ruc(session, given.ruc)
    group = Group(**given.model_dump(), sort_key=sort_key(given.name))
    session.add(group)
    await session.flush()
    await record.append(session, actor, "group.created", f"group:{group.id}", given.model_dump(mode="json"))
    return group


async def record_registration(session: Session, actor: Actor, group_id: UUID, given: RegistrationIn) -> Group:
    """Enter that a group in formation is now registered. Raises ``NotFound``, ``MissingRole``, ``AlreadyRegistered``, ``RucKnown``."""
    group = await store.lock(session, Group, group_id)
    actor.require(Act.RECORD_REGISTRATION, group.office_id)
    if group.registration == Registration.REGISTERED:
        raise rules.AlreadyRegistered
    if given.ruc != group.ruc:
        await _require_new_ruc(session, given.ruc)
    group.registration, group.registry_sheet, group.ruc = Registration.REGISTERED, given.registry_sheet, given.ruc or group.ruc
    await session.flush()
    await record.append(session, actor, "group.registered", f"group:{group.id}", given.model_dump(mode="json"))
    return group


async def add_mandate(session: Session, actor: Actor, group_id: UUID, given: MandateIn) -> BoardMandate:
    """Enter a mandate on a group's board.

    Raises ``NotFound``, ``MissingRole``, ``TermReversed``, ``SeatNotOnThisBoard``, ``SeatTaken``, ``OnTheBoardAlready``.
    """
    group = await store.lock(session, Group, group_id)
    await store.fetch(session, Person, given.person_id)
    actor.require(Act.ADD_MANDATE, group.office_id)
    rules.require_free_seat(group, [row for row, _ in await group_store.mandates_of(session, group_id)], given)
    mandate = BoardMandate(group_id=group_id, **given.model_dump())
    session.add(mandate)
    await session.flush()
    payload = {"mandate_id": str(mandate.id), **given.model_dump(mode="json")}
    await record.append(session, actor, "mandate.added", f"group:{group_id}", payload)
    return mandate


async def end_mandate(session: Session, actor: Actor, mandate_id: UUID, given: EndIn) -> BoardMandate:
    """Let a mandate end earlier than foreseen. Raises ``NotFound``, ``MissingRole``, ``TermReversed``, ``TermEnded``."""
    mandate = await store.lock(session, BoardMandate, mandate_id)
    group = await store.fetch(session, Group, mandate.group_id)
    actor.require(Act.END_MANDATE, group.office_id)
    require_shorter(mandate.since, mandate.until, given.until)
    mandate.until = given.until
    await session.flush()
    payload = {"mandate_id": str(mandate.id), "until": given.until.isoformat()}
    await record.append(session, actor, "mandate.ended", f"group:{group.id}", payload)
    return mandate


async def register_families(session: Session, actor: Actor, group_id: UUID, given: RollIn) -> list[Family]:
    """Add families to a group's roll; members known by their DNI are matched, the others registered.

    Raises ``NotFound``, ``MissingRole``, ``CodeTwice``, ``PersonTwice``, ``OneHead``, ``OtherName``, ``BornInTheFuture``.
    """
    group = await store.lock(session, Group, group_id)
    actor.require(Act.REGISTER_FAMILIES, group.office_id)
    roll = await group_store.roll_of(session, group_id)
    rules.require_roll(given.families, {family.code for family, _, _ in roll}, {p.dni for _, _, p in roll if p.dni})
    known = await _known_members(session, given)
    families = [Family(group_id=group_id, code=family.code) for family in given.families]
    session.add_all(families)
    people = [[_member(known, member) for member in family.members] for family in given.families]
    session.add_all(person for members in people for person in members)
    await session.flush()
    for family, family_in, members in zip(families, given.families, people, strict=True):
        pairs = zip(members, family_in.members, strict=True)
        session.add_all(FamilyMember(family_id=family.id, person_id=row.id, head=member.head) for row, member in pairs)
    await session.flush()
    await record.append(session, actor, "families.registered", f"group:{group_id}", given.model_dump(mode="json"))
    return families


async def get_group(session: Session, actor: Actor | None, group_id: UUID) -> Group:  # noqa: ARG001  # groups are public; one shape for all reads
    """A group. Raises ``NotFound``."""
    return await store.fetch(session, Group, group_id)


async def list_groups(session: Session, actor: Actor, office_id: UUID, search: str = "", limit: int = 50) -> Sequence[Group]:
    """Groups of an office by how their names begin, in order of name. Raises ``MissingRole``."""
    actor.require(Act.READ_OFFICE, office_id)
    return await group_store.groups_of(session, office_id, sort_key(search.strip()), limit)


async def list_mandates(session: Session, actor: Actor, group_id: UUID) -> list[tuple[BoardMandate, Person]]:
    """Every mandate of a group's board, past ones too: by seat, then date. Raises ``NotFound``, ``MissingRole``."""
    group = await store.fetch(session, Group, group_id)
    actor.require(Act.READ_OFFICE, group.office_id)
    return await group_store.mandates_of(session, group_id)


async def board_on(session: Session, group_id: UUID, day: date) -> list[tuple[BoardMandate, Person]]:
    """A group's board on a day: president, treasurer, secretary, or the mayor."""
    mandates = await group_store.mandates_of(session, group_id)
    return [(mandate, person) for mandate, person in mandates if overlap(mandate.since, mandate.until, day, day)]


async def signatories_on(session: Session, group_id: UUID, day: date) -> list[tuple[BoardMandate, Person]]:
    """Who signs for a group on a day: president and treasurer, or the mayor. Raises ``NotFound``, ``BoardIncomplete``."""
    group = await store.fetch(session, Group, group_id)
    return rules.signatories(group, await board_on(session, group_id, day), day)


async def get_family(session: Session, family_id: UUID) -> Family:
    """A family, for areas above. Raises ``NotFound``."""
    return await store.fetch(session, Family, family_id)


async def families_of(session: Session, group_id: UUID) -> list[RollFamily]:
    """A group's roll, by the families' codes."""
    roll = await group_store.roll_of(session, group_id)
    families = groupby(roll, key=lambda row: row[0].id)
    return [_roll_family(list(rows)) for _, rows in families]


async def household_of(session: Session, person_id: UUID) -> set[UUID]:
    """A person and everybody who shares a family with them, on any roll."""
    return {person_id, *await group_store.household(session, person_id)}


async def members_of_group(session: Session, group_id: UUID) -> set[UUID]:
    """The persons on a group's roll."""
    return await group_store.enrolled(session, group_id)


def _roll_family(rows: list[tuple[Family, FamilyMember, Person]]) -> RollFamily:
    return RollFamily(rows[0][0], [(member, person) for _, member, person in rows])


async def _known_members(session: Session, given: RollIn) -> dict[str, Person]:
    """The persons known by the DNIs of a roll, once every member has been looked at."""
    dnis = [member.dni for family in given.families for member in family.members if member.dni]
    known = await store.persons_by_dni(session, dnis)
    today = await clock.today(session)
    for at, family in enumerate(given.families):
        for place, member in enumerate(family.members):
            require_possible_birth(member, today)
            if member.dni in known:
                rules.require_same_name(known[member.dni], member, f"families.{at}.members.{place}.dni")
    return known


def _member(known: dict[str, Person], given: MemberIn) -> Person:
    return known[given.dni] if given.dni in known else new_person(PersonIn(**given.model_dump(exclude={"head"})))


async def _require_new_ruc(session: Session, ruc: str | None) -> None:
    if ruc and await group_store.group_with_ruc(session, ruc):
        raise RucKnown("ruc")
