"""The wall of a public hearing: large type, and it keeps itself up to date."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Work, new_router
from api.templating import page
from service.deliberation.wall import get_wall

router = new_router("sessions")


@router.get("/sessions/{session_id}/wall")
async def show_wall(request: Request, session: Work, session_id: UUID) -> Response:
    """Who presents, who comes next, and what was announced: for everybody, from the opening on."""
    return page(request, "pages/wall.html", wall=await get_wall(session, session_id))
