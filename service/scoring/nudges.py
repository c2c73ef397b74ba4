"""The smallest change by one juror, to the total of one sheet, that would alter an award. Pure and exact.

As one sheet total moves within what its criteria allow, the stage's value moves in a straight line: alone for its own application,
and where the stage is centred also, by less, for all others. An award can only change where a total meets the mark or another
total; so the judge's own ranking and awarding are asked at each such meeting point, and just beyond it, from the nearest outward.

The means of single criteria, which a tie rule may ask for, stay as they are: a change of a total does not say which of them moves.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise, product

from service.contests.book import Stage
from service.contests.criteria import Criterion, Levels, Points
from service.contests.decision import PassMark
from service.scoring.aggregation import Panel, sheet_totals
from service.scoring.awarding import Award
from service.scoring.checks import Application, CheckedBundle, Scores
from service.scoring.judge import decide, weigh
from service.scoring.ranking import Judged

Awards = Mapping[str, Award]

NEAR = 16
"""The search begins within this part of the widest range and widens fourfold, because what alters an award is mostly near."""


@dataclass(frozen=True, slots=True)
class Nudge:
    """A change of one sheet's total, in points of its stage, that alters the awards of ``altered``.

    Where ``reached``, exactly this change does it; else every change a little beyond it (more, where ``up``; else less) does, and
    this one just does not.
    """

    application: str
    stage: str
    juror: str
    change: Fraction
    up: bool
    reached: bool
    altered: tuple[str, ...]

    @property
    def size(self) -> tuple[Fraction, bool]:
        """What nudges are compared by: of two equal changes, the one that is reached is smaller."""
        return abs(self.change), not self.reached


@dataclass(frozen=True, slots=True)
class _Move:
    """How far one sheet total can move with effect (``low`` to ``high``), and how fast stage values follow it from ``start`` on.

    ``start`` is the total, or where it is left out by trimming the nearest end of what is not. ``common`` is how fast any
    application follows, and ``own`` by how much faster that of the sheet does.
    """

    application: str
    stage: Stage
    juror: str
    total: Fraction
    start: Fraction
    low: Fraction
    high: Fraction
    own: Fraction
    common: Mapping[str, Fraction]

    def shifts(self, place: Fraction) -> dict[str, Fraction]:
        """By how much stage values change where the sheet total is at this place."""
        way = place - self.start
        shifts = {application: slope * way for application, slope in self.common.items()}
        shifts[self.application] = shifts.get(self.application, 0) + self.own * way
        return shifts

    def within(self, reach: Fraction) -> tuple[Fraction, Fraction]:
        """The least and the most that the sheet total can move from the start while it changes by no more than ``reach``."""
        return max(self.low, self.total - reach) - self.start, min(self.high, self.total + reach) - self.start


class _Trial:
    """The judge's decision, asked again and again with one sheet total moved."""

    def __init__(self, checked: CheckedBundle) -> None:
        self.checked = checked
        self.judged, _ = weigh(checked)
        self.by_code = {each.application.code: each for each in self.judged}
        self.awards: Awards = decide(checked, self.judged)[1]
        self._known: dict[tuple[str, str, str, Fraction], tuple[str, ...]] = {}
        self._lines: dict[tuple[str, str], dict[Fraction, list[Fraction]]] = {}

    def altered(self, move: _Move, place: Fraction) -> tuple[str, ...]:
        """The applications whose award differs with the sheet total at this place."""
        alone = not move.common
        key = (move.stage.code, move.application, "" if alone else move.juror, move.own * (place - move.start))
        if key not in self._known:
            shifts = move.shifts(place)
            awards = decide(self.checked, [_shifted(each, move.stage, shifts) for each in self.judged])[1]
            self._known[key] = tuple(sorted(code for code, given in awards.items() if _differs(given, self.awards[code])))
        return self._known[key]

    def meetings(self, move: _Move, reach: Fraction) -> set[Fraction]:
        """The places of the sheet total, within reach, at which a total that moves meets the mark or another total."""
        decision, weight = self.checked.book.decision, move.stage.weight
        least, most = move.within(reach)
        far = max(abs(least), abs(most))
        lines = self._lines_of(move)
        own = {(weight or 1) * (move.common.get(move.application, 0) + move.own): [self._value(move.stage, move.application)]}
        ways: set[Fraction] = set()
        if decision.mark is not None and weight:
            ways |= _meet({Fraction(0): [decision.mark]}, own, far) | _meet({Fraction(0): [decision.mark]}, lines, far)
        if not isinstance(decision, PassMark) or decision.purse is not None:
            ways |= _meet(own, lines, far) | _meet(lines, lines, far)
        return {move.start + way for way in ways if least <= way <= most}

    def _lines_of(self, move: _Move) -> dict[Fraction, list[Fraction]]:
        """The values that decide the order, sorted, by how fast they follow a sheet of this juror in this stage."""
        key = (move.stage.code, move.juror if move.common else "")
        if key not in self._lines:
            lines: dict[Fraction, list[Fraction]] = {}
            for code in self.by_code:
                rate = (move.stage.weight or 1) * move.common.get(code, Fraction(0))
                lines.setdefault(rate, []).append(self._value(move.stage, code))
            self._lines[key] = {rate: sorted(values) for rate, values in lines.items()}
        return self._lines[key]

    def _value(self, stage: Stage, application: str) -> Fraction:
        """The total; of a stage without weight, its own value, which may still break ties."""
        judged = self.by_code[application]
        return judged.total if stage.weight else judged.stages[stage.code]


