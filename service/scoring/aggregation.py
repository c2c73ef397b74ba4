"""The value of a stage for each application, from the sheets of its panel.

Everything is whole numbers on one scale per stage until the last division, so it is exact and fast.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from fractions import Fraction
from math import gcd, lcm

from service.contests.book import Stage
from service.scoring.checks import Scores

Panel = dict[str, int]
"""By juror, the sheet total of one application, in units of one over the scale."""


def stage_values(stage: Stage, panels: Mapping[str, Mapping[str, Scores]]) -> dict[str, Fraction]:
    """The stage's value of each application; ``panels`` are the sheets of those that are judged, by application and juror."""
    scale, totals = sheet_totals(stage, panels)
    if stage.aggregate.method == "centred":
        return _centred(totals, scale)
    drop = stage.aggregate.drop
    values = {}
    for application, panel in totals.items():
        middle = _middle(panel.values()) if stage.aggregate.method == "median" else _trimmed(panel.values(), drop)
        values[application] = Fraction(sum(middle), len(middle) * scale)
    return values


def sheet_totals(stage: Stage, panels: Mapping[str, Mapping[str, Scores]]) -> tuple[int, dict[str, Panel]]:
    """The scale, and each application's sheet totals on it.

    A total with ``na`` is its sum, times the sum of all maxima, over the sum of the maxima that count. The scale has all these
    last sums as divisors.
    """
    maxima = {code: int(criterion.maximum * stage.denominator) for code, criterion in stage.criteria.items()}
    full = sum(maxima.values())
    counted = {full}
    if any(criterion.na for criterion in stage.criteria.values()):
        counted |= {_counted(scores, maxima) for panel in panels.values() for scores in panel.values()}
    widening = lcm(*(each // gcd(each, full) for each in counted))

    def total(scores: Scores) -> int:
        if None not in scores.values():
            return sum(scores.values()) * widening  # type: ignore[arg-type]  # no value is None
        return sum(filter(None, scores.values())) * (full * widening // _counted(scores, maxima))

    totals = {application: {juror: total(scores) for juror, scores in panel.items()} for application, panel in panels.items()}
    return stage.denominator * widening, totals


def _counted(scores: Scores, maxima: Mapping[str, int]) -> int:
    """The sum of the maxima of the criteria that are not ``na``."""
    return sum(maxima[code] for code, points in scores.items() if points is not None)


def _middle(totals: Iterable[int]) -> list[int]:
    """The middle one, or of an even number the middle two."""
    ordered = sorted(totals)
    half = (len(ordered) - 1) // 2
    return ordered[half : len(ordered) - half]


def _trimmed(totals: Iterable[int], drop: int) -> list[int]:
    """Without the highest and lowest ``drop``, where there are more than twice as many; else all."""
    ordered = sorted(totals)
    return ordered[drop : len(ordered) - drop] if len(ordered) > 2 * drop else ordered


def _centred(totals: Mapping[str, Panel], scale: int) -> dict[str, Fraction]:
    """The mean after each sheet total is moved by the mean of all, less the mean of its juror."""
    sums: Counter[str] = Counter()
    sheets: Counter[str] = Counter()
    for panel in totals.values():
        sums.update(panel)
        sheets.update(panel.keys())
    if not sheets:
        return {}
    general = Fraction(sums.total(), sheets.total() * scale)
    offsets = {juror: general - Fraction(sums[juror], sheets[juror] * scale) for juror in sheets}
    shifts: dict[frozenset[str], Fraction] = {}  # the same panel sits for many applications
    values = {}
    for application, panel in totals.items():
        jurors = frozenset(panel)
        if jurors not in shifts:
            shifts[jurors] = sum((offsets[juror] for juror in jurors), Fraction(0)) / len(jurors)
        values[application] = Fraction(sum(panel.values()), len(panel) * scale) + shifts[jurors]
    return values
