"""A correction on paper: of a locked sheet, with its reason, typed by two persons, ending as a superseding sheet."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.core.actor import Actor
from service.core.db import Session
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document, render_document
from service.scoring import paper_rules, paper_sheets, usecases
from service.scoring.models import ScoreSheet
from service.scoring.panel_rules import PanelReasonMissing
from service.scoring.paper_models import PaperSheet, PaperStatus
from service.scoring.rules import JurorHasSheet, WindowClosed
from service.scoring.shapes import CorrectionIn, PaperTypingIn
from tests.cast import Cast
from tests.make.scoring import NO_CONFLICT
from tests.scoring.every_kind import SCORES, Field, lock_as, make_field

REASON = "Se anotó el puntaje de otra organización"


@pytest.fixture
async def field(session: Session, cast: Cast) -> Field:
    """An open contest in which J1 has declared."""
    return await make_field(session, cast)


@pytest.fixture
async def locked(session: Session, field: Field) -> ScoreSheet:
    """J1's locked sheet."""
    return await lock_as(session, field)


@pytest.fixture
async def paper(session: Session, cast: Cast, field: Field, locked: ScoreSheet) -> PaperSheet:
    """The paper that corrects it."""
    return await printed(session, cast, field)


async def printed(session: Session, cast: Cast, field: Field) -> PaperSheet:
    """A correction of J1's locked sheet, printed by the secretary."""
    juror = field.panel["J1"].person_id
    return await paper_sheets.print_sheet(session, cast.secretary, field.application.id, "single", juror, correcting=True)


async def typed(session: Session, who: Actor, paper: PaperSheet, reason: str | None = REASON, **changes: Any) -> PaperSheet:
    """Type the paper as it stands, but for its reason and some scores."""
    given = PaperTypingIn(code=paper.code, scores={**SCORES, "plan": "7", **changes}, reason=reason)
    return await paper_sheets.type_paper(session, who, given)


async def test_two_typings_end_as_a_sheet_that_supersedes_with_the_reason(
    session: Session, cast: Cast, field: Field, locked: ScoreSheet, paper: PaperSheet
) -> None:
    assert paper.corrects_id == locked.id
    assert (await printed(session, cast, field)).id == paper.id
    await typed(session, cast.secretary, paper)
    twice = await typed(session, cast.promoter, paper, "se anotó el puntaje de OTRA organización.")
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert twice.status == PaperStatus.LOCKED
    sheet = await session.get_one(ScoreSheet, twice.sheet_id)
    assert (sheet.supersedes_id, sheet.reason) == (locked.id, "se anotó el puntaje de OTRA organización.")
    gathered = await usecases.gather_bundle(session, field.contest.id)
    assert ("J1", "plan", "7") in {row[2:] for row in gathered.bundle.sheets}
    view = await usecases.sheet_for(session, field.panel["J1"], field.application.id, "single")
    assert [each.id for each in view.locked] == [locked.id, sheet.id]
    again = await printed(session, cast, field)
    assert (again.id == paper.id, again.corrects_id) == (False, sheet.id)


async def test_reasons_that_differ_are_typed_again(session: Session, cast: Cast, paper: PaperSheet) -> None:
    await typed(session, cast.secretary, paper)
    after = await typed(session, cast.promoter, paper, "Otro motivo")
    assert (after.status, after.differing) == (PaperStatus.DIFFERED, ["reason"])


async def test_a_correction_needs_its_reason_and_a_first_sheet_takes_none(
    session: Session, cast: Cast, field: Field, locked: ScoreSheet, paper: PaperSheet
) -> None:
    with pytest.raises(PanelReasonMissing):
        await typed(session, cast.secretary, paper, None)
    await usecases.declare_conflict(session, field.panel["J2"], field.application.id, NO_CONFLICT)
    first = await paper_sheets.print_sheet(session, cast.secretary, field.application.id, "single", field.panel["J2"].person_id)
    with pytest.raises(paper_rules.ReasonNotAsked):
        await typed(session, cast.secretary, first)


