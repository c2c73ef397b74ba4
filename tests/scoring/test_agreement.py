"""How far jurors agree: against published examples, against libraries of statistics, and by hand."""

import json
from fractions import Fraction
from typing import Any

import pytest

from service.core.settings import ROOT
from service.scoring.agreement import Leaning, agreements, kendall_w, krippendorff_alpha, leanings, mean_ranks
from service.scoring.checks import check
from service.scoring.judge import judge
from tests.scoring.test_sensitivity import bundle_of

ORACLES = ROOT.parent / "shared" / "data" / "oracles"

OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
"""Krippendorff's own example: four observers, twelve units, some missing; he prints 0.849 for interval data."""

SKATERS = [
    ["55.2", "58.4", "56.4", "56.8", "54.8", "58.4", "48.4", "54.8", "54.0"],
    ["53.2", "58.4", "55.2", "54.8", "56.0", "56.8", "47.6", "58.8", "49.6"],
    ["59.6", "58.0", "59.2", "58.8", "56.0", "59.6", "52.8", "61.2", "59.2"],
    ["58.4", "60.8", "62.0", "60.0", "55.2", "60.0", "57.2", "62.0", "59.6"],
    ["59.6", "60.0", "57.2", "58.4", "57.6", "60.8", "52.0", "62.0", "58.0"],
    ["60.8", "60.0", "62.4", "58.4", "54.4", "63.2", "54.8", "62.0", "62.8"],
]
"""Nine judges of six skaters (Grand Prix Final 2017, junior ladies); krippendorff gives 0.273432, scipy's Friedman test W 0.559913."""


def exact(value: Any) -> Fraction:
    """A number as it is written."""
    return Fraction(str(value))


def by_rater(units: list[list[Fraction]]) -> list[list[Fraction]]:
    """The columns of a table."""
    return [list(column) for column in zip(*units, strict=True)]


def alpha_of(raters: list[list[Any]]) -> Fraction | None:
    """Alpha of a table whose rows are raters, None where one gave nothing."""
    return krippendorff_alpha([[exact(value) for value in unit if value is not None] for unit in zip(*raters, strict=True)])


def test_alpha_of_the_published_example() -> None:
    assert round(float(alpha_of(OBSERVERS) or 0), 6) == 0.849107


def test_a_panel_of_nine_judges_agrees_as_the_libraries_say() -> None:
    units = [[exact(score) for score in row] for row in SKATERS]
    assert round(float(krippendorff_alpha(units) or 0), 6) == 0.273432
    assert round(float(kendall_w(by_rater(units)) or 0), 6) == 0.559913


def test_two_jurors_who_rank_alike_are_in_full_concordance_and_opposite_ones_in_none() -> None:
    up, down = [Fraction(value) for value in (1, 5, 9)], [Fraction(value) for value in (30, 20, 10)]
    assert kendall_w([up, [value * 7 for value in up]]) == 1
    assert kendall_w([up, down]) == 0


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    assert mean_ranks([Fraction(value) for value in (7, 9, 7, 1)]) == [Fraction(5, 2), 1, Fraction(5, 2), 4]


@pytest.mark.parametrize("units", [[], [[Fraction(1)]], [[Fraction(4)] * 3, [Fraction(4)] * 3]])
def test_there_is_no_alpha_without_two_different_values_to_compare(units: list[list[Fraction]]) -> None:
    assert krippendorff_alpha(units) is None


@pytest.mark.parametrize("raters", [[], [[Fraction(1), Fraction(2)]], [[Fraction(1)], [Fraction(2)]], [[Fraction(3)] * 4] * 2])
def test_there_is_no_concordance_of_one_juror_one_application_or_no_differences(raters: list[list[Fraction]]) -> None:
    assert kendall_w(raters) is None


