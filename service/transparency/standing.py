"""Where a group stands, in what its president wants to know: the plan, the place, the contract, the money, what is to be done by when.

For the group's board, its office, and whoever has the group's code. Only of this group; of a contest's result only what was announced.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.disbursements.queries import PaidTranche, paid_parts
from service.ledger import usecases as ledger
from service.people.group_codes import group_by_code, my_groups, relations
from service.people.group_usecases import get_group
from service.people.groups import Group
from service.people.usecases import get_office


class NextStep(StrEnum):
    """What comes next, from the group's side."""

    FILE = "finish_and_file"
    CONFIRM = "confirm_the_application"
    WAIT_PAPERS = "wait_for_the_papers"
    CORRECT = "bring_what_is_missing"
    WAIT_RESULT = "wait_for_visit_and_result"
    WAIT_MINUTES = "wait_for_the_minutes"
    NO_AWARD = "ask_the_office_or_appeal"
    WAIT_CONTRACT = "wait_for_the_contract"
    SIGN = "sign_the_contract"
    DEPOSIT = "wait_for_the_payment"
    ACCOUNT = "account_for_the_money"
    CLOSED = "nothing_is_left"


@dataclass(frozen=True)
class PaidPart:
    """A part of a contract's money: what it is, and when and to which account (masked) the bank paid it."""

    number: int
    amount: Decimal
    paid_at: datetime | None
    account: str | None


@dataclass(frozen=True)
class PlanStanding:
    """One presentation of a plan and what came of it; score and place only once they are announced."""

    code: str
    title: str
    contest: str
    status: str
    requested: Decimal
    step: NextStep
    until: date | None
    missing: tuple[str, ...]
    rank: int | None
    score: str | None
    awarded: Decimal | None
    contract: str | None
    contract_state: str | None
    parts: tuple[PaidPart, ...]
    to_account_for: Decimal | None
    accounted: Decimal | None


@dataclass(frozen=True)
class GroupStanding:
    """Where a group stands, and whom to ask."""

    group: Group
    office: str
    address: str
    plans: tuple[PlanStanding, ...]


async def standing_by_code(session: Session, code: str) -> GroupStanding:
    """Where the group of a code stands. The caller has counted the guess. Raises ``WrongGroupCode``."""
    return await _standing(session, await group_by_code(session, code))


async def standing_of(session: Session, actor: Actor, group_id: UUID) -> GroupStanding:
    """Where a group stands, for its board and its office. Raises ``NotFound``."""
    group = await get_group(session, actor, group_id)
    if not actor.may(Act.READ_STANDING, group.office_id, None, await relations(session, actor, group_id)):
        raise NotFound
    return await _standing(session, group)


async def my_standings(session: Session, actor: Actor) -> list[GroupStanding]:
    """Where the groups stand on whose board the actor is today."""
    return [await _standing(session, group) for group in await my_groups(session, actor)]


async def _standing(session: Session, group: Group) -> GroupStanding:
    rows = (await session.execute(_PLANS, {"group": group.id})).all()
    contracts = [row.contract_id for row in rows if row.contract_id]
    names = ("disbursed", "accounted")
    held = await ledger.balances(session, [f"contract:{each}:{name}" for each in contracts for name in names])
    paid: dict[UUID, dict[int, PaidTranche]] = {each: {} for each in contracts}
    for part in await paid_parts(session, contracts):
        paid[part.contract_id][part.number] = part
    office = await get_office(session, None, group.office_id)
    plans = tuple(_plan(row, paid.get(row.contract_id, {}), held) for row in rows)
    return GroupStanding(group, office.name, office.address, plans)


def _plan(row: Row[Any], paid: Mapping[int, PaidTranche], held: Mapping[str, Decimal]) -> PlanStanding:
    disbursed = held.get(f"contract:{row.contract_id}:disbursed")
    step = next_step(row, disbursed or Decimal(0))
    return PlanStanding(
        code=row.code,
        title=row.title,
        contest=row.contest,
        status=row.status,
        requested=row.requested,
        step=step,
        until=_until(row, step),
        missing=tuple(row.reasons or ()) if step == NextStep.CORRECT else (),
        rank=row.rank,
        score=row.total_shown,
        awarded=row.awarded,
        contract=row.number,
        contract_state=row.contract_state,
        parts=_parts(row, paid),
        to_account_for=disbursed,
        accounted=held.get(f"contract:{row.contract_id}:accounted"),
    )


