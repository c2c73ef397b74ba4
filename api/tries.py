"""Letting somebody try a password, a code or a passkey, as long as tries are left."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from starlette.requests import Request

from api import cookies
from service.core.db import transaction
from service.core.errors import Refusal
from service.people import attempts, signing_in
from service.people.attempts import Attempt

T = TypeVar("T")


async def guarded(request: Request, tried: Attempt, work: Callable[[], Awaitable[T]]) -> T:
    """Do the work; it counts before it is begun, and no more once it is done. A refusal is recorded whatever becomes of the request.

    Raises ``TooManyTries`` and what ``work`` raises.
    """
    sessions = request.app.state.sessions
    await attempts.count_try(sessions, tried)
    try:
        done = await work()
    except Refusal:
        async with transaction(sessions) as own:
            await signing_in.note_failure(own, tried.name)
        raise
    await attempts.give_back(sessions, tried)
    return done


def attempt_of(request: Request, name: str) -> Attempt:
    """Who tries, from where, on which device."""
    return Attempt(name, request.client.host if request.client else "-", cookies.mark_of(request))


def device_of(request: Request) -> str:
    """What the browser calls itself, in a few words."""
    agent = request.headers.get("user-agent", "")
    systems = ("Android", "iPhone", "iPad", "Windows", "Macintosh", "Linux")
    browsers = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
    words = [next((each for each in names if each in agent), "") for names in (browsers, systems)]
    return " · ".join(word for word in words if word) or agent[:40]
