"""What a result hangs on: which awards would differ under another way of aggregating, or without one of the jurors.

Pure, on top of the judge: every answer is the judge's own, on a bundle in which one thing is different.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal

from service.contests.book import Aggregate
from service.scoring.checks import CheckedBundle
from service.scoring.judge import judge_checked
from service.scoring.result import Result, Status

METHODS = (Aggregate("mean"), Aggregate("median"), Aggregate("trimmed", 1), Aggregate("centred"))
"""The ways of aggregating that are compared; trimmed leaves one out at each end."""


@dataclass(frozen=True, slots=True)
class Flip:
    """An application whose status or award would differ: what it has, and what it would have."""

    application: str
    status: Status
    award: Decimal | None
    other_status: Status
    other_award: Decimal | None


def under_other_methods(checked: CheckedBundle) -> dict[Aggregate, tuple[Flip, ...]]:
    """What would differ if every stage were aggregated by each of ``METHODS``, by application."""
    before = judge_checked(checked)
    return {method: flips(before, judge_checked(_aggregated(checked, method))) for method in METHODS}


def without_each_juror(checked: CheckedBundle) -> dict[str, tuple[Flip, ...]]:
    """By juror, what would differ if the juror had never been seated: sheets, recusals and absences go with the seat.

    An application that no panel would be left for is ``pending`` then.
    """
    before = judge_checked(checked)
    jurors = sorted(set().union(*checked.seats.values()))
    return {juror: flips(before, judge_checked(_unseated(checked, juror))) for juror in jurors}


def flips(before: Result, after: Result) -> tuple[Flip, ...]:
    """The applications whose status or award differs between two results, by application."""
    others = {standing.application: standing for standing in after.standings}
    pairs = ((standing, others[standing.application]) for standing in before.standings)
    found = [
        Flip(one.application, one.status, one.award, other.status, other.award)
        for one, other in pairs
        if (one.status, one.award) != (other.status, other.award)
    ]
    return tuple(sorted(found, key=lambda flip: flip.application))


def _aggregated(checked: CheckedBundle, method: Aggregate) -> CheckedBundle:
    other = copy(checked)
    stages = {code: replace(stage, aggregate=method) for code, stage in checked.book.stages.items()}
    other.book = replace(checked.book, stages=stages)
    return other


def _unseated(checked: CheckedBundle, juror: str) -> CheckedBundle:
    other = copy(checked)
    other.seats = _without(checked.seats, juror)
    other.recused = _without(checked.recused, juror)
    other.absent = {item: jurors - {juror} for item, jurors in checked.absent.items()}
    other.sheets = {
        item: {each: scores for each, scores in panel.items() if each != juror} for item, panel in checked.sheets.items()
    }
    return other


def _without(groups: Mapping[str, set[str]], juror: str) -> dict[str, set[str]]:
    return {key: jurors - {juror} for key, jurors in groups.items()}
