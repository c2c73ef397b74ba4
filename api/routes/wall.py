"""The wall of a public hearing."""

from uuid import UUID

from pydantic import BaseModel

from api.deps import Work, new_router
from api.routes.answers import Out
from service.core.money import Money
from service.deliberation.models import PresentationStatus, SessionStatus
from service.deliberation.wall import get_wall

router = new_router("deliberation")


class WallTurnOut(Out):
    """Whose turn it is, in the order of the session."""

    position: int
    contest_id: UUID
    code: str
    applicant: str
    title: str
    status: PresentationStatus


class WallLineOut(Out):
    """An announced line."""

    rank: int | None
    code: str
    applicant: str
    total_shown: str | None
    status: str
    award: Money | None


class WallOut(BaseModel):
    """What everybody in the room may see; ``results``, by contest, is empty until they are announced."""

    title: str
    place: str
    status: SessionStatus
    turns: list[WallTurnOut]
    results: dict[UUID, list[WallLineOut]]


@router.get("/sessions/{session_id}/wall")
async def show_wall(session: Work, session_id: UUID) -> WallOut:
    """Who presents, who comes next, and what was announced: for everybody, from the opening on."""
    wall = await get_wall(session, session_id)
    return WallOut(
        title=wall.session.title,
        place=wall.session.place,
        status=wall.session.status,
        turns=[WallTurnOut.of(each) for each in wall.turns],
        results={contest.id: [WallLineOut.of(line) for line in lines] for contest, lines in wall.results},
    )
