"""Committees: terms of members, one chair at a time."""

from datetime import date
from uuid import uuid4

import pytest

from service.core.actor import MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.people import usecases
from service.people.models import Appointment, Committee, Position
from service.people.rules import AlreadyAppointed, ChairTaken, NoChair, TermEnded, TermReversed
from service.people.shapes import AppointmentIn, CommitteeIn, EndIn
from tests.cast import SINCE, Cast
from tests.make.people import make_committee
from tests.traces import acts_on, refused_by_database

FIRST, LAST, NEXT = date(2026, 1, 1), date(2026, 12, 31), date(2027, 1, 1)


async def appoint(
    session: Session,
    cast: Cast,
    committee: Committee,
    juror: int,
    position: Position = Position.MEMBER,
    since: date = FIRST,
    until: date | None = LAST,
) -> Appointment:
    """Appoint a juror of the cast."""
    person = cast.jurors[juror].person_id
    given = AppointmentIn(person_id=person, position=position, origin="Distrito de Maranganí", since=since, until=until)
    return await usecases.appoint_member(session, cast.programme, committee.id, given)


async def empty_committee(session: Session, cast: Cast) -> Committee:
    """A committee without members."""
    return await usecases.create_committee(session, cast.programme, CommitteeIn(office_id=cast.office.id, name="CLAR Canchis"))


async def test_a_committee_lists_its_chair_first_and_then_by_name(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    rows = await usecases.appointed_on(session, committee.id, SINCE)
    assert [(row.position, person.id) for row, person in rows] == [
        (Position.CHAIR, cast.mayor.person_id),
        *((Position.MEMBER, juror.person_id) for juror in cast.jurors),
    ]
    assert await usecases.get_committee(session, None, committee.id) == committee
    assert list(await usecases.list_committees(session, None, cast.office.id)) == [committee]
    assert await usecases.list_appointments(session, cast.auditor, committee.id) == rows
    assert [act for act, _ in await acts_on(session, f"committee:{committee.id}")] == [
        "committee.created",
        *["member.appointed"] * 6,
    ]


async def test_a_member_is_appointed_from_the_first_day_to_the_last(session: Session, cast: Cast) -> None:
    committee = await empty_committee(session, cast)
    await appoint(session, cast, committee, 0)

    async def members(day: date) -> int:
        return len(await usecases.appointed_on(session, committee.id, day))

    days = [date(2025, 12, 31), FIRST, LAST, NEXT]
    assert [await members(day) for day in days] == [0, 1, 1, 0]


async def test_the_chair_of_a_day_is_found_or_missed(session: Session, cast: Cast) -> None:
    committee = await empty_committee(session, cast)
    await appoint(session, cast, committee, 0)
    await appoint(session, cast, committee, 1, Position.CHAIR)
    assert (await usecases.chair_on(session, committee.id, LAST)).id == cast.jurors[1].person_id
    with pytest.raises(NoChair) as refused:
        await usecases.chair_on(session, committee.id, NEXT)
    assert refused.value.values == {"day": "2027-01-01"}


async def test_a_second_chair_waits_for_the_first_to_end(session: Session, cast: Cast) -> None:
    committee = await empty_committee(session, cast)
    first = await appoint(session, cast, committee, 0, Position.CHAIR, until=None)
    with pytest.raises(ChairTaken):
        await appoint(session, cast, committee, 1, Position.CHAIR, since=NEXT, until=None)
    await usecases.end_appointment(session, cast.programme, first.id, EndIn(until=LAST))
    with pytest.raises(ChairTaken):
        await appoint(session, cast, committee, 1, Position.CHAIR, since=LAST, until=None)
    await appoint(session, cast, committee, 1, Position.CHAIR, since=NEXT, until=None)
    chairs = [(await usecases.chair_on(session, committee.id, day)).id for day in (LAST, NEXT)]
    assert chairs == [cast.jurors[0].person_id, cast.jurors[1].person_id]


async def test_a_person_has_one_term_at_a_time_and_may_come_back(session: Session, cast: Cast) -> None:
    committee = await empty_committee(session, cast)
    await appoint(session, cast, committee, 0)
    with pytest.raises(AlreadyAppointed):
        await appoint(session, cast, committee, 0, since=LAST, until=None)
    await appoint(session, cast, committee, 0, since=NEXT, until=None)


async def test_a_term_ends_after_it_begins_and_only_gets_shorter(session: Session, cast: Cast) -> None:
    committee = await empty_committee(session, cast)
    with pytest.raises(TermReversed):
        await appoint(session, cast, committee, 0, since=LAST, until=FIRST)
    appointment = await appoint(session, cast, committee, 0)
    with pytest.raises(TermEnded) as refused:
        await usecases.end_appointment(session, cast.programme, appointment.id, EndIn(until=NEXT))
    assert refused.value.values == {"until": "2026-12-31"}
    with pytest.raises(TermReversed):
        await usecases.end_appointment(session, cast.programme, appointment.id, EndIn(until=date(2025, 12, 31)))
    ended = await usecases.end_appointment(session, cast.programme, appointment.id, EndIn(until=FIRST))
    assert ended.until == FIRST


async def test_the_database_itself_holds_one_open_chair_and_keeps_appointments(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    insert = (
        "INSERT INTO appointment (id, committee_id, person_id, position, origin, since) "
        "VALUES (gen_random_uuid(), :committee, :person, :position, '-', '2026-01-01')"
    )
    chair = {"committee": committee.id, "person": cast.auditor.person_id, "position": "chair"}
    assert "uq_appointment_chair" in await refused_by_database(session, insert, **chair)
    twice = {"committee": committee.id, "person": cast.jurors[0].person_id, "position": "member"}
    assert "uq_appointment_current" in await refused_by_database(session, insert, **twice)
    change = "UPDATE appointment SET person_id = :person WHERE committee_id = :committee"
    assert "permission denied" in await refused_by_database(
        session, change, committee=committee.id, person=cast.auditor.person_id
    )


async def test_only_the_programme_sets_up_committees(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    given = CommitteeIn(office_id=cast.office.id, name="Otro")
    term = AppointmentIn(person_id=cast.auditor.person_id, position=Position.MEMBER, origin="-", since=FIRST)
    rows = await usecases.appointed_on(session, committee.id, FIRST)
    for actor in (cast.secretary, cast.head, cast.system, cast.mayor):
        with pytest.raises(MissingRole):
            await usecases.create_committee(session, actor, given)
        with pytest.raises(MissingRole):
            await usecases.appoint_member(session, actor, committee.id, term)
        with pytest.raises(MissingRole):
            await usecases.end_appointment(session, actor, rows[0][0].id, EndIn(until=LAST))
    with pytest.raises(MissingRole):
        await usecases.list_appointments(session, cast.mayor, committee.id)


async def test_what_is_not_there_is_not_found(session: Session, cast: Cast) -> None:
    committee = await empty_committee(session, cast)
    with pytest.raises(NotFound):
        await usecases.create_committee(session, cast.programme, CommitteeIn(office_id=uuid4(), name="X"))
    term = AppointmentIn(person_id=uuid4(), position=Position.MEMBER, origin="-", since=FIRST)
    with pytest.raises(NotFound):
        await usecases.appoint_member(session, cast.programme, committee.id, term)
    with pytest.raises(NotFound):
        await usecases.end_appointment(session, cast.programme, uuid4(), EndIn(until=LAST))
