"""Signing in with the installation's OpenID Connect provider; a person's own links to it."""

from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api.deps import Anyone, Who, Work, address_of, new_router
from api.pages.first import begun_answer
from api.pages.forms import Form, form
from api.pages.views import Cell, Table, View, show
from api.templating import page
from api.tries import device_of
from service.core.settings import load
from service.core.texts import Phrase
from service.people import oidc
from service.people.oidc_rules import LIFE_MINUTES, OidcOff
from service.people.rules import NotSignedIn

router = new_router("provider")

COOKIE = "raymi_provider"
"""What binds a return to the browser that set out."""


@router.post("/sign-in/provider")
async def depart(request: Request, session: Work, _who: Anyone) -> Response:
    """Set out for the provider to sign in."""
    await oidc.count_departure(request.app.state.sessions, address_of(request))
    return _leave(request, await oidc.depart(session, None))


@router.post("/me/identities")
async def depart_to_link(request: Request, session: Work, who: Who) -> Response:
    """Set out for the provider to link one's account there."""
    return _leave(request, await oidc.depart(session, who))


@router.get(oidc.CALLBACK)
async def come_back(request: Request, session: Work, who: Anyone, state: str = "", code: str = "", iss: str = "") -> Response:
    """Sign in or link with what the provider says.

    A GET that changes something, as the standard has it: state and cookie are what a form's token is elsewhere.
    """
    browser = request.cookies.get(COOKIE, "")
    returned = await oidc.come_back(request.app.state.sessions, state, browser, code, iss)
    if returned.person_id is None:
        answer = begun_answer(await oidc.sign_in(session, returned.identity, device_of(request)), "/")
    elif who is None:
        raise NotSignedIn
    else:
        await oidc.link(session, who, returned)
        answer = RedirectResponse("/me/identities", 303)
    answer.delete_cookie(COOKIE, path="/sign-in/provider")
    return answer


@router.post("/me/identities/{identity_id}/ends")
async def unlink(session: Work, who: Who, identity_id: UUID) -> Response:
    """Unlink one's account at the provider."""
    await oidc.unlink(session, who, identity_id)
    return RedirectResponse("/me/identities", 303)


@router.get("/me/identities")
async def list_identities(request: Request, session: Work, who: Who) -> Response:
    """One's own links to the provider, with the acts. Not found where the installation has none."""
    provider = oidc.provider_of()
    if provider is None:
        raise OidcOff
    found = await oidc.list_identities(session, who)
    rows: list[list[Cell]] = [[row.issuer, row.subject, row.at] for row in found]
    acts: list[Form | None] = [form("/me/identities", Phrase("Link my account at {provider}", provider=provider.name))]
    ends = [
        form(f"/me/identities/{row.id}/ends", Phrase("Unlink {subject}", subject=row.subject), danger=True) for row in found
    ]
    table = Table("Accounts", ["Service", "Account there", "Since"], rows, acts=ends)
    return show(request, View("Sign-in with another service", translate_title=True, tables=[table], acts=acts))


def _leave(request: Request, departure: oidc.Departure) -> Response:
    """A page that goes on to the provider by itself: browsers follow no redirect of a form to another site under our policy."""
    answer = page(request, "pages/provider.html", no_store=True, url=departure.url)
    answer.set_cookie(
        COOKIE,
        departure.browser,
        max_age=LIFE_MINUTES * 60,
        path="/sign-in/provider",
        httponly=True,
        samesite="lax",
        secure=load().environment == "production",
    )
    return answer
