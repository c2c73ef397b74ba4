"""Rules while they are written: kept right or wrong, refused when published, carried to other contests."""

import copy
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from service.contests import drafts, rules, usecases
from service.contests.models import Contest, ContestStatus
from service.contests.ready_books import template
from service.contests.refusals import MalformedBundle, NumberInRules, UndefinedBand
from service.contests.shapes import CloneIn, ContestIn, DraftIn, ReasonIn, RevisionIn, StartIn, TermsDraftIn
from service.contests.terms import TranchesDoNotSum, terms_of
from service.core import clock
from service.core.actor import Actor, MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from tests.cast import Cast
from tests.contests.test_rule_books import lock_a_sheet, sqlstate
from tests.make.contests import add_contest, decide, make_call, make_contest
from tests.make.people import make_group

Edit = Callable[[dict[str, Any]], Any]


def typed(edit: Edit = lambda book: None, ready: str = "pgrn-first", seen: str | None = None, **terms: Any) -> DraftIn:
    """A ready rule book as somebody edited it."""
    book = copy.deepcopy(template(ready).book)
    edit(book)
    given = TermsDraftIn(**{**template(ready).terms.model_dump(), **terms})
    return DraftIn(book=book, terms=given, seen=seen)


async def empty_contest(session: Session, cast: Cast, ready: str = "pgrn-first", code: str = "NEW") -> Contest:
    """A contest of a draft call without rules."""
    start = template(ready)
    given = ContestIn(code=code, title="Nuevo", plan_type=start.plan_type, request_number=start.request_number)
    return await usecases.create_contest(session, cast.programme, (await make_call(session, cast)).id, given)


def gap(book: dict[str, Any]) -> None:
    """A share that has no band."""
    book["stages"][0]["criteria"][2]["bands"][1]["from"] = "51/100"


async def test_a_draft_that_is_wrong_is_kept_as_typed_and_said_to_be_wrong(session: Session, cast: Cast) -> None:
    contest = await empty_contest(session, cast)
    found = await drafts.keep_draft(session, cast.programme, contest.id, typed(gap, months="many"))
    assert [(each.place, each.refusal) for each in found.grave] == [
        ("stages.0.criteria.2.bands", "UndefinedBand"),
        ("terms.months", "BadTerms"),
    ]
    _, draft = await drafts.current_draft(session, cast.secretary, contest.id)
    assert draft is not None
    assert draft.book["stages"][0]["criteria"][2]["bands"][1]["from"] == "51/100"
    assert draft.terms["months"] == "many"
    assert await drafts.inspect_draft(session, cast.secretary, contest.id) == found


async def test_publishing_refuses_a_draft_that_is_wrong_and_leaves_the_call_a_draft(session: Session, cast: Cast) -> None:
    contest = await empty_contest(session, cast)
    contest_id, call_id = contest.id, contest.call_id
    for given, refusal in ((typed(gap), UndefinedBand), (typed(tranches=["1/2"]), TranchesDoNotSum)):
        await drafts.keep_draft(session, cast.programme, contest_id, given)
        with pytest.raises(refusal):
            async with session.begin_nested():
                await usecases.publish_call(session, cast.programme, call_id)
    await session.refresh(contest)
    assert contest.status == ContestStatus.DRAFT
    await drafts.keep_draft(session, cast.programme, contest.id, typed())
    await usecases.publish_call(session, cast.programme, contest.call_id)
    assert (await usecases.rules_in_force(session, contest.id)).book == template("pgrn-first").book


async def test_a_draft_saved_over_anothers_is_refused_and_the_others_stays(session: Session, cast: Cast) -> None:
    contest = await empty_contest(session, cast)
    await drafts.keep_draft(session, cast.programme, contest.id, typed())
    _, first = await drafts.current_draft(session, cast.programme, contest.id)
    assert first is not None
    await drafts.keep_draft(session, cast.programme, contest.id, typed(lambda book: book.update(title="A"), seen=first.seen))
    with pytest.raises(drafts.DraftChanged):
        late = typed(lambda book: book.update(title="B"), seen=first.seen)
        await drafts.keep_draft(session, cast.programme, contest.id, late)
    _, kept = await drafts.current_draft(session, cast.programme, contest.id)
    assert kept is not None
    assert kept.book["title"] == "A"


@pytest.mark.parametrize(
    ("edit", "refusal"),
    [
        (lambda book: book.update(title=7), NumberInRules),
        (lambda book: book.update(title="a\x00b"), rules.TextCannotBeKept),
        (lambda book: book.update(title="\ud800"), MalformedBundle),
    ],
)
async def test_what_no_form_can_write_is_not_kept(session: Session, cast: Cast, edit: Edit, refusal: type[Exception]) -> None:
    contest = await empty_contest(session, cast)
    with pytest.raises(refusal):
        await drafts.keep_draft(session, cast.programme, contest.id, typed(edit))


