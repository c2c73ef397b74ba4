"""What people do with their own sign-in, and what a help desk does with that of who lost a phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text, update
from sqlmodel import col, select

from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import Conflict, NotFound
from service.people import factors, passkeys, passwords, rules, signing_in, store
from service.people.factor_models import Passkey
from service.people.invitation_models import Invitation
from service.people.models import Credential, Person, SignIn
from service.people.shapes import PasswordIn, SignInIn
from service.record import usecases as record


class LastFactor(Conflict):
    """Who has to sign in with two factors keeps one."""

    message = "This is your only second factor. Set up another one first, then take this one away."


class LockedOutAlready(Conflict):
    """Who is locked out comes back by an invitation, and is locked out again only after it."""

    message = "This person is locked out already. To let them in again, another officer than the one who did it invites them."


@dataclass(frozen=True, slots=True)
class OwnSignIn:
    """What a person sees of the own sign-in; ``here`` is the sign-in that asks."""

    user_name: str
    passkeys: Sequence[Passkey]
    has_app: bool
    recovery_codes: int
    sign_ins: Sequence[SignIn]
    here: UUID | None


async def view_own(session: Session, actor: Actor) -> OwnSignIn:
    """A person's own factors and the browsers that are signed in, the newest first."""
    credential = await session.get(Credential, actor.person_id)
    live = (
        col(SignIn.person_id) == actor.person_id,
        col(SignIn.ended_at).is_(None),
        col(SignIn.expires_at) > await clock.now(session),
    )
    rows = await session.scalars(select(SignIn).where(*live).order_by(col(SignIn.at).desc()))
    return OwnSignIn(
        user_name=credential.user_name if credential else "",
        passkeys=await passkeys.passkeys_of(session, actor.person_id),
        has_app="code_app" in await factors.kinds_of(session, actor.person_id),
        recovery_codes=await factors.recovery_codes_left(session, actor.person_id),
        sign_ins=list(rows),
        here=_here(actor),
    )


async def change_password(session: Session, actor: Actor, given: PasswordIn) -> None:
    """Take another password; every other sign-in of the person ends.

    Raises ``StepUpNeeded``, ``WrongSignIn`` for the old one, and what ``passwords.require_strong`` raises.
    """
    actor.require_presence()
    credential = await _credential(session, actor.person_id)
    right, _ = await passwords.verify_password(given.old, credential.password_hash)
    if not right:
        raise rules.WrongSignIn("old")
    await keep_own_password(session, actor, given.password)
    await signing_in.end_sign_ins(session, actor.person_id, but=actor.via)


async def keep_own_password(session: Session, actor: Actor, password: str) -> None:
    """Keep a password that the person chose. Raises ``PasswordSame``, and what ``passwords.require_strong`` raises."""
    credential = await _credential(session, actor.person_id)
    same, _ = await passwords.verify_password(password, credential.password_hash)
    if same:
        raise passwords.PasswordSame("password")
    given = SignInIn(user_name=credential.user_name, password=password)
    await signing_in.keep_credential(session, actor.person_id, given)
    await record.append(session, actor, "password.changed", f"person:{actor.person_id}", {})


async def add_passkey(session: Session, actor: Actor, credential: str, name: str) -> Passkey:
    """Set up a further passkey. Raises ``StepUpNeeded``, and what ``passkeys.add_passkey`` raises."""
    actor.require_presence()
    return await passkeys.add_passkey(session, actor, credential, name)


async def set_up_app(session: Session, actor: Actor, sealed: str, code: str) -> None:
    """Take over an application. Raises ``StepUpNeeded``, and what ``factors.set_up_app`` raises."""
    actor.require_presence()
    await factors.set_up_app(session, actor, sealed, code)


async def remove_passkey(session: Session, actor: Actor, passkey_id: UUID) -> None:
    """Take a passkey away; the other sign-ins end. Raises ``StepUpNeeded``, ``NotFound``, ``LastFactor``."""
    actor.require_presence()
    await passkeys.remove_passkey(session, actor, passkey_id)
    await _require_factor_left(session, actor)


async def remove_app(session: Session, actor: Actor) -> None:
    """Take the application away; the other sign-ins end. Raises ``StepUpNeeded``, ``LastFactor``."""
    actor.require_presence()
    await factors.remove_app(session, actor)
    await _require_factor_left(session, actor)


async def new_recovery_codes(session: Session, actor: Actor) -> list[str]:
    """Ten new recovery codes, shown this once. Raises ``StepUpNeeded``."""
    actor.require_presence()
    return await factors.new_recovery_codes(session, actor)


