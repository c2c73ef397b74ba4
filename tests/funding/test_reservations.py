"""Reservations: money of a fund set aside, moved on to a contract or prizes, or let go."""

import asyncio
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from service.core import clock
from service.core.db import Session, Sessions, transaction
from service.core.errors import NotFound
from service.core.machine import WrongState, advance
from service.funding import usecases as funding
from service.funding.models import Fund, Reservation, ReservationStatus
from service.funding.rules import RESERVATION_LIFE, AlreadyReserved, FundExhausted, ReservationAction
from service.ledger import usecases as ledger
from tests.cast import Cast
from tests.make.funding import make_cofunder, make_deposited_pledge, make_fund
from tests.traces import acts_on, payload_of, refused_by_database


def money(text: str) -> Decimal:
    """An amount."""
    return Decimal(text)


async def reserve(session: Session, cast: Cast, fund: Fund, subject: str, amount: str) -> Reservation:
    """Set an amount aside for a subject."""
    return await funding.reserve(session, cast.programme, fund.id, subject, money(amount))


async def standing(session: Session, fund_id: UUID) -> tuple[str, str, str]:
    """What is available, reserved and committed, as text."""
    held = await funding.fund_balances(session, fund_id)
    return str(held.available), str(held.reserved), str(held.committed)


def test_every_state_and_action_of_a_reservation_is_decided() -> None:
    leads = {("held", "commit"): "committed", ("held", "release"): "released", ("committed", "release"): "released"}
    for state in ReservationStatus:
        for action in ReservationAction:
            following = leads.get((state.value, action.value))
            if following:
                assert advance(RESERVATION_LIFE, state, action) == following
            else:
                with pytest.raises(WrongState):
                    advance(RESERVATION_LIFE, state, action)


async def test_reserving_sets_money_aside_under_its_subject(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "1000.00")
    reservation = await reserve(session, cast, fund, "award:1", "300.05")
    assert (reservation.fund_id, reservation.subject, reservation.amount, reservation.status, reservation.account) == (
        fund.id,
        "award:1",
        money("300.05"),
        ReservationStatus.HELD,
        None,
    )
    assert reservation.at == await clock.now(session)
    assert await standing(session, fund.id) == ("699.95", "300.05", "0.00")
    lines = [line for line in await ledger.entries(session, [f"fund:{fund.id}"]) if line.reference == "reservation:award:1"]
    assert [(line.key, line.amount) for line in lines] == [
        (f"fund:{fund.id}:available", money("-300.05")),
        (f"fund:{fund.id}:reserved", money("300.05")),
    ]
    assert await funding.get_reservation(session, "award:1") == reservation
    assert list(await funding.list_reservations(session, cast.auditor, fund.id)) == [reservation]
    assert await acts_on(session, f"reservation:{reservation.id}") == [("reservation.held", cast.programme.person_id)]
    payload = {"fund_id": str(fund.id), "subject": "award:1", "amount": "300.05", "account": None}
    assert await payload_of(session, "reservation.held", f"reservation:{reservation.id}") == payload


async def test_a_fund_gives_its_last_cent_and_not_one_more(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "1000.00", name="Fondo Sur")
    await reserve(session, cast, fund, "award:1", "600.00")
    with pytest.raises(FundExhausted) as refused:
        await reserve(session, cast, fund, "award:2", "400.01")
    assert refused.value.values == {"fund": "Fondo Sur", "available": "400.00", "missing": "0.01"}
    assert str(refused.value) == "The fund “Fondo Sur” has 400.00 available: 0.01 is missing. Deposit more, or award less."
    with pytest.raises(NotFound):
        await funding.get_reservation(session, "award:2")
    assert await standing(session, fund.id) == ("400.00", "600.00", "0.00")
    await reserve(session, cast, fund, "award:2", "400.00")
    assert await standing(session, fund.id) == ("0.00", "1000.00", "0.00")


async def test_an_empty_fund_and_goods_in_kind_pay_for_nothing(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, None)
    with pytest.raises(FundExhausted) as refused:
        await reserve(session, cast, fund, "award:1", "0.01")
    assert (refused.value.values["available"], refused.value.values["missing"]) == ("0.00", "0.01")
    await make_deposited_pledge(session, cast, fund, await make_cofunder(session, cast), "50.00")
    await reserve(session, cast, fund, "award:1", "50.00")
    assert await standing(session, fund.id) == ("0.00", "50.00", "0.00")


