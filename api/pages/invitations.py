"""Invitations to sign in: what the office issues, its paper, and the public pages where a link or a code is used."""

from typing import Annotated
from uuid import UUID

from fastapi import Form as Sent
from fastapi import Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from api.deps import Anyone, Who, Work, address_of, new_router
from api.errors import field_errors, status_of
from api.files import unkept
from api.language import language_of, say
from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, State, Table, Word
from api.templating import page
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import Refusal
from service.people import invitation_rules as rules
from service.people import invitations
from service.people.shapes import AcceptIn, InviteIn, PaperIn

router = new_router("invitations")

HELP = "A one-time link, good for seven days. On paper it also has a code to type, for somebody who never used a computer."


@router.get("/invitations")
async def show_code_entry(request: Request, _who: Anyone) -> Response:
    """Where the code of a paper is typed."""
    return page(request, "pages/invitation_code.html", error=None)


@router.post("/invitations/open")
async def open_code(request: Request, _who: Anyone, code: Annotated[str, Sent()] = "") -> Response:
    """Go to the invitation of a code; a slip of the hand is told at once."""
    await invitations.count_try(request.app.state.sessions, address_of(request))
    try:
        return RedirectResponse(f"/invitations/{rules.read_code(code)}", 303)
    except rules.MistypedInvitation as refusal:
        error = say(language_of(request), refusal.message)
        return page(request, "pages/invitation_code.html", status=status_of(refusal), error=error)


@router.get("/invitations/{key}")
async def show_invitation(request: Request, session: Work, _who: Anyone, key: str) -> Response:
    """Who is invited, and what will be asked; nothing changes by looking."""
    return await _invitation(request, session, key)


@router.post("/invitations/accept")
async def accept(
    request: Request,
    session: Work,
    _who: Anyone,
    key: Annotated[str, Sent()] = "",
    answer: Annotated[str, Sent()] = "",
    user_name: Annotated[str, Sent()] = "",
    password: Annotated[str, Sent()] = "",
) -> Response:
    """Choose how to sign in. A wrong answer counts, whatever else is sent."""
    await invitations.count_try(request.app.state.sessions, address_of(request))
    typed = {"answer": answer[:40], "user_name": user_name[:60]}
    try:
        given = AcceptIn(key=key, answer=answer, user_name=user_name or None, password=password)
        async with session.begin_nested():
            name = await invitations.accept_invitation(session, given)
    except ValidationError as error:
        wrong = " ".join(field_errors(error, language_of(request)).values())
        return await _invitation(request, session, key, typed, wrong, 422)
    except Refusal as refusal:
        if not refusal.field:
            raise
        wrong = say(language_of(request), refusal.message, **refusal.values)
        return await _invitation(request, session, key, typed, wrong, status_of(refusal))
    if name is None:
        wrong = say(language_of(request), rules.WrongInvitationAnswer.message)
        return await _invitation(request, session, key, typed, wrong, status_of(rules.WrongInvitationAnswer()))
    return page(request, "pages/invitation_done.html", no_store=True, user_name=name)


@router.post("/invitations/paper")
async def draw_paper(
    session: Work, who: Who, token: Annotated[str, Sent()] = "", code: Annotated[str, Sent()] = ""
) -> Response:
    """The paper of an invitation that was just issued; it is kept nowhere."""
    try:
        given = PaperIn(token=token, code=code)
    except ValidationError as error:
        raise rules.InvitationUnknown from error
    return unkept(await invitations.draw_invitation(session, who, given), "invitacion.pdf")


def slip(request: Request, issued: invitations.Issued) -> Response:
    """The page from which an invitation is printed, shown this once."""
    return page(request, "pages/invitation_slip.html", no_store=True, issued=issued)


async def invitation_tables(session: Session, who: Actor, person_id: UUID, typed: Typed | None) -> list[Table]:
    """A person's invitations with the acts, for who may invite."""
    if not who.may_somewhere(Act.SET_SIGN_IN) or who.person_id == person_id:
        return []
    now = await clock.now(session)
    try:
        found = await invitations.list_invitations(session, who, person_id)
    except Refusal:  # of a system administrator, for who may not know
        return []
    columns = ["What for", "How it is sent", "Issued by", "When", "Good until", "State"]
    rows: list[list[Cell]] = [
        [Word(row.purpose), Word(row.way), issuer.name, row.at, row.expires_at, State(rules.state_of(row, now))]
        for row, issuer in found
    ]
    acts: list[Form | None] = [
        form(
            f"/persons/{person_id}/invitations",
            "Invite to sign in, or to choose a new password",
            InviteIn,
            typed=typed,
            explain=HELP,
        )
    ]
    if any(row.used_at is None and row.revoked_at is None for row, _ in found):
        acts.append(form(f"/persons/{person_id}/invitation-ends", "Take the invitation back", typed=typed, danger=True))
    return [Table("Invitations", columns, rows, acts=acts)]


async def _invitation(
    request: Request,
    session: Session,
    key: str,
    typed: dict[str, str] | None = None,
    error: str | None = None,
    status: int = 200,
) -> Response:
    opened = await invitations.open_invitation(session, key)
    values = {"key": key, "opened": opened, "typed": typed or {}, "error": error}
    return page(request, "pages/invitation.html", status=status, no_store=True, **values)
