"""One's own sign-in: password, second factors, the browsers that are signed in; and confirming that it is oneself."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Form as Sent
from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api import cookies
from api.deps import Who, Work, new_router
from api.errors import status_of
from api.language import language_of, say
from api.logs import note
from api.pages.acts import Empty, act
from api.pages.first import local, square_of
from api.pages.forms import Form, Typed, form
from api.pages.views import Link, Table, View, Word
from api.templating import page
from api.tries import attempt_of, device_of, guarded
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import Refusal
from service.core.texts import Phrase
from service.people import factors, own_sign_in, passkeys, signing_in
from service.people.factor_models import Passkey
from service.people.own_sign_in import OwnSignIn
from service.people.shapes import PasswordIn

router = new_router("me")

Text = Annotated[str, Sent()]


class AppIn(BaseModel, extra="forbid"):
    """The secret that the page showed, sealed, and the first code that the application makes of it."""

    sealed: str = Field(max_length=400, repr=False)
    code: str = Field(max_length=40, description="Code that the application shows", repr=False)


class PasskeyIn(BaseModel, extra="forbid"):
    """What the browser answers, and how the person calls the device."""

    credential: str = Field(max_length=20_000, repr=False)
    name: str = Field(default="", max_length=60, description="Name of the device")


@router.get("/me")
async def show_me(request: Request, session: Work, who: Who) -> Response:
    """One's own sign-in, with everything that can be done to it."""
    return await _me(request, session, who)


async def _me(request: Request, session: Session, who: Actor, typed: Typed | None = None) -> Response:
    own = await own_sign_in.view_own(session, who)
    secret, sealed = _secret_of(who, typed) or factors.new_secret(who.person_id)
    view = View(
        "My sign-in",
        translate_title=True,
        facts=[
            ("User name", own.user_name),
            ("Application with codes", Word("yes" if own.has_app else "no")),
            ("Recovery codes left", own.recovery_codes),
            ("Programs that call the API", Link("Keys", "/keys", translate=True)),
            ("Personal data", Link("What is kept of me", "/me/data", translate=True)),
        ],
        notes=await _news(request, session, who),
        acts=_acts(own, typed),
        tables=[_passkeys(own), _sign_ins(own)],
    )
    wrong = typed.errors if typed else {}
    values: dict[str, Any] = {
        "view": view,
        "options": passkeys.registration_options(who.person_id, who.name, list(own.passkeys)),
        "device": device_of(request)[:60],
        "secret": secret,
        "sealed": sealed,
        "square": square_of(factors.uri_of(secret, own.user_name)),
        "wrong": " ".join(wrong.values()) if typed and typed.action in ("/me/passkeys", "/me/code-app") else "",
    }
    return page(request, "pages/me.html", no_store=True, **values)


def _secret_of(who: Actor, typed: Typed | None) -> tuple[str, str] | None:
    """The secret that the page showed before, where it comes back with a wrong code."""
    sealed = typed.values.get("sealed", "") if typed else ""
    if not isinstance(sealed, str) or not sealed:
        return None
    try:
        return factors.secret_of(who.person_id, sealed), sealed
    except Refusal:
        return None


async def _news(request: Request, session: Session, who: Actor) -> list[str]:
    return [
        say(
            language_of(request),
            "A new device has signed in as you: {device}. If that was not you, end it below.",
            device=device,
        )
        for device, _ in await own_sign_in.new_devices(session, who)
    ]


def _acts(own: OwnSignIn, typed: Typed | None) -> list[Form | None]:
    return [
        form("/me/password", "Change my password", PasswordIn, typed=typed),
        form("/me/code-app/end", "Take the application with codes away", typed=typed, danger=True) if own.has_app else None,
        form("/me/recovery-codes", "Make new recovery codes", typed=typed),
        form("/me/sign-ins/others/end", "End all my other sign-ins", typed=typed, danger=True),
    ]


