"""Invitations to sign in, and a person's links to the sign-in service."""

from datetime import datetime
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, Response

from api.deps import Anyone, Who, Work, address_of, new_router
from api.errors import problem
from api.files import unkept
from api.routes.answers import Out
from service.people import invitation_rules as rules
from service.people import invitations, oidc
from service.people.invitation_models import InvitationPurpose, InvitationWay
from service.people.shapes import AcceptIn, InviteIn, PaperIn

router = new_router("invitations")


class InvitationOut(Out):
    """An invitation without its secrets."""

    id: UUID
    purpose: InvitationPurpose
    way: InvitationWay
    issued_by: UUID
    at: datetime
    expires_at: datetime
    attempts: int
    used_at: datetime | None
    revoked_at: datetime | None


class IssuedOut(BaseModel):
    """A new invitation; token and code only for paper, shown this once."""

    invitation: InvitationOut
    token: str
    code: str


class KeyIn(BaseModel, extra="forbid"):
    """The token of a link, or the code of a paper."""

    key: str = Field(max_length=64, repr=False)


class OpenedOut(Out):
    """What an invitation shows to who holds it."""

    name: str
    purpose: InvitationPurpose
    guard: rules.Guard
    expires_at: datetime


class AcceptedOut(BaseModel):
    """The user name to sign in with."""

    user_name: str


class IdentityOut(Out):
    """An account at the sign-in service that the person has linked."""

    id: UUID
    issuer: str
    subject: str
    at: datetime


@router.get("/persons/{person_id}/invitations")
async def list_invitations(session: Work, who: Who, person_id: UUID) -> list[InvitationOut]:
    """A person's invitations, the newest first."""
    return [InvitationOut.of(row) for row, _ in await invitations.list_invitations(session, who, person_id)]


@router.post("/persons/{person_id}/invitations", status_code=201, response_model=IssuedOut)
async def invite(session: Work, who: Who, person_id: UUID, given: InviteIn) -> Response:
    """Invite a person to sign in, or to choose a new password; earlier invitations end."""
    issued = await invitations.invite(session, who, person_id, given)
    answer = IssuedOut(invitation=InvitationOut.of(issued.invitation), token=issued.token, code=issued.code)
    return JSONResponse(answer.model_dump(mode="json"), 201, {"Cache-Control": "no-store"})


@router.post("/persons/{person_id}/invitation-ends", status_code=204)
async def revoke_invitation(session: Work, who: Who, person_id: UUID) -> None:
    """Take a person's invitation back."""
    await invitations.revoke_invitation(session, who, person_id)


@router.post("/invitations/paper", response_class=Response, responses={200: {"content": {"application/pdf": {}}}})
async def draw_paper(session: Work, who: Who, given: PaperIn) -> Response:
    """The paper of an invitation (PDF), for who issued it; it is kept nowhere."""
    return unkept(await invitations.draw_invitation(session, who, given), "invitacion.pdf")


@router.post("/invitations/view")
async def view_invitation(request: Request, session: Work, _who: Anyone, given: KeyIn) -> OpenedOut:
    """Who is invited and what will be asked; nothing changes. A POST, so that the secret is in no address."""
    await invitations.count_try(request.app.state.sessions, address_of(request))
    return OpenedOut.of(await invitations.open_invitation(session, given.key))


@router.post("/invitations/accept", status_code=201, response_model=AcceptedOut)
async def accept_invitation(request: Request, session: Work, _who: Anyone, given: AcceptIn) -> Response:
    """Choose how to sign in; a wrong answer counts, so it is answered and not raised."""
    await invitations.count_try(request.app.state.sessions, address_of(request))
    name = await invitations.accept_invitation(session, given)
    return problem(request, rules.WrongInvitationAnswer()) if name is None else JSONResponse({"user_name": name}, 201)


@router.get("/me/identities")
async def list_identities(session: Work, who: Who) -> list[IdentityOut]:
    """The accounts at the sign-in service that the person has linked; they are linked on the person's own page."""
    return [IdentityOut.of(row) for row in await oidc.list_identities(session, who)]


@router.post("/me/identities/{identity_id}/ends", status_code=204)
async def unlink(session: Work, who: Who, identity_id: UUID) -> None:
    """Unlink an account."""
    await oidc.unlink(session, who, identity_id)
