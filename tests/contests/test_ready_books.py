"""The ready rule books: what practice's sheets hold."""

import copy
import re
from dataclasses import replace
from typing import Any

import pytest

from scripts.commands import rule_books
from service.contests.models import ApplicantKind, PlanType
from service.contests.ready_books import Template, template, templates
from service.contests.rules import HeadingDiffers

SHEETS = {
    "pit-first": "field 5 5 5 5 6 4 12 8 | public 10 10 10 10 10",
    "pit-second": "field 5 4 3 5 3 6 4 12 8 | public 10 10 8 7 5 10",
    "pgrn-first": "field 3 3 5 5 4 20 10 | public 15 10 15 10",
    "pgrn-second": "field 3 3 5 5 4 6 8 5 6 5 | public 7 10 10 8 7 8",
    "pdn-first": "field 10 2 4 4 8 8 6 4 4 | public 10 10 10 10 10",
    "pdn-second": "field 10 5 3 5 4 3 4 6 4 3 3 | public 5 10 12 8 7 8",
    "pdn-j": "single 15 7 8 10 10 6 6 10 7 6 6 5 4",
    "idl-first": "single 10 10 10 12 10 8 10 8 5 10 7",
    "idl-second": "single 15 15 10 5 5 15 15 5 5 5 5",
    "cif": "single 20",
    "side-dance": "single 16 12 13 9",
    "side-dish": "single 15 12 13 10",
    "side-map": "single 15 14 12 9",
    "side-plan": "single 8 10 7 6 6 7 6",
    "side-results": "single 20 31 31 18",
    "homes": "before 20 20 10 | after 20 20 10",
}
"""The maxima of each sheet, copied from the forms of practice by hand."""

PDN_FIRST = "field families leaders management women_youth activities resources timetable visits cofinancing_will | public in_map took_part clarity identity participation"
PDN_SECOND = "field families papers strength funds sales women_youth coherence progress technical_help visit fairs | public territory funds progress clarity identity participation"
IDL_FIRST = "single community_use term no_conflict serves_many common_problem simple environment technical_file operation finance committed"


def maxima(each: Template) -> str:
    book = rule_books.checked(each)
    sheets = [[code, *(str(one.maximum) for one in stage.criteria.values())] for code, stage in book.stages.items()]
    return " | ".join(" ".join(sheet) for sheet in sheets)


def codes(each: Template) -> str:
    return " | ".join(" ".join([s["code"], *(c["code"] for c in s["criteria"])]) for s in each.book["stages"])


def test_there_is_a_ready_book_for_every_plan_and_sheet() -> None:
    assert {each.code: maxima(each) for each in templates()} == SHEETS
    assert {each.plan_type for each in templates()} == set(PlanType)


def test_ready_books_stand_in_the_order_of_plans_and_requests() -> None:
    assert [each.code for each in templates()] == list(SHEETS)
    second = [each.code for each in templates() if each.request_number == 2]
    assert second == ["pit-second", "pgrn-second", "pdn-second", "idl-second"]


@pytest.mark.parametrize(("code", "expected"), [("pdn-first", PDN_FIRST), ("pdn-second", PDN_SECOND), ("idl-first", IDL_FIRST)])
def test_the_codes_of_criteria_are_those_that_bundles_use(code: str, expected: str) -> None:
    assert codes(template(code)) == expected


def test_every_code_is_plain_and_every_text_stands_in_both_languages() -> None:
    for each in templates():
        labelled = [each.title, each.book["label"]]
        for stage in each.book["stages"]:
            labelled.append(stage["label"])
            for criterion in stage["criteria"]:
                assert re.fullmatch("[a-z]+(_[a-z]+)*", criterion["code"])
                labelled += [criterion["label"], *criterion.get("level_labels", {}).values()]
                assert criterion.get("level_labels", {}).keys() == criterion.get("levels", {}).keys()
        assert {tuple(label) for label in labelled} == {("es", "en")}
        assert all(text.strip() for label in labelled for text in label.values())


def test_plans_pass_at_seventy_and_families_compete_for_prizes() -> None:
    for each in templates():
        plan = each.plan_type not in (PlanType.CIF, PlanType.SIDE, PlanType.HOMES)
        assert each.book["decision"]["mode"] == ("pass_mark" if plan else "ranking")
        assert each.book["decision"].get("mark") == ("70" if plan else None)
        families = each.plan_type in (PlanType.CIF, PlanType.HOMES)
        assert each.applicant_kind == (ApplicantKind.FAMILY if families else ApplicantKind.GROUP)


def test_the_business_plan_decides_and_breaks_ties_as_the_committee_does() -> None:
    book = template("pdn-first").book
    assert book["knock_outs"] == [{"attribute": "families_present_share", "below": "1/2"}]
    assert book["ties"] == [
        {"by": "stage", "stage": "public"},
        {"by": "stage", "stage": "field"},
        {"by": "criterion", "stage": "field", "criterion": "women_youth"},
        {"by": "attribute", "attribute": "poverty_quintile", "order": "ascending"},
        {"by": "filed_at"},
        {"by": "draw", "seed": "acta-003-2026"},
    ]
    assert template("pdn-second").book["ties"] == [{"by": "stage", "stage": "public"}, {"by": "filed_at"}]
    assert template("idl-first").book["ties"] == []


