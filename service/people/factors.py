"""Second factors that are typed: the code of an application (TOTP, RFC 6238), each step once, and recovery codes, each once.

The secret of an application lies sealed under a key that is derived from the installation's secret, so that a copy of the database alone
makes no codes. Codes follow the true time even where a rehearsal moved the clock: phones know no other. Until a first code has shown that it was taken over, a secret is kept by the page, sealed, and nowhere else.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from functools import cache
from uuid import UUID

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select, text, update
from sqlmodel import col

from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import Forbidden, Rejected
from service.core.settings import load
from service.people.factor_models import CodeApp, Passkey, RecoveryCode
from service.record import usecases as record

STEP_SECONDS = 30
DRIFT = 1
"""Steps that a phone's clock may be off."""

RECOVERY_CODES, RECOVERY_LETTERS = 10, 12
LONGEST_SET_UP = 3600
"""Seconds that a page with a new secret may lie open."""

_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class WrongCode(Forbidden):
    """The code is wrong, too old, or was used already."""

    message = "This code is wrong, or was used already. Wait for the next one, or take a recovery code."


class SetUpTooOld(Rejected):
    """The page with the secret lay open too long, or was another installation's."""

    message = "This page was open too long. Go back and begin again: the code to scan is another one now."


def new_secret(person_id: UUID) -> tuple[str, str]:
    """A secret for an application: as it is typed or scanned, and sealed for the page to bring back."""
    secret = pyotp.random_base32()
    return secret, seal_for_page(person_id, secret)


def seal_for_page(person_id: UUID, secret: str) -> str:
    """A secret that only this installation opens, for this person."""
    return _seal().encrypt(f"{person_id}:{secret}".encode()).decode()


def secret_of(person_id: UUID, sealed: str) -> str:
    """The secret that a page brings back. Raises ``SetUpTooOld``."""
    try:
        opened = _seal().decrypt(sealed.encode("utf-8", "surrogatepass"), ttl=LONGEST_SET_UP).decode()
    except InvalidToken as error:
        raise SetUpTooOld from error
    owner, _, secret = opened.partition(":")
    if owner != str(person_id):
        raise SetUpTooOld
    return secret


def uri_of(secret: str, user_name: str) -> str:
    """What the square code says to an application."""
    return pyotp.TOTP(secret).provisioning_uri(name=user_name, issuer_name="Raymi")


async def set_up_app(session: Session, actor: Actor, sealed: str, code: str) -> None:
    """Take over an application, in place of the one before, once it shows a right code. Raises ``SetUpTooOld``, ``WrongCode``."""
    secret = secret_of(actor.person_id, sealed)
    now, wall = await clock.both(session)
    step = _step_of(secret, code, wall, after=0)
    if step is None:
        raise WrongCode("code")
    live = (col(CodeApp.person_id) == actor.person_id, col(CodeApp.removed_at).is_(None))
    await session.execute(update(CodeApp).where(*live).values(removed_at=now))
    session.add(
        CodeApp(person_id=actor.person_id, sealed_secret=_seal().encrypt(secret.encode()), last_step=step, added_at=now)
    )
    await session.flush()
    await record.append(session, actor, "factor.added", f"person:{actor.person_id}", {"kind": "code_app"})


async def remove_app(session: Session, actor: Actor) -> None:
    """Take the application away."""
    live = (col(CodeApp.person_id) == actor.person_id, col(CodeApp.removed_at).is_(None))
    await session.execute(update(CodeApp).where(*live).values(removed_at=await clock.now(session)))
    await record.append(session, actor, "factor.removed", f"person:{actor.person_id}", {"kind": "code_app"})


async def use_code(session: Session, person_id: UUID, code: str) -> str:
    """Take a code of the application, or a recovery code, for good; which it was. Raises ``WrongCode``."""
    written = code.strip().lower().replace(" ", "").replace("-", "")
    if written.isdecimal() and len(written) == 6:
        await _use_step(session, person_id, written)
        return "code_app"
    now = await clock.now(session)
    taken = await session.execute(_USE_RECOVERY, {"person": person_id, "hash": _hash(written), "now": now})
    if taken.scalar_one_or_none() is None:
        raise WrongCode("code")
    return "recovery_code"


