"""Forged tokens and wrong claims of an OpenID Connect provider sign nobody in."""

import base64
import hmac
import json
from collections.abc import Callable

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from service.core.db import Sessions
from tests.api.conftest import Client
from tests.api.oidc_room import RETURN, count, linked, provider, set_out
from tests.make.provider import CLIENT, Claims, Provider

__all__ = ["linked", "provider"]


def unpadded(content: bytes) -> bytes:
    """Base 64 as tokens write it."""
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def encoded(part: Claims) -> bytes:
    """A header or claims as tokens write them."""
    return unpadded(json.dumps(part).encode())


def unsigned(claims: Claims) -> str:
    """A token with the algorithm ``none``."""
    return b".".join([encoded({"alg": "none"}), encoded(claims), b""]).decode()


def with_public_key_as_secret(provider: Provider, claims: Claims) -> str:
    """A token under HS256 whose secret is the public key that everybody can read."""
    signed = b".".join(encoded(each) for each in ({"alg": "HS256", "kid": "one"}, claims))
    return (signed + b"." + unpadded(hmac.digest(provider.key.as_pem(private=False), signed, "sha256"))).decode()


def with_other_key(_provider: Provider, claims: Claims) -> str:
    """A token signed by somebody else under the same key id."""
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, RSAKey.generate_key(2048))


def with_key_inside(_provider: Provider, claims: Claims) -> str:
    """A token that brings its own key along."""
    key = RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS256", "jwk": key.as_dict(private=False)}, claims, key)


def with_changed_claims(provider: Provider, claims: Claims) -> str:
    """A right token whose middle was exchanged."""
    head, _, tail = provider.sign_rightly(claims | {"sub": "nobody"}).split(".")
    return f"{head}.{encoded(claims).decode()}.{tail}"


FORGERIES: dict[str, Callable[[Provider, Claims], str]] = {
    "alg none": lambda _provider, claims: unsigned(claims),
    "HS256 with the public key": with_public_key_as_secret,
    "another key": with_other_key,
    "a key inside": with_key_inside,
    "changed claims": with_changed_claims,
    "not a token": lambda _provider, _claims: "x.y.z",
    "empty": lambda _provider, _claims: "",
    "no signature": lambda provider, claims: provider.sign_rightly(claims).rpartition(".")[0] + ".",
}


@pytest.mark.parametrize("kind", FORGERIES)
async def test_a_forged_token_signs_nobody_in(
    stranger: Client, provider: Provider, linked: str, api_sessions: Sessions, kind: str
) -> None:
    before = await count(api_sessions, "sign_in")
    provider.sign = lambda claims: FORGERIES[kind](provider, claims)
    answer = await stranger.get(RETURN, params=provider.let_in(await set_out(stranger), linked))
    assert (answer.status_code, "no es de fiar" in answer.text) == (403, True)
    assert await count(api_sessions, "sign_in") == before


WRONG: dict[str, Claims] = {
    "issuer": {"iss": "http://127.0.0.1:1"},
    "no issuer": {"iss": None},
    "audience": {"aud": "another"},
    "audiences without us": {"aud": ["another", "third"]},
    "several audiences and no azp": {"aud": [CLIENT, "another"]},
    "azp": {"azp": "another"},
    "azp among several": {"aud": [CLIENT, "another"], "azp": "another"},
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "expired": {"exp": 1_700_000_000},
    "no expiry": {"exp": None},
    "expiry that is no number": {"exp": "soon"},
    "not yet good": {"nbf": 4_000_000_000},
    "issued in the future": {"iat": 4_000_000_000},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "subject that is a list": {"sub": ["a"]},
}


@pytest.mark.parametrize("kind", WRONG)
async def test_a_wrong_claim_signs_nobody_in(
    stranger: Client, provider: Provider, linked: str, api_sessions: Sessions, kind: str
) -> None:
    def change(claims: Claims) -> None:
        claims |= WRONG[kind]
        for name in [name for name, value in claims.items() if value is None]:
            del claims[name]

    before = await count(api_sessions, "sign_in")
    provider.change = change
    answer = await stranger.get(RETURN, params=provider.let_in(await set_out(stranger), linked))
    assert (answer.status_code, "no es de fiar" in answer.text) == (403, True)
    assert await count(api_sessions, "sign_in") == before
