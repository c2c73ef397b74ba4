"""Sheets on paper: printed for a juror, typed in by two people who see nothing of each other."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.contests import refusals
from service.core.actor import Actor, MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from service.core.machine import WrongState, advance
from service.documents.models import DocumentKind
from service.documents.usecases import get_file, latest_document, render_document
from service.record.usecases import actors_of
from service.scoring import paper_rules, paper_sheets, rules, usecases
from service.scoring.paper_models import PaperSheet, PaperStatus
from service.scoring.paper_rules import PAPER_LIFE, PaperAction
from service.scoring.shapes import DeclarationIn, PaperTypingIn, RecusalIn
from tests.cast import Cast
from tests.make.contracts import PDF
from tests.make.scoring import NO_CONFLICT
from tests.scoring.every_kind import SCORES, Field, lock_as, make_field

TYPING = text(
    "INSERT INTO paper_typing (id, paper_id, round, place, juror_id, typed_by, typed_at, scores) "
    "VALUES (:id, :paper, :round, :place, :juror, :by, now(), '{}')"
)


@pytest.fixture
async def field(session: Session, cast: Cast) -> Field:
    """An open contest in which J1 has declared."""
    return await make_field(session, cast)


@pytest.fixture
async def paper(session: Session, cast: Cast, field: Field) -> PaperSheet:
    """J1's sheet, printed by the secretary."""
    juror = field.panel["J1"].person_id
    return await paper_sheets.print_sheet(session, cast.secretary, field.application.id, "single", juror)


async def typed(session: Session, who: Actor, paper: PaperSheet, **changes: Any) -> PaperSheet:
    """Type the paper as it stands, but for some scores."""
    given = PaperTypingIn(code=paper_rules.grouped(paper.code), scores={**SCORES, **changes})
    return await paper_sheets.type_paper(session, who, given)


def test_check_digits_find_every_wrong_digit_and_every_swap_of_two() -> None:
    code = paper_rules.code_of(12_345_678)
    assert code == "1234567889"
    assert paper_rules.require_code(" 1234-5678-89 ") == code
    wrong = {code[:at] + digit + code[at + 1 :] for at in range(10) for digit in "0123456789"} - {code}
    swapped = {
        code[:at] + code[other] + code[at + 1 : other] + code[at] + code[other + 1 :]
        for at in range(10)
        for other in range(at + 1, 10)
    } - {code}
    for each in [*wrong, *swapped, "", "123456788", "12345678890", "123456788٩", "x234567889"]:
        with pytest.raises(paper_rules.MistypedCode):
            paper_rules.require_code(each)
    assert len(wrong) == 90


def test_a_paper_sheet_moves_as_its_table_says_and_not_otherwise() -> None:
    allowed = {
        (PaperStatus.PRINTED, PaperAction.TYPE): PaperStatus.TYPED_ONCE,
        (PaperStatus.TYPED_ONCE, PaperAction.AGREE): PaperStatus.LOCKED,
        (PaperStatus.TYPED_ONCE, PaperAction.DIFFER): PaperStatus.DIFFERED,
        (PaperStatus.DIFFERED, PaperAction.TYPE): PaperStatus.TYPED_ONCE,
    }
    for status in PaperStatus:
        for action in PaperAction:
            if (status, action) in allowed:
                assert advance(PAPER_LIFE, status, action) == allowed[status, action]
            else:
                with pytest.raises(WrongState):
                    advance(PAPER_LIFE, status, action)


