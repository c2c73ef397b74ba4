"""Incidents, with the clock of the law."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.pages.acts import act
from api.pages.forms import Typed, form
from api.pages.own_data import HERE
from api.pages.views import Cell, Link, State, Table, View, Word, show
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.privacy import incidents
from service.privacy.incidents import Told
from service.privacy.shapes import EntryIn, IncidentIn

router = new_router("incidents")

INCIDENTS = Link("Incidents", "/privacy/incidents", translate=True)
EXPLAIN = "A telephone lost, a letter to the wrong address, a sign-in by a stranger: say it at once, with what you know. The authority is told within 48 hours."
KINDS = "A note; that the authority was told, or why it need not be; that the persons were told; the closing."


@router.get("/privacy/incidents")
async def list_incidents(request: Request, session: Work, who: Who) -> Response:
    """Incidents, and the form for a new one."""
    return await _incidents(request, session, who)


async def _incidents(request: Request, session: Session, who: Actor, typed: Typed | None = None) -> Response:
    acts = [form("/privacy/incidents", "Say that something happened", IncidentIn, explain=EXPLAIN, typed=typed)]
    tables = []
    if who.may_somewhere(Act.READ_INCIDENTS):
        now = await clock.now(session)
        columns = ["What happened", "Known since", "How many persons, as far as known", "Tell the authority until", "State"]
        rows = [
            [
                Link(told.incident.what[:80], f"/privacy/incidents/{told.incident.id}"),
                told.incident.known_at,
                told.incident.persons,
                told.tell_until,
                _state(told, late=told.tell_until is not None and told.tell_until < now),
            ]
            for told in await incidents.list_incidents(session, who)
        ]
        tables = [Table("Incidents", columns, rows)]
    return show(request, View("Incidents", translate_title=True, crumbs=[HERE], acts=acts, tables=tables))


@router.get("/privacy/incidents/{incident_id}")
async def show_incident(request: Request, session: Work, who: Who, incident_id: UUID) -> Response:
    """One incident with its entries."""
    return await _incident(request, session, who, incident_id)


async def _incident(request: Request, session: Session, who: Actor, incident_id: UUID, typed: Typed | None = None) -> Response:
    told = await incidents.get_incident(session, who, incident_id)
    late = told.tell_until is not None and told.tell_until < await clock.now(session)
    facts: list[tuple[str, Cell]] = [
        ("Known since", told.incident.known_at),
        ("Said by", told.names[told.incident.told_by]),
        ("Which data, and whose", told.incident.data),
        ("How many persons, as far as known", told.incident.persons),
        ("Tell the authority until", told.tell_until),
        ("State", _state(told, late=late)),
    ]
    rows: list[list[Cell]] = [
        [entry.at, Word(entry.kind.value), entry.words, told.names[entry.written_by]] for entry in told.entries
    ]
    may = who.may(Act.SETTLE_INCIDENT) and not told.is_closed
    acts = [
        form(f"/privacy/incidents/{incident_id}/entries", "Add an entry", EntryIn, explain=KINDS, typed=typed) if may else None
    ]
    tables = [Table("Entries", ["When", "Entry", "What was done or found out", "By"], rows)]
    return show(
        request,
        View(
            told.incident.what[:80],
            crumbs=[HERE, INCIDENTS],
            facts=facts,
            texts=[("What happened", told.incident.what)],
            tables=tables,
            acts=acts,
        ),
    )


def _state(told: Told, *, late: bool) -> State:
    if told.is_closed:
        return State("closed")
    return State("authority_late" if late else "authority_to_be_told" if told.tell_until else "in_work")


def _to_list(*_: object) -> str:
    return "/privacy/incidents"


def _to_one(_result: object, incident_id: UUID) -> str:
    return f"/privacy/incidents/{incident_id}"


act(router, "/privacy/incidents", IncidentIn, incidents.report_incident, page=_incidents, to=_to_list)
act(router, "/privacy/incidents/{incident_id}/entries", EntryIn, incidents.write_entry, page=_incident, to=_to_one)