async def test_only_the_programme_writes_rules_and_only_the_office_reads_drafts(session: Session, cast: Cast) -> None:
    contest = await empty_contest(session, cast)
    for do in (
        drafts.keep_draft(session, cast.head, contest.id, typed()),
        drafts.start_draft(session, cast.head, contest.id, StartIn(ready="cif")),
    ):
        with pytest.raises(MissingRole):
            await do
    nobody = Actor(cast.mayor.person_id, cast.mayor.name)
    for read in (drafts.current_draft, drafts.inspect_draft, drafts.list_rehearsals):
        with pytest.raises(NotFound):
            await read(session, nobody, contest.id)
    with pytest.raises(NotFound):
        await drafts.readiness(session, nobody, [contest])


async def test_rules_start_from_a_ready_book_or_from_another_contest(session: Session, cast: Cast) -> None:
    contest = await empty_contest(session, cast)
    with pytest.raises(drafts.NothingWritten):
        await drafts.inspect_draft(session, cast.programme, contest.id)
    for both in (StartIn(), StartIn(ready="cif", contest_id=contest.id)):
        with pytest.raises(drafts.OneStart):
            await drafts.start_draft(session, cast.programme, contest.id, both)
    with pytest.raises(NotFound):
        await drafts.start_draft(session, cast.programme, contest.id, StartIn(ready="none"))
    started = await drafts.start_draft(session, cast.programme, contest.id, StartIn(ready="pgrn-first"))
    assert started.book == template("pgrn-first").book
    other = await make_contest(session, cast, "pdn-j")
    copied = await drafts.start_draft(session, cast.programme, contest.id, StartIn(contest_id=other.id))
    assert (copied.book, copied.terms["tranches"]) == (template("pdn-j").book, ["1"])
    _, now = await drafts.current_draft(session, cast.programme, contest.id)
    assert now == copied


async def test_a_revision_is_drafted_in_peace_and_put_in_force_with_its_reason(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, "pgrn-first")
    _, draft = await drafts.current_draft(session, cast.programme, contest.id)
    assert draft is not None
    assert draft.book == template("pgrn-first").book
    with pytest.raises(rules.NothingChanged):
        await drafts.publish_draft(session, cast.programme, contest.id, ReasonIn(reason="Acta 9"))
    await later(session)
    await drafts.keep_draft(session, cast.programme, contest.id, typed(gap))
    with pytest.raises(UndefinedBand):
        await drafts.publish_draft(session, cast.programme, contest.id, ReasonIn(reason="Acta 9"))
    await drafts.keep_draft(
        session, cast.programme, contest.id, typed(lambda book: book["decision"].update(mark="72"), tries="2")
    )
    assert (await usecases.rules_in_force(session, contest.id)).book["decision"]["mark"] == "70"
    revised = await drafts.publish_draft(session, cast.programme, contest.id, ReasonIn(reason="Acta 9"))
    assert (revised.version, revised.reason, revised.book["decision"]["mark"]) == (2, "Acta 9", "72")
    assert terms_of(revised).tries == 2


async def test_a_draft_older_than_what_is_in_force_is_no_longer_shown(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, "pgrn-first")
    book = {**template("pgrn-first").book, "decision": {"mode": "pass_mark", "mark": "72"}}
    given = RevisionIn(book=book, terms=template("pgrn-first").terms, reason="Acta 9")
    await usecases.revise_rules(session, cast.programme, contest.id, given)
    _, draft = await drafts.current_draft(session, cast.programme, contest.id)
    assert draft is not None
    assert draft.book == book


async def test_only_the_programme_puts_a_draft_in_force(session: Session, cast: Cast) -> None:
    for contest in (await make_contest(session, cast), await empty_contest(session, cast)):
        with pytest.raises(MissingRole):
            await drafts.publish_draft(session, cast.head, contest.id, ReasonIn(reason="Acta 9"))


async def later(session: Session) -> None:
    """A minute after, so that what is written now is newer than what was published."""
    await clock.set_time(session, await clock.now(session) + timedelta(minutes=1))