async def test_a_subject_is_reserved_for_once_even_after_a_release(session: Session, cast: Cast) -> None:
    fund, other = await make_fund(session, cast, "1000.00"), await make_fund(session, cast, "1000.00")
    await reserve(session, cast, fund, "award:1", "1.00")
    for where in (fund, other):
        with pytest.raises(AlreadyReserved):
            await reserve(session, cast, where, "award:1", "1.00")
    await funding.release_reservation(session, cast.programme, "award:1")
    with pytest.raises(AlreadyReserved):
        await reserve(session, cast, fund, "award:1", "1.00")


async def test_numbering_a_contract_moves_what_is_held_to_it(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "1000.00")
    await reserve(session, cast, fund, "award:1", "300.05")
    reservation = await funding.commit_reservation(session, cast.head, "award:1", "contract:7")
    assert (reservation.status, reservation.account) == (ReservationStatus.COMMITTED, "contract:7:committed")
    assert await standing(session, fund.id) == ("699.95", "0.00", "300.05")
    lines = [(line.reference, line.key, line.amount) for line in await ledger.entries(session, ["contract:7"])]
    assert lines == [("commitment:award:1", "contract:7:committed", money("300.05"))]
    assert [act for act, _ in await acts_on(session, f"reservation:{reservation.id}")] == [
        "reservation.held",
        "reservation.committed",
    ]


async def test_prizes_move_to_their_payout_one_posting_each(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "1000.00")
    for number, amount in enumerate(("30.02", "30.01", "30.00")):
        await reserve(session, cast, fund, f"prize:{number}", amount)
        await funding.commit_for_payout(session, cast.head, f"prize:{number}", "payout:4")
    lines = [(line.key, line.amount) for line in await ledger.entries(session, ["payout:4"])]
    assert lines == [("payout:4:payable", money(amount)) for amount in ("30.02", "30.01", "30.00")]
    assert await standing(session, fund.id) == ("909.97", "0.00", "90.03")


async def test_what_is_held_or_committed_falls_back_when_it_is_released(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "1000.00")
    await reserve(session, cast, fund, "award:1", "300.05")
    await reserve(session, cast, fund, "award:2", "200.00")
    released = await funding.release_reservation(session, cast.programme, "award:1")
    assert released.status == ReservationStatus.RELEASED
    assert await standing(session, fund.id) == ("800.00", "200.00", "0.00")
    await funding.commit_reservation(session, cast.head, "award:2", "contract:7")
    await funding.release_reservation(session, cast.head, "award:2")
    assert await standing(session, fund.id) == ("1000.00", "0.00", "0.00")
    assert await ledger.balance(session, "contract:7:committed") == 0
    again = [line.reference for line in await ledger.entries(session, [f"fund:{fund.id}"])][-1]
    assert again == "release:award:2"


async def test_what_a_contract_has_passed_on_does_not_fall_back(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "1000.00")
    await reserve(session, cast, fund, "award:1", "300.05")
    await funding.commit_reservation(session, cast.head, "award:1", "contract:7")
    await ledger.post(
        session, "contract:7:signed", "-", ledger.move("contract:7:committed", "contract:7:payable", money("0.05"))
    )
    with pytest.raises(ledger.InsufficientBalance) as refused:
        await funding.release_reservation(session, cast.head, "award:1")
    assert refused.value.values == {"available": "300.00", "missing": "0.05"}


async def test_a_released_reservation_is_over_and_a_committed_one_moves_once(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "1000.00")
    await reserve(session, cast, fund, "award:1", "1.00")
    await funding.commit_reservation(session, cast.head, "award:1", "contract:7")
    for commit in (funding.commit_reservation, funding.commit_for_payout):
        with pytest.raises(WrongState):
            await commit(session, cast.head, "award:1", "contract:8")
    await funding.release_reservation(session, cast.head, "award:1")
    with pytest.raises(WrongState):
        await funding.release_reservation(session, cast.head, "award:1")
    with pytest.raises(WrongState):
        await funding.commit_reservation(session, cast.head, "award:1", "contract:8")
    with pytest.raises(NotFound):
        await funding.release_reservation(session, cast.head, "award:9")
    with pytest.raises(NotFound):
        await funding.get_reservation(session, "award:9")
    with pytest.raises(NotFound):
        await funding.reserve(session, cast.head, uuid4(), "award:9", money("1.00"))


