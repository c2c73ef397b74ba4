"""Funds, cofunders, pledges and deposits of an office."""

from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.pages.acts import act
from api.pages.forms import Form, Typed, form
from api.pages.offices import CRUMB, person_choices
from api.pages.views import Cell, Link, State, Table, View, Word, show
from service.contests.usecases import list_contests
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.funding import pledge_usecases, usecases
from service.funding.models import Cofunder, Fund, Pledge, PledgeKind, PledgeStatus
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
from service.people.group_usecases import list_groups
from service.people.usecases import get_office

router = new_router("funds")


async def _group_choices(session: Session, who: Actor, office_id: UUID) -> list[tuple[str, str]]:
    return [(str(group.id), group.name) for group in await list_groups(session, who, office_id, limit=2000)]


@router.get("/offices/{office_id}/funds")
async def list_funds(request: Request, session: Work, who: Who, office_id: UUID) -> Response:
    """The funds and cofunders of an office."""
    return await _funds(request, session, who, office_id)


async def _funds(request: Request, session: Session, who: Actor, office_id: UUID, typed: Typed | None = None) -> Response:
    office = await get_office(session, who, office_id)
    funds = await usecases.list_funds(session, who, office_id)
    cofunders = await usecases.list_cofunders(session, who, office_id)
    balances = [await usecases.fund_balances(session, fund.id) for fund in funds]
    own = [(str(office.id), office.name)]
    may = who.may(Act.CREATE_FUND, office_id)
    here, start = f"/offices/{office_id}", {"office_id": office.id}
    new_fund = form(f"{here}/funds", "Open a fund", FundIn, choices={"office_id": own}, values=start, typed=typed)
    choices = {"office_id": own, "group_id": await _group_choices(session, who, office_id)}
    new_cofunder = form(f"{here}/cofunders", "Enter a cofunder", CofunderIn, choices=choices, values=start, typed=typed)
    tables = [
        Table(
            "Funds",
            ["Code", "Name", "Received", "Available", "Reserved", "Committed"],
            [
                [Link(fund.code, f"/funds/{fund.id}"), fund.name, held.received, held.available, held.reserved, held.committed]
                for fund, held in zip(funds, balances, strict=True)
            ],
            acts=[new_fund] if may else (),
        ),
        Table(
            "Cofunders",
            ["Name", "Kind of cofunder", "RUC"],
            [[Link(row.name, f"/cofunders/{row.id}"), Word(row.kind.value), row.ruc] for row in cofunders],
            acts=[new_cofunder] if may else (),
        ),
    ]
    return show(request, View("Funds", translate_title=True, crumbs=[CRUMB, Link(office.name, here)], tables=tables))


@router.get("/funds/{fund_id}")
async def show_fund(request: Request, session: Work, who: Who, fund_id: UUID) -> Response:
    """A fund: its money, pledges, deposits, and the contests that it pays for."""
    return await _fund(request, session, who, fund_id)


async def _fund(request: Request, session: Session, who: Actor, fund_id: UUID, typed: Typed | None = None) -> Response:
    fund = await usecases.get_fund(session, who, fund_id)
    office = await get_office(session, who, fund.office_id)
    held = await usecases.fund_balances(session, fund_id)
    names = {row.id: row.name for row in await usecases.list_cofunders(session, who, office.id)}
    tables = [
        await _contests(session, who, fund, typed),
        await _pledges(session, who, fund, names, typed),
        await _deposits(session, who, fund, names, typed),
    ]
    facts: list[tuple[str, Cell]] = [
        ("Received", held.received),
        ("Available", held.available),
        ("Reserved", held.reserved),
        ("Committed", held.committed),
    ]
    crumbs = [CRUMB, Link(office.name, f"/offices/{office.id}"), Link("Funds", f"/offices/{office.id}/funds", translate=True)]
    return show(request, View(fund.name, crumbs=crumbs, facts=facts, tables=tables))