def smallest_changes(checked: CheckedBundle) -> tuple[Nudge, ...]:
    """The smallest change of one sheet total that alters an award; all of that size, by application, stage and juror.

    None where no sheet alone could alter any. Only applications that are judged, neither disqualified nor pending, can move.
    """
    trial = _Trial(checked)
    moves = list(_moves(trial))
    widest = max((each.high - each.low for each in moves), default=Fraction(0))
    reach = widest / NEAR
    while reach <= widest and moves:
        if best := _within(trial, moves, reach):
            return tuple(sorted(best, key=lambda each: (each.application, each.stage, each.juror, each.change)))
        reach *= 4
    return ()


def _within(trial: _Trial, moves: Sequence[_Move], reach: Fraction) -> list[Nudge]:
    """The smallest nudges that change a sheet total by no more than ``reach``."""
    best: list[Nudge] = []
    for move in moves:
        window = 2 * (best[0].size[0] if best else reach) or reach  # wider than what counts: there is something beyond its ends
        least, most = (move.start + way for way in move.within(window))
        if not least <= move.start <= most:
            continue
        places = sorted({move.start, *trial.meetings(move, window)})
        up, down = [each for each in places if each >= move.start], [each for each in reversed(places) if each <= move.start]
        for way, upward in (([*up, most], True), ([*down, least], False)):
            nudge = _first(trial, move, way, upward, best[0].size if best else (reach, True))
            if nudge is not None:
                best = [nudge, *(each for each in best if each.size == nudge.size)]
    return best


def _first(trial: _Trial, move: _Move, way: Sequence[Fraction], up: bool, most: tuple[Fraction, bool]) -> Nudge | None:
    """The nearest place on the way from the start outward, or just beyond it, that alters an award; None above ``most``."""
    for place, further in pairwise(way):
        for reached, at in ((True, place), (False, (place + further) / 2)):
            nudge = Nudge(move.application, move.stage.code, move.juror, place - move.total, up, reached, ())
            if nudge.size > most:
                return None
            if (reached or place != further) and (altered := trial.altered(move, at)):
                return replace(nudge, altered=altered)
    return None


def _meet(some: Mapping[Fraction, list[Fraction]], others: Mapping[Fraction, list[Fraction]], far: Fraction) -> set[Fraction]:
    """How far the sheet total moves until a value of ``some`` meets one of ``others``, where that is not further than ``far``.

    Both are sorted values by the rate at which they move; those of one rate never meet.
    """
    ways = set()
    for (rate, values), (other_rate, other_values) in product(some.items(), others.items()):
        closing = rate - other_rate
        if closing == 0:
            continue
        few, many = (values, other_values) if len(values) < len(other_values) else (other_values, values)
        sign = closing if few is values else -closing
        for value in few:
            span = abs(closing) * far
            near = many[bisect_left(many, value - span) : bisect_right(many, value + span)]
            ways |= {(each - value) / sign for each in near}
    return ways


