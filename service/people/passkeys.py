"""Passkeys (WebAuthn, level 3): two factors in one, bound to this site, so that no other site can ask for them.

A challenge is 64 bytes that only this installation can make: random ones, when they expire and for what, and an HMAC over these. So
showing one writes nothing; one that was answered is kept until it would have expired, and never taken again.
"""

import hashlib
import hmac
import json
import secrets
import struct
import time
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlalchemy import select, text
from sqlmodel import col
from webauthn.helpers import exceptions, options_to_json, parse_authentication_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from service.core import clock
from service.core.actor import Actor
from service.core.db import Session, refusing
from service.core.errors import Conflict, Forbidden, NotFound
from service.core.settings import load
from service.people.factor_models import AnsweredChallenge, Passkey
from service.record import usecases as record

GOOD_FOR = 600
"""Seconds that a challenge may be answered."""

REGISTER, SIGN_IN = b"register", b"sign-in"


class PasskeyRefused(Forbidden):
    """The answer of a passkey is not one to this question, from this site, by a passkey that is known."""

    message = "This passkey was not accepted. Try again; if it stays so, sign in with your password and a code."


class PasskeyKnown(Conflict):
    """The same passkey twice."""

    message = "This passkey is set up already."


def registration_options(person_id: UUID, name: str, known: list[Passkey]) -> str:
    """What the browser is asked, as JSON, to make a passkey for a person."""
    options = webauthn.generate_registration_options(
        rp_id=_site(),
        rp_name="Raymi",
        user_id=person_id.bytes,
        user_name=name,
        challenge=_challenge(REGISTER),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in known],
    )
    return options_to_json(options)


def sign_in_options() -> str:
    """What the browser is asked, as JSON, to show a passkey; whose it is, the passkey says."""
    options = webauthn.generate_authentication_options(
        rp_id=_site(), challenge=_challenge(SIGN_IN), user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json(options)


async def add_passkey(session: Session, actor: Actor, credential: str, name: str) -> Passkey:
    """Set up the passkey that a browser made. Raises ``PasskeyRefused``, ``PasskeyKnown``."""
    challenge = await _answered(session, credential, REGISTER)
    try:
        found = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=load().public_url,
            require_user_verification=True,
        )
    except (exceptions.WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    passkey = Passkey(
        person_id=actor.person_id,
        credential_id=found.credential_id,
        public_key=found.credential_public_key,
        sign_count=found.sign_count,
        name=name,
        added_at=await clock.now(session),
    )
    async with refusing(session, {"uq_passkey_credential_id": PasskeyKnown}):
        session.add(passkey)
    payload = {"kind": "passkey", "passkey_id": str(passkey.id), "name": name}
    await record.append(session, actor, "factor.added", f"person:{actor.person_id}", payload)
    return passkey


async def use_passkey(session: Session, credential: str, person_id: UUID | None = None) -> UUID:
    """Whose passkey it is that answers; only of ``person_id`` where one is given. Raises ``PasskeyRefused``."""
    challenge = await _answered(session, credential, SIGN_IN)
    try:
        asked = parse_authentication_credential_json(credential)
        live = (col(Passkey.credential_id) == asked.raw_id, col(Passkey.removed_at).is_(None))
        passkey = (await session.scalars(select(Passkey).where(*live).with_for_update())).one_or_none()
        if passkey is None or person_id not in (None, passkey.person_id):
            raise PasskeyRefused
        if asked.response.user_handle not in (None, passkey.person_id.bytes):
            raise PasskeyRefused
        found = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_site(),
            expected_origin=load().public_url,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (exceptions.WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise PasskeyRefused from error
    passkey.sign_count, passkey.last_used_at = found.new_sign_count, await clock.now(session)
    await session.flush()
    return passkey.person_id


async def remove_passkey(session: Session, actor: Actor, passkey_id: UUID) -> Passkey:
    """Take one of one's own passkeys away. Raises ``NotFound``."""
    passkey = await session.get(Passkey, passkey_id, with_for_update=True)
    if passkey is None or passkey.person_id != actor.person_id or passkey.removed_at is not None:
        raise NotFound
    passkey.removed_at = await clock.now(session)
    await session.flush()
    payload = {"kind": "passkey", "passkey_id": str(passkey_id)}
    await record.append(session, actor, "factor.removed", f"person:{actor.person_id}", payload)
    return passkey


async def passkeys_of(session: Session, person_id: UUID) -> list[Passkey]:
    """The passkeys of a person, the oldest first."""
    live = (col(Passkey.person_id) == person_id, col(Passkey.removed_at).is_(None))
    return list(await session.scalars(select(Passkey).where(*live).order_by(col(Passkey.added_at))))


async def _answered(session: Session, credential: str, purpose: bytes) -> bytes:
    """The challenge that an answer names, which is ours, for this, not expired, and now used up. Raises ``PasskeyRefused``."""
    try:
        client = json.loads(webauthn.base64url_to_bytes(json.loads(credential)["response"]["clientDataJSON"]))
        challenge = webauthn.base64url_to_bytes(client["challenge"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PasskeyRefused from error
    moment = (await clock.both(session))[1]
    if not _is_ours(challenge, purpose, int(moment.timestamp())):
        raise PasskeyRefused
    async with refusing(session, {"pk_answered_challenge": PasskeyRefused}):
        session.add(AnsweredChallenge(challenge=challenge, at=moment))
    await session.execute(_FORGET, {"seconds": 2 * GOOD_FOR})
    return challenge


def _challenge(purpose: bytes) -> bytes:
    """Twenty-four random bytes, when they expire (of the machine's own clock), and an HMAC over both and the purpose."""
    head = secrets.token_bytes(24) + struct.pack(">Q", int(time.time()) + GOOD_FOR)
    return head + _stamp(head, purpose)


def _is_ours(challenge: bytes, purpose: bytes, now: int) -> bool:
    head, stamp = challenge[:32], challenge[32:]
    if len(challenge) != 64 or not hmac.compare_digest(stamp, _stamp(head, purpose)):
        return False
    (expires,) = struct.unpack(">Q", head[24:])
    return now < int(expires)


def _stamp(head: bytes, purpose: bytes) -> bytes:
    return hmac.new(load().secret_key.encode(), b"passkey:" + purpose + head, hashlib.sha256).digest()


def _site() -> str:
    """The domain that passkeys belong to."""
    return urlsplit(load().public_url).hostname or "localhost"


_FORGET = text("DELETE FROM answered_challenge WHERE at < now() - make_interval(secs => :seconds)")
