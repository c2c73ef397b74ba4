"""Signing in with a bearer token, proving to be present again, and one's own sign-in."""

from datetime import datetime
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field

from api.deps import Anyone, Who, Work, new_router
from api.routes.answers import Out
from api.tries import attempt_of, device_of, guarded
from service.core.text import Line
from service.people import factors, own_sign_in, rules, signing_in
from service.people.models import Unfinished
from service.people.shapes import PasswordIn

router = new_router("sign-ins")


class TokenIn(BaseModel, extra="forbid"):
    """User name, password, and for who has a second factor its code."""

    user_name: Line
    password: str = Field(repr=False)
    code: str = Field(default="", max_length=40, repr=False)


class CodeIn(BaseModel, extra="forbid"):
    """A code of the application, or a recovery code."""

    code: str = Field(max_length=40, repr=False)


class TokenOut(BaseModel):
    """The bearer token of a new sign-in."""

    token: str


class SignInOut(Out):
    """A browser or program that is signed in."""

    id: UUID
    at: datetime
    last_seen_at: datetime
    expires_at: datetime
    how: str
    device: str
    here: bool = False


class FactorsOut(BaseModel):
    """The second factors that one has."""

    passkeys: list[str]
    code_application: bool
    recovery_codes_left: int


@router.post("/sign-ins", status_code=201)
async def sign_in(request: Request, session: Work, _who: Anyone, given: TokenIn) -> TokenOut:
    """Sign in; send the token as ``Authorization: Bearer`` afterwards.

    Who has a second factor sends its code in the same request; who has to set one up first does so on the pages.
    """
    tried, device = attempt_of(request, given.user_name), device_of(request)
    begun = await guarded(request, tried, lambda: signing_in.sign_in(session, given.user_name, given.password, device))
    if begun.unfinished == Unfinished.CODE and not given.code:
        raise rules.CodeNeeded("code")
    if begun.unfinished == Unfinished.CODE:
        actor, _ = await signing_in.unfinished_actor(session, begun.token)
        at_code = attempt_of(request, f"code:{actor.person_id}")
        kind = await guarded(request, at_code, lambda: factors.use_code(session, actor.person_id, given.code))
        begun = await signing_in.go_on(session, begun.token, kind)
    if begun.unfinished is not None:
        raise rules.SignInUnfinished
    return TokenOut(token=begun.token)


@router.post("/sign-ins/current/proof", status_code=201)
async def prove(request: Request, session: Work, who: Who, given: CodeIn) -> TokenOut:
    """A new token in place of this one, good for grave acts for ten minutes, by a further code."""
    tried = attempt_of(request, f"code:{who.person_id}")
    kind = await guarded(request, tried, lambda: factors.use_code(session, who.person_id, given.code))
    token = request.headers.get("authorization", "").partition(" ")[2]
    return TokenOut(token=await signing_in.prove(session, token, kind))


@router.get("/me/sign-ins")
async def list_sign_ins(session: Work, who: Who) -> list[SignInOut]:
    """Where one is signed in, the newest first."""
    own = await own_sign_in.view_own(session, who)
    return [SignInOut.of(row).model_copy(update={"here": row.id == own.here}) for row in own.sign_ins]


@router.post("/me/sign-ins/others/end", status_code=204)
async def end_others(session: Work, who: Who) -> None:
    """End all of one's own sign-ins but this one."""
    await own_sign_in.end_others(session, who)


@router.post("/me/sign-ins/{sign_in_id}/end", status_code=204)
async def end_sign_in(session: Work, who: Who, sign_in_id: UUID) -> None:
    """End one of one's own sign-ins."""
    await own_sign_in.end_own(session, who, sign_in_id)


@router.get("/me/factors")
async def list_factors(session: Work, who: Who) -> FactorsOut:
    """One's own second factors; they are set up and taken away on the pages."""
    own = await own_sign_in.view_own(session, who)
    return FactorsOut(
        passkeys=[each.name for each in own.passkeys], code_application=own.has_app, recovery_codes_left=own.recovery_codes
    )


@router.post("/me/password", status_code=204)
async def change_password(session: Work, who: Who, given: PasswordIn) -> None:
    """Change one's own password; all other sign-ins end."""
    await own_sign_in.change_password(session, who, given)


@router.post("/persons/{person_id}/lock-out", status_code=204)
async def lock_out(session: Work, who: Who, person_id: UUID) -> None:
    """End every sign-in of a person whose phone is in wrong hands, and void all factors and the password."""
    await own_sign_in.lock_out(session, who, person_id)
