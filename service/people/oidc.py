"""Signing in with an OpenID Connect provider: the authorization code flow with PKCE (OpenID Connect Core 1.0, 3.1; RFC 7636; RFC 9700).

The provider says only *which account of its own* somebody has. Whose account that is, the person said here: signed in, with a fresh second
factor, on their own page. No claim of the provider, a DNI least of all, makes anybody a person of ours: in a town hall's directory a DNI is
what a clerk typed, and that clerk could then become the treasurer. Unknown accounts are refused, and nothing is made for them.

State, nonce and verifier lie in a row that the browser's own cookie must fit, for ten minutes and one return. A second factor shown at the
provider counts here only where the settings name its ``amr``; otherwise ours is asked as after a password.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from service.core import clock, throttle
from service.core.actor import Actor
from service.core.db import Session, Sessions, transaction
from service.core.errors import NotFound
from service.core.settings import Oidc, load
from service.people import oidc_provider as provider
from service.people import oidc_rules as rules
from service.people import signing_in, store
from service.people.models import Person
from service.people.oidc_models import OidcAttempt, OidcIdentity
from service.record import usecases as record

CALLBACK = "/sign-in/provider/return"


@dataclass(frozen=True)
class Departure:
    """Where the browser goes, and the cookie that it must come back with."""

    url: str
    browser: str


@dataclass(frozen=True)
class Returned:
    """What came back: a verified identity, and who wants to link it (None: somebody signs in)."""

    identity: rules.Identity
    person_id: UUID | None


def provider_of() -> Oidc | None:
    """The provider of this installation, if it has one."""
    return load().oidc


async def count_departure(sessions: Sessions, address: str) -> None:
    """Count a sign-in that is begun from a network address. Raises ``TooManyDepartures``."""
    if (await throttle.hit(sessions, f"provider:address:{address}", rules.MOST_DEPARTURES, rules.DEPARTURES_WINDOW)).is_spent:
        raise rules.TooManyDepartures


async def depart(session: Session, actor: Actor | None) -> Departure:
    """Send a browser to the provider: to sign in, or, as a signed-in person with a fresh second factor, to link an identity.

    Raises ``OidcOff``, ``ProviderAway``, ``StepUpNeeded``.
    """
    oidc = _required()
    if actor is not None:
        actor.require_presence()
    endpoints = await provider.discover(oidc)
    state, browser, nonce, verifier = (rules.new_secret() for _ in range(4))
    now = await clock.now(session)
    await session.execute(delete(OidcAttempt).where(col(OidcAttempt.expires_at) <= now))
    session.add(
        OidcAttempt(
            state_hash=rules.hashed(state),
            browser_hash=rules.hashed(browser),
            nonce=nonce,
            verifier=verifier,
            person_id=actor.person_id if actor else None,
            expires_at=now + timedelta(minutes=rules.LIFE_MINUTES),
        )
    )
    await session.flush()
    asked = {
        "response_type": "code",
        "scope": "openid",
        "client_id": oidc.client_id,
        "redirect_uri": _redirect_uri(),
        "state": state,
        "nonce": nonce,
        "code_challenge": rules.challenge(verifier),
        "code_challenge_method": "S256",
    }
    mark = "&" if "?" in endpoints.authorization else "?"
    return Departure(f"{endpoints.authorization}{mark}{urlencode(asked)}", browser)


async def come_back(sessions: Sessions, state: str, browser: str, code: str, issuer: str) -> Returned:
    """Who the provider says came back. The attempt is spent in a transaction of its own, before anything is asked, so none is used twice.

    ``issuer`` is the ``iss`` of the answer where there is one (RFC 9207). Raises ``OidcOff``, ``AttemptUnknown``, ``ProviderRefused``,
    ``ProviderAway``, ``TokenRefused``.
    """
    oidc = _required()
    async with transaction(sessions) as session:
        attempt = await _spend(session, state, browser)
    if attempt is None:
        raise rules.AttemptUnknown
    if not code or issuer not in ("", oidc.issuer):
        raise rules.ProviderRefused
    endpoints = await provider.discover(oidc)
    id_token = await provider.exchange(oidc, endpoints, code, attempt.verifier, _redirect_uri())
    keys = await provider.fetch_keys(oidc, endpoints)
    return Returned(rules.verify(oidc, id_token, keys, attempt.nonce), attempt.person_id)


async def sign_in(session: Session, identity: rules.Identity, device: str = "") -> signing_in.Begun:
    """A new sign-in of whoever has linked this identity; whole where the provider saw two factors. Raises ``IdentityUnknown``."""
    row = await _live(session, identity)
    if row is None:
        raise rules.IdentityUnknown
    how = "provider with two factors" if identity.two_factors else "provider"
    return await signing_in.begin(session, row.person_id, how, strong=identity.two_factors, device=device)


async def link(session: Session, actor: Actor, returned: Returned) -> OidcIdentity:
    """Link an identity to the person who set out for it. Raises ``OnlyOwnIdentity``, ``IdentityTaken``, ``StepUpNeeded``."""
    rules.require_self(actor, returned.person_id)
    actor.require_presence()
    await store.lock(session, Person, actor.person_id)
    identity = returned.identity
    known = await _live(session, identity)
    if known is not None:
        if known.person_id != actor.person_id:
            raise rules.IdentityTaken
        return known
    now = await clock.now(session)
    row = OidcIdentity(issuer=identity.issuer, subject=identity.subject, person_id=actor.person_id, at=now)
    session.add(row)
    await session.flush()
    payload = {"identity_id": str(row.id), "issuer": row.issuer, "subject": row.subject}
    await record.append(session, actor, "identity.linked", f"person:{actor.person_id}", payload)
    return row


async def unlink(session: Session, actor: Actor, identity_id: UUID) -> None:
    """End a link of one's own. Raises ``NotFound``, ``StepUpNeeded``."""
    row = await session.get(OidcIdentity, identity_id, with_for_update=True, populate_existing=True)
    if row is None or row.person_id != actor.person_id or row.ended_at is not None:
        raise NotFound
    actor.require_presence()
    row.ended_at = await clock.now(session)
    await session.flush()
    await record.append(session, actor, "identity.unlinked", f"person:{actor.person_id}", {"identity_id": str(row.id)})


