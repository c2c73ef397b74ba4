"""Convening, attendance, opening, handing out the field results, hearing."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from service.contests.models import Contest
from service.core import clock
from service.core.actor import Actor, MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.core.machine import WrongState
from service.deliberation import rules, usecases
from service.deliberation.models import Capacity, CommitteeSession, PresentationStatus, SessionStatus
from service.deliberation.shapes import AbsenceIn, ArrivalIn
from service.people.models import Committee
from service.scoring import panel_rules
from service.scoring import usecases as scoring
from service.scoring.rules import JurorHasSheet, Window
from service.territory.rules import UnknownUbigeo
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import add_contest, make_call, make_contest
from tests.make.deliberation import arrive, convene, make_open_session, session_in
from tests.make.people import make_actor, make_committee, make_office, make_person
from tests.make.scoring import lock, make_panel, open_stages, play_bundle, score_all
from tests.traces import acts_on


async def prepared(session: Session, cast: Cast) -> tuple[Committee, Contest]:
    """A committee and a contest with its panel, nothing opened."""
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast)
    await make_panel(session, cast, contest)
    return committee, contest


async def test_sessions_are_numbered_by_office_and_year_in_peru(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    contests = [await make_contest(session, cast) for _ in range(4)]
    new_year = datetime(2027, 1, 1, 4, 59, tzinfo=UTC)
    moments = [new_year - timedelta(days=60), new_year, new_year + timedelta(minutes=1), new_year + timedelta(days=1)]
    rows = [
        await convene(session, cast, committee, contest, convened_for=moment)
        for contest, moment in zip(contests, moments, strict=True)
    ]
    assert [(row.year, row.number) for row in rows] == [(2026, 1), (2026, 2), (2027, 1), (2027, 2)]
    assert await usecases.number_of(session, rows[3]) == "002-2027-SICUANI"
    assert await acts_on(session, f"session:{rows[0].id}") == [("session.convened", cast.secretary.person_id)]


async def test_only_the_secretary_of_the_office_convenes(session: Session, cast: Cast) -> None:
    committee, contest = await prepared(session, cast)
    other = await make_office(session, cast)
    stranger = await make_actor(session, cast, Role.SECRETARY, office_id=other.id)
    given = session_in(committee, await clock.now(session), contest)
    for actor in (cast.head, cast.promoter, cast.programme, cast.mayor, stranger):
        with pytest.raises(MissingRole):
            await usecases.convene_session(session, actor, given)


async def test_a_session_takes_published_contests_of_its_office_that_no_other_decides(session: Session, cast: Cast) -> None:
    committee, contest = await prepared(session, cast)
    draft = await add_contest(session, cast, await make_call(session, cast))
    with pytest.raises(panel_rules.ContestNotRunning):
        await convene(session, cast, committee, draft)
    with pytest.raises(NotFound):
        await convene(session, cast, committee, contest, contest_ids=[cast.office.id])
    with pytest.raises(UnknownUbigeo):
        await convene(session, cast, committee, contest, ubigeo="999999")
    await convene(session, cast, committee, contest, contest_ids=[contest.id, contest.id])
    with pytest.raises(rules.ContestTaken) as taken:
        await convene(session, cast, committee, contest)
    assert (taken.value.field, taken.value.values) == ("contest_ids", {"contest": contest.code})
    other = await make_office(session, cast)
    elsewhere = await make_call(session, cast, office_id=other.id)
    foreign = await add_contest(session, cast, elsewhere)
    with pytest.raises(rules.ContestOfOtherOffice):
        await convene(session, cast, committee, foreign)


async def test_people_come_and_leave_and_come_again(session: Session, cast: Cast) -> None:
    committee, contest = await prepared(session, cast)
    row = await convene(session, cast, committee, contest)
    guest = (await make_person(session, cast.secretary)).id
    await usecases.record_arrival(session, cast.secretary, row.id, ArrivalIn(person_id=guest, capacity=Capacity.GUEST))
    with pytest.raises(rules.AlreadyPresent):
        await usecases.record_arrival(session, cast.secretary, row.id, ArrivalIn(person_id=guest, capacity=Capacity.GUEST))
    await usecases.record_departure(session, cast.secretary, row.id, guest)
    with pytest.raises(rules.NotHere):
        await usecases.record_departure(session, cast.secretary, row.id, guest)
    await usecases.record_arrival(session, cast.secretary, row.id, ArrivalIn(person_id=guest, capacity=Capacity.MAYOR))
    attendance = await usecases.list_attendance(session, cast.secretary, row.id)
    assert sorted((each.capacity, each.left_at is None) for each, _ in attendance) == [("guest", False), ("mayor", True)]
    with pytest.raises(rules.NotAppointedAsThat):
        await arrive_as(session, cast, row, (await make_person(session, cast.secretary)).id, Capacity.MEMBER)
    with pytest.raises(rules.ComesAsMember) as refused:
        await arrive_as(session, cast, row, cast.mayor.person_id, Capacity.MAYOR)
    assert refused.value.values == {"capacity": "chair"}
    with pytest.raises(NotFound):
        await arrive_as(session, cast, row, cast.office.id, Capacity.GUEST)
    for use_case in (
        usecases.record_arrival(session, cast.mayor, row.id, ArrivalIn(person_id=guest, capacity=Capacity.GUEST)),
        usecases.record_departure(session, cast.mayor, row.id, guest),
    ):
        with pytest.raises(MissingRole):
            await use_case


async def arrive_as(session: Session, cast: Cast, row: CommitteeSession, person_id: UUID, capacity: Capacity) -> None:
    """Enter a person in a capacity."""
    given = ArrivalIn(person_id=person_id, capacity=capacity)
    await usecases.record_arrival(session, cast.secretary, row.id, given)


async def test_a_session_opens_with_quorum_and_opens_what_was_not_open(session: Session, cast: Cast) -> None:
    committee, contest = await prepared(session, cast)
    late, early = [await make_eligible(session, cast, contest, code=code) for code in ("B", "A")]
    await scoring.open_window(session, cast.secretary, contest.id, "field")
    row = await convene(session, cast, committee, contest)
    await arrive(session, cast, row, *cast.jurors[:2])
    with pytest.raises(rules.NoQuorum) as refused:
        await usecases.open_session(session, cast.secretary, row.id)
    assert refused.value.values == {"present": 3, "appointed": 6, "needed": 4}
    await arrive_as(session, cast, row, cast.jurors[2].person_id, Capacity.MEMBER)
    with pytest.raises(MissingRole):
        await usecases.open_session(session, cast.mayor, row.id)
    await usecases.open_session(session, cast.secretary, row.id)
    assert (row.status, row.opened_at) == (SessionStatus.OPEN, await clock.now(session))
    assert await scoring.windows_of(session, [contest.id]) == {
        (contest.id, "field"): Window.OPEN,
        (contest.id, "public"): Window.OPEN,
    }
    turns = await usecases.list_presentations(session, cast.secretary, row.id)
    assert [(turn.presentation.position, turn.code, turn.presentation.status) for turn in turns] == [
        (1, "A", PresentationStatus.WAITING),
        (2, "B", PresentationStatus.WAITING),
    ]
    assert {turn.presentation.application_id for turn in turns} == {late.id, early.id}
    with pytest.raises(WrongState):
        await usecases.open_session(session, cast.secretary, row.id)


async def test_without_the_chair_or_after_leaving_there_is_no_quorum(session: Session, cast: Cast) -> None:
    committee, contest = await prepared(session, cast)
    row = await convene(session, cast, committee, contest)
    await arrive(session, cast, row)
    await usecases.record_departure(session, cast.secretary, row.id, cast.mayor.person_id)
    count = await usecases.quorum_of(session, row.id)
    assert (count.appointed, count.present, count.chair_present, count.holds) == (6, 5, False, False)
    with pytest.raises(rules.NoQuorum):
        await usecases.open_session(session, cast.secretary, row.id)


async def test_a_stage_without_seats_keeps_the_session_shut(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast)
    row = await convene(session, cast, committee, contest)
    await arrive(session, cast, row)
    with pytest.raises(panel_rules.NoSeats):
        await usecases.open_session(session, cast.secretary, row.id)


async def test_presentations_follow_the_order_of_filing(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    turns = await usecases.list_presentations(session, cast.secretary, row.id)
    assert [turn.code for turn in turns] == ["A", "B", "C", "D", "E"]


async def test_field_results_wait_for_every_field_sheet_but_those_of_knocked_out_groups(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    missing = [("A", "field", "J2"), ("D", "field", "J1")]
    played = await play_bundle(session, cast, "plans", skip=missing)
    row = await make_open_session(session, cast, committee, played.contest)
    with pytest.raises(rules.FieldSheetsMissing) as refused:
        await usecases.hand_out_field_results(session, cast.secretary, row.id)
    code = played.contest.code
    assert refused.value.values == {"missing": f"{code} A: missing_sheet:field:J2; {code} D: missing_sheet:field:J1"}
    absence = AbsenceIn(application_id=played.applications["A"].id, stage="field", person_id=played.panel["J2"].person_id)
    await usecases.record_absence(session, cast.secretary, row.id, absence)
    sheet = {row[3]: row[4] for row in played.bundle.sheets if row[:3] == ("D", "field", "J1")}
    await lock(session, played.panel["J1"], played.applications["D"], "field", sheet)
    with pytest.raises(rules.FieldSheetsMissing) as quorum:
        await usecases.hand_out_field_results(session, cast.secretary, row.id)
    assert quorum.value.values == {"missing": f"{code} A: no_quorum:field"}


async def test_handing_out_closes_the_field_and_lists_who_became_eligible_meanwhile(session: Session, cast: Cast) -> None:
    committee, contest = await prepared(session, cast)
    application = await make_eligible(session, cast, contest)
    row = await make_open_session(session, cast, committee, contest)
    late = await make_eligible(session, cast, contest)
    await score_all(session, cast, contest, application, late)
    with pytest.raises(rules.NotPresenting):
        await usecases.call_presentation(session, cast.secretary, application.id)
    with pytest.raises(MissingRole):
        await usecases.hand_out_field_results(session, cast.mayor, row.id)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    assert row.status == SessionStatus.PRESENTING
    assert await scoring.windows_of(session, [contest.id]) == {
        (contest.id, "field"): Window.CLOSED,
        (contest.id, "public"): Window.OPEN,
    }
    turns = await usecases.list_presentations(session, cast.secretary, row.id)
    assert [turn.presentation.application_id for turn in turns] == [application.id, late.id]


async def test_a_turn_ends_when_every_juror_present_has_scored(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans", skip=[("A", "public", "J3"), ("A", "public", "J5")])
    row = await make_open_session(session, cast, committee, played.contest)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    act = (session, cast.secretary, played.applications["A"].id)
    for too_early in (usecases.hear_defence, usecases.close_presentation):
        with pytest.raises(WrongState):
            await too_early(*act)
    with pytest.raises(MissingRole):
        await usecases.call_presentation(session, cast.mayor, played.applications["A"].id)
    assert (await usecases.call_presentation(*act)).status == PresentationStatus.CALLED
    assert (await usecases.hear_defence(*act)).status == PresentationStatus.DEFENDED
    with pytest.raises(rules.SheetsMissing) as refused:
        await usecases.close_presentation(*act)
    assert refused.value.values == {"jurors": "J3, J5"}
    absence = AbsenceIn(application_id=act[2], stage="public", person_id=played.panel["J5"].person_id)
    await usecases.record_absence(session, cast.secretary, row.id, absence)
    sheet = {each[3]: each[4] for each in played.bundle.sheets if each[:3] == ("A", "public", "J3")}
    await lock(session, played.panel["J3"], played.applications["A"], "public", sheet)
    assert (await usecases.close_presentation(*act)).status == PresentationStatus.SCORED
    with pytest.raises(NotFound):
        await usecases.call_presentation(session, cast.secretary, row.id)


async def test_a_turn_called_by_mistake_is_taken_back_until_its_sheets_are_locked(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    act = (session, cast.secretary, played.applications["A"].id)
    with pytest.raises(WrongState):
        await usecases.take_turn_back(*act)
    await usecases.call_presentation(*act)
    with pytest.raises(MissingRole):
        await usecases.take_turn_back(session, cast.mayor, played.applications["A"].id)
    assert (await usecases.take_turn_back(*act)).status == PresentationStatus.WAITING
    await usecases.call_presentation(*act)
    await usecases.hear_defence(*act)
    assert (await usecases.take_turn_back(*act)).status == PresentationStatus.CALLED
    await usecases.hear_defence(*act)
    await usecases.close_presentation(*act)
    with pytest.raises(WrongState):
        await usecases.take_turn_back(*act)
    done = [each for each, _ in await acts_on(session, f"application:{act[2]}") if each.startswith("presentation.")]
    assert [each.removeprefix("presentation.") for each in done] == [
        *("called", "taken_back", "called", "defended", "taken_back", "defended", "scored")
    ]


async def test_a_knocked_out_group_may_present_without_being_scored(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    act = (session, cast.secretary, played.applications["E"].id)
    await usecases.call_presentation(*act)
    await usecases.hear_defence(*act)
    assert (await usecases.close_presentation(*act)).status == PresentationStatus.SCORED


async def test_absences_are_recorded_by_the_secretary_or_the_chair_present_while_hearing(session: Session, cast: Cast) -> None:
    committee, contest = await prepared(session, cast)
    first, second = await make_eligible(session, cast, contest), await make_eligible(session, cast, contest)
    await open_stages(session, cast, contest)

    def absence(juror: Actor, application_id: UUID = first.id) -> AbsenceIn:
        return AbsenceIn(application_id=application_id, stage="public", person_id=juror.person_id)

    row = await convene(session, cast, committee, contest)
    with pytest.raises(rules.NotHearing):
        await usecases.record_absence(session, cast.secretary, row.id, absence(cast.jurors[2]))
    with pytest.raises(rules.ChairOnly):
        await usecases.record_absence(session, cast.mayor, row.id, absence(cast.jurors[2]))
    await arrive(session, cast, row)
    await usecases.open_session(session, cast.secretary, row.id)
    recorded = await usecases.record_absence(session, cast.mayor, row.id, absence(cast.jurors[2]))
    assert (recorded.session_key, recorded.recorded_by) == (f"session:{row.id}", cast.mayor.person_id)
    for actor in (cast.jurors[0], cast.head, cast.promoter):
        with pytest.raises(rules.ChairOnly):
            await usecases.record_absence(session, actor, row.id, absence(cast.jurors[3]))
    elsewhere = await make_eligible(session, cast, await make_contest(session, cast))
    with pytest.raises(rules.NotInSession):
        await usecases.record_absence(session, cast.secretary, row.id, absence(cast.jurors[3], elsewhere.id))
    stage = (await scoring.book_of(session, contest.id)).book.stages["public"]
    scores = dict.fromkeys(stage.criteria, "10")
    await lock(session, cast.jurors[3], second, "public", scores)
    with pytest.raises(JurorHasSheet):
        await usecases.record_absence(session, cast.secretary, row.id, absence(cast.jurors[3], second.id))
