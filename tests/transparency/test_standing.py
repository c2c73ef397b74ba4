"""Where a group stands: by its code, for its board and its office, and nothing of other groups or of what is not announced."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.people.group_codes import GOOD_FOR, WrongGroupCode, issue_group_code
from service.people.group_usecases import board_on
from service.people.usecases import actor_for_person
from service.transparency.standing import GroupStanding, my_standings, standing_by_code, standing_of
from tests.cast import Cast
from tests.make.accountability import make_paid
from tests.make.appeals import later
from tests.make.applications import file_application, make_application, make_eligible
from tests.make.contests import make_contest, without_appeals
from tests.make.contracts import make_award, make_contract
from tests.make.deliberation import announce
from tests.make.office import make_office
from tests.make.people import make_group
from tests.make.votes import make_tallied


async def code_for(session: Session, cast: Cast, group_id: object) -> str:
    return (await issue_group_code(session, cast.secretary, group_id)).code  # type: ignore[arg-type]  # the tests' ids are UUIDs


def steps(found: GroupStanding) -> list[tuple[str, str]]:
    return [(plan.code, plan.step.value) for plan in found.plans]


async def test_a_code_opens_its_own_group_as_typed_by_hand(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    mine, other = await make_application(session, cast, contest), await make_application(session, cast, contest)
    code = await code_for(session, cast, mine.group_id)
    found = await standing_by_code(session, code.lower().replace("-", " "))
    assert (found.group.id, steps(found)) == (mine.group_id, [(mine.code, "finish_and_file")])
    assert found.plans[0].until is not None
    assert other.code not in repr(found)
    assert (found.office, found.address) == ("OL Sicuani", "Av. Centenario 10, Sicuani")


async def test_wrong_replaced_and_expired_codes_are_refused_alike(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast)
    first = await code_for(session, cast, group.id)
    await later(session, timedelta(minutes=1))
    second = await code_for(session, cast, group.id)
    wrong = second[:-1] + ("2" if second[-1] != "2" else "3")
    for typed in (first, wrong, "", "ABC", first[:6] + second[6:]):
        with pytest.raises(WrongGroupCode):
            await standing_by_code(session, typed)
    await standing_by_code(session, second)
    await later(session, GOOD_FOR)
    with pytest.raises(WrongGroupCode):
        await standing_by_code(session, second)


async def test_a_code_is_kept_as_a_hash_that_cannot_be_changed(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast)
    code = await code_for(session, cast, group.id)
    kept = (await session.execute(text("SELECT row_to_json(g)::text FROM group_code g"))).scalar_one()
    payload = (await session.execute(text("SELECT string_agg(payload::text, '') FROM record_payload"))).scalar_one()
    assert code[7:] not in kept
    assert code[7:] not in payload
    with pytest.raises(DBAPIError):
        async with session.begin_nested():
            await session.execute(text("UPDATE group_code SET expires_at = expires_at + interval '1 year'"))


async def test_the_office_and_the_board_hand_out_codes_and_nobody_else(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast)
    board = await board_on(session, group.id, await clock.today(session))
    president = await actor_for_person(session, board[0][1].id)
    for actor in (cast.promoter, cast.head, president):
        assert (await issue_group_code(session, actor, group.id)).group.id == group.id
    for actor in (cast.treasurer, cast.auditor, cast.mayor):
        with pytest.raises(MissingRole):
            await issue_group_code(session, actor, group.id)


async def test_a_president_with_an_account_sees_the_same_and_only_of_the_own_group(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    mine, other = await file_application(session, cast, contest), await file_application(session, cast, contest)
    board = await board_on(session, mine.group_id, await clock.today(session))
    president = await actor_for_person(session, board[0][1].id)
    by_code = await standing_by_code(session, await code_for(session, cast, mine.group_id))
    assert await my_standings(session, president) == [by_code] == [await standing_of(session, president, mine.group_id)]
    with pytest.raises(NotFound):
        await standing_of(session, president, other.group_id)
    assert await my_standings(session, cast.secretary) == []
    assert (await standing_of(session, cast.auditor, other.group_id)).group.id == other.group_id
    with pytest.raises(NotFound):
        await standing_of(session, cast.mayor, other.group_id)


async def test_what_comes_next_follows_the_application(session: Session, cast: Cast) -> None:
    office = await make_office(session, cast)
    expected = (
        (office.begun, "finish_and_file"),
        (office.filed, "wait_for_the_papers"),
        (office.returned, "bring_what_is_missing"),
        (office.unvisited, "wait_for_visit_and_result"),
    )
    for application, step in expected:
        found = await standing_of(session, cast.secretary, application.group_id)
        assert steps(found) == [(application.code, step)]
    returned = (await standing_of(session, cast.secretary, office.returned.group_id)).plans[0]
    assert returned.until == (await clock.today(session)) + timedelta(days=5)
    unconfirmed = await file_application(session, cast, await make_contest(session, cast), confirmed=False)
    assert (await standing_of(session, cast.secretary, unconfirmed.group_id)).plans[0].step == "confirm_the_application"


async def test_score_and_place_show_once_they_are_announced(session: Session, cast: Cast) -> None:
    played, row = await make_tallied(session, cast)
    first = played.applications["A"]
    (hidden,) = (await standing_of(session, cast.secretary, first.group_id)).plans
    assert (hidden.step.value, hidden.rank, hidden.score) == ("wait_for_visit_and_result", None, None)
    await announce(session, cast, row)
    (shown,) = (await standing_of(session, cast.secretary, first.group_id)).plans
    assert (shown.step.value, shown.rank, shown.score) == ("wait_for_the_minutes", 2, "84.17")


async def test_from_the_award_to_the_account_that_is_rendered(session: Session, cast: Cast) -> None:
    award = await make_award(session, cast, terms=without_appeals())
    group_id = (
        await session.execute(text("SELECT group_id FROM application WHERE id = :id"), {"id": award.application_id})
    ).scalar_one()
    plan = (await standing_of(session, cast.head, group_id)).plans[0]
    assert (plan.step.value, str(plan.awarded), plan.contract) == ("wait_for_the_contract", "10000.05", None)
    contract = await make_contract(session, cast, terms=without_appeals())
    plan = (await standing_of(session, cast.head, contract.group_id)).plans[0]
    assert (plan.step.value, plan.contract, plan.contract_state) == ("sign_the_contract", contract.number, "numbered")
    assert [(part.number, str(part.amount), part.paid_at) for part in plan.parts] == [
        (1, "7000.04", None),
        (2, "3000.01", None),
    ]
    paid = await make_paid(session, cast)
    plan = (await standing_of(session, cast.head, paid.group_id)).plans[0]
    assert (plan.step.value, str(plan.to_account_for), str(plan.accounted)) == ("account_for_the_money", "7000.04", "0.00")
    assert plan.parts[0].account is not None
    assert plan.parts[0].account.startswith("****************")
    assert plan.until is not None
    assert plan.until.year == paid.numbered_at.year + 1


async def test_one_plan_costs_as_many_queries_as_three(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast)
    for _ in range(3):
        await make_eligible(session, cast, await make_contest(session, cast), group)
    assert len((await standing_of(session, cast.head, group.id)).plans) == 3