def _moves(trial: _Trial) -> Iterator[_Move]:
    """Every sheet total that can move with effect."""
    for code, stage in trial.checked.book.stages.items():
        panels = {each: trial.checked.sheets[each, code] for each in trial.by_code}
        scale, totals = sheet_totals(stage, panels)
        for application, panel in totals.items():
            for juror in sorted(panel):
                low, high = _range(stage, trial.checked.applications[application], panels[application][juror])
                move = _Move(application, stage, juror, Fraction(panel[juror], scale), Fraction(0), low, high, Fraction(0), {})
                move = _in_centred(move, totals) if stage.aggregate.method == "centred" else _alone(move, panel, scale)
                if move.low < move.high:
                    yield move


def _alone(move: _Move, panel: Panel, scale: int) -> _Move:
    """In a mean, median or trimmed mean: between the totals that would be the last to be left out, at one part of those counted."""
    aggregate, size = move.stage.aggregate, len(panel)
    drop = (size - 1) // 2 if aggregate.method == "median" else aggregate.drop
    drop = drop if size > 2 * drop else 0
    low, high, start = move.low, move.high, move.total
    if drop:
        others = sorted(Fraction(total, scale) for juror, total in panel.items() if juror != move.juror)
        bottom, top = others[drop - 1], others[size - 1 - drop]
        low, high, start = max(low, bottom), min(high, top), min(max(start, bottom), top)
    return replace(move, start=start, low=low, high=high, own=Fraction(1, size - 2 * drop))


def _in_centred(move: _Move, totals: Mapping[str, Panel]) -> _Move:
    """In a centred stage the mean of all sheets and that of the juror's sheets follow too, and with them every application."""
    sheets = sum(len(panel) for panel in totals.values())
    own = sum(move.juror in panel for panel in totals.values())
    common = {
        application: Fraction(1, sheets) - (Fraction(1, own * len(panel)) if move.juror in panel else 0)
        for application, panel in totals.items()
    }
    return replace(move, start=move.total, own=Fraction(1, len(totals[move.application])), common=common)


def _range(stage: Stage, application: Application, scores: Scores) -> tuple[Fraction, Fraction]:
    """The least and the highest total that the sheet could have, with the same criteria written ``na``."""
    counted = [stage.criteria[code] for code, points in scores.items() if points is not None]
    spans = [_span(criterion, application) for criterion in counted]
    zero = Fraction(0)
    full = sum((each.maximum for each in stage.criteria.values()), zero)
    stretch = full / sum((each.maximum for each in counted), zero)
    return stretch * sum((low for low, _ in spans), zero), stretch * sum((high for _, high in spans), zero)


def _span(criterion: Criterion, application: Application) -> tuple[Fraction, Fraction]:
    """The least and the highest points that the criterion gives this application."""
    if isinstance(criterion, Levels):
        return min(criterion.levels.values()), max(criterion.levels.values())
    if isinstance(criterion, Points):
        return criterion.range.low, criterion.range.high
    chosen = criterion.band_of(application.numbers.get(criterion.attribute))
    assert chosen is not None, "points are given only where the attribute chooses a band"
    return criterion.bands[chosen].range.low, criterion.bands[chosen].range.high


def _shifted(judged: Judged, stage: Stage, shifts: Mapping[str, Fraction]) -> Judged:
    shift = shifts.get(judged.application.code)
    if not shift:
        return judged
    stages = {**judged.stages, stage.code: judged.stages[stage.code] + shift}
    return Judged(judged.application, stages, judged.total + stage.weight * shift)


def _differs(one: Award, other: Award) -> bool:
    return (one.outcome, one.cents) != (other.outcome, other.cents)
