"""What a rule book may not be, and which refusal is named when several apply; judge and oracle agree on each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from service.contests.book import parse
from service.contests.refusals import BundleRefusal
from tests.scoring.contest import RULES, Contest, agreed, small_contest

Spoil = Callable[[dict[str, Any]], Any]


def field(rules: dict[str, Any], place: int) -> dict[str, Any]:
    """A criterion of the first stage: 0 points, 1 levels, 2 bands."""
    criterion: dict[str, Any] = rules["stages"][0]["criteria"][place]
    return criterion


def put(*path: Any) -> Spoil:
    """Set what stands at a path; the last argument is the value."""
    *keys, last, value = path

    def spoil(rules: dict[str, Any]) -> None:
        for key in keys:
            rules = rules[key]
        rules[last] = value

    return spoil


def drop(*path: Any) -> Spoil:
    """Take away what stands at a path."""
    *keys, last = path

    def spoil(rules: dict[str, Any]) -> None:
        for key in keys:
            rules = rules[key]
        del rules[last]

    return spoil


POINTS = ("stages", 0, "criteria", 0)
LEVELS = ("stages", 0, "criteria", 1)
BANDS = ("stages", 0, "criteria", 2)
DRAW = {"by": "draw", "seed": "s"}

MALFORMED = {
    "the book has no format": drop("format"),
    "the format is null": put("format", None),
    "the format is true": put("format", True),
    "the book has no stages": drop("stages"),
    "there is no stage": put("stages", []),
    "a stage has no code": drop("stages", 1, "code"),
    "a stage code is empty": put("stages", 1, "code", ""),
    "a stage code stands twice": put("stages", 1, "code", "field"),
    "a stage has no criteria": drop("stages", 1, "criteria"),
    "a stage has no criterion": put("stages", 1, "criteria", []),
    "the criteria are an object": put("stages", 1, "criteria", {}),
    "a criterion code stands twice": put(*LEVELS, "code", "idea"),
    "a criterion has no code": drop(*POINTS, "code"),
    "a criterion is of an unknown kind": put(*POINTS, "kind", "stars"),
    "a criterion is of no kind": drop(*POINTS, "kind"),
    "a weight is an exponent": put("stages", 0, "weight", "1e3"),
    "a weight has a plus sign": put("stages", 0, "weight", "+1"),
    "a weight has spaces": put("stages", 0, "weight", " 1"),
    "a weight ends in a line": put("stages", 0, "weight", "1\n"),
    "a weight has a denominator of zero": put("stages", 0, "weight", "1/00"),
    "a weight has a negative denominator": put("stages", 0, "weight", "1/-2"),
    "a weight is in Arabic digits": put("stages", 0, "weight", "١"),
    "a weight begins with its point": put("stages", 0, "weight", ".5"),
    "a weight has an underscore": put("stages", 0, "weight", "1_0"),
    "a maximum is missing": drop(*POINTS, "max"),
    "a maximum is zero": put("stages", 1, "criteria", 0, "max", "0"),
    "a minimum is above its maximum": put(*POINTS, "min", "11"),
    "a step is zero": put(*POINTS, "step", "0"),
    "a step is negative": put(*POINTS, "step", "-1"),
    "na is a text": put(*POINTS, "na", "true"),
    "na is null": put(*POINTS, "na", None),
    "a level is named na": put(*LEVELS, "levels", "na", "3"),
    "there is no level": put(*LEVELS, "levels", {}),
    "the levels are a list": put(*LEVELS, "levels", ["youth"]),
    "the highest level is zero": put(*LEVELS, "levels", {"none": "0"}),
    "a level is worth no number": put(*LEVELS, "levels", "youth", "ten"),
    "bands have no attribute": drop(*BANDS, "attribute"),
    "bands are missing": drop(*BANDS, "bands"),
    "a band has no end": drop(*BANDS, "bands", 0, "to"),
    "a band has no minimum": drop(*BANDS, "bands", 0, "min"),
    "a band's minimum is above its maximum": put(*BANDS, "bands", 0, "min", "3"),
    "no band gives a point": put(*BANDS, "bands", [{"from": "0", "to": "1", "min": "-1", "max": "0"}]),
    "an aggregate is a text": put("stages", 0, "aggregate", "mean"),
    "a trimmed mean drops nothing it says": put("stages", 0, "aggregate", {"method": "trimmed"}),
    "a trimmed mean drops one and a half": put("stages", 0, "aggregate", {"method": "trimmed", "drop": "1.5"}),
    "a trimmed mean drops less than none": put("stages", 0, "aggregate", {"method": "trimmed", "drop": "-1"}),
    "strict is a text": put("panel", {"quorum": {"strict": "true"}}),
    "the quorum is no number": put("panel", {"quorum": {"at_least": "half"}}),
    "the panel is null": put("panel", None),
    "a knock-out has no limit": drop("knock_outs", 0, "below"),
    "a knock-out has no attribute": drop("knock_outs", 0, "attribute"),
    "there is no decision": drop("decision"),
    "the decision has no mode": drop("decision", "mode"),
    "the decision has no mark": drop("decision", "mark"),
    "a ranking has no prizes": put("decision", {"mode": "ranking", "mark": "1"}),
    "a prize is negative": put("decision", {"mode": "ranking", "prizes": ["-1.00"]}),
    "a prize has one decimal": put("decision", {"mode": "ranking", "prizes": ["1.0"]}),
    "a purse has no decimals": put("decision", "purse", "1500"),
    "a purse is in wide digits": put("decision", "purse", "１５００.00"),
    "a share is negative": put("decision", "quotas", [{"attribute": "kind", "value": "women", "share": "-0.1"}]),
    "a quota has no value": put("decision", "quotas", [{"attribute": "kind", "share": "0.1"}]),
    "the quotas are an object": put("decision", "quotas", {}),
    "a tie rule is a text": put("ties", ["filed_at"]),
    "a draw has no seed": put("ties", [{"by": "draw"}]),
    "the title is a list": put("title", ["a"]),
    "a label holds half a character": put("label", "\ud800"),
    "a key holds half a character": put("\udc00", "label"),
}

NAMED: dict[str, tuple[str, Spoil]] = {
    "a format of the future": ("UnknownFormat", put("format", "raymi-rules/2")),
    "a bare maximum": ("NumberInRules", put(*POINTS, "max", 10)),
    "a bare fraction": ("NumberInRules", put("stages", 0, "weight", 0.5)),
    "a bare drop of a mean": ("NumberInRules", put("stages", 0, "aggregate", {"method": "mean", "drop": 1})),
    "a bare number under a key that nobody reads": ("NumberInRules", put("label", {"deep": [{"er": 0}]})),
    "a bare number as na": ("NumberInRules", put(*POINTS, "na", 1)),
    "a bare number as a format": ("NumberInRules", put("format", 1)),
    "a bare prize of the other mode": ("NumberInRules", put("decision", "prizes", [100])),
    "a method that does not exist": ("UnknownMethod", put("stages", 1, "aggregate", {"method": "Mean"})),
    "an aggregate without a method": ("UnknownMethod", put("stages", 1, "aggregate", {})),
    "a cut that does not exist": ("UnknownDecision", put("decision", "cut", "half")),
    "a cut that does not exist, without a purse": (
        "UnknownDecision",
        put("decision", {"mode": "pass_mark", "mark": "1", "cut": ""}),
    ),
    "a mode that does not exist": ("UnknownDecision", put("decision", "mode", "lottery")),
    "a tie rule that does not exist": ("UnknownTieRule", put("ties", [{"by": "mayor"}, {"by": "filed_at"}])),
    "a tie rule without a name": ("UnknownTieRule", put("ties", [{}, {"by": "filed_at"}])),
    "a tie by an unknown stage": ("UnknownTieRule", put("ties", 0, "stage", "night")),
    "a tie by no stage": ("UnknownTieRule", drop("ties", 0, "stage")),
    "a tie by another stage's criterion": (
        "UnknownTieRule",
        put("ties", 0, {"by": "criterion", "stage": "public", "criterion": "idea"}),
    ),
    "a tie by an unknown order": ("UnknownTieRule", put("ties", 0, {"by": "attribute", "attribute": "share", "order": "up"})),
    "bands with a gap": ("UndefinedBand", put(*BANDS, "bands", 1, "from", "0.51")),
    "bands that overlap": ("UndefinedBand", put(*BANDS, "bands", 1, "from", "0.49")),
    "bands that begin late": ("UndefinedBand", put(*BANDS, "bands", 0, "from", "0.1")),
    "bands that end early": ("UndefinedBand", put(*BANDS, "bands", 1, "to", "0.99")),
    "bands that end late": ("UndefinedBand", put(*BANDS, "bands", 1, "to", "1.01")),
    "bands out of order": ("UndefinedBand", lambda rules: field(rules, 2)["bands"].reverse()),
    "no bands": ("UndefinedBand", put(*BANDS, "bands", [])),
    "a band of no width": (
        "UndefinedBand",
        lambda rules: field(rules, 2)["bands"].insert(1, {"from": "1/2", "to": "1/2", "min": "0", "max": "1"}),
    ),
    "a band that runs backwards": (
        "UndefinedBand",
        put(*BANDS, "bands", 0, {"from": "0.6", "to": "1/2", "min": "0", "max": "1"}),
    ),
    "shares over 1": (
        "QuotasExceedPurse",
        put("decision", "quotas", [{"attribute": "kind", "value": value, "share": "0.34"} for value in "abc"]),
    ),
    "quotas without a purse": (
        "QuotasExceedPurse",
        put("decision", {"mode": "pass_mark", "mark": "1", "quotas": [{"attribute": "a", "value": "b", "share": "0"}]}),
    ),
    "a purse without a total order": ("PurseNeedsTotalOrder", drop("ties", 1)),
    "a purse without any order": ("PurseNeedsTotalOrder", drop("ties")),
}

ALLOWED = {
    "no title, no currency": [drop("title"), drop("currency")],
    "shares of exactly 1": [
        put("decision", "quotas", [{"attribute": "kind", "value": value, "share": "1/3"} for value in "abc"])
    ],
    "empty quotas without a purse": [put("decision", {"mode": "pass_mark", "mark": "1", "quotas": []})],
    "anything under the keys of the other mode": [
        put("decision", {"mode": "ranking", "prizes": [], "purse": "all", "cut": "half", "quotas": {"share": "9"}}),
        drop("ties", 1),
    ],
    "prizes of any form beside a pass mark": [put("decision", "prizes", "none")],
    "a minimum that is its maximum": [put("stages", 1, "criteria", 0, "min", "20")],
    "a minimum below zero": [put("stages", 1, "criteria", 0, "min", "-20")],
    "a band that gives nothing": [
        put(*BANDS, "bands", 0, "from", "0.1"),
        lambda rules: field(rules, 2)["bands"].insert(0, {"from": "0", "to": "1/10", "min": "0", "max": "0"}),
    ],
    "a drop written as a fraction": [put("stages", 0, "aggregate", {"method": "trimmed", "drop": "4/2"})],
    "a drop of a method that drops nothing": [put("stages", 0, "aggregate", {"method": "mean", "drop": "x"})],
    "a draw as the total order": [put("ties", [DRAW])],
    "booleans and null under keys that nobody reads": [put("label", [True, None, {"x": False}])],
}

TOGETHER: dict[str, tuple[str, list[Spoil]]] = {
    "format before a bare number": ("UnknownFormat", [put("format", "x"), put(*POINTS, "max", 10)]),
    "format before the shape": ("UnknownFormat", [put("format", "x"), drop("stages")]),
    "bare number before the shape": ("NumberInRules", [put("label", 1), drop("stages")]),
    "shape before method": ("MalformedBundle", [put("stages", 0, "aggregate", {"method": "x"}), drop("decision", "mark")]),
    "method before decision": ("UnknownMethod", [put("stages", 0, "aggregate", {"method": "x"}), put("decision", "mode", "x")]),
    "decision before tie rule": ("UnknownDecision", [put("ties", [{"by": "x"}]), put("decision", "cut", "x")]),
    "tie rule before band": ("UnknownTieRule", [put("ties", 0, "stage", "x"), put(*BANDS, "bands", [])]),
    "band before quotas": (
        "UndefinedBand",
        [put(*BANDS, "bands", []), put("decision", "quotas", [{"attribute": "a", "value": "b", "share": "2"}])],
    ),
    "quotas before order": (
        "QuotasExceedPurse",
        [put("ties", []), put("decision", "quotas", [{"attribute": "a", "value": "b", "share": "2"}])],
    ),
}


def spoilt(*spoils: Spoil) -> Contest:
    """The small contest with its book spoilt."""
    contest = small_contest()
    for spoil in spoils:
        spoil(contest.rules)
    return contest


@pytest.mark.parametrize("why", MALFORMED)
def test_a_book_is_malformed_where(why: str, tmp_path: Path) -> None:
    assert agreed(spoilt(MALFORMED[why]), tmp_path) == "MalformedBundle"


@pytest.mark.parametrize("why", NAMED)
def test_a_book_is_refused_by_name_for(why: str, tmp_path: Path) -> None:
    name, spoil = NAMED[why]
    assert agreed(spoilt(spoil), tmp_path) == name


@pytest.mark.parametrize("why", ALLOWED)
def test_a_book_may_have(why: str, tmp_path: Path) -> None:
    contest = spoilt(*ALLOWED[why])
    if contest.rules["stages"][1]["criteria"][0].get("min") == "20":
        for row in contest.tables["sheets"][1:]:
            row[4] = "20" if row[1] == "public" else row[4]
    assert isinstance(agreed(contest, tmp_path), dict)


@pytest.mark.parametrize("order", TOGETHER)
def test_of_two_faults_of_a_book_the_first_is_named(order: str, tmp_path: Path) -> None:
    name, spoils = TOGETHER[order]
    assert agreed(spoilt(*spoils), tmp_path) == name
    assert agreed(spoilt(*reversed(spoils)), tmp_path) == name


@pytest.mark.parametrize("value", [None, [], "raymi-rules/1", 1, {"format": "raymi-rules/1", "stages": ({},)}, {"a": b"bytes"}])
def test_a_book_that_is_no_json_object_is_malformed(value: object) -> None:
    with pytest.raises(BundleRefusal) as refusal:
        parse(value)
    assert refusal.value.name == "MalformedBundle"


def test_a_refusal_of_a_book_says_where_it_is() -> None:
    with pytest.raises(BundleRefusal) as refusal:
        parse(RULES | {"stages": [RULES["stages"][0], {"code": "public", "criteria": [{"code": "a", "kind": "points"}]}]})
    assert refusal.value.field == "stages.1.criteria.0.max"
    assert "stages.1.criteria.0.max" in str(refusal.value)
