"""How far the jurors of a stage agree, and who of them lies far from the others. Pure and exact.

Krippendorff's alpha for interval data and Kendall's W are two sums of squares each, so they are computed here in whole fractions:
like every other number of the judging they come out the same on every machine, and nobody needs the numerical packages (some 60 MB)
that the libraries of statistics stand on. The tests compare both with what those libraries give.

Sources: K. Krippendorff, Content Analysis (alpha, with the interval metric, for panels of different sizes); M. G. Kendall and
B. Babington Smith, The Problem of m Rankings, 1939 (W, corrected for ties).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from statistics import median

from service.scoring.aggregation import sheet_totals
from service.scoring.checks import CheckedBundle
from service.scoring.judge import weigh

Panels = Mapping[str, Mapping[str, Fraction]]
"""By application and juror, the sheet total."""

FAR = Fraction(1, 10)
"""A juror lies far from the others from this part of the stage's full points on, on average (ours)."""


@dataclass(frozen=True, slots=True)
class Leaning:
    """How a juror's sheet totals lie to those of the others, over ``sheets`` applications, in points of the stage.

    ``lean`` is the mean difference from the mean of the others (below zero: harsher than they). ``distance`` is the mean distance
    from the median of the panel, which one juror far out does not move, so that nobody else seems far because of that one;
    ``outlying`` from ``FAR`` of the full points on.
    """

    juror: str
    sheets: int
    lean: Fraction
    distance: Fraction
    outlying: bool


@dataclass(frozen=True, slots=True)
class Agreement:
    """The sheet totals of a stage, of the applications that are judged, and how far they agree; ``full`` are its full points.

    ``alpha`` is 1 where all agree, about 0 where they agree as by chance; None where all totals are the same, or nobody scored the
    same as anybody else. ``concordance`` is Kendall's W of the applications that every juror scored (1: all rank alike, 0: not at
    all); None with fewer than two jurors or applications, or where each juror gave all of them the same.
    """

    stage: str
    full: Fraction
    panels: Panels
    alpha: Fraction | None
    concordance: Fraction | None
    leanings: tuple[Leaning, ...]


def agreements(checked: CheckedBundle) -> list[Agreement]:
    """How far the jurors agree, by stage in the order of the rule book."""
    judged, _ = weigh(checked)
    codes = [each.application.code for each in judged]
    found = []
    for code, stage in checked.book.stages.items():
        scale, totals = sheet_totals(stage, {each: checked.sheets[each, code] for each in codes})
        panels = {
            each: {juror: Fraction(total, scale) for juror, total in sorted(panel.items())} for each, panel in totals.items()
        }
        full = sum((criterion.maximum for criterion in stage.criteria.values()), Fraction(0))
        complete = _complete(panels)
        found.append(
            Agreement(
                stage=code,
                full=full,
                panels=panels,
                alpha=krippendorff_alpha([list(panel.values()) for panel in panels.values()]),
                concordance=kendall_w(complete),
                leanings=leanings(panels, full),
            )
        )
    return found


def krippendorff_alpha(units: Sequence[Sequence[Fraction]]) -> Fraction | None:
    """Krippendorff's alpha for interval data: 1 - observed / expected disagreement; ``units`` are the values given to each.

    A unit with fewer than two values says nothing and is left out. None where nothing is left, or all values are the same.
    """
    paired = [unit for unit in units if len(unit) > 1]
    values = [value for unit in paired for value in unit]
    expected = _squares(values) / (len(values) - 1) if values else Fraction(0)
    if expected == 0:
        return None
    observed = sum((_squares(unit) * len(unit) / (len(unit) - 1) for unit in paired), Fraction(0)) / len(values)
    return 1 - observed / expected


def kendall_w(raters: Sequence[Sequence[Fraction]]) -> Fraction | None:
    """Kendall's W corrected for ties; ``raters`` are the values that each gave to the same units in the same order.

    None with fewer than two raters or units, or where every rater gave all units the same.
    """
    count, units = len(raters), len(raters[0]) if raters else 0
    if count < 2 or units < 2:
        return None
    sums = [sum(column, Fraction(0)) for column in zip(*map(mean_ranks, raters), strict=True)]
    ties = sum(size**3 - size for values in raters for size in Counter(values).values())
    most = count * (count * (units**3 - units) - ties)
    return 12 * _squares(sums) / most if most else None


def mean_ranks(values: Sequence[Fraction]) -> list[Fraction]:
    """The rank of each value, 1 the highest; equal ones share the mean of their ranks."""
    ranks: dict[Fraction, Fraction] = {}
    before = 0
    for value, equal in groupby(sorted(values, reverse=True)):
        size = len(list(equal))
        ranks[value] = before + Fraction(size + 1, 2)
        before += size
    return [ranks[value] for value in values]


def leanings(panels: Panels, full: Fraction) -> tuple[Leaning, ...]:
    """How each juror lies to the others, by juror; only of applications that somebody else scored too."""
    leans: dict[str, list[Fraction]] = {}
    distances: dict[str, list[Fraction]] = {}
    for panel in panels.values():
        total = sum(panel.values(), Fraction(0))
        middle = median(panel.values())
        for juror, own in panel.items():
            if len(panel) > 1:
                leans.setdefault(juror, []).append(own - (total - own) / (len(panel) - 1))
                distances.setdefault(juror, []).append(abs(own - middle))
    found = []
    for juror, each in sorted(leans.items()):
        lean, distance = (sum(values, Fraction(0)) / len(each) for values in (each, distances[juror]))
        found.append(Leaning(juror, len(each), lean, distance, distance >= FAR * full))
    return tuple(found)


def _complete(panels: Panels) -> list[list[Fraction]]:
    """By juror, the totals of the applications that every juror of the stage scored."""
    jurors = sorted({juror for panel in panels.values() for juror in panel})
    shared = [panel for panel in panels.values() if len(panel) == len(jurors)]
    return [[panel[juror] for panel in shared] for juror in jurors] if shared else []


def _squares(values: Sequence[Fraction]) -> Fraction:
    """The sum of the squared distances from the mean."""
    total = sum(values, Fraction(0))
    return sum((value * value for value in values), Fraction(0)) - total * total / len(values)
