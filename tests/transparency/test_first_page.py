"""First pages: each person sees exactly the duties that the rights table gives, and a duty that is done is gone."""

from collections.abc import Awaitable, Callable
from decimal import Decimal

import pytest
from sqlalchemy import event

from service.applications import eligibility
from service.applications.shapes import EligibilityIn
from service.contracts.signature_usecases import confirm_ink_signature
from service.core.actor import Actor
from service.core.acts import Role
from service.core.db import Session
from service.disbursements.bank_usecases import release_batch
from service.disbursements.usecases import authorise_request, check_request, request_tranche
from service.people.account_usecases import decide_account
from service.people.shapes import AccountDecisionIn
from service.scoring.queries import my_sheets
from service.transparency.decisions import DECISIONS
from service.transparency.duties import DUTIES
from service.transparency.first_page import first_page
from service.transparency.next_steps import STEPS
from tests.cast import Cast
from tests.make.accountability import make_paid
from tests.make.disbursements import COMPLETE
from tests.make.office import Office, make_office
from tests.make.people import make_actor
from tests.make.people import make_office as make_other_office

NUMBER, SCAN, REQUEST = "Give the contract its number", "Confirm a scan against the paper", "Request a payment"
CHECK, AUTHORISE, RELEASE = "Check a payment request", "Authorise a payment", "Release a bank file"
ACCOUNT, PAPERS, SIGNATURES = "Confirm a bank account", "Decide on the papers", "See to the signatures"
PUBLISH, OPEN = "Publish the minutes", "Open the session"
LACKS = "Bring the papers that this group lacks"
BEGUN = "Finish and file what was begun for this group"
VISIT = "Visit the group and count the families present"
SAMPLES = "Score the two samples first, so that all jurors measure alike"


@pytest.fixture
async def office(session: Session, cast: Cast) -> Office:
    """The cast's office in the middle of its work."""
    return await make_office(session, cast)


async def seen(session: Session, actor: Actor) -> dict[str, int]:
    """What an actor's first page says, with how many wait."""
    page = await first_page(session, actor)
    return {str(waiting.duty.sentence): waiting.count for rows in page.values() for waiting in rows}


async def test_everybody_sees_their_own_duties_and_nobody_elses(session: Session, cast: Cast, office: Office) -> None:
    at_office = {NUMBER: 3, SCAN: 1, REQUEST: 1, ACCOUNT: 1, PAPERS: 1, SIGNATURES: 1}
    assert await seen(session, cast.head) == at_office
    desk = {PUBLISH: 8, OPEN: 1, PAPERS: 1, LACKS: 1, BEGUN: 1, VISIT: 1, SIGNATURES: 1}
    assert await seen(session, cast.secretary) == desk
    assert await seen(session, cast.promoter) == {LACKS: 1, BEGUN: 1, VISIT: 1}
    assert await seen(session, cast.administrator) == {SCAN: 1, CHECK: 1, ACCOUNT: 1, SIGNATURES: 1}
    assert await seen(session, cast.programme) == {AUTHORISE: 1}
    assert await seen(session, cast.treasurer) == {RELEASE: 1}
    assert [await seen(session, actor) for actor in (cast.auditor, cast.system, cast.mayor)] == [{}, {}, {}]
    assert await seen(session, cast.jurors[0]) == {SAMPLES: 1}
    assert [item.code for item in await my_sheets(session, cast.jurors[0])] == ["X", "Y"]
    assert (office.session.status, office.account.status) == ("convened", "pending")


async def test_nobody_of_another_office_sees_any_of_it(session: Session, cast: Cast, office: Office) -> None:
    there = (await make_other_office(session, cast)).id
    roles = [role for role in Role if role not in (Role.PROGRAMME, Role.AUDITOR, Role.SYSTEM)]
    stranger = await make_actor(session, cast, *roles, office_id=there)
    assert await seen(session, stranger) == {}
    assert office.drafts


async def test_the_oldest_come_first_with_their_number_and_their_sum(session: Session, cast: Cast, office: Office) -> None:
    rows = [waiting for part in (await first_page(session, cast.head)).values() for waiting in part]
    numbering = next(waiting for waiting in rows if str(waiting.duty.sentence) == NUMBER)
    assert (numbering.count, numbering.total) == (3, 3 * Decimal("10000.05"))
    assert [task.subject for task in numbering.tasks] == [str(draft.id) for draft in office.drafts]
    assert [task.page for task in numbering.tasks] == [str(draft.award_id) for draft in office.drafts]
    asking = next(waiting for waiting in rows if str(waiting.duty.sentence) == REQUEST)
    assert [(task.subject, task.amount) for task in asking.tasks] == [(f"{office.due.id}/1", Decimal("7000.04"))]


async def test_what_is_done_is_gone(session: Session, cast: Cast, office: Office) -> None:
    acts: list[tuple[Actor, str, Callable[[], Awaitable[object]]]] = [
        (cast.head, SCAN, lambda: confirm_ink_signature(session, cast.head, office.scan.id)),
        (cast.head, REQUEST, lambda: request_tranche(session, cast.head, office.due.id, 1)),
        (cast.programme, AUTHORISE, lambda: authorise_request(session, cast.programme, office.checked.id)),
        (cast.treasurer, RELEASE, lambda: release_batch(session, cast.treasurer, office.batch.id)),
        (
            cast.administrator,
            ACCOUNT,
            lambda: decide_account(session, cast.administrator, office.account.id, AccountDecisionIn(accept=True)),
        ),
        (
            cast.secretary,
            PAPERS,
            lambda: eligibility.decide_eligibility(session, cast.secretary, office.filed.id, EligibilityIn(eligible=True)),
        ),
    ]
    for actor, sentence, do in acts:
        assert sentence in await seen(session, actor)
        await do()
        assert sentence not in await seen(session, actor), sentence
    await check_request(session, cast.administrator, office.requested.id, COMPLETE)
    left = await first_page(session, cast.administrator)
    checks = [w for rows in left.values() for w in rows if str(w.duty.sentence) == CHECK]
    assert [task.about.split(" · ")[1] for task in checks[0].tasks] == [f"{office.due.number} / 1"]


async def test_a_paid_contract_is_to_be_accounted_for(session: Session, cast: Cast) -> None:
    await make_paid(session, cast)
    assert (await seen(session, cast.promoter))["Hand in what the group spent"] == 1
    assert REQUEST not in await seen(session, cast.head)


async def test_two_contracts_cost_as_many_queries_as_six(session: Session, cast: Cast, office: Office) -> None:
    async def queries(actor: Actor) -> int:
        ran: list[str] = []
        connection = (await session.connection()).sync_connection
        event.listen(connection, "before_cursor_execute", lambda _c, _u, statement, *_: ran.append(statement))
        await first_page(session, actor)
        return len(ran)

    one = await make_actor(session, cast, Role.OFFICE_HEAD, office_id=(await make_other_office(session, cast)).id)
    assert await queries(cast.head) - await queries(one) in (0, 1)  # the ledger is asked where there are contracts
    assert await queries(cast.head) <= 6
    assert office.drafts


def test_each_duty_leads_to_an_act_or_to_a_person_and_each_decision_to_its_duty() -> None:
    duties = (*DUTIES, *STEPS)
    assert all(duty.act or ":person" in duty.rows for duty in duties)
    assert {duty.decision for duty in duties if duty.decision} == set(DECISIONS)
    assert all(DECISIONS[duty.decision].kind == duty.kind for duty in duties if duty.decision)
    assert all(DECISIONS[duty.decision].act == duty.act for duty in duties if duty.decision)
    assert len({duty.sentence.text for duty in duties}) == len(duties)
