"""Second-tranche requests: of an approved plan, one at a time, as often as the rules allow."""

from collections.abc import Sequence
from decimal import Decimal

import pytest
from sqlalchemy import text

from service.applications import budget_rules, rules, usecases
from service.applications.models import Application, ApplicationStatus
from service.contests.models import Contest
from service.contests.ready_books import template
from service.contests.rules import PhaseClosed
from service.core import clock
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from service.people.group_usecases import get_group
from tests.cast import Cast
from tests.make.applications import make_eligible, make_second_request, make_settled
from tests.make.contests import DAY, decide, make_contest


async def approved(session: Session, cast: Cast, ready: str = "pdn-first") -> Application:
    return await make_settled(session, cast, await make_contest(session, cast, ready), ApplicationStatus.APPROVED)


async def settled(session: Session, cast: Cast, parent: Application, outcomes: Sequence[str]) -> None:
    for outcome in outcomes:
        second = await make_second_request(session, cast, await make_contest(session, cast, "pdn-second"), parent)
        await usecases.settle_outcome(session, cast.secretary, second.id, ApplicationStatus(outcome))


async def test_a_second_request_enters_as_eligible_with_its_parent_and_accounts(session: Session, cast: Cast) -> None:
    parent = await approved(session, cast)
    contest = await make_contest(session, cast, "pdn-second")
    accounting = {"first_tranche": Decimal("7000.04"), "accounted": "5600.00", "receipts": ["F001-12", "F001-13"]}
    second = await usecases.file_second_request(
        session, cast.head, contest.id, parent.id, "A-2", Decimal("3000.01"), accounting
    )
    await session.refresh(second)
    assert (second.status, second.code, str(second.requested), str(second.own_share)) == ("eligible", "A-2", "3000.01", "0.00")
    assert (second.parent_id, second.proposal_id, second.group_id) == (parent.id, parent.proposal_id, parent.group_id)
    assert (second.filed_at, second.filed_by) == (await clock.now(session), cast.head.person_id)
    assert second.accounting == {"first_tranche": "7000.04", "accounted": "5600.00", "receipts": ["F001-12", "F001-13"]}


async def test_a_contest_of_first_requests_takes_no_second_one(session: Session, cast: Cast) -> None:
    parent = await approved(session, cast)
    with pytest.raises(rules.FirstRequestOnly):
        await make_second_request(session, cast, await make_contest(session, cast), parent)


async def test_a_second_request_is_of_the_same_type_of_plan(session: Session, cast: Cast) -> None:
    parent = await approved(session, cast)
    with pytest.raises(rules.FirstRequestOnly):
        await make_second_request(session, cast, await make_contest(session, cast, "pit-second"), parent)


async def test_a_second_request_has_no_third(session: Session, cast: Cast) -> None:
    parent = await approved(session, cast)
    second = await make_second_request(session, cast, await make_contest(session, cast, "pdn-second"), parent)
    await usecases.settle_outcome(session, cast.secretary, second.id, ApplicationStatus.APPROVED)
    with pytest.raises(rules.FirstRequestOnly):
        await make_second_request(session, cast, await make_contest(session, cast, "pdn-second"), second)


@pytest.mark.parametrize("outcome", ["not_approved", "reserve", "disqualified", None])
async def test_only_an_approved_plan_has_a_second_request(session: Session, cast: Cast, outcome: str | None) -> None:
    first = await make_contest(session, cast)
    parent = await make_eligible(session, cast, first)
    if outcome:
        await usecases.settle_outcome(session, cast.secretary, parent.id, ApplicationStatus(outcome))
    with pytest.raises(rules.NotApproved):
        await make_second_request(session, cast, await make_contest(session, cast, "pdn-second"), parent)


