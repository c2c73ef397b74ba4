"""What the database itself refuses of sheets, whoever writes: tried by SQL, round the application."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.contests.models import Contest
from service.core.db import Session
from service.core.ids import new_id
from service.scoring import usecases
from service.scoring.books import KnownBook
from service.scoring.rules import AlreadyLocked
from service.scoring.shapes import DeclarationIn, DraftIn
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee
from tests.make.scoring import make_panel, open_stages
from tests.scoring.every_kind import SCORES, lock_as, make_field
from tests.traces import refused_by_database

SHEET = text(
    "INSERT INTO score_sheet (id, application_id, contest_id, stage, person_id, rule_book_id, locked_at, supersedes_id, reason) "
    "VALUES (:id, :application_id, :contest_id, :stage, :person_id, :rule_book_id, now(), :supersedes_id, :reason)"
)
SCORE = text("INSERT INTO score (sheet_id, criterion_id, written, points) VALUES (:sheet, :criterion, :written, :points)")


@dataclass(frozen=True)
class Row:
    """The columns of a sheet that may be inserted, until something is changed."""

    application_id: UUID
    contest_id: UUID
    person_id: UUID
    rule_book_id: UUID
    stage: str = "single"
    supersedes_id: UUID | None = None
    reason: str | None = None
    id: UUID = field(default_factory=new_id)


@dataclass(frozen=True)
class Given:
    """An open CIF contest (one criterion, 1 to 20) with two applications; jurors J1 to J3; and an IDL contest beside it."""

    row: Row
    book: KnownBook
    others: dict[str, UUID]


@pytest.fixture
async def given(session: Session, cast: Cast) -> Given:
    """A contest in which J1 could lock a sheet."""
    await make_committee(session, cast)
    contest = await make_contest(session, cast, "idl-first")
    other = await make_contest(session, cast, "idl-second")
    application = await make_eligible(session, cast, contest)
    await make_panel(session, cast, contest)
    await make_panel(session, cast, other)
    await open_stages(session, cast, contest)
    book, second = await usecases.book_of(session, contest.id), await usecases.book_of(session, other.id)
    row = Row(application.id, contest.id, cast.jurors[0].person_id, book.id)
    return Given(row, book, {"contest": other.id, "book": second.id, "criterion": next(iter(second.criteria.values()))})


async def insert(session: Session, row: Row) -> None:
    """Insert a sheet without scores."""
    await session.execute(SHEET, vars(row))


async def score(session: Session, row: Row, criterion: UUID, written: str, points: Any) -> None:
    """Insert a score of a sheet."""
    await session.execute(SCORE, {"sheet": row.id, "criterion": criterion, "written": written, "points": points})


def state_of(error: pytest.ExceptionInfo[DBAPIError]) -> str | None:
    """The SQLSTATE that the database refused with."""
    return getattr(error.value.orig, "sqlstate", None)


async def test_a_recused_juror_has_no_sheet(session: Session, cast: Cast, given: Given) -> None:
    conflict = DeclarationIn(conflict=True, reason="x")
    await usecases.declare_conflict(session, cast.jurors[0], given.row.application_id, conflict)
    with pytest.raises(DBAPIError) as refused:
        await insert(session, given.row)
    assert state_of(refused) == "RY004"


async def test_a_juror_recorded_as_absent_has_no_sheet(session: Session, cast: Cast, given: Given) -> None:
    of = (given.row.application_id, "single", given.row.person_id, "session:1")
    await usecases.record_absence(session, cast.secretary, *of)
    with pytest.raises(DBAPIError) as refused:
        await insert(session, given.row)
    assert state_of(refused) == "RY005"


async def test_a_sheet_is_of_an_application_of_its_contest(session: Session, given: Given) -> None:
    with pytest.raises(DBAPIError) as refused:
        await insert(session, replace(given.row, contest_id=given.others["contest"], rule_book_id=given.others["book"]))
    assert state_of(refused) == "RY006"


async def test_a_sheet_is_locked_while_its_stage_is_open(session: Session, cast: Cast, given: Given) -> None:
    await usecases.close_window(session, cast.secretary, given.row.contest_id, "single")
    with pytest.raises(DBAPIError) as refused:
        await insert(session, given.row)
    assert state_of(refused) == "RY007"


async def test_a_sheet_names_the_rule_book_in_force(session: Session, given: Given) -> None:
    with pytest.raises(DBAPIError) as refused:
        await insert(session, replace(given.row, rule_book_id=given.others["book"]))
    assert state_of(refused) == "RY008"


async def test_a_sheet_supersedes_one_of_its_own_juror_only(session: Session, cast: Cast, given: Given) -> None:
    await insert(session, given.row)
    wrong = Row(
        given.row.application_id,
        given.row.contest_id,
        cast.jurors[1].person_id,
        given.row.rule_book_id,
        supersedes_id=given.row.id,
        reason="x",
    )
    with pytest.raises(DBAPIError) as refused:
        await insert(session, wrong)
    assert state_of(refused) == "RY009"


async def test_a_sheet_supersedes_one_of_its_own_application_and_stage_only(session: Session, cast: Cast, given: Given) -> None:
    other = await make_eligible(session, cast, await session.get_one(Contest, given.row.contest_id))
    plans = await make_contest(session, cast, "pdn-first")
    plan = await make_eligible(session, cast, plans)
    await make_panel(session, cast, plans, {"J1": ["field", "public"]})
    await open_stages(session, cast, plans)
    field_sheet = Row(plan.id, plans.id, given.row.person_id, (await usecases.book_of(session, plans.id)).id, "field")
    for first in (given.row, field_sheet):
        await insert(session, first)
    wrong = [
        replace(given.row, application_id=other.id, supersedes_id=given.row.id),
        replace(field_sheet, stage="public", supersedes_id=field_sheet.id),
    ]
    for row in wrong:
        with pytest.raises(DBAPIError) as refused:
            async with session.begin_nested():
                await insert(session, replace(row, id=new_id(), reason="x"))
        assert state_of(refused) == "RY009"


async def test_a_sheet_is_superseded_once_and_with_a_reason(session: Session, given: Given) -> None:
    await insert(session, given.row)
    later = replace(given.row, supersedes_id=given.row.id, reason="x")
    await insert(session, replace(later, id=new_id()))
    with pytest.raises(DBAPIError, match="uq_score_sheet_supersedes_id"):
        async with session.begin_nested():
            await insert(session, replace(later, id=new_id()))
    with pytest.raises(DBAPIError, match="ck_score_sheet_reason"):
        await insert(session, replace(later, id=new_id(), reason=None))


async def test_a_score_is_of_a_criterion_of_the_sheet(session: Session, given: Given) -> None:
    await insert(session, given.row)
    with pytest.raises(DBAPIError) as refused:
        await score(session, given.row, given.others["criterion"], "1", 1)
    assert state_of(refused) == "RY010"


@pytest.mark.parametrize("points", [-1, 11, None])
async def test_a_score_lies_in_its_range_and_is_na_only_where_allowed(
    session: Session, given: Given, points: int | None
) -> None:
    await insert(session, given.row)
    with pytest.raises(DBAPIError) as refused:
        await score(session, given.row, given.book.criteria["single", "term"], "x", points)
    assert state_of(refused) == "RY011"


async def test_a_sheet_is_complete_when_the_transaction_ends(session: Session, given: Given) -> None:
    await insert(session, given.row)
    for code in list(given.book.book.stages["single"].criteria)[1:]:
        await score(session, given.row, given.book.criteria["single", code], "5", 5)
    with pytest.raises(DBAPIError) as refused:
        await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert state_of(refused) == "RY012"


async def test_an_absence_of_a_juror_with_a_sheet_is_refused(session: Session, cast: Cast, given: Given) -> None:
    await insert(session, given.row)
    statement = text(
        "INSERT INTO recorded_absence (application_id, stage, person_id, contest_id, session_key, at, recorded_by) "
        "VALUES (:application_id, 'single', :person_id, :contest_id, 'session:1', now(), :person_id)"
    )
    with pytest.raises(DBAPIError) as refused:
        await session.execute(statement, vars(given.row))
    assert state_of(refused) == "RY013"


async def test_a_juror_has_one_first_sheet_and_a_seat(session: Session, cast: Cast, given: Given) -> None:
    await insert(session, given.row)
    with pytest.raises(DBAPIError, match="uq_score_sheet_first"):
        async with session.begin_nested():
            await insert(session, replace(given.row, id=new_id()))
    with pytest.raises(DBAPIError, match="fk_score_sheet_contest_id_stage_person_id"):
        await insert(session, replace(given.row, id=new_id(), person_id=cast.mayor.person_id))


@pytest.mark.parametrize("table", ["score_sheet", "score"])
async def test_sheets_are_neither_changed_nor_deleted(session: Session, given: Given, table: str) -> None:
    await insert(session, given.row)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET {'stage' if table == 'score_sheet' else 'written'} = 'x'"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with session.begin_nested():
                await session.execute(text(statement))


async def test_the_database_keeps_no_draft_of_a_locked_sheet(session: Session, cast: Cast) -> None:
    room = await make_field(session, cast)
    juror, item = room.panel["J1"], (room.application.id, "single")
    await usecases.save_draft(session, juror, *item, DraftIn(scores=SCORES))
    await lock_as(session, room)
    with pytest.raises(AlreadyLocked):
        await usecases.save_draft(session, juror, *item, DraftIn(scores={"plan": "1"}, version=1))
    assert "no draft of it is kept" in await refused_by_database(session, "UPDATE score_draft SET version = 2")
    again = "INSERT INTO score_draft SELECT application_id, stage, person_id, scores, updated_at, 2 FROM score_draft"
    assert "no draft of it is kept" in await refused_by_database(session, again)