async def _contests(session: Session, who: Actor, fund: Fund, typed: Typed | None) -> Table:
    entries = await list_contests(session, who, fund.office_id)
    paid = await usecases.contests_of_fund(session, fund.id)
    choices = {"contest_id": [(str(entry.contest.id), f"{entry.contest.code} · {entry.contest.title}") for entry in entries]}
    return Table(
        "Contests it pays for",
        ["Code", "Title"],
        [
            [Link(entry.contest.code, f"/contests/{entry.contest.id}"), entry.contest.title]
            for entry in entries
            if entry.contest.id in paid
        ],
        acts=[form(f"/funds/{fund.id}/contests", "Pay a contest from this fund", Assignment, choices=choices, typed=typed)],
    )


async def _pledges(session: Session, who: Actor, fund: Fund, names: dict[UUID, str], typed: Typed | None) -> Table:
    rows = await pledge_usecases.list_pledges(session, who, fund.id)
    choices = {
        "cofunder_id": [(str(key), name) for key, name in names.items()],
        "fund_id": [(str(fund.id), fund.name)],
        "group_id": await _group_choices(session, who, fund.office_id),
    }
    return Table(
        "Pledges",
        ["Cofunder", "Purpose", "Cash or in kind", "Amount", "State"],
        [
            [
                Link(names[row.cofunder_id], f"/pledges/{row.id}"),
                row.purpose,
                Word(row.kind.value),
                row.amount,
                State(row.status.value),
            ]
            for row in rows
        ],
        acts=[
            form(
                f"/funds/{fund.id}/pledges",
                "Declare a pledge",
                PledgeIn,
                choices=choices,
                values={"fund_id": fund.id},
                typed=typed,
            )
        ],
    )


async def _deposits(session: Session, who: Actor, fund: Fund, names: dict[UUID, str], typed: Typed | None) -> Table:
    rows = await pledge_usecases.list_deposits(session, who, fund.id)
    choices = {"cofunder_id": [(str(key), name) for key, name in names.items()]}
    return Table(
        "Deposits",
        ["From", "Reference of the bank", "When", "Amount"],
        [[names[row.cofunder_id], row.bank_reference, row.at, row.amount] for row in rows],
        acts=[
            form(f"/funds/{fund.id}/deposits", "Enter a deposit without a pledge", FundDepositIn, choices=choices, typed=typed)
        ],
    )


class Assignment(BaseModel, extra="forbid"):
    """The contest that a fund pays for."""

    contest_id: UUID = Field(description="Contest")


@router.get("/cofunders/{cofunder_id}")
async def show_cofunder(request: Request, session: Work, who: Who, cofunder_id: UUID) -> Response:
    """A cofunder and the persons who sign for it."""
    return await _cofunder(request, session, who, cofunder_id)


async def _cofunder(request: Request, session: Session, who: Actor, cofunder_id: UUID, typed: Typed | None = None) -> Response:
    cofunder = await usecases.get_cofunder(session, who, cofunder_id)
    rows = await usecases.list_signers(session, who, cofunder_id)
    choices = {"person_id": await person_choices(session, who)}
    table = Table(
        "Who signs",
        ["Name", "Position", "From", "Last day"],
        [[Link(person.name, f"/persons/{person.id}"), row.position, row.since, row.until] for row, person in rows],
        acts=[form(f"/cofunders/{cofunder_id}/signers", "Enter who signs", SignerIn, choices=choices, typed=typed)],
    )
    facts: list[tuple[str, Cell]] = [("Kind of cofunder", Word(cofunder.kind.value)), ("RUC", cofunder.ruc)]
    crumbs = [Link("Funds", f"/offices/{cofunder.office_id}/funds", translate=True)]
    return show(request, View(cofunder.name, crumbs=crumbs, facts=facts, tables=[table]))


@router.get("/pledges/{pledge_id}")
async def show_pledge(request: Request, session: Work, who: Who, pledge_id: UUID) -> Response:
    """A pledge and what comes next for it."""
    return await _pledge(request, session, who, pledge_id)


