"""Drafting, locking, correcting sheets and recording absences, with every refusal."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from service.applications.attributes import record_attribute
from service.applications.models import Application
from service.applications.shapes import AttributeIn
from service.applications.usecases import withdraw_application
from service.contests import refusals
from service.contests.book import Stage
from service.contests.models import Contest, RuleBookCriterion
from service.core.db import Session
from service.core.errors import NotFound, Refusal
from service.record.usecases import actors_of
from service.scoring import panel_rules, rules, usecases
from service.scoring.models import Score, ScoreDraft, ScoreSheet
from service.scoring.shapes import CorrectionIn, DeclarationIn, ScoresIn
from tests.cast import Cast
from tests.make.applications import file_application, make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee
from tests.make.scoring import NO_CONFLICT, Panel, best_scores, lock, make_panel, open_stages

BOOK: dict[str, Any] = {
    "format": "raymi-rules/1",
    "title": "Every kind of criterion",
    "currency": "PEN",
    "stages": [
        {
            "code": "single",
            "criteria": [
                {"code": "plan", "kind": "points", "min": "0", "max": "10", "step": "1/3", "na": True},
                {"code": "legal", "kind": "levels", "levels": {"done": "8", "under way": "5"}},
                {
                    "code": "families",
                    "kind": "bands",
                    "attribute": "families_present_share",
                    "bands": [
                        {"from": "0", "to": "1/2", "min": "0", "max": "2"},
                        {"from": "1/2", "to": "1", "min": "2", "max": "5"},
                    ],
                },
            ],
        }
    ],
    "decision": {"mode": "pass_mark", "mark": "10"},
}
SCORES = {"plan": "22/3", "legal": "done", "families": "4"}


@dataclass(frozen=True)
class Field:
    """A contest with one stage of every kind of criterion, open; one application; J1 declared, J2 not."""

    contest: Contest
    application: Application
    panel: Panel
    stage: Stage


@pytest.fixture
async def field(session: Session, cast: Cast) -> Field:
    """The contest that the tests score in; nine of ten families were present."""
    await make_committee(session, cast)
    contest = await make_contest(session, cast, "pdn-first", book=BOOK)
    application = await make_eligible(session, cast, contest)
    panel = await make_panel(session, cast, contest)
    await open_stages(session, cast, contest)
    await usecases.declare_conflict(session, panel["J1"], application.id, NO_CONFLICT)
    stage = (await usecases.book_of(session, contest.id)).book.stages["single"]
    return Field(contest, application, panel, stage)


async def lock_as(session: Session, field: Field, juror: str = "J1", **changes: str) -> ScoreSheet:
    """Lock with some scores changed."""
    given = ScoresIn(scores={**SCORES, **changes})
    return await usecases.lock_scoresheet(session, field.panel[juror], field.application.id, "single", given)


async def scores_of(session: Session, sheet: ScoreSheet) -> dict[str, tuple[str, Decimal | None]]:
    """Written and points by criterion, as the database holds them."""
    statement = select(col(RuleBookCriterion.code), col(Score.written), col(Score.points)).join(
        Score, col(Score.criterion_id) == col(RuleBookCriterion.id)
    )
    rows = await session.execute(statement.where(col(Score.sheet_id) == sheet.id))
    return {row[0]: (row[1], row[2]) for row in rows}


async def test_a_locked_sheet_holds_what_was_written_and_its_points(session: Session, field: Field) -> None:
    sheet = await lock_as(session, field, plan="na", legal="under way")
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert await scores_of(session, sheet) == {
        "plan": ("na", None),
        "legal": ("under way", Decimal(5)),
        "families": ("4", Decimal(4)),
    }
    stored = await session.get_one(ScoreSheet, sheet.id)
    assert (stored.locked_at, stored.person_id, stored.reason) == (sheet.locked_at, field.panel["J1"].person_id, None)
    assert await actors_of(session, f"scoresheet:{sheet.id}", "scoresheet.locked") == {field.panel["J1"].person_id}


async def test_a_fraction_without_end_is_kept_as_written(session: Session, field: Field) -> None:
    sheet = await lock_as(session, field)
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert (await scores_of(session, sheet))["plan"] == ("22/3", Decimal("7.333333333333333333333333333"))
    gathered = await usecases.gather_bundle(session, field.contest.id)
    assert (field.application.code, "single", "J1", "plan", "22/3") in gathered.bundle.sheets


@pytest.mark.parametrize(
    ("changes", "refusal", "at"),
    [
        ({"plan": "11"}, refusals.ScoreOutOfRange, "scores.plan"),
        ({"plan": "-1"}, refusals.ScoreOutOfRange, "scores.plan"),
        ({"plan": "1/2"}, refusals.ScoreOutOfRange, "scores.plan"),
        ({"families": "1"}, refusals.ScoreOutOfRange, "scores.families"),
        ({"plan": "seven"}, refusals.NotANumber, "scores.plan"),
        ({"plan": "1e1"}, refusals.NotANumber, "scores.plan"),
        ({"families": "na"}, refusals.NotANumber, "scores.families"),
        ({"legal": "na"}, refusals.NotANumber, "scores.legal"),
        ({"legal": "8"}, refusals.UnknownLevel, "scores.legal"),
        ({"dance": "8"}, refusals.UnknownCriterion, "scores.dance"),
    ],
)
async def test_a_score_that_the_rules_do_not_allow_is_refused_at_its_criterion(
    session: Session, field: Field, changes: dict[str, str], refusal: type[Refusal], at: str
) -> None:
    with pytest.raises(refusal) as refused:
        await lock_as(session, field, **changes)
    assert refused.value.field == at
    assert list(await session.scalars(select(ScoreSheet))) == []


async def test_a_sheet_needs_every_criterion_and_not_only_na(session: Session, cast: Cast, field: Field) -> None:
    with pytest.raises(refusals.IncompleteSheet) as refused:
        given = ScoresIn(scores={"plan": "1", "families": "4"})
        await usecases.lock_scoresheet(session, field.panel["J1"], field.application.id, "single", given)
    assert refused.value.field == "scores.legal"
    only_na = {**BOOK, "stages": [{"code": "single", "criteria": [BOOK["stages"][0]["criteria"][0]]}]}
    contest = await make_contest(session, cast, "pdn-first", book=only_na)
    application = await make_eligible(session, cast, contest)
    panel = await make_panel(session, cast, contest)
    await open_stages(session, cast, contest)
    with pytest.raises(refusals.IncompleteSheet) as all_na:
        await lock(session, panel["J1"], application, "single", {"plan": "na"})
    assert all_na.value.field == "scores"


async def test_a_band_follows_the_newest_count_of_families(session: Session, cast: Cast, field: Field) -> None:
    recount = AttributeIn(name="families_present_share", value="0.4", source="Recount")
    await record_attribute(session, cast.secretary, field.application.id, recount)
    with pytest.raises(refusals.ScoreOutOfRange):
        await lock_as(session, field)
    await lock_as(session, field, families="2")


async def test_a_band_without_its_attribute_is_refused(session: Session, cast: Cast, field: Field) -> None:
    unvisited = await make_eligible(session, cast, field.contest, present=None)
    with pytest.raises(refusals.AttributeOutOfRange) as refused:
        await lock(session, field.panel["J1"], unvisited, "single", SCORES)
    assert refused.value.field == "scores.families"


async def test_a_juror_declares_before_seeing_drafting_and_locking(session: Session, field: Field) -> None:
    juror, application = field.panel["J2"], field.application
    with pytest.raises(rules.DeclareFirst):
        await usecases.sheet_for(session, juror, application.id, "single")
    with pytest.raises(rules.DeclareFirst):
        await usecases.save_draft(session, juror, application.id, "single", ScoresIn(scores={}))
    with pytest.raises(rules.DeclareFirst):
        await lock_as(session, field, "J2")


async def test_only_jurors_of_the_stage_touch_sheets(session: Session, cast: Cast, field: Field) -> None:
    for stranger in (cast.secretary, cast.mayor, cast.jurors[4]):
        with pytest.raises(rules.NotAJuror):
            await usecases.lock_scoresheet(session, stranger, field.application.id, "single", ScoresIn(scores=SCORES))
        with pytest.raises(rules.NotAJuror):
            await usecases.sheet_for(session, stranger, field.application.id, "single")
    with pytest.raises(rules.NotAJuror):
        await usecases.save_draft(session, field.panel["J1"], field.application.id, "public", ScoresIn(scores=SCORES))
    with pytest.raises(NotFound):
        await usecases.lock_scoresheet(session, field.panel["J1"], field.contest.id, "single", ScoresIn(scores=SCORES))


async def test_a_recused_juror_neither_sees_nor_scores(session: Session, field: Field) -> None:
    juror = field.panel["J2"]
    conflict = DeclarationIn(conflict=True, reason="Soy su proveedora")
    await usecases.declare_conflict(session, juror, field.application.id, conflict)
    with pytest.raises(rules.Recused):
        await usecases.sheet_for(session, juror, field.application.id, "single")
    with pytest.raises(rules.Recused):
        await lock_as(session, field, "J2")
    with pytest.raises(rules.Recused):
        await usecases.save_draft(session, juror, field.application.id, "single", ScoresIn(scores=SCORES))


async def test_only_eligible_applications_are_judged(session: Session, cast: Cast, field: Field) -> None:
    filed = await file_application(session, cast, field.contest)
    with pytest.raises(rules.NotJudged):
        await usecases.lock_scoresheet(session, field.panel["J1"], filed.id, "single", ScoresIn(scores=SCORES))
    await withdraw_application(session, cast.promoter, field.application.id)
    with pytest.raises(rules.NotJudged):
        await lock_as(session, field)


async def test_a_sheet_is_locked_once(session: Session, field: Field) -> None:
    await lock_as(session, field)
    with pytest.raises(rules.AlreadyLocked):
        await lock_as(session, field, plan="1")
    with pytest.raises(rules.AlreadyLocked):
        await usecases.save_draft(session, field.panel["J1"], field.application.id, "single", ScoresIn(scores={"plan": "1"}))


async def test_sheets_are_locked_while_the_stage_is_open(session: Session, cast: Cast, field: Field) -> None:
    contest = await make_contest(session, cast, "pdn-first", book=BOOK)
    application = await make_eligible(session, cast, contest)
    panel = await make_panel(session, cast, contest)
    with pytest.raises(rules.WindowNotOpen):
        await lock(session, panel["J1"], application, "single", SCORES)
    await usecases.close_window(session, cast.secretary, field.contest.id, "single")
    with pytest.raises(rules.WindowClosed):
        await lock_as(session, field)
    with pytest.raises(rules.WindowClosed):
        await usecases.save_draft(session, field.panel["J1"], field.application.id, "single", ScoresIn(scores=SCORES))


async def test_a_draft_may_be_wrong_and_stays_when_the_sheet_is_locked(session: Session, field: Field) -> None:
    act = (session, field.panel["J1"], field.application.id, "single")
    with pytest.raises(refusals.UnknownCriterion):
        await usecases.save_draft(*act, ScoresIn(scores={"dance": "1"}))
    await usecases.save_draft(*act, ScoresIn(scores={"plan": "99"}))
    await usecases.save_draft(*act, ScoresIn(scores={"plan": "9", "legal": "do"}))
    assert (await usecases.sheet_for(*act)).draft == {"plan": "9", "legal": "do"}
    await lock_as(session, field)
    (draft,) = await session.scalars(select(ScoreDraft))
    assert draft.scores == {"plan": "9", "legal": "do"}


async def test_a_correction_supersedes_and_both_sheets_stay(session: Session, cast: Cast, field: Field) -> None:
    act = (session, field.panel["J1"], field.application.id, "single")
    with pytest.raises(rules.NothingToCorrect):
        await usecases.supersede_scoresheet(*act, CorrectionIn(scores=SCORES, reason="Suma mal"))
    first = await lock_as(session, field)
    with pytest.raises(panel_rules.ReasonMissing):
        await usecases.supersede_scoresheet(*act, CorrectionIn(scores=SCORES, reason=""))
    with pytest.raises(refusals.ScoreOutOfRange):
        await usecases.supersede_scoresheet(*act, CorrectionIn(scores={**SCORES, "plan": "11"}, reason="x"))
    second = await usecases.supersede_scoresheet(*act, CorrectionIn(scores={**SCORES, "plan": "9"}, reason="Leí mal"))
    third = await usecases.supersede_scoresheet(*act, CorrectionIn(scores={**SCORES, "plan": "10"}, reason="Otra vez"))
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert (first.supersedes_id, second.supersedes_id, third.supersedes_id) == (None, first.id, second.id)
    view = await usecases.sheet_for(*act)
    assert [(each.id, each.reason, each.superseded_by) for each in view.locked] == [
        (first.id, None, second.id),
        (second.id, "Leí mal", third.id),
        (third.id, "Otra vez", None),
    ]
    gathered = await usecases.gather_bundle(session, field.contest.id)
    assert [row[4] for row in gathered.bundle.sheets if row[3] == "plan"] == ["10"]
    await usecases.close_window(session, cast.secretary, field.contest.id, "single")
    with pytest.raises(rules.WindowClosed):
        await usecases.supersede_scoresheet(*act, CorrectionIn(scores=SCORES, reason="Tarde"))


async def test_an_absence_is_recorded_of_a_seated_juror_without_a_sheet(session: Session, cast: Cast, field: Field) -> None:
    async def record(person: Any, stage: str = "single") -> Any:
        act = (field.application.id, stage, person.person_id, "session:1")
        return await usecases.record_absence(session, cast.mayor, *act)

    absence = await record(field.panel["J2"])
    assert (absence.session_key, absence.recorded_by, absence.contest_id) == (
        "session:1",
        cast.mayor.person_id,
        field.contest.id,
    )
    with pytest.raises(rules.AbsenceRecorded):
        await record(field.panel["J2"])
    with pytest.raises(rules.JurorNotSeated):
        await record(cast.mayor)
    with pytest.raises(rules.JurorNotSeated):
        await record(field.panel["J3"], "field")
    await lock_as(session, field)
    with pytest.raises(rules.JurorHasSheet):
        await record(field.panel["J1"])
    conflict = DeclarationIn(conflict=True, reason="x")
    await usecases.declare_conflict(session, field.panel["J3"], field.application.id, conflict)
    with pytest.raises(rules.JurorRecused):
        await record(field.panel["J3"])
    await usecases.declare_conflict(session, field.panel["J2"], field.application.id, NO_CONFLICT)
    with pytest.raises(rules.RecordedAsAbsent):
        await lock_as(session, field, "J2")
    with pytest.raises(rules.RecordedAsAbsent):
        await usecases.save_draft(session, field.panel["J2"], field.application.id, "single", ScoresIn(scores={}))
    await withdraw_application(session, cast.promoter, field.application.id)
    with pytest.raises(rules.NotJudged):
        await record(field.panel["J3"])


async def test_the_builders_best_sheet_is_allowed(session: Session, field: Field) -> None:
    sheet = await lock(session, field.panel["J3"], field.application, "single", best_scores(field.stage))
    assert await scores_of(session, sheet) == {
        "plan": ("10", Decimal(10)),
        "legal": ("done", Decimal(8)),
        "families": ("5", Decimal(5)),
    }
