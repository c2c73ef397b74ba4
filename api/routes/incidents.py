"""Incidents, and until when the authority is to be told."""

from datetime import datetime
from uuid import UUID

from api.deps import Who, Work, new_router
from api.routes.answers import IdOut, Out
from service.privacy import incidents
from service.privacy.incidents import Told
from service.privacy.models import EntryKind
from service.privacy.shapes import EntryIn, IncidentIn

router = new_router("incidents")


class EntryOut(Out):
    """What was done or found out."""

    kind: EntryKind
    words: str
    written_by: UUID
    at: datetime


class IncidentOut(Out):
    """An incident; ``tell_until`` is None once the authority was told, or need not be."""

    id: UUID
    known_at: datetime
    what: str
    data: str
    persons: int | None
    told_by: UUID
    at: datetime
    tell_until: datetime | None
    entries: list[EntryOut]


@router.get("/privacy/incidents")
async def list_incidents(session: Work, who: Who) -> list[IncidentOut]:
    """Incidents, the newest first."""
    return [_out(told) for told in await incidents.list_incidents(session, who)]


@router.post("/privacy/incidents", status_code=201)
async def report_incident(session: Work, who: Who, given: IncidentIn) -> IdOut:
    """Say that data got, or may have got, into wrong hands."""
    return IdOut.of(await incidents.report_incident(session, who, given))


@router.get("/privacy/incidents/{incident_id}")
async def get_incident(session: Work, who: Who, incident_id: UUID) -> IncidentOut:
    """One incident with its entries."""
    return _out(await incidents.get_incident(session, who, incident_id))


@router.post("/privacy/incidents/{incident_id}/entries", status_code=201)
async def write_entry(session: Work, who: Who, incident_id: UUID, given: EntryIn) -> IdOut:
    """Add what was done or found out; the closing ends it."""
    return IdOut.of(await incidents.write_entry(session, who, incident_id, given))


def _out(told: Told) -> IncidentOut:
    entries = [EntryOut.of(entry) for entry in told.entries]
    return IncidentOut.model_validate({**told.incident.model_dump(), "tell_until": told.tell_until, "entries": entries})