async def test_the_database_itself_holds_the_floors_and_one_reservation_a_subject(session: Session, cast: Cast) -> None:
    fund = await make_fund(session, cast, "1000.00")
    reservation = await reserve(session, cast, fund, "award:1", "300.00")
    overdraw = (
        "WITH entry AS (INSERT INTO journal_entry (id, reference, description, at) "
        "VALUES (gen_random_uuid(), 'round the application', '-', now()) RETURNING id) "
        "INSERT INTO posting (entry_id, account_id, amount) SELECT entry.id, account.id, move.amount FROM entry, "
        "(VALUES ('available', -700.01), ('reserved', 700.01)) AS move (purpose, amount) "
        "JOIN ledger_account account ON account.key = :fund || ':' || move.purpose"
    )
    assert "would fall to -0.01" in await refused_by_database(session, overdraw, fund=f"fund:{fund.id}")
    copy = (
        "INSERT INTO reservation (id, fund_id, subject, amount, at, status, account) "
        "SELECT gen_random_uuid(), fund_id, :subject, :amount, at, :status, account FROM reservation WHERE id = :id"
    )
    values = {"id": reservation.id, "subject": "award:2", "amount": money("1.00"), "status": "held"}
    assert "uq_reservation_subject" in await refused_by_database(session, copy, **{**values, "subject": "award:1"})
    assert "ck_reservation_positive" in await refused_by_database(session, copy, **{**values, "amount": money("0.00")})
    assert "ck_reservation_committed_somewhere" in await refused_by_database(session, copy, **{**values, "status": "committed"})
    for statement in ("UPDATE reservation SET amount = 1", "DELETE FROM reservation", "UPDATE posting SET amount = 1"):
        assert "permission denied" in await refused_by_database(session, statement)


async def test_the_last_soles_go_to_one_of_two_who_reserve_at_once(sessions: Sessions, cast: Cast) -> None:
    async with transaction(sessions) as session:
        fund = await make_fund(session, cast, "1000.00")

    async def attempt(subject: str) -> Reservation:
        async with transaction(sessions) as session:
            return await reserve(session, cast, fund, subject, "600.00")

    subjects = [f"award:{uuid4()}" for _ in range(2)]
    results = await asyncio.gather(*map(attempt, subjects), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["FundExhausted", "Reservation"]
    (refused,) = [result for result in results if isinstance(result, FundExhausted)]
    assert (refused.values["available"], refused.values["missing"]) == ("400.00", "200.00")
    async with transaction(sessions) as session:
        assert await standing(session, fund.id) == ("400.00", "600.00", "0.00")
        assert len(await funding.list_reservations(session, cast.auditor, fund.id)) == 1


async def test_a_second_reservation_waits_for_the_first_and_sees_what_it_left(sessions: Sessions, cast: Cast) -> None:
    async with transaction(sessions) as session:
        fund = await make_fund(session, cast, "1000.00")
    mine, theirs = f"award:{uuid4()}", f"award:{uuid4()}"
    async with transaction(sessions) as first, transaction(sessions) as second:
        await reserve(first, cast, fund, mine, "600.00")
        waiting = asyncio.create_task(reserve(second, cast, fund, theirs, "600.00"))
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        assert done == set()
        await first.rollback()
        assert (await waiting).amount == money("600.00")
    async with transaction(sessions) as session:
        assert await standing(session, fund.id) == ("400.00", "600.00", "0.00")


async def test_the_same_subject_is_reserved_for_once_by_two_at_once(sessions: Sessions, cast: Cast) -> None:
    async with transaction(sessions) as session:
        fund = await make_fund(session, cast, "1000.00")
    subject = f"award:{uuid4()}"

    async def attempt() -> Reservation:
        async with transaction(sessions) as session:
            return await reserve(session, cast, fund, subject, "1.00")

    results = await asyncio.gather(attempt(), attempt(), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadyReserved", "Reservation"]
