"""What of a person an actor sees: names, and of DNI, mobile number and date of birth the whole only where the own office needs it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text

from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.people.identifiers import mask
from service.people.models import Person, Sex


@dataclass(frozen=True)
class Known:
    """A person as an actor sees them: where the rest is not theirs to see, DNI and mobile number show their ends, the birth is None."""

    id: UUID
    given_names: str
    family_names: str
    sex: Sex
    dni: str | None
    birth_date: date | None
    mobile: str | None
    whole: bool

    @property
    def name(self) -> str:
        """The full name, given names first."""
        return f"{self.given_names} {self.family_names}"


async def seen_by(session: Session, actor: Actor, persons: Sequence[Person]) -> list[Known]:
    """Persons as the actor sees them: whole are oneself, those of the offices where one may, and who belongs to none yet."""
    whole = await _whole(session, actor, {person.id for person in persons})
    return [known(person, whole=person.id in whole) for person in persons]


async def _whole(session: Session, actor: Actor, ids: Collection[UUID]) -> set[UUID]:
    offices = actor.offices(Act.READ_IDENTITY)
    if offices is None:
        return set(ids)
    if not offices:
        return {actor.person_id}
    belongs: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await session.execute(_OFFICES, {"persons": list(ids)}):
        belongs[row.person_id].add(row.office_id)
    return {each for each in ids if each == actor.person_id or not belongs[each] or belongs[each] & offices}


def known(person: Person, *, whole: bool) -> Known:
    """A person, whole or with what is nobody's business masked."""
    return Known(
        id=person.id,
        given_names=person.given_names,
        family_names=person.family_names,
        sex=person.sex,
        dni=person.dni if whole or person.dni is None else mask(person.dni),
        birth_date=person.birth_date if whole else None,
        mobile=person.mobile if whole or person.mobile is None else mask(person.mobile, 3),
        whole=whole,
    )


_OFFICES = text("""
    SELECT m.person_id, g.office_id FROM family_member m JOIN family f ON f.id = m.family_id JOIN "group" g ON g.id = f.group_id
    WHERE m.person_id = ANY(CAST(:persons AS uuid[]))
    UNION SELECT b.person_id, g.office_id FROM board_mandate b JOIN "group" g ON g.id = b.group_id
    WHERE b.person_id = ANY(CAST(:persons AS uuid[]))
    UNION SELECT person_id, office_id FROM role_grant WHERE person_id = ANY(CAST(:persons AS uuid[]))
    UNION SELECT a.person_id, c.office_id FROM appointment a JOIN committee c ON c.id = a.committee_id
    WHERE a.person_id = ANY(CAST(:persons AS uuid[]))
""")
