"""The sessions of an office: the list, and convening one."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.pages.acts import act
from api.pages.forms import Form, Typed, form
from api.pages.offices import CRUMB, district_choices
from api.pages.views import Link, State, Table, View, show
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.deliberation import sessions
from service.deliberation import usecases as deliberation
from service.deliberation.models import CommitteeSession
from service.deliberation.shapes import SessionIn
from service.people.usecases import get_office, list_committees

router = new_router("sessions")


@router.get("/offices/{office_id}/sessions")
async def list_sessions(request: Request, session: Work, who: Who, office_id: UUID) -> Response:
    """The sessions of an office; convening one."""
    return await _sessions(request, session, who, office_id)


async def _sessions(request: Request, session: Session, who: Actor, office_id: UUID, typed: Typed | None = None) -> Response:
    office = await get_office(session, who, office_id)
    rows = await deliberation.list_sessions(session, who, office_id)
    table = Table(
        "Sessions",
        ["Number", "Title", "Place", "Day and time", "State"],
        [
            [
                Link(row.number, f"/sessions/{row.session.id}"),
                row.session.title,
                row.session.place,
                row.session.convened_for,
                State(row.session.status.value),
            ]
            for row in rows
        ],
    )
    acts: list[Form] = []
    waiting = await deliberation.list_contests_to_decide(session, who, office_id)
    if who.may(Act.CONVENE_SESSION, office_id) and waiting:
        choices = {
            "committee_id": [(str(row.id), row.name) for row in await list_committees(session, who, office_id)],
            "ubigeo": await district_choices(session, office.ubigeo),
            "contest_ids": [(str(row.id), f"{row.code} · {row.title}") for row in waiting],
        }
        acts = [form(f"/offices/{office_id}/sessions", "Convene a session", SessionIn, choices=choices, typed=typed)]
    crumbs = [CRUMB, Link(office.name, f"/offices/{office_id}")]
    return show(request, View("Sessions", translate_title=True, crumbs=crumbs, tables=[table], acts=acts))


async def _convene(session: Session, who: Actor, _office_id: UUID, given: SessionIn) -> CommitteeSession:
    return await sessions.convene_session(session, who, given)


act(router, "/offices/{office_id}/sessions", SessionIn, _convene, page=_sessions, to=lambda row, _: f"/sessions/{row.id}")
