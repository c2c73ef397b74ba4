"""Funds, cofunders, pledges and deposits."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.deps import Who, Work, new_router
from api.routes.answers import IdOut, Out
from service.core.money import Money
from service.funding import pledge_usecases, usecases
from service.funding.models import CofunderKind, PledgeKind, PledgeStatus
from service.funding.shapes import (
    CertificateIn,
    CofunderIn,
    DefaultIn,
    DeliveryIn,
    DepositIn,
    FundDepositIn,
    FundIn,
    PledgeIn,
    SignerIn,
)

router = new_router("funding")


class FundOut(Out):
    """A fund."""

    id: UUID
    office_id: UUID
    code: str
    name: str
    currency: str


class BalancesOut(Out):
    """Where a fund's money stands, in its currency."""

    received: Money
    available: Money
    reserved: Money
    committed: Money


class CofunderOut(Out):
    """A cofunder."""

    id: UUID
    office_id: UUID
    kind: CofunderKind
    name: str
    ruc: str
    group_id: UUID | None


class PledgeOut(Out):
    """A pledge."""

    id: UUID
    cofunder_id: UUID
    fund_id: UUID
    group_id: UUID | None
    kind: PledgeKind
    amount: Money
    purpose: str
    declared_at: datetime
    status: PledgeStatus


class DepositOut(Out):
    """A deposit."""

    id: UUID
    fund_id: UUID
    cofunder_id: UUID
    pledge_id: UUID | None
    amount: Money
    bank_reference: str
    at: datetime


class AssignmentIn(BaseModel, extra="forbid"):
    """The fund that pays a contest's awards."""

    fund_id: UUID


@router.get("/offices/{office_id}/funds")
async def list_funds(session: Work, who: Who, office_id: UUID) -> list[FundOut]:
    """The funds of an office."""
    return [FundOut.of(row) for row in await usecases.list_funds(session, who, office_id)]


@router.post("/funds", status_code=201)
async def create_fund(session: Work, who: Who, given: FundIn) -> FundOut:
    """Open a fund."""
    return FundOut.of(await usecases.create_fund(session, who, given))


@router.get("/funds/{fund_id}")
async def get_fund(session: Work, who: Who, fund_id: UUID) -> FundOut:
    """A fund."""
    return FundOut.of(await usecases.get_fund(session, who, fund_id))


@router.get("/funds/{fund_id}/balances")
async def fund_balances(session: Work, who: Who, fund_id: UUID) -> BalancesOut:
    """Where a fund's money stands."""
    await usecases.get_fund(session, who, fund_id)
    return BalancesOut.of(await usecases.fund_balances(session, fund_id))


@router.post("/contests/{contest_id}/fund", status_code=204)
async def assign_fund(session: Work, who: Who, contest_id: UUID, given: AssignmentIn) -> None:
    """Let a fund pay a contest's awards."""
    await usecases.assign_fund(session, who, contest_id, given.fund_id)


@router.get("/offices/{office_id}/cofunders")
async def list_cofunders(session: Work, who: Who, office_id: UUID) -> list[CofunderOut]:
    """The cofunders of an office."""
    return [CofunderOut.of(row) for row in await usecases.list_cofunders(session, who, office_id)]


@router.post("/cofunders", status_code=201)
async def create_cofunder(session: Work, who: Who, given: CofunderIn) -> CofunderOut:
    """Enter a cofunder."""
    return CofunderOut.of(await usecases.create_cofunder(session, who, given))


@router.post("/cofunders/{cofunder_id}/signers", status_code=201)
async def appoint_signer(session: Work, who: Who, cofunder_id: UUID, given: SignerIn) -> IdOut:
    """Enter who signs for a cofunder."""
    return IdOut.of(await usecases.appoint_signer(session, who, cofunder_id, given))


@router.get("/funds/{fund_id}/pledges")
async def list_pledges(session: Work, who: Who, fund_id: UUID) -> list[PledgeOut]:
    """The pledges to a fund."""
    return [PledgeOut.of(row) for row in await pledge_usecases.list_pledges(session, who, fund_id)]


@router.get("/my-pledges")
async def my_pledges(session: Work, who: Who) -> list[PledgeOut]:
    """The pledges of the cofunders that one signs for."""
    return [PledgeOut.of(row) for row in await pledge_usecases.my_pledges(session, who)]


@router.post("/pledges", status_code=201)
async def declare_pledge(session: Work, who: Who, given: PledgeIn) -> PledgeOut:
    """Declare a pledge."""
    return PledgeOut.of(await pledge_usecases.declare_pledge(session, who, given))


@router.get("/pledges/{pledge_id}")
async def get_pledge(session: Work, who: Who, pledge_id: UUID) -> PledgeOut:
    """A pledge."""
    return PledgeOut.of(await pledge_usecases.get_pledge(session, who, pledge_id))


@router.post("/pledges/{pledge_id}/certificate", status_code=201)
async def certify_pledge(session: Work, who: Who, pledge_id: UUID, given: CertificateIn) -> PledgeOut:
    """Certify a pledge by its budget certificate."""
    return PledgeOut.of(await pledge_usecases.certify_pledge(session, who, pledge_id, given))


@router.post("/pledges/{pledge_id}/deposit", status_code=201)
async def deposit_pledge(session: Work, who: Who, pledge_id: UUID, given: DepositIn) -> DepositOut:
    """Enter that a certified pledge arrived at the bank."""
    return DepositOut.of(await pledge_usecases.deposit_pledge(session, who, pledge_id, given))


@router.post("/pledges/{pledge_id}/delivery", status_code=201)
async def deliver_pledge(session: Work, who: Who, pledge_id: UUID, given: DeliveryIn) -> PledgeOut:
    """Enter that a certified pledge in kind was handed over."""
    return PledgeOut.of(await pledge_usecases.deliver_pledge(session, who, pledge_id, given))


@router.post("/pledges/{pledge_id}/default", status_code=201)
async def default_pledge(session: Work, who: Who, pledge_id: UUID, given: DefaultIn) -> PledgeOut:
    """Enter that a pledge will not be kept."""
    return PledgeOut.of(await pledge_usecases.default_pledge(session, who, pledge_id, given))


@router.get("/funds/{fund_id}/deposits")
async def list_deposits(session: Work, who: Who, fund_id: UUID) -> list[DepositOut]:
    """The deposits in a fund."""
    return [DepositOut.of(row) for row in await pledge_usecases.list_deposits(session, who, fund_id)]


@router.post("/funds/{fund_id}/deposits", status_code=201)
async def record_deposit(session: Work, who: Who, fund_id: UUID, given: FundDepositIn) -> DepositOut:
    """Enter money that arrived without a pledge."""
    return DepositOut.of(await pledge_usecases.record_deposit(session, who, fund_id, given))
