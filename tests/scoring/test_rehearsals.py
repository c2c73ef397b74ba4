"""Rehearsing rules: on an invented contest, or on the sheets of one that was decided."""

import copy
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from service.contests import drafts, rules, usecases
from service.contests.book import parse
from service.contests.models import Contest
from service.contests.ready_books import template, templates
from service.contests.refusals import UndefinedBand
from service.contests.shapes import DraftIn, RehearsalIn, StartIn, TermsDraftIn
from service.core.actor import Actor, MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.scoring.checks import check
from service.scoring.invented import Size, invent
from service.scoring.judge import judge
from service.scoring.rehearsals import DoesNotFit, NotDecided, Rehearsed, get_rehearsal, rehearse
from tests.cast import Cast
from tests.contests.test_drafts import empty_contest
from tests.make.contests import decide, make_contest
from tests.make.deliberation import make_signed_session
from tests.make.people import make_committee
from tests.make.scoring import play_bundle

Edit = Callable[[dict[str, Any]], Any]
BOOKS = [each.code for each in templates()]


def edited(ready: str, edit: Edit) -> dict[str, Any]:
    """A ready rule book after an edit."""
    book = copy.deepcopy(template(ready).book)
    edit(book)
    return book


@pytest.mark.parametrize("ready", BOOKS)
def test_what_is_invented_from_a_book_breaks_no_rule_and_is_the_same_again(ready: str) -> None:
    book = parse(template(ready).book)
    bundle = invent(book, Size(12, 5), "acta")
    check(bundle)
    assert invent(book, Size(12, 5), "acta") == bundle
    assert invent(book, Size(12, 5), "other").sheets != bundle.sheets
    assert len(bundle.applications) == 12
    assert len(bundle.jurors) == 5
    assert len(bundle.recusals) == len(bundle.absences) == 1


@pytest.mark.parametrize("size", [Size(1, 1), Size(2, 1), Size(3, 2), Size(4, 3), Size(200, 1)])
def test_the_smallest_invented_contests_are_valid_too(size: Size) -> None:
    for ready in BOOKS:
        judge(invent(parse(template(ready).book), size, "1"))


def every_kind(book: dict[str, Any]) -> None:
    """A purse with quotas, bands, levels, ``na`` and fractions of a step."""
    del book["stages"][0]["heading"]
    criteria = book["stages"][0]["criteria"]
    criteria[0].update(na=True, min="-1/3", step="1/3")
    criteria[1] = {"code": "team", "kind": "levels", "na": True, "levels": {"a": "-1", "b": "2.5"}}
    quota = {"attribute": "women_led", "value": "yes", "share": "1/4"}
    book["decision"] = {"mode": "pass_mark", "mark": "20", "purse": "50000.00", "cut": "part", "quotas": [quota]}
    book["knock_outs"] = [{"attribute": "families_present_share", "below": "1/2"}, {"attribute": "age", "below": "2"}]


def test_an_invented_contest_holds_a_tie_a_knock_out_a_recusal_and_an_absence() -> None:
    book = parse(edited("pgrn-first", every_kind))
    for seed in ("1", "2", "3", "4", "5"):
        bundle = invent(book, Size(12, 5), seed)
        result = {each.application: each for each in judge(bundle).standings}
        assert result["A001"].total == result["A002"].total is not None
        assert result["A012"].reasons == ("knocked_out:age", "knocked_out:families_present_share")
        assert not any(row[0] == "A003" and row[2] == "J1" for row in bundle.sheets)
        assert bundle.absences == [("A004", "public", "J5")]
        assert {row[4] for row in bundle.sheets} >= {"na", "a", "b"}


async def rehearsed(session: Session, cast: Cast, contest: Contest, **changes: Any) -> Rehearsed:
    """What comes of a rehearsal of the contest's draft."""
    row = await rehearse(session, cast.programme, contest.id, RehearsalIn(**changes))
    _, _, found = await get_rehearsal(session, cast.secretary, row.id)
    assert found is not None
    return found


async def draft_of(session: Session, cast: Cast, ready: str, edit: Edit = lambda book: None) -> Contest:
    """A draft contest with an edited ready book."""
    contest = await empty_contest(session, cast, ready)
    terms = TermsDraftIn(**template(ready).terms.model_dump())
    await drafts.keep_draft(session, cast.programme, contest.id, DraftIn(book=edited(ready, edit), terms=terms))
    return contest


async def counts(session: Session) -> dict[str, int]:
    """How many rows the tables of a contest hold."""
    tables = ("application", "seat", "score_sheet", "recusal", "recorded_absence", "rule_book", "rehearsal")
    return {table: await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0 for table in tables}


async def test_a_rehearsal_writes_only_that_it_was_and_with_which_book(session: Session, cast: Cast) -> None:
    contest = await draft_of(session, cast, "pgrn-first", every_kind)
    before = await counts(session)
    found = await rehearsed(session, cast, contest)
    assert await counts(session) == {**before, "rehearsal": before["rehearsal"] + 1}
    _, draft = await drafts.current_draft(session, cast.programme, contest.id)
    assert draft is not None
    assert (found.rehearsal.sha256, found.rehearsal.rehearsed_by) == (draft.sha256, cast.programme.person_id)
    assert found.result.rules_sha256 == draft.sha256
    assert found.purse == Decimal("50000.00")
    assert found.given == sum(each.award for each in found.result.standings if each.award)
    assert 0 < found.given <= found.purse
    assert [each for each in found.ties if {"A001", "A002"} <= set(each.applications)] != []
    acts = await session.scalars(
        text("SELECT act FROM record_leaf WHERE subject = :subject ORDER BY id"), {"subject": f"contest:{contest.id}"}
    )
    assert list(acts) == ["contest.created", "rules.kept", "rules.rehearsed"]


