"""A small contest to spoil: its files as tables of texts, written to a folder as they stand."""

import copy
import csv
import io
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.commands import judge as command
from service.contests.refusals import BundleRefusal
from service.scoring.bundle import read_folder
from service.scoring.judge import judge
from tests.scoring.oracle_forms import RefusedError
from tests.scoring.oracle_judge import judge_folder

Table = list[list[str]]

RULES: dict[str, Any] = {
    "format": "raymi-rules/1",
    "title": "Small",
    "currency": "PEN",
    "label": {"es": "Pequeño", "qu": "Huch'uy"},
    "stages": [
        {
            "code": "field",
            "criteria": [
                {"code": "idea", "kind": "points", "min": "1", "max": "10", "step": "0.5", "na": True},
                {"code": "team", "kind": "levels", "levels": {"youth": "10", "mixed": "7.5", "adult": "-1"}, "na": True},
                {
                    "code": "families",
                    "kind": "bands",
                    "attribute": "share",
                    "bands": [
                        {"from": "0", "to": "1/2", "min": "0", "max": "2"},
                        {"from": "1/2", "to": "1", "min": "3", "max": "5"},
                    ],
                },
            ],
        },
        {"code": "public", "weight": "1/2", "criteria": [{"code": "voice", "kind": "points", "max": "20"}]},
    ],
    "knock_outs": [{"attribute": "present", "below": "0.5"}],
    "decision": {"mode": "pass_mark", "mark": "20", "purse": "1500.00", "quotas": []},
    "ties": [{"by": "stage", "stage": "public"}, {"by": "filed_at"}],
}


@dataclass
class Contest:
    """A rule book and tables, each with its header first; ``raw`` are files that replace them byte by byte."""

    rules: Any
    tables: dict[str, Table]
    raw: dict[str, bytes | None] = field(default_factory=dict)

    def write(self, folder: Path) -> Path:
        """Write the files; of ``raw``, None leaves a file out."""
        files: dict[str, bytes | None] = {"rules.json": json.dumps(self.rules).encode()}
        for name, table in self.tables.items():
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows(table)
            files[f"{name}.csv"] = text.getvalue().encode()
        for name, content in (files | self.raw).items():
            if content is not None:
                (folder / name).write_bytes(content)
        return folder


def small_contest() -> Contest:
    """Two applications, two jurors in two stages, all sheets there: A has 49/2, B 15."""
    scores = {"A": ("8.5", "mixed", "4", "9"), "B": ("6", "adult", "2", "16")}
    sheets = [["application", "stage", "juror", "criterion", "score"]]
    for application, (idea, team, families, voice) in scores.items():
        for juror in ("J1", "J2"):
            sheets += [
                [application, "field", juror, "idea", idea],
                [application, "field", juror, "team", team],
                [application, "field", juror, "families", families],
                [application, "public", juror, "voice", voice],
            ]
    return Contest(
        rules=copy.deepcopy(RULES),
        tables={
            "applications": [
                ["application", "filed_at", "requested", "share", "present", "kind"],
                ["A", "2026-03-01T08:00:00-05:00", "1000.00", "0.75", "1", "women"],
                ["B", "2026-03-02T08:00:00-05:00", "2000.00", "0.25", "1/2", "mixed"],
            ],
            "jurors": [["juror", "stages"], ["J1", "field;public"], ["J2", "public;field"]],
            "sheets": sheets,
            "recusals": [["application", "juror"]],
            "absences": [["application", "stage", "juror"]],
        },
    )


def outcome(folder: Path) -> Any:
    """What the judge says of a folder: the result as JSON, or the name of the refusal."""
    try:
        return json.loads(json.dumps(judge(read_folder(folder)).as_json()))
    except BundleRefusal as refusal:
        return refusal.name


def oracle_outcome(folder: Path) -> Any:
    """What the oracle says of a folder."""
    try:
        return judge_folder(folder)
    except RefusedError as refusal:
        return refusal.args[0]


def agreed(contest: Contest, folder: Path) -> Any:
    """What both judges say of a contest; they say the same."""
    contest.write(folder)
    said, expected = outcome(folder), oracle_outcome(folder)
    assert said == expected
    return said


def run_command(folder: Path) -> int:
    """The exit status of ``raymi judge FOLDER``."""
    return command.main([str(folder)])
