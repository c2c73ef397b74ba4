"""What files and rows may not be, and which refusal is named when several apply; judge and oracle agree on each."""

from collections.abc import Callable
from pathlib import Path

import pytest

from service.contests.refusals import MalformedBundle
from service.scoring.bundle import Bundle
from service.scoring.judge import judge
from tests.scoring.contest import Contest, agreed, run_command, small_contest

Spoil = Callable[[Contest], object]


def raw(name: str, content: bytes | None) -> Spoil:
    """Put these bytes in place of a file."""
    return lambda contest: contest.raw.update({name: content})


def add(table: str, *row: str) -> Spoil:
    """Add a row."""
    return lambda contest: contest.tables[table].append(list(row))


def cell(table: str, row: int, column: str, text: str) -> Spoil:
    """Write another text into a cell; row 1 is the first after the header."""

    def spoil(contest: Contest) -> None:
        place = contest.tables[table][0].index(column)
        contest.tables[table][row][place] = text

    return spoil


def score(criterion: str, text: str) -> Spoil:
    """Juror J1 gives application A this in a criterion."""
    return cell("sheets", {"idea": 1, "team": 2, "families": 3, "voice": 4}[criterion], "score", text)


def no_na(contest: Contest) -> None:
    """Forbid ``na`` for the levels."""
    contest.rules["stages"][0]["criteria"][1]["na"] = False


def without_sheet(contest: Contest) -> None:
    """Take away the sheet of J1 on A in the field."""
    sheets = contest.tables["sheets"]
    sheets[1:] = [row for row in sheets[1:] if row[:3] != ["A", "field", "J1"]]


def tie_by(attribute: str) -> Spoil:
    """Break ties by an attribute first."""
    return lambda contest: contest.rules["ties"].insert(0, {"by": "attribute", "attribute": attribute})