@pytest.mark.parametrize("outcome", [None, "approved", "reserve"])
async def test_one_second_request_at_a_time_and_none_after_an_approval(
    session: Session, cast: Cast, outcome: str | None
) -> None:
    parent = await approved(session, cast)
    second = await make_second_request(session, cast, await make_contest(session, cast, "pdn-second"), parent)
    if outcome:
        await usecases.settle_outcome(session, cast.secretary, second.id, ApplicationStatus(outcome))
    with pytest.raises(rules.SecondRequestRunning):
        await make_second_request(session, cast, await make_contest(session, cast, "pdn-second"), parent)


async def test_a_second_request_that_fails_may_be_presented_twice_more(session: Session, cast: Cast) -> None:
    parent = await approved(session, cast)
    await settled(session, cast, parent, ["not_approved", "disqualified"])
    third = await make_second_request(session, cast, await make_contest(session, cast, "pdn-second"), parent)
    await usecases.settle_outcome(session, cast.secretary, third.id, ApplicationStatus.NOT_APPROVED)
    with pytest.raises(rules.NoTriesLeft):
        await make_second_request(session, cast, await make_contest(session, cast, "pdn-second"), parent)


async def test_failed_second_requests_do_not_use_up_the_tries_of_a_new_plan(session: Session, cast: Cast) -> None:
    parent = await approved(session, cast)
    await settled(session, cast, parent, ["not_approved", "not_approved", "not_approved"])
    presented = await session.scalar(
        text("SELECT count(*) FROM application WHERE group_id = :group"), {"group": parent.group_id}
    )
    assert presented == 4
    strict = template("pdn-first").terms.model_copy(update={"tries": "1"})
    contest = await make_contest(session, cast, terms=strict)
    group = await get_group(session, cast.promoter, parent.group_id)
    assert (await make_eligible(session, cast, contest, group)).status == "eligible"


async def test_a_second_request_is_filed_while_its_call_is_open(session: Session, cast: Cast) -> None:
    parent = await approved(session, cast)
    later = await make_contest(session, cast, "pdn-second", opens=DAY)
    with pytest.raises(PhaseClosed):
        await make_second_request(session, cast, later, parent)


async def test_a_decided_contest_takes_no_second_request(session: Session, cast: Cast) -> None:
    parent = await approved(session, cast)
    contest = await make_contest(session, cast, "pdn-second")
    await decide(session, contest.id)
    with pytest.raises(rules.ContestIsDecided):
        await make_second_request(session, cast, contest, parent)


async def test_a_second_request_asks_for_something(session: Session, cast: Cast) -> None:
    parent = await approved(session, cast)
    contest = await make_contest(session, cast, "pdn-second")
    with pytest.raises(budget_rules.NothingRequested):
        await make_second_request(session, cast, contest, parent, Decimal("0.00"))


async def file_as(session: Session, cast: Cast, contest: Contest, parent: Application, code: str) -> Application:
    return await usecases.file_second_request(session, cast.head, contest.id, parent.id, code, Decimal("1.00"), {})


async def test_the_short_name_is_used_once_in_the_contest(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, "pdn-second")
    one, other = await approved(session, cast), await approved(session, cast)
    await file_as(session, cast, contest, one, "A-2")
    with pytest.raises(rules.ShortNameTaken):
        await file_as(session, cast, contest, other, "A-2")
    assert (await file_as(session, cast, contest, other, "B-2")).status == "eligible"


async def test_an_unknown_parent_is_not_found(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast, "pdn-second")
    with pytest.raises(NotFound):
        await usecases.file_second_request(session, cast.head, contest.id, new_id(), "A-2", Decimal("1.00"), {})


async def test_a_second_request_that_was_put_off_is_made_again_and_lost_no_try(session: Session, cast: Cast) -> None:
    parent = await approved(session, cast)
    for outcome in ("deferred", "not_approved", "deferred", "not_approved"):
        second = await make_second_request(session, cast, await make_contest(session, cast, "pdn-second"), parent)
        await usecases.settle_outcome(session, cast.secretary, second.id, ApplicationStatus(outcome))
    await make_second_request(session, cast, await make_contest(session, cast, "pdn-second"), parent)
