"""The second tranche and its gate, refunds, liquidation: with the golden figures of 10000.05 and 15333.33."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from service.accountability import liquidation, queries, rules, usecases
from service.accountability.models import ChargedTo, SecondRequest
from service.accountability.shapes import LiquidationIn, RefundIn, SecondRequestIn
from service.applications.models import ApplicationStatus
from service.applications.queries import get_application
from service.applications.rules import FirstRequestOnly, SecondRequestRunning
from service.applications.usecases import settle_outcome
from service.contests.models import Contest
from service.contests.shapes import TermsIn
from service.contracts.models import Contract, ContractStatus
from service.contracts.usecases import suspend_contract, write_off_contract
from service.core import clock
from service.core.actor import MissingRole, Role
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.core.machine import WrongState
from service.core.money import show
from service.deliberation.usecases import award_of
from service.disbursements import order_rules
from service.disbursements import usecases as disbursements
from service.disbursements.rules import (
    ContractNotInForce,
    EarlierTrancheUnpaid,
    GateNotReached,
    SecondRequestNotApproved,
    VoucherAlreadyUsed,
)
from service.disbursements.usecases import balances_of
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document
from service.funding.usecases import fund_balances
from service.ledger.usecases import balance
from tests.cast import Cast
from tests.disbursements.test_requests import with_roles
from tests.make.accountability import account_for, receipt_in, submit
from tests.make.contests import make_contest
from tests.make.contracts import REASON, make_contract_in_force, money_budget
from tests.make.deliberation import make_open_session, sign_all, sign_contest, tally_all
from tests.make.disbursements import COMPLETE, deposit_own, pay, pay_first, request_first
from tests.make.people import make_committee, next_number
from tests.make.scoring import make_panel, score_all
from tests.traces import payload_of

OPINION = "Avance conforme a la visita; se recomienda."


def second_in(contest: Contest) -> SecondRequestIn:
    """A second request with the office's opinion."""
    return SecondRequestIn(contest_id=contest.id, code=f"S{next_number()}", opinion=OPINION)


def refund_in(amount: str, reference: str | None = None) -> RefundIn:
    """Money given back."""
    return RefundIn(amount=Decimal(amount), bank_reference=reference or f"DEV-{next_number()}")


async def make_paid(session: Session, cast: Cast, requested: str = "10000.05") -> Contract:
    """A contract whose first tranche is paid."""
    contract = await make_contract_in_force(session, cast, money_budget(requested))
    await pay_first(session, cast, contract)
    return contract


async def ask(session: Session, cast: Cast, contract: Contract, contest: Contest | None = None) -> SecondRequest:
    """The request for the second tranche, to a new contest unless told."""
    contest = contest or await make_contest(session, cast, "pdn-second")
    return await usecases.request_second_tranche(session, cast.head, contract.id, second_in(contest))


async def approve(session: Session, cast: Cast, request: SecondRequest) -> None:
    """Let a session of the committee approve a second request."""
    application = await get_application(session, cast.secretary, request.application_id)
    contest = await session.get(Contest, application.contest_id)
    assert contest is not None
    await sign_contest(session, cast, contest, application)
    assert await award_of(session, application.id) is not None


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


async def test_refunds_go_back_to_the_fund(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast)
    await account_for(session, cast, contract, "6000.04")
    available = (await fund_balances(session, contract.fund_id)).available
    for actor in (cast.promoter, cast.head, cast.treasurer):
        with pytest.raises(MissingRole):
            await usecases.record_refund(session, actor, contract.id, refund_in("1.00"))
    with pytest.raises(rules.RefundTooLarge) as refusal:
        await usecases.record_refund(session, cast.administrator, contract.id, refund_in("1000.01"))
    assert refusal.value.values == {"open": "1000.00"}
    await usecases.record_refund(session, cast.administrator, contract.id, refund_in("400.00", "DEV-A"))
    with pytest.raises(VoucherAlreadyUsed):
        await usecases.record_refund(session, cast.administrator, contract.id, refund_in("1.00", "DEV-A"))
    await usecases.record_refund(session, cast.administrator, contract.id, refund_in("600.00"))
    assert await balance(session, f"contract:{contract.id}:disbursed") == Decimal("0.00")
    assert (await fund_balances(session, contract.fund_id)).available == available + Decimal("1000.00")
    listed = await queries.list_refunds(session, cast.auditor, contract.id)
    assert [row.amount for row in listed] == [Decimal("400.00"), Decimal("600.00")]


async def make_accounted(session: Session, cast: Cast) -> Contract:
    """A contract paid at once, 9600.00 of its 10000.05 accounted for and 2000.00 of its own 2500.00."""
    terms = TermsIn(tranches=["1"], own_share_first="1/2")
    contract = await make_contract_in_force(session, cast, terms=terms)
    await deposit_own(session, cast, contract, "1250.00")
    await pay_first(session, cast, contract)
    await account_for(session, cast, contract, "9600.00")
    await account_for(session, cast, contract, "2000.00", ChargedTo.OWN)
    return contract


