"""The transparency report: every call, contest, result, contract and payment of an office in a period, as a paper and as CSV."""

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import Rejected
from service.core.money import ZERO, show
from service.documents.models import Document, DocumentKind
from service.documents.papers import ReportPaper
from service.documents.papers_of_transparency import CallLine, ContestLine, ContractLine, PaymentLine, ReportTotals, ResultLine
from service.documents.usecases import request_document
from service.people.letterheads import letterhead
from service.people.usecases import get_office
from service.record import usecases as record


class PeriodReversed(Rejected):
    """The period ends before it begins."""

    message = "The last day lies before the first. Correct the period."


_CALLS = text("""
    SELECT c.code, c.title, o.name AS office, c.opens_at, c.closes_at, count(DISTINCT k.id) AS contests,
    count(a.id) FILTER (WHERE a.filed_at IS NOT NULL) AS applications
    FROM call c JOIN office o ON o.id = c.office_id JOIN contest k ON k.call_id = c.id LEFT JOIN application a ON a.contest_id = k.id
    WHERE c.office_id = :office AND c.status = 'published' AND c.opens_at::date <= :until AND c.closes_at::date >= :since
    GROUP BY c.id, o.name ORDER BY c.opens_at, c.code
""")
_CONTESTS = text("""
    SELECT k.code, k.title, k.plan_type, m.number AS minutes_number, b.sha256,
    count(r.application_id) AS applications, count(*) FILTER (WHERE r.status = 'approved' AND a.status <> 'deferred') AS approved,
    count(*) FILTER (WHERE r.status = 'not_approved') AS not_approved, count(*) FILTER (WHERE r.status = 'reserve') AS reserve,
    count(*) FILTER (WHERE r.status = 'disqualified') AS disqualified, COALESCE(sum(w.amount), 0) AS awarded
    FROM contest k JOIN call c ON c.id = k.call_id JOIN session_contest s ON s.contest_id = k.id
    JOIN minutes m ON m.session_id = s.session_id
    JOIN LATERAL (SELECT run_id AS id FROM announcement WHERE contest_id = k.id ORDER BY at DESC, run_id DESC LIMIT 1) run ON true
    JOIN ranked_application r ON r.run_id = run.id JOIN application a ON a.id = r.application_id
    LEFT JOIN award w ON w.application_id = a.id AND NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)
    JOIN LATERAL (SELECT sha256 FROM rule_book WHERE contest_id = k.id ORDER BY version DESC LIMIT 1) b ON true
    WHERE c.office_id = :office AND k.status = 'decided' AND m.closed_at::date BETWEEN :since AND :until
    GROUP BY k.id, m.number, b.sha256 ORDER BY k.code
""")
_RESULTS = text("""
    SELECT k.code, COALESCE(p.given_names || ' ' || p.family_names, g.name) AS organisation, d.name AS district,
    r.total_shown, CASE a.status WHEN 'deferred' THEN a.status ELSE r.status END AS status, w.amount AS award
    FROM contest k JOIN call c ON c.id = k.call_id JOIN session_contest s ON s.contest_id = k.id
    JOIN minutes m ON m.session_id = s.session_id
    JOIN LATERAL (SELECT run_id AS id FROM announcement WHERE contest_id = k.id ORDER BY at DESC, run_id DESC LIMIT 1) run ON true
    JOIN ranked_application r ON r.run_id = run.id JOIN application a ON a.id = r.application_id
    LEFT JOIN award w ON w.application_id = a.id AND NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)
    JOIN "group" g ON g.id = a.group_id JOIN district d ON d.ubigeo = g.ubigeo
    LEFT JOIN family_member f ON f.family_id = a.family_id AND f.head LEFT JOIN person p ON p.id = f.person_id
    WHERE c.office_id = :office AND k.status = 'decided' AND m.closed_at::date BETWEEN :since AND :until
    ORDER BY k.code, r.position
""")
_CONTRACTS = text("""
    SELECT c.number, g.name AS organisation, d.name AS district, c.amount, c.own_share, c.status,
    COALESCE((SELECT sum(o.amount) FROM payment_order o JOIN authorisation u ON u.id = o.authorisation_id
    JOIN payment_request q ON q.id = u.request_id JOIN tranche t ON t.id = q.tranche_id
    WHERE t.contract_id = c.id AND o.status = 'paid'), 0) AS paid
    FROM contract c JOIN "group" g ON g.id = c.group_id JOIN district d ON d.ubigeo = g.ubigeo
    WHERE c.office_id = :office AND c.numbered_at::date BETWEEN :since AND :until ORDER BY c.plan_type, c.year, c.serial
""")
_PAYMENTS = text("""
    SELECT u.number, COALESCE(c.number, k.code) AS contract_number, g.name AS organisation, o.answered_at, o.amount
    FROM payment_order o JOIN authorisation u ON u.id = o.authorisation_id JOIN payment_request q ON q.id = u.request_id
    JOIN "group" g ON g.id = q.group_id LEFT JOIN tranche t ON t.id = q.tranche_id LEFT JOIN contract c ON c.id = t.contract_id
    LEFT JOIN prize_payout y ON y.id = q.payout_id LEFT JOIN contest k ON k.id = y.contest_id
    WHERE q.office_id = :office AND o.status = 'paid' AND o.answered_at::date BETWEEN :since AND :until
    ORDER BY o.answered_at, u.year, u.serial
""")
_LEAVES = text("SELECT count(*) FROM record_leaf")


