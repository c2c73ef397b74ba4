"""Results worked out by hand, where the rules are easily read wrong; judge and oracle agree on each."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from service.contests.numbers import exact, read_instant, read_number, two_decimals
from service.scoring.bundle import Bundle
from service.scoring.judge import judge
from tests.scoring.contest import Contest, agreed

Line = tuple[Any, ...]

PURSE = {"mode": "pass_mark", "mark": "10"}
FILED = [{"by": "filed_at"}]


def contest_of(decision: dict[str, Any], applications: list[Line], ties: list[Any] | None = None, **rules: Any) -> Contest:
    """One juror, one criterion; of each application: code, filed at, requested, score, attribute ``kind`` (may be left out)."""
    criterion = {"code": "c", "kind": "points", "min": "-100", "max": "100", "step": "1/3000"}
    stages = [{"code": "s", "criteria": [criterion]}]
    filled = [(*line, "")[:5] for line in applications]
    return Contest(
        rules={"format": "raymi-rules/1", "stages": stages, "decision": decision, "ties": ties or []} | rules,
        tables={
            "applications": [
                ["application", "filed_at", "requested", "kind"],
                *[[code, filed_at, requested, kind] for code, filed_at, requested, _, kind in filled],
            ],
            "jurors": [["juror", "stages"], ["J", "s"]],
            "sheets": [
                ["application", "stage", "juror", "criterion", "score"],
                *[[code, "s", "J", "c", score] for code, _, _, score, _ in filled],
            ],
            "recusals": [["application", "juror"]],
            "absences": [["application", "stage", "juror"]],
        },
    )


def day(number: int) -> str:
    """A time of filing."""
    return f"2026-03-{number:02d}T08:00:00-05:00"


def awards(said: Any) -> list[Line]:
    """Application, rank, award and reasons, in the order of the result."""
    return [(each["application"], each["rank"], each["award"], *each["reasons"]) for each in said["results"]]


def test_a_pool_that_does_not_divide_gives_cents_to_the_earliest_and_no_prize_of_nothing(tmp_path: Path) -> None:
    decision = {"mode": "ranking", "prizes": ["0.01", "0.01"]}
    applications = [("A", day(3), "0.00", "5"), ("B", day(1), "0.00", "5"), ("C", day(2), "0.00", "5")]
    assert awards(agreed(contest_of(decision, applications), tmp_path)) == [
        ("A", 1, None, "no_prize_left"),
        ("B", 1, "0.01", "tie_pooled"),
        ("C", 1, "0.01", "tie_pooled"),
    ]


def test_a_tie_beyond_the_last_prize_shares_what_there_is(tmp_path: Path) -> None:
    decision = {"mode": "ranking", "prizes": ["9.00", "5.01", "0.00"]}
    applications = [
        ("A", day(1), "0.00", "6"),
        ("D", day(1), "0.00", "5"),
        ("C", day(1), "0.00", "5"),
        ("B", day(2), "0.00", "1"),
    ]
    assert awards(agreed(contest_of(decision, applications), tmp_path)) == [
        ("A", 1, "9.00"),
        ("C", 2, "2.51", "tie_pooled"),
        ("D", 2, "2.50", "tie_pooled"),
        ("B", 4, None, "no_prize_left"),
    ]


def test_a_prize_under_the_mark_is_not_given_and_not_passed_on(tmp_path: Path) -> None:
    decision = {"mode": "ranking", "prizes": ["9.00", "5.00"], "mark": "5"}
    applications = [("A", day(1), "0.00", "14999/3000"), ("B", day(1), "0.00", "5")]
    assert awards(agreed(contest_of(decision, applications), tmp_path)) == [("B", 1, "9.00"), ("A", 2, None, "below_mark")]


def test_a_request_of_nothing_fits_until_the_cut_has_ended_the_list(tmp_path: Path) -> None:
    applications = [
        ("A", day(1), "9.00", "50"),
        ("B", day(1), "0.00", "40"),
        ("C", day(1), "2.00", "30"),
        ("D", day(1), "0.00", "20"),
    ]
    stop = agreed(contest_of(PURSE | {"purse": "9.00"}, applications, FILED), tmp_path)
    assert awards(stop) == [
        ("A", 1, "9.00"),
        ("B", 2, "0.00"),
        ("C", 3, None, "purse_exhausted"),
        ("D", 4, None, "purse_exhausted"),
    ]
    skip = agreed(contest_of(PURSE | {"purse": "9.00", "cut": "skip"}, applications, FILED), tmp_path)
    assert awards(skip)[3] == ("D", 4, "0.00")


@pytest.mark.parametrize(
    ("at_least", "last"),
    [
        ("0", ("B", 2, "1.00", "part_funded")),
        ("1/3", ("B", 2, "1.00", "part_funded")),
        ("0.34", ("B", 2, None, "purse_exhausted")),
    ],
)
def test_a_part_is_given_from_exactly_its_least_share(at_least: str, last: Line, tmp_path: Path) -> None:
    applications = [("A", day(1), "9.00", "50"), ("B", day(1), "3.00", "40"), ("C", day(1), "0.50", "30")]
    decision = PURSE | {"purse": "10.00", "cut": "part", "part_at_least": at_least}
    said = awards(agreed(contest_of(decision, applications, FILED), tmp_path))
    assert said == [("A", 1, "9.00"), last, ("C", 3, None, "purse_exhausted")]


def test_no_part_is_given_of_nothing_left(tmp_path: Path) -> None:
    applications = [("A", day(1), "9.00", "50"), ("B", day(1), "3.00", "40")]
    said = agreed(contest_of(PURSE | {"purse": "9.00", "cut": "part"}, applications, FILED), tmp_path)
    assert awards(said)[1] == ("B", 2, None, "purse_exhausted")


def test_a_quota_is_floored_to_the_cent_and_passes_over_what_does_not_fit(tmp_path: Path) -> None:
    quotas = [{"attribute": "kind", "value": "w", "share": "2/3"}, {"attribute": "kind", "value": "", "share": "1/3"}]
    applications = [
        ("A", day(1), "6.67", "50", "w"),
        ("B", day(1), "6.67", "40", "w"),
        ("C", day(1), "6.66", "30", "w"),
        ("D", day(1), "1.00", "30"),
    ]
    said = agreed(contest_of(PURSE | {"purse": "10.00", "quotas": quotas}, applications, FILED), tmp_path)
    assert awards(said) == [  # two thirds are 6.66 and not 6.67, which leaves 3.34; a missing attribute matches no text
        ("A", 1, None, "purse_exhausted"),
        ("B", 2, None, "purse_exhausted"),
        ("C", 3, "6.66", "quota:kind=w"),
        ("D", 3, None, "purse_exhausted"),
    ]


def test_an_empty_attribute_of_a_plain_row_is_a_missing_one() -> None:
    quotas = [{"attribute": "kind", "value": "", "share": "1"}]
    contest = contest_of(
        PURSE | {"purse": "10.00", "quotas": quotas}, [], FILED, knock_outs=[{"attribute": "share", "below": "0"}]
    )
    attributes = {"A": {"kind": "", "share": "1"}, "B": {"kind": "w", "share": ""}}
    result = judge(
        Bundle(
            rules=contest.rules,
            applications=[(code, day(1), "1.00", given) for code, given in attributes.items()],
            jurors=[("J", ["s"])],
            sheets=[(code, "s", "J", "c", "20") for code in attributes],
        )
    )
    assert [(each.application, each.status, each.reasons) for each in result.standings] == [
        ("A", "approved", ()),
        ("B", "pending", ("missing_attribute:share",)),
    ]


def test_equal_ranks_take_the_purse_and_the_quota_by_application(tmp_path: Path) -> None:
    quotas = [{"attribute": "kind", "value": "w", "share": "1/2"}]
    applications = [(code, day(1), "5.00", "50", "w") for code in "BCA"]
    said = agreed(contest_of(PURSE | {"purse": "10.00", "quotas": quotas}, applications, FILED), tmp_path)
    assert awards(said) == [("A", 1, "5.00", "quota:kind=w"), ("B", 1, "5.00"), ("C", 1, None, "purse_exhausted")]


def test_filing_is_compared_as_instants_to_the_last_decimal(tmp_path: Path) -> None:
    times = {
        "A": "2026-03-01T13:00:00.1234567891Z",
        "B": "2026-03-01T08:00:00.12345678900-05:00",
        "C": "2026-03-01T13:00:00.123456789Z",
        "D": "2026-03-01T13:00Z",
        "E": "0001-01-01T00:00+23:59",
        "F": "9999-12-31T23:59:59.9-23:59",
    }
    applications = [(code, time, "1.00", "50") for code, time in times.items()]
    said = agreed(contest_of(PURSE, applications, FILED), tmp_path)
    assert [(each["application"], each["rank"]) for each in said["results"]] == [
        ("E", 1),
        ("D", 2),
        ("B", 3),
        ("C", 3),
        ("A", 5),
        ("F", 6),
    ]


def test_a_draw_is_the_ascending_hash_of_seed_and_application(tmp_path: Path) -> None:
    codes = ["Ñusta", "B", "C", "a:b"]
    applications = [(code, day(1), "1.00", "50") for code in codes]
    said = agreed(contest_of(PURSE, applications, [{"by": "draw", "seed": "acta ñ"}]), tmp_path)
    expected = sorted(codes, key=lambda code: hashlib.sha256(f"acta ñ:{code}".encode()).hexdigest())
    assert [each["application"] for each in said["results"]] == expected


def test_a_tie_by_a_stage_looks_at_its_value_before_its_weight(tmp_path: Path) -> None:
    contest = contest_of({"mode": "ranking", "prizes": []}, [("A", day(1), "0.00", "1"), ("B", day(1), "0.00", "2")])
    contest.rules["stages"][0]["weight"] = "-1"
    contest.rules["stages"].append({"code": "after", "criteria": contest.rules["stages"][0]["criteria"]})
    contest.rules["ties"] = [{"by": "stage", "stage": "s"}]
    contest.tables["jurors"][1][1] = "s;after"
    contest.tables["sheets"] += [["A", "after", "J", "c", "1"], ["B", "after", "J", "c", "2"]]
    said = agreed(contest, tmp_path)
    assert [(each["application"], each["total"], each["rank"]) for each in said["results"]] == [("B", "0", 1), ("A", "0", 2)]


@pytest.mark.parametrize(("score", "shown"), [("-1/300", "0.00"), ("-0.005", "-0.01"), ("69.995", "70.00"), ("-0", "0.00")])
def test_a_total_is_shown_with_two_decimals_half_away_from_zero(score: str, shown: str, tmp_path: Path) -> None:
    said = agreed(contest_of(PURSE | {"mark": "70"}, [("A", day(1), "1.00", score)]), tmp_path)
    assert (said["results"][0]["total_shown"], said["results"][0]["status"]) == (shown, "not_approved")


def test_files_may_hold_marks_blank_lines_quotes_and_columns_of_any_order(tmp_path: Path) -> None:
    contest = contest_of(PURSE, [("A, x", day(1), "007.50", "20")])
    plain = agreed(contest, tmp_path)
    mark = b"\xef\xbb\xbf"
    contest.raw = {
        "applications.csv": mark
        + b'\r\n"requested","","application",filed_at\r\n\r\n007.50,?,"A, x",'
        + day(1).encode()
        + b"\r\n\r\n",
        "jurors.csv": mark + b'"stages",note,juror,note\ns,"a\nb",J,\n\n\n',
        "sheets.csv": b'score,application,criterion,juror,stage\n20,"A, x",c,J,s',
    }
    assert agreed(contest, tmp_path) == plain
    assert awards(plain) == [("A, x", 1, "7.50")]


def test_of_two_limits_on_one_attribute_the_reason_stands_once(tmp_path: Path) -> None:
    limits = [
        {"attribute": "kind", "below": "1/2"},
        {"attribute": "kind", "below": "0.4"},
        {"attribute": "other", "below": "0"},
    ]
    applications = [("A", day(1), "1.00", "20", "0.3"), ("B", day(1), "1.00", "20", "0.5"), ("C", day(1), "1.00", "20", "")]
    said = agreed(contest_of(PURSE, applications, knock_outs=limits), tmp_path)
    assert awards(said) == [
        ("A", None, None, "knocked_out:kind"),
        ("B", None, None, "missing_attribute:other"),
        ("C", None, None, "missing_attribute:kind", "missing_attribute:other"),
    ]
    assert said["provisional"] is True


def test_a_contest_without_applications_or_jurors_has_a_result(tmp_path: Path) -> None:
    assert agreed(contest_of(PURSE, []), tmp_path)["results"] == []
    lonely = contest_of(PURSE, [("A", day(1), "1.00", "20")])
    lonely.tables["jurors"], lonely.tables["sheets"] = lonely.tables["jurors"][:1], lonely.tables["sheets"][:1]
    assert awards(agreed(lonely, tmp_path)) == [("A", None, None, "no_quorum:s")]


def test_numbers_of_any_length_stay_exact(tmp_path: Path) -> None:
    digits = "3" * 9_000
    contest = contest_of(PURSE | {"mark": f"0.{digits}"}, [("A", day(1), f"{digits}.00", f"0.{digits}")])
    contest.rules["stages"][0]["criteria"][0]["step"] = f"1/1{'0' * 9_000}"
    result = agreed(contest, tmp_path)["results"][0]
    assert result["award"] == f"{digits}.00"
    assert result["total"] == f"{digits}/1{'0' * 9_000}"
    assert result["total_shown"] == "0.33"


def test_the_written_forms_of_numbers_are_read_and_written_exactly() -> None:
    assert [exact(number) for text in ("014/30", "-0.50", "-0", "2/1") if (number := read_number(text)) is not None] == [
        "7/15",
        "-1/2",
        "0",
        "2",
    ]
    assert [read_number(text) for text in ("", "-", "1.", "1/", "--1", "1/2/3", "0x1", "1/2.0", "∞")] == [None] * 9
    assert two_decimals(read_number("-7/200") or 0) == "-0.04"  # type: ignore[arg-type]  # it is a number
    assert read_instant("2026-03-01T19:29:00-05:00") == read_instant("2026-03-02T00:29Z")
