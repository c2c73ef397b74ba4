"""Small plots of how values are spread, as plain numbers for a template that draws them: no scripts, one dot for each value."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from service.contests.numbers import two_decimals

WIDTH, ROW, TOP, SIDE = 320, 34, 18, 8
"""In units of the drawing: its width, the height of a row and of the scale above, and the margin at either side."""


@dataclass(frozen=True)
class Dot:
    """A value: where it stands, and what is said of it."""

    x: float
    text: str
    marked: bool


@dataclass(frozen=True)
class Row:
    """The values of one thing, with their mean; ``y`` is the middle of its line."""

    label: str
    y: int
    dots: Sequence[Dot]
    mean: float
    text: str


@dataclass(frozen=True)
class Plot:
    """Rows on one scale; ``ticks`` are places on it with what they are worth; ``label`` is what is said instead of the drawing."""

    label: str
    height: int
    ticks: Sequence[tuple[float, str]]
    rows: Sequence[Row]
    width: int = WIDTH
    left: int = SIDE
    right: int = WIDTH - SIDE


Values = Sequence[tuple[str, Fraction, bool]]
"""What each value is called, the value, and whether it is marked."""


def spread(label: str, rows: Sequence[tuple[str, Values]], full: Fraction) -> Plot:
    """A plot of rows of values on a scale from nought (or the least value, where that is below) to the full points."""
    low = min([Fraction(0), *(value for _, values in rows for _, value, _ in values)])
    span = max([full, *(value for _, values in rows for _, value, _ in values)]) - low or Fraction(1)

    def place(value: Fraction) -> float:
        return round(float(SIDE + (value - low) / span * (WIDTH - 2 * SIDE)), 1)

    drawn = []
    for number, (name, values) in enumerate(rows):
        mean = sum((value for _, value, _ in values), Fraction(0)) / max(len(values), 1)
        dots = [Dot(place(value), f"{said}: {two_decimals(value)}", marked) for said, value, marked in values]
        drawn.append(Row(name, TOP + number * ROW + 24, dots, place(mean), two_decimals(mean)))
    ticks = [(place(low + span * part / 4), two_decimals(low + span * part / 4).removesuffix(".00")) for part in range(5)]
    return Plot(label, TOP + len(rows) * ROW + 4, ticks, drawn)
