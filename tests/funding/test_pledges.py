"""Pledges and deposits: a promise, its certificate by another person, and what came."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from service.core import clock
from service.core.actor import Actor, MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.core.machine import WrongState, advance
from service.funding import pledge_usecases as pledges
from service.funding import usecases as funding
from service.funding.models import Pledge, PledgeKind, PledgeStatus
from service.funding.rules import (
    PLEDGE_LIFE,
    CertificateFromTheFuture,
    FundOfOtherOffice,
    NotInCash,
    NotInKind,
    OwnPledge,
    PledgeAction,
    ReferenceUsed,
)
from service.funding.shapes import CertificateIn, DefaultIn, DeliveryIn, DepositIn, FundDepositIn, PledgeIn
from service.funding.usecases import FundBalances
from service.ledger import usecases as ledger
from service.people.group_usecases import create_group
from tests.cast import SINCE, Cast
from tests.make.funding import (
    make_certified_pledge,
    make_cofunder,
    make_deposit,
    make_deposited_pledge,
    make_fund,
    make_pledge,
    pledge_in,
)
from tests.make.people import group_in, make_actor, make_group, make_office
from tests.traces import acts_on, payload_of, refused_by_database

CERTIFICATE = CertificateIn(number="CCP 0042-2020", certified_on=SINCE)
ZERO = Decimal("0.00")


def amounts(received: str, available: str, reserved: str, committed: str, in_kind: str) -> FundBalances:
    """Balances from text."""
    return FundBalances(*map(Decimal, (received, available, reserved, committed, in_kind)))


async def money_of(session: Session, owner: str) -> list[tuple[str, str, Decimal]]:
    """The postings of an owner: entry, account and amount."""
    return [(line.reference, line.key.removeprefix(owner), line.amount) for line in await ledger.entries(session, [owner])]


def test_every_state_and_action_of_a_pledge_is_decided() -> None:
    leads = {
        ("declared", "certify"): "certified",
        ("declared", "default"): "defaulted",
        ("certified", "deposit"): "deposited",
        ("certified", "deliver"): "delivered",
        ("certified", "default"): "defaulted",
    }
    for state in PledgeStatus:
        for action in PledgeAction:
            following = leads.get((state.value, action.value))
            if following:
                assert advance(PLEDGE_LIFE, state, action) == following
            else:
                with pytest.raises(WrongState):
                    advance(PLEDGE_LIFE, state, action)


async def test_a_promise_moves_no_money(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    group = await make_group(session, cast)
    given = pledge_in(fund, cofunder, "3000.50", group_id=group.id)
    pledge = await pledges.declare_pledge(session, cast.secretary, given)
    assert pledge.model_dump(include=set(type(given).model_fields)) == given.model_dump()
    assert (pledge.status, pledge.declared_by) == (PledgeStatus.DECLARED, cast.secretary.person_id)
    await pledges.certify_pledge(session, cast.administrator, pledge.id, CERTIFICATE)
    assert await money_of(session, f"fund:{fund.id}") == []
    assert await funding.fund_balances(session, fund.id) == amounts("0.00", "0.00", "0.00", "0.00", "0.00")
    assert (await payload_of(session, "pledge.declared", f"pledge:{pledge.id}"))["amount"] == "3000.50"


async def test_a_deposit_brings_the_pledges_amount_into_the_fund(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    pledge = await make_certified_pledge(session, cast, fund, cofunder, "3000.50")
    deposit = await pledges.deposit_pledge(session, cast.second_officer, pledge.id, DepositIn(bank_reference="OP 881"))
    assert (deposit.fund_id, deposit.cofunder_id, deposit.pledge_id) == (fund.id, cofunder.id, pledge.id)
    assert (deposit.amount, deposit.bank_reference) == (Decimal("3000.50"), "OP 881")
    assert await money_of(session, f"fund:{fund.id}") == [
        (f"deposit:{deposit.id}", ":received", Decimal("-3000.50")),
        (f"deposit:{deposit.id}", ":available", Decimal("3000.50")),
    ]
    assert await funding.fund_balances(session, fund.id) == amounts("3000.50", "3000.50", "0.00", "0.00", "0.00")
    assert (await pledges.get_pledge(session, cast.auditor, pledge.id)).status == PledgeStatus.DEPOSITED
    assert await acts_on(session, f"pledge:{pledge.id}") == [
        ("pledge.declared", cast.secretary.person_id),
        ("pledge.certified", cast.administrator.person_id),
        ("pledge.deposited", cast.second_officer.person_id),
    ]
    assert await acts_on(session, f"deposit:{deposit.id}") == [("deposit.recorded", cast.second_officer.person_id)]


async def test_what_is_delivered_in_kind_counts_apart_from_money(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, "100.00"), await make_cofunder(session, cast)
    pledge = await make_certified_pledge(session, cast, fund, cofunder, "250.25", kind=PledgeKind.IN_KIND)
    delivered = await pledges.deliver_pledge(session, cast.administrator, pledge.id, DeliveryIn(document="Acta 12"))
    assert delivered.status == PledgeStatus.DELIVERED
    assert (await money_of(session, f"fund:{fund.id}"))[2:] == [
        (f"delivery:{pledge.id}", ":promised_in_kind", Decimal("-250.25")),
        (f"delivery:{pledge.id}", ":in_kind", Decimal("250.25")),
    ]
    assert await funding.fund_balances(session, fund.id) == amounts("100.00", "100.00", "0.00", "0.00", "250.25")


async def test_a_pledge_is_money_only_after_its_certificate(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    cash = await make_pledge(session, cast, fund, cofunder)
    kind = await make_pledge(session, cast, fund, cofunder, kind=PledgeKind.IN_KIND)
    with pytest.raises(WrongState):
        await pledges.deposit_pledge(session, cast.administrator, cash.id, DepositIn(bank_reference="OP"))
    with pytest.raises(WrongState):
        await pledges.deliver_pledge(session, cast.administrator, kind.id, DeliveryIn(document="Acta"))
    assert await money_of(session, f"fund:{fund.id}") == []


async def test_cash_is_deposited_and_goods_are_delivered(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    cash = await make_certified_pledge(session, cast, fund, cofunder)
    kind = await make_certified_pledge(session, cast, fund, cofunder, kind=PledgeKind.IN_KIND)
    with pytest.raises(NotInKind):
        await pledges.deliver_pledge(session, cast.administrator, cash.id, DeliveryIn(document="Acta"))
    with pytest.raises(NotInCash):
        await pledges.deposit_pledge(session, cast.administrator, kind.id, DepositIn(bank_reference="OP"))


async def test_who_declared_a_pledge_does_not_certify_it(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    pledge = await pledges.declare_pledge(session, cast.administrator, pledge_in(fund, cofunder))
    with pytest.raises(OwnPledge):
        await pledges.certify_pledge(session, cast.administrator, pledge.id, CERTIFICATE)
    certified = await pledges.certify_pledge(session, cast.second_officer, pledge.id, CERTIFICATE)
    assert certified.status == PledgeStatus.CERTIFIED
    with pytest.raises(WrongState):
        await pledges.certify_pledge(session, cast.second_officer, pledge.id, CERTIFICATE)


async def test_a_certificate_is_of_today_at_the_latest(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    pledge = await make_pledge(session, cast, fund, cofunder)
    today = await clock.today(session)
    tomorrow = CertificateIn(number="1", certified_on=today + timedelta(days=1))
    with pytest.raises(CertificateFromTheFuture) as refused:
        await pledges.certify_pledge(session, cast.administrator, pledge.id, tomorrow)
    assert refused.value.field == "certified_on"
    await pledges.certify_pledge(session, cast.administrator, pledge.id, CertificateIn(number="1", certified_on=today))


async def test_a_pledge_that_is_given_up_stays_so_and_brings_nothing(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    why = DefaultIn(reason="El canon no llegó")
    declared = await make_pledge(session, cast, fund, cofunder)
    certified = await make_certified_pledge(session, cast, fund, cofunder)
    for pledge in (declared, certified):
        assert (await pledges.default_pledge(session, cast.administrator, pledge.id, why)).status == PledgeStatus.DEFAULTED
        with pytest.raises(WrongState):
            await pledges.default_pledge(session, cast.administrator, pledge.id, why)
    with pytest.raises(WrongState):
        await pledges.deposit_pledge(session, cast.administrator, certified.id, DepositIn(bank_reference="OP"))
    deposited = await make_deposited_pledge(session, cast, fund, cofunder)
    assert deposited.pledge_id
    with pytest.raises(WrongState):
        await pledges.default_pledge(session, cast.administrator, deposited.pledge_id, why)
    assert await payload_of(session, "pledge.defaulted", f"pledge:{declared.id}") == {"reason": "El canon no llegó"}


async def test_money_without_a_pledge_enters_under_its_bank_reference_once(session: Session, cast: Cast) -> None:
    fund, other, cofunder = (
        await make_fund(session, cast, None),
        await make_fund(session, cast, None),
        await make_cofunder(session, cast),
    )
    first = await make_deposit(session, cast, fund, "70.10", cofunder, "OP 1")
    with pytest.raises(ReferenceUsed) as refused:
        await make_deposit(session, cast, other, "70.10", cofunder, "OP 1")
    assert (refused.value.field, refused.value.values) == ("bank_reference", {"reference": "OP 1"})
    pledge = await make_certified_pledge(session, cast, fund, cofunder)
    with pytest.raises(ReferenceUsed):
        await pledges.deposit_pledge(session, cast.administrator, pledge.id, DepositIn(bank_reference="OP 1"))
    second = await make_deposit(session, cast, fund, "0.01", cofunder, "OP 2")
    assert await funding.fund_balances(session, fund.id) == amounts("70.11", "70.11", "0.00", "0.00", "0.00")
    assert {row.id for row in await pledges.list_deposits(session, cast.auditor, fund.id)} == {first.id, second.id}
    assert await funding.fund_balances(session, other.id) == amounts("0.00", "0.00", "0.00", "0.00", "0.00")


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "1.5", "1e3", 10.1, 10])
def test_an_amount_is_positive_and_written_with_two_decimals(amount: object) -> None:
    deposit = {"cofunder_id": uuid4(), "bank_reference": "x"}
    pledge = {"cofunder_id": uuid4(), "fund_id": uuid4(), "kind": "cash", "purpose": "x"}
    for shape, fields in ((FundDepositIn, deposit), (PledgeIn, pledge)):
        with pytest.raises(ValidationError) as refused:
            shape.model_validate({**fields, "amount": amount})
        assert [error["loc"] for error in refused.value.errors()] == [("amount",)]
        assert shape.model_validate({**fields, "amount": "0.01"}).model_dump()["amount"] == Decimal("0.01")


async def test_fund_cofunder_and_group_are_of_one_office(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    office = await make_office(session, cast)
    elsewhere = await make_cofunder(session, cast, office_id=office.id)
    promoter = await make_actor(session, cast, Role.PROMOTER, office_id=office.id)
    far = await create_group(session, promoter, group_in(cast, office_id=office.id))
    with pytest.raises(FundOfOtherOffice):
        await make_pledge(session, cast, fund, elsewhere)
    with pytest.raises(FundOfOtherOffice):
        await make_pledge(session, cast, fund, cofunder, group_id=far.id)
    with pytest.raises(FundOfOtherOffice):
        await make_deposit(session, cast, fund, "1.00", elsewhere)
    with pytest.raises(MissingRole):
        await pledges.declare_pledge(session, promoter, pledge_in(fund, cofunder))


async def test_certifying_and_depositing_is_the_administrators(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    pledge = await make_pledge(session, cast, fund, cofunder)
    acts: list[Callable[[Actor], Awaitable[object]]] = [
        lambda actor: pledges.certify_pledge(session, actor, pledge.id, CERTIFICATE),
        lambda actor: pledges.deposit_pledge(session, actor, pledge.id, DepositIn(bank_reference="x")),
        lambda actor: pledges.deliver_pledge(session, actor, pledge.id, DeliveryIn(document="x")),
        lambda actor: pledges.default_pledge(session, actor, pledge.id, DefaultIn(reason="x")),
        lambda actor: pledges.record_deposit(
            session, actor, fund.id, FundDepositIn(cofunder_id=cofunder.id, amount=Decimal("1.00"), bank_reference="x")
        ),
    ]
    for actor in (cast.secretary, cast.head, cast.treasurer, cast.programme, cast.auditor, cast.mayor):
        for act in acts:
            with pytest.raises(MissingRole):
                await act(actor)
    for actor in (cast.auditor, cast.treasurer, cast.mayor):
        with pytest.raises(MissingRole):
            await pledges.declare_pledge(session, actor, pledge_in(fund, cofunder))
    for read in (pledges.list_pledges, pledges.list_deposits):
        with pytest.raises(MissingRole):
            await read(session, cast.mayor, fund.id)
    assert list(await pledges.list_pledges(session, cast.auditor, fund.id)) == [pledge]


async def test_what_is_not_there_is_not_found(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    for name in ("fund_id", "cofunder_id", "group_id"):
        given = pledge_in(fund, cofunder).model_copy(update={name: uuid4()})
        with pytest.raises(NotFound):
            await pledges.declare_pledge(session, cast.secretary, given)
    with pytest.raises(NotFound):
        await pledges.certify_pledge(session, cast.administrator, uuid4(), CERTIFICATE)
    with pytest.raises(NotFound):
        await funding.fund_balances(session, uuid4())


async def copied(session: Session, pledge: UUID, **changes: str) -> str:
    """What the database says to a deposit that repeats the one of a pledge, but for some columns."""
    columns = {"id": "gen_random_uuid()", "bank_reference": "'OP 9'", **changes}
    names = ["id", "fund_id", "cofunder_id", "pledge_id", "amount", "bank_reference", "at", "recorded_by"]
    values = ", ".join(columns.get(name, name) for name in names)
    statement = f"INSERT INTO deposit ({', '.join(names)}) SELECT {values} FROM deposit WHERE pledge_id = :pledge"
    return await refused_by_database(session, statement, pledge=pledge)


async def test_the_database_itself_keeps_pledges_and_deposits_as_they_are(session: Session, cast: Cast) -> None:
    fund, cofunder = await make_fund(session, cast, None), await make_cofunder(session, cast)
    deposit = await make_deposited_pledge(session, cast, fund, cofunder)
    assert deposit.pledge_id
    assert "uq_deposit_pledge_id" in await copied(session, deposit.pledge_id)
    assert "uq_deposit_bank_reference" in await copied(
        session, deposit.pledge_id, pledge_id="NULL", bank_reference="bank_reference"
    )
    assert "ck_deposit_positive" in await copied(session, deposit.pledge_id, pledge_id="NULL", amount="0")
    again = "INSERT INTO pledge_certificate (pledge_id, number, certified_on, recorded_by) VALUES (:id, '2', :day, :person)"
    values = {"id": deposit.pledge_id, "day": date(2020, 1, 1), "person": cast.head.person_id}
    assert "pk_pledge_certificate" in await refused_by_database(session, again, **values)
    for statement in (
        "UPDATE pledge SET amount = 1",
        "UPDATE deposit SET amount = 1",
        "DELETE FROM deposit",
        "DELETE FROM pledge",
    ):
        assert "permission denied" in await refused_by_database(session, statement)
    stored = await session.get(Pledge, deposit.pledge_id)
    assert stored is not None and stored.amount == Decimal("3000.00")
