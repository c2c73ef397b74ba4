"""An invented contest for a rehearsal: applications, jurors and sheets drawn from a rule book, the same ones for the same seed.

Every sheet is valid. Among them stand what a committee meets sooner or later: two applications with the very same sheets, one below a
limit (where the book has one), a juror who is recused and one who is recorded absent.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from service.contests.book import RuleBook, Stage
from service.contests.criteria import NA, Bands, Criterion, Levels, Range
from service.contests.decision import PassMark
from service.contests.numbers import amount, exact, read_number
from service.scoring.bundle import ApplicationRow, Bundle, SheetRow

START = "2026-03-{day:02d}T{hour:02d}:{minute:02d}:00-05:00"
LEAST, MOST = 200_000, 2_000_000
"""Bounds of what is requested where the book has no purse, in cents."""


class Dice:
    """Whole numbers that follow from a seed alone, on every machine and in every version of Python: SHA-256 of seed and count."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed, 0

    def below(self, most: int) -> int:
        """A number from 0 to ``most`` - 1."""
        self._count += 1
        digest = hashlib.sha256(f"{self._seed}:{self._count}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % most


@dataclass(frozen=True)
class Size:
    """How large the invented contest is."""

    applications: int
    jurors: int


def invent(book: RuleBook, size: Size, seed: str) -> Bundle:
    """The invented contest of a seed."""
    dice = Dice(seed)
    jurors = [f"J{number}" for number in range(1, size.jurors + 1)]
    applications = list(_applications(book, size, dice))
    recusals = [(applications[2][0], jurors[0])] if len(applications) > 2 and len(jurors) > 1 else []
    last_stage = list(book.stages)[-1]
    absences = [(applications[3][0], last_stage, jurors[-1])] if len(applications) > 3 and len(jurors) > 2 else []
    sheets = list(_sheets(book, applications, jurors, dice))
    if len(applications) > 1:
        sheets = _repeat(sheets, applications[0][0], applications[1][0])
    away = {(code, stage, juror) for code, juror in recusals for stage in book.stages} | set(absences)
    return Bundle(
        rules=book.value,
        applications=applications,
        jurors=[(juror, list(book.stages)) for juror in jurors],
        sheets=[row for row in sheets if row[:3] not in away],
        recusals=recusals,
        absences=absences,
    )


def _applications(book: RuleBook, size: Size, dice: Dice) -> Iterator[ApplicationRow]:
    twin: dict[str, str] = {}
    for number in range(1, size.applications + 1):
        attributes = _attributes(book, dice)
        if number == 1:
            twin = attributes
        elif number == 2:
            attributes = dict(twin)
        elif number == size.applications:
            attributes |= {limit.attribute: exact(limit.below - Fraction(1, 10)) for limit in book.knock_outs}
        day, hour = 1 + (number - 1) // 24, (number - 1) % 24
        filed_at = START.format(day=day, hour=hour, minute=dice.below(60))
        yield f"A{number:03d}", filed_at, _requested(book, size, dice), attributes


def _attributes(book: RuleBook, dice: Dice) -> dict[str, str]:
    """A value for everything the book looks at: above each limit, a share from 0 to 1 where there are bands, a small number for ties."""
    bands = {each.attribute for each in _criteria(book) if isinstance(each, Bands)}
    limits = {limit.attribute: limit.below for limit in book.knock_outs}
    found = {}
    for name in sorted(book.number_attributes):
        if name in bands:
            low = min(max(limits.get(name, Fraction(0)), Fraction(0)), Fraction(1))
            value = low + (1 - low) * Fraction(dice.below(21), 20)
        else:
            value = limits.get(name, Fraction(1)) + Fraction(dice.below(5), 10 if name in limits else 1)
        found[name] = exact(value)
    if isinstance(book.decision, PassMark):
        for quota in book.decision.quotas:
            found[quota.attribute] = quota.value if dice.below(2) else "–"
    return found


def _requested(book: RuleBook, size: Size, dice: Dice) -> str:
    """About twice as much in all as a purse holds, so that it does not reach for everybody."""
    least, most = LEAST, MOST
    if isinstance(book.decision, PassMark) and book.decision.purse is not None:
        middle = int(Fraction(book.decision.purse) * 200 / size.applications)
        least, most = middle // 2, middle * 3 // 2
    return amount(least + dice.below(most - least + 1))


def _sheets(book: RuleBook, applications: Sequence[ApplicationRow], jurors: Sequence[str], dice: Dice) -> Iterator[SheetRow]:
    for code, _, _, attributes in applications:
        worth = 1 + dice.below(4)  # so that applications differ, not only jurors
        for stage in book.stages.values():
            for juror in jurors:
                yield from _sheet(stage, code, juror, attributes, worth, dice)


def _sheet(stage: Stage, code: str, juror: str, attributes: Mapping[str, str], worth: int, dice: Dice) -> Iterator[SheetRow]:
    for number, (criterion, each) in enumerate(stage.criteria.items()):
        written = NA if number and each.na and not dice.below(8) else _score(each, attributes, worth, dice)
        yield code, stage.code, juror, criterion, written


def _score(criterion: Criterion, attributes: Mapping[str, str], worth: int, dice: Dice) -> str:
    match criterion:
        case Levels(levels=levels):
            names = sorted(levels, key=lambda name: (levels[name], name))
            return names[max(dice.below(len(names)) for _ in range(worth))]
        case Bands():
            place = criterion.band_of(read_number(attributes.get(criterion.attribute, "")))
            return _within(criterion.bands[place or 0].range, worth, dice)
        case _:
            return _within(criterion.range, worth, dice)


def _within(allowed: Range, worth: int, dice: Dice) -> str:
    """A score on the steps of a range; the more an application is worth, the likelier a high one."""
    steps = (allowed.high - allowed.low) // allowed.step
    return exact(allowed.low + allowed.step * max(dice.below(steps + 1) for _ in range(worth)))


def _repeat(sheets: Sequence[SheetRow], of: str, to: str) -> list[SheetRow]:
    """The sheets, where those of application ``to`` say what those of ``of`` say."""
    said = {row[1:4]: row[4] for row in sheets if row[0] == of}
    return [(row[0], *row[1:4], said[row[1:4]]) if row[0] == to else row for row in sheets]


def _criteria(book: RuleBook) -> Iterator[Criterion]:
    for stage in book.stages.values():
        yield from stage.criteria.values()
