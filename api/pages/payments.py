"""The payments of an office: requests, orders, files for the bank; and each payment from its request on."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.pages.acts import Empty, act
from api.pages.documents import account_paper_link, paper_link
from api.pages.forms import Form, Typed, form
from api.pages.offices import CRUMB
from api.pages.views import Cell, Link, State, Table, View, Word, show
from service.contests.models import ApplicantKind, ContestStatus
from service.contests.usecases import list_contests
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.disbursements import bank_usecases, orders, usecases
from service.disbursements.models import BankBatch, OrderStatus, PaymentOrder, PaymentRequest, RequestStatus
from service.disbursements.queries import OrderView, Trail, get_trail, list_batches, list_orders, list_requests
from service.disbursements.shapes import BatchIn, CheckIn, ReasonIn
from service.disbursements.store import Payment
from service.documents.models import DocumentKind
from service.people.group_usecases import get_group
from service.people.usecases import get_office, persons_by_id

router = new_router("payments")

ORDER_COLUMNS = ["Order", "Holder", "CCI", "Amount", "State", "Why it came back", "Answered"]


class PrizesIn(BaseModel, extra="forbid"):
    """Whose prizes are to be paid."""

    contest_id: UUID = Field(description="Contest")


@router.get("/offices/{office_id}/payments")
async def list_payments(request: Request, session: Work, who: Who, office_id: UUID) -> Response:
    """Payment requests, orders and batches of an office."""
    return await _payments(request, session, who, office_id)


async def _payments(request: Request, session: Session, who: Actor, office_id: UUID, typed: Typed | None = None) -> Response:
    office = await get_office(session, who, office_id)
    payments = await list_requests(session, who, office_id, limit=500)
    contests = {entry.contest.id: entry.contest for entry in await list_contests(session, who, office_id)}
    waiting = [payment for payment in payments if payment.request.status in (RequestStatus.REQUESTED, RequestStatus.CHECKED)]
    decided = [payment for payment in payments if payment not in waiting]
    titles = {key: contest.title for key, contest in contests.items()}
    paid = {payment.payout.contest_id for payment in payments if payment.payout and _is_live(payment)}
    families = [
        (str(key), f"{contest.code} · {contest.title}")
        for key, contest in contests.items()
        if contest.applicant_kind == ApplicantKind.FAMILY and contest.status == ContestStatus.DECIDED and key not in paid
    ]
    here = f"/offices/{office_id}"
    prizes = form(f"{here}/prizes", "Request the prizes of a contest", PrizesIn, choices={"contest_id": families}, typed=typed)
    may = who.may(Act.REQUEST_PAYMENT, office_id) and families
    columns = ["What is paid", "Amount", "Requested", "State"]
    tables = [
        Table("Requests that wait", columns, _requests(waiting, titles), acts=[prizes] if may else ()),
        await _orders(session, who, office_id),
        await _batches(session, who, office_id, typed),
        Table("Earlier requests", columns, _requests(decided, titles)),
    ]
    return show(request, View("Payments", translate_title=True, crumbs=[CRUMB, Link(office.name, here)], tables=tables))


def _is_live(payment: Payment) -> bool:
    return payment.request.status != RequestStatus.REFUSED


def _requests(payments: Sequence[Payment], contests: dict[UUID, str]) -> list[list[Cell]]:
    return [
        [
            Link(_subject(payment, contests), f"/payments/{payment.request.id}"),
            payment.request.amount,
            payment.request.requested_at,
            State(payment.request.status.value),
        ]
        for payment in payments
    ]


def _subject(payment: Payment, contests: dict[UUID, str]) -> str:
    """The contract with the number of the tranche, or the contest whose prizes are paid."""
    if payment.contract and payment.tranche:
        return f"{payment.contract.number} / {payment.tranche.number}"
    return contests.get(payment.payout.contest_id, "–") if payment.payout else "–"


async def _orders(session: Session, who: Actor, office_id: UUID) -> Table:
    rows = await list_orders(session, who, office_id, limit=500)
    return Table("Payment orders", ORDER_COLUMNS, [order_row(row) for row in rows])


def in_groups(cci: str) -> str:
    """A CCI as it is read: bank, branch, account, check digits."""
    return f"{cci[:3]} {cci[3:6]} {cci[6:18]} {cci[18:]}"


def order_row(row: OrderView) -> list[Cell]:
    """An order under ``ORDER_COLUMNS``, leading to its payment."""
    return [
        Link(row.end_to_end_id, f"/payments/{row.request_id}"),
        row.holder,
        in_groups(row.cci),
        row.amount,
        State(row.status.value),
        Word(row.return_reason) if row.return_reason else None,
        row.answered_at,
    ]


async def _batches(session: Session, who: Actor, office_id: UUID, typed: Typed | None) -> Table:
    rows = await list_batches(session, who, office_id)
    acts: list[Form] = []
    if who.may(Act.PREPARE_BATCH, office_id) and await list_orders(session, who, office_id, [OrderStatus.ISSUED], limit=1):
        explain = "Every order that waits goes into one file; another person releases it."
        values = {"execution_date": await clock.today(session)}
        acts.append(
            form(
                f"/offices/{office_id}/batches",
                "Prepare the file for the bank",
                BatchIn,
                values=values,
                typed=typed,
                explain=explain,
            )
        )
    return Table(
        "Files for the bank",
        ["File", "Orders", "Amount", "Prepared", "State"],
        [
            [Link(row.message_id, f"/batches/{row.id}"), row.orders, row.total, row.prepared_at, State(row.status.value)]
            for row in rows
        ],
        acts=acts,
    )


@router.get("/payments/{request_id}")
async def show_payment(request: Request, session: Work, who: Who, request_id: UUID) -> Response:
    """A payment: who took which step, its paper, its orders."""
    return await _payment(request, session, who, request_id)


async def _payment(request: Request, session: Session, who: Actor, request_id: UUID, typed: Typed | None = None) -> Response:
    trail = await get_trail(session, who, request_id)
    row = trail.payment.request
    office = await get_office(session, who, row.office_id)
    contests = {entry.contest.id: entry.contest.title for entry in await list_contests(session, who, row.office_id)}
    table = Table("Payment orders", ORDER_COLUMNS, [order_row(order) for order in trail.orders])
    crumbs = [
        CRUMB,
        Link(office.name, f"/offices/{office.id}"),
        Link("Payments", f"/offices/{office.id}/payments", translate=True),
    ]
    view = View(
        _subject(trail.payment, contests),
        state=row.status.value,
        crumbs=crumbs,
        facts=await _facts(session, who, trail),
        tables=[table],
        acts=_acts(who, trail, typed),
    )
    return show(request, view)


async def _facts(session: Session, who: Actor, trail: Trail) -> list[tuple[str, Cell]]:
    row, authorisation = trail.payment.request, trail.authorisation
    group = await get_group(session, who, row.group_id)
    steps = [row.requested_by, row.checked_by, authorisation.authorised_by if authorisation else None]
    people = await persons_by_id(session, [person_id for person_id in steps if person_id])
    facts: list[tuple[str, Cell]] = [("Organisation", Link(group.name, f"/groups/{group.id}")), ("Amount", row.amount)]
    if trail.payment.contract:
        facts.append(("Contract", Link(trail.payment.contract.number, f"/contracts/{trail.payment.contract.id}")))
    facts += [("Requested by", people[row.requested_by].name), ("Requested", row.requested_at)]
    if row.checked_by:
        facts += [
            ("Checked by", people[row.checked_by].name),
            ("Checked", row.checked_at),
            ("What was checked", row.check_note),
        ]
    if row.refused_because:
        facts.append(("Refused because", row.refused_because))
    if authorisation:
        subject = f"authorisation:{authorisation.id}"
        facts += [
            ("Fund-transfer authorisation", authorisation.number),
            ("Authorised by", people[authorisation.authorised_by].name),
            ("Authorised", authorisation.authorised_at),
            ("Paper", await account_paper_link(session, who, row.office_id, DocumentKind.AUTHORISATION, subject)),
        ]
    if row.payout_id:
        facts.append(("Receipts of the families", await paper_link(session, DocumentKind.RECEIPTS, f"payout:{row.payout_id}")))
    return facts


def _acts(who: Actor, trail: Trail, typed: Typed | None) -> list[Form]:
    row = trail.payment.request
    here, status = f"/payments/{row.id}", row.status
    acts: list[Form] = []
    if who.may(Act.CHECK_REQUEST, row.office_id) and status == RequestStatus.REQUESTED and row.requested_by != who.person_id:
        acts.append(form(f"{here}/check", "The request is complete", CheckIn, typed=typed))
    if (
        who.may(Act.AUTHORISE_REQUEST, row.office_id)
        and status == RequestStatus.CHECKED
        and who.person_id not in (row.requested_by, row.checked_by)
    ):
        explain = "The payment gets its number, and the order to the confirmed account is issued."
        acts.append(form(f"{here}/authorisation", "Authorise the payment", typed=typed, explain=explain))
    pays = who.may(Act.REFUSE_REQUEST, row.office_id)
    if pays and status in (RequestStatus.REQUESTED, RequestStatus.CHECKED):
        acts.append(form(f"{here}/refusal", "Refuse the request", ReasonIn, typed=typed, danger=True))
    if pays and trail.orders and trail.orders[-1].status == OrderStatus.RETURNED:
        explain = "The bank returned the last order. The new one goes to the account that is confirmed now."
        acts.append(form(f"{here}/orders", "Issue a new order", typed=typed, explain=explain))
    return acts


async def _request_prizes(session: Session, who: Actor, _office_id: UUID, given: PrizesIn) -> PaymentRequest:
    return await usecases.request_prizes(session, who, given.contest_id)


async def _prepare(session: Session, who: Actor, office_id: UUID, given: BatchIn) -> BankBatch:
    return await bank_usecases.prepare_batch(session, who, office_id, given)


async def _reissue(session: Session, who: Actor, request_id: UUID) -> PaymentOrder:
    authorisation = (await get_trail(session, who, request_id)).authorisation
    if authorisation is None:
        raise NotFound
    return await orders.reissue_order(session, who, authorisation.id)


def _back(_result: object, request_id: UUID) -> str:
    return f"/payments/{request_id}"


act(
    router,
    "/offices/{office_id}/prizes",
    PrizesIn,
    _request_prizes,
    page=_payments,
    to=lambda row, _: f"/payments/{row.id}",
)
act(
    router,
    "/offices/{office_id}/batches",
    BatchIn,
    _prepare,
    page=_payments,
    to=lambda batch, _: f"/batches/{batch.id}",
)
act(router, "/payments/{request_id}/check", CheckIn, usecases.check_request, page=_payment, to=_back)
act(router, "/payments/{request_id}/refusal", ReasonIn, usecases.refuse_request, page=_payment, to=_back)
act(router, "/payments/{request_id}/authorisation", Empty, usecases.authorise_request, page=_payment, to=_back)
act(router, "/payments/{request_id}/orders", Empty, _reissue, page=_payment, to=_back)
