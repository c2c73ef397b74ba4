"""What every answer carries: pages, JSON, files, refusals and failures alike (ASVS 5.0 3.2.1, 3.4.1-3.4.8, 14.3.2).

One ASGI layer around the whole application, so that no route, error handler or mount can forget a header. A page runs a script or
a style only if its tag holds the nonce of that one answer; nothing inline, no frame, no other site.
"""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.core.settings import load

POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page may load and where it may send. Scripts of ours fetch from ourselves; the icon is a ``data:`` address."""

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # browsers older than frame-ancestors
    "Referrer-Policy": "same-origin",  # not no-referrer: with it browsers send "Origin: null" and our own forms would be refused
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self)",
}

YEAR = 365 * 24 * 3600


class Headers:
    """ASGI layer that gives each request its nonce (``request.state.nonce``) and each answer its headers, also those that
    the request was given underway (``request.state.headers``)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.fixed = dict(FIXED)
        if load().public_url.startswith("https://"):
            self.fixed["Strict-Transport-Security"] = f"max-age={YEAR}; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {}).update(nonce=nonce, headers={})

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                headers.update(self.fixed)
                headers.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce))  # a stored file brings a stricter one
                headers.setdefault("Cache-Control", kept(scope, message["status"]))
                headers.update(scope["state"].get("headers", {}))
                if "text/html" in headers.get("content-type", ""):
                    headers.add_vary_header("Cookie, Accept-Language")
                del headers["Server"]
            await send(message)

        await self.app(scope, receive, with_headers)


def kept(scope: Scope, status: int) -> str:
    """Who may keep the answer: nobody what somebody was signed in for or what refuses; browsers our static files, for a while;
    all else only to ask again."""
    credentials = any(name == b"authorization" for name, _ in scope["headers"])
    if credentials or scope["state"].get("actor") or scope["method"] not in ("GET", "HEAD") or status >= 300:
        return "no-store"
    return "public, max-age=300" if scope["path"].startswith("/static/") else "no-cache"
