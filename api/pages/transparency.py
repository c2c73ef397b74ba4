"""What everybody may see: who got what, and the report as a paper and as CSV."""

from datetime import date
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Work, new_router
from api.pages.acts import act
from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, Link, State, Table, View, show
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.documents.papers import ReportPaper
from service.people.models import Office
from service.people.usecases import get_office, list_offices
from service.transparency.report import as_csv, build_report, publish_report
from service.transparency.shapes import PeriodIn

router = new_router("transparency")


@router.get("/transparency")
async def choose_office(request: Request, session: Work, who: Anyone) -> Response:
    """The offices whose public figures can be read."""
    rows = await list_offices(session, who)
    table = Table("Offices", ["Office"], [[Link(row.name, f"/transparency/{row.id}")] for row in rows])
    return show(
        request, View("Transparency", lead="Everybody may see who got what, and why.", translate_title=True, tables=[table])
    )


@router.get("/transparency/{office_id}")
async def show_report(
    request: Request, session: Work, who: Anyone, office_id: UUID, since: date | None = None, until: date | None = None
) -> Response:
    """The public report of an office in a period: this year unless told otherwise."""
    return await _report(request, session, who, office_id, since=since, until=until)


async def _report(
    request: Request,
    session: Session,
    who: Actor | None,
    office_id: UUID,
    typed: Typed | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Response:
    office = await get_office(session, who, office_id)
    first, last = await _period(session, since, until)
    report = await build_report(session, office_id, first, last)
    totals: list[tuple[str, Cell]] = [
        ("From", first),
        ("Last day", last),
        ("Applications", report["totals"]["applications"]),
        ("Approved", report["totals"]["approved"]),
        ("Awarded", report["totals"]["awarded"]),
        ("Contracted", report["totals"]["contracted"]),
        ("Paid", report["totals"]["paid"]),
        ("As a table", Link("CSV", f"/transparency/{office_id}/report.csv?since={first}&until={last}")),
    ]
    acts = [_publish_form(office, typed, first, last)] if who and who.grants else []
    crumbs = [Link("Transparency", "/transparency", translate=True)]
    return show(request, View(office.name, crumbs=crumbs, facts=totals, tables=_tables(report), acts=acts))


def _tables(report: ReportPaper) -> list[Table]:
    return [
        Table(
            "Results",
            ["Contest", "Who", "District", "Total", "Outcome", "Award"],
            [
                [r["contest_code"], r["organisation"], r["district"], r["score"], State(r["outcome"]), r["award"]]
                for r in report["results"]
            ],
        ),
        Table(
            "Contracts",
            ["Number", "Organisation", "District", "Amount", "Paid", "State"],
            [
                [r["number"], r["organisation"], r["district"], r["amount"], r["paid"], State(r["status"])]
                for r in report["contracts"]
            ],
        ),
        Table(
            "Payments",
            ["Authorisation", "Contract", "Organisation", "When", "Amount"],
            [
                [r["authorisation"], r["contract_number"], r["organisation"], r["paid_on"], r["amount"]]
                for r in report["payments"]
            ],
        ),
    ]


def _publish_form(office: Office, typed: Typed | None, first: date, last: date) -> Form:
    return form(
        f"/transparency/{office.id}",
        "Publish this report as a paper",
        PeriodIn,
        values={"since": first, "until": last},
        typed=typed,
    )


@router.get("/transparency/{office_id}/report.csv")
async def report_csv(
    session: Work, _who: Anyone, office_id: UUID, since: date | None = None, until: date | None = None
) -> Response:
    """The same report as CSV."""
    first, last = await _period(session, since, until)
    headers = {"Content-Disposition": f'attachment; filename="raymi-{first}-{last}.csv"'}
    return Response(
        as_csv(await build_report(session, office_id, first, last)), media_type="text/csv; charset=utf-8", headers=headers
    )


async def _period(session: Session, since: date | None, until: date | None) -> tuple[date, date]:
    today = await clock.today(session)
    return since or date(today.year, 1, 1), until or today


async def _publish(session: Session, who: Actor, office_id: UUID, given: PeriodIn) -> object:
    return await publish_report(session, who, office_id, given.since, given.until)


act(router, "/transparency/{office_id}", PeriodIn, _publish, page=_report, to=lambda document, _: f"/documents/{document.id}")
