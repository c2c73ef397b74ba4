"""The second tranche and its gate: with the golden figures of 10000.05 and 15333.33."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from service.accountability import queries, rules, usecases
from service.applications.models import Application, ApplicationStatus
from service.applications.queries import get_application
from service.applications.rules import FirstRequestOnly, SecondRequestRunning
from service.applications.usecases import settle_outcome
from service.contests.shapes import TermsIn
from service.contracts.usecases import suspend_contract
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.money import show
from service.deliberation.appeal_rules import AppealOpen
from service.disbursements import order_rules
from service.disbursements import usecases as disbursements
from service.disbursements.rules import (
    ContractNotInForce,
    EarlierTrancheUnpaid,
    GateNotReached,
    SecondRequestNotApproved,
)
from service.disbursements.usecases import balances_of
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document
from tests.cast import Cast
from tests.make.accountability import OPINION, account_for, approve, ask, make_paid, second_in
from tests.make.appeals import file_it, later, reject_it
from tests.make.contests import make_contest
from tests.make.contracts import REASON, make_contract_in_force
from tests.make.deliberation import make_open_session, sign_all, tally_all
from tests.make.disbursements import COMPLETE, pay, with_roles
from tests.make.people import make_committee
from tests.make.scoring import make_panel, score_all
from tests.traces import payload_of


@pytest.mark.parametrize(
    ("requested", "short", "needed", "left"),
    [("10000.05", "4900.02", "4900.03", "3000.01"), ("15333.33", "7513.33", "7513.34", "4600.00")],
)
async def test_the_second_tranche_is_asked_for_once_the_gate_is_reached_to_the_cent(
    session: Session, cast: Cast, requested: str, short: str, needed: str, left: str
) -> None:
    contract = await make_paid(session, cast, requested)
    contest = await make_contest(session, cast, "pdn-second")
    await account_for(session, cast, contract, short)
    with pytest.raises(GateNotReached) as refusal:
        await usecases.request_second_tranche(session, cast.head, contract.id, second_in(contest))
    assert refusal.value.values == {"accounted": short, "needed": needed}
    await account_for(session, cast, contract, "0.01")
    request = await usecases.request_second_tranche(session, cast.head, contract.id, second_in(contest))
    application = await get_application(session, cast.secretary, request.application_id)
    assert (application.requested, application.parent_id, application.status) == (
        Decimal(left),
        contract.application_id,
        ApplicationStatus.ELIGIBLE,
    )
    first = show(contract.amount - Decimal(left))
    snapshot = {
        "contract": contract.number,
        "amount": requested,
        "first_tranche": first,
        "gate": "7/10",
        "accounted": needed,
        "disbursed": first,
        "own_deposited": "1250.00",
        "own_accounted": "0.00",
    }
    assert application.accounting == snapshot
    assert await payload_of(session, "second_request.filed", f"contract:{contract.id}") == {
        "application_id": str(application.id),
        "requested": left,
        "opinion": OPINION,
        **snapshot,
    }
    assert [row.opinion for row in await queries.list_second_requests(session, cast.auditor, contract.id)] == [OPINION]


async def test_the_second_tranche_is_asked_for_by_the_head_under_a_contract_in_force(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    contest = await make_contest(session, cast, "pdn-second")
    first_requests = await make_contest(session, cast)
    await account_for(session, cast, contract, "7000.04")
    for actor in (cast.promoter, cast.administrator, cast.programme):
        with pytest.raises(MissingRole):
            await usecases.request_second_tranche(session, actor, contract.id, second_in(contest))
    with pytest.raises(FirstRequestOnly):
        await usecases.request_second_tranche(session, cast.head, contract.id, second_in(first_requests))
    await suspend_contract(session, cast.head, contract.id, REASON)
    with pytest.raises(ContractNotInForce):
        await usecases.request_second_tranche(session, cast.head, contract.id, second_in(contest))


async def test_a_second_request_follows_a_paid_first_tranche(session: Session, cast: Cast) -> None:
    terms = TermsIn(tranches=["7/10", "3/10"], gate="0")
    contract = await make_contract_in_force(session, cast, terms=terms)
    with pytest.raises(EarlierTrancheUnpaid):
        await ask(session, cast, contract)
    at_once = await make_contract_in_force(session, cast, terms=TermsIn(tranches=["1"]))
    with pytest.raises(rules.NothingLeftToRequest):
        await ask(session, cast, at_once)


async def test_a_second_request_that_failed_may_be_repeated(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    await account_for(session, cast, contract, "4900.03")
    first = await ask(session, cast, contract)
    with pytest.raises(SecondRequestRunning):
        await ask(session, cast, contract)
    await settle_outcome(session, cast.secretary, first.application_id, ApplicationStatus.NOT_APPROVED)
    again = await ask(session, cast, contract)
    listed = await queries.list_second_requests(session, cast.auditor, contract.id)
    assert {row.application_id for row in listed} == {first.application_id, again.application_id}


async def test_the_second_tranche_is_paid_after_the_committees_award(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    await account_for(session, cast, contract, "4900.03")
    with pytest.raises(SecondRequestNotApproved):
        await disbursements.request_tranche(session, cast.head, contract.id, 2)
    request = await ask(session, cast, contract)
    with pytest.raises(SecondRequestNotApproved):
        await disbursements.request_tranche(session, cast.head, contract.id, 2)
    await approve(session, cast, request)
    payment = await disbursements.request_tranche(session, cast.head, contract.id, 2)
    assert payment.amount == Decimal("3000.01")
    await pay(session, cast, payment)
    held = await balances_of(session, contract.id)
    assert (held.payable, held.disbursed, held.accounted) == (Decimal("0.00"), Decimal("5100.02"), Decimal("4900.03"))
    paper = await latest_paper(session, payment.id)
    assert (paper["paid_before"], paper["amount"], paper["left"]) == ("7000.04", "3000.01", "0.00")


async def latest_paper(session: Session, request_id: object) -> dict[str, str]:
    """The paper of a request's authorisation."""
    found = text("SELECT id FROM authorisation WHERE request_id = :id")
    authorisation_id = (await session.execute(found, {"id": request_id})).scalar_one()
    paper = await latest_document(session, DocumentKind.AUTHORISATION, f"authorisation:{authorisation_id}")
    assert paper is not None
    return paper.data


