"""Payments: own deposits, requests, authorisations, bank files and the bank's answers."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from decimal import ROUND_UP
from uuid import UUID

from scripts.demo import numbers
from scripts.demo.contracting import winners
from scripts.demo.stage import Scene, Stage
from service.contracts.queries import get_contract
from service.core.money import CENT, show
from service.disbursements import bank_usecases, orders, usecases
from service.disbursements.models import PaymentRequest
from service.disbursements.pain002 import PaymentStatusReport, TransactionStatus, write
from service.disbursements.queries import BatchView, get_batch
from service.disbursements.shapes import BatchIn, CheckIn, OwnDepositIn
from service.people import account_usecases
from service.people.shapes import AccountDecisionIn, AccountIn

RETURNED = "plans A"


async def deposit_own_shares(stage: Stage) -> str:
    """Each group puts half of its own share into its account before the first tranche."""
    administrator = await stage.actor("administrator")
    said = []
    for name in winners(stage):
        contract = await get_contract(stage.session, administrator, stage[f"contract {name}"])
        half = (contract.own_share / 2).quantize(CENT, ROUND_UP)
        if half:
            given = OwnDepositIn(amount=half, bank_reference=f"VOUCHER {contract.number}")
            await usecases.record_own_deposit(stage.session, administrator, contract.id, given)
            said.append(f"S/ {show(half)} by {name}")
    return "; ".join(said) + "."


async def _authorise(stage: Stage, request: PaymentRequest) -> UUID:
    await usecases.check_request(
        stage.session, await stage.actor("administrator"), request.id, CheckIn(note="Expediente conforme")
    )
    authorisation = await usecases.authorise_request(stage.session, await stage.actor("programme"), request.id)
    return authorisation.id


def pay_tranche(number: int, names: Callable[[Stage], list[str]]) -> Callable[[Stage], Awaitable[str]]:
    """A step that requests, checks and authorises a tranche of some contracts: three persons."""

    async def step(stage: Stage) -> str:
        said = []
        for name in names(stage):
            request = await usecases.request_tranche(
                stage.session, await stage.actor("head"), stage[f"contract {name}"], number
            )
            stage[f"authorisation {name} {number}"] = await _authorise(stage, request)
            said.append(f"S/ {show(request.amount)} for {name}")
        return "; ".join(said) + "."

    return step


async def pay_prizes(stage: Stage) -> str:
    """The families' prizes as one payment to the community's account, with a receipt for each family."""
    request = await usecases.request_prizes(stage.session, await stage.actor("head"), stage["contest cif"])
    stage["authorisation prizes"] = await _authorise(stage, request)
    return f"S/ {show(request.amount)} to the community of Hercca."


def send(batch: str, day: date) -> Callable[[Stage], Awaitable[str]]:
    """A step that writes the bank's file and releases it: two persons."""

    async def step(stage: Stage) -> str:
        made = await bank_usecases.prepare_batch(
            stage.session, await stage.actor("administrator"), stage["office"], BatchIn(execution_date=day)
        )
        await bank_usecases.release_batch(stage.session, await stage.actor("treasurer"), made.id)
        stage[batch] = made.id
        return f"{made.message_id}: {made.orders} orders over S/ {show(made.total)}, SHA-256 {made.file_sha256[:16]}…"

    return step


def answer(batch: str, returned: str | None = None) -> Callable[[Stage], Awaitable[str]]:
    """A step in which the bank answers by a pain.002 file: all paid, but one returned for holder mismatch."""

    async def step(stage: Stage) -> str:
        administrator = await stage.actor("administrator")
        sent = await get_batch(stage.session, administrator, stage[batch])
        bad = stage[returned] if returned and returned in stage else None
        content = _bank_says(sent, bad)
        read = await bank_usecases.read_bank_answer(stage.session, administrator, stage[batch], content)
        returns = [f"S/ {show(order.amount)} returned: BE01" for order in sent.orders if order.authorisation_id == bad]
        return "; ".join([f"{len(read.lines)} lines read", *returns]) + "."

    return step


def _bank_says(sent: BatchView, bad: UUID | None) -> bytes:
    lines = [
        TransactionStatus(
            end_to_end_id=order.end_to_end_id,
            status="RJCT" if order.authorisation_id == bad else "ACSC",
            reason_code="BE01" if order.authorisation_id == bad else None,
            amount=order.amount,
        )
        for order in sent.orders
    ]
    name, at = sent.batch.message_id, sent.batch.released_at or sent.batch.prepared_at
    status = "ACSC" if all(line.status == "ACSC" for line in lines) else "PART"
    return write(PaymentStatusReport(f"{name}-R", at + timedelta(hours=20), name, status, tuple(lines)))


async def correct_account(stage: Stage) -> str:
    """The association gives the account again, under the holder's name as the bank writes it; another officer confirms."""
    if "contract plans A" not in stage:
        return "Nothing was returned."
    promoter, officer = await stage.actor("promoter"), await stage.actor("officer")
    number = numbers.cci("018", 261_200_001)
    given = AccountIn(
        bank="Banco de la Nación",
        number=number[6:18],
        cci=number,
        holder="ASOC PROD CUYES SUTTOC",
        reason="El banco devolvió el pago: titular distinto",
    )
    account = await account_usecases.propose_account(stage.session, promoter, stage[f"group {RETURNED}"], given)
    await account_usecases.decide_account(stage.session, officer, account.id, AccountDecisionIn(accept=True))
    order = await orders.reissue_order(stage.session, await stage.actor("programme"), stage[f"authorisation {RETURNED} 1"])
    return f"New account confirmed, new order {order.end_to_end_id} for S/ {show(order.amount)}."


PAYING = [
    Scene("Deposit the own shares", "2026-03-17T09:00:00-05:00", deposit_own_shares),
    Scene("Authorise the first tranches", "2026-03-17T11:00:00-05:00", pay_tranche(1, winners)),
    Scene("Authorise the prizes", "2026-03-17T12:00:00-05:00", pay_prizes),
    Scene("Send the first bank file", "2026-03-18T09:00:00-05:00", send("batch 1", date(2026, 3, 19))),
    Scene("Read the bank's first answer", "2026-03-20T08:00:00-05:00", answer("batch 1", f"authorisation {RETURNED} 1")),
]
CORRECTING = [
    Scene("Correct the returned account", "2026-03-23T09:00:00-05:00", correct_account),
    Scene("Send the corrected order", "2026-03-24T09:00:00-05:00", send("batch 2", date(2026, 3, 25))),
    Scene("Read the bank's second answer", "2026-03-26T08:00:00-05:00", answer("batch 2")),
]
