"""One request, one transaction, one actor; a write once.

``Once`` is the route class of every route: it opens the transaction, finds out who asks, answers a repeated key from its first
answer, and commits before the reply leaves. Nothing below commits.
"""

import hashlib
from collections.abc import Awaitable, Callable
from functools import cached_property
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.routing import APIRoute
from sqlalchemy import text
from starlette.datastructures import UploadFile
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from api import callers, cookies, csrf
from api.changes import API, LEAVING
from api.errors import KeyReused, MissingIdempotencyKey, ShownOnce, StillRunning
from api.uploads import require_allowance
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.integration.calling import Caller, actor_for_key
from service.people.rules import NotSignedIn, SignInUnfinished
from service.people.signing_in import actor_for_token

COOKIE = cookies.PLAIN
KEYLESS = (
    "/api/v1/sign-ins",
    "/api/v1/sign-ins/current/proof",
    "/api/v1/confirmations",
    "/api/v1/invitations/view",
    "/api/v1/invitations/accept",
    "/api/v1/where-we-stand",
    "/sign-in",
    "/sign-in/passkey",
    "/sign-in/code",
    "/sign-in/factor",
    "/sign-in/factor/passkey",
    "/sign-in/password",
    "/sign-in/provider",
    "/language",
    "/confirm",
    "/group",
    "/invitations/open",
    "/invitations/accept",
)
"""Writes that take no key: nobody is signed in yet, and they change nothing or what cannot be changed again."""

MOST_FIELDS = 10_000
"""Fields of one form: those of a rule book with a thousand criteria."""

MOST_FILES = 4
"""Files of one form: those of a paper with its annexes."""

Handler = Callable[[Request], Awaitable[Response]]


class Once(APIRoute):
    """A route whose effect happens once per idempotency key, in one transaction."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler inside its transaction."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            leaving = LEAVING.get(f"{request.method} {API}{self.path}")
            if leaving and request.scope["path"].startswith(f"{API}/"):  # and not a page of that name
                request.state.headers |= leaving.headers
            caller = await callers.admit(request)
            async with request.app.state.sessions() as session, session.begin():
                request.state.session = session
                request.state.actor = actor = await _actor(request, session, caller)
                request.state.caller = str(caller.client_id if caller else actor.person_id if actor else "")
                with callers.kept_to_its_acts(request, actor):
                    if request.method == "GET" or request.scope["path"] in KEYLESS:
                        return await inner(request)
                    return await _once(request, session, inner)

        return handler


class Router(APIRouter):
    """A router that says no at once to a path in which none of its routes' first words stands as far from the end as in the route.

    There are hundreds of routes: so a request is compared with those of a few routers, not with all.
    """

    @cached_property
    def _beginnings(self) -> frozenset[tuple[str, int]]:
        """The first word of each route, and how many words there are from it on."""
        words = [getattr(route, "path", "").split("/")[1:] for route in self.routes]
        return frozenset((each[0], len(each)) for each in words)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a route of this router may take the request; the prefix that it hangs under is not known here."""
        words = scope["path"].split("/")
        if self._beginnings.isdisjoint(zip(words, range(len(words), 0, -1), strict=True)):
            return Match.NONE, {}
        return super().matches(scope)


def address_of(request: Request) -> str:
    """The network address that a request came from, by which tries are counted."""
    return request.client.host if request.client else "-"


def new_router(tag: str) -> APIRouter:
    """A router whose every route runs in one transaction, once per key."""
    return Router(route_class=Once, tags=[tag])


async def _actor(request: Request, session: Session, caller: Caller | None) -> Actor | None:
    if caller is not None:
        return await actor_for_key(session, caller)
    api = request.scope["path"].startswith("/api/")
    token = callers.bearer_of(request) if api else cookies.token_of(request)
    if not api and request.method != "GET":
        csrf.require_own_site(request, signed_in=bool(token))
    if not token:
        return None
    try:
        return await actor_for_token(session, token)
    except (NotSignedIn, SignInUnfinished) as refusal:
        if api:
            raise
        request.state.unfinished = refusal.values.get("step")
        return None