async def _pledge(request: Request, session: Session, who: Actor, pledge_id: UUID, typed: Typed | None = None) -> Response:
    pledge = await pledge_usecases.get_pledge(session, who, pledge_id)
    cofunder = await usecases.get_cofunder(session, who, pledge.cofunder_id)
    fund = await usecases.get_fund(session, who, pledge.fund_id)
    facts: list[tuple[str, Cell]] = [
        ("Cofunder", cofunder.name),
        ("Purpose", pledge.purpose),
        ("Amount", pledge.amount),
        ("Declared", pledge.declared_at),
    ]
    crumbs = [Link(fund.name, f"/funds/{fund.id}")]
    return show(
        request, View(cofunder.name, state=pledge.status.value, crumbs=crumbs, facts=facts, acts=_next_for(pledge, typed))
    )


def _next_for(pledge: Pledge, typed: Typed | None) -> list[Form]:
    here = f"/pledges/{pledge.id}"
    default = form(f"{here}/default", "It will not be kept", DefaultIn, typed=typed, danger=True)
    if pledge.status == PledgeStatus.DECLARED:
        return [form(f"{here}/certificate", "Certify", CertificateIn, typed=typed), default]
    if pledge.status == PledgeStatus.CERTIFIED and pledge.kind == PledgeKind.CASH:
        return [form(f"{here}/deposit", "Enter the deposit", DepositIn, typed=typed), default]
    if pledge.status == PledgeStatus.CERTIFIED:
        return [form(f"{here}/delivery", "Enter the delivery", DeliveryIn, typed=typed), default]
    return []


async def _create_fund(session: Session, who: Actor, _office_id: UUID, given: FundIn) -> Fund:
    return await usecases.create_fund(session, who, given)


async def _create_cofunder(session: Session, who: Actor, _office_id: UUID, given: CofunderIn) -> Cofunder:
    return await usecases.create_cofunder(session, who, given)


async def _assign(session: Session, who: Actor, fund_id: UUID, given: Assignment) -> None:
    await usecases.assign_fund(session, who, given.contest_id, fund_id)


async def _declare(session: Session, who: Actor, fund_id: UUID, given: PledgeIn) -> Pledge:
    if given.fund_id != fund_id:
        raise NotFound
    return await pledge_usecases.declare_pledge(session, who, given)


def _to_fund(_result: object, fund_id: UUID) -> str:
    return f"/funds/{fund_id}"


def _to_pledge(_result: object, pledge_id: UUID) -> str:
    return f"/pledges/{pledge_id}"


act(router, "/offices/{office_id}/funds", FundIn, _create_fund, page=_funds, to=lambda fund, _: f"/funds/{fund.id}")
act(
    router,
    "/offices/{office_id}/cofunders",
    CofunderIn,
    _create_cofunder,
    page=_funds,
    to=lambda row, _: f"/cofunders/{row.id}",
)
act(router, "/funds/{fund_id}/contests", Assignment, _assign, page=_fund, to=_to_fund)
act(router, "/funds/{fund_id}/pledges", PledgeIn, _declare, page=_fund, to=lambda pledge, _: f"/pledges/{pledge.id}")
act(router, "/funds/{fund_id}/deposits", FundDepositIn, pledge_usecases.record_deposit, page=_fund, to=_to_fund)
act(
    router,
    "/cofunders/{cofunder_id}/signers",
    SignerIn,
    usecases.appoint_signer,
    page=_cofunder,
    to=lambda _, key: f"/cofunders/{key}",
)
act(router, "/pledges/{pledge_id}/certificate", CertificateIn, pledge_usecases.certify_pledge, page=_pledge, to=_to_pledge)
act(router, "/pledges/{pledge_id}/deposit", DepositIn, pledge_usecases.deposit_pledge, page=_pledge, to=_to_pledge)
act(router, "/pledges/{pledge_id}/delivery", DeliveryIn, pledge_usecases.deliver_pledge, page=_pledge, to=_to_pledge)
act(router, "/pledges/{pledge_id}/default", DefaultIn, pledge_usecases.default_pledge, page=_pledge, to=_to_pledge)
