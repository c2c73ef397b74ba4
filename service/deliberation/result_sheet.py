"""The result of one applicant in plain terms: points by criterion, how far from the mark, and where most points were lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from service.applications.models import Application
from service.contests.book import RuleBook
from service.contests.models import Contest
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import run_store, store
from service.deliberation.models import RankedApplication
from service.scoring import usecases as scoring
from service.scoring.checks import Scores, check

HELPED = 3
"""Criteria that are named as what would have helped most."""


@dataclass(frozen=True, slots=True)
class CriterionLine:
    """The mean of the points that the jurors gave for a criterion, exact; None where nobody gave any. ``label`` as the rule book writes it."""

    stage: str
    code: str
    label: Any
    mean: Fraction | None
    maximum: Fraction

    @property
    def lost(self) -> Fraction:
        """Points between the mean and the maximum; none where the criterion did not count."""
        return Fraction(0) if self.mean is None else self.maximum - self.mean


@dataclass(frozen=True)
class ResultSheet:
    """An applicant's announced result. ``missing`` is what lacks to the pass mark, None where it was reached or there is none.

    The hashes (hex) are those of the rules and of all that was judged.
    """

    contest: Contest
    applicant: str
    title: str
    code: str
    status: str
    rank: int | None
    total: Fraction | None
    mark: Fraction | None
    award: Decimal | None
    reasons: list[str]
    lines: list[CriterionLine]
    rules_sha256: str
    inputs_sha256: str

    @property
    def missing(self) -> Fraction | None:
        """Points between the total and the mark, in an applicant that did not reach it."""
        if self.total is None or self.mark is None or self.total >= self.mark:
            return None
        return self.mark - self.total

    @property
    def helped(self) -> list[CriterionLine]:
        """Where most points were lost, most first."""
        losing = [line for line in self.lines if line.lost > 0]
        return sorted(losing, key=lambda line: (-line.lost, line.stage, line.code))[:HELPED]


async def get_result_sheet(session: Session, application_id: UUID) -> ResultSheet:
    """The result of an application: for everybody once it is announced. Raises ``NotFound`` before."""
    application = await store.fetch(session, Application, application_id)
    run = (await run_store.announced_runs(session, [application.contest_id])).get(application.contest_id)
    found = await session.get(RankedApplication, (run.id, application_id)) if run else None
    if run is None or found is None:
        raise NotFound
    contest = await store.fetch(session, Contest, application.contest_id)
    who = (await store.applicants(session, [application_id]))[application_id]
    gathered = await scoring.gather_bundle(session, contest.id, as_of=run.ran_at, applications=[application_id])
    checked = check(gathered.bundle)
    book = checked.book
    return ResultSheet(
        contest=contest,
        applicant=who.applicant,
        title=who.title,
        code=application.code,
        status=found.status,
        rank=found.rank,
        total=Fraction(found.total) if found.total else None,
        mark=book.decision.mark,
        award=found.award,
        reasons=found.reasons,
        lines=list(_lines(book, {stage: checked.sheets.get((application.code, stage), {}) for stage in book.stages})),
        rules_sha256=run.rules_sha256,
        inputs_sha256=run.inputs_sha256,
    )


def _lines(book: RuleBook, sheets: Mapping[str, Mapping[str, Scores]]) -> Iterator[CriterionLine]:
    labels = {(stage["code"], each["code"]): each.get("label") for stage in book.value["stages"] for each in stage["criteria"]}
    for code, stage in book.stages.items():
        for name, criterion in stage.criteria.items():
            given = [points for scores in sheets[code].values() if (points := scores[name]) is not None]
            mean = Fraction(sum(given), len(given) * stage.denominator) if given else None
            yield CriterionLine(code, name, labels[code, name], mean, Fraction(criterion.maximum))