async def test_two_typings_that_agree_lock_the_jurors_sheet_with_its_origin(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    first = PaperTypingIn(code=paper.code, scores=SCORES, control_sum="58/3")
    once = await paper_sheets.type_paper(session, cast.secretary, first, ("ficha.pdf", PDF))
    assert (once.status, once.sheet_id) == (PaperStatus.TYPED_ONCE, None)
    twice = await typed(session, cast.promoter, paper, families="4.0")
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert twice.status == PaperStatus.LOCKED
    view = await usecases.sheet_for(session, field.panel["J1"], field.application.id, "single")
    (sheet,) = view.locked
    assert (sheet.id, sheet.juror) == (twice.sheet_id, "J1")
    assert (sheet.paper_code, sheet.typed_by) == (paper.code, ("Sonia Quispe Choque", "Paulina Mamani Ccopa"))
    assert [line.written for line in sheet.lines] == ["22/3", "done", "4.0"]
    scan = (await session.execute(text("SELECT scan_sha256 FROM paper_typing ORDER BY place"))).scalars().all()
    assert scan == [hashlib.sha256(PDF).hexdigest(), None]
    subject = f"papersheet:{paper.id}"
    assert await actors_of(session, subject, "papersheet.typed") == {cast.secretary.person_id, cast.promoter.person_id}
    assert await actors_of(session, f"scoresheet:{sheet.id}", "scoresheet.locked") == {cast.promoter.person_id}
    gathered = await usecases.gather_bundle(session, field.contest.id)
    assert sorted(row[2:] for row in gathered.bundle.sheets) == [
        ("J1", "families", "4.0"),
        ("J1", "legal", "done"),
        ("J1", "plan", "22/3"),
    ]
    with pytest.raises(paper_rules.PaperLocked):
        await typed(session, cast.administrator, paper)


async def test_typings_that_differ_name_the_criteria_and_both_type_again(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    await typed(session, cast.secretary, paper)
    after = await typed(session, cast.promoter, paper, plan="7", legal="under way")
    assert (after.status, after.round, after.differing) == (PaperStatus.DIFFERED, 2, ["plan", "legal"])
    seen = await paper_sheets.find_paper(session, cast.secretary, paper.code)
    assert (seen.paper.differing, seen.typed_by_me) == (["plan", "legal"], False)
    assert "22/3" not in str(seen)
    await typed(session, cast.promoter, paper)
    assert (await paper_sheets.find_paper(session, cast.promoter, paper.code)).typed_by_me
    again = await typed(session, cast.secretary, paper)
    assert (again.status, again.differing) == (PaperStatus.LOCKED, [])


async def test_who_typed_first_does_not_type_second_and_no_juror_types(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    await typed(session, cast.secretary, paper)
    with pytest.raises(paper_rules.SameTypist):
        await typed(session, cast.secretary, paper)
    for name in ("J1", "J2"):
        of_the_office = replace(field.panel[name], grants=cast.secretary.grants)
        with pytest.raises(paper_rules.TypistIsJuror):
            await typed(session, of_the_office, paper)
        with pytest.raises(paper_rules.TypistIsJuror):
            await paper_sheets.find_paper(session, of_the_office, paper.code)
    for stranger in (cast.auditor, field.panel["J1"], replace(cast.promoter, grants=frozenset())):
        with pytest.raises(paper_rules.UnknownPaper):
            await typed(session, stranger, paper)
    with pytest.raises(paper_rules.UnknownPaper):
        await paper_sheets.find_paper(session, cast.secretary, paper_rules.code_of((int(paper.code[:8]) + 1) % 10**8))


async def test_what_is_typed_obeys_the_rules_of_the_sheet_and_the_control_sum(
    session: Session, cast: Cast, paper: PaperSheet
) -> None:
    with pytest.raises(paper_rules.MistypedCode):
        wrong = paper.code[:-1] + str((int(paper.code[-1]) + 1) % 10)
        await paper_sheets.type_paper(session, cast.secretary, PaperTypingIn(code=wrong, scores=SCORES))
    with pytest.raises(refusals.ScoreOutOfRange):
        await typed(session, cast.secretary, paper, plan="11")
    with pytest.raises(refusals.IncompleteSheet):
        await paper_sheets.type_paper(session, cast.secretary, PaperTypingIn(code=paper.code, scores={"plan": "1"}))
    given = PaperTypingIn(code=paper.code, scores=SCORES, control_sum="19")
    with pytest.raises(paper_rules.ControlSumDiffers) as refused:
        await paper_sheets.type_paper(session, cast.secretary, given)
    assert refused.value.values == {"sum": "58/3"}
    assert paper.status == PaperStatus.PRINTED


async def test_conflicts_absences_windows_and_locks_hold_for_paper(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    async def print_for(name: str) -> PaperSheet:
        juror = field.panel[name].person_id
        return await paper_sheets.print_sheet(session, cast.secretary, field.application.id, "single", juror)

    with pytest.raises(paper_rules.JurorUndeclared):
        await print_for("J2")
    await usecases.declare_conflict(session, field.panel["J2"], field.application.id, DeclarationIn(conflict=True, reason="x"))
    with pytest.raises(rules.JurorRecused):
        await print_for("J2")
    await usecases.declare_conflict(session, field.panel["J3"], field.application.id, NO_CONFLICT)
    late = await print_for("J3")
    await usecases.record_absence(
        session, cast.secretary, field.application.id, "single", field.panel["J3"].person_id, "session:1"
    )
    with pytest.raises(paper_rules.JurorIsAbsent):
        await typed(session, cast.secretary, late)
    with pytest.raises(rules.JurorNotSeated):
        await paper_sheets.print_sheet(session, cast.secretary, field.application.id, "single", cast.mayor.person_id)
    await typed(session, cast.secretary, paper)
    await usecases.close_window(session, cast.secretary, field.contest.id, "single")
    with pytest.raises(rules.WindowClosed):
        await typed(session, cast.promoter, paper)
    await usecases.reopen_window(session, cast.secretary, field.contest.id, "single")
    await lock_as(session, field)
    with pytest.raises(rules.JurorHasSheet):
        await typed(session, cast.promoter, paper)


async def test_a_juror_recused_after_printing_is_refused_by_rule_and_database(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    given = RecusalIn(person_id=paper.person_id, reason="Es su cuñada")
    await usecases.recuse_juror(session, cast.secretary, field.application.id, given)
    with pytest.raises(rules.JurorRecused):
        await typed(session, cast.secretary, paper)
    assert await refused_typing(session, paper, cast.secretary) == "RY072"


async def test_the_secretary_and_the_juror_print_the_same_paper_and_nobody_else(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    of = (field.application.id, "single", paper.person_id)
    again = await paper_sheets.print_sheet(session, field.panel["J1"], *of)
    assert again.id == paper.id
    with pytest.raises(MissingRole):
        await paper_sheets.print_sheet(session, cast.promoter, *of)
    with pytest.raises(MissingRole):
        await paper_sheets.get_paper_sheet(session, field.panel["J2"], paper.id)
    with pytest.raises(NotFound):
        await paper_sheets.print_sheet(session, cast.secretary, new_id(), "single", paper.person_id)
    document = await latest_document(session, DocumentKind.BLANK_SHEET, f"papersheet:{paper.id}")
    assert document is not None
    assert (document.version, document.data["number"]) == (1, paper_rules.grouped(paper.code))
    assert document.data["rules"]["sha256"] == (await usecases.book_of(session, field.contest.id)).sha256
    assert [line["maximum"] for line in document.data["lines"]] == ["10", "8", "5"]
    assert document.data["maximum"] == "23"
    drawn = await render_document(session, document.id)
    assert (await get_file(session, drawn.id)).content.startswith(b"%PDF-")
    listed = await paper_sheets.list_papers(session, cast.promoter, field.contest.id)
    assert [(row.code, row.juror, row.status) for row in listed] == [(paper.code, "Julia Arapa Kana", "printed")]


async def refused_typing(session: Session, paper: PaperSheet, who: Actor, **changes: Any) -> str:
    """What the database says to a typing that goes round the application: its SQLSTATE, or the constraint."""
    values = {"id": new_id(), "paper": paper.id, "round": 1, "place": 1, "juror": paper.person_id, "by": who.person_id}
    with pytest.raises(DBAPIError) as refused:
        async with session.begin_nested():
            await session.execute(TYPING, values | changes)
    state = str(getattr(refused.value.orig, "sqlstate", ""))
    return state if state.startswith("RY") else str(getattr(refused.value.orig.__cause__, "constraint_name", ""))  # type: ignore[union-attr]  # asyncpg's error


async def test_the_database_refuses_the_same_typist_the_juror_and_a_lock_by_one(
    session: Session, cast: Cast, field: Field, paper: PaperSheet
) -> None:
    await typed(session, cast.secretary, paper)
    assert await refused_typing(session, paper, cast.secretary, place=2) == "uq_paper_typing_paper_id_round_typed_by"
    assert await refused_typing(session, paper, cast.promoter) == "uq_paper_typing_paper_id_round_place"
    assert await refused_typing(session, paper, cast.promoter, place=3) == "ck_paper_typing_two_places"
    assert await refused_typing(session, paper, cast.promoter, round=2, place=2) == "RY070"
    assert await refused_typing(session, paper, field.panel["J1"], place=2) == "RY071"
    other = cast.promoter.person_id
    assert await refused_typing(session, paper, cast.promoter, place=2, juror=other) in (
        "ck_paper_typing_not_the_juror",
        "fk_paper_typing_paper_id_juror_id",
    )
    sheet = await lock_as(session, field)
    for statement, expected in (
        ("UPDATE paper_sheet SET status = 'paper_locked', sheet_id = :sheet WHERE id = :paper", "RY073"),
        ("UPDATE paper_sheet SET round = 0 WHERE id = :paper", "RY070"),
    ):
        with pytest.raises(DBAPIError) as refused:
            async with session.begin_nested():
                await session.execute(text(statement), {"sheet": sheet.id, "paper": paper.id})
        assert getattr(refused.value.orig, "sqlstate", None) == expected
    for statement in (
        "UPDATE paper_sheet SET code = '0000000001'",
        "UPDATE paper_typing SET place = 2",
        "DELETE FROM paper_typing",
        "DELETE FROM paper_sheet",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with session.begin_nested():
                await session.execute(text(statement))


async def test_a_code_without_check_digits_that_hold_is_refused_by_the_database(session: Session, paper: PaperSheet) -> None:
    statement = text(
        "INSERT INTO paper_sheet (id, code, application_id, contest_id, stage, person_id, rule_book_id, printed_by, printed_at, "
        "status, round, differing) SELECT :id, '1234567880', application_id, contest_id, stage, person_id, rule_book_id, "
        "printed_by, printed_at, status, round, differing FROM paper_sheet"
    )
    with pytest.raises(DBAPIError, match="ck_paper_sheet_check_digits"):
        await session.execute(statement, {"id": new_id()})
