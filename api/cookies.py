"""The cookies of a sign-in: the token, and the mark of a device on which somebody has signed in before.

Under TLS their names begin with ``__Host-``: no other host and no plain page can set them (ASVS 5.0, 3.3.1-3.3.4).
"""

from starlette.requests import Request
from starlette.responses import Response

from service.core.settings import load

PLAIN, STRICT = "raymi_sign_in", "__Host-raymi"
MARK, STRICT_MARK = "raymi_device", "__Host-raymi_device"
LASTS, MARK_LASTS = 12 * 3600, 180 * 86400
"""Seconds that a browser keeps them; the server ends a sign-in at its own time."""


def is_secure() -> bool:
    """Whether browsers reach this installation under TLS."""
    return load().public_url.startswith("https://")


def token_of(request: Request) -> str:
    """The token that a browser brings."""
    return request.cookies.get(STRICT if is_secure() else PLAIN, "")


def keep_token(answer: Response, token: str) -> None:
    """Let the browser keep a token."""
    name = STRICT if is_secure() else PLAIN
    answer.set_cookie(name, token, max_age=LASTS, httponly=True, samesite="lax", secure=is_secure())


def drop_token(answer: Response) -> None:
    """Let the browser forget the token."""
    answer.delete_cookie(STRICT if is_secure() else PLAIN, secure=is_secure(), httponly=True, samesite="lax")


def mark_of(request: Request) -> str:
    """The mark that a device carries."""
    return request.cookies.get(STRICT_MARK if is_secure() else MARK, "")


def keep_mark(answer: Response, mark: str) -> None:
    """Let a device carry a mark; it says nothing but that the name was used here."""
    name = STRICT_MARK if is_secure() else MARK
    answer.set_cookie(name, mark, max_age=MARK_LASTS, httponly=True, samesite="lax", secure=is_secure())
