"""The live check: every finding at its place, and none where the rules can be published."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from service.contests.inspection import Inspection, inspect
from service.contests.models import ApplicantKind, Contest, PlanType
from service.contests.ready_books import template, templates
from service.contests.terms import terms_value
from service.core.ids import new_id

Edit = Callable[[dict[str, Any]], Any]


def contest(plan_type: PlanType = PlanType.PGRN) -> Contest:
    """A contest in soles."""
    kind = ApplicantKind.GROUP
    return Contest(
        call_id=new_id(), code="C", title="C", plan_type=plan_type, request_number=1, applicant_kind=kind, currency="PEN"
    )


def inspected(edit: Edit, ready: str = "pgrn-first", terms: Edit = lambda value: None) -> Inspection:
    """The check of a ready rule book after an edit."""
    book, value = copy.deepcopy(template(ready).book), terms_value(template(ready).terms)
    edit(book)
    terms(value)
    return inspect(contest(), book, value)


def grave(inspection: Inspection) -> list[tuple[str, str]]:
    """Places and names of what publishing would refuse."""
    return [(each.place, each.refusal) for each in inspection.grave]


def criteria(book: dict[str, Any], stage: int = 0) -> list[dict[str, Any]]:
    """The criteria of a stage."""
    found: list[dict[str, Any]] = book["stages"][stage]["criteria"]
    return found


@pytest.mark.parametrize("ready", [each.code for each in templates()])
def test_nothing_is_found_in_a_ready_book(ready: str) -> None:
    chosen = template(ready)
    found = inspect(contest(chosen.plan_type), chosen.book, terms_value(chosen.terms))
    assert found.findings == ()
    assert list(found.sums) == [stage["code"] for stage in chosen.book["stages"]]


def test_sums_stand_beside_headings_and_the_total_of_a_plan_is_noticed_when_it_is_not_a_hundred() -> None:
    found = inspected(lambda book: (criteria(book)[0].update(max="5"), book["stages"][0].update(heading="52")))
    assert {code: str(value) for code, value in found.sums.items()} == {"field": "52", "public": "50"}
    assert str(found.total) == "102"
    assert grave(found) == []
    assert [(each.place, str(each.text)) for each in found.findings] == [
        ("stages", "The best that an application can reach is 102. Plans are scored out of 100.")
    ]


def test_a_band_that_is_not_defined_is_named_with_its_values() -> None:
    found = inspected(lambda book: criteria(book)[2]["bands"][1].update({"from": "51/100"}))
    [finding] = found.grave
    assert (finding.place, finding.refusal) == ("stages.0.criteria.2.bands", "UndefinedBand")
    assert str(finding.text) == (
        'The bands do not tile [0, 1]: from "1/2" to "51/100" there is not one band. Let each band begin where the one before ends.'
    )
    assert found.sums["field"] is None  # no sum is claimed of a sheet with a fault in it


def everything_wrong(book: dict[str, Any]) -> None:
    """A fault in every part of the book."""
    book["stages"][0]["weight"] = "heavy"
    criteria(book)[0].update(code="", max="many")
    criteria(book)[1].update(step="0")
    criteria(book)[2]["bands"][0].update({"from": "none"})
    criteria(book)[3].update(code="management")
    criteria(book)[4].update(kind="levels", levels={})
    book["stages"][1].update(heading="49", aggregate={"method": "loudest"})
    criteria(book, 1)[0].update(min="16")
    book["panel"] = {"quorum": {"at_least": "half"}}
    book["knock_outs"] = [{"attribute": "", "below": "1/2"}, {"attribute": "a", "below": "x"}]
    book["decision"] = {
        "mode": "pass_mark",
        "mark": "70",
        "purse": "100",
        "cut": "hard",
        "quotas": [{"attribute": "a", "value": "b", "share": "2"}],
    }
    book["ties"] = [{"by": "stage", "stage": "final"}, {"by": "luck"}]
    book["currency"] = "USD"


def test_everything_that_is_wrong_is_found_in_one_go() -> None:
    found = inspected(everything_wrong, terms=lambda value: value.update(tranches=["1/2", "x"], gate="2", tries="0"))
    assert sorted(grave(found)) == sorted(
        [
            ("stages.0.weight", "MalformedBundle"),
            ("stages.0.criteria.0.code", "MalformedBundle"),
            ("stages.0.criteria.0.max", "MalformedBundle"),
            ("stages.0.criteria.1.step", "MalformedBundle"),
            ("stages.0.criteria.2.bands.0.from", "MalformedBundle"),
            ("stages.0.criteria.3.code", "MalformedBundle"),
            ("stages.0.criteria.4.levels", "MalformedBundle"),
            ("stages.1.aggregate.method", "UnknownMethod"),
            ("stages.1.criteria.0.min", "MalformedBundle"),
            ("panel.quorum.at_least", "MalformedBundle"),
            ("knock_outs.0.attribute", "MalformedBundle"),
            ("knock_outs.1.below", "MalformedBundle"),
            ("decision.purse", "MalformedBundle"),
            ("decision.cut", "UnknownDecision"),
            ("decision.quotas", "QuotasExceedPurse"),
            ("ties.0", "UnknownTieRule"),
            ("ties.1", "UnknownTieRule"),
            ("currency", "CurrencyDiffers"),
            ("terms.tranches.1", "BadTerms"),
            ("terms.gate", "BadTerms"),
            ("terms.tries", "BadTerms"),
        ]
    )


@pytest.mark.parametrize(
    ("levels", "named"),
    [([{"name": "a", "points": "1"}, {"name": "a", "points": "2"}], "a"), ([{"name": "", "points": "1"}], "")],
)
def test_levels_without_a_name_of_their_own_are_found(levels: list[dict[str, str]], named: str) -> None:
    found = inspected(lambda book: criteria(book)[0].update(kind="levels", levels=levels))
    assert grave(found) == [("stages.0.criteria.0.levels", "LevelNames")]
    assert found.findings[0].text.values["level"] == named


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda book: criteria(book)[0].update(max="1000000.5"), ("stages.0.criteria.0", "TooManyPoints")),
        (lambda book: book["stages"][0].update(heading="51"), ("stages.0.heading", "HeadingDiffers")),
        (lambda book: book.update(stages=[]), ("stages", "MalformedBundle")),
        (lambda book: book["stages"][1].update(criteria=[]), ("stages.1.criteria", "MalformedBundle")),
        (lambda book: book.update(format="raymi-rules/2"), ("format", "UnknownFormat")),
        (lambda book: book["decision"].update(mark=70), ("mark", "NumberInRules")),
        (lambda book: book["label"].update(qu="a\x00b"), ("", "TextCannotBeKept")),
        (lambda book: (book["decision"].update(purse="1.00"), book.update(ties=[])), ("ties", "PurseNeedsTotalOrder")),
        (lambda book: book.update(stages="none"), ("stages", "MalformedBundle")),
        (lambda book: book.update(decision=[]), ("decision", "MalformedBundle")),
        (
            lambda book: criteria(book)[1].update(kind="levels", levels={"a.b": "x"}),
            ("stages.0.criteria.1.levels.a.b", "MalformedBundle"),
        ),
    ],
)
def test_what_the_reader_and_the_contest_refuse_is_found_where_it_stands(edit: Edit, expected: tuple[str, str]) -> None:
    assert expected in grave(inspected(edit))
