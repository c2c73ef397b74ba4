"""From refusals to answers: RFC 9457 problem JSON under ``/api``, a page elsewhere. Only this file knows status numbers."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.language import language_of, say
from api.logs import note
from api.templating import page
from service.core.actor import StepUpNeeded
from service.core.errors import Conflict, NotFound, Refusal, Rejected
from service.integration.rules import TooManyRequests
from service.people.attempts import TooManyTries
from service.people.group_codes import TooManyCodes
from service.people.invitation_rules import TooManyInvitationTries
from service.people.rules import CodeNeeded, NotSignedIn, SignInUnfinished

log = logging.getLogger("raymi.errors")

STATUS = {"not_found": 404, "forbidden": 403, "conflict": 409, "rejected": 422}


class MissingIdempotencyKey(Rejected):
    """A writing request came without its key."""

    message = "Send an Idempotency-Key header: a fresh random text for each act, the same one when you repeat it."


class KeyReused(Rejected):
    """A key came back with another request."""

    message = "This Idempotency-Key was used for another request. Use a fresh key for each act."


class StillRunning(Conflict):
    """The first request with this key has not ended yet."""

    message = "The same request is still being worked on. Wait a moment and send it again with the same key."


class ShownOnce(Conflict):
    """The first answer to this key held a secret, and was not kept."""

    message = "What this was answered with was shown once and is not kept. Go back and ask for a new one."


class AlreadyThere(Conflict):
    """A unique thing exists, or something changed underneath."""

    message = "This clashes with what is already there, or somebody changed it in the meantime. Reload and look again."


class Malformed(Rejected):
    """The request cannot be read."""

    message = "Some of what was sent cannot be read. See the fields."


class RequestTooLarge(Rejected):
    """The body is larger than any request may be."""

    message = "This is larger than the 12 MB that can be sent at once. Send it in parts, or make the file smaller."


class MethodNotListed(Rejected):
    """An address that is there, asked in a way that it does not answer."""

    message = "This address cannot be used in this way. Go back to the page and use its buttons."


class RequestTooSlow(Rejected):
    """The body does not arrive."""

    message = "What you sent arrives too slowly to be kept waiting for. Try again where the network is better."


class UnknownHost(Rejected):
    """A request for a name that is not this installation's."""

    message = "This address does not belong to this installation of Raymi. Open it under the address that you were given."


class HostUnclear(Rejected):
    """A request without a Host header, or with several."""

    message = "The request does not say for which host it is. Send exactly one Host header."


class TooManyFiles(Rejected):
    """A person has sent more than anybody hands in within an hour."""

    message = "You have sent many files in a short time. Wait an hour and go on."


class Broken(Refusal):
    """Something failed that is not the user's doing."""

    message = "Something broke on our side, and nothing was changed. Try again; if it stays so, tell your office the number {request_id}."


OWN_STATUS: dict[type[Refusal], int] = {
    NotSignedIn: 401,
    SignInUnfinished: 401,
    CodeNeeded: 401,
    TooManyTries: 429,
    TooManyInvitationTries: 429,
    TooManyCodes: 429,
    MissingIdempotencyKey: 400,
    MethodNotListed: 405,
    RequestTooSlow: 408,
    RequestTooLarge: 413,
    TooManyFiles: 429,
    TooManyRequests: 429,
    UnknownHost: 421,
    HostUnclear: 400,
}
"""Refusals that HTTP has a status for."""


def status_of(refusal: Refusal | type[Refusal]) -> int:
    """The HTTP status of a refusal."""
    kind = refusal if isinstance(refusal, type) else type(refusal)
    return OWN_STATUS.get(kind, STATUS[kind.kind])


def field_errors(error: ValidationError | RequestValidationError, language: str) -> dict[str, str]:
    """What is wrong at each field (dotted path), in the reader's language."""
    found: dict[str, str] = {}
    for item in error.errors():
        path = ".".join(str(part) for part in item["loc"] if part not in ("body", "query", "path"))
        found.setdefault(path, say(language, _plain(item)))
    return found


