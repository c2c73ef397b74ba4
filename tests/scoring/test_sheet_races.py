"""Two people at the same moment: what the second is told. Committed, in a database of its own."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from scripts.cluster import APP, Cluster
from service.applications.models import Application
from service.contests import usecases as contests
from service.contests.models import Contest
from service.contests.ready_books import template
from service.contests.rules import RulesLocked
from service.contests.shapes import RevisionIn
from service.core.db import Session, Sessions, make_engine, make_sessions, transaction
from service.scoring import paper_sheets, rules, usecases
from service.scoring.paper_rules import PaperLocked
from service.scoring.shapes import CorrectionIn, DraftIn, PaperTypingIn, RecusalIn, ScoresIn
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee
from tests.make.scoring import NO_CONFLICT, Panel, best_scores, make_panel, open_stages
from tests.races import Act, run_alone, second_of


@dataclass(frozen=True)
class Room:
    """An open contest with one application, whose jurors have all declared."""

    contest: Contest
    application: Application
    panel: Panel
    scores: ScoresIn

    def lock(self, juror: str) -> Act:
        """The juror locks the field sheet."""
        return lambda session: usecases.lock_scoresheet(session, self.panel[juror], self.application.id, "field", self.scores)


@pytest.fixture(scope="module")
async def apart(cluster: Cluster, peopled: str) -> AsyncIterator[Sessions]:
    """Sessions of a database in which these tests commit."""
    cluster.ensure_database("sheet_races", peopled)
    engine = make_engine(cluster.url(APP, "sheet_races"))
    yield make_sessions(engine)
    await engine.dispose()


@pytest.fixture
async def room(apart: Sessions, cast: Cast) -> Room:
    """A room of its own for each test, committed."""
    async with transaction(apart) as session:
        await make_committee(session, cast)
        contest = await make_contest(session, cast)
        application = await make_eligible(session, cast, contest)
        panel = await make_panel(session, cast, contest)
        await open_stages(session, cast, contest)
        for juror in panel.values():
            await usecases.declare_conflict(session, juror, application.id, NO_CONFLICT)
        stage = (await usecases.book_of(session, contest.id)).book.stages["field"]
        return Room(contest, application, panel, ScoresIn(scores=best_scores(stage)))


async def test_a_juror_who_locks_twice_at_once_has_one_sheet(apart: Sessions, room: Room) -> None:
    second = await second_of(apart, room.lock("J1"), room.lock("J1"))
    assert isinstance(second, rules.AlreadyLocked)


async def test_a_sheet_locked_at_the_moment_of_a_recusal_is_refused(apart: Sessions, cast: Cast, room: Room) -> None:
    given = RecusalIn(person_id=room.panel["J1"].person_id, reason="x")
    second = await second_of(
        apart, lambda one: usecases.recuse_juror(one, cast.secretary, room.application.id, given), room.lock("J1")
    )
    assert isinstance(second, rules.Recused)


async def test_a_recusal_at_the_moment_of_locking_is_refused(apart: Sessions, cast: Cast, room: Room) -> None:
    given = RecusalIn(person_id=room.panel["J1"].person_id, reason="x")
    second = await second_of(
        apart, room.lock("J1"), lambda two: usecases.recuse_juror(two, cast.secretary, room.application.id, given)
    )
    assert isinstance(second, rules.JurorHasSheet)


async def test_a_sheet_locked_at_the_moment_of_an_absence_is_refused(apart: Sessions, cast: Cast, room: Room) -> None:
    of = (room.application.id, "field", room.panel["J1"].person_id, "session:1")
    second = await second_of(apart, lambda one: usecases.record_absence(one, cast.secretary, *of), room.lock("J1"))
    assert isinstance(second, rules.RecordedAsAbsent)


async def test_an_absence_at_the_moment_of_locking_is_refused(apart: Sessions, cast: Cast, room: Room) -> None:
    of = (room.application.id, "field", room.panel["J1"].person_id, "session:1")
    second = await second_of(apart, room.lock("J1"), lambda two: usecases.record_absence(two, cast.secretary, *of))
    assert isinstance(second, rules.JurorHasSheet)


async def test_a_sheet_locked_at_the_moment_of_closing_is_refused(apart: Sessions, cast: Cast, room: Room) -> None:
    second = await second_of(
        apart, lambda one: usecases.close_window(one, cast.secretary, room.contest.id, "field"), room.lock("J1")
    )
    assert isinstance(second, rules.WindowClosed)


async def test_closing_waits_for_a_sheet_that_is_being_locked(apart: Sessions, cast: Cast, room: Room) -> None:
    async def close_and_count(two: Session) -> int:
        await usecases.close_window(two, cast.secretary, room.contest.id, "field")
        return len((await usecases.gather_bundle(two, room.contest.id)).bundle.sheets)

    assert await second_of(apart, room.lock("J1"), close_and_count) == len(room.scores.scores)


def revision() -> RevisionIn:
    """Other rules for the contest."""
    ready = template("pdn-first")
    return RevisionIn(book={**ready.book, "title": "Otro título"}, terms=ready.terms, reason="Acta 004-2026")


async def test_a_sheet_locked_at_the_moment_of_a_revision_is_refused(apart: Sessions, cast: Cast, room: Room) -> None:
    second = await second_of(
        apart, lambda one: contests.revise_rules(one, cast.programme, room.contest.id, revision()), room.lock("J1")
    )
    assert isinstance(second, rules.RulesChanged)


async def test_a_revision_at_the_moment_of_locking_is_refused(apart: Sessions, cast: Cast, room: Room) -> None:
    second = await second_of(
        apart, room.lock("J1"), lambda two: contests.revise_rules(two, cast.programme, room.contest.id, revision())
    )
    assert isinstance(second, RulesLocked)


async def test_a_sheet_is_superseded_once_at_a_moment(apart: Sessions, room: Room) -> None:
    def correct(session: Session) -> Any:
        given = CorrectionIn(scores=room.scores.scores, reason="x")
        return usecases.supersede_scoresheet(session, room.panel["J1"], room.application.id, "field", given)

    await run_alone(apart, room.lock("J1"))
    assert isinstance(await second_of(apart, correct, correct), rules.AlreadyLocked)


async def test_jurors_do_not_wait_for_each_other(apart: Sessions, room: Room) -> None:
    async with apart() as one:
        await room.lock("J1")(one)
        assert not isinstance(await asyncio.wait_for(run_alone(apart, room.lock("J2")), 5), Exception)
        await one.rollback()


async def test_of_two_devices_that_typed_on_the_same_draft_the_second_is_told(apart: Sessions, room: Room) -> None:
    def save(score: str) -> Act:
        given = DraftIn(scores={"leaders": score}, version=1)
        return lambda session: usecases.save_draft(session, room.panel["J1"], room.application.id, "field", given)

    first = DraftIn(scores={"leaders": "1"})
    await run_alone(apart, lambda one: usecases.save_draft(one, room.panel["J1"], room.application.id, "field", first))
    assert isinstance(await second_of(apart, save("2"), save("3")), rules.DraftIsOlder)


async def typed_once(apart: Sessions, cast: Cast, room: Room) -> PaperTypingIn:
    """J1's paper sheet, typed by the secretary; what the next one types."""
    async with transaction(apart) as session:
        juror = room.panel["J1"].person_id
        paper = await paper_sheets.print_sheet(session, cast.secretary, room.application.id, "field", juror)
        given = PaperTypingIn(code=paper.code, scores=room.scores.scores)
        await paper_sheets.type_paper(session, cast.secretary, given)
    return given


