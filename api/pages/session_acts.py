"""What is done in the tables of a session's page: arrivals, departures, turns, absences."""

from typing import Any
from uuid import UUID

from api.deps import new_router
from api.pages.acts import act
from api.pages.session_tables import DepartureIn, TurnIn
from api.pages.sessions import page_of_session
from service.core.actor import Actor
from service.core.db import Session
from service.deliberation import attendance, presentations
from service.deliberation.shapes import AbsenceIn, ArrivalIn

router = new_router("session acts")


async def _depart(session: Session, who: Actor, session_id: UUID, given: DepartureIn) -> None:
    await attendance.record_departure(session, who, session_id, given.person_id)


def _turn(do: Any) -> Any:
    async def turn(session: Session, who: Actor, _session_id: UUID, given: TurnIn) -> None:
        await do(session, who, given.application_id)

    return turn


def _back(_result: object, session_id: UUID) -> str:
    return f"/sessions/{session_id}"


act(router, "/sessions/{session_id}/arrivals", ArrivalIn, attendance.record_arrival, page=page_of_session, to=_back)
act(router, "/sessions/{session_id}/departures", DepartureIn, _depart, page=page_of_session, to=_back)
act(router, "/sessions/{session_id}/absences", AbsenceIn, presentations.record_absence, page=page_of_session, to=_back)
act(router, "/sessions/{session_id}/call", TurnIn, _turn(presentations.call_presentation), page=page_of_session, to=_back)
act(router, "/sessions/{session_id}/defence", TurnIn, _turn(presentations.hear_defence), page=page_of_session, to=_back)
act(router, "/sessions/{session_id}/close", TurnIn, _turn(presentations.close_presentation), page=page_of_session, to=_back)
