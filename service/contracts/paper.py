"""The contract as its paper prints it: plain values from what it rests on. Pure.

Amounts of Annex 1 are the application's budget, fitted to the award where the purse gave less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

from service.applications.models import BudgetLine, BudgetSource
from service.contests.models import PublishedRuleBook
from service.contests.terms import Terms
from service.contracts.models import ContractDraft
from service.contracts.rules import fitted
from service.contracts.store import Basis
from service.core.clock import PERU
from service.core.money import ZERO, show, split_by_shares
from service.documents.shapes import Letterhead, Organisation, Place
from service.funding.models import Fund
from service.people.groups import BeneficiaryAccount, BoardMandate
from service.people.models import Nec, Person

SOURCES = tuple(BudgetSource)


@dataclass(frozen=True)
class Parties:
    """Who contracts, and where: the office by its head, the group by those who sign for it."""

    letterhead: Letterhead
    nec: Nec
    head: Person
    office_place: Place
    organisation: Organisation
    board: Sequence[tuple[BoardMandate, Person]]
    account: BeneficiaryAccount
    fund: Fund
    cofunders: Sequence[str]


@dataclass(frozen=True)
class BudgetRow:
    """A line of Annex 1: one amount from one source."""

    description: str
    source: BudgetSource
    in_kind: bool
    amount: Decimal


def contract_data(
    number: str,
    at: datetime,
    basis: Basis,
    draft: ContractDraft,
    parties: Parties,
    rules: PublishedRuleBook,
    terms: Terms,
    lines: Sequence[BudgetLine],
) -> dict[str, Any]:
    """The values of ``ContractPaper``."""
    rows = annex(basis, lines)
    return {
        "letterhead": parties.letterhead,
        "number": number,
        "issued_at": instant(at),
        "plan_type": basis.proposal.plan_type.value,
        "plan_title": basis.proposal.title,
        "grantor": _grantor(parties, draft),
        "group": parties.organisation,
        "signatories": [_signatory(mandate, person, basis.group.name) for mandate, person in parties.board],
        "witnesses": [],
        "background": _background(basis, parties.fund, rules),
        "currency": basis.contest.currency,
        "amount": show(basis.award.amount),
        "total": show(sum((row.amount for row in rows), ZERO)),
        "sources": _sources(rows, parties, basis.group.name),
        "months": draft.months,
        "account": _account(parties.account),
        "tranches": _tranches(basis.award.amount, terms),
        "own_deposit_first": percent(terms.own_share_first) if terms.own_share_first else None,
        "accounting_gate": percent(terms.gate) if len(terms.tranches) > 1 else None,
        "obligations": draft.obligations,
        "additional_cofinancing": draft.additional_cofinancing,
        "jurisdiction": parties.office_place["province"],
        "signed_in": parties.office_place["district"],
        "budget": [_budget(row) for row in rows],
        "annulled": None,
    }


def annex(basis: Basis, lines: Sequence[BudgetLine]) -> list[BudgetRow]:
    """The rows of Annex 1. A prize for which no budget was handed in is one row."""
    if not any(line.source == BudgetSource.FUND for line in lines):
        whole = BudgetRow(basis.proposal.title, BudgetSource.FUND, False, basis.award.amount)
        return [whole, *(BudgetRow(line.description, line.source, line.in_kind, line.amount) for line in lines)]
    amounts = fitted(lines, basis.award.amount)
    return [
        BudgetRow(line.description, line.source, line.in_kind, amount)
        for line, amount in zip(lines, amounts, strict=True)
        if amount
    ]


def percent(share: Fraction) -> str:
    """A share as papers write it: ``"70"``, ``"33.33"``."""
    hundred = share * 100
    rounded = (Decimal(hundred.numerator) / hundred.denominator).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{rounded:f}".rstrip("0").rstrip(".")


def instant(at: datetime) -> str:
    """A moment as papers keep it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day_of(at: datetime) -> str:
    """The calendar day of a moment in Peru."""
    return at.astimezone(PERU).date().isoformat()


def _grantor(parties: Parties, draft: ContractDraft) -> dict[str, Any]:
    return {
        "name": parties.nec.name,
        "ruc": parties.nec.ruc,
        "address": parties.letterhead["address"],
        "head_name": parties.head.name,
        "head_dni": parties.head.dni,
        "resolution": draft.resolution,
    }


def _background(basis: Basis, fund: Fund, rules: PublishedRuleBook) -> dict[str, Any]:
    return {
        "loan": fund.name,
        "minutes_number": basis.minutes.number,
        "minutes_day": day_of(basis.minutes.closed_at),
        "committee": basis.committee.name,
        "contest_code": basis.contest.code,
        "contest_title": basis.contest.title,
        "score": basis.ranked.total_shown,
        "rules_version": rules.version,
        "rules_sha256": rules.sha256,
    }


def _signatory(mandate: BoardMandate, person: Person, body: str) -> dict[str, Any]:
    return {"name": person.name, "dni": person.dni, "role": mandate.role.value, "body": body}


def _account(account: BeneficiaryAccount) -> dict[str, Any]:
    return account.model_dump(include={"bank", "number", "cci", "holder", "currency"})


def _tranches(amount: Decimal, terms: Terms) -> list[dict[str, Any]]:
    parts = zip(terms.tranches, split_by_shares(amount, terms.tranches), strict=True)
    return [{"number": n, "percent": percent(share), "amount": show(part)} for n, (share, part) in enumerate(parts, start=1)]


def _sources(rows: Sequence[BudgetRow], parties: Parties, group_name: str) -> list[dict[str, Any]]:
    names = {
        BudgetSource.FUND: parties.fund.name,
        BudgetSource.OWN: group_name,
        BudgetSource.COFUNDER: ", ".join(parties.cofunders) or "-",
    }
    kinds = [(source, in_kind) for source in SOURCES for in_kind in (False, True)]
    sums = {kind: sum((row.amount for row in rows if (row.source, row.in_kind) == kind), ZERO) for kind in kinds}
    return [
        {"source": source.value, "name": names[source], "in_kind": in_kind, "amount": show(amount)}
        for (source, in_kind), amount in sums.items()
        if amount
    ]


def _budget(row: BudgetRow) -> dict[str, Any]:
    shares = {source.value: show(row.amount if row.source == source else ZERO) for source in SOURCES}
    return {"description": row.description, **shares, "total": show(row.amount)}