async def _once(request: Request, session: Session, inner: Handler) -> Response:
    actor: Actor | None = request.state.actor
    if actor is None:
        raise NotSignedIn
    await require_allowance(request, actor)
    key, digest = await _key_and_digest(request, actor)
    caller = request.state.caller
    lock = int.from_bytes(hashlib.sha256(f"{caller}:{key}".encode()).digest()[:8], "big", signed=True)
    free = await session.scalar(_LOCK, {"lock": lock})
    found = (
        await session.execute(_FIND, {"caller": caller, "key": key})
    ).one_or_none()  # after the lock: what was committed before it is seen
    if found is not None:
        if found.request_hash != digest:
            raise KeyReused
        if "cache-control: no-store" in found.headers and not found.body:
            raise ShownOnce
        return Response(found.body, found.status, dict(line.split(": ", 1) for line in found.headers.split("\n") if line))
    if not free:
        raise StillRunning
    answer = await inner(request)
    if answer.status_code < 400:
        await callers.keep_reference(request, session, caller, answer)
        headers = "\n".join(
            f"{name}: {value}"
            for name, value in answer.headers.items()
            if name in ("content-type", "location", "cache-control")
        )
        secret = answer.headers.get("cache-control") == "no-store"
        row = {"caller": caller, "key": key, "request_hash": digest, "status": answer.status_code, "headers": headers}
        await session.execute(_KEEP, {**row, "body": b"" if secret else bytes(answer.body), "at": await clock.now(session)})
    return answer


async def _key_and_digest(request: Request, actor: Actor) -> tuple[str, bytes]:
    digest = hashlib.sha256(f"{request.method} {request.scope['path']}\n".encode())
    for mark, besides in (("?", request.url.query), ("#", callers.reference_of(request))):
        if besides:
            digest.update(f"{mark}{besides}\n".encode("utf-8", "surrogatepass"))
    if request.scope["path"].startswith("/api/"):
        digest.update(await request.body())
        key = callers.unquoted(request.headers.get("idempotency-key", ""))
    else:
        form = await request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES)
        csrf.require_token(str(form.get(csrf.FIELD) or request.headers.get(csrf.HEADER, "")), actor.person_id)
        for name, value in sorted(form.multi_items(), key=lambda item: item[0]):
            if name == csrf.FIELD:
                continue
            content = await value.read() if isinstance(value, UploadFile) else value.encode("utf-8", "surrogatepass")
            if isinstance(value, UploadFile):
                await value.seek(0)
            digest.update(f"{name}:{len(content)}:".encode("utf-8", "surrogatepass") + content)
        key = str(form.get("_key", ""))
    if not 8 <= len(key) <= 100 or not key.isprintable() or not key.isascii():
        raise MissingIdempotencyKey
    return key, digest.digest()


async def _session(request: Request) -> Session:
    session: Session = request.state.session
    return session


async def _signed_in(request: Request) -> Actor:
    actor: Actor | None = request.state.actor
    if actor is None:
        raise NotSignedIn
    request.state.personal = True
    return actor


async def _anyone(request: Request) -> Actor | None:
    actor: Actor | None = request.state.actor
    return actor


Work = Annotated[Session, Depends(_session)]
"""The request's transaction."""

Who = Annotated[Actor, Depends(_signed_in)]
"""The signed-in person; refuses everybody else."""

Anyone = Annotated[Actor | None, Depends(_anyone)]
"""The signed-in person or None: only on routes that are public on purpose."""

_LOCK = text("SELECT pg_try_advisory_xact_lock(:lock)")
_FIND = text("SELECT status, request_hash, headers, body FROM idempotency_key WHERE caller = :caller AND key = :key")
_KEEP = text(
    "INSERT INTO idempotency_key (caller, key, request_hash, status, headers, body, at) "
    "VALUES (:caller, :key, :request_hash, :status, :headers, :body, :at)"
)
