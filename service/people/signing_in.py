"""Signing in and out. A token is 256 random bits; only its SHA-256 is stored, and the sign-in is ended here, not in the browser.

    nobody --password--> lacks a code | lacks a factor | lacks an own password | whole ;  --passkey--> whole
    lacks a code --code or passkey--> lacks an own password | whole ;  lacks a factor --set up--> lacks an own password | whole
    lacks an own password --changed--> whole ;  whole --proof--> whole, and fresh for ten minutes

Every step ends the sign-in before it and begins another with a new token, so that no token ever comes to mean more. Each ends after
twelve hours, or when nobody has used it for a while: half an hour in an office, four hours in the field, where a sheet waits on the
phone until its juror signs in again (ASVS 5.0, 7.3.1 and 7.3.2).
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import col

from service.core import clock
from service.core.actor import Actor, Grant
from service.core.acts import Role
from service.core.db import Session
from service.people import factors, passwords, rules, store
from service.people.models import Credential, Person, RoleGrant, SignIn, Unfinished
from service.people.shapes import PersonIn, SignInIn
from service.people.usecases import new_person
from service.record import usecases as record

LIFE = timedelta(hours=12)
IDLE_IN_OFFICE, IDLE_IN_FIELD = timedelta(minutes=30), timedelta(hours=4)
FRESH = timedelta(minutes=10)
"""How long it counts that a person has proved to be present."""
_A_WHILE = timedelta(minutes=1)
"""How often it is noted that a sign-in is in use."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that has begun: its token, and what it still lacks."""

    token: str
    unfinished: Unfinished | None


async def set_own(session: Session, actor: Actor, given: SignInIn) -> Credential:
    """Choose one's own user name and password, by an invitation or at the machine itself; every sign-in of the person ends.

    Nobody chooses another's (ASVS 5.0, 6.4.6). Raises ``UserNameTaken``, and what ``passwords.require_strong`` raises.
    """
    await store.lock(session, Person, actor.person_id)
    credential = await keep_credential(session, actor.person_id, given)
    await end_sign_ins(session, actor.person_id)
    await record.append(session, actor, "sign_in.set", f"person:{actor.person_id}", {"user_name": given.user_name})
    return credential


