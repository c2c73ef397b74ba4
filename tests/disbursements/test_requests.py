"""From the own share to the authorisation: conditions, three persons, numbers, the issued order."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from service.contracts.usecases import resume_contract, suspend_contract, terminate_contract
from service.core import clock
from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.machine import WrongState
from service.disbursements import order_rules, queries, rules, usecases
from service.disbursements.models import OrderStatus, RequestStatus
from service.disbursements.shapes import CheckIn, OwnDepositIn, ReasonIn
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document
from service.ledger.usecases import balance, balances
from service.people.account_usecases import confirmed_account, decide_account, propose_account
from service.people.identifiers import mask
from service.people.shapes import AccountDecisionIn
from tests.cast import Cast
from tests.make.contracts import REASON, make_contract, make_contract_in_force, money_budget, sign
from tests.make.disbursements import COMPLETE, authorise, deposit_own, order_of, request_first, with_roles
from tests.make.people import account_in, make_actor
from tests.traces import acts_on, payload_of, refused_by_database

MISSING = ReasonIn(reason="Falta la constancia del depósito")


async def test_own_deposits_stand_in_the_ledger_and_a_voucher_counts_once(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    await deposit_own(session, cast, contract, "1000.00", "VOUCHER-A")
    await deposit_own(session, cast, contract, "249.99", "VOUCHER-B")
    keys = [f"contract:{contract.id}:own_received", f"contract:{contract.id}:own_deposited"]
    assert list((await balances(session, keys)).values()) == [Decimal("-1249.99"), Decimal("1249.99")]
    with pytest.raises(rules.VoucherAlreadyUsed) as refusal:
        await deposit_own(session, cast, contract, "0.01", "VOUCHER-A")
    assert refusal.value.values == {"bank_reference": "VOUCHER-A"}
    assert await balance(session, keys[1]) == Decimal("1249.99")
    with pytest.raises(MissingRole):
        given = OwnDepositIn(amount=Decimal("1.00"), bank_reference="VOUCHER-C")
        await usecases.record_own_deposit(session, cast.promoter, contract.id, given)
    listed = await queries.list_own_deposits(session, cast.auditor, contract.id)
    assert [row.amount for row in listed] == [Decimal("1000.00"), Decimal("249.99")]


async def test_no_own_share_is_deposited_for_a_terminated_contract(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    await terminate_contract(session, cast.head, contract.id, REASON)
    with pytest.raises(rules.DepositTooLate):
        await deposit_own(session, cast, contract)


async def test_the_first_tranche_is_requested_once_the_own_share_is_there(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    await deposit_own(session, cast, contract, "1249.99")
    with pytest.raises(rules.OwnShareShort) as refusal:
        await usecases.request_tranche(session, cast.head, contract.id, 1)
    assert refusal.value.values == {"deposited": "1249.99", "needed": "1250.00"}
    await deposit_own(session, cast, contract, "0.01")
    request = await usecases.request_tranche(session, cast.head, contract.id, 1)
    assert (request.amount, request.status) == (Decimal("7000.04"), RequestStatus.REQUESTED)
    views = await queries.list_tranches(session, cast.auditor, contract.id)
    assert [(v.number, v.amount, v.request.id if v.request else None, v.paid) for v in views] == [
        (1, Decimal("7000.04"), request.id, False),
        (2, Decimal("3000.01"), None, False),
    ]


async def test_what_is_given_in_kind_is_not_deposited_first(session: Session, cast: Cast) -> None:
    budget = money_budget("10000.05", "1000.00", in_kind="1500.00")
    contract = await make_contract_in_force(session, cast, budget)
    assert contract.own_share == Decimal("2500.00")
    await deposit_own(session, cast, contract, "499.99")
    with pytest.raises(rules.OwnShareShort):
        await usecases.request_tranche(session, cast.head, contract.id, 1)
    await deposit_own(session, cast, contract, "0.01")
    assert (await usecases.request_tranche(session, cast.head, contract.id, 1)).amount == Decimal("7000.04")


async def test_tranches_are_made_once_and_sum_to_the_contract(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast, money_budget("15333.33"))
    request = await request_first(session, cast, contract)
    await usecases.refuse_request(session, cast.administrator, request.id, MISSING)
    await usecases.request_tranche(session, cast.head, contract.id, 1)
    rows = await session.execute(
        text("SELECT number, amount FROM tranche WHERE contract_id = :id ORDER BY number"), {"id": contract.id}
    )
    assert [tuple(row) for row in rows] == [(1, Decimal("10733.33")), (2, Decimal("4600.00"))]


async def test_money_is_requested_under_contracts_in_force(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    await deposit_own(session, cast, contract)
    for prepare in (None, sign, suspend_contract):
        if prepare is sign:
            await sign(session, cast, contract)
            continue
        if prepare is suspend_contract:
            await suspend_contract(session, cast.head, contract.id, REASON)
        with pytest.raises(rules.ContractNotInForce):
            await usecases.request_tranche(session, cast.head, contract.id, 1)
    await resume_contract(session, cast.head, contract.id, REASON)
    await usecases.request_tranche(session, cast.head, contract.id, 1)


async def test_only_the_head_requests_and_a_tranche_has_one_live_request(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    await deposit_own(session, cast, contract)
    for actor in (cast.administrator, cast.programme, cast.treasurer):
        with pytest.raises(MissingRole):
            await usecases.request_tranche(session, actor, contract.id, 1)
    with pytest.raises(rules.NoSuchTranche):
        await usecases.request_tranche(session, cast.head, contract.id, 3)
    with pytest.raises(rules.EarlierTrancheUnpaid):
        await usecases.request_tranche(session, cast.head, contract.id, 2)
    request = await usecases.request_tranche(session, cast.head, contract.id, 1)
    with pytest.raises(rules.AlreadyRequested):
        await usecases.request_tranche(session, cast.head, contract.id, 1)
    columns = "office_id, tranche_id, group_id, amount, requested_by, requested_at, status"
    copy = (
        f"INSERT INTO payment_request (id, {columns}) SELECT gen_random_uuid(), {columns} FROM payment_request WHERE id = :id"
    )
    assert "uq_payment_request_live_tranche" in await refused_by_database(session, copy, id=request.id)


async def test_a_refused_request_says_why_and_can_be_made_again(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    request = await request_first(session, cast, contract)
    with pytest.raises(MissingRole):
        await usecases.refuse_request(session, cast.treasurer, request.id, MISSING)
    refused = await usecases.refuse_request(session, cast.administrator, request.id, MISSING)
    assert (refused.status, refused.refused_because) == (RequestStatus.REFUSED, MISSING.reason)
    again = await usecases.request_tranche(session, cast.head, contract.id, 1)
    await usecases.check_request(session, cast.administrator, again.id, COMPLETE)
    await usecases.refuse_request(session, cast.programme, again.id, MISSING)
    assert (await usecases.request_tranche(session, cast.head, contract.id, 1)).status == RequestStatus.REQUESTED


async def test_who_requested_does_not_check(session: Session, cast: Cast) -> None:
    request = await request_first(session, cast, await make_contract_in_force(session, cast))
    with pytest.raises(order_rules.RequesterHere):
        await usecases.check_request(session, with_roles(cast, cast.head, Role.ADMINISTRATOR), request.id, COMPLETE)
    said = await refused_by_database(
        session, "UPDATE payment_request SET checked_by = requested_by, checked_at = now() WHERE id = :id", id=request.id
    )
    assert "ck_payment_request_two_persons" in said


async def test_only_a_checked_request_is_authorised(session: Session, cast: Cast) -> None:
    request = await request_first(session, cast, await make_contract_in_force(session, cast))
    with pytest.raises(WrongState):
        await usecases.authorise_request(session, cast.programme, request.id)
    for actor in (cast.head, cast.treasurer, cast.programme):
        with pytest.raises(MissingRole):
            await usecases.check_request(session, actor, request.id, COMPLETE)
    checked = await usecases.check_request(session, cast.administrator, request.id, CheckIn(note="Todo en orden"))
    assert (checked.status, checked.checked_by, checked.check_note) == (
        RequestStatus.CHECKED,
        cast.administrator.person_id,
        "Todo en orden",
    )


async def test_a_third_person_authorises(session: Session, cast: Cast) -> None:
    request = await request_first(session, cast, await make_contract_in_force(session, cast))
    await usecases.check_request(session, cast.administrator, request.id, COMPLETE)
    for actor, refusal in (
        (cast.head, order_rules.RequesterHere),
        (cast.administrator, order_rules.CheckerHere),
        (cast.jurors[0], order_rules.ScorerHere),
        (cast.promoter, order_rules.AccountProposerHere),
    ):
        with pytest.raises(refusal):
            await usecases.authorise_request(session, with_roles(cast, actor, Role.PROGRAMME), request.id)
    for actor in (cast.head, cast.administrator, cast.treasurer):
        with pytest.raises(MissingRole):
            await usecases.authorise_request(session, actor, request.id)
    assert (await usecases.authorise_request(session, cast.programme, request.id)).authorised_by == cast.programme.person_id


@pytest.mark.parametrize("column", ["requested_by", "checked_by"])
async def test_the_database_wants_a_third_person_too(session: Session, cast: Cast, column: str) -> None:
    request = await request_first(session, cast, await make_contract_in_force(session, cast))
    insert = (
        "INSERT INTO authorisation (id, request_id, office_id, year, serial, number, amount, authorised_by, authorised_at) "
        f"SELECT gen_random_uuid(), id, office_id, 2026, 7777, 'X', amount, {column}, now() FROM payment_request WHERE id = :id"
    )
    unchecked = insert.replace(f"amount, {column}", f"amount, '{cast.programme.person_id}'")
    third = "a payment is authorised by a third person, after its check"
    assert third in await refused_by_database(session, unchecked, id=request.id)
    await usecases.check_request(session, cast.administrator, request.id, COMPLETE)
    assert third in await refused_by_database(session, insert, id=request.id)


async def test_an_authorisation_is_numbered_and_issues_the_first_order(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    authorisation = await authorise(session, cast, await request_first(session, cast, contract))
    year = (await clock.today(session)).year
    assert authorisation.number == f"{authorisation.serial:03d}-{year}-SICUANI"
    account = await confirmed_account(session, contract.group_id)
    order = await order_of(session, cast, authorisation)
    assert (order.end_to_end_id, order.attempt, order.status, order.amount) == (
        f"{authorisation.number}-1",
        1,
        OrderStatus.ISSUED,
        Decimal("7000.04"),
    )
    assert (order.account_id, order.cci, order.holder) == (account.id, mask(account.cci), account.holder)
    subject = f"payment:{authorisation.request_id}"
    assert await acts_on(session, subject) == [
        ("payment.requested", cast.head.person_id),
        ("payment.checked", cast.administrator.person_id),
        ("payment.authorised", cast.programme.person_id),
    ]
    assert (await payload_of(session, "payment.authorised", subject))["amount"] == "7000.04"
    paper = await latest_document(session, DocumentKind.AUTHORISATION, f"authorisation:{authorisation.id}")
    assert paper is not None
    figures = {name: paper.data[name] for name in ("contract_amount", "paid_before", "amount", "left", "tranche", "tranches")}
    assert figures == {
        "contract_amount": "10000.05",
        "paid_before": "0.00",
        "amount": "7000.04",
        "left": "3000.01",
        "tranche": 1,
        "tranches": 2,
    }
    assert [paper.data[step]["name"] for step in ("requested", "checked", "authorised")] == [
        cast.head.name,
        cast.administrator.name,
        cast.programme.name,
    ]


async def test_authorisations_are_numbered_without_a_gap(session: Session, cast: Cast) -> None:
    first = await authorise(session, cast, await request_first(session, cast, await make_contract_in_force(session, cast)))
    contract = await make_contract_in_force(session, cast)
    request = await request_first(session, cast, contract)
    await usecases.check_request(session, cast.administrator, request.id, COMPLETE)
    await suspend_contract(session, cast.head, contract.id, REASON)
    with pytest.raises(rules.ContractNotInForce):
        await usecases.authorise_request(session, cast.programme, request.id)
    await resume_contract(session, cast.head, contract.id, REASON)
    second = await usecases.authorise_request(session, cast.programme, request.id)
    assert second.serial == first.serial + 1


async def test_the_order_goes_to_the_account_confirmed_when_it_is_issued(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    request = await request_first(session, cast, contract)
    proposed = await propose_account(session, cast.promoter, contract.group_id, account_in(holder="Asociación Nueva"))
    await decide_account(session, cast.second_officer, proposed.id, AccountDecisionIn(accept=True))
    order = await order_of(session, cast, await authorise(session, cast, request))
    assert (order.account_id, order.holder) == (proposed.id, "Asociación Nueva")


async def test_readers_of_the_office_see_requests_and_masked_accounts(session: Session, cast: Cast) -> None:
    contract = await make_contract_in_force(session, cast)
    authorisation = await authorise(session, cast, await request_first(session, cast, contract))
    order = await order_of(session, cast, authorisation)
    listed = await queries.list_orders(session, cast.secretary, cast.office.id, [OrderStatus.ISSUED])
    assert [(view.id, view.cci) for view in listed] == [(order.id, "*" * 16 + order.cci[-4:])]
    payment = await queries.get_request(session, cast.secretary, authorisation.request_id)
    assert (payment.owner, payment.request.status) == (f"contract:{contract.id}", RequestStatus.AUTHORISED)
    assert (await queries.get_authorisation(session, cast.auditor, authorisation.id)).number == authorisation.number
    waiting = await queries.list_requests(session, cast.auditor, cast.office.id, [RequestStatus.REQUESTED])
    assert waiting == []
    stranger = await make_actor(session, cast)
    for read in (
        queries.get_request(session, stranger, authorisation.request_id),
        queries.list_orders(session, stranger, cast.office.id),
        queries.list_tranches(session, stranger, contract.id),
    ):
        with pytest.raises(MissingRole):
            await read
