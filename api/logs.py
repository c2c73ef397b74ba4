"""Structured logs: one JSON object a line, each with the id of its request. Personal data does not enter them."""

import json
import logging
import secrets
import sys
import time
from contextvars import ContextVar
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_OURS = ("method", "path", "status", "ms", "sqlstate", "error", "job")


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request": request_id.get(),
        }
        line |= {name: getattr(record, name) for name in _OURS if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure(level: str) -> None:
    """Send every log to standard error in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("weasyprint", "fontTools", "asyncio", "httpx"):
        logging.getLogger(name).setLevel(logging.ERROR)


class RequestLog:
    """ASGI middleware: gives each request an id (or takes a well-formed one that it came with) and logs how it ended."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.log = logging.getLogger("raymi.access")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        identifier = _given_id(scope) or secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = identifier
        token = request_id.set(identifier)
        began, status = time.perf_counter(), 500

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", identifier.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_with_id)
        finally:
            ms = round((time.perf_counter() - began) * 1000, 1)
            self.log.info(
                "request", extra={"method": scope["method"], "path": _shown(scope["path"]), "status": status, "ms": ms}
            )
            request_id.reset(token)


def _shown(path: str) -> str:
    """A path without the secret that an invitation's link ends with."""
    return "/invitations/***" if path.startswith("/invitations/") else path


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and 8 <= len(value) <= 64 and value.isalnum():
            return str(value.decode("ascii"))
    return None