async def test_of_two_second_typings_at_one_moment_one_locks_the_sheet(apart: Sessions, cast: Cast, room: Room) -> None:
    given = await typed_once(apart, cast, room)
    second = await second_of(
        apart,
        lambda one: paper_sheets.type_paper(one, cast.promoter, given),
        lambda two: paper_sheets.type_paper(two, cast.administrator, given),
    )
    assert isinstance(second, PaperLocked)


async def test_a_juror_who_locks_while_the_paper_is_typed_has_one_sheet(apart: Sessions, cast: Cast, room: Room) -> None:
    given = await typed_once(apart, cast, room)
    second = await second_of(apart, lambda one: paper_sheets.type_paper(one, cast.promoter, given), room.lock("J1"))
    assert isinstance(second, rules.AlreadyLocked)


async def test_a_paper_typed_while_its_juror_locks_is_refused(apart: Sessions, cast: Cast, room: Room) -> None:
    given = await typed_once(apart, cast, room)
    second = await second_of(apart, room.lock("J1"), lambda two: paper_sheets.type_paper(two, cast.promoter, given))
    assert isinstance(second, rules.AlreadyLocked)


async def test_a_recusal_at_the_moment_of_typing_keeps_the_paper_out(apart: Sessions, cast: Cast, room: Room) -> None:
    given = await typed_once(apart, cast, room)
    recusal = RecusalIn(person_id=room.panel["J1"].person_id, reason="x")
    second = await second_of(
        apart,
        lambda one: usecases.recuse_juror(one, cast.secretary, room.application.id, recusal),
        lambda two: paper_sheets.type_paper(two, cast.promoter, given),
    )
    assert isinstance(second, rules.Recused)