REFUSED: dict[str, tuple[str, list[Spoil]]] = {
    # files
    "a rule book that is missing": ("MalformedBundle", [raw("rules.json", None)]),
    "a rule book of no bytes": ("MalformedBundle", [raw("rules.json", b"")]),
    "a rule book of garbage": ("MalformedBundle", [raw("rules.json", b"\x00\xff\xfe{")]),
    "a rule book that is not UTF-8": ("MalformedBundle", [raw("rules.json", b'{"format": "\xe9"}')]),
    "a rule book with a key twice": ("MalformedBundle", [raw("rules.json", b'{"format": "x", "format": "raymi-rules/1"}')]),
    "a rule book with NaN": ("MalformedBundle", [raw("rules.json", b'{"format": "x", "a": NaN}')]),
    "a rule book nested without end": ("MalformedBundle", [raw("rules.json", b"[" * 200_000)]),
    "a rule book nested deep": ("MalformedBundle", [raw("rules.json", b'{"a":' + b"[" * 500 + b"]" * 500 + b"}")]),
    "a rule book with a number without end": (
        "NumberInRules",
        [raw("rules.json", b'{"format":"raymi-rules/1","a":' + b"9" * 9999 + b"}")],
    ),
    "sheets that are missing": ("MalformedBundle", [raw("sheets.csv", None)]),
    "sheets of no bytes": ("MalformedBundle", [raw("sheets.csv", b"")]),
    "sheets of blank lines": ("MalformedBundle", [raw("sheets.csv", b"\n\r\n\n")]),
    "sheets that are not UTF-8": (
        "MalformedBundle",
        [raw("sheets.csv", b"application,stage,juror,criterion,score\nA,\xff,,,\n")],
    ),
    "sheets with a null": ("MalformedBundle", [raw("sheets.csv", b"application,stage,juror,criterion,score\nA,\x00,,,\n")]),
    "an open quote": ("MalformedBundle", [raw("recusals.csv", b'application,juror\nA,"J1\n')]),
    "text after a quote": ("MalformedBundle", [raw("recusals.csv", b'application,juror\nA,"J1"x\n')]),
    "a column missing": ("MalformedBundle", [raw("recusals.csv", b"application,name\n")]),
    "a column of other case": ("MalformedBundle", [raw("recusals.csv", b"application,Juror\n")]),
    "a column twice": ("MalformedBundle", [raw("recusals.csv", b"application,juror,juror\n")]),
    "an attribute twice": ("MalformedBundle", [cell("applications", 0, "kind", "share")]),
    "a row too short": ("MalformedBundle", [raw("recusals.csv", b"application,juror\nA\n")]),
    "a row too long": ("MalformedBundle", [raw("recusals.csv", b"application,juror\nA,J1,\n")]),
    # forms
    "a time without offset": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-03-01T08:00:00")]),
    "a time with a space": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-03-01 08:00:00Z")]),
    "a time of an impossible day": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-02-29T08:00:00Z")]),
    "a time of hour 24": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-03-01T24:00:00Z")]),
    "a leap second": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-03-01T23:59:60Z")]),
    "an offset of a day": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-03-01T08:00+24:00")]),
    "an offset of 60 minutes": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-03-01T08:00+01:60")]),
    "an offset without colon": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-03-01T08:00-0500")]),
    "decimals of a minute": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-03-01T08:00.5Z")]),
    "a time with a decimal comma": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-03-01T08:00:00,5Z")]),
    "a basic time": ("MalformedBundle", [cell("applications", 1, "filed_at", "20260301T080000Z")]),
    "a small z": ("MalformedBundle", [cell("applications", 1, "filed_at", "2026-03-01T08:00:00z")]),
    "a request without cents": ("MalformedBundle", [cell("applications", 1, "requested", "1000")]),
    "a negative request": ("MalformedBundle", [cell("applications", 1, "requested", "-1.00")]),
    "a request with three decimals": ("MalformedBundle", [cell("applications", 1, "requested", "1.000")]),
    "a request with thousands": ("MalformedBundle", [cell("applications", 1, "requested", "1,000.00")]),
    "no request": ("MalformedBundle", [cell("applications", 1, "requested", "")]),
    "an application without a code": ("MalformedBundle", [cell("applications", 1, "application", "")]),
    "a juror without a code": ("MalformedBundle", [add("jurors", "", "field")]),
    # names
    "an application twice": ("DuplicateRow", [add("applications", "A", "2026-03-09T08:00Z", "1.00", "", "", "")]),
    "a juror twice": ("DuplicateRow", [add("jurors", "J1", "field")]),
    "a recusal twice": ("DuplicateRow", [add("recusals", "A", "J1"), add("recusals", "A", "J1")]),
    "an absence twice": ("DuplicateRow", [add("absences", "A", "field", "J1"), add("absences", "A", "field", "J1")]),
    "a sheet of nobody's application": ("UnknownApplication", [cell("sheets", 1, "application", "a")]),
    "a recusal from nobody's application": ("UnknownApplication", [add("recusals", "", "J1")]),
    "an absence from nobody's application": ("UnknownApplication", [add("absences", "Z", "field", "J1")]),
    "a sheet by nobody": ("UnknownJuror", [cell("sheets", 1, "juror", "J1 ")]),
    "a recusal of nobody": ("UnknownJuror", [add("recusals", "A", "J9")]),
    "an absence of nobody": ("UnknownJuror", [add("absences", "A", "field", "J9")]),
    "a sheet of no stage": ("UnknownStage", [cell("sheets", 1, "stage", "night")]),
    "an absence from no stage": ("UnknownStage", [add("absences", "A", "night", "J1")]),
    "a seat in no stage": ("UnknownStage", [add("jurors", "J3", "field; public")]),
    "a sheet without a seat": ("NotSeated", [add("jurors", "J3", "public"), add("sheets", "A", "field", "J3", "idea", "5")]),
    "an absence without a seat": ("NotSeated", [add("jurors", "J3", ""), add("absences", "A", "field", "J3")]),
    "a sheet of a recused juror": ("RecusedSheet", [add("recusals", "A", "J1")]),
    "a sheet of an absent juror": ("AbsentSheet", [add("absences", "A", "field", "J1")]),
    "a sheet of a recused and absent juror": (
        "RecusedSheet",
        [add("absences", "A", "field", "J1"), add("recusals", "A", "J1")],
    ),
    # scores
    "a criterion of another stage": ("UnknownCriterion", [add("sheets", "A", "field", "J1", "voice", "5")]),
    "a score twice": ("DuplicateScore", [add("sheets", "A", "field", "J1", "idea", "8.5")]),
    "a score twice, first na": ("DuplicateScore", [score("idea", "na"), add("sheets", "A", "field", "J1", "idea", "8.5")]),
    "a level that does not exist": ("UnknownLevel", [score("team", "Youth")]),
    "the points of a level": ("UnknownLevel", [score("team", "10")]),
    "no level": ("UnknownLevel", [score("team", "")]),
    "a score with an exponent": ("NotANumber", [score("idea", "1e0")]),
    "a score with a plus": ("NotANumber", [score("idea", "+1")]),
    "a score with a comma": ("NotANumber", [score("idea", "8,5")]),
    "a score in Arabic digits": ("NotANumber", [score("idea", "٥")]),
    "a score in superscript": ("NotANumber", [score("idea", "²")]),
    "a score over zero": ("NotANumber", [score("idea", "5/0")]),
    "a score of decimals over": ("NotANumber", [score("idea", "5.0/1")]),
    "a score with a space": ("NotANumber", [score("idea", "5 ")]),
    "a score with a line end": ("NotANumber", [score("idea", "5\n")]),
    "an empty score": ("NotANumber", [score("idea", "")]),
    "NA in capitals": ("NotANumber", [score("idea", "NA")]),
    "na for points where not allowed": ("NotANumber", [score("voice", "na")]),
    "na for levels where not allowed": ("NotANumber", [no_na, score("team", "na")]),
    "na for bands where not allowed": ("NotANumber", [score("families", "na")]),
    "a knock-out attribute that is no number": ("NotANumber", [cell("applications", 1, "present", "most")]),
    "a band attribute that is no number": ("NotANumber", [cell("applications", 1, "share", "75%")]),
    "a tie attribute that is no number": ("NotANumber", [tie_by("kind")]),
    "a band attribute that is missing": ("AttributeOutOfRange", [cell("applications", 1, "share", "")]),
    "a band attribute above 1": ("AttributeOutOfRange", [cell("applications", 1, "share", "1.01")]),
    "a band attribute below 0": ("AttributeOutOfRange", [cell("applications", 1, "share", "-0.01")]),
    "a band attribute without its column": ("AttributeOutOfRange", [cell("applications", 0, "share", "part")]),
    "a band attribute that is no attribute": (
        "AttributeOutOfRange",
        [lambda contest: contest.rules["stages"][0]["criteria"][2].update(attribute="requested")],
    ),
    "a score below its range": ("ScoreOutOfRange", [score("idea", "0.5")]),
    "a score above its range": ("ScoreOutOfRange", [score("idea", "21/2")]),
    "a score off its step": ("ScoreOutOfRange", [score("idea", "8.25")]),
    "a score of another band": ("ScoreOutOfRange", [score("families", "2")]),
    "a fault on a disqualified application": (
        "ScoreOutOfRange",
        [cell("applications", 1, "present", "0"), score("idea", "11")],
    ),
    "a sheet that lacks a criterion": ("IncompleteSheet", [lambda contest: contest.tables["sheets"].pop(2)]),
    "a sheet of one row": ("IncompleteSheet", [without_sheet, add("sheets", "A", "field", "J1", "idea", "5")]),
    "a sheet of nothing but na": (
        "IncompleteSheet",
        [lambda contest: contest.rules["stages"][1]["criteria"][0].update(na=True), score("voice", "na")],
    ),
}