async def test_only_a_locked_sheet_is_corrected_and_only_the_one_that_counts(
    session: Session, cast: Cast, field: Field
) -> None:
    with pytest.raises(paper_rules.JurorHasNoSheet):
        await printed(session, cast, field)
    await lock_as(session, field)
    juror = field.panel["J1"]
    with pytest.raises(JurorHasSheet):
        await paper_sheets.print_sheet(session, cast.secretary, field.application.id, "single", juror.person_id)
    paper = await printed(session, cast, field)
    given = CorrectionIn(scores={**SCORES, "plan": "6"}, reason="En línea")
    await usecases.supersede_scoresheet(session, juror, field.application.id, "single", given)
    with pytest.raises(paper_rules.CorrectedMeanwhile):
        await typed(session, cast.secretary, paper)


async def test_after_the_stage_is_closed_nothing_is_corrected_on_paper(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    await usecases.close_window(session, cast.secretary, field.contest.id, "single")
    with pytest.raises(WindowClosed):
        await typed(session, cast.secretary, paper)
    with pytest.raises(WindowClosed):
        await printed(session, cast, field)


async def test_the_paper_says_what_it_corrects(session: Session, cast: Cast, paper: PaperSheet) -> None:
    document = await latest_document(session, DocumentKind.BLANK_SHEET, f"papersheet:{paper.id}")
    assert document is not None
    assert document.data["corrects"]
    await render_document(session, document.id)


async def test_the_database_takes_no_correction_of_another_sheet_or_without_reason(
    session: Session, cast: Cast, field: Field, locked: ScoreSheet, paper: PaperSheet
) -> None:
    foreign = (
        "INSERT INTO paper_sheet (id, code, application_id, contest_id, stage, person_id, rule_book_id, printed_by, printed_at, "
        "status, round, differing, corrects_id) SELECT gen_random_uuid(), :code, application_id, contest_id, stage, :juror, "
        "rule_book_id, printed_by, printed_at, status, round, differing, corrects_id FROM paper_sheet"
    )
    values = {"code": paper_rules.code_of(12_345_678), "juror": field.panel["J2"].person_id}
    assert await state(session, foreign, **values) == "RY133"
    assert await state(session, foreign, **values | {"juror": paper.person_id}) == "23505"
    typing = (
        "INSERT INTO paper_typing (id, paper_id, round, place, juror_id, typed_by, typed_at, scores, reason) "
        "VALUES (gen_random_uuid(), :paper, 1, 1, :juror, :by, now(), '{}', :reason)"
    )
    mine = {"paper": paper.id, "juror": paper.person_id, "by": cast.secretary.person_id}
    for reason in (None, ""):
        assert await state(session, typing, **mine, reason=reason) == "RY134"


async def test_the_database_locks_no_correction_with_another_reason(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    await typed(session, cast.secretary, paper)
    typing = (
        "INSERT INTO paper_typing (id, paper_id, round, place, juror_id, typed_by, typed_at, scores, reason) "
        "SELECT gen_random_uuid(), paper_id, 1, 2, juror_id, :by, now(), scores, reason FROM paper_typing"
    )
    await session.execute(text(typing), {"by": cast.promoter.person_id})
    given = CorrectionIn(scores={**SCORES, "plan": "7"}, reason="Otro motivo")
    sheet = await usecases.supersede_scoresheet(session, field.panel["J1"], field.application.id, "single", given)
    lock = "UPDATE paper_sheet SET status = 'paper_locked', sheet_id = :sheet"
    assert await state(session, lock, sheet=sheet.id) == "RY073"


async def state(session: Session, statement: str, **values: Any) -> str:
    """The SQLSTATE with which the database refuses a statement."""
    with pytest.raises(DBAPIError) as refused:
        async with session.begin_nested():
            await session.execute(text(statement), values)
    return str(getattr(refused.value.orig, "sqlstate", ""))