async def test_publication_knows_whether_the_very_book_was_rehearsed(session: Session, cast: Cast) -> None:
    contest = await draft_of(session, cast, "pgrn-first")
    found = await rehearsed(session, cast, contest)
    ready = (await drafts.readiness(session, cast.programme, [contest]))[contest.id]
    assert [each.id for each in ready.rehearsals] == [found.rehearsal.id]
    changed = DraftIn(book=edited("pgrn-first", lambda book: book["decision"].update(mark="71")), terms=TermsDraftIn())
    await drafts.keep_draft(session, cast.programme, contest.id, changed)
    assert (await drafts.readiness(session, cast.programme, [contest]))[contest.id].rehearsals == ()
    assert (await get_rehearsal(session, cast.programme, found.rehearsal.id))[2] is None


async def test_a_draft_with_a_fault_is_not_rehearsed(session: Session, cast: Cast) -> None:
    contest = await draft_of(session, cast, "pgrn-first", lambda book: book["stages"][0]["criteria"][2]["bands"].pop())
    with pytest.raises(UndefinedBand):
        await rehearse(session, cast.programme, contest.id, RehearsalIn())
    empty = await empty_contest(session, cast)
    with pytest.raises(drafts.NothingWritten):
        await rehearse(session, cast.programme, empty.id, RehearsalIn())
    with pytest.raises(MissingRole):
        await rehearse(session, cast.head, contest.id, RehearsalIn())


async def test_a_rehearsal_is_read_in_its_office_alone(session: Session, cast: Cast) -> None:
    found = await rehearsed(session, cast, await draft_of(session, cast, "cif"))
    with pytest.raises(NotFound):
        await get_rehearsal(session, Actor(cast.mayor.person_id, cast.mayor.name), found.rehearsal.id)


async def decided(session: Session, cast: Cast) -> Contest:
    """A contest of business plans that was decided: the bundle “plans”."""
    await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    await decide(session, played.contest.id)
    return played.contest


async def test_rules_are_rehearsed_on_the_sheets_of_a_decided_contest(session: Session, cast: Cast) -> None:
    past = await decided(session, cast)
    contest = await empty_contest(session, cast, "pdn-first")
    await drafts.start_draft(session, cast.programme, contest.id, StartIn(contest_id=past.id))
    same = await rehearsed(session, cast, contest, past_contest_id=past.id)
    assert {each.application: each for each in same.result.standings} == same.before
    statuses = [each.status for each in same.result.standings]
    assert "approved" in statuses

    def stricter(book: dict[str, Any]) -> None:
        book["decision"]["mark"] = "100"

    strict = await draft_of(session, cast, "pdn-first", stricter)
    found = await rehearsed(session, cast, strict, past_contest_id=past.id)
    assert "approved" not in [each.status for each in found.result.standings]
    assert sorted(each.status for each in found.before.values()) == sorted(statuses)


async def test_what_does_not_fit_of_past_sheets_is_said_one_by_one(session: Session, cast: Cast) -> None:
    past = await decided(session, cast)

    def other(book: dict[str, Any]) -> None:
        book["stages"][0]["criteria"][0]["code"] = "households"
        book["stages"][1]["code"] = "plaza"
        book["ties"] = [{"by": "filed_at"}]

    contest = await draft_of(session, cast, "pdn-first", other)
    with pytest.raises(DoesNotFit) as refused:
        await rehearse(session, cast.programme, contest.id, RehearsalIn(past_contest_id=past.id))
    misfits = refused.value.values["misfits"]
    assert isinstance(misfits, tuple)
    assert [str(each) for each in misfits] == [
        "there are no sheets of the stage “plaza”",
        "these rules have no stage “public”",
        "“households” of “field” was not scored",
        "these rules have no “families” in “field”",
    ]


async def test_a_past_score_above_a_new_maximum_does_not_fit(session: Session, cast: Cast) -> None:
    past = await decided(session, cast)

    def smaller(book: dict[str, Any]) -> None:
        del book["stages"][0]["heading"]
        book["stages"][0]["criteria"][0]["max"] = "1"

    contest = await draft_of(session, cast, "pdn-first", smaller)
    with pytest.raises(DoesNotFit) as refused:
        await rehearse(session, cast.programme, contest.id, RehearsalIn(past_contest_id=past.id))
    assert "outside the range" in str(refused.value)


async def test_a_running_contest_is_no_rehearsal(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    running = (await play_bundle(session, cast, "plans")).contest
    contest = await draft_of(session, cast, "pdn-first")
    with pytest.raises(NotDecided):
        await rehearse(session, cast.programme, contest.id, RehearsalIn(past_contest_id=running.id))


async def test_a_contest_in_force_may_rehearse_its_revision(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, "pgrn-first")
    found = await rehearsed(session, cast, contest)
    assert found.rehearsal.sha256 == (await usecases.rules_in_force(session, contest.id)).sha256
    assert rules.total_of(parse(found.bundle.rules).stages["field"]) == 50


async def test_a_contest_decided_in_a_session_can_be_rehearsed_on(session: Session, cast: Cast) -> None:
    signed = await make_signed_session(session, cast)
    contest = await draft_of(session, cast, "pdn-first")
    found = await rehearsed(session, cast, contest, past_contest_id=signed.contest.id)
    assert [each.status for each in found.result.standings] == ["approved"]