ORDER = [
    raw("absences.csv", None),
    lambda contest: contest.rules.update(format="x"),
    lambda contest: contest.rules.update(label=1),
    cell("applications", 2, "requested", "1"),
    lambda contest: contest.rules["stages"][1].update(aggregate={"method": "x"}),
    add("recusals", "B", "J1"),
    add("absences", "A", "field", "J1"),
    add("sheets", "A", "public", "J1", "x", "1"),
    add("sheets", "A", "public", "J1", "voice", "1"),
    cell("sheets", 6, "score", "level"),
    cell("sheets", 9, "score", "number"),
    cell("applications", 2, "share", "2"),
    cell("sheets", 16, "score", "21"),
]
"""Faults in the order in which they are named."""

ORDER_NAMES = [
    "MalformedBundle",
    "UnknownFormat",
    "NumberInRules",
    "MalformedBundle",
    "UnknownMethod",
    "RecusedSheet",
    "AbsentSheet",
    "UnknownCriterion",
    "DuplicateScore",
    "UnknownLevel",
    "NotANumber",
    "AttributeOutOfRange",
    "ScoreOutOfRange",
]


@pytest.mark.parametrize("why", REFUSED)
def test_a_bundle_is_refused_by_name_for(why: str, tmp_path: Path) -> None:
    name, spoils = REFUSED[why]
    contest = small_contest()
    for spoil in spoils:
        spoil(contest)
    assert agreed(contest, tmp_path) == name


@pytest.mark.parametrize("first", range(len(ORDER)))
def test_of_all_faults_at_once_the_first_is_named(first: int, tmp_path: Path) -> None:
    contest = small_contest()
    for spoil in reversed(ORDER[first:]):
        spoil(contest)
    assert agreed(contest, tmp_path) == ORDER_NAMES[first]


@pytest.mark.parametrize("name", ["rules.json", "applications.csv", "absences.csv"])
def test_a_directory_in_place_of_a_file_is_refused_without_a_traceback(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contest = small_contest()
    contest.raw[name] = None
    (contest.write(tmp_path) / name).mkdir()
    assert run_command(tmp_path) == 2
    assert capsys.readouterr().err.startswith(f"Refused: MalformedBundle: This cannot be read: {name}, ")


@pytest.mark.parametrize("folder", ["nowhere", "applications.csv", "x" * 5000, "null\0"])
def test_a_folder_that_is_none_is_refused_without_a_traceback(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(small_contest().write(tmp_path) / folder) == 2
    assert capsys.readouterr().err.startswith("Refused: MalformedBundle: ")


def test_a_complaint_stays_on_one_short_line_whatever_the_bundle_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contest = small_contest()
    score("team", "{x}\n\x1b[31m" + "é" * 100_000)(contest)
    assert run_command(contest.write(tmp_path)) == 2
    complaint = capsys.readouterr().err
    assert complaint.startswith("Refused: UnknownLevel: ")
    assert complaint.count("\n") == 1
    assert "\x1b" not in complaint
    assert len(complaint) < 500


def test_rows_from_elsewhere_are_checked_like_those_from_files() -> None:
    rules = small_contest().rules
    with pytest.raises(MalformedBundle):
        judge(Bundle(rules, [("A", "2026-03-01", "1.00", {})], [], []))
