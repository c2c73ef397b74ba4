"""Accounting: expense reports, the gate of the second tranche to the cent, second requests, liquidation."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count

from scripts.demo import numbers
from scripts.demo.stage import Scene, Stage
from service.accountability import usecases
from service.accountability.liquidation import liquidate_contract
from service.accountability.models import ChargedTo, ReceiptType
from service.accountability.shapes import DecisionIn, DecisionsIn, ExpenseLineIn, LiquidationIn, ReportIn, SecondRequestIn
from service.applications.models import BudgetSource
from service.applications.queries import budget_of
from service.contracts.queries import ContractView, get_contract
from service.core import clock
from service.core.money import CENT, show
from service.disbursements.queries import contract_balances, list_tranches
from service.disbursements.rules import GateNotReached
from service.transparency.report import publish_report

GATE = Fraction(7, 10)


def seconds(stage: Stage) -> list[str]:
    """The business plans with a contract for which the script of second requests has a hearing, in the order of filing."""
    rows = sorted(stage.scores.second.bundle.applications, key=lambda row: row[1])
    names = [f"plans {row[0].removesuffix('-2')}" for row in rows]
    return [name for name in names if f"contract {name}" in stage]


async def _contract(stage: Stage, name: str) -> ContractView:
    return await get_contract(stage.session, await stage.actor("administrator"), stage[f"contract {name}"])


async def _gate(stage: Stage, name: str) -> Decimal:
    """The least amount in cents that opens the second tranche."""
    tranches = await list_tranches(stage.session, await stage.actor("administrator"), stage[f"contract {name}"])
    cents = Fraction(tranches[0].amount) * GATE * 100
    return Decimal(-(-cents.numerator // cents.denominator)) / 100 + Decimal("0.00")


async def _report(
    stage: Stage, name: str, day: date, wanted: list[tuple[int, Decimal, Decimal]], own: Decimal | None = None
) -> None:
    """Hand in receipts (budget line of the fund, amount, what is accepted of it) and have them decided by another officer."""
    contract = await _contract(stage, name)
    budget = await budget_of(stage.session, contract.application_id)
    fund = [line for line in budget if line.source == BudgetSource.FUND]
    mine = [line for line in budget if line.source == BudgetSource.OWN]
    serial = count(1)

    def line(budget_line_id: object, amount: Decimal, charged: ChargedTo) -> ExpenseLineIn:
        number = next(serial)
        return ExpenseLineIn.model_validate(
            {
                "budget_line_id": budget_line_id,
                "description": f"Compra {number} del plan",
                "receipt_type": ReceiptType.INVOICE,
                "receipt_number": f"F001-{contract.number}-{day.isoformat()}-{number:04}",
                "issuer": numbers.ruc_of(5000 + number),
                "issued_on": day,
                "charged_to": charged,
                "amount": show(amount),
            }
        )

    lines = [line(fund[place].id, amount, ChargedTo.FUND) for place, amount, _ in wanted]
    accepted = [given for _, _, given in wanted]
    if own and mine:
        lines.append(line(mine[0].id, own, ChargedTo.OWN))
        accepted.append(own)
    report = await usecases.submit_report(stage.session, await stage.actor("promoter"), contract.id, ReportIn(lines=lines))
    decisions = [
        DecisionIn(position=place, accepted=given, reason="" if given == each.amount else "Lo demás no corresponde al plan")
        for place, (each, given) in enumerate(zip(lines, accepted, strict=True), 1)
    ]
    await usecases.decide_report(stage.session, await stage.actor("administrator"), report.id, DecisionsIn(decisions=decisions))


async def report_short(stage: Stage) -> str:
    """The first plan accounts for one cent less than the gate asks."""
    name = seconds(stage)[0]
    short = await _gate(stage, name) - CENT
    part = (short * 5 / 7).quantize(Decimal("100.00"))
    await _report(stage, name, date(2026, 7, 10), [(0, part, part), (1, short - part, short - part)])
    return f"{name}: S/ {show(short)} accepted."


async def knock_too_early(stage: Stage) -> str:
    """The office asks for the second tranche and is refused for one cent."""
    name = seconds(stage)[0]
    try:
        async with stage.session.begin_nested():
            await _request(stage, name)
    except GateNotReached as refusal:
        return f"Refused: {refusal}"
    raise AssertionError("the gate opened below seven tenths")


async def report_cent(stage: Stage) -> str:
    """A receipt of which one cent is accepted opens the gate."""
    name = seconds(stage)[0]
    await _report(stage, name, date(2026, 7, 20), [(1, Decimal("12.50"), CENT)])
    held = await contract_balances(stage.session, await stage.actor("administrator"), stage[f"contract {name}"])
    return f"{name}: S/ {show(held.accounted)} accounted for."


async def report_others(stage: Stage) -> str:
    """The other plans account for just what the gate asks."""
    said = []
    for name in seconds(stage)[1:]:
        amount = await _gate(stage, name)
        part = (amount * 5 / 7).quantize(Decimal("100.00"))
        await _report(stage, name, date(2026, 7, 22), [(0, part, part), (1, amount - part, amount - part)])
        said.append(f"{name}: S/ {show(amount)}")
    return "; ".join(said) + " accounted for."


async def _request(stage: Stage, name: str) -> str:
    code = name.removeprefix("plans ") + "-2"
    given = SecondRequestIn(
        contest_id=stage["contest second"], code=code, opinion="Avance conforme a la visita de julio; se recomienda."
    )
    head = await stage.actor("head")
    request = await usecases.request_second_tranche(stage.session, head, stage[f"contract {name}"], given)
    stage[f"application second {code}"] = request.application_id
    return code


def ask_again(place: int) -> Callable[[Stage], Awaitable[str]]:
    """A step in which the office files the second request of a plan."""

    async def step(stage: Stage) -> str:
        code = await _request(stage, seconds(stage)[place])
        return f"{code} is filed with the accounts it rests on."

    return step


async def report_rest(stage: Stage) -> str:
    """The first plan accounts for all the rest, and for its own share."""
    name = seconds(stage)[0]
    contract = await _contract(stage, name)
    held = await contract_balances(stage.session, await stage.actor("administrator"), contract.id)
    budget = [line for line in await budget_of(stage.session, contract.application_id) if line.source == BudgetSource.FUND]
    first = ((await _gate(stage, name) - CENT) * 5 / 7).quantize(Decimal("100.00"))
    part = budget[0].amount - first
    rest = held.disbursed - part
    await _report(stage, name, date(2026, 10, 2), [(0, part, part), (1, rest, rest)], own=held.own_deposited)
    return f"{name}: S/ {show(part + rest)} of the fund and S/ {show(held.own_deposited)} of its own."


async def liquidate(stage: Stage) -> str:
    """The accounts of the first plan are closed."""
    name = seconds(stage)[0]
    given = LiquidationIn(opinion="Cuentas conformes, sin saldo por devolver.")
    await liquidate_contract(stage.session, await stage.actor("head"), stage[f"contract {name}"], given)
    return f"{(await _contract(stage, name)).number} is liquidated."


def accounting(stage: Stage) -> list[Scene]:
    """From the first receipts to the second requests; nothing where the plans heard again were not approved."""
    found = [row[0].removesuffix("-2") for row in stage.scores.second.bundle.applications]
    approved = {row.application for row in stage.scores.plans.expected.standings if row.award}
    again = [code for code in found if code in approved]
    if not again:
        return []
    filed = [row[1] for row in sorted(stage.scores.second.bundle.applications, key=lambda row: row[1])]
    return [
        Scene("Account for the first tranche, a cent short", "2026-07-13T09:00:00-05:00", report_short),
        Scene("Ask for the second tranche too early", "2026-07-14T09:00:00-05:00", knock_too_early),
        Scene("Account for the missing cent", "2026-07-21T09:00:00-05:00", report_cent),
        Scene("Account for the other plan", "2026-07-23T09:00:00-05:00", report_others),
        *(Scene(f"File second request {place + 1}", filed[place], ask_again(place)) for place in range(len(again))),
    ]


async def publish(stage: Stage) -> str:
    """The transparency report of the year."""
    until = await clock.today(stage.session)
    document = await publish_report(stage.session, await stage.actor("head"), stage["office"], date(2026, 1, 1), until)
    return f"Report {document.data['number']}, SHA-256 {document.data_sha256}."


REPORTING = [Scene("Publish the transparency report", "2026-10-20T09:00:00-05:00", publish)]
CLOSING = [
    Scene("Account for the rest", "2026-10-05T09:00:00-05:00", report_rest),
    Scene("Liquidate the first contract", "2026-10-15T09:00:00-05:00", liquidate),
]
