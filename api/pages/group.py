"""Where a group stands: for who has the group's code and no account, for its board, and the paper with the code."""

from typing import Annotated
from uuid import UUID

from fastapi import Form as Sent
from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Who, Work, new_router
from api.errors import status_of
from api.guesses import count_guess
from api.language import language_of, say
from api.templating import page
from service.core.settings import load
from service.documents import qr
from service.people import group_codes
from service.people.group_codes import TooManyCodes, WrongGroupCode
from service.transparency.standing import standing_by_code, standing_of

router = new_router("group")


@router.get("/group")
async def ask_for_code(request: Request, _who: Anyone) -> Response:
    """The page on which a code is typed."""
    return page(request, "pages/group_code.html", error=None)


@router.post("/group")
async def show_by_code(request: Request, session: Work, _who: Anyone, code: Annotated[str, Sent()] = "") -> Response:
    """Where the group of the code stands. Nothing is kept in the browser: the next person on this phone types a code again."""
    try:
        await count_guess(request, code)
        found = await standing_by_code(session, code)
    except (TooManyCodes, WrongGroupCode) as refusal:
        error = say(language_of(request), refusal.message, **refusal.values)
        return page(request, "pages/group_code.html", status=status_of(refusal), error=error)
    return page(request, "pages/group.html", no_store=True, found=found, may_issue=False)


@router.get("/groups/{group_id}/where-we-stand")
async def show_standing(request: Request, session: Work, who: Who, group_id: UUID) -> Response:
    """The same for the group's board and its office."""
    found = await standing_of(session, who, group_id)
    return page(request, "pages/group.html", found=found, may_issue=True)


@router.post("/groups/{group_id}/codes")
async def issue_code(request: Request, session: Work, who: Who, group_id: UUID) -> Response:
    """The paper with a new code, shown this once."""
    handed = await group_codes.issue_group_code(session, who, group_id)
    address = f"{load().public_url}/group"
    return page(request, "pages/group_paper.html", no_store=True, handed=handed, address=address, square=qr.svg(address))
