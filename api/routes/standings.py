"""Where a group stands, with an account or with its code; what a cofunder gave and what came of it."""

from datetime import date, datetime
from uuid import UUID

from fastapi import Request
from starlette.responses import JSONResponse

from api.deps import Anyone, Who, Work, new_router
from api.guesses import count_guess
from api.routes.answers import Out
from service.core.money import Money
from service.people.group_codes import issue_group_code
from service.transparency.cofunding import cofunder_pages
from service.transparency.shapes import CodeIn
from service.transparency.standing import GroupStanding, NextStep, standing_by_code, standing_of

router = new_router("standings")


class CodeOut(Out):
    """A group's code, shown once."""

    code: str
    expires_at: datetime


class PartOut(Out):
    """A part of a contract's money; the account is masked."""

    number: int
    amount: Money
    paid_at: datetime | None
    account: str | None


class PlanOut(Out):
    """One presentation of a plan and what came of it."""

    code: str
    title: str
    contest: str
    status: str
    requested: Money
    step: NextStep
    until: date | None
    missing: list[str]
    rank: int | None
    score: str | None
    awarded: Money | None
    contract: str | None
    contract_state: str | None
    parts: list[PartOut]
    to_account_for: Money | None
    accounted: Money | None


class StandingOut(Out):
    """Where a group stands, and whom to ask."""

    group_id: UUID
    group: str
    office: str
    address: str
    plans: list[PlanOut]


class PledgeOut(Out):
    """A cofunder's promise, and what of it arrived in money."""

    id: UUID
    fund: str
    purpose: str
    amount: Money
    state: str
    deposited: Money | None


class FundOut(Out):
    """Where the money of a fund stands."""

    name: str
    available: Money
    reserved: Money
    committed: Money
    paid: Money
    accounted: Money


class FundedOut(Out):
    """A contract that a cofunder's money is in."""

    number: str
    organisation: str
    plan: str
    amount: Money
    state: str
    paid: Money
    accounted: Money


class CofunderOut(Out):
    """All that a cofunder sees; of no other cofunder."""

    id: UUID
    name: str
    deposited: Money
    pledges: list[PledgeOut]
    funds: list[FundOut]
    plans: list[FundedOut]


@router.post("/groups/{group_id}/codes", status_code=201)
async def new_group_code(session: Work, who: Who, group_id: UUID) -> JSONResponse:
    """A new code with which the group reads where it stands; the earlier one is no longer good. Shown once."""
    handed = await issue_group_code(session, who, group_id)
    body = CodeOut(code=handed.code, expires_at=handed.expires_at).model_dump(mode="json")
    return JSONResponse(body, 201, {"Cache-Control": "no-store"})


@router.get("/groups/{group_id}/where-we-stand")
async def group_standing(session: Work, who: Who, group_id: UUID) -> StandingOut:
    """Where a group stands, for its board and its office."""
    return _standing(await standing_of(session, who, group_id))


@router.post("/where-we-stand")
async def standing_of_code(request: Request, session: Work, _who: Anyone, given: CodeIn) -> StandingOut:
    """Where the group of a code stands, without an account; guesses are counted."""
    await count_guess(request, given.code)
    return _standing(await standing_by_code(session, given.code))


@router.get("/cofunders/mine")
async def my_cofunding(session: Work, who: Who) -> list[CofunderOut]:
    """What the cofunders gave for which the caller signs today, and what came of it."""
    return [
        CofunderOut(
            id=found.given.cofunder.id,
            name=found.given.cofunder.name,
            deposited=found.given.deposited,
            pledges=[
                PledgeOut(
                    id=each.pledge.id,
                    fund=each.fund.name,
                    purpose=each.pledge.purpose,
                    amount=each.pledge.amount,
                    state=each.pledge.status,
                    deposited=each.deposited,
                )
                for each in found.given.pledges
            ],
            funds=[FundOut.model_validate(fund, from_attributes=True) for fund in found.funds],
            plans=[FundedOut.model_validate(plan, from_attributes=True) for plan in found.plans],
        )
        for found in await cofunder_pages(session, who)
    ]


def _standing(found: GroupStanding) -> StandingOut:
    plans = [PlanOut.model_validate(plan, from_attributes=True) for plan in found.plans]
    return StandingOut(group_id=found.group.id, group=found.group.name, office=found.office, address=found.address, plans=plans)
