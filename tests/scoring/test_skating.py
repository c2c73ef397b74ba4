"""A real load: 17 skating competitions with 214,531 scores of their judges, whose published results the judge gives exactly.

Of a component the highest and the lowest score are left out, the mean of the others is rounded half up to two decimals; a judge who
was absent stands there with 0.0. Each is then multiplied by its factor and rounded again, before they are summed.
"""

import csv
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from service.contests.numbers import two_decimals
from service.core.settings import ROOT
from service.scoring.bundle import AbsenceRow, Bundle, SheetRow
from service.scoring.judge import judge

SKATING = ROOT.parent / "shared" / "data" / "contests" / "skating"

RULES = {
    "format": "raymi-rules/1",
    "title": "Component",
    "stages": [
        {
            "code": "panel",
            "aggregate": {"method": "trimmed", "drop": "1"},
            "criteria": [{"code": "score", "kind": "points", "max": "10", "step": "0.25"}],
        }
    ],
    "decision": {"mode": "ranking", "prizes": []},
}

SAMPLE = {
    "Skating Skills": (["9.00", "9.00", "8.75", "9.25", "8.75", "9.00", "9.50", "8.50", "9.25"], "9.00"),
    "Transitions": (["8.50", "0.0", "8.25", "8.75", "8.25", "9.00", "8.50", "8.00", "8.75"], "8.50"),
    "Composition": (["8.00", "8.25", "8.50", "8.50", "8.25", "9.00", "0.0", "0.0", "0.0"], "8.38"),
}
"""Judge scores, 0.0 of those absent, with what is left of them: 63/7; 51/6; 33.5/4 = 8.375, rounded half up."""

Scores = dict[str, list[tuple[str, str]]]
"""By component, the scores of the judges."""


def panel_scores(scores: Scores) -> dict[str, str]:
    """The score of each component by the judge, with two decimals."""
    sheets: list[SheetRow] = []
    absences: list[AbsenceRow] = []
    for component, given in scores.items():
        for name, score in given:
            if Decimal(score) == 0:
                absences.append((component, "panel", name))
            else:
                sheets.append((component, "panel", name, "score", score))
    # who sits where differs between competitions: whoever gave no score in one has no part in it
    present = {name for given in scores.values() for name, _ in given}
    for component, given in scores.items():
        absences += [(component, "panel", name) for name in present - {name for name, _ in given}]
    result = judge(
        Bundle(
            rules={**RULES, "panel": {"quorum": {"at_least": "0"}}},
            applications=[(component, "2017-01-01T00:00Z", "0.00", {}) for component in scores],
            jurors=[(name, ["panel"]) for name in sorted(present)],
            sheets=sheets,
            absences=absences,
        )
    )
    assert not result.provisional
    return {each.application: two_decimals(each.total or Fraction(0)) for each in result.standings}


def test_a_component_is_the_trimmed_mean_of_the_judges_who_were_there() -> None:
    given = {name: [(f"J{place}", score) for place, score in enumerate(scores, 1)] for name, (scores, _) in SAMPLE.items()}
    assert panel_scores(given) == {name: published for name, (_, published) in SAMPLE.items()}


@pytest.mark.oracles
def test_every_published_component_score_comes_out_exactly() -> None:
    aspects = rows_of("judged_aspects.csv")
    scores: Scores = defaultdict(list)
    count = 0
    components = {row["aspect_id"]: row for row in aspects if row["section"] == "components"}
    for row in rows_of("judge_scores.csv"):
        count += 1
        if row["aspect_id"] in components:
            scores[row["aspect_id"]].append((row["judge"], row["score"]))
    assert count == 214_531
    found = panel_scores(scores)
    published = {code: row["scores_of_panel"] for code, row in components.items() if row["scores_of_panel"]}
    assert len(published) == 6_265  # the results of five competitions are kept back
    wrong = {code: (found[code], score) for code, score in published.items() if Decimal(found[code]) != Decimal(score)}
    assert wrong == {}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for code, row in components.items():
        factored = Decimal(row["factor"]) * Decimal(found[code])
        sums[row["performance_id"]] += factored.quantize(Decimal("0.01"), ROUND_HALF_UP)
    performances = {row["performance_id"]: row["total_component_score"] for row in rows_of("performances.csv")}
    totals = {code: Decimal(total) for code, total in performances.items() if total}
    assert {code: sums[code] for code in totals} == totals
    assert len(totals) == 1_253


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a file."""
    with (SKATING / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
