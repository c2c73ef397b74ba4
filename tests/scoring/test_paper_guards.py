"""What the database and the seats refuse about sheets on paper, should anybody go round the two typings."""

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.core.db import Session
from service.core.ids import new_id
from service.scoring import paper_rules, paper_sheets, usecases
from service.scoring.panel_rules import HasTypedPapers
from service.scoring.paper_models import PaperSheet
from service.scoring.shapes import PaperTypingIn, SeatIn
from tests.cast import Cast
from tests.scoring.every_kind import SCORES, Field, lock_as, make_field


@pytest.fixture
async def field(session: Session, cast: Cast) -> Field:
    """An open contest in which J1 has declared."""
    return await make_field(session, cast)


@pytest.fixture
async def paper(session: Session, cast: Cast, field: Field) -> PaperSheet:
    """J1's sheet, printed by the secretary."""
    juror = field.panel["J1"].person_id
    return await paper_sheets.print_sheet(session, cast.secretary, field.application.id, "single", juror)


async def test_the_database_takes_no_paper_that_begins_as_locked(session: Session, field: Field, paper: PaperSheet) -> None:
    sheet = await lock_as(session, field)
    statement = text(
        "INSERT INTO paper_sheet (id, code, application_id, contest_id, stage, person_id, rule_book_id, printed_by, printed_at, "
        "status, round, differing, sheet_id) SELECT :id, :code, application_id, contest_id, stage, :juror, rule_book_id, "
        "printed_by, printed_at, :status, :round, differing, CAST(:sheet AS uuid) FROM paper_sheet"
    )
    values = {"id": new_id(), "code": paper_rules.code_of(12_345_678), "juror": field.panel["J2"].person_id, "sheet": None}
    for changes in (
        {"status": "paper_locked", "round": 1, "sheet": sheet.id},
        {"status": "typed_once", "round": 1},
        {"status": "printed", "round": 2},
    ):
        with pytest.raises(DBAPIError) as refused:
            async with session.begin_nested():
                await session.execute(statement, {**values, **changes})
        assert getattr(refused.value.orig, "sqlstate", None) == "RY073"


async def test_the_database_locks_no_paper_with_a_sheet_that_says_something_else(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    await paper_sheets.type_paper(session, cast.secretary, PaperTypingIn(code=paper.code, scores=SCORES))
    values = {"id": new_id(), "paper": paper.id, "round": 1, "place": 2, "juror": paper.person_id}
    typing = text(
        "INSERT INTO paper_typing (id, paper_id, round, place, juror_id, typed_by, typed_at, scores) "
        "VALUES (:id, :paper, :round, :place, :juror, :by, now(), '{}')"
    )
    await session.execute(typing, {**values, "by": cast.promoter.person_id})
    sheet = await lock_as(session, field)
    statement = text("UPDATE paper_sheet SET status = 'paper_locked', sheet_id = :sheet WHERE id = :paper")
    with pytest.raises(DBAPIError) as refused:
        await session.execute(statement, {"sheet": sheet.id, "paper": paper.id})
    assert getattr(refused.value.orig, "sqlstate", None) == "RY073"


async def test_who_typed_a_paper_of_the_contest_is_not_seated_in_it(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    typist = replace(cast.mayor, grants=cast.promoter.grants)
    await paper_sheets.type_paper(session, typist, PaperTypingIn(code=paper.code, scores=SCORES))
    with pytest.raises(HasTypedPapers):
        given = SeatIn(person_id=typist.person_id, juror="J9", stages=["single"])
        await usecases.seat_juror(session, cast.secretary, field.contest.id, given)