async def test_the_second_tranche_waits_for_the_appeal_of_its_request(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    await account_for(session, cast, contract, "4900.03")
    request = await ask(session, cast, contract)
    await approve(session, cast, request)
    await later(session)
    appeal = await file_it(session, cast, await session.get_one(Application, request.application_id))
    with pytest.raises(AppealOpen):
        await disbursements.request_tranche(session, cast.head, contract.id, 2)
    await reject_it(session, cast, appeal)
    payment = await disbursements.request_tranche(session, cast.head, contract.id, 2)
    assert payment.amount == Decimal("3000.01")


async def test_the_gate_is_looked_at_again_when_the_tranche_is_requested(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    await account_for(session, cast, contract, "4900.02")
    with pytest.raises(GateNotReached) as refusal:
        await disbursements.request_tranche(session, cast.head, contract.id, 2)
    assert refusal.value.values == {"accounted": "4900.02", "needed": "4900.03"}


async def test_who_scored_only_the_second_request_does_not_authorise_its_payment(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    await account_for(session, cast, contract, "4900.03")
    contest = await make_contest(session, cast, "pdn-second")
    request = await ask(session, cast, contract, contest)
    application = await get_application(session, cast.secretary, request.application_id)
    committee = await make_committee(session, cast)
    await make_panel(session, cast, contest, None, cast.mayor, *cast.jurors[1:])
    row = await make_open_session(session, cast, committee, contest)
    await score_all(session, cast, contest, application)
    await tally_all(session, cast, row)
    await sign_all(session, cast, row)
    payment = await disbursements.request_tranche(session, cast.head, contract.id, 2)
    await disbursements.check_request(session, cast.administrator, payment.id, COMPLETE)
    for scorer in (cast.mayor, cast.jurors[0]):
        with pytest.raises(order_rules.ScorerHere):
            await disbursements.authorise_request(session, with_roles(cast, scorer, Role.PROGRAMME), payment.id)
