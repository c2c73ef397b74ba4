"""What a committee may want to know of a result before it decides: everything in one value, from a bundle. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from service.contests.book import Aggregate
from service.contests.numbers import amount
from service.scoring.agreement import Agreement, agreements
from service.scoring.bundle import Bundle
from service.scoring.checks import CheckedBundle, check
from service.scoring.equal_shares import Shared, share_purse
from service.scoring.judge import judge_checked
from service.scoring.nudges import Nudge, smallest_changes
from service.scoring.quotas import Line, QuotaEffect, quota_effect
from service.scoring.sensitivity import Flip, under_other_methods, without_each_juror

MOST = 100
"""Applications up to which the smallest change is looked for and the purse shared: with many more these take minutes."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """What the result hangs on, how far the jurors agree, and how equal shares would use the purse.

    ``changes`` are the smallest changes of one sheet that alter an award, None where there are more than ``MOST`` applications;
    ``shared`` is None then too, and without a purse; ``quotas`` is None where the rule book has none.
    """

    methods: Mapping[Aggregate, tuple[Flip, ...]]
    jurors: Mapping[str, tuple[Flip, ...]]
    changes: tuple[Nudge, ...] | None
    agreements: tuple[Agreement, ...]
    shared: Shared | None
    quotas: QuotaEffect | None


def analyse(bundle: Bundle) -> Analysis:
    """The analysis of a bundle. Raises what ``judge`` raises."""
    checked = check(bundle)
    few = len(checked.applications) <= MOST
    return Analysis(
        methods=under_other_methods(checked),
        jurors=without_each_juror(checked),
        changes=smallest_changes(checked) if few else None,
        agreements=tuple(agreements(checked)),
        shared=share_purse(checked) if few else None,
        quotas=quota_effect(checked.book.decision, _lines(checked)),
    )


def _lines(checked: CheckedBundle) -> list[Line]:
    requested = {code: Decimal(amount(each.requested)) for code, each in checked.applications.items()}
    return [
        Line(each.application, requested[each.application], each.status, each.award, each.reasons)
        for each in judge_checked(checked).standings
    ]
