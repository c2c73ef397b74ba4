"""Seats and windows: who may judge, when, and what each refusal is called."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.contests.models import Contest
from service.core.actor import Actor, MissingRole
from service.core.db import Session
from service.core.errors import NotFound, Refusal
from service.people.shapes import EndIn
from service.people.usecases import end_appointment, list_appointments
from service.record.usecases import actors_of
from service.scoring import panel_rules, rules, usecases
from service.scoring.shapes import SeatIn
from tests.cast import Cast
from tests.make.contests import add_contest, make_call, make_contest
from tests.make.people import make_actor, make_committee
from tests.make.scoring import make_panel, open_stages


def seat_in(juror: Actor, name: str = "J1", *stages: str) -> SeatIn:
    """Seats in the public stage, unless told."""
    return SeatIn(person_id=juror.person_id, juror=name, stages=list(stages or ("public",)))


async def seat(session: Session, cast: Cast, contest: Contest, given: SeatIn) -> None:
    """Seat as the secretary."""
    await usecases.seat_juror(session, cast.secretary, contest.id, given)


async def test_a_seated_juror_has_one_name_in_all_stages(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    await seat(session, cast, contest, seat_in(cast.jurors[0], "J1", "field", "public", "field"))
    seats = await usecases.list_seats(session, cast.secretary, contest.id)
    assert [(each.juror, each.stage, each.person_id) for each in seats] == [
        ("J1", "field", cast.jurors[0].person_id),
        ("J1", "public", cast.jurors[0].person_id),
    ]
    assert await actors_of(session, f"contest:{contest.id}", "juror.seated") == {cast.secretary.person_id}


@pytest.mark.parametrize("who", ["promoter", "head", "auditor", "programme", "mayor"])
async def test_only_the_secretary_seats_jurors_and_opens_stages(session: Session, cast: Cast, who: str) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    actor: Actor = getattr(cast, who)
    with pytest.raises(MissingRole):
        await usecases.seat_juror(session, actor, contest.id, seat_in(cast.jurors[0]))
    await make_panel(session, cast, contest)
    with pytest.raises(MissingRole):
        await usecases.open_window(session, actor, contest.id, "field")
    with pytest.raises(MissingRole):
        await usecases.find_recusals(session, actor, contest.id)
    await open_stages(session, cast, contest)
    with pytest.raises(MissingRole):
        await usecases.close_window(session, actor, contest.id, "field")


async def test_seats_are_for_members_appointed_today(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast)
    with pytest.raises(panel_rules.NotAppointed) as refused:
        await seat(session, cast, contest, seat_in(await make_actor(session, cast)))
    assert refused.value.field == "person_id"
    appointments = await list_appointments(session, cast.secretary, committee.id)
    (appointment,) = (row for row, person in appointments if person.id == cast.jurors[0].person_id)
    await end_appointment(session, cast.programme, appointment.id, EndIn(until=date(2021, 1, 1)))
    with pytest.raises(panel_rules.NotAppointed):
        await seat(session, cast, contest, seat_in(cast.jurors[0]))


async def test_names_and_seats_are_given_once(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    await seat(session, cast, contest, seat_in(cast.jurors[0], "J1", "field"))
    with pytest.raises(panel_rules.NameTaken) as taken:
        await seat(session, cast, contest, seat_in(cast.jurors[1], "J1", "public"))
    assert taken.value.values == {"juror": "J1"}
    with pytest.raises(panel_rules.OtherShortName) as other:
        await seat(session, cast, contest, seat_in(cast.jurors[0], "J9", "public"))
    assert other.value.values == {"juror": "J1"}
    with pytest.raises(panel_rules.AlreadySeated) as seated:
        await seat(session, cast, contest, seat_in(cast.jurors[0], "J1", "public", "field"))
    assert seated.value.values == {"stage": "field"}
    await seat(session, cast, contest, seat_in(cast.jurors[0], "J1", "public"))


async def test_stages_are_those_of_the_rule_book(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    with pytest.raises(panel_rules.StageNotInBook) as refused:
        await seat(session, cast, contest, seat_in(cast.jurors[0], "J1", "dance"))
    assert (refused.value.field, refused.value.values) == ("stages", {"stage": "dance", "stages": "field, public"})
    with pytest.raises(panel_rules.StageNotInBook):
        await usecases.open_window(session, cast.secretary, contest.id, "dance")


async def test_a_stage_opens_with_a_panel_and_closes_once(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    act = (session, cast.secretary, contest.id, "field")
    with pytest.raises(panel_rules.NoSeats) as empty:
        await usecases.open_window(*act)
    assert empty.value.values == {"stage": "field"}
    await make_panel(session, cast, contest)
    refused: list[tuple[object, type[Refusal]]] = [
        (usecases.close_window, rules.WindowNotOpen),
        (usecases.reopen_window, rules.WindowNotOpen),
    ]
    for use_case, refusal in refused:
        with pytest.raises(refusal):
            await use_case(*act)  # type: ignore[operator]  # one of the use cases
    window = await usecases.open_window(*act)
    assert window.closed_at is None
    with pytest.raises(panel_rules.WindowOpen):
        await usecases.open_window(*act)
    with pytest.raises(panel_rules.WindowOpen):
        await usecases.reopen_window(*act)
    assert (await usecases.close_window(*act)).closed_at is not None
    with pytest.raises(rules.WindowClosed):
        await usecases.close_window(*act)
    with pytest.raises(rules.WindowClosed):
        await usecases.open_window(*act)
    with pytest.raises(rules.WindowClosed):
        await seat(session, cast, contest, seat_in(cast.jurors[4], "J5", "field"))
    assert (await usecases.reopen_window(*act)).closed_at is None
    states = await usecases.windows_of(session, [contest.id])
    assert states == {(contest.id, "field"): rules.Window.OPEN}


async def test_panels_belong_to_published_contests(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await add_contest(session, cast, await make_call(session, cast))
    with pytest.raises(panel_rules.ContestNotRunning):
        await seat(session, cast, contest, seat_in(cast.jurors[0]))
    with pytest.raises(panel_rules.ContestNotRunning):
        await usecases.book_of(session, contest.id)
    with pytest.raises(NotFound):
        await usecases.open_window(session, cast.secretary, cast.office.id, "field")


async def test_seats_are_seen_by_the_office_and_the_jurors(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    await make_panel(session, cast, contest)
    assert len(await usecases.list_seats(session, cast.jurors[0], contest.id)) == 5
    with pytest.raises(NotFound):
        await usecases.list_seats(session, cast.mayor, contest.id)
    with pytest.raises(NotFound):
        await usecases.list_seats(session, cast.secretary, cast.office.id)


async def test_the_database_gives_a_name_once_in_a_stage(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    await seat(session, cast, contest, seat_in(cast.jurors[0], "J1", "field"))
    values = {"contest": contest.id, "person": cast.jurors[1].person_id}
    with pytest.raises(DBAPIError, match="uq_seat_contest_id_stage_juror"):
        await session.execute(
            text("INSERT INTO seat (contest_id, stage, person_id, juror, at) VALUES (:contest, 'field', :person, 'J1', now())"),
            values,
        )
