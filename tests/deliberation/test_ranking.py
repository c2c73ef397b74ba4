"""Tallying, reopening and announcing."""

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from service.applications.attributes import record_attribute
from service.applications.shapes import AttributeIn
from service.contests.refusals import ScoreOutOfRange
from service.core.actor import MissingRole
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.core.machine import WrongState
from service.deliberation import rules, usecases
from service.deliberation.models import CommitteeSession, RankedApplication, RankingRun, SessionStatus
from service.deliberation.shapes import AbsenceIn
from service.scoring import usecases as scoring
from service.scoring.judge import judge
from service.scoring.rules import Window
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import announce, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import Played, lock, make_panel, play_bundle
from tests.traces import acts_on, payload_of, refused_by_database

MISSING = ("A", "public", "J5")


async def pending(session: Session, cast: Cast) -> tuple[Played, CommitteeSession]:
    """The plans without one sheet, tallied."""
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans", skip=[MISSING])
    row = await make_open_session(session, cast, committee, played.contest)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    await usecases.tally(session, cast.secretary, row.id)
    return played, row


async def lock_missing(session: Session, played: Played) -> None:
    """Lock the sheet that was left out."""
    sheet = {each[3]: each[4] for each in played.bundle.sheets if each[:3] == MISSING}
    await lock(session, played.panel["J5"], played.applications["A"], "public", sheet)


