"""The analysis of a tallied contest: of exactly what was judged, for those who may see the tally and at no other time."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from service.applications.attribute_rules import ResultStands
from service.applications.attributes import record_attribute
from service.applications.shapes import AttributeIn
from service.core import clock
from service.core.actor import Actor, Grant
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from service.deliberation import rules, usecases
from service.deliberation.analysis_rules import NotTallied
from service.scoring.checks import check
from service.scoring.sensitivity import under_other_methods
from tests.cast import Cast
from tests.make.contests import make_contest
from tests.make.deliberation import announce, make_announced, make_open_session, tally_all
from tests.make.people import make_actor, make_committee
from tests.make.scoring import make_panel, play_bundle
from tests.traces import statements


async def test_the_analysis_is_of_what_was_judged(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    found = await usecases.analyse_contest(session, cast.secretary, played.contest.id)
    assert (found.session_id, found.announced) == (row.id, False)
    assert list(found.applicants) == ["D", "A", "B", "C", "E"]
    analysis = found.analysis
    assert analysis.methods == under_other_methods(check(played.bundle))
    assert list(analysis.jurors) == ["J1", "J2", "J3", "J4", "J5"]
    assert [(each.stage, sorted(each.panels)) for each in analysis.agreements] == [
        ("field", ["A", "B", "C", "D"]),
        ("public", ["A", "B", "C", "D"]),
    ]
    assert analysis.shared is None


async def test_the_analysis_can_still_be_read_when_the_result_is_announced(session: Session, cast: Cast) -> None:
    played, _, _ = await make_announced(session, cast)
    before = await usecases.analyse_contest(session, cast.auditor, played.contest.id)
    await clock.set_time(session, await clock.now(session) + timedelta(days=1))
    recount = AttributeIn(name="families_present_share", value="0.6", source="Acta corregida")
    with pytest.raises(ResultStands):
        await record_attribute(session, cast.secretary, played.applications["E"].id, recount)
    found = await usecases.analyse_contest(session, cast.auditor, played.contest.id)
    assert found.announced
    assert found.analysis == before.analysis


async def test_something_recorded_after_the_tally_must_be_tallied_first(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    recount = AttributeIn(name="families_present_share", value="0.6", source="Acta corregida")
    await record_attribute(session, cast.secretary, played.applications["E"].id, recount)
    with pytest.raises(rules.InputsChanged):
        await usecases.analyse_contest(session, cast.secretary, played.contest.id)
    await usecases.reopen(session, cast.secretary, row.id)
    with pytest.raises(NotTallied):
        await usecases.analyse_contest(session, cast.secretary, played.contest.id)


async def test_before_the_tally_nobody_reads_an_analysis(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    alone = await make_contest(session, cast)
    await make_panel(session, cast, alone)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    for contest in (alone, played.contest):
        with pytest.raises(NotTallied):
            await usecases.analyse_contest(session, cast.secretary, contest.id)
    with pytest.raises(NotTallied):
        await usecases.analyse_contest(session, cast.mayor, played.contest.id)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    with pytest.raises(NotTallied):
        await usecases.analyse_contest(session, cast.head, played.contest.id)


async def test_jurors_strangers_and_other_offices_find_no_analysis_at_any_time(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    elsewhere = Actor(new_id(), "Somebody", frozenset({Grant(Role.SECRETARY, new_id())}))
    hidden = [*cast.jurors, elsewhere, await make_actor(session, cast)]

    async def refuse_all() -> None:
        for actor in hidden:
            with pytest.raises(NotFound):
                await usecases.analyse_contest(session, actor, played.contest.id)

    await refuse_all()
    await tally_all(session, cast, row)
    await refuse_all()
    await usecases.analyse_contest(session, cast.secretary, played.contest.id)
    with pytest.raises(NotFound):
        await usecases.analyse_contest(session, cast.secretary, new_id())


async def test_the_chair_reads_it_while_present_and_unless_a_juror_of_the_contest(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    found = await usecases.analyse_contest(session, cast.mayor, played.contest.id)
    assert found.run.contest_id == played.contest.id
    await usecases.record_departure(session, cast.secretary, row.id, cast.mayor.person_id)
    with pytest.raises(NotFound):
        await usecases.analyse_contest(session, cast.mayor, played.contest.id)


async def test_a_juror_with_an_office_role_sees_neither_tally_nor_analysis_before_the_announcement(
    session: Session, cast: Cast
) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    juror = replace(played.panel["J1"], grants=cast.secretary.grants)
    with pytest.raises(NotFound):
        await usecases.analyse_contest(session, juror, played.contest.id)
    with pytest.raises(NotFound):
        await usecases.get_ranking(session, juror, played.contest.id)
    assert (await usecases.view_session(session, juror, row.id)).rankings == {}
    assert list((await usecases.view_session(session, cast.secretary, row.id)).rankings) == [played.contest.id]
    await announce(session, cast, row)
    assert (await usecases.analyse_contest(session, juror, played.contest.id)).announced
    assert (await usecases.get_ranking(session, juror, played.contest.id)).announced
    assert list((await usecases.view_session(session, juror, row.id)).rankings) == [played.contest.id]


async def test_the_chair_who_has_a_seat_finds_no_analysis(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast)
    seats = {"J1": ["field"], "J2": ["public"]}
    await make_panel(session, cast, contest, seats, cast.mayor, cast.jurors[0])
    row = await make_open_session(session, cast, committee, contest)
    await tally_all(session, cast, row)
    with pytest.raises(NotFound):
        await usecases.analyse_contest(session, cast.mayor, contest.id)
    empty = await usecases.analyse_contest(session, cast.secretary, contest.id)
    assert [each.alpha for each in empty.analysis.agreements] == [None, None]


async def test_an_analysis_reads_with_as_many_queries_whatever_was_scored(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    quiet = await make_contest(session, cast)
    await make_panel(session, cast, quiet)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, quiet, played.contest)
    await tally_all(session, cast, row)
    with statements(session) as few:
        await usecases.analyse_contest(session, cast.secretary, quiet.id)
    with statements(session) as many:
        await usecases.analyse_contest(session, cast.secretary, played.contest.id)
    assert len(many) <= len(few) <= 16


async def test_a_smallest_change_is_named_with_its_juror(session: Session, cast: Cast) -> None:
    played, _, _ = await make_announced(session, cast)
    changes = (await usecases.analyse_contest(session, cast.secretary, played.contest.id)).analysis.changes
    assert changes
    assert {abs(each.change) for each in changes} == {abs(changes[0].change)}
    assert isinstance(changes[0].change, Fraction)
