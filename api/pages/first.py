"""Signing in and out, step by step, and the choice of language."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote

import segno
from fastapi import Form as Sent
from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api import cookies
from api.deps import Anyone, Who, Work, new_router
from api.errors import status_of
from api.language import COOKIE as LANGUAGE_COOKIE
from api.language import LANGUAGES, language_of, say
from api.logs import note
from api.templating import page
from api.tries import attempt_of, device_of, guarded
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import Refusal
from service.people import attempts, factors, own_sign_in, passkeys, signing_in
from service.people.models import Credential, Unfinished
from service.people.rules import NotSignedIn
from service.people.signing_in import Begun

router = new_router("first")

Text = Annotated[str, Sent()]


@router.get("/sign-in")
async def show_sign_in(request: Request, _who: Anyone, to: str = "/", another: str = "") -> Response:
    """The sign-in form; for ``another`` person on a shared phone nothing is filled in."""
    return _sign_in_page(request, local(to), another=bool(another))


@router.post("/sign-in")
async def sign_in(
    request: Request, session: Work, _who: Anyone, user_name: Text = "", password: Text = "", to: Text = "/"
) -> Response:
    """Sign in with a password, and go on to what is lacking, or to where the person wanted to go."""
    tried = attempt_of(request, user_name)
    try:
        begun = await guarded(request, tried, lambda: signing_in.sign_in(session, user_name, password, device_of(request)))
    except Refusal as refusal:
        note(request, refusal)
        return _sign_in_page(request, local(to), user_name, refusal)
    answer = begun_answer(begun, local(to))
    cookies.keep_mark(answer, attempts.mark_of(user_name))
    return answer


@router.post("/sign-in/passkey")
async def sign_in_by_passkey(request: Request, session: Work, _who: Anyone, credential: Text = "", to: Text = "/") -> Response:
    """Sign in with a passkey, which says itself whose it is; or give it as the second factor."""
    token = cookies.token_of(request)
    try:
        actor, step = await signing_in.unfinished_actor(session, token)
    except NotSignedIn:
        actor, step = None, None
    try:
        if actor is not None and step == Unfinished.CODE:
            await passkeys.use_passkey(session, credential, actor.person_id)
            return begun_answer(await signing_in.go_on(session, token, "passkey"), local(to))
        person_id = await guarded(request, attempt_of(request, ""), lambda: passkeys.use_passkey(session, credential))
        begun = await signing_in.begin(session, person_id, "passkey", strong=True, device=device_of(request))
    except Refusal as refusal:
        return _sign_in_page(request, local(to), "", refusal)
    return begun_answer(begun, local(to))


@router.get("/sign-in/code")
async def ask_code(request: Request, session: Work, _who: Anyone, to: str = "/") -> Response:
    """The question for a code, or a passkey, after the password."""
    actor, step = await signing_in.unfinished_actor(session, cookies.token_of(request))
    return await _step_page(request, session, actor, step, local(to))


@router.post("/sign-in/code")
async def give_code(request: Request, session: Work, _who: Anyone, code: Text = "", to: Text = "/") -> Response:
    """Give a code of the application, or a recovery code."""
    token = cookies.token_of(request)
    actor, step = await signing_in.unfinished_actor(session, token)
    tried = attempt_of(request, f"code:{actor.person_id}")
    try:
        if step != Unfinished.CODE:
            raise NotSignedIn
        kind = await guarded(request, tried, lambda: factors.use_code(session, actor.person_id, code))
    except Refusal as refusal:
        return await _step_page(request, session, actor, step, local(to), refusal)
    return begun_answer(await signing_in.go_on(session, token, kind), local(to))


@router.get("/sign-in/factor")
async def ask_factor(request: Request, session: Work, _who: Anyone, to: str = "/") -> Response:
    """A second factor to set up, before anything else can be done."""
    actor, step = await signing_in.unfinished_actor(session, cookies.token_of(request))
    return await _step_page(request, session, actor, step, local(to))


@router.post("/sign-in/factor")
async def set_up_app(
    request: Request, session: Work, _who: Anyone, sealed: Text = "", code: Text = "", to: Text = "/"
) -> Response:
    """Take over an application, show the recovery codes once, and go on."""
    return await _set_up(
        request, session, to, "code_app", lambda actor: factors.set_up_app(session, actor, sealed, code), sealed
    )


@router.post("/sign-in/factor/passkey")
async def set_up_passkey(
    request: Request, session: Work, _who: Anyone, credential: Text = "", name: Text = "", to: Text = "/"
) -> Response:
    """Take over a passkey, show the recovery codes once, and go on."""
    called = name.strip()[:60] or device_of(request)[:60] or "Raymi"
    return await _set_up(
        request, session, to, "passkey", lambda actor: passkeys.add_passkey(session, actor, credential, called)
    )


@router.get("/sign-in/password")
async def ask_password(request: Request, session: Work, _who: Anyone, to: str = "/") -> Response:
    """A password of one's own, in place of one that somebody else chose."""
    actor, step = await signing_in.unfinished_actor(session, cookies.token_of(request))
    return await _step_page(request, session, actor, step, local(to))


