"""Rule books: refused when saved, frozen when published, revised until the first sheet."""

import copy
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select

from service.contests import rules, usecases
from service.contests.book import parse
from service.contests.models import Contest, RuleBookCriterion
from service.contests.ready_books import template
from service.contests.refusals import NumberInRules, UndefinedBand, UnknownDecision, UnknownFormat, UnknownTieRule
from service.contests.shapes import RevisionIn, RulesIn
from service.contests.terms import TranchesDoNotSum, terms_of
from service.core import clock
from service.core.actor import MissingRole
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.core.ids import new_id
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import add_contest, decide, make_call, make_contest

Edit = Callable[[dict[str, Any]], Any]


def edited(edit: Edit, ready: str = "pgrn-first") -> dict[str, Any]:
    book = copy.deepcopy(template(ready).book)
    edit(book)
    return book


def bands(book: dict[str, Any]) -> list[dict[str, str]]:
    found: list[dict[str, str]] = book["stages"][0]["criteria"][2]["bands"]
    return found


def revision(edit: Edit, reason: str = "Acta 7: se corrige la vara") -> RevisionIn:
    return RevisionIn(book=edited(edit, "pdn-first"), terms=template("pdn-first").terms, reason=reason)


async def save(session: Session, cast: Cast, book: dict[str, Any], ready: str = "pgrn-first") -> Contest:
    return await add_contest(session, cast, await make_call(session, cast), ready, book=book)


async def test_a_band_with_a_gap_is_refused_when_saved_and_the_values_without_a_band_are_named(
    session: Session, cast: Cast
) -> None:
    with pytest.raises(UndefinedBand) as refused:
        await save(session, cast, edited(lambda book: bands(book)[1].update({"from": "51/100"})))
    where, _, values = str(refused.value).partition("stages.0.criteria.2.bands: ")
    assert where
    assert re.findall(r"[0-9]+/[0-9]+", values) == ["1/2", "51/100"]


