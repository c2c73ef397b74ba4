"""Programs that call the API with a key: let in, counted, and kept to what the key was made for.

``RateLimit-Policy`` and ``RateLimit`` are written as draft-ietf-httpapi-ratelimit-headers has them since its version 8: the policy's
quota and window in seconds, what remains of it and until when; ``Retry-After`` (RFC 9110 10.2.3) comes with a 429.
"""

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from unicodedata import normalize
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from service.core.actor import ASKED, Actor, MissingRole
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import Rejected
from service.core.throttle import Allowance
from service.integration import calling, references, rules
from service.integration.calling import Caller

_SESSION = "/sessions/{session_id}"
OF_WHOEVER_SIGNED_IN = {
    "/offices": Act.READ_OFFICE,
    "/offices/{office_id}/committees": Act.READ_OFFICE,
    "/groups/{group_id}": Act.READ_OFFICE,
    "/my-pledges": Act.READ_COFUNDING,
    **{
        _SESSION + part: Act.READ_SESSION
        for part in ("", "/contests", "/quorum", "/attendance", "/presentations", "/votes", "/minutes")
    },
}
"""What anybody who is signed in may read without a right: of a key it takes the act of its kind."""

REFERENCE = "Caller-Reference"
"""The header with a reference of the caller's own."""


class BadCallerReference(Rejected):
    """A reference that cannot be kept."""

    message = "A reference of yours is one line of at most 100 characters in UTF-8. Shorten it, or send it so."


OF_PERSONS = ("/api/v1/me", "/api/v1/sign-ins", "/api/v1/keys")
"""Where a person sees to sign-ins and keys: closed to every key before anything is looked at or counted."""


def bearer_of(request: Request) -> str:
    """What comes as a bearer token."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


async def admit(request: Request) -> Caller | None:
    """The key that a request to the API comes with, counted; None for none. Raises ``NotSignedIn``, ``TooManyRequests``."""
    written = bearer_of(request)
    if not request.scope["path"].startswith("/api/") or not written.startswith(rules.BEGINNING):
        return None
    caller = await calling.admit(request.app.state.sessions, written)
    request.state.headers |= limits_of(caller.allowance)
    if caller.allowance.is_spent:
        raise rules.TooManyRequests(seconds=_seconds(caller.allowance))
    return caller


def unquoted(key: str) -> str:
    """An idempotency key, also where it comes as the structured string that draft-ietf-httpapi-idempotency-key-header asks for."""
    return key[1:-1] if len(key) > 1 and key[0] == key[-1] == '"' else key


def reference_of(request: Request) -> str:
    """The reference of the caller's own that a request brings, in UTF-8, composed (NFC); none on pages. Raises ``BadCallerReference``."""
    if not request.scope["path"].startswith("/api/"):
        return ""
    try:
        reference = normalize("NFC", request.headers.get(REFERENCE, "").encode("latin-1").decode("utf-8").strip())
    except UnicodeDecodeError as error:
        raise BadCallerReference from error
    if len(reference) > 100 or not (reference + "x").isprintable():
        raise BadCallerReference
    return reference


async def keep_reference(request: Request, session: Session, caller: str, answer: Response) -> None:
    """Keep what was made under the caller's own reference, where it sent one. Raises ``BadCallerReference``, ``CallerReferenceUsed``."""
    reference = reference_of(request)
    if not reference:
        return
    made = json.loads(bytes(answer.body)) if answer.media_type == "application/json" and answer.body else None
    written = made.get("id") if isinstance(made, dict) else None
    made_id = UUID(written) if isinstance(written, str) else None
    await references.keep_reference(session, caller, reference, request.method, request.scope["path"], made_id)


def limits_of(allowance: Allowance) -> dict[str, str]:
    """The headers that say how much a key may still send."""
    window = int(calling.WINDOW.total_seconds())
    return {
        "RateLimit-Policy": f'"key";q={allowance.limit};w={window}',
        "RateLimit": f'"key";r={allowance.remaining};t={_seconds(allowance)}',
    }


@contextmanager
def kept_to_its_acts(request: Request, actor: Actor | None) -> Iterator[None]:
    """Refuse what a key asks for beyond its acts, and what hangs on no act at all: that is the business of the person.

    Raises ``KeyNotMeant``.
    """
    if actor is None or actor.scope is None:
        yield
        return
    if request.scope["path"].startswith(OF_PERSONS):
        raise rules.KeyNotMeant
    asked = {act for path, act in OF_WHOEVER_SIGNED_IN.items() if path == request.scope["route"].path}
    others = ASKED.get()
    listened = ASKED.set(asked)
    try:
        yield
    except MissingRole as refusal:
        if asked <= actor.scope:
            raise
        raise rules.KeyNotMeant from refusal
    finally:
        ASKED.reset(listened)
        if others is not None:
            others |= asked
    if getattr(request.state, "personal", False) and asked.isdisjoint(actor.scope):
        raise rules.KeyNotMeant


def _seconds(allowance: Allowance) -> int:
    return max(math.ceil(allowance.resets_in.total_seconds()), 1)