def next_step(row: Row[Any], disbursed: Decimal) -> NextStep:
    """What comes next for a plan whose money in the group's hands is ``disbursed`` and not yet accounted for."""
    if row.contract_state is not None:
        return _of_contract(row.contract_state, disbursed)
    if row.status == "filed" and row.to_confirm:
        return NextStep.CONFIRM
    if row.status == "eligible" and row.announced:
        return NextStep.WAIT_MINUTES
    return _BY_STATUS.get(row.status, NextStep.NO_AWARD)


def _of_contract(state: str, disbursed: Decimal) -> NextStep:
    if state in ("numbered", "signed_by_group"):
        return NextStep.SIGN if state == "numbered" else NextStep.DEPOSIT
    if state == "in_force":
        return NextStep.ACCOUNT if disbursed else NextStep.DEPOSIT
    return NextStep.CLOSED


def _until(row: Row[Any], step: NextStep) -> date | None:
    """The day until which the next step is to be taken, in Peru."""
    if step == NextStep.ACCOUNT:
        ends: date = row.ends_on
        return ends
    moment = {NextStep.FILE: row.closes_at, NextStep.CORRECT: row.correct_until}.get(step)
    return moment.astimezone(clock.PERU).date() if moment else None


def _parts(row: Row[Any], paid: Mapping[int, PaidTranche]) -> tuple[PaidPart, ...]:
    found = []
    for part in row.tranches or ():
        order = paid.get(part["number"])
        known = (order.paid_at, order.account) if order else (None, None)
        found.append(PaidPart(part["number"], Decimal(part["amount"]), *known))
    return tuple(found)


_BY_STATUS = {
    "draft": NextStep.FILE,
    "filed": NextStep.WAIT_PAPERS,
    "returned": NextStep.CORRECT,
    "eligible": NextStep.WAIT_RESULT,
    "approved": NextStep.WAIT_CONTRACT,
    "reserve": NextStep.WAIT_CONTRACT,
}
_PLANS = text(
    """
    SELECT a.code, p.title, c.title AS contest, a.status, a.requested, a.correct_until, k.closes_at,
        c.status IN ('announced', 'decided') AS announced,
        a.must_confirm AND NOT EXISTS (SELECT FROM group_confirmation f WHERE f.application_id = a.id
            AND f.requested = a.requested AND f.own_share = a.own_share) AS to_confirm,
        (SELECT e.reasons FROM eligibility_decision e WHERE e.application_id = a.id ORDER BY e.at DESC LIMIT 1) AS reasons,
        r.rank, r.total_shown, w.amount AS awarded,
        x.id AS contract_id, x.number, x.status AS contract_state, 
        ((x.numbered_at AT TIME ZONE 'America/Lima') + make_interval(months => (x.data ->> 'months')::int))::date AS ends_on,
        x.data -> 'tranches' AS tranches
    FROM application a JOIN proposal p ON p.id = a.proposal_id JOIN contest c ON c.id = a.contest_id JOIN call k ON k.id = c.call_id
    LEFT JOIN LATERAL (SELECT l.rank, l.total_shown FROM ranked_application l WHERE l.application_id = a.id AND l.run_id = (
        SELECT n.run_id FROM announcement n WHERE n.contest_id = c.id ORDER BY n.at DESC, n.run_id DESC LIMIT 1)) r
        ON c.status IN ('announced', 'decided')
    LEFT JOIN award w ON w.application_id = a.id
        AND NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)
    LEFT JOIN contract x ON x.award_id = w.id AND x.status <> 'annulled'
    WHERE a.group_id = :group AND a.family_id IS NULL AND a.status <> 'withdrawn'
    ORDER BY k.closes_at DESC, a.code
    """
)
