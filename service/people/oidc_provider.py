"""Talking to the OpenID Connect provider: where it is, a code for a token, its keys.

Nothing is remembered between sign-ins: three requests each time, and a key that the provider changed a second ago is the right one.
"""

import base64
from urllib.parse import quote, urlsplit

from service.core import outgoing
from service.core.settings import Oidc
from service.people import oidc_rules as rules


async def discover(oidc: Oidc) -> rules.Endpoints:
    """The provider's addresses (OpenID Connect Discovery 1.0, 4), each at a host that the settings know. Raises ``ProviderAway``."""
    document = await _ask(oidc, "GET", f"{oidc.issuer.rstrip('/')}/.well-known/openid-configuration")
    found = rules.read_endpoints(oidc, document)
    if not {outgoing_origin(each) for each in (found.authorization, found.token, found.keys)} <= _origins(oidc):
        raise rules.ProviderAway
    return found


async def exchange(oidc: Oidc, endpoints: rules.Endpoints, code: str, verifier: str, redirect_uri: str) -> str:
    """The ID token for a code, as the client that the settings name (RFC 6749 2.3.1, 4.1.3; RFC 7636 4.5). Raises ``ProviderAway``."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
    pair = f"{quote(oidc.client_id, safe='')}:{quote(oidc.client_secret, safe='')}"
    headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}", "Accept": "application/json"}
    return rules.read_id_token(await _ask(oidc, "POST", endpoints.token, headers, form))


async def fetch_keys(oidc: Oidc, endpoints: rules.Endpoints) -> bytes:
    """The provider's public keys. Raises ``ProviderAway``."""
    return await _ask(oidc, "GET", endpoints.keys)


def outgoing_origin(url: str) -> str:
    """The origin of an address that the provider published. Raises ``ProviderAway`` where it is none."""
    try:
        return outgoing.origin_of(url)
    except ValueError as error:
        raise rules.ProviderAway from error


def _origins(oidc: Oidc) -> set[str]:
    """The issuer's origin, and the further hosts over the same scheme."""
    scheme = urlsplit(oidc.issuer).scheme
    return {outgoing.origin_of(oidc.issuer), *(f"{scheme}://{host.lower()}" for host in oidc.hosts)}


async def _ask(
    oidc: Oidc, method: str, url: str, headers: dict[str, str] | None = None, form: dict[str, str] | None = None
) -> bytes:
    try:
        return await outgoing.ask(method, url, _origins(oidc), headers=headers, form=form)
    except outgoing.NoAnswer as error:
        raise rules.ProviderAway from error
