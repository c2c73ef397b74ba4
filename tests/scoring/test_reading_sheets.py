"""Who sees which sheets, and when."""

from dataclasses import replace

import pytest

from service.applications.models import Application
from service.contests.models import Contest
from service.contests.rules import Action
from service.contests.usecases import move_contest
from service.core.actor import Actor
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.scoring import rules, usecases
from service.scoring.panel_rules import SheetsBeforeResult, SheetsSealed
from service.scoring.rules import Window, Work
from service.scoring.shapes import DeclarationIn, DraftIn, ScoresIn
from tests.cast import Cast
from tests.make.applications import file_application, make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_actor, make_committee, make_office
from tests.make.scoring import NO_CONFLICT, Panel, best_scores, lock, make_panel, open_stages
from tests.traces import statements

Started = tuple[Contest, Application, Panel, dict[str, str]]


@pytest.fixture
async def started(session: Session, cast: Cast) -> Started:
    """An open contest with one application, its panel (J1, J2 in the field), and the best field sheet."""
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    application = await make_eligible(session, cast, contest, code="A1", title="Riego en Hercca", summary="Agua.")
    panel = await make_panel(session, cast, contest)
    await open_stages(session, cast, contest)
    stage = (await usecases.book_of(session, contest.id)).book.stages["field"]
    return contest, application, panel, best_scores(stage)


async def test_others_sheets_are_hidden_from_everybody_until_all_are_in(session: Session, cast: Cast, started: Started) -> None:
    contest, application, panel, scores = started
    await lock(session, panel["J1"], application, "field", scores)
    for reader in (cast.secretary, cast.head, cast.auditor, cast.programme, panel["J2"], panel["J1"]):
        with pytest.raises(rules.SheetsClosed):
            await usecases.list_sheets(session, reader, application.id, "field")
    for stage in ("field", "public"):
        await usecases.close_window(session, cast.secretary, contest.id, stage)
        for reader in (cast.secretary, cast.head, cast.auditor, cast.programme):
            with pytest.raises(SheetsSealed):
                await usecases.list_sheets(session, reader, application.id, "field")
    await usecases.reveal(session, cast.secretary, contest.id)
    for reader in (cast.secretary, cast.head, cast.auditor, cast.programme):
        (sheet,) = await usecases.list_sheets(session, reader, application.id, "field")
        assert (sheet.juror, sheet.name) == ("J1", "Julia Arapa Kana")
        assert {line.criterion: line.written for line in sheet.lines} == scores
    assert await usecases.list_sheets(session, cast.secretary, application.id, "public") == []
    await usecases.reopen_window(session, cast.secretary, contest.id, "field")
    with pytest.raises(rules.SheetsClosed):
        await usecases.list_sheets(session, cast.secretary, application.id, "field")


async def test_a_juror_reads_the_sheets_of_others_only_once_the_result_is_announced(
    session: Session, cast: Cast, started: Started
) -> None:
    contest, application, panel, scores = started
    await lock(session, panel["J1"], application, "field", scores)
    await usecases.close_window(session, cast.secretary, contest.id, "field")
    of_the_office = replace(panel["J2"], grants=cast.head.grants)
    for juror in (panel["J1"], panel["J2"], panel["J3"], of_the_office):
        with pytest.raises(SheetsBeforeResult):
            await usecases.list_sheets(session, juror, application.id, "field")
    await move_contest(session, contest.id, Action.ANNOUNCE)
    for juror in (panel["J1"], panel["J2"], panel["J3"], of_the_office):
        assert len(await usecases.list_sheets(session, juror, application.id, "field")) == 1


async def test_closed_sheets_are_not_for_other_roles_strangers_and_recused_jurors(
    session: Session, cast: Cast, started: Started
) -> None:
    contest, application, panel, scores = started
    await lock(session, panel["J1"], application, "field", scores)
    conflict = DeclarationIn(conflict=True, reason="x")
    await usecases.declare_conflict(session, panel["J2"], application.id, conflict)
    await usecases.close_window(session, cast.secretary, contest.id, "field")
    other_office = await make_office(session, cast)
    stranger = await make_actor(session, cast, Role.SECRETARY, office_id=other_office.id)
    for actor in (cast.promoter, cast.treasurer, cast.mayor, stranger):
        with pytest.raises(NotFound):
            await usecases.list_sheets(session, actor, application.id, "field")
    with pytest.raises(rules.Recused):
        await usecases.list_sheets(session, panel["J2"], application.id, "field")
    with pytest.raises(NotFound):
        await usecases.list_sheets(session, cast.secretary, contest.id, "field")


