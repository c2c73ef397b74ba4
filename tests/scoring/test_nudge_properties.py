"""The smallest change of one sheet in contests of every kind: two stages, weights, levels, bands, ``na``, recusals and absences.

The judge is asked anew with one sheet's points moved; the points of a stage are counted in finer units for that.
"""

from copy import copy
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.scoring.bundle import read_folder
from service.scoring.checks import CheckedBundle, check
from service.scoring.judge import judge_checked, weigh
from service.scoring.nudges import smallest_changes
from service.scoring.sensitivity import flips
from tests.scoring.contest import Contest
from tests.scoring.strategies import contests

FINE = Fraction(1, 10**12)
SPANS = {"idea": (Fraction(1), Fraction(4)), "team": (Fraction(-1), Fraction(3))}
LOW, HIGH = (Fraction(0), Fraction(1)), (Fraction(1, 3), Fraction(7, 3))
MAXIMA = {"idea": Fraction(4), "team": Fraction(3), "families": Fraction(7, 3)}
"""What the criteria of ``strategies`` give at least and at most; of families, below and from a share of one half."""

Sheet = tuple[str, str, str]
"""Application, stage, juror."""


def checked_of(contest: Contest) -> CheckedBundle:
    """The contest as the judge takes it."""
    with TemporaryDirectory() as folder:
        return check(read_folder(contest.write(Path(folder))))


def stretch_of(checked: CheckedBundle, sheet: Sheet) -> Fraction:
    """How many points of the total a point on the sheet is worth, as some criteria may be ``na``."""
    application, stage, juror = sheet
    scores = checked.sheets[application, stage][juror]
    counted = sum((MAXIMA[code] for code, points in scores.items() if points is not None), Fraction(0))
    return sum((MAXIMA[code] for code in scores), Fraction(0)) / counted


def room_of(checked: CheckedBundle, sheet: Sheet) -> tuple[Fraction, Fraction]:
    """How far the total of a sheet can fall and rise."""
    application, stage, juror = sheet
    scores, unit = checked.sheets[application, stage][juror], checked.book.stages[stage].denominator
    share = checked.applications[application].numbers.get("share", Fraction(0))
    spans = SPANS | {"families": HIGH if share >= Fraction(1, 2) else LOW}
    counted = {code: Fraction(points, unit) for code, points in scores.items() if points is not None}
    falls = sum((spans[code][0] - points for code, points in counted.items()), Fraction(0))
    rises = sum((spans[code][1] - points for code, points in counted.items()), Fraction(0))
    stretch = stretch_of(checked, sheet)
    return falls * stretch, rises * stretch


def altered(checked: CheckedBundle, sheet: Sheet, change: Fraction) -> tuple[str, ...]:
    """The applications whose award differs when the total of a sheet is changed."""
    application, code, juror = sheet
    stage = checked.book.stages[code]
    added = change / stretch_of(checked, sheet) * stage.denominator
    finer = replace(stage)
    finer.__dict__["denominator"] = stage.denominator * added.denominator  # instead of the one it would work out
    other = copy(checked)
    other.book = replace(checked.book, stages={**checked.book.stages, code: finer})
    other.sheets = {
        item: {
            each: {name: None if points is None else points * added.denominator for name, points in scores.items()}
            for each, scores in panel.items()
        }
        if item[1] == code
        else panel
        for item, panel in checked.sheets.items()
    }
    scores = other.sheets[application, code][juror]
    first = next(name for name, points in scores.items() if points is not None)
    scores[first] = (scores[first] or 0) + added.numerator
    return tuple(flip.application for flip in flips(judge_checked(checked), judge_checked(other)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(contests(), st.data())
def test_that_change_alters_an_award_and_none_smaller_does(contest: Contest, data: st.DataObject) -> None:
    assume(not any(tie["by"] == "criterion" for tie in contest.rules["ties"]))  # it would ask which criterion was changed
    checked = checked_of(contest)
    judged, _ = weigh(checked)
    sheets = [
        (each.application.code, stage, juror)
        for each in judged
        for stage in checked.book.stages
        for juror in sorted(checked.sheets[each.application.code, stage])
    ]
    assume(sheets)
    found = smallest_changes(checked)
    for nudge in found:
        sheet = nudge.application, nudge.stage, nudge.juror
        falls, rises = room_of(checked, sheet)
        assert falls <= nudge.change <= rises
        beyond = Fraction(0) if nudge.reached else FINE if nudge.up else -FINE
        assert altered(checked, sheet, nudge.change + beyond) == nudge.altered
    sheet = data.draw(st.sampled_from(sheets))
    falls, rises = room_of(checked, sheet)
    change = falls + data.draw(st.fractions(0, 1, max_denominator=60)) * (rises - falls)
    assume(not found or abs(change) < found[0].size[0])
    assert altered(checked, sheet, change) == ()
