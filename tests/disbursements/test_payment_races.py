"""Two people at the same moment: one act counts, the other is told why not. Committed, in a database of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest

from scripts.cluster import APP, Cluster
from service.accountability import usecases as accounting
from service.accountability.shapes import ReportIn
from service.contracts import usecases as contracts
from service.core import clock
from service.core.db import Session, Sessions, make_engine, make_sessions, transaction
from service.core.errors import Refusal
from service.disbursements import bank_usecases, orders, usecases
from service.disbursements.queries import get_batch
from service.disbursements.shapes import BatchIn
from service.ledger.usecases import balance
from tests.cast import Cast
from tests.make.accountability import accept, receipt_in, submit
from tests.make.contracts import make_award, make_contract_in_force, make_draft
from tests.make.disbursements import (
    COMPLETE,
    answer,
    authorise,
    deposit_own,
    lines_of,
    order_of,
    pay_first,
    request_first,
    send,
    status_file,
)

Act = Callable[[Session], Awaitable[Any]]


@pytest.fixture(scope="module")
async def apart(cluster: Cluster, peopled: str) -> AsyncIterator[Sessions]:
    """Sessions of a database in which these tests commit."""
    cluster.ensure_database("payment_races", peopled)
    engine = make_engine(cluster.url(APP, "payment_races"))
    yield make_sessions(engine)
    await engine.dispose()


async def both(apart: Sessions, *acts: Act) -> list[str]:
    """What becomes of acts that start together, each in a transaction of its own: the names of results and refusals, sorted."""

    async def one(act: Act) -> str:
        try:
            async with transaction(apart) as session:
                return type(await act(session)).__name__
        except Refusal as refusal:
            return refusal.name

    return sorted(await asyncio.gather(*map(one, acts)))


async def test_an_award_gets_one_contract(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        draft = await make_draft(session, cast, await make_award(session, cast))

    def number(session: Session) -> Awaitable[Any]:
        return contracts.number_contract(session, cast.head, draft.id)

    assert await both(apart, number, number) == ["AwardHasContract", "Contract"]


async def test_a_tranche_is_requested_once(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        contract = await make_contract_in_force(session, cast)
        await deposit_own(session, cast, contract)

    def request(session: Session) -> Awaitable[Any]:
        return usecases.request_tranche(session, cast.head, contract.id, 1)

    assert await both(apart, request, request) == ["AlreadyRequested", "PaymentRequest"]


async def test_a_request_is_authorised_once(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        request = await request_first(session, cast, await make_contract_in_force(session, cast))
        await usecases.check_request(session, cast.administrator, request.id, COMPLETE)

    def permit(session: Session) -> Awaitable[Any]:
        return usecases.authorise_request(session, cast.programme, request.id)

    assert await both(apart, permit, permit) == ["Authorisation", "WrongState"]


async def test_an_order_enters_one_batch_and_a_file_is_read_once(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        contract = await make_contract_in_force(session, cast)
        authorisation = await authorise(session, cast, await request_first(session, cast, contract))
        given = BatchIn(execution_date=await clock.today(session))

    def prepare(session: Session) -> Awaitable[Any]:
        return bank_usecases.prepare_batch(session, cast.administrator, cast.office.id, given)

    assert await both(apart, prepare, prepare) == ["BankBatch", "NothingToPay"]
    async with transaction(apart) as session:
        order = await order_of(session, cast, authorisation)
        assert order.batch_id is not None
        batch = await bank_usecases.release_batch(session, cast.treasurer, order.batch_id)
        content = status_file(batch, lines_of(await get_batch(session, cast.administrator, batch.id)))

    def read(session: Session) -> Awaitable[Any]:
        return bank_usecases.read_bank_answer(session, cast.administrator, batch.id, content)

    assert await both(apart, read, read) == ["AnswerAlreadyRead", "BankAnswer"]
    async with transaction(apart) as session:
        assert await balance(session, f"contract:{contract.id}:disbursed") == Decimal("7000.04")


async def test_a_returned_payment_gets_one_new_order(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        contract = await make_contract_in_force(session, cast)
        authorisation = await authorise(session, cast, await request_first(session, cast, contract))
        order = await order_of(session, cast, authorisation)
        await answer(session, cast, await send(session, cast), returned={order.id: "MS03"})

    def reissue(session: Session) -> Awaitable[Any]:
        return orders.reissue_order(session, cast.programme, authorisation.id)

    assert await both(apart, reissue, reissue) == ["OrderStillLive", "PaymentOrder"]


async def test_a_receipt_is_reported_once_and_a_report_decided_once(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        made = [await make_contract_in_force(session, cast) for _ in range(2)]
        for contract in made:
            await pay_first(session, cast, contract)
        first = await receipt_in(session, made[0], "100.00")
        same = (await receipt_in(session, made[1], "100.00")).model_copy(
            update={"issuer": first.issuer, "receipt_number": first.receipt_number}
        )
        waiting = await submit(session, cast, made[0], await receipt_in(session, made[0], "7000.04"))

    def report(place: int) -> Act:
        given = ReportIn(lines=[(first, same)[place]])
        return lambda session: accounting.submit_report(session, cast.promoter, made[place].id, given)

    assert await both(apart, report(0), report(1)) == ["ExpenseReport", "ReceiptAlreadyUsed"]

    async def decide(session: Session) -> Any:
        line = await receipt_in(session, made[0], "7000.04")
        return await accounting.decide_report(session, cast.administrator, waiting.id, accept([line]))

    assert await both(apart, decide, decide) == ["ExpenseReport", "WrongState"]
    async with transaction(apart) as session:
        assert await balance(session, f"contract:{made[0].id}:accounted") == Decimal("7000.04")
