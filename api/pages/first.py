"""Signing in and out, the choice of language."""

from typing import Annotated

from fastapi import Form as Sent
from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api.deps import COOKIE, Anyone, Who, Work, new_router
from api.language import COOKIE as LANGUAGE_COOKIE
from api.language import LANGUAGES, language_of, say
from api.logs import note
from api.templating import page
from service.core.errors import Refusal
from service.core.settings import load
from service.people import signing_in

router = new_router("first")

LASTS = 12 * 3600
"""Seconds that a browser keeps the sign-in; the server ends it at its own time."""


@router.get("/sign-in")
async def show_sign_in(request: Request, _who: Anyone, to: str = "/", another: str = "") -> Response:
    """The sign-in form; for ``another`` person on a shared phone nothing is filled in."""
    return page(request, "pages/sign_in.html", to=_local(to), user_name="", error=None, another=bool(another))


@router.post("/sign-in")
async def sign_in(
    request: Request,
    session: Work,
    _who: Anyone,
    user_name: Annotated[str, Sent()] = "",
    password: Annotated[str, Sent()] = "",
    to: Annotated[str, Sent()] = "/",
) -> Response:
    """Sign in and go where the person wanted to go."""
    try:
        token = await signing_in.sign_in(session, user_name, password)
    except Refusal as refusal:
        note(request, refusal)
        text = say(language_of(request), refusal.message, **refusal.values)
        return page(request, "pages/sign_in.html", status=403, to=_local(to), user_name=user_name, error=text, another=False)
    return signed_in(token, _local(to))


def signed_in(token: str, to: str) -> Response:
    """Go on to a page of ours as who a new token stands for."""
    answer = RedirectResponse(to, 303)
    secure = load().environment == "production"
    answer.set_cookie(COOKIE, token, max_age=LASTS, httponly=True, samesite="lax", secure=secure)
    return answer


@router.post("/sign-out")
async def sign_out(request: Request, session: Work, _who: Who, to: Annotated[str, Sent()] = "/") -> Response:
    """End the sign-in here and on the server, and go on to where the form leads: a locked phone to the next person's sign-in."""
    await signing_in.sign_out(session, request.cookies.get(COOKIE, ""))
    answer = RedirectResponse(_local(to), 303)
    answer.delete_cookie(COOKIE)
    return answer


@router.post("/language")
async def choose_language(language: Annotated[str, Sent()] = "es", to: Annotated[str, Sent()] = "/") -> Response:
    """Remember the reader's language."""
    answer = RedirectResponse(_local(to), 303)
    chosen = language if language in LANGUAGES else "es"
    secure = load().public_url.startswith("https://")
    answer.set_cookie(LANGUAGE_COOKIE, chosen, max_age=365 * 86400, samesite="lax", httponly=True, secure=secure)
    return answer


def _local(to: str) -> str:
    """A path of ours, whatever was asked for: never another site."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
