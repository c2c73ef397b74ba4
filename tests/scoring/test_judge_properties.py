"""What holds of every contest: the judge against the oracle, and against what anyone would expect of a judge."""

import copy
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.scoring.bundle import Bundle
from service.scoring.judge import judge
from service.scoring.result import Result
from tests.scoring.contest import Contest, agreed
from tests.scoring.strategies import contests, damaged

many = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # a contest has some hundred cells


@contextmanager
def folder() -> Iterator[Path]:
    """A folder for one example."""
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory)


def result_of(contest: Contest) -> dict[str, Any]:
    """The result both judges agree on."""
    with folder() as place:
        said = agreed(contest, place)
    assert isinstance(said, dict), said
    return said


def cents(amount: str | None) -> int:
    """An amount in cents, none for none."""
    return int(amount.replace(".", "")) if amount else 0


@many
@given(contests())
def test_judge_and_oracle_agree_on_every_contest(contest: Contest) -> None:
    result_of(contest)


@settings(many, max_examples=300)
@given(damaged())
def test_judge_and_oracle_agree_on_every_damaged_contest(contest: Contest) -> None:
    with folder() as place:
        agreed(contest, place)


@many
@given(contests(), st.integers())
def test_the_order_of_rows_changes_nothing(contest: Contest, seed: int) -> None:
    shuffled = copy.deepcopy(contest)
    for table in shuffled.tables.values():
        rows = table[1:]
        random.Random(seed).shuffle(rows)
        table[1:] = rows
    assert result_of(shuffled) == result_of(contest)


@many
@given(contests())
def test_awards_never_exceed_the_purse_and_prizes_are_given_to_the_last_cent(contest: Contest) -> None:
    results, decision = result_of(contest)["results"], contest.rules["decision"]
    given_out = sum(cents(each["award"]) for each in results)
    assert all((each["award"] is not None) == (each["status"] == "approved") for each in results)
    if decision["mode"] == "ranking":
        allowed = [each for each in results if each["rank"] and each["reasons"] != ["below_mark"]]
        assert given_out == sum(cents(prize) for prize in decision["prizes"][: len(allowed)])
    elif "purse" in decision:
        assert given_out <= cents(decision["purse"])


@many
@given(contests())
def test_no_application_has_a_result_without_quorum_and_all_sheets(contest: Contest) -> None:
    quorum = contest.rules.get("panel", {}).get("quorum", {"at_least": "1/2", "strict": True})
    recusals, absences = contest.tables["recusals"], contest.tables["absences"]
    sheets = {tuple(row[:3]) for row in contest.tables["sheets"]}
    for each in result_of(contest)["results"]:
        if each["rank"] is None:
            continue
        for stage in contest.rules["stages"]:
            seated = [juror for juror, stages in contest.tables["jurors"][1:] if stage["code"] in stages.split(";")]
            base = [juror for juror in seated if [each["application"], juror] not in recusals]
            present = [juror for juror in base if [each["application"], stage["code"], juror] not in absences]
            need = Fraction(quorum["at_least"]) * len(base)
            assert present
            assert len(present) > need or (len(present) == need and not quorum["strict"])
            assert all((each["application"], stage["code"], juror) in sheets for juror in present)


@many
@given(contests())
def test_ranks_follow_totals_and_skip_over_those_that_are_shared(contest: Contest) -> None:
    ranked = [each for each in result_of(contest)["results"] if each["rank"] is not None]
    totals = [Fraction(each["total"]) for each in ranked]
    assert totals == sorted(totals, reverse=True)
    for place, each in enumerate(ranked, 1):
        first_equal = next(p for p, other in enumerate(ranked, 1) if other["rank"] == each["rank"])
        assert each["rank"] == first_equal <= place


@many
@given(st.lists(st.lists(st.integers(0, 20), min_size=2, max_size=2), min_size=1, max_size=5), st.integers(2, 5), st.data())
def test_a_juror_who_scores_the_mean_changes_no_mean_total(first: list[list[int]], jurors: int, data: st.DataObject) -> None:
    criteria = [{"code": code, "kind": "points", "max": "20", "step": "1/60"} for code in "ab"]
    rules = {
        "format": "raymi-rules/1",
        "stages": [{"code": "s", "criteria": criteria}],
        "decision": {"mode": "pass_mark", "mark": "20"},
    }
    panels = [
        [pair, *data.draw(st.lists(st.tuples(*[st.integers(0, 20)] * 2), min_size=jurors - 1, max_size=jurors - 1))]
        for pair in first
    ]
    means = [[Fraction(sum(scores), jurors) for scores in zip(*panel, strict=True)] for panel in panels]
    before = totals_of(rules, panels)
    after = totals_of(rules, [[*panel, mean] for panel, mean in zip(panels, means, strict=True)])
    assert before == after == {f"A{place}": sum(mean) for place, mean in enumerate(means)}


def totals_of(rules: dict[str, Any], panels: list[list[Any]]) -> dict[str, Fraction | None]:
    """The totals of applications whose jurors gave these scores in the criteria a and b."""
    result: Result = judge(
        Bundle(
            rules=rules,
            applications=[(f"A{place}", "2026-01-01T00:00Z", "1.00", {}) for place in range(len(panels))],
            jurors=[(f"J{place}", ["s"]) for place in range(len(panels[0]))],
            sheets=[
                (f"A{place}", "s", f"J{juror}", code, str(score))
                for place, panel in enumerate(panels)
                for juror, pair in enumerate(panel)
                for code, score in zip("ab", pair, strict=True)
            ],
        )
    )
    return {standing.application: standing.total for standing in result.standings}


@many
@given(contests(), st.integers(0, 10**6))
def test_a_recused_juror_leaves_no_trace(contest: Contest, seed: int) -> None:
    """A juror recused from everything is as if there had been no such seat, but for the mean of a centred stage's other jurors."""
    jurors = contest.tables["jurors"][1:]
    juror = jurors[seed % len(jurors)][0]
    recused, gone = copy.deepcopy(contest), copy.deepcopy(contest)
    for each in (recused, gone):
        for name, column in (("sheets", 2), ("recusals", 1), ("absences", 2)):
            each.tables[name][1:] = [row for row in each.tables[name][1:] if row[column] != juror]
    recused.tables["recusals"] += [[row[0], juror] for row in contest.tables["applications"][1:]]
    gone.tables["jurors"] = [row for row in gone.tables["jurors"] if row[0] != juror]
    assume(len(gone.tables["jurors"]) > 1)
    assert result_of(recused) == result_of(gone)