async def create_first_administrator(session: Session, person: PersonIn, sign_in: SignInIn) -> Actor:
    """The first person of an installation, who may create the others.

    Raises ``NotTheFirst``, ``BornInTheFuture``, and what ``passwords.require_strong`` raises.
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
    await keep_credential(session, row.id, sign_in)
    actor = Actor(row.id, row.name, frozenset({Grant(Role.SYSTEM)}))
    payload = {"user_name": sign_in.user_name, **person.model_dump(mode="json")}
    await record.append(session, actor, "administrator.created", f"person:{row.id}", payload)
    return actor


async def sign_in(session: Session, user_name: str, password: str, device: str = "") -> Begun:
    """Begin with a password; what is lacking then, the sign-in says.

    Raises ``WrongSignIn`` after the same work whether the user name is unknown or the password is wrong.
    """
    credential = await store.credential_named(session, user_name.strip().lower())
    right, renewed = await passwords.verify_password(password, credential.password_hash if credential else None)
    if credential is None or not right:
        raise rules.WrongSignIn
    if renewed:
        credential.password_hash = renewed
    return await begin(session, credential.person_id, "password", device=device)


async def begin(session: Session, person_id: UUID, how: str, *, strong: bool = False, device: str = "") -> Begun:
    """A new sign-in of who was found to be a person; ``strong`` where two factors were shown. ``how`` is kept in the record."""
    person = await store.fetch(session, Person, person_id)
    unfinished = await _lacks(session, person_id, strong=strong)
    now = await clock.now(session)
    row = SignIn(
        token_hash=b"",
        person_id=person_id,
        at=now,
        expires_at=now + LIFE,
        last_seen_at=now,
        proved_at=now,
        unfinished=unfinished,
        how=how,
        device=device[:200],
    )
    return await _open(session, person, row)


async def go_on(session: Session, token: str, how: str) -> Begun:
    """The next step of a sign-in, once what it lacked was shown or set up: another sign-in with a new token. Raises ``NotSignedIn``."""
    before = await unfinished_sign_in(session, token)
    done = before.unfinished or Unfinished.PASSWORD
    strong = done in (Unfinished.CODE, Unfinished.FACTOR) or await _has_factor(session, before.person_id)
    return await _follow(session, before, how, await _lacks(session, before.person_id, strong=strong))


async def prove(session: Session, token: str, how: str) -> str:
    """A new token for a sign-in whose person has just proved to be present. Raises ``NotSignedIn``."""
    before = await _live(session, token)
    if before.unfinished is not None:
        raise rules.NotSignedIn
    return (await _follow(session, before, how, None)).token


async def sign_out(session: Session, token: str) -> None:
    """End the sign-in of a token. A token that is unknown or no longer good is let pass: it is signed out."""
    try:
        row = await _live(session, token)
    except rules.NotSignedIn:
        return
    person = await store.fetch(session, Person, row.person_id)
    await end_sign_in(session, row.id)
    actor = Actor(person.id, person.name, via=_via(row.id))
    await record.append(session, actor, "sign_in.ended", f"person:{person.id}", {"sign_in_id": str(row.id)})


async def actor_for_token(session: Session, token: str) -> Actor:
    """Who a token stands for, with the roles held at this moment. Raises ``NotSignedIn``, ``SignInUnfinished``."""
    rows = (await session.execute(_ACTOR, {"token_hash": _hash_token(token)})).all()
    if not rows:
        raise rules.NotSignedIn
    first = rows[0]
    clock.keep(session, first.moment, first.wall)
    if first.unfinished is not None:
        raise rules.SignInUnfinished(step=first.unfinished)
    grants = frozenset(Grant(Role(row.role), row.office_id, row.for_person) for row in rows if row.role is not None)
    unused = first.moment - first.last_seen_at
    if unused >= (IDLE_IN_OFFICE if grants else IDLE_IN_FIELD):
        raise rules.NotSignedIn
    if unused >= _A_WHILE:
        await session.execute(_SEEN, {"id": first.sign_in_id, "moment": first.moment})
    fresh = first.proved_at is not None and first.moment - first.proved_at < FRESH
    return Actor(first.person_id, first.name, grants, _via(first.sign_in_id), fresh)


async def note_failure(session: Session, name: str) -> None:
    """Record that somebody tried to sign in as a person and failed: by user name, or ``code:<id>`` after the password.

    Of a name that nobody has, nothing is recorded: people type passwords there.
    """
    if name.startswith("code:"):
        person_id: UUID | None = UUID(name.removeprefix("code:"))
    else:
        credential = await store.credential_named(session, name.strip().lower())
        person_id = credential.person_id if credential else None
    if person_id is not None:
        nobody = Actor(person_id, "", via="nobody")
        await record.append(session, nobody, "sign_in.failed", f"person:{person_id}", {"at_code": name.startswith("code:")})


async def unfinished_sign_in(session: Session, token: str) -> SignIn:
    """The sign-in of a token that still lacks something. Raises ``NotSignedIn``."""
    row = await _live(session, token)
    if row.unfinished is None:
        raise rules.NotSignedIn
    return row


async def unfinished_actor(session: Session, token: str) -> tuple[Actor, Unfinished]:
    """Who is about to finish a sign-in, without any role yet, and what is lacking. Raises ``NotSignedIn``."""
    row = await unfinished_sign_in(session, token)
    person = await store.fetch(session, Person, row.person_id)
    return Actor(person.id, person.name, via=_via(row.id)), row.unfinished or Unfinished.CODE


async def keep_credential(session: Session, person_id: UUID, given: SignInIn) -> Credential:
    """Keep a user name and the hash of a password. Raises ``UserNameTaken``, and what ``passwords.require_strong`` raises."""
    passwords.require_strong(given.password, given.user_name, alone=not await store.needs_factor(session, person_id))
    owner = await store.credential_named(session, given.user_name)
    if owner is not None and owner.person_id != person_id:
        raise rules.UserNameTaken("user_name")
    hashed = await passwords.hash_password(given.password)
    row = Credential(person_id=person_id, user_name=given.user_name, password_hash=hashed)
    credential = await session.merge(row)
    await session.flush()
    return credential


async def end_sign_in(session: Session, sign_in_id: UUID) -> None:
    """End one sign-in."""
    one = (col(SignIn.id) == sign_in_id, col(SignIn.ended_at).is_(None))
    await session.execute(update(SignIn).where(*one).values(ended_at=await clock.now(session)))


async def end_sign_ins(session: Session, person_id: UUID, but: str = "") -> None:
    """End every sign-in of a person, but the one that ``via`` names."""
    open_ones = [col(SignIn.person_id) == person_id, col(SignIn.ended_at).is_(None)]
    if but.startswith("sign_in:"):
        open_ones.append(col(SignIn.id) != UUID(but.removeprefix("sign_in:")))
    await session.execute(update(SignIn).where(*open_ones).values(ended_at=await clock.now(session)))


async def _lacks(session: Session, person_id: UUID, *, strong: bool) -> Unfinished | None:
    """What a sign-in still lacks after this step."""
    if not strong and await _has_factor(session, person_id):
        return Unfinished.CODE
    if not strong and await store.needs_factor(session, person_id):
        return Unfinished.FACTOR
    credential = await session.get(Credential, person_id)
    return Unfinished.PASSWORD if credential is not None and credential.must_change else None


async def _has_factor(session: Session, person_id: UUID) -> bool:
    return bool(await factors.kinds_of(session, person_id))


async def _follow(session: Session, before: SignIn, how: str, unfinished: Unfinished | None) -> Begun:
    now = await clock.now(session)
    await end_sign_in(session, before.id)
    row = SignIn(
        token_hash=b"",
        person_id=before.person_id,
        at=now,
        expires_at=before.expires_at,
        last_seen_at=now,
        proved_at=now,
        unfinished=unfinished,
        how=f"{before.how} {how}"[:100],
        device=before.device,
    )
    return await _open(session, await store.fetch(session, Person, before.person_id), row)


async def _open(session: Session, person: Person, row: SignIn) -> Begun:
    token = secrets.token_urlsafe(32)
    row.token_hash = _hash_token(token)
    session.add(row)
    await session.flush()
    payload = {"sign_in_id": str(row.id), "how": row.how, "unfinished": row.unfinished.value if row.unfinished else None}
    await record.append(
        session, Actor(person.id, person.name, via=_via(row.id)), "sign_in.begun", f"person:{person.id}", payload
    )
    return Begun(token, row.unfinished)


async def _live(session: Session, token: str) -> SignIn:
    """The sign-in of a token, which has neither ended nor expired, locked. Raises ``NotSignedIn``."""
    row = await store.sign_in_of(session, _hash_token(token), await clock.now(session))
    if row is None:
        raise rules.NotSignedIn
    return row


def _hash_token(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def _via(sign_in_id: UUID) -> str:
    return f"sign_in:{sign_in_id}"


# Asked at every request, so it is one statement: both times of clock.both() are worked out in it and kept, and a person without
# roles still comes back as one row.
_ACTOR = text(
    "WITH clock AS (SELECT now() + COALESCE((SELECT microseconds FROM clock_offset), 0) * interval '1 microsecond' AS moment), "
    "today AS (SELECT (moment AT TIME ZONE interval '-05:00')::date AS day FROM clock) "
    "SELECT now() AS wall, clock.moment, s.id AS sign_in_id, s.unfinished, s.last_seen_at, s.proved_at, p.id AS person_id, "
    "p.given_names || ' ' || p.family_names AS name, g.role, g.office_id, g.for_person "
    "FROM sign_in s JOIN person p ON p.id = s.person_id CROSS JOIN clock CROSS JOIN today "
    "LEFT JOIN LATERAL roles_on(p.id, today.day) g ON true "
    "WHERE s.token_hash = :token_hash AND s.ended_at IS NULL AND s.expires_at > clock.moment"
)
_SEEN = text("UPDATE sign_in SET last_seen_at = :moment WHERE id = :id AND last_seen_at < :moment")
