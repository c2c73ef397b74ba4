"""Guesses at codes on paper, counted for the address that they come from, and a group's code for itself too."""

from datetime import timedelta

from fastapi import Depends, Request

from api.deps import address_of
from service.core import codes, throttle
from service.people import group_codes
from service.people.group_codes import TooManyCodes

FROM_ADDRESS = group_codes.TRIES * 10
"""Codes that one address may try in an hour: an office confirms for a whole contest from one."""


async def count_address(request: Request) -> None:
    """Count a code that comes from an address, right or wrong. Raises ``TooManyCodes``."""
    await _count(request, f"code:address:{address_of(request)}", FROM_ADDRESS)


LIMITED = [Depends(count_address)]
"""For routes that take a code from anybody."""


async def count_guess(request: Request, typed: str) -> None:
    """Count a guess at a group's code, for the code that it would be and for the address. Raises ``TooManyCodes``."""
    await _count(request, f"group_code:code:{codes.read_code(typed)[0]}", group_codes.TRIES)
    await count_address(request)


async def _count(request: Request, bucket: str, limit: int, within: timedelta = group_codes.WITHIN) -> None:
    left = await throttle.hit(request.app.state.sessions, bucket, limit, within)
    if left.is_spent:
        raise TooManyCodes(minutes=int(left.resets_in.total_seconds() // 60) + 1)
