"""The criteria of a rule book: what a juror may write for each, and how many points it is worth.

A criterion is of one of three kinds: *points* (a range with a step), *levels* (one of a named list) or *bands* (a range that
depends on an attribute of the application, such as the share of families that took part).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from service.contests.fields import Fields, malformed
from service.contests.numbers import exact, read_number
from service.contests.refusals import (
    AttributeOutOfRange,
    Findings,
    NotANumber,
    ScoreOutOfRange,
    UndefinedBand,
    UnknownLevel,
    in_rules,
    quoted,
)
from service.core.texts import Phrase

NA = "na"
"""What a juror writes where a criterion does not apply."""


@dataclass(frozen=True)
class Range:
    """Scores from ``low`` to ``high``, by steps counted from ``low``."""

    low: Fraction
    high: Fraction
    step: Fraction

    def points(self, text: str) -> Fraction:
        """The points a text writes. Raises ``NotANumber``, ``ScoreOutOfRange``."""
        points = read_number(text)
        if points is None:
            raise NotANumber(detail=Phrase("score {score}", score=quoted(text)))
        if not self.low <= points <= self.high:
            raise ScoreOutOfRange(detail=Phrase("score {score} outside the range", score=quoted(text)))
        if (points - self.low) % self.step:
            raise ScoreOutOfRange(detail=Phrase("score {score} off the step", score=quoted(text)))
        return points


@dataclass(frozen=True)
class Points:
    """A criterion scored within one range."""

    code: str
    na: bool
    range: Range

    @property
    def maximum(self) -> Fraction:
        """The most points it can give."""
        return self.range.high

    @property
    def denominator(self) -> int:
        """A whole number that makes all its scores, and its maximum, whole."""
        return lcm(self.range.low.denominator, self.range.step.denominator, self.maximum.denominator)

    def points(self, text: str, _value: Fraction | None = None) -> Fraction | None:
        """The points of a score, None for ``na``; the attribute's value is of no matter. Raises ``NotANumber``, ``ScoreOutOfRange``."""
        return None if _is_na(self, text) else self.range.points(text)


@dataclass(frozen=True)
class Levels:
    """A criterion scored by choosing one of its named levels."""

    code: str
    na: bool
    levels: Mapping[str, Fraction]

    @property
    def maximum(self) -> Fraction:
        """The points of the highest level."""
        return max(self.levels.values())

    @property
    def denominator(self) -> int:
        """A whole number that makes all its scores whole."""
        return lcm(*(points.denominator for points in self.levels.values()))

    def points(self, text: str, _value: Fraction | None = None) -> Fraction | None:
        """The points of a level, None for ``na``; the attribute's value is of no matter. Raises ``NotANumber``, ``UnknownLevel``."""
        if _is_na(self, text):
            return None
        if text not in self.levels:
            raise UnknownLevel(detail=Phrase("level {level}", level=quoted(text)))
        return self.levels[text]


@dataclass(frozen=True)
class Band:
    """The range that holds where the attribute is at least ``start`` and below ``end``."""

    start: Fraction
    end: Fraction
    range: Range


@dataclass(frozen=True)
class Bands:
    """A criterion whose range follows from an attribute; its bands tile [0, 1], and the last holds 1 too."""

    code: str
    na: bool
    attribute: str
    bands: tuple[Band, ...]

    @property
    def maximum(self) -> Fraction:
        """The highest maximum of its bands."""
        return max(band.range.high for band in self.bands)

    @property
    def denominator(self) -> int:
        """A whole number that makes all its scores, and its maximum, whole."""
        ranges = [band.range for band in self.bands]
        return lcm(self.maximum.denominator, *(lcm(each.low.denominator, each.step.denominator) for each in ranges))

    def band_of(self, value: Fraction | None) -> int | None:
        """Which band an attribute's value chooses, or None where it is missing or outside [0, 1]."""
        if value is None or not 0 <= value <= 1:
            return None
        return next((place for place, band in enumerate(self.bands) if value < band.end), len(self.bands) - 1)

    def points(self, text: str, value: Fraction | None) -> Fraction | None:
        """The points of a score where the attribute has this value, None for ``na``.

        Raises ``NotANumber``, ``AttributeOutOfRange``, ``ScoreOutOfRange``.
        """
        if _is_na(self, text):
            return None
        place = self.band_of(value)
        if place is not None:
            return self.bands[place].range.points(text)
        if read_number(text) is None:
            raise NotANumber(detail=Phrase("score {score}", score=quoted(text)))
        raise AttributeOutOfRange(detail=Phrase("attribute {attribute}", attribute=quoted(self.attribute)))


Criterion = Points | Levels | Bands


def read_criterion(fields: Fields, findings: Findings) -> Criterion:
    """A criterion of the rule book. Raises ``MalformedBundle``, notes ``UndefinedBand``."""
    code, na, kind = fields.code("code"), fields.flag("na", False), fields.text("kind")
    if kind == "points":
        step = fields.positive("step", "1")
        return Points(code, na, Range(*_low_and_high(fields, "0", positive=True), step))
    if kind == "levels":
        return _read_levels(fields, code, na)
    if kind == "bands":
        return _read_bands(fields, code, na, findings)
    raise malformed(fields.at("kind"), Phrase("{value} is no kind of criterion", value=quoted(kind)))


def _read_levels(fields: Fields, code: str, na: bool) -> Levels:
    named = fields.child("levels", required=True)
    levels = {name: named.number(name) for name in named.value}
    if NA in levels:
        raise malformed(named.at(NA), Phrase("no level may have this name"))
    if not levels or max(levels.values()) <= 0:
        raise malformed(named.where, Phrase("the highest level must be above zero"))
    return Levels(code, na, levels)


def _read_bands(fields: Fields, code: str, na: bool, findings: Findings) -> Bands:
    attribute, step = fields.code("attribute"), fields.positive("step", "1")
    bands = []
    for each in fields.children("bands", required=True):
        low, high = _low_and_high(each, None, positive=False)
        bands.append(Band(each.number("from"), each.number("to"), Range(low, high, step)))
    if bands and max(band.range.high for band in bands) <= 0:
        raise malformed(fields.at("bands"), Phrase("the highest maximum must be above zero"))
    _note_gaps(bands, fields.at("bands"), findings)
    return Bands(code, na, attribute, tuple(bands))


def _note_gaps(bands: list[Band], where: str, findings: Findings) -> None:
    """The bands, in order, run from 0 to 1 without gap or overlap, or ``UndefinedBand`` is noted."""
    starts = [*(band.start for band in bands), Fraction(1)]
    ends = [Fraction(0), *(band.end for band in bands)]
    for start, end in zip(starts, ends, strict=True):
        if start != end:
            low, high = quoted(exact(min(start, end))), quoted(exact(max(start, end)))
            gap = Phrase("from {low} to {high} there is not one band", low=low, high=high)
            findings.add(UndefinedBand, in_rules(where, gap))
    for place, band in enumerate(bands):
        if band.start >= band.end:
            findings.add(UndefinedBand, in_rules(f"{where}.{place}", Phrase("it ends before it begins")))


def _low_and_high(fields: Fields, default: str | None, positive: bool) -> tuple[Fraction, Fraction]:
    low = fields.number("min", default)
    high = fields.positive("max") if positive else fields.number("max")
    if low > high:
        raise malformed(fields.at("min"), Phrase("it must not be above the maximum"))
    return low, high


def _is_na(criterion: Criterion, text: str) -> bool:
    if text != NA:
        return False
    if not criterion.na:
        raise NotANumber(detail=Phrase("score {score} where it is not allowed", score=quoted(text)))
    return True