_MESSAGES = {
    "missing": "Fill this in.",
    "string_too_short": "Fill this in.",
    "string_too_long": "This is too long.",
    "string_pattern_mismatch": "This is not written in the right form.",
    "enum": "Choose one of the list.",
    "literal_error": "Choose one of the list.",
    "extra_forbidden": "This field is not known here.",
    "json_invalid": "This is not valid JSON.",
    "timezone_aware": "Give the time with its zone.",
}


def _plain(item: Mapping[str, Any]) -> str:
    kind = item["type"]
    if kind == "value_error":
        return str(item["msg"]).removeprefix("Value error, ")
    if kind in _MESSAGES:
        return _MESSAGES[kind]
    if kind.startswith(("date", "time")):
        return "Write the date as year-month-day."
    if kind.startswith("uuid"):
        return "Choose one of the list."
    return "This cannot be read as it is written."


def problem(request: Request, refusal: Refusal, fields: dict[str, str] | None = None) -> Response:
    """The answer to a refusal: problem JSON for programs, a page for people."""
    language, status = language_of(request), status_of(refusal)
    note(request, refusal)
    if not request.url.path.startswith("/api/"):
        return _page(request, refusal, status)
    body = {
        "type": f"/errors/{refusal.name}",
        "title": refusal.name,
        "status": status,
        "detail": say(language, refusal.message, **refusal.values),
        "instance": request.state.request_id,
    }
    if refusal.field:
        fields = {refusal.field: body["detail"], **(fields or {})}
    if fields:
        body["errors"] = [{"field": field, "detail": detail} for field, detail in fields.items()]
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if "seconds" in refusal.values:
        headers["Retry-After"] = str(refusal.values["seconds"])
    return JSONResponse(jsonable_encoder(body), status, headers, media_type="application/problem+json")


def _page(request: Request, refusal: Refusal, status: int) -> Response:
    step = getattr(request.state, "unfinished", None)
    if isinstance(refusal, NotSignedIn) and request.method == "GET":
        back = f"?to={quote(request.scope['path'])}"
        return RedirectResponse(f"/sign-in/{step}{back}" if step else f"/sign-in{back}", 303)
    if isinstance(refusal, StepUpNeeded):
        back = urlsplit(request.headers.get("referer", "")).path if request.method != "GET" else request.scope["path"]
        return RedirectResponse(f"/confirm-it-is-you?to={quote(back or '/')}", 303)
    return page(request, "pages/refused.html", status=status, refusal=refusal)


def _of_framework(request: Request, error: HTTPException) -> Response:
    """What the framework itself refuses, by our names."""
    if error.status_code == 404:
        return problem(request, NotFound())
    if error.status_code in (400, 413, 415):
        return problem(request, Malformed())
    if error.status_code == 405:
        answer = problem(request, MethodNotListed())
        answer.headers.update(error.headers or {})
        return answer
    return Response(status_code=error.status_code, headers=error.headers)


def install(app: FastAPI) -> None:
    """Let the application answer every error by name."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, refusal: Refusal) -> Response:
        return problem(request, refusal)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> Response:
        if any(item["loc"] and item["loc"][0] == "path" for item in error.errors()):
            return problem(request, NotFound())
        return problem(request, Malformed(), field_errors(error, language_of(request)))

    @app.exception_handler(HTTPException)
    async def by_status(request: Request, error: HTTPException) -> Response:
        return _of_framework(request, error)

    @app.exception_handler(DBAPIError)
    async def clashed(request: Request, error: DBAPIError) -> Response:
        state = getattr(error.orig, "sqlstate", None) or ""
        log.warning("database refused", extra={"sqlstate": state, "error": str(error.orig).partition("\n")[0]})
        if state.startswith(("23", "RY", "40", "55P03")):
            return problem(request, AlreadyThere())
        raise error

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        log.error("request failed", exc_info=error)
        answer = problem(request, Broken(request_id=request.state.request_id))
        answer.status_code = 500
        return answer
