"""Second factors of the demo's people: an application with codes each, whose secret follows from the user name.

Only people that the demo made have these: whoever is set up in another way has a secret that nobody can work out.
"""

import base64
import hashlib
from datetime import UTC, datetime
from uuid import UUID

import pyotp

from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.people import factors, signing_in
from service.people.shapes import SignInIn

PASSWORD = "chacra quinua 2026"  # noqa: S105  # nosec B105  # the demo's own, printed for whoever tries it


async def let_sign_in(session: Session, person: Actor, user_name: str) -> None:
    """Let a person of the demo sign in: with the password of the demo, and a code."""
    await signing_in.set_own(session, person, SignInIn(user_name=user_name, password=PASSWORD))
    await set_up_codes(session, person, user_name)


async def set_up_codes(session: Session, person: Actor, user_name: str) -> None:
    """Set up the application, with the code before the one of now."""
    _, wall = await clock.both(session)
    sealed = factors.seal_for_page(person.person_id, _secret_of(user_name))
    await factors.set_up_app(session, person, sealed, _totp(user_name).at(wall, counter_offset=-1))


def code_of(user_name: str) -> str:
    """The code of now."""
    return _totp(user_name).at(datetime.now(UTC))


def _totp(user_name: str) -> pyotp.TOTP:
    return pyotp.TOTP(_secret_of(user_name))


def _secret_of(user_name: str) -> str:
    return base64.b32encode(hashlib.sha256(f"demo of Raymi: {user_name}".encode()).digest()[:20]).decode()


def actor_of(person_id: UUID, name: str) -> Actor:
    """A person of the demo at their own sign-in."""
    return Actor(person_id, name, via="demo")
