"""A file for the bank: its orders, its release, and what the bank answered."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.files import secret
from api.pages.acts import Empty, act
from api.pages.forms import Form, Typed, form
from api.pages.offices import CRUMB
from api.pages.payments import ORDER_COLUMNS, order_row
from api.pages.views import Cell, Hash, Link, State, Table, View, show
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.money import parse
from service.disbursements import bank_usecases as usecases
from service.disbursements.models import BankAnswer, BankBatch, BatchStatus
from service.disbursements.queries import BatchView, get_batch, read_batch_file
from service.disbursements.shapes import ReasonIn
from service.documents.usecases import get_file
from service.people.usecases import get_office, persons_by_id

READ = "It holds whole account numbers: the record keeps who read them."

router = new_router("batches")


@router.get("/batches/{batch_id}")
async def show_batch(request: Request, session: Work, who: Who, batch_id: UUID) -> Response:
    """A file for the bank with its orders and the answers read so far."""
    return await _batch(request, session, who, batch_id)


async def _batch(request: Request, session: Session, who: Actor, batch_id: UUID, typed: Typed | None = None) -> Response:
    found = await get_batch(session, who, batch_id)
    office = await get_office(session, who, found.batch.office_id)
    tables = [
        Table(
            "Payment orders",
            ORDER_COLUMNS,
            [order_row(row) for row in found.orders],
            empty="Its orders went back to wait for the next file.",
        ),
        *[_answer(answer) for answer in found.answers],
    ]
    crumbs = [
        CRUMB,
        Link(office.name, f"/offices/{office.id}"),
        Link("Payments", f"/offices/{office.id}/payments", translate=True),
    ]
    view = View(
        found.batch.message_id,
        state=found.batch.status.value,
        crumbs=crumbs,
        facts=await _facts(session, found.batch),
        tables=tables,
        acts=_acts(who, found, typed),
    )
    return show(request, view)


async def _facts(session: Session, batch: BankBatch) -> list[tuple[str, Cell]]:
    people = await persons_by_id(session, [key for key in (batch.prepared_by, batch.released_by) if key])
    facts: list[tuple[str, Cell]] = [
        ("Orders", batch.orders),
        ("Amount", batch.total),
        ("Prepared by", people[batch.prepared_by].name),
        ("Prepared", batch.prepared_at),
    ]
    if batch.released_by:
        facts += [("Released by", people[batch.released_by].name), ("Released", batch.released_at)]
    facts.append(("Hash of the file (SHA-256)", Hash(batch.file_sha256)))
    return facts


def _answer(answer: BankAnswer) -> Table:
    return Table(
        "What the bank answered",
        ["Order", "Amount", "State", "Code", "Reason", "Text"],
        [
            [
                line["end_to_end_id"],
                parse(line["amount"]),
                State(line["outcome"]),
                line["code"],
                line["reason"],
                line["text"],
            ]
            for line in answer.lines
        ],
    )


def _acts(who: Actor, found: BatchView, typed: Typed | None) -> list[Form]:
    batch = found.batch
    here = f"/batches/{batch.id}"
    acts: list[Form] = []
    if who.may(Act.READ_ACCOUNT_DIGITS, batch.office_id):
        acts.append(form(f"{here}/file", "Download the file (pain.001)", explain=READ))
    if batch.status == BatchStatus.PREPARED:
        if who.may(Act.RELEASE_BATCH, batch.office_id) and batch.prepared_by != who.person_id:
            explain = "Download the file and compare its hash first. Once released, the money is with the bank."
            acts.append(form(f"{here}/release", "Release the file to the bank", typed=typed, explain=explain))
        if who.may(Act.WITHDRAW_BATCH, batch.office_id):
            acts.append(form(f"{here}/withdrawal", "Withdraw the file", ReasonIn, typed=typed, danger=True))
    if batch.status == BatchStatus.RELEASED and who.may(Act.READ_BANK_ANSWER, batch.office_id):
        files = [("file", "Status file of the bank (pain.002)")]
        acts.append(form(f"{here}/answers", "Read the bank's answer", files=files, typed=typed))
    return acts


@router.post("/batches/{batch_id}/file")
async def download_file(session: Work, who: Who, batch_id: UUID) -> Response:
    """The payment file, for those who handle payments; not a GET, since the record keeps who read it."""
    return secret(await get_file(session, await read_batch_file(session, who, batch_id)))


async def _read(session: Session, who: Actor, batch_id: UUID, _name: str, content: bytes) -> BankAnswer:
    return await usecases.read_bank_answer(session, who, batch_id, content)


def _back(_result: object, batch_id: UUID) -> str:
    return f"/batches/{batch_id}"


act(router, "/batches/{batch_id}/release", Empty, usecases.release_batch, page=_batch, to=_back)
act(router, "/batches/{batch_id}/withdrawal", ReasonIn, usecases.withdraw_batch, page=_batch, to=_back)
act(router, "/batches/{batch_id}/answers", Empty, _read, page=_batch, to=_back, upload=True)
