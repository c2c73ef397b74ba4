"""Equal shares and rank order: by hand, and against an independent implementation on real participatory budgets."""

import csv
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from service.core.settings import ROOT
from service.scoring.checks import check
from service.scoring.equal_shares import SharedLine, complete_by_add_one, equal_shares, rank_order, share_purse
from tests.scoring.test_sensitivity import bundle_of

DATA = ROOT.parent / "shared" / "data"

ASSEN = {
    "3": 7200,
    "9": 21000,
    "8": 40000,
    "2": 10000,
    "11": 15000,
}


def amounts(given: dict[str, int]) -> dict[str, Fraction]:
    """Whole numbers as exact ones."""
    return {code: Fraction(value) for code, value in given.items()}


def test_a_minority_buys_what_its_shares_pay_for() -> None:
    """Six voters, 60: four want A, B and C at 20 each, two want D at 20. By votes A, B, C; the four can pay for two."""
    voters = [amounts({"A": 20, "B": 20, "C": 20})] * 4 + [amounts({"D": 20})] * 2
    costs = amounts(dict.fromkeys("ABCD", 20))
    assert equal_shares(Fraction(60), costs, voters) == ["A", "B", "D"]
    assert rank_order(Fraction(60), costs, "ABCD", skip=True) == ["A", "B", "C"]


def test_who_has_too_little_left_pays_that_and_the_others_the_rest() -> None:
    """Shares of 10. A (8, only the first) leaves the first 2; B at 12 takes those 2 and 10 of the second: nothing is left."""
    voters = [amounts({"A": 8, "B": 4}), amounts({"B": 4, "C": 1})]
    costs = amounts({"A": 8, "B": 12, "C": 1})
    assert equal_shares(Fraction(20), costs, voters) == ["A", "C"]
    assert equal_shares(Fraction(20), amounts({"A": 8, "B": 12}), voters) == ["A", "B"]


def test_add_one_raises_the_shares_while_the_purse_holds() -> None:
    """A at 6 and B at 9 have a supporter each: shares of 5 buy neither, raised to 6 they buy A. At 9 both would cost 15."""
    voters = [amounts({"A": 1}), amounts({"B": 1})]
    costs = amounts({"A": 6, "B": 9})
    assert equal_shares(Fraction(10), costs, voters) == []
    assert complete_by_add_one(Fraction(10), costs, voters) == ["A"]
    assert complete_by_add_one(Fraction(15), costs, voters) == ["A", "B"]


def test_equal_rates_go_by_code_and_what_nobody_wants_is_never_bought() -> None:
    voters = [amounts({"B": 1, "A": 1, "C": 0})]
    costs = amounts({"B": 5, "A": 5, "C": 1})
    assert equal_shares(Fraction(5), costs, voters) == ["A"]
    assert complete_by_add_one(Fraction(10), costs, voters) == ["A", "B"]


def test_rank_order_stops_or_skips_where_something_does_not_fit() -> None:
    costs = amounts(ASSEN)
    order = ["3", "9", "8", "2", "11"]
    assert rank_order(Fraction(70_000), costs, order, skip=False) == ["3", "9", "8"]
    assert rank_order(Fraction(60_000), costs, order, skip=True) == ["3", "9", "2", "11"]
    assert rank_order(Fraction(60_000), costs, order, skip=False) == ["3", "9"]


def test_a_purse_by_rank_and_by_equal_shares() -> None:
    """Ten each of 20.00: J1, J2 and J3 give A and B much and C nothing, J4 gives all to C. By rank A and B.

    From shares of 5.00, A (worth 80 to three) and B cost 3.33 from each of three: after A they have 1.67 left, 5.00 for B. C takes
    10.00 of the 5.00 that J4 has. Raised until J4 could pay C, the three pay for B long before.
    """
    decision = {"mode": "pass_mark", "mark": "0", "purse": "20.00"}
    found = share_purse(check(bundle_of([[80, 80, 80, 0], [70, 70, 70, 0], [0, 0, 0, 100]], decision)))
    assert found is not None
    assert (found.purse, found.unit, found.jurors) == (2000, 100, 4)
    assert found.lines == (
        SharedLine("A", 1, 1000, 1000, 1000),
        SharedLine("B", 2, 1000, 1000, 1000),
        SharedLine("C", 3, 1000, 0, 0),
    )


