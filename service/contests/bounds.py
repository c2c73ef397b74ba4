"""What a criterion gives at least and at most, so that the database refuses a score out of range by itself."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from service.contests.book import RuleBook
from service.contests.criteria import Bands, Criterion, Levels


@dataclass(frozen=True)
class Bounds:
    """What a criterion gives at least and at most, as numbers that a database compares."""

    stage: str
    code: str
    low: Decimal
    high: Decimal
    na: bool


def bounds_of(book: RuleBook) -> list[Bounds]:
    """The bounds of every criterion, over all its levels or bands. A fraction without end is widened in its 20th decimal."""
    return [
        Bounds(stage.code, each.code, _decimal(lowest(each), up=False), _decimal(each.maximum, up=True), each.na)
        for stage in book.stages.values()
        for each in stage.criteria.values()
    ]


def lowest(criterion: Criterion) -> Fraction:
    """The least points that a criterion can give."""
    if isinstance(criterion, Levels):
        return min(criterion.levels.values())
    if isinstance(criterion, Bands):
        return min(band.range.low for band in criterion.bands)
    return criterion.range.low


def _decimal(number: Fraction, *, up: bool) -> Decimal:
    scaled = number * 10**20
    whole = -(-scaled.numerator // scaled.denominator) if up else scaled.numerator // scaled.denominator
    return Decimal(whole).scaleb(-20)  # exact: below MOST_POINTS it has 27 digits at most, and the context keeps 28
