"""What comes before and after a locked sheet: drafts, corrections, and absences in its place."""

from typing import Any

import pytest
from sqlalchemy import select, text

from service.applications.usecases import withdraw_application
from service.contests import refusals
from service.core.db import Session
from service.scoring import panel_rules, rules, usecases
from service.scoring.models import ScoreDraft
from service.scoring.shapes import CorrectionIn, DeclarationIn, DraftIn
from tests.cast import Cast
from tests.make.scoring import NO_CONFLICT
from tests.scoring.every_kind import SCORES, Field, lock_as, make_field


@pytest.fixture
async def field(session: Session, cast: Cast) -> Field:
    """The contest that the tests score in."""
    return await make_field(session, cast)


async def test_a_draft_may_be_wrong_and_stays_when_the_sheet_is_locked(session: Session, field: Field) -> None:
    act = (session, field.panel["J1"], field.application.id, "single")
    with pytest.raises(refusals.UnknownCriterion):
        await usecases.save_draft(*act, DraftIn(scores={"dance": "1"}))
    await usecases.save_draft(*act, DraftIn(scores={"plan": "99"}))
    await usecases.save_draft(*act, DraftIn(scores={"plan": "9", "legal": "do"}, version=1))
    assert (await usecases.sheet_for(*act)).draft == {"plan": "9", "legal": "do"}
    await lock_as(session, field)
    (draft,) = await session.scalars(select(ScoreDraft))
    assert draft.scores == {"plan": "9", "legal": "do"}


async def test_a_correction_supersedes_and_both_sheets_stay(session: Session, cast: Cast, field: Field) -> None:
    act = (session, field.panel["J1"], field.application.id, "single")
    with pytest.raises(rules.NothingToCorrect):
        await usecases.supersede_scoresheet(*act, CorrectionIn(scores=SCORES, reason="Suma mal"))
    first = await lock_as(session, field)
    with pytest.raises(panel_rules.PanelReasonMissing):
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
        await usecases.save_draft(session, field.panel["J2"], field.application.id, "single", DraftIn(scores={}))
    await withdraw_application(session, cast.promoter, field.application.id)
    with pytest.raises(rules.NotJudged):
        await record(field.panel["J3"])
