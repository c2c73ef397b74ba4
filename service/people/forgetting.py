"""What goes of a person when nobody may keep it any more: for the area above that decides it."""

from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from service.core.db import Session
from service.people import factors, signing_in, store
from service.people.models import Credential, Person

NOBODY = "—"
"""What stands in place of a name."""


async def has_sign_in(session: Session, person_id: UUID) -> bool:
    """Whether a person has a user name."""
    credential = await session.get(Credential, person_id)
    return credential is not None and credential.user_name != _nobody(person_id)


async def forget_sign_in(session: Session, person_id: UUID) -> None:
    """End every sign-in of a person and take away user name, password, factors and mobile number."""
    await factors.drop_all(session, person_id)
    await signing_in.end_sign_ins(session, person_id)
    nobodys = (
        update(Credential)
        .where(col(Credential.person_id) == person_id)
        .values(user_name=_nobody(person_id), password_hash="", must_change=True)  # nosec B106  # a hash that no password has
    )
    await session.execute(nobodys)
    person = await store.lock(session, Person, person_id)
    person.mobile = None
    await session.flush()


async def forget_name(session: Session, person_id: UUID) -> None:
    """Take away names, DNI and date of birth; the row stays, and what counts women and men."""
    person = await store.lock(session, Person, person_id)
    person.given_names = person.family_names = NOBODY
    person.dni = person.birth_date = None
    person.sort_key = ""
    await session.flush()


def _nobody(person_id: UUID) -> str:
    return f"nobody.{person_id.hex[-12:]}"
