"""The prizes of a family contest: one sum to the community's account, one posting and one receipt for each family."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text

from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.deliberation.appeal_rules import AppealOpen, StillAppealable
from service.disbursements import order_rules, queries, rules, usecases
from service.disbursements.models import PaymentRequest, PrizePayout
from service.disbursements.shapes import ReasonIn
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document
from service.funding.models import Fund
from service.funding.usecases import assign_fund
from service.ledger.usecases import balances, entries
from service.people.account_usecases import confirmed_account
from service.people.group_usecases import families_of
from service.people.identifiers import mask
from tests.cast import Cast
from tests.make.appeals import file_it, later, reject_it
from tests.make.contests import make_contest, without_appeals
from tests.make.contracts import make_contract_in_force
from tests.make.deliberation import make_open_session, sign_all, tally_all
from tests.make.disbursements import COMPLETE, answer, order_of, send, with_roles
from tests.make.funding import make_fund
from tests.make.people import make_committee, make_group
from tests.make.scoring import Played, play_bundle
from tests.traces import refused_by_database

PRIZES = ["58.33", "58.33", "58.34", "5.00", "5.00"]
"""Three tied families share 100 + 50 + 25, two share 10: what does not divide goes to the earliest registered."""


async def play_prizes(session: Session, cast: Cast, appeal_days: str = "0") -> tuple[Played, Fund]:
    """A decided contest of six families, with a fund of exactly what was won."""
    committee = await make_committee(session, cast)
    played = await play_bundle(
        session, cast, "cif-cents", terms=without_appeals("cif").model_copy(update={"appeal_days": appeal_days})
    )
    fund = await make_fund(session, cast, "185.00")
    await assign_fund(session, cast.programme, played.contest.id, fund.id)
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    await sign_all(session, cast, row)
    return played, fund


async def payout_of(session: Session, request: PaymentRequest) -> PrizePayout:
    """The payout that a request asks to pay."""
    payout = await session.get(PrizePayout, request.payout_id)
    assert payout is not None
    return payout


async def test_prizes_become_payable_by_one_posting_each(session: Session, cast: Cast) -> None:
    played, fund = await play_prizes(session, cast)
    request = await usecases.request_prizes(session, cast.head, played.contest.id)
    payout = await payout_of(session, request)
    assert (request.amount, payout.amount, payout.group_id) == (
        Decimal("185.00"),
        Decimal("185.00"),
        played.contest.host_group_id,
    )
    assert [(prize["application"], prize["place"], prize["amount"]) for prize in payout.prizes] == list(
        zip(["F01", "F02", "F03", "F04", "F05"], [1, 1, 1, 4, 4], PRIZES, strict=True)
    )
    posted = [
        entry.amount for entry in await entries(session, [f"payout:{payout.id}"]) if entry.key == f"payout:{payout.id}:payable"
    ]
    assert sorted(posted) == sorted(Decimal(prize) for prize in PRIZES)
    keys = [f"fund:{fund.id}:reserved", f"payout:{payout.id}:payable"]
    assert list((await balances(session, keys)).values()) == [Decimal("0.00"), Decimal("185.00")]
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))


async def test_every_family_signs_a_receipt_of_its_own(session: Session, cast: Cast) -> None:
    played, _ = await play_prizes(session, cast)
    assert played.contest.host_group_id is not None
    request = await usecases.request_prizes(session, cast.head, played.contest.id)
    paper = await latest_document(session, DocumentKind.RECEIPTS, f"payout:{request.payout_id}")
    assert paper is not None
    families = await families_of(session, played.contest.host_group_id)
    assert [
        (r["serial"], r["family_code"], r["name"], r["dni"], r["place"], r["pooled"], r["amount"])
        for r in paper.data["receipts"]
    ] == [
        (n, each.family.code, each.head.name, each.head.dni, place, True, prize)
        for n, (each, place, prize) in enumerate(zip(families[:5], [1, 1, 1, 4, 4], PRIZES, strict=True), start=1)
    ]
    assert (paper.data["total"], paper.data["payer"]["role"]) == ("185.00", "treasurer")


async def test_prizes_are_paid_as_one_sum_to_the_community(session: Session, cast: Cast) -> None:
    played, _ = await play_prizes(session, cast)
    assert played.contest.host_group_id is not None
    request = await usecases.request_prizes(session, cast.head, played.contest.id)
    await usecases.check_request(session, cast.administrator, request.id, COMPLETE)
    with pytest.raises(order_rules.ScorerHere):
        await usecases.authorise_request(
            session, with_roles(cast, next(iter(played.panel.values())), Role.PROGRAMME), request.id
        )
    authorisation = await usecases.authorise_request(session, cast.programme, request.id)
    order = await order_of(session, cast, authorisation)
    account = await confirmed_account(session, played.contest.host_group_id)
    assert (order.amount, order.cci, order.owner) == (Decimal("185.00"), mask(account.cci), f"payout:{request.payout_id}")
    paper = await latest_document(session, DocumentKind.AUTHORISATION, f"authorisation:{authorisation.id}")
    assert paper is not None
    assert (paper.data["tranche"], paper.data["amount"], paper.data["left"]) == (None, "185.00", "0.00")
    await answer(session, cast, await send(session, cast))
    keys = [f"payout:{request.payout_id}:{name}" for name in ("payable", "disbursed")]
    assert list((await balances(session, keys)).values()) == [Decimal("0.00"), Decimal("185.00")]


async def test_a_refused_request_for_prizes_is_made_again_over_the_same_payout(session: Session, cast: Cast) -> None:
    played, _ = await play_prizes(session, cast)
    first = await usecases.request_prizes(session, cast.head, played.contest.id)
    with pytest.raises(rules.AlreadyRequested):
        await usecases.request_prizes(session, cast.head, played.contest.id)
    await usecases.refuse_request(session, cast.administrator, first.id, ReasonIn(reason="Falta un recibo"))
    again = await usecases.request_prizes(session, cast.head, played.contest.id)
    assert (again.payout_id, again.amount) == (first.payout_id, Decimal("185.00"))
    assert [payment.request.id for payment in await queries.list_requests(session, cast.auditor, cast.office.id)][:1] == [
        again.id
    ]


async def test_only_decided_contests_of_families_pay_prizes(session: Session, cast: Cast) -> None:
    host = await make_group(session, cast)
    contest = await make_contest(session, cast, "cif", host_group_id=host.id)
    with pytest.raises(MissingRole):
        await usecases.request_prizes(session, cast.administrator, contest.id)
    with pytest.raises(rules.PrizesNotDecided):
        await usecases.request_prizes(session, cast.head, contest.id)
    contract = await make_contract_in_force(session, cast)
    with pytest.raises(rules.NotAFamilyContest):
        await usecases.request_prizes(session, cast.head, contract.contest_id)


async def test_prizes_are_not_paid_while_the_result_can_be_appealed_or_is(session: Session, cast: Cast) -> None:
    played, _ = await play_prizes(session, cast, appeal_days="2")
    with pytest.raises(StillAppealable):
        await usecases.request_prizes(session, cast.head, played.contest.id)
    appeal = await file_it(session, cast, played.applications["F06"])
    await later(session, timedelta(days=3))
    with pytest.raises(AppealOpen):
        await usecases.request_prizes(session, cast.head, played.contest.id)
    forged = "INSERT INTO prize_payout SELECT gen_random_uuid(), id, host_group_id, 185.00, '[]', now() + interval '9 days' FROM contest WHERE id = :contest"
    assert "money is not bound" in await refused_by_database(session, forged, contest=played.contest.id)
    await reject_it(session, cast, appeal)
    request = await usecases.request_prizes(session, cast.head, played.contest.id)
    assert request.amount == Decimal("185.00")
