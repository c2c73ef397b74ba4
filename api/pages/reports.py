"""Expense reports: a contract's, and each with its lines and the decision on them."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import say
from api.pages.acts import act
from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, Link, State, Table, View, Word, show
from api.templating import money
from service.accountability import usecases
from service.accountability.models import ReportStatus
from service.accountability.queries import ReportView, get_report, list_reports
from service.accountability.rules import ACCOUNTABLE, SOURCE_OF
from service.accountability.shapes import DecisionsIn, ReportIn
from service.applications.queries import budget_of
from service.contracts.queries import ContractView, get_contract
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.money import ZERO
from service.people.usecases import persons_by_id

router = new_router("reports")


async def reports_table(session: Session, who: Actor, contract: ContractView, language: str, typed: Typed | None) -> Table:
    """The expense reports of a contract, and the form to hand one in."""
    rows: list[list[Cell]] = []
    for view in await list_reports(session, who, contract.id):
        report = view.report
        link = Link(f"{report.serial}", f"/reports/{report.id}")
        rows.append([link, report.submitted_at, len(view.lines), *_sums(view), State(report.status.value)])
    may = who.may(Act.SUBMIT_REPORT, contract.office_id)
    return Table(
        "Expense reports",
        ["Number", "Handed in", "Receipts", "Amount", "Accepted", "State"],
        rows,
        acts=[await _hand_in(session, contract, language, typed)] if may and contract.status in ACCOUNTABLE else (),
    )


def _sums(view: ReportView) -> list[Cell]:
    """What the receipts come to, and what was accepted of them."""
    reported = sum((line.amount for line, _ in view.lines), ZERO)
    accepted = sum((decision.accepted for _, decision in view.lines if decision), ZERO)
    return [reported, accepted if view.report.status == ReportStatus.DECIDED else None]


async def _hand_in(session: Session, contract: ContractView, language: str, typed: Typed | None) -> Form:
    """The form for receipts, with the lines of the budget that are paid in money by the fund or the group."""
    sources = set(SOURCE_OF.values())
    lines = [
        (str(line.id), f"{line.position}. {line.description} · {money(line.amount)} · {say(language, line.source.value)}")
        for line in await budget_of(session, contract.application_id)
        if line.source in sources and not line.in_kind
    ]
    return form(
        f"/contracts/{contract.id}/reports",
        "Hand in an expense report",
        ReportIn,
        choices={"lines.budget_line_id": lines},
        typed=typed,
    )


@router.get("/reports/{report_id}")
async def show_report(request: Request, session: Work, who: Who, report_id: UUID) -> Response:
    """An expense report with its lines, for its office."""
    return await _report(request, session, who, report_id)


async def _report(request: Request, session: Session, who: Actor, report_id: UUID, typed: Typed | None = None) -> Response:
    found = await get_report(session, who, report_id)
    report = found.report
    contract = await get_contract(session, who, report.contract_id)
    people = await persons_by_id(session, [report.submitted_by])
    budget = {line.id: f"{line.position}. {line.description}" for line in await budget_of(session, contract.application_id)}
    facts: list[tuple[str, Cell]] = [
        ("Contract", Link(contract.number, f"/contracts/{contract.id}")),
        ("Organisation", contract.data["group"]["name"]),
        ("Number", report.serial),
        ("Handed in by", people[report.submitted_by].name),
        ("Handed in", report.submitted_at),
    ]
    view = View(
        "Expense report",
        translate_title=True,
        state=report.status.value,
        crumbs=[
            Link("Contracts", f"/offices/{contract.office_id}/contracts", translate=True),
            Link(contract.number, f"/contracts/{contract.id}"),
        ],
        facts=facts,
        texts=[("Note", report.note)],
        tables=[_receipts(found, budget)],
        acts=_acts(who, contract, found, typed),
    )
    return show(request, view)


def _receipts(found: ReportView, budget: dict[UUID, str]) -> Table:
    """The lines of a report with what was decided on each."""
    return Table(
        "Receipts",
        [
            "Number of the line",
            "Budget line",
            "What was bought",
            "Kind of receipt",
            "Number of the receipt",
            "Issuer",
            "Date of the receipt",
            "Paid with",
            "Amount",
            "Amount accepted",
            "Why not all of it",
        ],
        [
            [
                line.position,
                budget.get(line.budget_line_id) if line.budget_line_id else None,
                line.description,
                Word(line.receipt_type.value),
                line.receipt_number,
                line.issuer,
                line.issued_on,
                Word(line.charged_to.value),
                line.amount,
                decision.accepted if decision else None,
                (decision.reason or None) if decision else None,
            ]
            for line, decision in found.lines
        ],
        total=["", "", "", "", "", "", "", "", *_sums(found), ""],
    )


def _acts(who: Actor, contract: ContractView, found: ReportView, typed: Typed | None) -> list[Form]:
    """The decision, its rows filled as if everything were accepted; for an officer who did not hand the report in."""
    decides = who.may(Act.DECIDE_REPORT, contract.office_id)
    if not decides or found.report.status != ReportStatus.SUBMITTED or found.report.submitted_by == who.person_id:
        return []
    rows = [{"position": line.position, "accepted": line.amount} for line, _ in found.lines]
    explain = "Each row starts with the whole amount. Write 0.00 where a receipt is not accepted, and why."
    action = f"/reports/{found.report.id}/decision"
    return [form(action, "Decide on the report", DecisionsIn, values={"decisions": rows}, typed=typed, explain=explain)]


act(
    router,
    "/reports/{report_id}/decision",
    DecisionsIn,
    usecases.decide_report,
    page=_report,
    to=lambda _, report_id: f"/reports/{report_id}",
)
