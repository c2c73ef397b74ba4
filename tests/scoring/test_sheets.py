"""Drafting, locking, correcting sheets and recording absences, with every refusal."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from service.applications.attributes import record_attribute
from service.applications.shapes import AttributeIn
from service.applications.usecases import withdraw_application
from service.contests import refusals
from service.contests.models import RuleBookCriterion
from service.core.db import Session
from service.core.errors import NotFound, Refusal
from service.record.usecases import actors_of
from service.scoring import rules, usecases
from service.scoring.models import Score, ScoreSheet
from service.scoring.shapes import DeclarationIn, DraftIn, ScoresIn
from tests.cast import Cast
from tests.make.applications import file_application, make_eligible
from tests.make.contests import make_contest
from tests.make.scoring import best_scores, lock, make_panel, open_stages
from tests.scoring.every_kind import BOOK, SCORES, Field, lock_as, make_field


@pytest.fixture
async def field(session: Session, cast: Cast) -> Field:
    """The contest that the tests score in."""
    return await make_field(session, cast)


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
        await usecases.save_draft(session, juror, application.id, "single", DraftIn(scores={}))
    with pytest.raises(rules.DeclareFirst):
        await lock_as(session, field, "J2")


async def test_only_jurors_of_the_stage_touch_sheets(session: Session, cast: Cast, field: Field) -> None:
    for stranger in (cast.secretary, cast.mayor, cast.jurors[4]):
        with pytest.raises(rules.NotAJuror):
            await usecases.lock_scoresheet(session, stranger, field.application.id, "single", ScoresIn(scores=SCORES))
        with pytest.raises(rules.NotAJuror):
            await usecases.sheet_for(session, stranger, field.application.id, "single")
    with pytest.raises(rules.NotAJuror):
        await usecases.save_draft(session, field.panel["J1"], field.application.id, "public", DraftIn(scores=SCORES))
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
        await usecases.save_draft(session, juror, field.application.id, "single", DraftIn(scores=SCORES))


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
        await usecases.save_draft(session, field.panel["J1"], field.application.id, "single", DraftIn(scores={"plan": "1"}))


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
        await usecases.save_draft(session, field.panel["J1"], field.application.id, "single", DraftIn(scores=SCORES))


async def test_the_builders_best_sheet_is_allowed(session: Session, field: Field) -> None:
    sheet = await lock(session, field.panel["J3"], field.application, "single", best_scores(field.stage))
    assert await scores_of(session, sheet) == {
        "plan": ("10", Decimal(10)),
        "legal": ("done", Decimal(8)),
        "families": ("5", Decimal(5)),
    }