async def new_recovery_codes(session: Session, actor: Actor) -> list[str]:
    """Ten new codes in place of all before, shown this once, in groups of four."""
    now = await clock.now(session)
    live = (col(RecoveryCode.person_id) == actor.person_id, col(RecoveryCode.replaced_at).is_(None))
    await session.execute(update(RecoveryCode).where(*live, col(RecoveryCode.used_at).is_(None)).values(replaced_at=now))
    codes = ["".join(secrets.choice(_ALPHABET) for _ in range(RECOVERY_LETTERS)) for _ in range(RECOVERY_CODES)]
    session.add_all([RecoveryCode(person_id=actor.person_id, code_hash=_hash(each), made_at=now) for each in codes])
    await session.flush()
    await record.append(session, actor, "factor.added", f"person:{actor.person_id}", {"kind": "recovery_codes"})
    return ["-".join(each[start : start + 4] for start in range(0, RECOVERY_LETTERS, 4)) for each in codes]


async def kinds_of(session: Session, person_id: UUID) -> set[str]:
    """The factors that a person has: ``passkey``, ``code_app``."""
    return set((await session.execute(_KINDS, {"person": person_id})).scalars())


async def recovery_codes_left(session: Session, person_id: UUID) -> int:
    """How many recovery codes are still good."""
    return int(await session.scalar(_LEFT, {"person": person_id}) or 0)


async def drop_all(session: Session, person_id: UUID) -> None:
    """Take every factor of a person away."""
    now = await clock.now(session)
    for table in (Passkey, CodeApp):
        live = (col(table.person_id) == person_id, col(table.removed_at).is_(None))
        await session.execute(update(table).where(*live).values(removed_at=now))
    unused = (col(RecoveryCode.person_id) == person_id, col(RecoveryCode.used_at).is_(None))
    await session.execute(update(RecoveryCode).where(*unused, col(RecoveryCode.replaced_at).is_(None)).values(replaced_at=now))


async def _use_step(session: Session, person_id: UUID, code: str) -> None:
    live = (col(CodeApp.person_id) == person_id, col(CodeApp.removed_at).is_(None))
    app = (await session.scalars(select(CodeApp).where(*live).with_for_update())).one_or_none()
    if app is None:
        raise WrongCode("code")
    step = _step_of(_seal().decrypt(app.sealed_secret).decode(), code, (await clock.both(session))[1], after=app.last_step)
    if step is None:
        raise WrongCode("code")
    app.last_step = step
    await session.flush()


def _step_of(secret: str, code: str, now: datetime, after: int) -> int | None:
    """The step whose code this is, near now and later than the last one that was used."""
    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    near = range(current - DRIFT, current + DRIFT + 1)
    fitting = [step for step in near if hmac.compare_digest(totp.generate_otp(step), code) and step > after]
    return fitting[0] if fitting else None


def _hash(code: str) -> bytes:
    """Codes have sixty random bits: a plain hash cannot be turned back."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()


@cache
def _seal() -> Fernet:
    derived = HKDF(SHA256(), 32, salt=None, info=b"raymi: secrets of code applications").derive(load().secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


_USE_RECOVERY = text(
    "UPDATE recovery_code SET used_at = :now WHERE person_id = :person AND code_hash = :hash "
    "AND used_at IS NULL AND replaced_at IS NULL RETURNING id"
)
_KINDS = text(
    "SELECT 'passkey' WHERE EXISTS (SELECT FROM passkey WHERE person_id = :person AND removed_at IS NULL) "
    "UNION ALL SELECT 'code_app' WHERE EXISTS (SELECT FROM code_app WHERE person_id = :person AND removed_at IS NULL)"
)
_LEFT = text("SELECT count(*) FROM recovery_code WHERE person_id = :person AND used_at IS NULL AND replaced_at IS NULL")