async def list_identities(session: Session, actor: Actor) -> Sequence[OidcIdentity]:
    """The identities that the actor has linked."""
    mine = (col(OidcIdentity.person_id) == actor.person_id, col(OidcIdentity.ended_at).is_(None))
    return (await session.scalars(select(OidcIdentity).where(*mine).order_by(col(OidcIdentity.at)))).all()


def _required() -> Oidc:
    oidc = provider_of()
    if oidc is None:
        raise rules.OidcOff
    return oidc


def _redirect_uri() -> str:
    return f"{load().public_url}{CALLBACK}"


async def _spend(session: Session, state: str, browser: str) -> OidcAttempt | None:
    """The attempt of this state and this browser, deleted as it is read; None where there is none in time.

    A state that comes back in another browser is spent as well: somebody has seen it who should not have.
    """
    spent = delete(OidcAttempt).where(col(OidcAttempt.state_hash) == rules.hashed(state)).returning(OidcAttempt)
    row = await session.scalar(spent)
    if row is None or row.browser_hash != rules.hashed(browser) or row.expires_at <= await clock.now(session):
        return None
    return row


async def _live(session: Session, identity: rules.Identity) -> OidcIdentity | None:
    same = (col(OidcIdentity.issuer) == identity.issuer, col(OidcIdentity.subject) == identity.subject)
    return await session.scalar(select(OidcIdentity).where(*same, col(OidcIdentity.ended_at).is_(None)))
