"""Signing in and out. A token is 256 random bits; only its SHA-256 is stored, and the sign-in is ended here, not in the browser.

Hashing takes 64 MiB and a quarter of a second, so it happens in a pool of two threads of its own: a crowd that signs in waits
there and takes neither memory nor the event loop from the others.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from typing import TypeVar
from uuid import UUID

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import text, update
from sqlmodel import col

from service.core import clock
from service.core.actor import Actor, Grant
from service.core.acts import Role
from service.core.db import Session
from service.people import rules, store
from service.people.models import Credential, Person, RoleGrant, SignIn
from service.people.shapes import PersonIn, SignInIn
from service.people.usecases import new_person
from service.record import usecases as record

LIFE = timedelta(hours=12)

_T = TypeVar("_T")
_HASHES = PasswordHash((Argon2Hasher(),))
_POOL = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")


async def set_sign_in(session: Session, actor: Actor, person_id: UUID, given: SignInIn) -> Credential:
    """Give a person a user name and a password, or change them; every sign-in of the person ends.

    Raises ``NotFound``, ``MissingRole``, ``OnlySystemMay``, ``PasswordTooShort``, ``PasswordIsUserName``, ``UserNameTaken``.
    """
    await store.lock(session, Person, person_id)
    held = await store.grants_on(session, person_id, await clock.today(session))
    rules.require_may_set_sign_in(actor, person_id, [grant.role for grant in held])
    credential = await _keep_credential(session, person_id, given)
    await _end_sign_ins(session, person_id)
    await record.append(session, actor, "sign_in.set", f"person:{person_id}", {"user_name": given.user_name})
    return credential


async def create_first_administrator(session: Session, person: PersonIn, sign_in: SignInIn) -> Actor:
    """The first person of an installation, who may create the others.

    Raises ``NotTheFirst``, ``BornInTheFuture``, ``PasswordTooShort``, ``PasswordIsUserName``.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtext('the first administrator'))"))
    if await store.any_person(session):
        raise rules.NotTheFirst
    today = await clock.today(session)
    rules.require_possible_birth(person, today)
    row = new_person(person)
    session.add(row)
    await session.flush()
    session.add(RoleGrant(person_id=row.id, role=Role.SYSTEM, since=today))
    await _keep_credential(session, row.id, sign_in)
    actor = Actor(row.id, row.name, frozenset({Grant(Role.SYSTEM)}))
    payload = {"user_name": sign_in.user_name, **person.model_dump(mode="json")}
    await record.append(session, actor, "administrator.created", f"person:{row.id}", payload)
    return actor


async def sign_in(session: Session, user_name: str, password: str) -> str:
    """A new token for who knows the password, good for 12 hours.

    Raises ``WrongSignIn`` after the same work whether the user name is unknown or the password is wrong.
    """
    credential = await store.credential_named(session, user_name.strip().lower())
    stored = credential.password_hash if credential else None
    right, renewed = await _in_pool(lambda: _verify(password, stored))
    if credential is None or not right:
        raise rules.WrongSignIn
    if renewed:  # the library has come to ask for more work than when this hash was made
        credential.password_hash = renewed
    return await begin_sign_in(session, await store.fetch(session, Person, credential.person_id), "password")


async def begin_sign_in(session: Session, person: Person, how: str) -> str:
    """A new token for a person who was found to be who they say; ``how`` is kept in the record."""
    token, now = secrets.token_urlsafe(32), await clock.now(session)
    row = SignIn(token_hash=_hash_token(token), person_id=person.id, at=now, expires_at=now + LIFE)
    session.add(row)
    await session.flush()
    actor = Actor(person.id, person.name, via=_via(row.id))
    await record.append(session, actor, "sign_in.begun", f"person:{person.id}", {"sign_in_id": str(row.id), "how": how})
    return token


async def sign_out(session: Session, token: str) -> None:
    """End the sign-in of a token. A token that is unknown or no longer good is let pass: it is signed out."""
    try:
        actor = await actor_for_token(session, token)
    except rules.NotSignedIn:
        return
    ended = update(SignIn).where(col(SignIn.token_hash) == _hash_token(token)).values(ended_at=await clock.now(session))
    await session.execute(ended)
    await record.append(session, actor, "sign_in.ended", f"person:{actor.person_id}", {"sign_in_id": actor.via.split(":")[1]})


async def actor_for_token(session: Session, token: str) -> Actor:
    """Who a token stands for, with the roles held at this moment. Raises ``NotSignedIn``."""
    rows = (await session.execute(_ACTOR, {"token_hash": _hash_token(token)})).all()
    if not rows:
        raise rules.NotSignedIn
    first = rows[0]
    clock.keep(session, first.moment, first.wall)
    grants = frozenset(Grant(Role(row.role), row.office_id, row.for_person) for row in rows if row.role is not None)
    return Actor(first.person_id, first.name, grants, _via(first.sign_in_id))


async def _keep_credential(session: Session, person_id: UUID, given: SignInIn) -> Credential:
    rules.require_strong(given.password, given.user_name)
    owner = await store.credential_named(session, given.user_name)
    if owner is not None and owner.person_id != person_id:
        raise rules.UserNameTaken("user_name")
    hashed = await _in_pool(lambda: _HASHES.hash(given.password))
    row = Credential(person_id=person_id, user_name=given.user_name, password_hash=hashed)
    credential = await session.merge(row)
    await session.flush()
    return credential


async def _end_sign_ins(session: Session, person_id: UUID) -> None:
    open_ones = (col(SignIn.person_id) == person_id, col(SignIn.ended_at).is_(None))
    await session.execute(update(SignIn).where(*open_ones).values(ended_at=await clock.now(session)))


def _verify(password: str, stored: str | None) -> tuple[bool, str | None]:
    decoy = _decoy()  # asked for on both paths, so that its making on the first call tells nothing either
    return _HASHES.verify_and_update(password, stored or decoy)


@cache
def _decoy() -> str:
    """The hash of a password that nobody knows, to spend the same time on an unknown user name."""
    return _HASHES.hash(secrets.token_urlsafe(32))


async def _in_pool(work: Callable[[], _T]) -> _T:
    return await asyncio.get_running_loop().run_in_executor(_POOL, work)


def _hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _via(sign_in_id: UUID) -> str:
    return f"sign_in:{sign_in_id}"


# Asked at every request, so it is one statement: both times of clock.both() are worked out in it and kept, and a person without
# roles still comes back as one row.
_ACTOR = text(
    "WITH clock AS (SELECT now() + COALESCE((SELECT microseconds FROM clock_offset), 0) * interval '1 microsecond' AS moment), "
    "today AS (SELECT (moment AT TIME ZONE interval '-05:00')::date AS day FROM clock) "
    "SELECT now() AS wall, clock.moment, s.id AS sign_in_id, p.id AS person_id, p.given_names || ' ' || p.family_names AS name, g.role, g.office_id, g.for_person "
    "FROM sign_in s JOIN person p ON p.id = s.person_id CROSS JOIN clock CROSS JOIN today "
    "LEFT JOIN LATERAL roles_on(p.id, today.day) g ON true "
    "WHERE s.token_hash = :token_hash AND s.ended_at IS NULL AND s.expires_at > clock.moment"
)
