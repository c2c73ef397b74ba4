"""Which awards flip under other methods and without a juror, and the smallest change that alters one."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.contests.numbers import exact
from service.scoring.bundle import Bundle
from service.scoring.checks import check
from service.scoring.judge import judge
from service.scoring.nudges import Nudge, smallest_changes
from service.scoring.sensitivity import Flip, flips, under_other_methods, without_each_juror

MARK = {"mode": "pass_mark", "mark": "70"}
Panels = Sequence[Sequence[int | str | Fraction]]
"""By application, the score of each juror."""

some = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def bundle_of(
    panels: Panels,
    decision: dict[str, Any] = MARK,
    aggregate: dict[str, str] | None = None,
    *,
    step: str = "1",
    highest: str = "100",
    ties: Sequence[dict[str, str]] = ({"by": "filed_at"},),
) -> Bundle:
    """One stage with one criterion; applications A, B, C... are filed in that order and ask for 10.00 each."""
    codes = [chr(ord("A") + place) for place in range(len(panels))]
    criterion = {"code": "c", "kind": "points", "max": highest, "step": step}
    return Bundle(
        rules={
            "format": "raymi-rules/1",
            "stages": [{"code": "s", "aggregate": aggregate or {"method": "mean"}, "criteria": [criterion]}],
            "decision": decision,
            "ties": list(ties),
        },
        applications=[(code, f"2026-01-01T08:{minute:02}Z", "10.00", {}) for minute, code in enumerate(codes)],
        jurors=[(f"J{place}", ["s"]) for place in range(1, len(panels[0]) + 1)],
        sheets=[
            (code, "s", f"J{place}", "c", str(score))
            for code, panel in zip(codes, panels, strict=True)
            for place, score in enumerate(panel, 1)
        ],
    )


def test_a_harsh_juror_costs_an_award_under_the_mean_alone() -> None:
    """Mean 65, median and trimmed 80; centred moves every sheet by the same, as there is one application."""
    found = under_other_methods(check(bundle_of([[80, 80, 80, 80, 5]])))
    gained = Flip("A", "not_approved", None, "approved", judge(bundle_of([[80]])).standings[0].award)
    assert {f"{method.method}": flipped for method, flipped in found.items()} == {
        "mean": (),
        "median": (gained,),
        "trimmed": (gained,),
        "centred": (),
    }


def test_without_each_juror_names_the_one_on_whom_an_award_hangs() -> None:
    """A: (90 + 80 + 41) / 3 = 70.33; without J1 60.5, without J2 65.5, without J3 85. B: 60 all along but for J1's 93."""
    found = without_each_juror(check(bundle_of([[90, 80, 41], [93, 60, 60]])))
    assert {juror: [(flip.application, flip.other_status) for flip in flipped] for juror, flipped in found.items()} == {
        "J1": [("A", "not_approved"), ("B", "not_approved")],
        "J2": [("A", "not_approved")],
        "J3": [],
    }


def test_without_its_only_juror_an_application_is_pending() -> None:
    (flip,) = without_each_juror(check(bundle_of([[90]])))["J1"]
    assert (flip.status, flip.other_status, flip.other_award) == ("approved", "pending", None)


def test_the_smallest_change_reaches_the_mark_exactly() -> None:
    """A lacks 1/3 of a point in a mean of three: one more point on any of its sheets. B has a margin of 5: 15 and more."""
    found = smallest_changes(check(bundle_of([[70, 70, 69], [75, 75, 75]])))
    assert found == tuple(Nudge("A", "s", juror, Fraction(1), True, True, ("A",)) for juror in ("J1", "J2", "J3"))


def test_who_stands_on_the_mark_loses_by_any_change_below() -> None:
    assert smallest_changes(check(bundle_of([[70, 70]]))) == (
        Nudge("A", "s", "J1", Fraction(0), False, False, ("A",)),
        Nudge("A", "s", "J2", Fraction(0), False, False, ("A",)),
    )


def test_a_sheet_that_is_trimmed_away_must_first_come_back() -> None:
    """Of 10, 60, 72, 90 the middle two give 66. Upward 60 would have to become 68; 10 would become at most 72: 66 at 60, 70 at 68."""
    found = smallest_changes(check(bundle_of([[10, 60, 72, 90]], aggregate={"method": "trimmed", "drop": "1"})))
    assert found == (
        Nudge("A", "s", "J2", Fraction(8), True, True, ("A",)),
        Nudge("A", "s", "J3", Fraction(8), True, True, ("A",)),
    )


def test_no_change_within_the_range_may_be_enough() -> None:
    """With 0 and 0 of 100, one sheet alone brings a mean of at most 50."""
    assert smallest_changes(check(bundle_of([[0, 0]]))) == ()