def test_half_of_the_jurors_get_half_of_the_purse() -> None:
    """J1 and J2 each give all to C, but J3 and J4 rank A and B first with more points: by rank A and B, by equal shares A and C."""
    decision = {"mode": "pass_mark", "mark": "0", "purse": "20.00"}
    found = share_purse(check(bundle_of([[0, 0, 100, 100], [0, 0, 90, 90], [80, 80, 0, 0]], decision)))
    assert found is not None
    assert [(line.application, line.given, line.shared) for line in found.lines] == [
        ("A", 1000, 1000),
        ("B", 1000, 0),
        ("C", 0, 1000),
    ]


@pytest.mark.parametrize("decision", [{"mode": "pass_mark", "mark": "0"}, {"mode": "ranking", "prizes": ["5.00"]}])
def test_without_a_purse_there_is_nothing_to_share(decision: dict[str, Any]) -> None:
    assert share_purse(check(bundle_of([[1]], decision))) is None


class Poll:
    """A participatory budget in the format of Pabulib."""

    def __init__(self, path: Path) -> None:
        self.meta: dict[str, str] = {}
        self.costs: dict[str, Fraction] = {}
        self.votes: list[dict[str, Fraction]] = []
        part, header = "", list[str]()
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")), delimiter=";"):
            if row and row[0].strip() in ("META", "PROJECTS", "VOTES"):
                part, header = row[0].strip(), []
            elif row and not header:
                header = [name.strip() for name in row]
            elif row:
                self._take(part, dict(zip(header, row, strict=False)), row)

    def _take(self, part: str, cells: dict[str, str], row: list[str]) -> None:
        if part == "META":
            self.meta[row[0]] = row[1].strip()
        elif part == "PROJECTS":
            self.costs[row[0].strip()] = Fraction(cells["cost"])
        else:
            chosen = [code.strip() for code in cells["vote"].split(",") if code.strip()]
            self.votes.append(self._points(chosen, cells.get("points", "")))

    def _points(self, chosen: list[str], points: str) -> dict[str, Fraction]:
        kind = self.meta["vote_type"]
        if kind == "cumulative":
            return {code: Fraction(each) for code, each in zip(chosen, points.split(","), strict=True)}
        if kind == "ordinal":
            return {code: Fraction(len(chosen) - place) for place, code in enumerate(chosen)}
        return dict.fromkeys(chosen, Fraction(1))

    def by_score(self, least: str | None = None) -> list[str]:
        """The projects by their points, highest first, then by code; not those below a threshold."""
        points = {code: sum((vote.get(code, Fraction(0)) for vote in self.votes), Fraction(0)) for code in self.costs}
        kept = [code for code in points if least is None or points[code] >= Fraction(least)]
        return sorted(kept, key=lambda code: (-points[code], code))


INSTANCES: dict[str, Any] = (
    json.loads((DATA / "oracles" / "allocation_expected.json").read_text())["instances"] if DATA.is_dir() else {}
)


@pytest.mark.oracles
@pytest.mark.parametrize("name", INSTANCES)
def test_real_budgets_are_allocated_as_an_independent_implementation_does(name: str) -> None:
    instance = INSTANCES[name]
    poll = Poll(DATA / "contests" / "pabulib" / instance["file"])
    budget, expected = Fraction(poll.meta["budget"]), instance["results"]
    least = instance["min_project_score_threshold"]
    assert (budget, len(poll.votes)) == (Fraction(instance["budget"]), instance["num_votes"])
    found = {
        "greedy_by_score_skip": rank_order(budget, poll.costs, poll.by_score(), skip=True),
        "greedy_by_score_stop": rank_order(budget, poll.costs, poll.by_score(), skip=False),
        "greedy_by_score_skip_threshold": rank_order(budget, poll.costs, poll.by_score(least), skip=True),
    }
    by_cost = [{code: points * poll.costs[code] for code, points in vote.items()} for vote in poll.votes]
    borda = [
        {code: points - 1 for code, points in vote.items()} for vote in poll.votes
    ]  # the last of a ballot is worth nothing
    for measure, voters in (("cost", by_cost), ("cardinality", poll.votes), ("points", poll.votes), ("borda", borda)):
        if f"equal_shares/{measure}" in expected:
            found[f"equal_shares/{measure}"] = equal_shares(budget, poll.costs, voters)
    if "equal_shares_add1/cost" in expected:
        found["equal_shares_add1/cost"] = complete_by_add_one(budget, poll.costs, by_cost)
    compared = {rule: sorted(bought) for rule, bought in found.items() if rule in expected}
    assert compared == {rule: expected[rule] for rule in compared}
    assert any(rule.startswith("equal_shares/") for rule in compared)
