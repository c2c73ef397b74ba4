"""The session's page and all that is done on it."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from api.deps import Anyone, Work, new_router
from api.pages.acts import Empty, act
from api.pages.session import page_of_session
from api.pages.session_tables import DepartureIn, TurnIn
from api.pages.session_votes import VoteChoiceIn, VoteCorrectionIn, adjust, correct, defer
from service.core.actor import Actor
from service.core.db import Session
from service.deliberation import attendance, minutes, presentations, ranking, sessions, votes
from service.deliberation.refusals import refuse_minutes
from service.deliberation.shapes import (
    AbsenceIn,
    ArrivalIn,
    MajorityIn,
    NarrativeIn,
    OrderDrawIn,
    SignatureRefusalIn,
    VoteIn,
    VoteRecusalIn,
)
from service.deliberation.vote_recusals import step_out

router = new_router("session")

Do = Callable[..., Awaitable[Any]]
To = Callable[[Any, UUID], str]


@router.get("/sessions/{session_id}")
async def show_session(request: Request, session: Work, who: Anyone, session_id: UUID) -> Response:
    """A session, and what can be done in it now."""
    return await page_of_session(request, session, who, session_id)


async def _depart(session: Session, who: Actor, session_id: UUID, given: DepartureIn) -> None:
    await attendance.record_departure(session, who, session_id, given.person_id)


def _turn(do: Do) -> Do:
    async def turn(session: Session, who: Actor, _session_id: UUID, given: TurnIn) -> UUID:
        await do(session, who, given.application_id)
        return given.application_id

    return turn


def _to_turn(application_id: UUID, session_id: UUID) -> str:
    """Back to the row of the turn."""
    return f"/sessions/{session_id}#turn-{application_id}"


def _to(section: str) -> To:
    """Back to the part of the page where the act was done."""
    return lambda _result, session_id: f"/sessions/{session_id}#{section}"


_BUTTONS: dict[str, tuple[Do, str]] = {
    "open": (sessions.open_session, "presentations"),
    "field-results": (sessions.hand_out_field_results, "presentations"),
    "tally": (ranking.tally, "results"),
    "reopening": (ranking.reopen, "presentations"),
    "announcement": (ranking.announce, "minutes"),
    "minutes": (minutes.close_minutes, "minutes"),
    "signature": (minutes.sign_minutes, "minutes"),
    "publication": (minutes.publish_minutes, "minutes"),
}
"""The acts that move a session on, by path: what they do, and what is looked at next."""

_FORMS: dict[str, tuple[type[BaseModel], Do, To]] = {
    "arrivals": (ArrivalIn, attendance.record_arrival, _to("attendance")),
    "departures": (DepartureIn, _depart, _to("attendance")),
    "order": (OrderDrawIn, presentations.draw_order, _to("presentations")),
    "call": (TurnIn, _turn(presentations.call_presentation), _to_turn),
    "defence": (TurnIn, _turn(presentations.hear_defence), _to_turn),
    "turn-back": (TurnIn, _turn(presentations.take_turn_back), _to_turn),
    "close": (TurnIn, _turn(presentations.close_presentation), _to_turn),
    "absences": (AbsenceIn, presentations.record_absence, _to("presentations")),
    "majorities": (MajorityIn, votes.set_majority, _to("votes")),
    "votes": (VoteIn, votes.record_vote, _to("votes")),
    "vote-recusals": (VoteRecusalIn, step_out, _to("votes")),
    "corrections": (VoteCorrectionIn, correct, _to("votes")),
    "adjustments": (VoteChoiceIn, adjust, _to("votes")),
    "deferrals": (VoteChoiceIn, defer, _to("votes")),
    "refusals": (SignatureRefusalIn, refuse_minutes, _to("minutes")),
    "narrative": (NarrativeIn, minutes.edit_minutes, _to("minutes")),
}
"""What is typed or chosen on the page, by path."""

for _path, (_do, _section) in _BUTTONS.items():
    act(router, f"/sessions/{{session_id}}/{_path}", Empty, _do, page=page_of_session, to=_to(_section))
for _path, (_shape, _act, _back) in _FORMS.items():
    act(router, f"/sessions/{{session_id}}/{_path}", _shape, _act, page=page_of_session, to=_back)