def test_a_harsh_juror_lies_below_the_others_and_is_outlying() -> None:
    """J3 gives 40 and 50 where the others' means are 70 and 80; J1 and J2 lie (70 - 55) and (80 - 65) above theirs, on the median."""
    (found,) = agreements(check(bundle_of([[70, 70, 40], [80, 80, 50]])))
    assert list(found.leanings) == [
        Leaning("J1", 2, Fraction(15), Fraction(0), False),
        Leaning("J2", 2, Fraction(15), Fraction(0), False),
        Leaning("J3", 2, Fraction(-30), Fraction(30), True),
    ]
    assert (found.stage, found.full, found.concordance) == ("s", Fraction(100), Fraction(1))
    assert found.panels["A"] == {"J1": 70, "J2": 70, "J3": 40}


def test_who_is_now_above_and_now_below_is_at_a_distance_without_a_lean() -> None:
    panels = {"A": {"J1": Fraction(60), "J2": Fraction(52)}, "B": {"J1": Fraction(50), "J2": Fraction(58)}}
    assert leanings(panels, Fraction(100)) == (
        Leaning("J1", 2, Fraction(0), Fraction(4), False),
        Leaning("J2", 2, Fraction(0), Fraction(4), False),
    )


def test_concordance_is_of_what_every_juror_scored_and_a_lone_sheet_says_nothing() -> None:
    bundle = bundle_of([[70, 60, 50], [80, 90, 70], [10, 20, 30]])
    sheets = [row for row in bundle.sheets if (row[0], row[2]) not in (("C", "J1"), ("C", "J2"))]
    absences = [("C", "s", "J1"), ("C", "s", "J2")]
    rules = {**bundle.rules, "panel": {"quorum": {"at_least": "0"}}}  # type: ignore[dict-item]  # a rule book is JSON, whose values have no one type
    alone = type(bundle)(rules, bundle.applications, bundle.jurors, sheets, (), absences)
    (found,) = agreements(check(alone))
    assert found.concordance == 1
    assert {each.juror: each.sheets for each in found.leanings} == {"J1": 2, "J2": 2, "J3": 2}
    assert found.alpha == krippendorff_alpha([[Fraction(v) for v in unit] for unit in ((70, 60, 50), (80, 90, 70))])


@pytest.mark.oracles
def test_the_reference_panels_agree_as_the_libraries_say() -> None:
    panels = json.loads((ORACLES / "judge_panels.json").read_text())["panels"]
    for panel in panels:
        units = [[exact(score) for score in scores] for scores in panel["matrix"].values()]
        expected = panel["expected"]
        assert round(float(krippendorff_alpha(units) or 0), 6) == pytest.approx(
            expected["krippendorff_alpha_interval"], abs=1e-6
        )
        assert round(float(kendall_w(by_rater(units)) or 0), 6) == pytest.approx(expected["kendall_w_ties_corrected"], abs=1e-6)
    assert len(panels) == 24


@pytest.mark.oracles
def test_the_reference_panels_have_the_means_medians_and_trimmed_means_of_the_libraries() -> None:
    for panel in json.loads((ORACLES / "judge_panels.json").read_text())["panels"]:
        codes = list(panel["matrix"])
        for name, method in (("mean", "mean"), ("median", "median"), ("trimmed_mean", "trimmed")):
            found = totals_of(list(panel["matrix"].values()), method)
            assert found == [pytest.approx(panel["expected"][name][code], abs=1e-6) for code in codes]


def totals_of(scores: list[list[float]], method: str) -> list[float]:
    """The stage values of the judge under a method, in the order of the rows."""
    bundle = bundle_of(
        [[str(score) for score in row] for row in scores],
        aggregate={"method": method} | ({"drop": "1"} if method == "trimmed" else {}),
        step="1/100",
        highest="1000",
    )
    totals = {each.application: each.total for each in judge(bundle).standings}
    return [float(totals[code] or 0) for code, *_ in bundle.applications]


@pytest.mark.oracles
def test_the_reference_examples_have_their_published_alphas() -> None:
    examples = json.loads((ORACLES / "agreement_examples.json").read_text())["examples"]
    (example,) = [each for each in examples if each["kind"] == "krippendorff_alpha"]
    alpha = float(alpha_of(example["data_rows_are_raters"]) or 0)
    assert (round(alpha, 6), round(alpha, 3)) == (example["computed"]["interval"], example["published"]["interval"])
