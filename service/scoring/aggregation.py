"""The value of a stage for each application, from the sheets of its panel.

Everything is whole numbers on one scale per stage until the last division, so it is exact and fast.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import gcd, lcm

from service.scoring.book import Stage
from service.scoring.checks import Scores

Panel = Mapping[str, int]
"""By juror, the sheet total of one application, in units of one over the scale."""


def stage_values(stage: Stage, panels: Mapping[str, Mapping[str, Scores]]) -> dict[str, Fraction]:
    """The stage's value of each application; ``panels`` are the sheets of those that are judged, by application and juror."""
    scale, totals = _sheet_totals(stage, panels)
    match stage.aggregate.method:
        case "mean":
            value: Callable[[Panel], Fraction] = lambda panel: _mean(panel.values(), scale)  # noqa: E731
        case "median":
            ...
    return {}
