"""Under which names we answer, and which characters an address may hold (ASVS 5.0 4.1.1, 4.1.3; RFC 9110 7.4, RFC 9112 3.2).

Links on paper, passkeys and cookies hang on the name, so a request for another name is refused before anything reads it. What a
proxy says of a visitor (``X-Forwarded-*``) is believed by the server from ``RAYMI_TRUSTED_PROXY`` alone; nothing here reads it.
"""

import ipaddress
import re
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import HostUnclear, Malformed, UnknownHost, problem
from service.core.errors import NotFound, Refusal
from service.core.settings import Settings, load

PROBES = ("/healthz", "/readyz")
"""What supervisors and load balancers ask by whatever address they know; it says nothing about anybody."""

RESERVED = (".localhost", ".test")
"""Names that nobody can own (RFC 6761)."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f\ufffd]")
"""Control characters, and what stands for bytes that are not UTF-8: no address of ours holds any."""
_CONTROL_BYTES = re.compile(rb"%(?:0[0-8bcef]|1[0-9a-f]|7f)|[\x00-\x1f\x7f]", re.IGNORECASE)
"""The same in a query, where a text may have lines and tabs."""


class Hosts:
    """ASGI layer that lets only requests pass that are meant for us, under an address that can exist."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.settings = load()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it by name."""
        if scope["type"] == "http" and (refusal := _refusal(scope, self.settings)):
            await problem(Request(scope), refusal)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _refusal(scope: Scope, settings: Settings) -> Refusal | None:
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1:
        return HostUnclear()
    if scope["path"] not in PROBES and not is_ours(hosts[0], settings):
        return UnknownHost()
    if _CONTROL.search(scope["path"]):
        return NotFound()
    if _CONTROL_BYTES.search(scope["query_string"]):
        return Malformed()
    return None


def is_ours(host: str, settings: Settings) -> bool:
    """Whether ``host`` (with or without a port) names this installation.

    In production only the host of ``public_url`` does. Elsewhere names that nobody can own and bare addresses do as well: a hostile
    site can make a name of its own lead here (DNS rebinding), never one of these.
    """
    public = urlsplit(settings.public_url)
    if host.lower() == public.netloc.lower():
        return True
    if settings.environment == "production":
        return False
    name = urlsplit(f"//{host}").hostname if re.fullmatch(r"[\w.:\[\]-]+", host, re.ASCII) else None
    return name is not None and (name == "localhost" or name.endswith(RESERVED) or _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
