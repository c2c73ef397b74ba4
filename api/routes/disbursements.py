"""Payments: own shares, tranches, requests, authorisations, orders."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.deps import Who, Work, new_router
from api.routes.answers import Out
from service.core.money import Money
from service.disbursements import orders, queries, usecases
from service.disbursements.models import OrderStatus, RequestStatus
from service.disbursements.shapes import CheckIn, OwnDepositIn, ReasonIn

router = new_router("disbursements")


class OwnDepositOut(Out):
    """Money that a group put into its own account."""

    id: UUID
    contract_id: UUID
    amount: Money
    bank_reference: str
    at: datetime


class BalancesOut(Out):
    """Where a contract's money stands, from the ledger."""

    committed: Money
    payable: Money
    disbursed: Money
    accounted: Money
    own_deposited: Money
    own_accounted: Money


class RequestOut(Out):
    """A request to pay a tranche, or a contest's prizes."""

    id: UUID
    office_id: UUID
    tranche_id: UUID | None
    payout_id: UUID | None
    group_id: UUID
    amount: Money
    requested_by: UUID
    requested_at: datetime
    checked_by: UUID | None
    checked_at: datetime | None
    check_note: str | None
    refused_because: str | None
    status: RequestStatus


class TrancheOut(Out):
    """A tranche with the request that is under way, and whether the bank has paid it."""

    number: int
    amount: Money
    request: RequestOut | None
    paid: bool


class AuthorisationOut(Out):
    """A fund-transfer authorisation."""

    id: UUID
    request_id: UUID
    office_id: UUID
    number: str
    amount: Money
    authorised_by: UUID
    authorised_at: datetime


class IssuedOut(Out):
    """A payment order that was just issued."""

    id: UUID
    authorisation_id: UUID
    attempt: int
    end_to_end_id: str
    amount: Money
    status: OrderStatus


class OrderOut(IssuedOut):
    """A payment order; the CCI is masked for those who need not see it."""

    authorisation_number: str
    request_id: UUID
    cci: str
    holder: str
    issued_at: datetime
    batch_id: UUID | None
    return_reason: str | None
    answered_at: datetime | None


class TrailOut(BaseModel):
    """A payment from its request on."""

    request: RequestOut
    authorisation: AuthorisationOut | None
    orders: list[OrderOut]


def clamped(limit: int) -> int:
    """As many rows as are given at once."""
    return min(max(limit, 1), 200)


@router.post("/contracts/{contract_id}/own-deposits", status_code=201)
async def record_own_deposit(session: Work, who: Who, contract_id: UUID, given: OwnDepositIn) -> OwnDepositOut:
    """Record money that the group put into its own account."""
    return OwnDepositOut.of(await usecases.record_own_deposit(session, who, contract_id, given))


@router.get("/contracts/{contract_id}/own-deposits")
async def list_own_deposits(session: Work, who: Who, contract_id: UUID) -> list[OwnDepositOut]:
    """The deposits of a contract's own share."""
    return [OwnDepositOut.of(row) for row in await queries.list_own_deposits(session, who, contract_id)]


@router.get("/contracts/{contract_id}/balances")
async def contract_balances(session: Work, who: Who, contract_id: UUID) -> BalancesOut:
    """Where a contract's money stands."""
    return BalancesOut.of(await queries.contract_balances(session, who, contract_id))


@router.get("/contracts/{contract_id}/tranches")
async def list_tranches(session: Work, who: Who, contract_id: UUID) -> list[TrancheOut]:
    """The tranches of a contract, requested or not."""
    return [TrancheOut.of(row) for row in await queries.list_tranches(session, who, contract_id)]


@router.post("/contracts/{contract_id}/tranches/{number}/request", status_code=201)
async def request_tranche(session: Work, who: Who, contract_id: UUID, number: int) -> RequestOut:
    """Request the payment of a tranche that is due."""
    return RequestOut.of(await usecases.request_tranche(session, who, contract_id, number))


@router.post("/contests/{contest_id}/prize-request", status_code=201)
async def request_prizes(session: Work, who: Who, contest_id: UUID) -> RequestOut:
    """Request the payment of a family contest's prizes as one sum to the host group."""
    return RequestOut.of(await usecases.request_prizes(session, who, contest_id))


@router.get("/offices/{office_id}/payment-requests")
async def list_requests(
    session: Work, who: Who, office_id: UUID, status: RequestStatus | None = None, limit: int = 50
) -> list[RequestOut]:
    """The payment requests of an office, the newest first."""
    statuses = [status] if status else list(RequestStatus)
    rows = await queries.list_requests(session, who, office_id, statuses, clamped(limit))
    return [RequestOut.of(row.request) for row in rows]


@router.get("/payment-requests/{request_id}")
async def get_payment(session: Work, who: Who, request_id: UUID) -> TrailOut:
    """A payment request with its authorisation and orders."""
    trail = await queries.get_trail(session, who, request_id)
    return TrailOut(
        request=RequestOut.of(trail.payment.request),
        authorisation=AuthorisationOut.of(trail.authorisation) if trail.authorisation else None,
        orders=[OrderOut.of(order) for order in trail.orders],
    )


@router.post("/payment-requests/{request_id}/check", status_code=201)
async def check_request(session: Work, who: Who, request_id: UUID, given: CheckIn) -> RequestOut:
    """Say that a request is complete."""
    return RequestOut.of(await usecases.check_request(session, who, request_id, given))


@router.post("/payment-requests/{request_id}/refusal", status_code=201)
async def refuse_request(session: Work, who: Who, request_id: UUID, given: ReasonIn) -> RequestOut:
    """Refuse a request that is not authorised yet."""
    return RequestOut.of(await usecases.refuse_request(session, who, request_id, given))


@router.post("/payment-requests/{request_id}/authorisation", status_code=201)
async def authorise_request(session: Work, who: Who, request_id: UUID) -> AuthorisationOut:
    """Authorise a checked request under the next number, and issue its order."""
    return AuthorisationOut.of(await usecases.authorise_request(session, who, request_id))


@router.get("/authorisations/{authorisation_id}")
async def get_authorisation(session: Work, who: Who, authorisation_id: UUID) -> AuthorisationOut:
    """An authorisation."""
    return AuthorisationOut.of(await queries.get_authorisation(session, who, authorisation_id))


@router.post("/authorisations/{authorisation_id}/orders", status_code=201)
async def reissue_order(session: Work, who: Who, authorisation_id: UUID) -> IssuedOut:
    """Issue a new order after the bank has returned the last one."""
    return IssuedOut.of(await orders.reissue_order(session, who, authorisation_id))


@router.get("/offices/{office_id}/payment-orders")
async def list_orders(
    session: Work, who: Who, office_id: UUID, status: OrderStatus | None = None, limit: int = 50
) -> list[OrderOut]:
    """The payment orders of an office, by number."""
    statuses = [status] if status else list(OrderStatus)
    return [OrderOut.of(row) for row in await queries.list_orders(session, who, office_id, statuses, clamped(limit))]