def _passkeys(own: OwnSignIn) -> Table:
    acts: list[Form | None] = [
        form(f"/me/passkeys/{each.id}/end", Phrase("Take away the passkey {name}", name=each.name), danger=True)
        for each in own.passkeys
    ]
    rows = [[each.name, each.added_at, each.last_used_at] for each in own.passkeys]
    return Table("Passkeys", ["Device", "Since", "Last used"], rows, acts=acts)


def _sign_ins(own: OwnSignIn) -> Table:
    rows = [
        [row.device or "–", row.at, row.last_seen_at, Word("this one") if row.id == own.here else ""] for row in own.sign_ins
    ]
    acts: list[Form | None] = [
        form(
            f"/me/sign-ins/{row.id}/end",
            Phrase("End the sign-in of {device}", device=row.device or "–"),
            danger=True,
        )
        for row in own.sign_ins
        if row.id != own.here
    ]
    return Table("Where I am signed in", ["Device", "Since", "Last seen", "State"], rows, acts=acts)


@router.post("/me/recovery-codes")
async def new_recovery_codes(request: Request, session: Work, who: Who) -> Response:
    """Ten new codes, shown this once."""
    codes = await own_sign_in.new_recovery_codes(session, who)
    return page(request, "pages/recovery_codes.html", no_store=True, codes=codes, to="/me")


@router.get("/confirm-it-is-you")
async def ask_proof(request: Request, session: Work, who: Who, to: str = "/") -> Response:
    """The question for a passkey, a code, or the password of who has no second factor."""
    return await _proof_page(request, session, who, local(to))


@router.post("/confirm-it-is-you")
async def give_proof(
    request: Request,
    session: Work,
    who: Who,
    credential: Text = "",
    code: Text = "",
    password: Text = "",
    to: Text = "/",
) -> Response:
    """Take the proof and go back to the page that it was asked for: the act there is pressed again."""
    tried = attempt_of(request, f"code:{who.person_id}")
    try:
        how = await guarded(
            request, tried, lambda: own_sign_in.show_proof(session, who, credential=credential, code=code, password=password)
        )
    except Refusal as refusal:
        note(request, refusal)
        return await _proof_page(request, session, who, local(to), refusal)
    answer = RedirectResponse(local(to), 303)
    cookies.keep_token(answer, await signing_in.prove(session, cookies.token_of(request), how))
    return answer


async def _proof_page(request: Request, session: Session, who: Actor, to: str, refusal: Refusal | None = None) -> Response:
    error = say(language_of(request), refusal.message, **refusal.values) if refusal else None
    kinds = await factors.kinds_of(session, who.person_id)
    given = {"to": to, "error": error, "kinds": kinds, "options": passkeys.sign_in_options()}
    return page(request, "pages/confirm_it_is_you.html", status=status_of(refusal) if refusal else 200, no_store=True, **given)


async def _add_passkey(session: Session, who: Actor, given: PasskeyIn) -> Passkey:
    return await own_sign_in.add_passkey(session, who, given.credential, given.name.strip() or "Raymi")


async def _set_up_app(session: Session, who: Actor, given: AppIn) -> None:
    await own_sign_in.set_up_app(session, who, given.sealed, given.code)


def _to(_result: object, *_ids: UUID) -> str:
    return "/me"


act(router, "/me/password", PasswordIn, own_sign_in.change_password, page=_me, to=_to)
act(router, "/me/passkeys", PasskeyIn, _add_passkey, page=_me, to=_to)
act(router, "/me/passkeys/{passkey_id}/end", Empty, own_sign_in.remove_passkey, page=_me, to=_to)
act(router, "/me/code-app", AppIn, _set_up_app, page=_me, to=_to)
act(router, "/me/code-app/end", Empty, own_sign_in.remove_app, page=_me, to=_to)
act(router, "/me/sign-ins/others/end", Empty, own_sign_in.end_others, page=_me, to=_to)
act(router, "/me/sign-ins/{sign_in_id}/end", Empty, own_sign_in.end_own, page=_me, to=_to)