async def build_report(session: Session, office_id: UUID, since: date, until: date) -> ReportPaper:
    """The public report of an office from ``since`` to ``until``, both included. Everybody may ask for it."""
    office = await get_office(session, None, office_id)
    given = {"office": office_id, "since": since, "until": until}
    rows = {name: (await session.execute(query, given)).all() for name, query in _QUERIES.items()}
    contests = [_contest(row) for row in rows["contests"]]
    contracts = [_contract(row) for row in rows["contracts"]]
    payments = [_payment(row) for row in rows["payments"]]
    return {
        "letterhead": await letterhead(session, office_id),
        "number": f"{office.code}-{since.isoformat()}-{until.isoformat()}",
        "issued_at": (await clock.now(session)).isoformat(),
        "title": f"Informe de transparencia de la oficina {office.name}",
        "since": since.isoformat(),
        "until": until.isoformat(),
        "currency": "PEN",
        "calls": [_call(row) for row in rows["calls"]],
        "contests": contests,
        "results": [_result(row) for row in rows["results"]],
        "contracts": contracts,
        "payments": payments,
        "totals": _totals(contests, contracts, payments),
        "record_size": (await session.execute(_LEAVES)).scalar_one(),
        "record_root": None,
    }


_QUERIES = {"calls": _CALLS, "contests": _CONTESTS, "results": _RESULTS, "contracts": _CONTRACTS, "payments": _PAYMENTS}


COLUMNS = (
    "kind",
    "reference",
    "contest_or_contract",
    "organisation",
    "district",
    "score",
    "state",
    "paid_on",
    "amount",
    "own_amount",
    "paid",
)


def as_csv(report: ReportPaper) -> str:
    """The results, contracts and payments of a report as one CSV (RFC 4180), a row each, with the kind first."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, restval="")
    writer.writeheader()
    for row in _csv_rows(report):
        writer.writerow({name: _safe(value) for name, value in row.items()})
    return out.getvalue()


def _csv_rows(report: ReportPaper) -> Iterator[dict[str, str | None]]:
    for result in report["results"]:
        who = {"organisation": result["organisation"], "district": result["district"]}
        found = {"score": result["score"], "state": result["outcome"], "amount": result["award"]}
        yield {"kind": "result", "contest_or_contract": result["contest_code"], **who, **found}
    for contract in report["contracts"]:
        who = {"organisation": contract["organisation"], "district": contract["district"], "state": contract["status"]}
        money = {"amount": contract["amount"], "own_amount": contract["own_amount"], "paid": contract["paid"]}
        yield {"kind": "contract", "reference": contract["number"], **who, **money}
    for payment in report["payments"]:
        what = {"reference": payment["authorisation"], "contest_or_contract": payment["contract_number"]}
        money = {"paid_on": payment["paid_on"], "amount": payment["amount"], "paid": payment["amount"]}
        yield {"kind": "payment", "organisation": payment["organisation"], **what, **money}


def _safe(cell: str | None) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell and cell[0] in "=+-@\t\r" else cell or ""


def _call(row: Any) -> CallLine:
    return {
        "code": row.code,
        "title": row.title,
        "office": row.office,
        "opened_on": row.opens_at.astimezone(clock.PERU).date().isoformat(),
        "closed_on": row.closes_at.astimezone(clock.PERU).date().isoformat(),
        "contests": row.contests,
        "applications": row.applications,
    }


def _contest(row: Any) -> ContestLine:
    return {
        "code": row.code,
        "title": row.title,
        "plan_type": row.plan_type,
        "minutes_number": row.minutes_number,
        "applications": row.applications,
        "approved": row.approved,
        "not_approved": row.not_approved,
        "reserve": row.reserve,
        "disqualified": row.disqualified,
        "awarded": show(row.awarded),
        "rules_sha256": row.sha256,
    }


def _result(row: Any) -> ResultLine:
    return {
        "contest_code": row.code,
        "organisation": row.organisation,
        "district": row.district,
        "score": row.total_shown,
        "outcome": row.status,
        "award": None if row.award is None else show(row.award),
    }


def _contract(row: Any) -> ContractLine:
    return {
        "number": row.number,
        "organisation": row.organisation,
        "district": row.district,
        "amount": show(row.amount),
        "own_amount": show(row.own_share),
        "paid": show(row.paid),
        "status": row.status,
    }


def _payment(row: Any) -> PaymentLine:
    return {
        "authorisation": row.number,
        "contract_number": row.contract_number,
        "organisation": row.organisation,
        "paid_on": row.answered_at.astimezone(clock.PERU).date().isoformat(),
        "amount": show(row.amount),
    }


def _totals(contests: list[ContestLine], contracts: list[ContractLine], payments: list[PaymentLine]) -> ReportTotals:
    live = [line for line in contracts if line["status"] != "annulled"]
    return {
        "applications": sum(line["applications"] for line in contests),
        "approved": sum(line["approved"] for line in contests),
        "awarded": _sum(line["awarded"] for line in contests),
        "contracted": _sum(line["amount"] for line in live),
        "own_amount": _sum(line["own_amount"] for line in live),
        "paid": _sum(line["amount"] for line in payments),
    }


def _sum(amounts: Any) -> str:
    return show(sum((Decimal(amount) for amount in amounts), ZERO))


async def publish_report(session: Session, actor: Actor, office_id: UUID, since: date, until: date) -> Document:
    """Ask for the report's paper. Raises ``NotFound``, ``MissingRole``, ``PeriodReversed``."""
    if since > until:
        raise PeriodReversed("until")
    actor.require(Act.PUBLISH_REPORT, office_id)
    report = await build_report(session, office_id, since, until)
    document = await request_document(session, DocumentKind.REPORT, f"report:{report['number']}", report)
    payload = {"since": since.isoformat(), "until": until.isoformat(), "data_sha256": document.data_sha256}
    await record.append(session, actor, "report.published", f"office:{office_id}", payload)
    return document