async def test_a_contract_is_liquidated_once_everything_adds_up(session: Session, cast: Cast) -> None:
    contract = await make_accounted(session, cast)
    with pytest.raises(rules.BalanceOpen) as refusal:
        await liquidation.liquidate_contract(session, cast.head, contract.id)
    assert refusal.value.values == {"open": "400.05"}
    await usecases.record_refund(session, cast.administrator, contract.id, refund_in("400.05", "DEV-9"))
    for actor in (cast.administrator, cast.secretary, cast.programme):
        with pytest.raises(MissingRole):
            await liquidation.liquidate_contract(session, actor, contract.id)
    made = await liquidation.liquidate_contract(session, cast.head, contract.id, LiquidationIn(opinion="Conforme."))
    assert contract.status == ContractStatus.LIQUIDATED
    today = await clock.today(session)
    assert made.number.endswith(f"-{today.year}-SICUANI")
    assert made.data_sha256 == sha256_hex(made.data)
    data = made.data
    assert data["sides"] == [
        {"side": "fund", "disbursed": "10000.05", "executed": "9600.00", "balance": "400.05"},
        {"side": "own", "disbursed": "2500.00", "executed": "2000.00", "balance": "500.00"},
    ]
    assert data["refunds"] == [{"bank_reference": "DEV-9", "on": today.isoformat(), "amount": "400.05"}]
    assert (data["refunded"], data["open"], data["opinion"]) == ("400.05", "0.00", "Conforme.")
    assert [tuple(line.values()) for line in data["lines"]] == [
        ("Motobombas", "6000.00", "9600.00", "0.00", "0.00"),
        ("Mangueras", "4000.05", "0.00", "0.00", "0.00"),
        ("Semillas", "0.00", "0.00", "2500.00", "2000.00"),
    ]
    assert [(line["serial"], line["presented"], line["accepted"]) for line in data["reports"]] == [
        (1, "9600.00", "9600.00"),
        (2, "2000.00", "2000.00"),
    ]
    paper = await latest_document(session, DocumentKind.LIQUIDATION, f"contract:{contract.id}")
    assert paper is not None
    assert paper.data == data
    assert (await queries.get_liquidation(session, cast.auditor, contract.id)).number == made.number
    with pytest.raises(WrongState):
        await liquidation.liquidate_contract(session, cast.head, contract.id)
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


async def test_a_liquidated_donation_is_completed_and_written_off(session: Session, cast: Cast) -> None:
    contract = await make_accounted(session, cast)
    await usecases.record_refund(session, cast.administrator, contract.id, refund_in("400.05"))
    with pytest.raises(WrongState):
        await liquidation.complete_donation(session, cast.head, contract.id)
    await liquidation.liquidate_contract(session, cast.head, contract.id)
    with pytest.raises(MissingRole):
        await liquidation.complete_donation(session, cast.administrator, contract.id)
    assert (await liquidation.complete_donation(session, cast.head, contract.id)).status == ContractStatus.COMPLETED
    written_off = await write_off_contract(session, cast.head, contract.id, REASON)
    assert written_off.status == ContractStatus.WRITTEN_OFF


async def test_nothing_is_left_open_at_liquidation(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    await request_first(session, cast, contract)
    with pytest.raises(rules.TrancheOpen) as tranche:
        await liquidation.liquidate_contract(session, cast.head, contract.id)
    assert tranche.value.values == {"number": 1}
    paid = await make_accounted(session, cast)
    await submit(session, cast, paid, await receipt_in(session, paid, "400.05"))
    with pytest.raises(rules.ReportsOpen) as report:
        await liquidation.liquidate_contract(session, cast.head, paid.id)
    assert report.value.values == {"serial": 3}
    await suspend_contract(session, cast.head, paid.id, REASON)
    with pytest.raises(WrongState):
        await liquidation.liquidate_contract(session, cast.head, paid.id)


async def test_the_whole_life_of_a_contract_in_two_tranches_adds_up(session: Session, cast: Cast) -> None:
    contract = await make_paid(session, cast, "15333.33")
    await account_for(session, cast, contract, "7513.34")
    await approve(session, cast, await ask(session, cast, contract))
    await pay(session, cast, await disbursements.request_tranche(session, cast.head, contract.id, 2))
    await account_for(session, cast, contract, "7819.99")
    made = await liquidation.liquidate_contract(session, cast.head, contract.id)
    assert made.data["sides"][0] == {
        "side": "fund",
        "disbursed": "15333.33",
        "executed": "15333.33",
        "balance": "0.00",
    }
    held = await balances_of(session, contract.id)
    assert (held.committed, held.payable, held.disbursed, held.accounted) == (
        Decimal("0.00"),
        Decimal("0.00"),
        Decimal("0.00"),
        Decimal("15333.33"),
    )
    fund = await fund_balances(session, contract.fund_id)
    assert (fund.available, fund.reserved, fund.committed) == (Decimal("84666.67"), Decimal("0.00"), Decimal("15333.33"))
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