@router.post("/sign-in/password")
async def choose_password(request: Request, session: Work, _who: Anyone, password: Text = "", to: Text = "/") -> Response:
    """Take a password of one's own, and be signed in."""
    token = cookies.token_of(request)
    actor, step = await signing_in.unfinished_actor(session, token)
    try:
        if step != Unfinished.PASSWORD:
            raise NotSignedIn
        async with session.begin_nested():
            await own_sign_in.keep_own_password(session, actor, password)
    except Refusal as refusal:
        return await _step_page(request, session, actor, step, local(to), refusal)
    return begun_answer(await signing_in.go_on(session, token, "own_password"), local(to))


@router.post("/sign-out")
async def sign_out(request: Request, session: Work, _who: Who, to: Text = "/") -> Response:
    """End the sign-in here and on the server, and go on to where the form leads: a locked phone to the next person's sign-in."""
    await signing_in.sign_out(session, cookies.token_of(request))
    answer = RedirectResponse(local(to), 303)
    cookies.drop_token(answer)
    return answer


@router.post("/language")
async def choose_language(language: Text = "es", to: Text = "/") -> Response:
    """Remember the reader's language."""
    answer = RedirectResponse(local(to), 303)
    known = language if language in LANGUAGES else "es"
    answer.set_cookie(LANGUAGE_COOKIE, known, max_age=365 * 86400, samesite="lax", httponly=True, secure=cookies.is_secure())
    return answer


def begun_answer(begun: Begun, to: str) -> Response:
    """Go on as who a new token stands for: to what is lacking still, or to a page of ours."""
    answer = RedirectResponse(f"/sign-in/{begun.unfinished}?to={quote(to)}" if begun.unfinished else to, 303)
    cookies.keep_token(answer, begun.token)
    return answer


def local(to: str) -> str:
    """A path of ours, whatever was asked for: never another site."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) and to.isprintable() else "/"


async def _set_up(
    request: Request, session: Session, to: str, how: str, work: Callable[[Actor], Awaitable[object]], sealed: str = ""
) -> Response:
    token = cookies.token_of(request)
    actor, step = await signing_in.unfinished_actor(session, token)
    try:
        if step != Unfinished.FACTOR:
            raise NotSignedIn
        async with session.begin_nested():
            await work(actor)
    except Refusal as refusal:
        return await _step_page(request, session, actor, step, local(to), refusal, sealed)
    codes = await factors.new_recovery_codes(session, actor)
    begun = await signing_in.go_on(session, token, how)
    next_page = f"/sign-in/{begun.unfinished}" if begun.unfinished else local(to)
    answer = page(request, "pages/recovery_codes.html", no_store=True, codes=codes, to=next_page)
    cookies.keep_token(answer, begun.token)
    return answer


def _sign_in_page(
    request: Request, to: str, user_name: str = "", refusal: Refusal | None = None, *, another: bool = False
) -> Response:
    error = say(language_of(request), refusal.message, **refusal.values) if refusal else None
    given = {"to": to, "user_name": user_name, "error": error, "another": another, "options": passkeys.sign_in_options()}
    answer = page(request, "pages/sign_in.html", status=status_of(refusal) if refusal else 200, no_store=True, **given)
    if refusal and "seconds" in refusal.values:
        answer.headers["retry-after"] = str(refusal.values["seconds"])
    return answer


async def _step_page(
    request: Request,
    session: Session,
    actor: Actor,
    step: Unfinished,
    to: str,
    refusal: Refusal | None = None,
    sealed: str = "",
) -> Response:
    """The page of a step; what was wrong stands above."""
    credential = await session.get(Credential, actor.person_id)
    secret, kept = await _secret(actor, sealed) if step == Unfinished.FACTOR else ("", "")
    given = {
        "step": step.value,
        "to": to,
        "error": say(language_of(request), refusal.message, **refusal.values) if refusal else None,
        "person": actor.name,
        "kinds": await factors.kinds_of(session, actor.person_id),
        "options": _options(actor, step),
        "secret": secret,
        "sealed": kept,
        "square": square_of(factors.uri_of(secret, credential.user_name if credential else "")) if secret else "",
    }
    return page(request, "pages/sign_in_step.html", status=status_of(refusal) if refusal else 200, no_store=True, **given)


async def _secret(actor: Actor, sealed: str) -> tuple[str, str]:
    """The secret that the page showed before, or a new one."""
    try:
        return (factors.secret_of(actor.person_id, sealed), sealed) if sealed else factors.new_secret(actor.person_id)
    except Refusal:
        return factors.new_secret(actor.person_id)


def _options(actor: Actor, step: Unfinished) -> str:
    if step == Unfinished.FACTOR:
        return passkeys.registration_options(actor.person_id, actor.name, [])
    return passkeys.sign_in_options()


def square_of(text: str) -> str:
    """A square code as an image of ours inside the page."""
    return segno.make(text, error="m").svg_data_uri(scale=4, border=2)