async def test_a_draft_is_not_put_in_force_after_a_sheet_nor_kept_after_the_decision(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, "pdn-first")
    await lock_a_sheet(session, cast, contest)
    await later(session)
    changed = typed(lambda book: book["decision"].update(mark="72"), "pdn-first")
    await drafts.keep_draft(session, cast.programme, contest.id, changed)
    with pytest.raises(rules.RulesLocked):
        await drafts.publish_draft(session, cast.programme, contest.id, ReasonIn(reason="Acta 9"))
    await decide(session, contest.id)
    with pytest.raises(rules.RulesLocked):
        await drafts.keep_draft(session, cast.programme, contest.id, changed)


async def test_a_clone_takes_rules_and_terms_and_nothing_else(session: Session, cast: Cast) -> None:
    like = await make_contest(session, cast, "pdn-first")
    call = await make_call(session, cast)
    given = CloneIn(call_id=call.id, code="CLON", title="Otra vez")
    made = await drafts.clone_contest(session, cast.programme, like.id, given)
    assert (made.call_id, made.code, made.title, made.status) == (call.id, "CLON", "Otra vez", ContestStatus.DRAFT)
    kept = ("plan_type", "request_number", "applicant_kind", "host_group_id", "currency")
    assert all(getattr(made, name) == getattr(like, name) for name in kept)
    _, draft = await drafts.current_draft(session, cast.programme, made.id)
    in_force = await usecases.rules_in_force(session, like.id)
    assert draft == drafts.Draft(in_force.book, in_force.terms)
    for table in ("application", "seat"):
        count = await session.scalar(text(f"SELECT count(*) FROM {table} WHERE contest_id = :id"), {"id": made.id})
        assert count == 0
    with pytest.raises(rules.CodeTaken):
        await drafts.clone_contest(session, cast.programme, like.id, given)
    with pytest.raises(rules.CallIsPublished):
        elsewhere = CloneIn(call_id=like.call_id, code="CLON", title="Otra vez")
        await drafts.clone_contest(session, cast.programme, like.id, elsewhere)
    with pytest.raises(MissingRole):
        await drafts.clone_contest(session, cast.head, like.id, given)


async def test_a_draft_of_another_office_is_not_there_to_be_cloned(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast)
    hidden = await add_contest(session, cast, call)
    nobody = Actor(cast.mayor.person_id, cast.mayor.name)
    with pytest.raises(NotFound):
        await drafts.clone_contest(session, nobody, hidden.id, CloneIn(call_id=call.id, code="X", title="X"))


async def test_a_cloned_family_contest_keeps_its_community(session: Session, cast: Cast) -> None:
    host = await make_group(session, cast)
    like = await make_contest(session, cast, "cif", host_group_id=host.id)
    call = await make_call(session, cast)
    made = await drafts.clone_contest(session, cast.programme, like.id, CloneIn(call_id=call.id, code="CIF-2", title="CIF"))
    assert made.host_group_id == host.id


async def test_readiness_tells_what_is_missing_in_the_contests_of_a_call(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast)
    whole = await add_contest(session, cast, call, "pgrn-first")
    broken = await add_contest(session, cast, call, "pdn-first")
    none = await usecases.create_contest(
        session, cast.programme, call.id, ContestIn(code="NONE", title="N", plan_type=template("pdn-j").plan_type)
    )
    await drafts.keep_draft(session, cast.programme, broken.id, typed(gap))
    found = await drafts.readiness(session, cast.secretary, [whole, broken, none])
    inspections = [found[each.id].inspection for each in (whole, broken, none)]
    assert [each and [finding.refusal for finding in each.grave] for each in inspections] == [[], ["UndefinedBand"], None]


@pytest.mark.parametrize("statement", ["UPDATE rehearsal SET sha256 = 'x'", "DELETE FROM rehearsal"])
async def test_a_rehearsal_is_history_to_the_database(session: Session, cast: Cast, statement: str) -> None:
    assert await sqlstate(session, statement) == "42501"


@pytest.mark.parametrize(
    ("kind", "past", "applications"),
    [("past", False, 1), ("invented", True, 1), ("invented", False, 0), ("invented", False, 201)],
)
async def test_the_database_refuses_a_rehearsal_that_cannot_be(
    session: Session, cast: Cast, kind: str, past: bool, applications: int
) -> None:
    contest = await empty_contest(session, cast)
    statement = (
        "INSERT INTO rehearsal (id, contest_id, sha256, kind, seed, applications, jurors, past_contest_id, at, rehearsed_by) "
        "VALUES (:id, :contest, 'x', :kind, '1', :applications, 1, :past, now(), :who)"
    )
    values = {"id": new_id(), "contest": contest.id, "kind": kind, "applications": applications}
    who = cast.programme.person_id
    assert await sqlstate(session, statement, **values, past=contest.id if past else None, who=who) == "23514"
