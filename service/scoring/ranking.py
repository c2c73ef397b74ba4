"""The order of the applications that were judged: by total, then by the tie chain; what is still equal shares a rank."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from service.contests.book import RuleBook
from service.contests.ties import AttributeTie, CriterionTie, DrawTie, FiledTie, StageTie, Tie
from service.scoring.checks import Application, CheckedBundle

Key = Callable[["Judged"], Any]
"""What a tie rule sorts by, ascending; of one rule all keys compare with each other."""

_LAST = (1, Fraction(0))


@dataclass(frozen=True, slots=True)
class Judged:
    """An application with its exact stage values and total."""

    application: Application
    stages: Mapping[str, Fraction]
    total: Fraction


@dataclass(frozen=True, slots=True)
class Ranked:
    """A judged application in its place; equal rank means equal in total and in the whole tie chain."""

    judged: Judged
    rank: int


def total_of(book: RuleBook, stages: Mapping[str, Fraction]) -> Fraction:
    """The sum of the stage values, each times its weight."""
    return sum((book.stages[code].weight * value for code, value in stages.items()), Fraction(0))


def rank(checked: CheckedBundle, judged: Sequence[Judged]) -> list[Ranked]:
    """All in order of rank, those of equal rank by application: 1, 2, 2, 4."""
    chain = [_tie_key(checked, tie) for tie in checked.book.ties]
    keyed = [((*_total_key(each), *(key(each) for key in chain)), each.application.code, each) for each in judged]
    keyed.sort(key=lambda entry: entry[:2])
    ranked: list[Ranked] = []
    for place, (key, _, each) in enumerate(keyed, 1):
        equal = place > 1 and key == keyed[place - 2][0]
        ranked.append(Ranked(each, ranked[-1].rank if equal else place))
    return ranked


def _total_key(judged: Judged) -> tuple[int, Fraction]:
    """Highest first. The whole part of a multiple decides nearly always, and compares much faster than the fraction after it."""
    total = judged.total
    return (-total.numerator << 64) // total.denominator, -total


def _tie_key(checked: CheckedBundle, tie: Tie) -> Key:
    match tie:
        case StageTie(stage):
            return lambda judged: -judged.stages[stage]
        case CriterionTie(stage, criterion):
            return lambda judged: _criterion_key(checked, stage, criterion, judged.application.code)
        case AttributeTie(attribute, descending):
            sign = -1 if descending else 1
            return lambda judged: _attribute_key(judged.application.numbers.get(attribute), sign)
        case FiledTie():
            return lambda judged: judged.application.filed_at
        case DrawTie(seed):
            return lambda judged: hashlib.sha256(f"{seed}:{judged.application.code}".encode()).hexdigest()


def _criterion_key(checked: CheckedBundle, stage: str, criterion: str, application: str) -> tuple[int, Fraction]:
    """The mean of the points given, highest first; where all wrote ``na``, last."""
    written = (scores[criterion] for scores in checked.sheets[application, stage].values())
    counted = [points for points in written if points is not None]
    return (0, -Fraction(sum(counted), len(counted))) if counted else _LAST


def _attribute_key(number: Fraction | None, sign: int) -> tuple[int, Fraction]:
    """The number, missing last in either order."""
    return _LAST if number is None else (0, sign * number)