async def test_a_run_keeps_what_went_in_by_hash_and_all_that_came_out(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    run = await usecases.latest_run(session, played.contest.id)
    assert run is not None
    bundle = (await scoring.gather_bundle(session, played.contest.id)).bundle
    assert run.inputs_sha256 == scoring.inputs_sha256(bundle)
    assert run.rules_sha256 == sha256_hex(played.bundle.rules)
    assert run.result == judge(bundle).as_json()
    assert (run.session_id, run.ran_by, run.provisional) == (row.id, cast.secretary.person_id, False)
    lines = await usecases.ranked_in(session, run.id)
    codes = {application.id: code for code, application in played.applications.items()}
    again = [
        {
            "application": codes[line.application_id],
            "status": line.status,
            "stages": line.stages,
            "total": line.total,
            "total_shown": line.total_shown,
            "rank": line.rank,
            "award": None if line.award is None else str(line.award),
            "reasons": line.reasons,
        }
        for line in lines
    ]
    assert again == run.result["results"]
    assert await payload_of(session, "contest.judged", f"contest:{played.contest.id}") == {
        "run_id": str(run.id),
        "inputs_sha256": run.inputs_sha256,
        "rules_sha256": run.rules_sha256,
        "provisional": False,
    }


async def test_tallying_closes_every_stage(session: Session, cast: Cast) -> None:
    played, _ = await pending(session, cast)
    windows = await scoring.windows_of(session, [played.contest.id])
    assert windows == {(played.contest.id, "field"): Window.CLOSED, (played.contest.id, "public"): Window.CLOSED}


async def test_a_pending_result_is_reopened_completed_and_announced(session: Session, cast: Cast) -> None:
    played, row = await pending(session, cast)
    with pytest.raises(rules.StillPending):
        await usecases.announce(session, cast.secretary, row.id)
    await usecases.reopen(session, cast.secretary, row.id)
    windows = await scoring.windows_of(session, [played.contest.id])
    assert windows == {(played.contest.id, "field"): Window.CLOSED, (played.contest.id, "public"): Window.OPEN}
    await lock_missing(session, played)
    (run,) = await usecases.tally(session, cast.secretary, row.id)
    assert not run.provisional
    await announce(session, cast, row)
    announced = await usecases.announced_run(session, played.contest.id)
    assert announced is not None
    assert announced.id == run.id
    assert await session.scalar(select(func.count()).select_from(RankingRun)) == 2
    acts = [act for act, _ in await acts_on(session, f"session:{row.id}") if act.startswith(("session", "results"))]
    assert acts == [
        "session.convened",
        "session.opened",
        "session.tallied",
        "session.reopened",
        "session.tallied",
        "results.announced",
    ]


async def test_an_absence_completes_a_pending_result_too(session: Session, cast: Cast) -> None:
    played, row = await pending(session, cast)
    absence = AbsenceIn(application_id=played.applications["A"].id, stage="public", person_id=played.panel["J5"].person_id)
    with pytest.raises(rules.NotHearing):
        await usecases.record_absence(session, cast.secretary, row.id, absence)
    await usecases.reopen(session, cast.secretary, row.id)
    await usecases.record_absence(session, cast.secretary, row.id, absence)
    (run,) = await usecases.tally(session, cast.secretary, row.id)
    shown = {line["application"]: line["total_shown"] for line in run.result["results"]}
    assert shown["A"] == "84.00"


async def test_every_pending_contest_holds_the_announcement_back(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    complete = await play_bundle(session, cast, "idl")
    played = await play_bundle(session, cast, "plans", skip=[MISSING])
    row = await make_open_session(session, cast, committee, complete.contest, played.contest)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    runs = await usecases.tally(session, cast.secretary, row.id)
    assert sorted(run.provisional for run in runs) == [False, True]
    with pytest.raises(rules.StillPending) as refused:
        await usecases.announce(session, cast.secretary, row.id)
    assert refused.value.values == {"reasons": (f"{played.contest.code}:A:missing_sheet:public:J5",)}
    assert await usecases.announced_run(session, complete.contest.id) is None


async def test_a_complete_result_is_not_reopened(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    with pytest.raises(rules.NothingPending):
        await usecases.reopen(session, cast.secretary, row.id)


async def test_a_result_whose_inputs_changed_is_tallied_again(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    recount = AttributeIn(name="families_present_share", value="0.6", source="Acta corregida")
    await record_attribute(session, cast.secretary, played.applications["E"].id, recount)
    with pytest.raises(rules.InputsChanged) as refused:
        await usecases.announce(session, cast.secretary, row.id)
    assert refused.value.values == {"contest": played.contest.code}
    await usecases.reopen(session, cast.secretary, row.id)
    (run,) = await usecases.tally(session, cast.secretary, row.id)
    assert {line["application"]: line["status"] for line in run.result["results"]}["E"] == "pending"


async def test_what_the_judge_refuses_is_not_tallied(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    book = {
        "format": "raymi-rules/1",
        "title": "Bandas",
        "currency": "PEN",
        "stages": [
            {
                "code": "single",
                "criteria": [
                    {
                        "code": "families",
                        "kind": "bands",
                        "attribute": "families_present_share",
                        "bands": [
                            {"from": "0", "to": "1/2", "min": "0", "max": "2"},
                            {"from": "1/2", "to": "1", "min": "3", "max": "5"},
                        ],
                    }
                ],
            }
        ],
        "decision": {"mode": "pass_mark", "mark": "3"},
    }
    contest = await make_contest(session, cast, book=book)
    application = await make_eligible(session, cast, contest)
    panel = await make_panel(session, cast, contest)
    row = await make_open_session(session, cast, committee, contest)
    for juror in panel.values():
        await lock(session, juror, application, "single", {"families": "5"})
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    recount = AttributeIn(name="families_present_share", value="0.4", source="Acta corregida")
    await record_attribute(session, cast.secretary, application.id, recount)
    with pytest.raises(ScoreOutOfRange):
        async with session.begin_nested():
            await usecases.tally(session, cast.secretary, row.id)
    await session.refresh(row)
    assert row.status == SessionStatus.PRESENTING
    assert await scoring.windows_of(session, [contest.id]) == {(contest.id, "single"): Window.OPEN}


async def test_a_session_without_applications_has_an_empty_result(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast)
    await make_panel(session, cast, contest)
    row = await make_open_session(session, cast, committee, contest)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    run = await usecases.announced_run(session, contest.id)
    assert run is not None
    assert run.result["results"] == []


async def test_the_acts_of_a_session_are_the_secretarys_and_in_order(session: Session, cast: Cast) -> None:
    _, row = await pending(session, cast)
    for act in (usecases.reopen, usecases.announce):
        with pytest.raises(MissingRole):
            await act(session, cast.mayor, row.id)
    for wrong in (usecases.tally, usecases.hand_out_field_results, usecases.close_minutes, usecases.publish_minutes):
        with pytest.raises(WrongState):
            await wrong(session, cast.secretary, row.id)
    await usecases.reopen(session, cast.secretary, row.id)
    with pytest.raises(MissingRole):
        await usecases.tally(session, cast.head, row.id)


async def test_a_tally_needs_the_quorum(session: Session, cast: Cast) -> None:
    _, row = await pending(session, cast)
    await usecases.reopen(session, cast.secretary, row.id)
    await usecases.record_departure(session, cast.secretary, row.id, cast.mayor.person_id)
    with pytest.raises(rules.NoQuorum):
        await usecases.tally(session, cast.secretary, row.id)


@pytest.mark.parametrize("table", ["ranking_run", "ranked_application", "session_contest"])
async def test_runs_are_neither_changed_nor_deleted(session: Session, cast: Cast, table: str) -> None:
    await pending(session, cast)
    assert "permission denied" in await refused_by_database(session, f"DELETE FROM {table}")
    column = "session_id" if table != "ranked_application" else "status"
    assert "permission denied" in await refused_by_database(session, f"UPDATE {table} SET {column} = {column}")


async def test_a_contest_is_decided_by_one_session(session: Session, cast: Cast) -> None:
    played, row = await pending(session, cast)
    said = await refused_by_database(
        session,
        "INSERT INTO session_contest (contest_id, session_id) VALUES (:contest, :row)",
        contest=played.contest.id,
        row=row.id,
    )
    assert "pk_session_contest" in said
    lines = await session.scalars(select(RankedApplication).order_by(col(RankedApplication.position)))
    assert [line.position for line in lines] == [1, 2, 3, 4, 5]
