"""Queries about invitations."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select, text
from sqlmodel import col

from service.core.db import Session
from service.people.invitation_models import Invitation
from service.people.models import Credential, Person


async def with_key(session: Session, key_hash: bytes, *, lock: bool = False) -> Invitation | None:
    """The invitation whose token or code has this hash, locked if told."""
    statement = select(Invitation).where(or_(col(Invitation.token_hash) == key_hash, col(Invitation.code_hash) == key_hash))
    if lock:
        statement = statement.with_for_update()
    return await session.scalar(statement, execution_options={"populate_existing": True})


async def live(session: Session, person_id: UUID) -> Invitation | None:
    """A person's invitation that is neither used nor revoked, locked."""
    neither = (col(Invitation.used_at).is_(None), col(Invitation.revoked_at).is_(None))
    return await session.scalar(select(Invitation).where(col(Invitation.person_id) == person_id, *neither).with_for_update())


async def of_person(session: Session, person_id: UUID, limit: int) -> Sequence[tuple[Invitation, Person]]:
    """A person's newest invitations with who issued them."""
    statement = (
        select(Invitation, Person)
        .join(Person, col(Person.id) == col(Invitation.issued_by))
        .where(col(Invitation.person_id) == person_id)
        .order_by(col(Invitation.at).desc(), col(Invitation.id).desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def credential_of(session: Session, person_id: UUID) -> Credential | None:
    """How a person signs in."""
    return await session.get(Credential, person_id)


async def office_for(session: Session, person_id: UUID) -> UUID | None:
    """An office to ask: the one that the person works or sits for, else the first by code; None where there is no office."""
    rows: Sequence[Row[Any]] = (await session.execute(_OFFICE, {"person_id": person_id})).all()
    return rows[0].id if rows else None


_OFFICE = text(
    "SELECT o.id FROM office o ORDER BY "
    "EXISTS (SELECT FROM role_grant g WHERE g.office_id = o.id AND g.person_id = :person_id) DESC, "
    "EXISTS (SELECT FROM appointment a JOIN committee c ON c.id = a.committee_id WHERE c.office_id = o.id AND a.person_id = :person_id) DESC, "
    "o.code LIMIT 1"
)
