"""How large and how slow a request may be (ASVS 5.0 4.4.x, 5.2.1, 15.1.3): refused before it is read, and while it is read.

The whole body is here before the application sees the request, in memory up to ``IN_MEMORY`` and in a temporary file beyond: whoever
sends slowly holds a socket, and neither a connection to the database nor a lock.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import RequestTooLarge, RequestTooSlow, problem
from service.core.errors import Refusal

LARGEST = 12 * 1024 * 1024
"""Bytes of one request: a paper of ten megabytes and its form."""

IN_MEMORY = 1024 * 1024
CHUNK = 64 * 1024

PATIENCE = 30.0
"""Seconds that a body may stand still, and that it has before its pace counts."""

PACE = 2_000
"""Bytes a second that a body has to keep: a quarter of the slowest link that Raymi is made for (64 kbit/s)."""


class Gone(Exception):
    """Whoever was sending has hung up."""


class BodyLimit:
    """ASGI middleware that answers 413 to a body over ``LARGEST``, whatever its length header says, and 408 to one that does not come."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then pass the request on."""
        headers = dict(scope["headers"]) if scope["type"] == "http" else {}
        if not {b"content-length", b"transfer-encoding"} & headers.keys():
            await self.app(scope, receive, send)
            return
        declared = headers.get(b"content-length", b"0")
        with SpooledTemporaryFile(IN_MEMORY) as body:
            try:
                if declared.isdigit() and int(declared) > LARGEST:
                    raise RequestTooLarge
                async for part in _arriving(receive):
                    body.write(part)
            except Refusal as refusal:
                await problem(Request(scope), refusal)(scope, receive, send)
                return
            except Gone:
                return
            size = body.tell()
            body.seek(0)

            given = False

            async def read() -> Message:
                nonlocal given
                if given:
                    return await receive()
                part = body.read(CHUNK)
                given = body.tell() == size
                return {"type": "http.request", "body": part, "more_body": not given}

            await self.app(scope, read, send)


async def _arriving(receive: Receive) -> AsyncIterator[bytes]:
    """The parts of a body as they come. Raises ``RequestTooLarge``, ``RequestTooSlow``, ``Gone``."""
    began, seen = time.monotonic(), 0
    while True:
        try:
            async with asyncio.timeout(PATIENCE):
                message = await receive()
        except TimeoutError:
            raise RequestTooSlow from None
        if message["type"] != "http.request":
            raise Gone
        part = message.get("body", b"")
        seen += len(part)
        if seen > LARGEST:
            raise RequestTooLarge
        if message.get("more_body") and seen < (time.monotonic() - began - PATIENCE) * PACE:
            raise RequestTooSlow
        yield part
        if not message.get("more_body"):
            return
