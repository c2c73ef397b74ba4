"""Calls and contests: preparing, publishing, filing dates, who sees what."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.contests import rules, usecases
from service.contests.models import ApplicantKind, CallStatus, ContestStatus, PlanType
from service.contests.ready_books import template
from service.contests.rules import CALL_LIFE, CONTEST_LIFE, Action
from service.contests.shapes import CallIn, ContestIn, RulesIn
from service.core import clock
from service.core.actor import Actor, Grant, MissingRole
from service.core.acts import Phase, Role
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from service.core.machine import WrongState
from tests.cast import Cast
from tests.make.contests import DAY, add_contest, decide, make_call, make_contest
from tests.make.people import make_group, make_office

NOON = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)  # noon in Peru


def contest_in(**changes: Any) -> ContestIn:
    return ContestIn(**{"code": "PDN", "title": "Planes de negocio", "plan_type": PlanType.PDN, **changes})


def test_a_call_and_a_contest_move_only_by_these_rows() -> None:
    calls = {(state, action): CALL_LIFE.get((state, action)) for state in CallStatus for action in Action}
    assert {row: to for row, to in calls.items() if to} == {(CallStatus.DRAFT, Action.PUBLISH): CallStatus.PUBLISHED}
    contests = {(state, action): CONTEST_LIFE.get((state, action)) for state in ContestStatus for action in Action}
    assert {row: to for row, to in contests.items() if to} == {
        (ContestStatus.DRAFT, Action.PUBLISH): ContestStatus.PUBLISHED,
        (ContestStatus.PUBLISHED, Action.ANNOUNCE): ContestStatus.ANNOUNCED,
        (ContestStatus.ANNOUNCED, Action.DECIDE): ContestStatus.DECIDED,
    }


async def test_a_call_closes_after_it_opens(session: Session, cast: Cast) -> None:
    with pytest.raises(rules.DatesReversed):
        await make_call(session, cast, opens=DAY, closes=DAY)


async def test_a_code_is_used_once_in_an_office(session: Session, cast: Cast) -> None:
    await make_call(session, cast, code="CLAR-1")
    with pytest.raises(rules.CodeTaken):
        await make_call(session, cast, code="CLAR-1")
    other = await make_office(session, cast)
    assert (await make_call(session, cast, code="CLAR-1", office_id=other.id)).office_id == other.id


async def test_a_contests_code_is_used_once_in_a_call(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast)
    await usecases.create_contest(session, cast.programme, call.id, contest_in())
    with pytest.raises(rules.CodeTaken):
        await usecases.create_contest(session, cast.programme, call.id, contest_in())


async def test_only_the_programme_prepares_and_publishes(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast)
    contest = await add_contest(session, cast, call)
    ready = template("pdn-first")
    given = CallIn(office_id=cast.office.id, code="X", title="X", opens_at=NOON, closes_at=NOON + DAY)
    for actor in (cast.secretary, cast.head, cast.auditor, cast.jurors[0]):
        for attempt in (
            usecases.create_call(session, actor, given),
            usecases.create_contest(session, actor, call.id, contest_in()),
            usecases.save_rules(session, actor, contest.id, RulesIn(book=ready.book, terms=ready.terms)),
            usecases.publish_call(session, actor, call.id),
        ):
            with pytest.raises(MissingRole):
                await attempt


async def test_families_need_their_community_and_groups_have_none(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast)
    group = await make_group(session, cast)
    for given in (
        contest_in(plan_type=PlanType.CIF, applicant_kind=ApplicantKind.FAMILY),
        contest_in(host_group_id=group.id),
    ):
        with pytest.raises(rules.HostMismatch):
            await usecases.create_contest(session, cast.programme, call.id, given)


async def test_the_community_is_one_of_the_office(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast)
    other = await make_office(session, cast)
    foreign = await make_group(session, cast, office_id=cast.office.id)
    await session.execute(text('UPDATE "group" SET office_id = :office WHERE id = :id'), {"office": other.id, "id": foreign.id})
    await session.refresh(foreign)
    given = contest_in(plan_type=PlanType.CIF, applicant_kind=ApplicantKind.FAMILY, host_group_id=foreign.id)
    with pytest.raises(NotFound):
        await usecases.create_contest(session, cast.programme, call.id, given)


@pytest.mark.parametrize("plan_type", [PlanType.PDN_J, PlanType.CIF, PlanType.SIDE, PlanType.HOMES])
async def test_plans_that_are_paid_at_once_have_no_second_request(session: Session, cast: Cast, plan_type: PlanType) -> None:
    call = await make_call(session, cast)
    with pytest.raises(rules.NoSecondRequest):
        await usecases.create_contest(session, cast.programme, call.id, contest_in(plan_type=plan_type, request_number=2))


async def test_publishing_announces_the_call_with_all_its_contests(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast)
    contests = [await add_contest(session, cast, call, ready) for ready in ("pdn-first", "pit-first")]
    published = await usecases.publish_call(session, cast.programme, call.id)
    assert (published.status, published.published_at) == (CallStatus.PUBLISHED, await clock.now(session))
    assert [contest.status for contest in contests] == [ContestStatus.PUBLISHED] * 2
    acts = await session.execute(
        text(
            "SELECT act, count(*) AS times FROM record_leaf WHERE subject = ANY(:subjects) AND act LIKE '%.published' GROUP BY act"
        ),
        {"subjects": [f"call:{call.id}", *(f"contest:{contest.id}" for contest in contests)]},
    )
    assert {row.act: row.times for row in acts} == {"call.published": 1, "rulebook.published": 2}


async def test_a_call_is_published_once_and_then_takes_no_contest(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast)
    contest = await add_contest(session, cast, call)
    await usecases.publish_call(session, cast.programme, call.id)
    with pytest.raises(WrongState):
        await usecases.publish_call(session, cast.programme, call.id)
    with pytest.raises(rules.CallIsPublished):
        await usecases.create_contest(session, cast.programme, call.id, contest_in(code="MORE"))
    ready = template("pit-first")
    with pytest.raises(rules.CallIsPublished):
        await usecases.save_rules(session, cast.programme, contest.id, RulesIn(book=ready.book, terms=ready.terms))


async def test_a_call_without_contests_is_not_published(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast)
    with pytest.raises(rules.NoContests):
        await usecases.publish_call(session, cast.programme, call.id)


async def test_every_contest_needs_its_rules_before_publishing(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast)
    await add_contest(session, cast, call)
    await usecases.create_contest(session, cast.programme, call.id, contest_in(code="BARE"))
    with pytest.raises(rules.RulesMissing) as refused:
        await usecases.publish_call(session, cast.programme, call.id)
    assert refused.value.values == {"code": "BARE"}
    assert call.status == CallStatus.DRAFT


async def test_a_call_that_would_be_over_is_not_published(session: Session, cast: Cast) -> None:
    call = await make_call(session, cast, opens=-2 * DAY, closes=timedelta(0))
    await add_contest(session, cast, call)
    with pytest.raises(rules.CallOver):
        await usecases.publish_call(session, cast.programme, call.id)


@pytest.mark.parametrize(
    ("offset", "phase"),
    [
        (timedelta(microseconds=-1), Phase.UPCOMING),
        (timedelta(0), Phase.OPEN),
        (10 * DAY - timedelta(microseconds=1), Phase.OPEN),
        (10 * DAY, Phase.CLOSED),
    ],
)
async def test_filing_is_open_from_its_first_instant_up_to_its_last(
    session: Session, cast: Cast, offset: timedelta, phase: Phase
) -> None:
    await clock.set_time(session, NOON)
    contest = await make_contest(session, cast, opens=DAY, closes=11 * DAY)
    await clock.set_time(session, NOON + DAY + offset)
    assert [entry.phase for entry in await usecases.list_contests(session, None, call_id=contest.call_id)] == [phase]
    if phase == Phase.OPEN:
        assert (await usecases.require_filing_open(session, contest)).id == contest.call_id
        return
    with pytest.raises(rules.PhaseClosed) as refused:
        await usecases.require_filing_open(session, contest)
    assert refused.value.values == {"opens": "2026-03-03 12:00", "closes": "2026-03-13 12:00"}


async def test_filing_is_not_open_before_the_call_is_published(session: Session, cast: Cast) -> None:
    contest = await add_contest(session, cast, await make_call(session, cast))
    with pytest.raises(rules.NotPublished):
        await usecases.require_filing_open(session, contest)


async def test_a_contest_is_decided_once(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    assert (await decide(session, contest.id)).status == ContestStatus.DECIDED
    with pytest.raises(WrongState):
        await usecases.move_contest(session, contest.id, Action.DECIDE)


async def test_a_draft_contest_is_not_decided(session: Session, cast: Cast) -> None:
    contest = await add_contest(session, cast, await make_call(session, cast))
    with pytest.raises(WrongState):
        await usecases.move_contest(session, contest.id, Action.DECIDE)


async def test_everybody_sees_what_is_published_and_only_the_office_its_drafts(session: Session, cast: Cast) -> None:
    published = await make_contest(session, cast)
    draft = await add_contest(session, cast, await make_call(session, cast))
    other_office = await make_office(session, cast)
    stranger = Actor(new_id(), "Stranger", frozenset({Grant(Role.SECRETARY, other_office.id)}))

    async def seen(actor: Actor | None) -> set[UUID]:
        mine = {published.id, draft.id}
        return {entry.contest.id for entry in await usecases.list_contests(session, actor, cast.office.id)} & mine

    for actor in (None, stranger, cast.jurors[0]):
        assert await seen(actor) == {published.id}
        assert (await usecases.get_contest(session, actor, published.id)).id == published.id
        for hidden in (
            usecases.get_contest(session, actor, draft.id),
            usecases.get_call(session, actor, draft.call_id),
            usecases.list_rule_books(session, actor, draft.id),
        ):
            with pytest.raises(NotFound):
                await hidden
    with pytest.raises(NotFound):
        await usecases.get_rules_draft(session, stranger, draft.id)
    for actor in (cast.promoter, cast.auditor, cast.programme):
        assert await seen(actor) == {published.id, draft.id}
        assert (await usecases.get_call(session, actor, draft.call_id)).id == draft.call_id


async def test_calls_are_listed_for_whom_they_concern(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    draft = await make_call(session, cast)
    everybody = {call.id: phase for call, phase in await usecases.list_calls(session, None)}
    assert everybody.get(contest.call_id) == Phase.OPEN
    assert draft.id not in everybody
    office = {call.id: phase for call, phase in await usecases.list_calls(session, cast.secretary, cast.office.id)}
    assert (office[contest.call_id], office[draft.id]) == (Phase.OPEN, Phase.DRAFT)


async def test_the_database_lets_no_contest_go_back(session: Session, cast: Cast) -> None:
    contest = await decide(session, (await make_contest(session, cast)).id)
    back = text("UPDATE contest SET status = 'published' WHERE id = :id")
    with pytest.raises(DBAPIError, match="a contest goes from decided"):
        await session.execute(back, {"id": contest.id})
