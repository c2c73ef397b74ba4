"""The worked bundles, through the command that a person runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.bootstrap.paths import ROOT
from service.contests.book import parse
from service.contests.refusals import PRECEDENCE
from service.scoring.bundle import Bundle, read_folder, write_folder
from service.scoring.judge import judge
from tests.scoring.contest import oracle_outcome, outcome, run_command, small_contest

BUNDLES = ROOT / "tests" / "bundles"
FOLDERS = sorted(folder.name for folder in BUNDLES.iterdir())


def expected_of(name: str) -> object:
    """The worked answer: a result, or the name of a refusal."""
    result = BUNDLES / name / "result.json"
    return json.loads(result.read_text()) if result.exists() else (BUNDLES / name / "refused.txt").read_text().strip()


@pytest.mark.parametrize("name", FOLDERS)
def test_the_command_gives_the_worked_answer(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    status, expected = run_command(BUNDLES / name), expected_of(name)
    printed, complaint = capsys.readouterr()
    if isinstance(expected, str):
        assert (status, printed) == (2, "")
        assert complaint.startswith(f"Refused: {expected}: ")
        assert complaint.count("\n") == 1
    else:
        assert (status, complaint) == (0, "")
        assert json.loads(printed) == expected


@pytest.mark.parametrize("name", FOLDERS)
def test_the_oracle_gives_the_worked_answer(name: str) -> None:
    assert oracle_outcome(BUNDLES / name) == expected_of(name)


def test_there_is_a_worked_bundle_for_every_refusal() -> None:
    refused = {expected_of(name) for name in FOLDERS if (BUNDLES / name / "refused.txt").exists()}
    assert refused == {refusal.__name__ for refusal in PRECEDENCE}


def test_the_documentation_names_the_refusals_in_their_order() -> None:
    table = (ROOT / "docs" / "bundle.md").read_text().partition("## Refusals")[2]
    assert re.findall(r"^\| `([A-Za-z]+)` \|", table, re.MULTILINE) == [refusal.__name__ for refusal in PRECEDENCE]


def test_the_command_prints_json_with_an_indent_of_one_and_letters_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contest = small_contest()
    contest.rules["stages"][1]["code"] = "público"
    contest.rules["ties"] = [{"by": "filed_at"}]
    contest.tables["jurors"] = [["juror", "stages"], ["J1", "field;público"], ["J2", "público;field"]]
    for row in contest.tables["sheets"]:
        row[1] = "público" if row[1] == "public" else row[1]
    assert run_command(contest.write(tmp_path)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["{", ' "format": "raymi-result/1",']
    assert '    "público": "9"' in lines


def test_the_command_ends_in_a_fresh_process_with_the_status_of_its_answer(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts.commands", "judge"]
    good = subprocess.run([*command, str(BUNDLES / "plans")], cwd=ROOT, capture_output=True, text=True, check=False)
    bad = subprocess.run([*command, str(tmp_path / "nowhere")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (good.returncode, json.loads(good.stdout), good.stderr) == (0, expected_of("plans"), "")
    assert (bad.returncode, bad.stdout, bad.stderr.split(": ")[:2]) == (2, "", ["Refused", "MalformedBundle"])


def test_a_bundle_of_plain_rows_is_judged_like_its_files() -> None:
    contest = small_contest()
    _, *applications = contest.tables["applications"]
    _, *jurors = contest.tables["jurors"]
    result = judge(
        Bundle(
            rules=contest.rules,
            applications=[
                (a, at, asked, {"share": share, "present": present}) for a, at, asked, share, present, _ in applications
            ],
            jurors=[(juror, stages.split(";")) for juror, stages in jurors],
            sheets=[(a, s, j, c, score) for a, s, j, c, score in contest.tables["sheets"][1:]],
        )
    )
    # A: 8.5 + 7.5 + 4 = 20, and half of 9: 49/2. B: 6 - 1 + 2 = 7, and half of 16: 15.
    assert [(each.application, each.status, str(each.total), str(each.award)) for each in result.standings] == [
        ("A", "approved", "49/2", "1000.00"),
        ("B", "not_approved", "15", "None"),
    ]


@pytest.mark.parametrize("name", [name for name in FOLDERS if (BUNDLES / name / "result.json").exists()])
def test_a_bundle_that_is_written_reads_back_and_carries_its_result(name: str, tmp_path: Path) -> None:
    bundle = read_folder(BUNDLES / name)
    write_folder(bundle, tmp_path, judge(bundle).as_json())
    assert read_folder(tmp_path) == bundle
    assert json.loads((tmp_path / "result.json").read_text()) == expected_of(name) == outcome(tmp_path)


def test_fields_with_commas_quotes_and_line_ends_survive_writing(tmp_path: Path) -> None:
    bundle = Bundle(
        {"format": "raymi-rules/1"}, [('A "x", y', "t", "1.00", {"note": "two\nlines\r"})], [("J1", ["s"])], [], [], []
    )
    write_folder(bundle, tmp_path)
    assert read_folder(tmp_path) == bundle


def test_a_rule_book_is_read_alone_with_the_hash_that_results_carry() -> None:
    book = parse(json.loads((BUNDLES / "plans" / "rules.json").read_text()))
    result = json.loads((BUNDLES / "plans" / "result.json").read_text())
    assert book.sha256 == result["rules_sha256"]
    assert list(book.stages) == ["field", "public"]
    assert book.title == "Planes de negocio, primer desembolso"
