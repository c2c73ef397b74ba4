"""Structured logs: one JSON object a line, each with the id of its request (ASVS 5.0 16.2.1-16.2.5, 16.3.1-16.3.4, 16.4.1).

Personal data and secrets do not enter them: queries, bodies and headers are never logged, and what slips into a text (a number in a
message of the database, a token in a path) is masked on its way out. Lines hold ASCII only, so nothing in them can begin a new
line or turn the order of what is read. A refusal that bears on security is a line of its own, in the logger ``raymi.security``,
with the stable name of the refusal as ``event``.
"""

import json
import logging
import re
import secrets
import sys
import time
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.core.actor import Actor
from service.core.errors import Refusal

request_id: ContextVar[str] = ContextVar("request_id", default="-")

_OURS = ("method", "path", "status", "ms", "sqlstate", "error", "job", "event", "person")

WATCHED = (400, 401, 403, 405, 413, 421, 429)
"""Statuses that are security events: who asks is unknown, may not, asks too much, or under a name that is not ours."""

LONGEST = 300
"""Characters of a path in a line."""

_SECRETS = (
    (re.compile(r"(?m)^(DETAIL|CONTEXT|HINT): .*$"), r"\1: [masked]"),  # rows, as PostgreSQL shows them
    (re.compile(r"\[parameters: .*?\]\s*$", re.MULTILINE | re.DOTALL), "[parameters masked]"),
    (re.compile(r"input_value=.*?(?=, input_type=)", re.DOTALL), "input_value=[masked]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+\S+"), r"\1 [masked]"),
    (re.compile(r"(?i)\b(\w*(?:password|secret|token|cookie|authorization)\w*)(\W{1,4})[^\s'\",;&]+"), r"\1\2[masked]"),
    (re.compile(r"://[^\s/@:]+:[^\s/@]+@"), "://[masked]@"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+"), "[address]"),
    (re.compile(r"(?<![\w-])[A-Za-z0-9_-]{40,}(?![\w-])"), "[long]"),  # tokens; identifiers are shorter
    (re.compile(r"(?<![\w.-])\+?\d(?:[ .-]?\d){7,}(?![\w-])"), "[number]"),  # DNI, RUC, phones, accounts
)
"""What must not stand in a line, and what stands there instead: a second net, coarse on purpose."""


def masked(text: str) -> str:
    """A text without numbers of persons, tokens and passwords."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


class JsonFormatter(logging.Formatter):
    """A log record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": masked(record.getMessage()),
            "request": request_id.get(),
        }
        given = {name: getattr(record, name) for name in _OURS if hasattr(record, name)}
        line |= {name: masked(value) if isinstance(value, str) else value for name, value in given.items()}
        if record.exc_info:
            line["trace"] = masked(self.formatException(record.exc_info))
        return json.dumps(line, default=str)


def configure(level: str) -> None:
    """Send every log to standard error in this form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("weasyprint", "fontTools", "pikepdf", "PIL", "asyncio", "httpx"):
        logging.getLogger(name).setLevel(logging.ERROR)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):  # the server's own lines come in the same form, masked as well
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


class RequestLog:
    """ASGI middleware: gives each request an id (or takes a well-formed one that it came with) and logs how it ended."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.log = logging.getLogger("raymi.access")
        self.security = logging.getLogger("raymi.security")

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
            seen = {"method": scope["method"], "path": _shown(scope["path"]), "status": status, "ms": ms}
            self.log.info("request", extra=seen)
            if status in WATCHED:
                self.security.warning("refused", extra=seen | _who_and_why(scope["state"]))
            request_id.reset(token)


def note(request: Request, refusal: Refusal) -> None:
    """Keep the name of what was refused for the log."""
    request.state.refused = refusal.name


def _who_and_why(state: Mapping[str, object]) -> dict[str, object]:
    actor = state.get("actor")
    return {"event": state.get("refused", "Refused"), "person": str(actor.person_id) if isinstance(actor, Actor) else None}


def _shown(path: str) -> str:
    """A path of bounded length, without the secret that an invitation's link ends with."""
    return "/invitations/***" if path.startswith("/invitations/") else path[:LONGEST]


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and 8 <= len(value) <= 64 and value.isalnum():
            return str(value.decode("ascii"))
    return None
