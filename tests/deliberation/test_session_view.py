"""What a session's page reads: the same number of queries whatever is heard, and a tally that only the office sees."""

import pytest

from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import usecases
from service.funding.usecases import assign_fund
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import announce, convene, make_open_session, tally_all
from tests.make.funding import make_fund
from tests.make.people import make_actor, make_committee
from tests.make.scoring import make_panel, play_bundle
from tests.traces import statements

MOST = 10


async def test_five_presentations_take_the_queries_of_none(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    quiet = await convene(session, cast, committee, await make_contest(session, cast))
    played = await play_bundle(session, cast, "plans")
    busy = await make_open_session(session, cast, committee, played.contest)
    with statements(session) as few:
        assert (await usecases.view_session(session, cast.secretary, quiet.id)).presentations == []
    with statements(session) as many:
        view = await usecases.view_session(session, cast.secretary, busy.id)
    assert [each.code for each in view.presentations] == ["A", "B", "C", "D", "E"]
    assert len(many) == len(few) < MOST


async def test_the_tally_is_for_the_office_until_it_is_announced(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    fund = await make_fund(session, cast)
    await assign_fund(session, cast.programme, played.contest.id, fund.id)
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    with statements(session) as sent:
        tallied = (await usecases.view_session(session, cast.secretary, row.id)).rankings[played.contest.id]
    assert len(sent) <= MOST
    assert [line.code for line in tallied.lines] == ["D", "A", "B", "C", "E"]
    assert not tallied.announced
    assert (await usecases.view_session(session, cast.jurors[0], row.id)).rankings == {}
    for hidden in (None, await make_actor(session, cast)):
        with pytest.raises(NotFound):
            await usecases.view_session(session, hidden, row.id)
    await announce(session, cast, row)
    announced = (await usecases.view_session(session, cast.jurors[0], row.id)).rankings[played.contest.id]
    assert announced.announced


async def test_signing_empties_the_list_of_those_still_to_sign(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    fund = await make_fund(session, cast)
    await assign_fund(session, cast.programme, played.contest.id, fund.id)
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    open_view = await usecases.view_session(session, cast.secretary, row.id)
    assert (open_view.quorum.present, open_view.quorum.appointed, open_view.unsigned) == (6, 6, [])
    await usecases.close_minutes(session, cast.secretary, row.id)
    await usecases.sign_minutes(session, cast.mayor, row.id)
    with statements(session) as sent:
        view = await usecases.view_session(session, cast.jurors[0], row.id)
    assert len(sent) <= MOST
    assert [each.person_id for each in view.signatures] == [cast.mayor.person_id]
    assert {person.id for person in view.unsigned} == {juror.person_id for juror in cast.jurors}


async def test_a_contest_can_be_decided_until_a_session_is_convened_for_it(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    contest, later = await make_contest(session, cast), await make_contest(session, cast)
    listed = await usecases.list_contests_to_decide(session, cast.secretary, cast.office.id)
    assert {contest.id, later.id} <= {row.id for row in listed}
    await convene(session, cast, committee, contest)
    left = {row.id for row in await usecases.list_contests_to_decide(session, cast.secretary, cast.office.id)}
    assert later.id in left
    assert contest.id not in left


async def test_an_application_that_comes_too_late_to_be_scored_has_no_turn_and_keeps_the_tally_sealed(
    session: Session, cast: Cast
) -> None:
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast)
    await make_panel(session, cast, contest)
    row = await make_open_session(session, cast, committee, contest)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    await make_eligible(session, cast, contest, code="LATE")
    (run,) = await usecases.tally(session, cast.secretary, row.id)
    view = await usecases.view_session(session, cast.secretary, row.id)
    assert [line["application"] for line in run.result["results"]] == ["LATE"]
    assert (view.presentations, view.rankings) == ([], {})