def test_a_rank_that_brings_a_prize_is_lost_to_the_next() -> None:
    """A 80, B 79, C 50 for one prize: B needs 2 points on a sheet to tie, and A filed earlier, so a little more."""
    decision = {"mode": "ranking", "prizes": ["30.00"]}
    found = smallest_changes(check(bundle_of([[80, 80], [79, 79], [50, 50]], decision)))
    assert {(each.application, each.change, each.reached) for each in found} == {
        ("A", Fraction(-2), False),
        ("B", Fraction(2), False),
    }
    assert {each.altered for each in found} == {("A", "B")}


def test_in_a_ranking_without_a_tie_rule_a_tie_already_pools_the_prizes() -> None:
    decision = {"mode": "ranking", "prizes": ["30.00"]}
    found = smallest_changes(check(bundle_of([[80, 80], [79, 79]], decision, ties=())))
    assert {(each.application, each.change, each.reached) for each in found} == {
        ("A", Fraction(-2), True),
        ("B", Fraction(2), True),
    }


@pytest.mark.parametrize("method", ["mean", "centred"])
def test_a_purse_goes_to_who_climbs_past(method: str) -> None:
    """The purse of 10.00 is A's, with 90; B has 84 and needs 90 in the mean: 12 on a sheet of two, and a little.

    Centred, J1 who gives B 12 more is moved back by 12/2 on both sheets, and all sheets forward by 12/4, so B gains
    12/2 - 6/2 + 3 = 6 and A -6/2 + 3 = 0: the same.
    """
    decision = {"mode": "pass_mark", "mark": "0", "purse": "10.00"}
    found = smallest_changes(check(bundle_of([[90, 90], [84, 84]], decision, {"method": method})))
    assert {(each.application, int(each.change), each.up) for each in found} == {("A", -12, False), ("B", 12, True)}
    assert {(abs(each.change), each.reached) for each in found} == {(Fraction(12), False)}


def test_no_sheet_goes_beyond_its_range() -> None:
    """B has 80 and would need a little more than 20 on one sheet to pass A's 90: the sheet ends at 100."""
    decision = {"mode": "pass_mark", "mark": "0", "purse": "10.00"}
    assert {each.application for each in smallest_changes(check(bundle_of([[90, 90], [80, 80]], decision)))} == {"A"}


DECISIONS: list[dict[str, Any]] = [
    {"mode": "pass_mark", "mark": "3"},
    {"mode": "pass_mark", "mark": "2", "purse": "20.00"},
    {"mode": "pass_mark", "mark": "0", "purse": "25.00", "cut": "part"},
    {"mode": "ranking", "prizes": ["5.00", "3.00"]},
    {"mode": "ranking", "prizes": ["5.00", "5.00"], "mark": "2"},
]
AGGREGATES = [{"method": "mean"}, {"method": "median"}, {"method": "trimmed", "drop": "1"}, {"method": "centred"}]
FINE = Fraction(1, 10**9)


@some
@given(
    st.integers(1, 4).flatmap(
        lambda size: st.lists(st.lists(st.integers(0, 5), min_size=size, max_size=size), min_size=1, max_size=4)
    ),
    st.sampled_from(DECISIONS),
    st.sampled_from(AGGREGATES),
    st.sampled_from([(), ({"by": "filed_at"},)]),
    st.data(),
)
def test_the_judge_itself_alters_an_award_by_that_change_and_by_none_smaller(
    panels: list[list[int]], decision: dict[str, Any], aggregate: dict[str, str], ties: Any, data: st.DataObject
) -> None:
    """Independently: the scores are written anew in the bundle, which is judged from the beginning."""
    assume("purse" not in decision or ties)
    before = judge(bundle_of(panels, decision, aggregate, highest="5", ties=ties))

    def altered(row: int, juror: int, change: Fraction) -> tuple[str, ...]:
        moved = [[Fraction(score) for score in panel] for panel in panels]
        moved[row][juror] += change
        shown = [[exact(score) for score in panel] for panel in moved]
        step = f"1/{moved[row][juror].denominator}"
        after = judge(bundle_of(shown, decision, aggregate, step=step, highest="5", ties=ties))
        return tuple(flip.application for flip in flips(before, after))

    found = smallest_changes(check(bundle_of(panels, decision, aggregate, highest="5", ties=ties)))
    for nudge in found:
        beyond = Fraction(0) if nudge.reached else FINE if nudge.up else -FINE
        change = nudge.change + beyond
        assert altered(ord(nudge.application) - ord("A"), int(nudge.juror[1:]) - 1, change) == nudge.altered
    size = found[0].size[0] if found else Fraction(10)
    row, juror = data.draw(st.integers(0, len(panels) - 1)), data.draw(st.integers(0, len(panels[0]) - 1))
    change = data.draw(st.integers(-500, 500)) * Fraction(1, 100)
    assume(abs(change) < size and 0 <= panels[row][juror] + change <= 5)
    assert altered(row, juror, change) == ()
