"""Whoever sees data in wrong hands says so at once; the clock of the law runs until the authority was told."""

from datetime import timedelta
from typing import Any

import pytest

from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from service.privacy import incidents, rules
from service.privacy.models import EntryKind
from service.privacy.shapes import EntryIn, IncidentIn
from service.transparency.first_page import first_page
from tests.cast import Cast
from tests.make.appeals import later
from tests.traces import acts_on, refused_by_database

LOST: dict[str, Any] = {"what": "Se perdió el celular de la promotora", "data": "Padrón de dos grupos", "persons": 84}


def entry(kind: EntryKind) -> EntryIn:
    return EntryIn(kind=kind, words="Se hizo")


async def test_the_clock_runs_from_knowing_until_the_authority_is_told(session: Session, cast: Cast) -> None:
    now = await clock.now(session)
    with pytest.raises(rules.KnownLater):
        await incidents.report_incident(session, cast.promoter, IncidentIn(known_at=now + timedelta(minutes=1), **LOST))
    incident = await incidents.report_incident(session, cast.promoter, IncidentIn(known_at=now - timedelta(hours=5), **LOST))
    (told,) = await incidents.list_incidents(session, cast.auditor)
    assert told.tell_until == now + timedelta(hours=43)
    with pytest.raises(MissingRole):
        await incidents.get_incident(session, cast.promoter, incident.id)
    with pytest.raises(rules.AuthorityNotTold):
        await incidents.write_entry(session, cast.programme, incident.id, entry(EntryKind.CLOSED))
    waiting = [
        row for rows in (await first_page(session, cast.programme)).values() for row in rows if row.duty.kind == "incident"
    ]
    assert [row.tasks[0].about for row in waiting] == [LOST["what"]]
    for kind in (EntryKind.NOTE, EntryKind.AUTHORITY, EntryKind.PERSONS, EntryKind.CLOSED):
        await later(session, timedelta(minutes=1))
        await incidents.write_entry(session, cast.programme, incident.id, entry(kind))
    with pytest.raises(rules.IncidentIsClosed):
        await incidents.write_entry(session, cast.programme, incident.id, entry(EntryKind.NOTE))
    told = await incidents.get_incident(session, cast.system, incident.id)
    assert (told.tell_until, told.is_closed, len(told.entries)) == (None, True, 4)
    assert len(await acts_on(session, f"incident:{incident.id}")) == 5
    assert not [
        row for rows in (await first_page(session, cast.programme)).values() for row in rows if row.duty.kind == "incident"
    ]


async def test_an_auditor_reads_and_writes_nothing(session: Session, cast: Cast) -> None:
    given = IncidentIn(known_at=await clock.now(session), **LOST)
    incident = await incidents.report_incident(session, cast.auditor, given)
    with pytest.raises(MissingRole):
        await incidents.write_entry(session, cast.auditor, incident.id, entry(EntryKind.NOTE))


async def test_the_database_closes_nothing_before_the_authority_was_told_and_adds_nothing_after(
    session: Session, cast: Cast
) -> None:
    given = IncidentIn(known_at=await clock.now(session), **LOST)
    incident = await incidents.report_incident(session, cast.promoter, given)
    add = "INSERT INTO incident_entry VALUES (gen_random_uuid(), :id, '{}', 'x', :by, now())"
    by = {"id": incident.id, "by": cast.programme.person_id}
    assert "was not told" in await refused_by_database(session, add.format("incident_closed"), **by)
    await incidents.write_entry(session, cast.programme, incident.id, entry(EntryKind.NO_DUTY))
    await incidents.write_entry(session, cast.programme, incident.id, entry(EntryKind.CLOSED))
    assert "is closed" in await refused_by_database(session, add.format("incident_note"), **by)
    assert "permission denied" in await refused_by_database(session, "UPDATE incident SET persons = 0")
