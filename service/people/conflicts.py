"""Which officers hold roles that are kept apart, and which look like one person under two names: for those who audit an office.

Acts on one thing are kept apart by person wherever they happen (``core/duties.py``), so roles that meet in one person are a warning and
not a fault: in a small office they may have to. What a single role may do twice, as an administrator who proposes one account and
confirms another, is no conflict of roles.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from service.core import clock, rights
from service.core.actor import Actor
from service.core.acts import Act, Role
from service.core.db import Session
from service.core.duties import DUTIES, Duty
from service.people import store
from service.people.models import Office


@dataclass(frozen=True, slots=True)
class Conflict:
    """A person whose roles, own and lent, reach both acts of a pair, and those roles."""

    person_id: UUID
    name: str
    duty: Duty
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """Two officers with different DNIs and the same date of birth and names, or the same mobile number."""

    first_id: UUID
    first: str
    second_id: UUID
    second: str


@dataclass(frozen=True, slots=True)
class Duties:
    """What an auditor asks of an office: the pairs kept apart everywhere, whose roles reach both, who may be one person twice."""

    pairs: tuple[Duty, ...]
    conflicts: tuple[Conflict, ...]
    alike: tuple[Alike, ...]


async def list_duties(session: Session, actor: Actor, office_id: UUID) -> Duties:
    """The duties kept apart, and who in an office holds both sides of one today. Raises ``NotFound``, ``MissingRole``."""
    await store.fetch(session, Office, office_id)
    actor.require(Act.READ_DUTIES, office_id)
    held: dict[UUID, set[Role]] = defaultdict(set)
    names: dict[UUID, str] = {}
    for row in await session.execute(_HELD, {"office": office_id, "day": await clock.today(session)}):
        held[row.id].add(Role(row.role))
        names[row.id] = row.name
    found = [Conflict(key, names[key], duty, roles) for key in names for duty, roles in meeting(held[key])]
    alike = [Alike(*row) for row in await session.execute(_ALIKE, {"persons": list(names)})]
    return Duties(DUTIES, tuple(found), tuple(alike))


async def conflicts_of(session: Session, person_id: UUID) -> list[tuple[Duty, tuple[Role, ...]]]:
    """The pairs that the roles of a person reach today in one office: what is said when a role is given."""
    held = await store.roles_on(session, person_id, await clock.today(session))
    offices = {grant.office_id for grant in held}
    found = [each for office in offices for each in meeting({g.role for g in held if g.office_id in (None, office)})]
    return list(dict.fromkeys(found))


def meeting(roles: Collection[Role]) -> list[tuple[Duty, tuple[Role, ...]]]:
    """The pairs of which one of these roles reaches the one act and another the other, while none reaches both; with those roles."""
    found = []
    for duty in DUTIES:
        earlier = {role for role in roles if rights.permits(duty.earlier, {role})}
        later = {role for role in roles if rights.permits(duty.later, {role})}
        if earlier and later and not earlier & later:
            found.append((duty, tuple(role for role in Role if role in earlier | later)))
    return found


_HELD = text(
    """
    SELECT p.id, p.given_names || ' ' || p.family_names AS name, r.role FROM person p
    CROSS JOIN LATERAL roles_on(p.id, :day) r WHERE (r.office_id = :office OR r.office_id IS NULL) AND p.id IN (
        SELECT person_id FROM role_grant UNION SELECT person_id FROM deputy
    ) ORDER BY p.sort_key, p.id
    """
)
_ALIKE = text(
    """
    SELECT a.id, a.given_names || ' ' || a.family_names, b.id, b.given_names || ' ' || b.family_names
    FROM person a JOIN person b ON a.id < b.id AND (a.sort_key = b.sort_key AND a.birth_date IS NOT DISTINCT FROM b.birth_date
        OR a.mobile = b.mobile OR a.sort_key = b.sort_key AND (a.dni IS NULL OR b.dni IS NULL))
    WHERE a.id = ANY(:persons) AND b.id = ANY(:persons) ORDER BY a.sort_key, a.id, b.id
    """
)