async def test_a_juror_sees_the_file_and_only_the_own_sheet(session: Session, started: Started) -> None:
    contest, application, panel, scores = started
    await lock(session, panel["J2"], application, "field", scores)
    await usecases.declare_conflict(session, panel["J1"], application.id, NO_CONFLICT)
    await usecases.save_draft(session, panel["J1"], application.id, "field", DraftIn(scores={"leaders": "1"}))
    view = await usecases.sheet_for(session, panel["J1"], application.id, "field")
    assert (view.code, view.title, view.summary, view.contest_id) == ("A1", "Riego en Hercca", "Agua.", contest.id)
    assert (view.draft, view.locked, view.window, view.work) == ({"leaders": "1"}, (), Window.OPEN, Work.SCORE)
    own = await usecases.sheet_for(session, panel["J2"], application.id, "field")
    assert [sheet.juror for sheet in own.locked] == ["J2"]


async def work_of(session: Session, juror: Actor) -> dict[tuple[str, str], Work]:
    """What a juror has to do, by application and stage."""
    return {(item.code, item.stage): item.work for item in await usecases.my_sheets(session, juror)}


async def test_a_jurors_list_says_what_is_left_to_do(session: Session, cast: Cast, started: Started) -> None:
    contest, first, panel, scores = started
    recused, absent, second = [await make_eligible(session, cast, contest, code=code) for code in ("B1", "C1", "D1")]
    await file_application(session, cast, contest, code="E1")
    await lock(session, panel["J1"], first, "field", scores)
    conflict = DeclarationIn(conflict=True, reason="x")
    await usecases.declare_conflict(session, panel["J1"], recused.id, conflict)
    await usecases.record_absence(session, cast.secretary, absent.id, "field", panel["J1"].person_id, "session:1")
    assert await work_of(session, panel["J1"]) == {
        ("A1", "field"): Work.LOCKED,
        ("B1", "field"): Work.RECUSED,
        ("C1", "field"): Work.ABSENT,
        ("D1", "field"): Work.DECLARE,
    }
    await usecases.declare_conflict(session, panel["J1"], second.id, NO_CONFLICT)
    await usecases.save_draft(session, panel["J1"], second.id, "field", DraftIn(scores={"leaders": "1"}))
    items = {item.code: (item.work, item.drafted) for item in await usecases.my_sheets(session, panel["J1"])}
    assert items["D1"] == (Work.SCORE, True)
    assert items["A1"] == (Work.LOCKED, False)
    await usecases.close_window(session, cast.secretary, contest.id, "field")
    assert (await work_of(session, panel["J1"]))["D1", "field"] == Work.MISSED
    assert await work_of(session, cast.secretary) == {}


async def test_a_stage_that_is_not_open_yet_waits(session: Session, cast: Cast, started: Started) -> None:
    contest = await make_contest(session, cast)
    application = await make_eligible(session, cast, contest, code="Z1")
    panel = await make_panel(session, cast, contest)
    assert (await work_of(session, panel["J1"]))["Z1", "field"] == Work.DECLARE
    await usecases.declare_conflict(session, panel["J1"], application.id, NO_CONFLICT)
    assert (await work_of(session, panel["J1"]))["Z1", "field"] == Work.WAIT


async def test_missing_sheets_are_those_of_jurors_who_count(session: Session, cast: Cast, started: Started) -> None:
    contest, application, panel, scores = started
    assert await usecases.missing_sheets(session, contest.id) == {
        (application.id, "field"): ["J1", "J2"],
        (application.id, "public"): ["J3", "J4", "J5"],
    }
    await lock(session, panel["J1"], application, "field", scores)
    conflict = DeclarationIn(conflict=True, reason="x")
    await usecases.declare_conflict(session, panel["J3"], application.id, conflict)
    await usecases.record_absence(session, cast.secretary, application.id, "public", panel["J4"].person_id, "session:1")
    assert await usecases.missing_sheets(session, contest.id, application.id) == {
        (application.id, "field"): ["J2"],
        (application.id, "public"): ["J5"],
    }


async def test_a_list_of_three_takes_the_queries_of_a_list_of_one(session: Session, cast: Cast, started: Started) -> None:
    contest, application, panel, scores = started
    await lock(session, panel["J1"], application, "field", scores)
    with statements(session) as one:
        await usecases.my_sheets(session, panel["J1"])
    await lock(session, panel["J2"], application, "field", scores)
    await make_eligible(session, cast, contest)
    await make_eligible(session, cast, contest)
    with statements(session) as three:
        assert len(await usecases.my_sheets(session, panel["J1"])) == 3
    assert three == one
    for stage in ("field", "public"):
        await usecases.close_window(session, cast.secretary, contest.id, stage)
    await usecases.reveal(session, cast.secretary, contest.id)
    with statements(session) as two_sheets:
        assert len(await usecases.list_sheets(session, cast.secretary, application.id, "field")) == 2
    assert len(two_sheets) == len(set(two_sheets))


async def test_locking_takes_two_statements(session: Session, started: Started) -> None:
    """One for all that decides, one for the sheet with its scores and its trace; the rule book is known by now."""
    _, application, panel, scores = started
    await usecases.declare_conflict(session, panel["J1"], application.id, NO_CONFLICT)
    with statements(session) as sent:
        await usecases.lock_scoresheet(session, panel["J1"], application.id, "field", ScoresIn(scores=scores))
    assert len(sent) == 2
