"""The result tables of minutes, from the lines of announced runs. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, cast
from uuid import UUID

from sqlalchemy import Row

from service.contests.book import RuleBook
from service.contests.decision import PassMark, Ranking
from service.contests.models import Contest
from service.contests.numbers import exact, two_decimals
from service.core.money import ZERO, show
from service.deliberation.models import RankedApplication
from service.deliberation.quotas import effect_on, paper_part
from service.deliberation.rules import is_award
from service.deliberation.vote_queries import Decisions
from service.documents.papers_of_sessions import (
    GrandTotal,
    PrizeRow,
    PrizeTable,
    ResultRow,
    ResultTable,
    ResultTotals,
    StageResult,
)
from service.documents.shapes import Currency, Outcome


@dataclass(frozen=True, slots=True)
class Judged:
    """A contest with the lines of its announced run, who applied by application, and what the committee decided beside the result."""

    contest: Contest
    book: RuleBook
    lines: Sequence[RankedApplication]
    applicants: Mapping[UUID, Row[Any]]
    office: str
    decisions: Decisions = field(default_factory=Decisions)

    def is_withdrawn(self, line: RankedApplication) -> bool:
        """Whether the applicant took the application back after the result was announced."""
        return bool(self.applicants[line.application_id].status == "withdrawn")

    def is_deferred(self, line: RankedApplication) -> bool:
        """Whether the committee put the application off."""
        return line.application_id in self.decisions.deferred and not self.is_withdrawn(line)

    def name(self, line: RankedApplication) -> str:
        """Who applied, with the short name of the application."""
        applicant = self.applicants[line.application_id]
        return f"{applicant.applicant} ({applicant.code})"

    def outcome(self, line: RankedApplication) -> str:
        """What became of an application: what the result says, unless it was withdrawn or put off."""
        if self.is_withdrawn(line):
            return "withdrawn"
        return "deferred" if self.is_deferred(line) else line.status

    def amount(self, line: RankedApplication) -> Decimal | None:
        """What a line gives: as adjusted, else as the result says; None for nothing."""
        return self.decisions.adjusted.get(line.application_id, line.award)

    @property
    def awards(self) -> list[tuple[RankedApplication, Decimal]]:
        """The lines that give money, with the amount."""
        found = ((line, self.amount(line)) for line in self.lines)
        return [(line, amount) for line, amount in found if amount is not None and is_award(self.outcome(line), amount)]


def result_table(judged: Judged) -> ResultTable:
    """The table of a contest with a pass mark."""
    decision = judged.book.decision
    assert isinstance(decision, PassMark)
    rows = [_row(judged, number, line) for number, line in enumerate(judged.lines, 1)]
    return {
        "contest_code": judged.contest.code,
        "contest_title": judged.contest.title,
        "plan_type": judged.contest.plan_type.value,
        "request_number": cast(Literal[1, 2], judged.contest.request_number),
        "currency": cast(Currency, judged.contest.currency),
        "mark": exact(decision.mark),
        "purse": None if decision.purse is None else show(decision.purse),
        "rows": rows,
        "totals": _totals(row for row in rows if row["outcome"] == "approved"),
        "quotas": paper_part(effect_on(decision, judged.lines, judged.applicants)),
    }


def prize_table(judged: Judged) -> PrizeTable:
    """The table of a contest that ranks: those with a place, and not withdrawn."""
    decision = judged.book.decision
    assert isinstance(decision, Ranking)
    rows = [_place(judged, line) for line in judged.lines if line.rank is not None and not judged.is_withdrawn(line)]
    return {
        "contest_code": judged.contest.code,
        "contest_title": judged.contest.title,
        "plan_type": judged.contest.plan_type.value,
        "currency": cast(Currency, judged.contest.currency),
        "rows": rows,
        "purse": show(sum(decision.prizes, ZERO)),
        "given": show(sum((Decimal(row["prize"]) for row in rows if row["prize"] is not None), ZERO)),
    }


def grand_totals(results: Sequence[ResultTable], prizes: Sequence[PrizeTable]) -> list[GrandTotal]:
    """What the session approved, by currency."""
    currencies = sorted({table["currency"] for table in results} | {table["currency"] for table in prizes})
    totals: list[GrandTotal] = []
    for currency in currencies:
        tables = [table["totals"] for table in results if table["currency"] == currency]
        given = [table["given"] for table in prizes if table["currency"] == currency]
        totals.append(
            {
                "currency": currency,
                "project_amount": _sum(table["project_amount"] for table in tables),
                "own_amount": _sum(table["own_amount"] for table in tables),
                "total_amount": _sum(table["total_amount"] for table in tables),
                "prizes": _sum(given),
            }
        )
    return totals


def _row(judged: Judged, number: int, line: RankedApplication) -> ResultRow:
    applicant, withdrawn, outcome = judged.applicants[line.application_id], judged.is_withdrawn(line), judged.outcome(line)
    given = judged.amount(line)
    amount = given if given is not None and outcome == "approved" else applicant.requested
    return {
        "number": number,
        "application_code": applicant.code,
        "document": applicant.document,
        "organisation": applicant.applicant,
        "district": applicant.district,
        "office": judged.office,
        "stages": [] if withdrawn else _stages(judged, line),
        "score": None if withdrawn else line.total_shown,
        "rank": None if withdrawn else line.rank,
        "project_amount": show(amount),
        "own_amount": show(applicant.own_share),
        "total_amount": show(amount + applicant.own_share),
        "outcome": cast(Outcome, outcome),
        "reasons": list(line.reasons),
    }


def _place(judged: Judged, line: RankedApplication) -> PrizeRow:
    applicant = judged.applicants[line.application_id]
    assert line.rank is not None
    assert line.total_shown is not None
    return {
        "place": line.rank,
        "pooled": "tie_pooled" in line.reasons,
        "application_code": applicant.code,
        "document": applicant.document,
        "name": applicant.applicant,
        "organisation": applicant.organisation,
        "stages": _stages(judged, line),
        "score": line.total_shown,
        "prize": show(line.award) if line.award is not None and is_award(line.status, line.award) else None,
    }


def _stages(judged: Judged, line: RankedApplication) -> list[StageResult]:
    """What each stage came to, in the order of the rule book."""
    values = {code: Fraction(value) for code, value in line.stages.items()}
    return [
        {"stage": stage_name(judged.book, code), "value": two_decimals(values[code])}
        for code in judged.book.stages
        if code in values
    ]


def stage_name(book: RuleBook, code: str) -> str:
    """What a stage is called in Spanish; its code where the rule book has no label."""
    label = next((stage.get("label") for stage in book.value["stages"] if stage["code"] == code), None)
    return str(label.get("es") or code) if isinstance(label, dict) else str(label or code)


def _totals(rows: Iterable[ResultRow]) -> ResultTotals:
    approved = list(rows)
    return {
        "approved": len(approved),
        "project_amount": _sum(row["project_amount"] for row in approved),
        "own_amount": _sum(row["own_amount"] for row in approved),
        "total_amount": _sum(row["total_amount"] for row in approved),
    }


def _sum(amounts: Iterable[str]) -> str:
    return show(sum((Decimal(amount) for amount in amounts), ZERO))


def tables_of(judged: Sequence[Judged]) -> tuple[list[ResultTable], list[PrizeTable]]:
    """The tables of contests with a pass mark, and those of contests for prizes."""
    by_mark = [each for each in judged if isinstance(each.book.decision, PassMark)]
    return [result_table(each) for each in by_mark], [prize_table(each) for each in judged if each not in by_mark]