def test_the_inter_family_contest_scores_one_to_twenty_for_ten_prizes() -> None:
    book = template("cif").book
    score = book["stages"][0]["criteria"][0]
    assert (score["code"], score["min"], score["max"]) == ("score", "1", "20")
    prizes = ["300.00", "240.00", "180.00", "120.00", "100.00", "80.00", "60.00", "50.00", "40.00", "30.00"]
    assert book["decision"] == {"mode": "ranking", "prizes": prizes}


def test_homes_are_judged_by_what_changed() -> None:
    assert [stage["weight"] for stage in template("homes").book["stages"]] == ["-1", "1"]


HEADINGS = {"homes": ["50", "50"], "cif": ["20"], "side-results": ["100"]}
"""What the forms print above each sheet; plans are scored out of 100, side contests out of 50."""


def test_every_sheet_carries_the_heading_of_its_form() -> None:
    for each in templates():
        side = ["50"] if each.plan_type == PlanType.SIDE else None
        plan = ["50", "50"] if len(each.book["stages"]) == 2 else ["100"]
        assert [stage["heading"] for stage in each.book["stages"]] == HEADINGS.get(each.code, side or plan), each.code


def test_the_levels_of_a_youth_plan_give_the_points_of_its_form() -> None:
    criteria = template("pdn-j").book["stages"][0]["criteria"]
    levels = {each["code"]: each["levels"] for each in criteria if each["kind"] == "levels"}
    assert levels == {
        "composition": {"all_youth": "15", "youth_majority": "10", "adult_majority": "8"},
        "young_board": {"both": "7", "one": "4", "neither": "0"},
        "legal_personality": {"done": "8", "under_way": "5", "none": "0"},
        "women": {"half_or_more": "10", "fewer": "6"},
    }


def test_only_the_business_plan_knocks_out_and_no_sheet_takes_na() -> None:
    assert [each.code for each in templates() if each.book.get("knock_outs")] == ["pdn-first"]
    assert not any(criterion.get("na") for each in templates() for s in each.book["stages"] for criterion in s["criteria"])


@pytest.mark.parametrize(
    ("code", "place", "attribute"),
    [("pgrn-first", 2, "families_present_share"), ("pgrn-second", 3, "families_in_contests_share")],
)
def test_shares_of_families_are_banded_without_a_gap(code: str, place: int, attribute: str) -> None:
    bands = template(code).book["stages"][0]["criteria"][place]
    assert bands["attribute"] == attribute
    assert [tuple(band.values()) for band in bands["bands"]] == [
        ("0", "1/2", "0", "2"),
        ("1/2", "3/4", "2", "3"),
        ("3/4", "1", "4", "5"),
    ]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pit-first", (["7/10", "3/10"], "1/2", "7/10", "3")),
        ("pgrn-second", (["7/10", "3/10"], "1/2", "7/10", "3")),
        ("pdn-first", (["7/10", "3/10"], "1/2", "7/10", "3")),
        ("idl-first", (["4/5", "1/5"], "0", "7/10", "3")),
        ("cif", (["1"], "0", "0", "3")),
        ("side-dance", (["1"], "0", "0", "3")),
        ("homes", (["1"], "0", "0", "3")),
    ],
)
def test_the_default_terms_are_those_of_practice(code: str, expected: tuple[list[str], str, str, str]) -> None:
    terms = template(code).terms
    assert (terms.tranches, terms.own_share_first, terms.gate, terms.tries) == expected


def test_the_command_lists_every_ready_book_with_its_sums(capsys: pytest.CaptureFixture[str]) -> None:
    assert rule_books.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(SHEETS)
    assert lines[4] == "pdn-first     PDN    1  Business plans, first request: field 50 + public 50"


def changed(edit: Any) -> Template:
    each = template("pdn-first")
    book = copy.deepcopy(each.book)
    edit(book["stages"][0])
    return replace(each, book=book)


def test_a_sheet_that_is_off_its_heading_is_found() -> None:
    with pytest.raises(HeadingDiffers) as refused:
        rule_books.checked(changed(lambda stage: stage["criteria"][0].update(max="11")))
    assert refused.value.values == {"stage": "field", "heading": "50", "total": 51}


def test_a_ready_book_without_a_heading_is_found() -> None:
    with pytest.raises(HeadingDiffers):
        rule_books.checked(changed(lambda stage: stage.pop("heading")))


def test_the_command_fails_when_one_is_off(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    off = changed(lambda stage: stage["criteria"][0].update(max="11"))
    monkeypatch.setattr(rule_books, "templates", lambda: (template("cif"), off))
    assert rule_books.main([]) == 1
    output = capsys.readouterr()
    assert len(output.out.splitlines()) == 1
    assert output.err.startswith("raymi rule-books: pdn-first: HeadingDiffers: ")
