"""The announcement of a published call, as a paper: what can be applied for, by when, with which papers, under which rules."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

from service.applications.eligibility_rules import PAPERS
from service.contests import book as rule_book
from service.contests import rules as contest_rules
from service.contests.decision import PassMark, Ranking
from service.contests.models import Call, Contest
from service.contests.terms import terms_of
from service.contests.usecases import get_call, list_contests, rules_in_force
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.money import show
from service.documents.models import Document, DocumentKind
from service.documents.papers import CallPaper
from service.documents.papers_of_contests import AnnouncedContest, CalendarLine
from service.documents.usecases import request_document
from service.funding.usecases import fund_of_contest
from service.people.group_usecases import get_group
from service.people.letterheads import letterhead, place_of
from service.people.usecases import get_office
from service.record import usecases as record
from service.territory.usecases import search_districts

STAGES = {
    "field": "Campo",
    "public": "Exposición pública",
    "single": "Calificación única",
    "before": "Antes",
    "after": "Después",
}
PAPER_NAMES = {
    "request": "Solicitud",
    "assembly_act": "Acta de asamblea (o de sesión de concejo) que acuerda trabajar y aportar",
    "registry_sheet": "Ficha registral (SUNARP), o constancia de estar en formación",
    "board_dni": "Copias del DNI de la directiva",
    "roll": "Padrón de familias",
    "plan": "Plan",
    "technical_file": "Expediente técnico",
    "other": "Otros",
}


async def announce_call(session: Session, actor: Actor, call_id: UUID) -> Document:
    """Ask for the paper that announces a published call. Raises ``NotFound``, ``MissingRole``, ``NotPublished``, ``NoFund``."""
    call = await get_call(session, actor, call_id)
    actor.require(Act.ANNOUNCE_CALL, call.office_id)
    contests = [entry.contest for entry in await list_contests(session, actor, call_id=call_id)]
    paper = await _paper(session, call, contests)
    document = await request_document(session, DocumentKind.CALL, f"call:{call_id}", paper)
    await record.append(session, actor, "call.announced", f"call:{call_id}", {"data_sha256": document.data_sha256})
    return document


async def _paper(session: Session, call: Call, contests: Sequence[Contest]) -> CallPaper:
    office = await get_office(session, None, call.office_id)
    kinds = dict.fromkeys(kind.value for contest in contests for kind in PAPERS[contest.plan_type])
    filing: CalendarLine = {
        "what": "Presentación de propuestas",
        "since": call.opens_at.astimezone(clock.PERU).date().isoformat(),
        "until": call.closes_at.astimezone(clock.PERU).date().isoformat(),
    }
    return {
        "letterhead": await letterhead(session, office.id),
        "number": call.code,
        "issued_at": (await clock.now(session)).isoformat(),
        "title": call.title,
        "opens_at": call.opens_at.isoformat(),
        "closes_at": call.closes_at.isoformat(),
        "filing_place": await place_of(session, office.ubigeo, office.address),
        "districts": [each.district for each in await search_districts(session, "", office.ubigeo[:4])],
        "contests": [await _announced(session, contest) for contest in contests],
        "calendar": [filing],
        "papers": [PAPER_NAMES[kind] for kind in kinds],
        "contact": f"{office.name}, {office.address}",
    }


async def _announced(session: Session, contest: Contest) -> AnnouncedContest:
    published = await rules_in_force(session, contest.id)
    book, terms = rule_book.parse(published.book), terms_of(published)
    decision: Any = book.decision
    plans = isinstance(decision, PassMark)
    host = await get_group(session, None, contest.host_group_id) if contest.host_group_id else None
    tranches = len(terms.tranches) > 1
    return {
        "code": contest.code,
        "title": contest.title,
        "plan_type": contest.plan_type.value,
        "request_number": 1 if contest.request_number == 1 else 2,
        "host": host.name if host else None,
        "stages": [
            {
                "name": code,
                "maximum": str(contest_rules.total_of(stage)),
                "criteria": len(stage.criteria),
            }
            for code, stage in book.stages.items()
        ],
        "mark": str(decision.mark) if decision.mark is not None else None,
        "purse": show(decision.purse) if plans and decision.purse is not None else None,
        "prizes": [show(prize) for prize in decision.prizes] if isinstance(decision, Ranking) else [],
        "currency": "USD" if contest.currency == "USD" else "PEN",
        "fund": (await fund_of_contest(session, contest.id)).name,
        "own_share": None,
        "first_tranche": _percent(terms.tranches[0]) if tranches else None,
        "accounting_gate": _percent(terms.gate) if tranches else None,
        "months": terms.months if plans else None,
        "tries": terms.tries,
        "appeal_days": terms.appeal_days,
        "rules_version": published.version,
        "rules_sha256": published.sha256,
    }


def _percent(share: Fraction) -> str:
    """A share in percent, rounded half up to two decimals, without idle zeros."""
    cents = int(share * 10_000 + Fraction(1, 2))
    return f"{cents // 100}.{cents % 100:02}".rstrip("0").rstrip(".")
