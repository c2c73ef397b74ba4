"""A cofunder's first page: what it gave, and what came of the funds that it gave to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from service.core.actor import Actor
from service.core.db import Session
from service.funding.cofunding import Cofunding, get_cofunding, my_cofunders
from service.ledger import usecases as ledger


@dataclass(frozen=True)
class FundMoney:
    """Where the money of a fund stands now, in all: what is free, reserved for awards, held by contracts, paid, accounted for."""

    name: str
    available: Decimal
    reserved: Decimal
    committed: Decimal
    paid: Decimal
    accounted: Decimal


@dataclass(frozen=True)
class FundedPlan:
    """A contract that a cofunder's money is in."""

    number: str
    organisation: str
    plan: str
    amount: Decimal
    state: str
    paid: Decimal
    accounted: Decimal


@dataclass(frozen=True)
class CofunderPage:
    """All that a cofunder sees: its own promises and deposits, its funds, the contracts, contests whose result is public."""

    given: Cofunding
    funds: tuple[FundMoney, ...]
    plans: tuple[FundedPlan, ...]
    results: Sequence[Row[Any]]


async def cofunder_pages(session: Session, actor: Actor) -> list[CofunderPage]:
    """The page of every cofunder that the actor signs for today; of no other."""
    return [await cofunder_page(session, actor, row.id) for row in await my_cofunders(session, actor)]


async def cofunder_page(session: Session, actor: Actor, cofunder_id: UUID) -> CofunderPage:
    """What a cofunder sees. Raises ``NotFound``, also for who does not sign for it today."""
    given = await get_cofunding(session, actor, cofunder_id)
    funds = {each.fund.id: each.fund for each in given.pledges if each.deposited is not None}
    funds |= {fund.id: fund for _, fund in given.direct}
    rows = (await session.execute(_CONTRACTS, {"cofunder": cofunder_id})).all()
    names = ("payable", "committed", "disbursed", "accounted")
    keys = [f"contract:{row.id}:{name}" for row in rows for name in names]
    keys += [f"fund:{fund_id}:{name}" for fund_id in funds for name in ("available", "reserved")]
    held = await ledger.balances(session, keys)
    of_fund = {fund_id: [row for row in rows if row.fund_id == fund_id] for fund_id in funds}
    return CofunderPage(
        given,
        tuple(_fund(fund.name, fund_id, of_fund[fund_id], held) for fund_id, fund in funds.items()),
        tuple(
            FundedPlan(row.number, row.organisation, row.title, row.amount, row.status, *_spent(row.id, held))
            for row in rows
            if row.ours
        ),
        (await session.execute(_RESULTS, {"funds": list(funds)})).all(),
    )


def _fund(name: str, fund_id: UUID, rows: Sequence[Row[Any]], held: dict[str, Decimal]) -> FundMoney:
    waiting = (held[f"contract:{row.id}:{part}"] for row in rows for part in ("payable", "committed"))
    paid = [_spent(row.id, held) for row in rows]
    zero = Decimal("0.00")
    return FundMoney(
        name,
        held[f"fund:{fund_id}:available"],
        held[f"fund:{fund_id}:reserved"],
        sum(waiting, zero),
        sum((each[0] for each in paid), zero),
        sum((each[1] for each in paid), zero),
    )


def _spent(contract_id: UUID, held: dict[str, Decimal]) -> tuple[Decimal, Decimal]:
    """What was paid of a contract, and what of that is accounted for."""
    accounted = held[f"contract:{contract_id}:accounted"]
    return held[f"contract:{contract_id}:disbursed"] + accounted, accounted


_CONTRACTS = text(
    """
    WITH given AS (
        SELECT d.fund_id, p.group_id FROM deposit d LEFT JOIN pledge p ON p.id = d.pledge_id WHERE d.cofunder_id = :cofunder
    )
    SELECT c.id, c.number, c.fund_id, g.name AS organisation, p.title, c.amount, c.status,
        EXISTS (SELECT FROM given WHERE given.fund_id = c.fund_id AND (given.group_id IS NULL OR given.group_id = c.group_id)) AS ours
    FROM contract c JOIN "group" g ON g.id = c.group_id JOIN application a ON a.id = c.application_id
    JOIN proposal p ON p.id = a.proposal_id
    WHERE c.status <> 'annulled' AND c.fund_id IN (SELECT fund_id FROM given)
    ORDER BY c.numbered_at, c.number
    """
)
_RESULTS = text(
    """
    SELECT c.id, c.code, c.title FROM contest c JOIN funded_contest f ON f.contest_id = c.id
    WHERE f.fund_id = ANY(CAST(:funds AS uuid[])) AND c.status IN ('announced', 'decided') ORDER BY c.code
    """
)
