"""Guesses at a group's code, counted for the code and for the address that they come from."""

from fastapi import Request

from service.core import codes, throttle
from service.people import group_codes
from service.people.group_codes import TooManyCodes


async def count_guess(request: Request, typed: str) -> None:
    """Count a guess at a code, for the code that it would be and for the address it comes from. Raises ``TooManyCodes``."""
    sessions, handle = request.app.state.sessions, codes.read_code(typed)[0]
    address = request.client.host if request.client else "-"
    for bucket, limit in (
        (f"group_code:code:{handle}", group_codes.TRIES),
        (f"group_code:address:{address}", group_codes.TRIES * 10),
    ):
        left = await throttle.hit(sessions, bucket, limit, group_codes.WITHIN)
        if left.is_spent:
            raise TooManyCodes(minutes=int(left.resets_in.total_seconds() // 60) + 1)