async def show_proof(session: Session, actor: Actor, *, credential: str, code: str, password: str) -> str:
    """Prove to be present, by a passkey, a code, or the password where there is no second factor; which it was.

    Raises ``PasskeyRefused``, ``WrongCode``, ``WrongSignIn``.
    """
    if credential:
        await passkeys.use_passkey(session, credential, actor.person_id)
        return "passkey"
    if await factors.kinds_of(session, actor.person_id):
        return await factors.use_code(session, actor.person_id, code)
    kept = await session.get(Credential, actor.person_id)
    right, _ = await passwords.verify_password(password, kept.password_hash if kept else None)
    if not right:
        raise rules.WrongSignIn
    return "password"


async def end_own(session: Session, actor: Actor, sign_in_id: UUID) -> None:
    """End one of one's own sign-ins. Raises ``NotFound``."""
    row = await store.lock(session, SignIn, sign_in_id)
    if row.person_id != actor.person_id:
        raise NotFound
    await signing_in.end_sign_in(session, sign_in_id)
    await record.append(session, actor, "sign_in.ended", f"person:{actor.person_id}", {"sign_in_id": str(sign_in_id)})


async def end_others(session: Session, actor: Actor) -> None:
    """End all of one's own sign-ins but this one."""
    await signing_in.end_sign_ins(session, actor.person_id, but=actor.via)
    await record.append(session, actor, "sign_ins.ended", f"person:{actor.person_id}", {})


async def lock_out(session: Session, actor: Actor, person_id: UUID) -> None:
    """A phone or a password is in wrong hands: every sign-in ends at once, and no factor and no password is good any more, nor an
    invitation that is out.

    The person comes back by an invitation, which another officer gives: so a second one does not lock out again, and nobody's hand in it
    is lost. Raises ``NotFound``, ``MissingRole``, ``OnlySystemMay``, ``StepUpNeeded``, ``LockedOutAlready``.
    """
    await store.lock(session, Person, person_id)
    held = await store.grants_on(session, person_id, await clock.today(session))
    rules.require_may_set_sign_in(actor, person_id, [grant.role for grant in held])
    known = await session.get(Credential, person_id)
    if known is not None and known.locked_by is not None:
        raise LockedOutAlready
    await factors.drop_all(session, person_id)
    nobodys = (
        update(Credential)
        .where(col(Credential.person_id) == person_id)
        .values(password_hash="", must_change=True, locked_by=actor.person_id)  # nosec B106  # a hash that no password has
    )
    await session.execute(nobodys)
    open_ones = (
        col(Invitation.person_id) == person_id,
        col(Invitation.used_at).is_(None),
        col(Invitation.revoked_at).is_(None),
    )
    await session.execute(update(Invitation).where(*open_ones).values(revoked_at=await clock.now(session)))
    await signing_in.end_sign_ins(session, person_id)
    await record.append(session, actor, "sign_in.locked_out", f"person:{person_id}", {})


async def new_devices(session: Session, actor: Actor) -> list[tuple[str, datetime]]:
    """The devices that signed in as this person since this sign-in began, and were not seen before it."""
    here = _here(actor)
    if here is None:
        return []
    rows = await session.execute(_NEW_DEVICES, {"person": actor.person_id, "here": here})
    return [(row.device, row.at) for row in rows]


async def _require_factor_left(session: Session, actor: Actor) -> None:
    needed = await store.needs_factor(session, actor.person_id)
    if needed and not await factors.kinds_of(session, actor.person_id):
        raise LastFactor
    await signing_in.end_sign_ins(session, actor.person_id, but=actor.via)


async def _credential(session: Session, person_id: UUID) -> Credential:
    credential = await session.get(Credential, person_id, with_for_update=True)
    if credential is None:
        raise NotFound
    return credential


def _here(actor: Actor) -> UUID | None:
    kind, _, key = actor.via.partition(":")
    return UUID(key) if kind == "sign_in" else None


_NEW_DEVICES = text(
    "SELECT s.device, min(s.at) AS at FROM sign_in s JOIN sign_in mine ON mine.id = :here "
    "WHERE s.person_id = :person AND s.at > mine.at AND s.unfinished IS NULL AND s.device <> '' AND NOT EXISTS ("
    "SELECT FROM sign_in o WHERE o.person_id = :person AND o.device = s.device AND o.at <= mine.at) "
    "GROUP BY s.device ORDER BY 2 DESC LIMIT 5"
)
