"""How much one person may send within an hour (ASVS 5.0 2.4.1, 5.2.4), counted for all processes together."""

from datetime import timedelta

from starlette.requests import Request

from api.errors import TooManyFiles
from service.core import throttle
from service.core.actor import Actor

LARGE = 64 * 1024
"""Bytes from which on a request carries a file: no form is so long."""

MOST, WITHIN = 400, timedelta(hours=1)
"""An office that scans all day hands in one file in ten seconds at most."""


async def require_allowance(request: Request, actor: Actor) -> None:
    """Count a large request, one of a person at a time: what is refused is not kept and does not count. Raises ``TooManyFiles``."""
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) < LARGE:
        return
    allowance = await throttle.count(request.state.session, f"files:{actor.person_id}", MOST, WITHIN)
    if allowance.is_spent:
        raise TooManyFiles
