"""How contracts in force go on: a tranche to request, a second request to file, accounts to close. What is due is asked of the rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text

from service.accountability import rules as accounting
from service.contests.terms import read_terms
from service.contracts.models import ContractStatus
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import Refusal
from service.core.texts import Phrase
from service.disbursements import rules
from service.disbursements.rules import TrancheFacts
from service.ledger import usecases as ledger
from service.transparency.duties.shapes import Duty, Section, Task

REQUEST_TRANCHE = Duty(
    Section.DECISIONS, Phrase("Request a payment"), Act.REQUEST_PAYMENT, "tranche", "", decision="request_tranche"
)
SECOND_REQUEST = Duty(Section.DECISIONS, Phrase("Ask for the second tranche"), Act.REQUEST_SECOND_TRANCHE, "contract", "")
LIQUIDATE = Duty(
    Section.DECISIONS, Phrase("Close the accounts"), Act.LIQUIDATE_CONTRACT, "contract", "", decision="liquidate_contract"
)
REPORT = Duty(Section.CONTRACTS, Phrase("Hand in what the group spent"), Act.SUBMIT_REPORT, "contract", "")
STEPS = (REQUEST_TRANCHE, SECOND_REQUEST, LIQUIDATE, REPORT)


@dataclass(frozen=True)
class Standing:
    """A contract in force with what its next step hangs on."""

    row: Row[Any]
    money: dict[str, Decimal]

    @property
    def paid(self) -> dict[int, bool]:
        """Which tranches the bank has paid."""
        return {number: number in self.row.paid for number in range(1, len(self.row.terms["tranches"]) + 1)}


async def next_steps(session: Session, actor: Actor) -> dict[Duty, list[Task]]:
    """What the actor may do next about contracts in force, of those acts whose conditions are met now; in two queries."""
    offices = {duty: actor.offices(duty.act) for duty in STEPS if duty.act}
    found: dict[Duty, list[Task]] = {duty: [] for duty in STEPS}
    if all(where == frozenset() for where in offices.values()):
        return found
    everywhere = None in offices.values()
    reach = None if everywhere else list(frozenset().union(*(where for where in offices.values() if where)))
    rows = (await session.execute(_IN_FORCE, {"offices": reach})).all()
    names = ("disbursed", "accounted", "own_deposited", "own_accounted")
    held = await ledger.balances(session, [f"contract:{row.id}:{name}" for row in rows for name in names])
    for row in rows:
        standing = Standing(row, {name: held[f"contract:{row.id}:{name}"] for name in names})
        for duty, task in _steps(standing):
            where = offices[duty]
            if where is None or row.office_id in where:
                found[duty].append(task)
    return found


def _steps(standing: Standing) -> Iterator[tuple[Duty, Task]]:
    row, terms = standing.row, read_terms(standing.row.terms)
    amounts = rules.tranche_amounts(row.amount, terms)
    about = f"{row.number} · {row.organisation}"
    for number in range(1, len(amounts) + 1):
        facts = _facts(standing, number, amounts[0])
        if number not in row.asked and _holds(lambda facts=facts: rules.require_tranche_due(facts, terms)):
            yield (
                REQUEST_TRANCHE,
                Task(
                    f"{about} / {number}", f"{row.id}/{number}", str(row.id), rules.payable(amounts[number - 1], facts.awarded)
                ),
            )
    gate = _holds(lambda: rules.require_gate(standing.money["accounted"], amounts[0], terms.gate))
    if len(amounts) > 1 and standing.paid[1] and gate and not row.second:
        yield SECOND_REQUEST, Task(about, str(row.id), str(row.id), row.amount - amounts[0])
    closed = _holds(lambda: accounting.require_all_paid(standing.paid)) and not row.open_report
    if closed and _holds(lambda: accounting.require_settled(standing.money["disbursed"])):
        yield LIQUIDATE, Task(about, str(row.id), str(row.id), row.amount)
    if standing.money["disbursed"] > 0 and not row.open_report:
        yield REPORT, Task(about, str(row.id), str(row.id), standing.money["disbursed"])


def _facts(standing: Standing, number: int, first: Decimal) -> TrancheFacts:
    row, money = standing.row, standing.money
    return TrancheFacts(
        number=number,
        contract_number=row.number,
        status=ContractStatus(row.status),
        own_share=rules.own_money({"sources": row.sources}),
        own_deposited=money["own_deposited"] + money["own_accounted"],
        first_tranche=first,
        accounted=money["accounted"],
        earlier_paid=all(standing.paid[before] for before in range(1, number)),
        awarded=row.awarded if number > 1 else None,
    )


def _holds(require: Any) -> bool:
    """Whether a rule refuses nothing."""
    try:
        require()
    except Refusal:
        return False
    return True


_IN_FORCE = text(
    """
    SELECT c.id, c.number, c.office_id, c.status, c.amount, c.terms, c.data -> 'sources' AS sources, g.name AS organisation,
        ARRAY(SELECT t.number FROM tranche t JOIN payment_request q ON q.tranche_id = t.id
            WHERE t.contract_id = c.id AND q.status <> 'refused') AS asked,
        ARRAY(SELECT t.number FROM tranche t JOIN payment_request q ON q.tranche_id = t.id
            JOIN authorisation u ON u.request_id = q.id JOIN payment_order o ON o.authorisation_id = u.id
            WHERE t.contract_id = c.id AND o.status = 'paid') AS paid,
        (SELECT w.amount FROM award w JOIN application a ON a.id = w.application_id
            JOIN contest k ON k.id = a.contest_id AND k.request_number = 2 WHERE a.parent_id = c.application_id
            AND NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)) AS awarded,
        EXISTS (SELECT FROM application a WHERE a.parent_id = c.application_id
            AND a.status NOT IN ('not_approved', 'disqualified', 'withdrawn', 'ineligible')) AS second,
        EXISTS (SELECT FROM expense_report r WHERE r.contract_id = c.id AND r.status = 'submitted') AS open_report
    FROM contract c JOIN "group" g ON g.id = c.group_id
    WHERE c.status = 'in_force' AND (CAST(:offices AS uuid[]) IS NULL OR c.office_id = ANY(CAST(:offices AS uuid[])))
    ORDER BY c.numbered_at, c.number
    """
)
