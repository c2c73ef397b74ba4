"""Queries about persons, offices, roles and committees."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlmodel import SQLModel, col

from service.core.actor import Grant
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.people.models import Appointment, Committee, Credential, Nec, Office, Person, RoleGrant, SignIn

Row = TypeVar("Row", bound=SQLModel)


async def fetch(session: Session, table: type[Row], row_id: UUID) -> Row:
    """A row by its identifier. Raises ``NotFound``."""
    row = await session.get(table, row_id)
    if row is None:
        raise NotFound
    return row


async def lock(session: Session, table: type[Row], row_id: UUID) -> Row:
    """A row by its identifier, as it is now, locked until the end of the transaction. Raises ``NotFound``."""
    row = await session.get(table, row_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


async def any_person(session: Session) -> bool:
    """Whether the database holds anybody."""
    return bool(await session.scalar(select(select(col(Person.id)).exists())))


async def person_with_dni(session: Session, dni: str) -> Person | None:
    """Who has this DNI."""
    return await session.scalar(select(Person).where(col(Person.dni) == dni))


async def persons_by_dni(session: Session, dnis: Iterable[str]) -> dict[str, Person]:
    """The known persons among ``dnis``."""
    rows = await session.scalars(select(Person).where(col(Person.dni).in_(list(dnis))))
    return {row.dni: row for row in rows if row.dni is not None}


async def persons_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, Person]:
    """Persons by identifier."""
    rows = await session.scalars(select(Person).where(col(Person.id).in_(list(ids))))
    return {row.id: row for row in rows}


async def persons_matching(session: Session, dni: str, sort_prefix: str, limit: int) -> Sequence[Person]:
    """Persons with that DNI, or whose sort key begins with ``sort_prefix``; by name."""
    matches = or_(col(Person.dni) == dni, col(Person.sort_key).startswith(sort_prefix, autoescape=True))
    rows = await session.scalars(select(Person).where(matches).order_by(col(Person.sort_key), col(Person.id)).limit(limit))
    return rows.all()


async def nec_with_ruc(session: Session, ruc: str) -> Nec | None:
    """The executing nucleus with this RUC."""
    return await session.scalar(select(Nec).where(col(Nec.ruc) == ruc))


async def all_necs(session: Session) -> Sequence[Nec]:
    """Every executing nucleus, by name."""
    return (await session.scalars(select(Nec).order_by(col(Nec.name), col(Nec.id)))).all()


async def office_with_code(session: Session, code: str) -> Office | None:
    """The office with this code."""
    return await session.scalar(select(Office).where(col(Office.code) == code))


async def all_offices(session: Session) -> Sequence[Office]:
    """Every office, by code."""
    return (await session.scalars(select(Office).order_by(col(Office.code)))).all()


async def grants_like(session: Session, person_id: UUID, role: Role, office_id: UUID | None) -> Sequence[RoleGrant]:
    """What a person was ever granted of one role in one office (or, with None, in all)."""
    same = (col(RoleGrant.person_id) == person_id, col(RoleGrant.role) == role)
    office = col(RoleGrant.office_id).is_not_distinct_from(office_id)
    return (await session.scalars(select(RoleGrant).where(*same, office))).all()


async def grants_on(session: Session, person_id: UUID, day: date) -> Sequence[RoleGrant]:
    """The roles that a person holds on a day."""
    held = (col(RoleGrant.since) <= day, or_(col(RoleGrant.until).is_(None), col(RoleGrant.until) > day))
    return (await session.scalars(select(RoleGrant).where(col(RoleGrant.person_id) == person_id, *held))).all()


async def roles_on(session: Session, person_id: UUID, day: date) -> list[Grant]:
    """What a person may do on a day: the roles held, and those of others as their deputy."""
    rows = await session.execute(_ROLES, {"person": person_id, "day": day})
    return [Grant(Role(row.role), row.office_id, row.for_person) for row in rows]


async def in_office_from(session: Session, person_id: UUID, day: date) -> bool:
    """Whether a person holds a role or sits on a committee on a day, or will."""
    granted = select(col(RoleGrant.id)).where(
        col(RoleGrant.person_id) == person_id, or_(col(RoleGrant.until).is_(None), col(RoleGrant.until) > day)
    )
    appointed = select(col(Appointment.id)).where(
        col(Appointment.person_id) == person_id, or_(col(Appointment.until).is_(None), col(Appointment.until) >= day)
    )
    return bool(await session.scalar(select(or_(granted.exists(), appointed.exists()))))


async def grants_in(session: Session, office_id: UUID | None) -> Sequence[tuple[RoleGrant, Person]]:
    """Every grant in one office (or, with None, in all), with its person; by name, then date."""
    statement = (
        select(RoleGrant, Person)
        .join(Person, col(Person.id) == col(RoleGrant.person_id))
        .where(col(RoleGrant.office_id).is_not_distinct_from(office_id))
        .order_by(col(Person.sort_key), col(RoleGrant.since), col(RoleGrant.id))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def needs_factor(session: Session, person_id: UUID) -> bool:
    """Whether a person signs in with a second factor: everybody but who is on a group's board or roll and nothing else."""
    return bool(await session.scalar(_NEEDS_FACTOR, {"person": person_id}))


async def sign_in_of(session: Session, token_hash: bytes, moment: datetime) -> SignIn | None:
    """The sign-in with a token that has neither ended nor expired, locked."""
    live = (col(SignIn.token_hash) == token_hash, col(SignIn.ended_at).is_(None), col(SignIn.expires_at) > moment)
    return (await session.scalars(select(SignIn).where(*live).with_for_update())).one_or_none()


async def credential_named(session: Session, user_name: str) -> Credential | None:
    """The credential with this user name."""
    return await session.scalar(select(Credential).where(col(Credential.user_name) == user_name))


async def committees_of(session: Session, office_id: UUID) -> Sequence[Committee]:
    """The committees of an office, by name."""
    statement = select(Committee).where(col(Committee.office_id) == office_id).order_by(col(Committee.name), col(Committee.id))
    return (await session.scalars(statement)).all()


async def appointments_of(session: Session, committee_id: UUID) -> Sequence[tuple[Appointment, Person]]:
    """Every appointment to a committee with its person: the chair first, then by name."""
    statement = (
        select(Appointment, Person)
        .join(Person, col(Person.id) == col(Appointment.person_id))
        .where(col(Appointment.committee_id) == committee_id)
        .order_by(col(Appointment.position), col(Person.sort_key), col(Appointment.since), col(Appointment.id))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


_ROLES = text("SELECT role, office_id, for_person FROM roles_on(:person, :day)")
_NEEDS_FACTOR = text(
    "SELECT NOT ("
    "(EXISTS (SELECT FROM board_mandate WHERE person_id = :person) OR EXISTS (SELECT FROM family_member WHERE person_id = :person)) "
    "AND NOT EXISTS (SELECT FROM role_grant WHERE person_id = :person AND (until IS NULL OR until > now())) "
    "AND NOT EXISTS (SELECT FROM roles_on(:person, now()::date)) "
    "AND NOT EXISTS (SELECT FROM appointment WHERE person_id = :person AND (until IS NULL OR until >= now()::date)))"
)
