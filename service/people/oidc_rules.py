"""What an OpenID Connect provider must say before we believe it: pure (OpenID Connect Core 1.0, 3.1.3.7; RFC 8725)."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from service.core.actor import Actor
from service.core.errors import Conflict, Forbidden, NotFound
from service.core.settings import Oidc

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures that we take: public keys only, so that nobody signs with a key that everybody knows, and never ``none``."""

LEEWAY = 60
"""Seconds that the provider's clock may differ from ours."""

MOST_DEPARTURES = 300
DEPARTURES_WINDOW = timedelta(hours=1)
"""Sign-ins begun from one network address in an hour: a whole office behind one address on the day of a session (ours)."""

LIFE_MINUTES = 10
"""How long somebody may take at the provider."""


class OidcOff(NotFound):
    """The installation has no provider."""


class ProviderAway(Conflict):
    """The provider did not answer, or not in the form that is agreed."""

    message = "The sign-in service did not answer as it should. Try again later, or sign in with user name and password."


class TooManyDepartures(Forbidden):
    """Too many sign-ins were begun from one network address: each costs the provider and us something."""

    message = "Too many sign-ins with this service were begun from this network. Wait an hour, or use user name and password."


class AttemptUnknown(Forbidden):
    """A return that this browser did not begin, that was used before, or that took too long."""

    message = "This sign-in was not begun in this browser, took longer than ten minutes, or was used already. Begin again."


class ProviderRefused(Forbidden):
    """The provider, or the person there, said no."""

    message = "The sign-in service did not let you in. Try again, or sign in with user name and password."


class TokenRefused(Forbidden):
    """What the provider said cannot be believed."""

    message = "What the sign-in service sent cannot be trusted, so nobody was signed in. Tell your system administrator."


class IdentityUnknown(Forbidden):
    """Nobody has linked this identity."""

    message = "This account of the sign-in service belongs to nobody here. Sign in with user name and password and link it on your own page."


class IdentityTaken(Conflict):
    """Another person has linked this identity."""

    message = "Another person has linked this account of the sign-in service. Sign in there with your own account."


class OnlyOwnIdentity(Forbidden):
    """Identities are linked and unlinked by the person alone."""

    message = "Only the person may link or unlink an account of the sign-in service."


@dataclass(frozen=True)
class Endpoints:
    """The provider's addresses."""

    authorization: str
    token: str
    keys: str


@dataclass(frozen=True)
class Identity:
    """Who the provider says somebody is, and whether two factors were shown there as the settings ask."""

    issuer: str
    subject: str
    two_factors: bool


def new_secret() -> str:
    """256 random bits: a state, a nonce, a browser's cookie, or a verifier (RFC 7636 4.1)."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> bytes:
    """What is kept of a state or a cookie."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()


def challenge(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def read_endpoints(oidc: Oidc, document: bytes) -> Endpoints:
    """The addresses of a discovery document, which must be the issuer's own. Raises ``ProviderAway``."""
    found = _json_object(document)
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    if found.get("issuer") != oidc.issuer or not all(isinstance(found.get(name), str) for name in names):
        raise ProviderAway
    return Endpoints(*(found[name] for name in names))


def read_id_token(answer: bytes) -> str:
    """The ID token of the token endpoint's answer. Raises ``ProviderAway``."""
    token = _json_object(answer).get("id_token")
    if not isinstance(token, str):
        raise ProviderAway
    return token


def verify(oidc: Oidc, id_token: str, keys: bytes, nonce: str) -> Identity:
    """Who an ID token speaks of, once signature, issuer, audience, expiry and nonce hold. Raises ``TokenRefused``, ``ProviderAway``."""
    try:
        key_set = KeySet.import_key_set(_json_object(keys))  # type: ignore[arg-type]  # what came over the wire is checked by the import
        claims = jwt.decode(id_token, key_set, algorithms=ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": oidc.issuer},
            aud={"essential": True, "value": oidc.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise TokenRefused from error
    _require_authorised_party(oidc, claims)
    methods = claims.get("amr")
    shown = {each for each in methods if isinstance(each, str)} if isinstance(methods, list) else set()
    return Identity(oidc.issuer, claims["sub"], bool(shown & oidc.second_factor_amr))


def require_self(actor: Actor, person_id: object) -> None:
    """Raises ``OnlyOwnIdentity``."""
    if actor.person_id != person_id:
        raise OnlyOwnIdentity


def _require_authorised_party(oidc: Oidc, claims: Mapping[str, Any]) -> None:
    """A token for several audiences says who asked for it; one that says so says us. Raises ``TokenRefused``."""
    party = claims.get("azp")
    is_for_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (party is not None or is_for_several) and party != oidc.client_id:
        raise TokenRefused


def _json_object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ProviderAway from error
    if not isinstance(found, dict):
        raise ProviderAway
    return found