@pytest.mark.parametrize(
    ("edit", "refusal"),
    [
        (lambda book: book.update(format="raymi-rules/2"), UnknownFormat),
        (lambda book: book["decision"].update(mark=70), NumberInRules),
        (lambda book: book["decision"].update(mode="applause"), UnknownDecision),
        (lambda book: book["ties"].append({"by": "stage", "stage": "final"}), UnknownTieRule),
        (lambda book: book.update(currency="USD"), rules.CurrencyDiffers),
        (lambda book: book["stages"][0].update(heading="49"), rules.HeadingDiffers),
        (lambda book: book["stages"][0].update(heading=True), rules.HeadingDiffers),
        (lambda book: book["stages"][1]["criteria"][0].update(max="1000000.5"), rules.TooManyPoints),
        (lambda book: book["label"].update(qu="Pacha\x00mama"), rules.TextCannotBeKept),
        (lambda book: book.update({"a\x00b": "key"}), rules.TextCannotBeKept),
    ],
)
async def test_a_book_that_breaks_a_rule_is_refused_by_name(
    session: Session, cast: Cast, edit: Edit, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        await save(session, cast, edited(edit))


async def test_terms_that_do_not_sum_are_refused_when_saved(session: Session, cast: Cast) -> None:
    contest = await save(session, cast, template("pgrn-first").book)
    short = template("pgrn-first").terms.model_copy(update={"tranches": ["7/10", "2/10"]})
    with pytest.raises(TranchesDoNotSum):
        await usecases.save_rules(session, cast.programme, contest.id, RulesIn(book=template("pgrn-first").book, terms=short))


async def test_rules_are_saved_over_until_published(session: Session, cast: Cast) -> None:
    contest = await save(session, cast, template("pgrn-first").book)
    second = RulesIn(book=edited(lambda book: book["decision"].update(mark="75")), terms=template("pgrn-first").terms)
    await usecases.save_rules(session, cast.programme, contest.id, second)
    draft = await usecases.get_rules_draft(session, cast.secretary, contest.id)
    assert draft is not None
    assert draft.book["decision"] == {"mode": "pass_mark", "mark": "75"}
    await usecases.publish_call(session, cast.programme, contest.call_id)
    assert (await usecases.rules_in_force(session, contest.id)).book == second.book


async def test_there_are_no_rules_in_force_before_publishing(session: Session, cast: Cast) -> None:
    contest = await save(session, cast, template("pgrn-first").book)
    with pytest.raises(rules.NotPublished):
        await usecases.rules_in_force(session, contest.id)
    with pytest.raises(rules.NotPublished):
        await usecases.revise_rules(session, cast.programme, contest.id, revision(lambda book: None))


async def test_publishing_freezes_the_book_exactly_as_given_under_its_hash(session: Session, cast: Cast) -> None:
    book = edited(lambda book: book.update(note={"qu": "Ñan\u2028Pacha", "empty": [], "none": None, "yes": True}))
    contest = await make_contest(session, cast, "pgrn-first", book=book)
    frozen = await usecases.rules_in_force(session, contest.id)
    assert (frozen.version, frozen.reason, frozen.published_by) == (1, "", cast.programme.person_id)
    assert frozen.published_at == await clock.now(session)
    session.expire(frozen)
    await session.refresh(frozen)
    assert frozen.book == book
    assert frozen.sha256 == sha256_hex(book)
    assert frozen.terms_sha256 == sha256_hex(frozen.terms)
    assert parse(frozen.book).sha256 == frozen.sha256
    assert terms_of(frozen).tries == 3


async def test_the_database_learns_the_bounds_of_every_criterion(session: Session, cast: Cast) -> None:
    def edit(book: dict[str, Any]) -> None:
        first, second = book["stages"][0], book["stages"][1]
        del first["heading"], second["heading"]
        second["criteria"][0].update(min="-1/3", max="2/3", na=True)
        second["criteria"][1] = {"code": "levels", "kind": "levels", "levels": {"a": "-2", "b": "7.5", "c": "0"}}

    contest = await make_contest(session, cast, "pgrn-first", book=edited(edit))
    frozen = await usecases.rules_in_force(session, contest.id)
    rows = await session.scalars(select(RuleBookCriterion).where(col(RuleBookCriterion.rule_book_id) == frozen.id))
    bounds = {(row.stage, row.code): (row.low, row.high, row.na) for row in rows}
    assert len(bounds) == 7 + 4
    assert bounds["field", "committed_families"] == (Decimal(0), Decimal(5), False)
    assert bounds["field", "activities"] == (Decimal(0), Decimal(20), False)
    assert bounds["public", "levels"] == (Decimal(-2), Decimal("7.5"), False)
    low, high, na = bounds["public", "in_map"]
    assert (low, high, na) == (Decimal("-0.33333333333333333334"), Decimal("0.66666666666666666667"), True)


async def test_a_revision_is_the_next_version_with_its_reason(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    first = await usecases.rules_in_force(session, contest.id)
    given = revision(lambda book: book["decision"].update(mark="72"))
    second = await usecases.revise_rules(session, cast.programme, contest.id, given)
    assert (second.version, second.reason) == (2, "Acta 7: se corrige la vara")
    assert (await usecases.rules_in_force(session, contest.id)).id == second.id
    books = await usecases.list_rule_books(session, None, contest.id)
    assert [(book.version, book.book["decision"]["mark"]) for book in books] == [(2, "72"), (1, "70")]
    assert first.sha256 != second.sha256


async def test_a_revision_changes_something_and_is_the_programmes(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    with pytest.raises(rules.NothingChanged):
        await usecases.revise_rules(session, cast.programme, contest.id, revision(lambda book: None))
    with pytest.raises(MissingRole):
        await usecases.revise_rules(session, cast.head, contest.id, revision(lambda book: book.update(title="X")))


async def test_a_revision_may_change_the_terms_alone(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    terms = template("pdn-first").terms.model_copy(update={"tries": "2"})
    given = RevisionIn(book=template("pdn-first").book, terms=terms, reason="Acta 8")
    revised = await usecases.revise_rules(session, cast.programme, contest.id, given)
    assert (revised.version, terms_of(revised).tries) == (2, 2)


async def lock_a_sheet(session: Session, cast: Cast, contest: Contest) -> None:
    application = await make_eligible(session, cast, contest)
    book = await usecases.rules_in_force(session, contest.id)
    values = {
        "contest": contest.id,
        "stage": "field",
        "juror": cast.jurors[0].person_id,
        "application": application.id,
        "book": book.id,
        "id": new_id(),
        "at": await clock.now(session),
    }
    for statement in (
        "INSERT INTO seat (contest_id, stage, person_id, juror, at) VALUES (:contest, :stage, :juror, 'J1', :at)",
        "INSERT INTO scoring_window (contest_id, stage, opened_at) VALUES (:contest, :stage, :at)",
        "INSERT INTO score_sheet (id, application_id, contest_id, stage, person_id, rule_book_id, locked_at) "
        "VALUES (:id, :application, :contest, :stage, :juror, :book, :at)",
    ):
        await session.execute(text(statement), values)


async def test_rules_stand_once_a_sheet_is_locked(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    await lock_a_sheet(session, cast, contest)
    given = revision(lambda book: book["decision"].update(mark="72"))
    with pytest.raises(rules.RulesLocked):
        await usecases.revise_rules(session, cast.programme, contest.id, given)
    assert (await usecases.rules_in_force(session, contest.id)).version == 1  # and the transaction goes on


async def test_rules_stand_once_the_contest_is_decided(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    await decide(session, contest.id)
    with pytest.raises(rules.RulesLocked):
        await usecases.revise_rules(session, cast.programme, contest.id, revision(lambda book: book.update(title="X")))


async def sqlstate(session: Session, statement: str, **values: object) -> str | None:
    with pytest.raises(DBAPIError) as refused:
        async with session.begin_nested():
            await session.execute(text(statement), values)
    return getattr(refused.value.orig, "sqlstate", None)


async def test_the_database_refuses_a_second_version_after_a_sheet(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    await lock_a_sheet(session, cast, contest)
    copied = (
        "INSERT INTO rule_book (id, contest_id, version, book, sha256, terms, terms_sha256, reason, published_at, published_by) "
        "SELECT :id, contest_id, 2, book, sha256, terms, terms_sha256, 'x', published_at, published_by FROM rule_book WHERE contest_id = :contest"
    )
    assert await sqlstate(session, copied, id=new_id(), contest=contest.id) == "RY014"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE rule_book SET book = '{}' WHERE contest_id = :contest",
        "DELETE FROM rule_book WHERE contest_id = :contest",
        "UPDATE rule_book_criterion SET high = 100 WHERE rule_book_id IN (SELECT id FROM rule_book WHERE contest_id = :contest)",
        "DELETE FROM rule_book_criterion WHERE rule_book_id IN (SELECT id FROM rule_book WHERE contest_id = :contest)",
    ],
)
async def test_the_application_has_no_right_to_change_a_published_book(session: Session, cast: Cast, statement: str) -> None:
    contest = await make_contest(session, cast)
    assert await sqlstate(session, statement, contest=contest.id) == "42501"


async def test_a_published_book_is_the_newest_of_its_contest_only(session: Session, cast: Cast) -> None:
    one, other = await make_contest(session, cast), await make_contest(session, cast, "pit-first")
    await usecases.revise_rules(session, cast.programme, one.id, revision(lambda book: book["decision"].update(mark="72")))
    in_force = [await usecases.rules_in_force(session, contest.id) for contest in (one, other)]
    assert [(book.version, book.contest_id) for book in in_force] == [(2, one.id), (1, other.id)]
