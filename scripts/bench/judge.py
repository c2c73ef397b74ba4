"""Measure the judge: against the plain judge on 10,000 proposals, and in memory on 100,000 (7 jurors, 6 criteria)."""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scripts.bootstrap.paths import ROOT
from service.scoring.bundle import ApplicationRow, Bundle, SheetRow, write_folder

JURORS = 7
CRITERIA = 6
IN_FILES = 10_000
IN_MEMORY = (50_000, 100_000)
LIMIT_SECONDS = 60.0
LIMIT_GIB = 4.0

MEMORY_RUN = """
import json, resource, sys, time
from scripts.bench.judge import make_bundle
from service.scoring.judge import judge
bundle = make_bundle(int(sys.argv[1]))
start = time.perf_counter()
result = judge(bundle)
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([seconds, peak, len(result.standings)]))
"""


def run() -> None:
    """Print a table of times, peaks of memory and their ratios."""
    with tempfile.TemporaryDirectory(prefix="raymi-bench-") as directory:
        folder = Path(directory)
        write_folder(make_bundle(IN_FILES), folder)
        judge, answer = _timed([sys.executable, "-m", "scripts.commands", "judge", directory])
        oracle, expected = _timed([sys.executable, "-m", "tests.scoring.oracle_judge", directory])
    same = json.loads(answer) == json.loads(expected)
    print(f"{'judge':<34}{'proposals':>10}{'seconds':>9}{'GiB':>7}  ratio")
    print(f"{'plain judge, from files':<34}{IN_FILES:>10,}{oracle:>9.2f}")
    print(
        f"{'raymi judge, from files':<34}{IN_FILES:>10,}{judge:>9.2f}{'':>7}  {judge / oracle:.2f} of the plain one; same result: {same}"
    )
    half, whole = (_in_memory(proposals) for proposals in IN_MEMORY)
    for proposals, (seconds, gib), note in (
        (IN_MEMORY[0], half, ""),
        (IN_MEMORY[1], whole, f"{whole[0] / half[0]:.2f} of the half; limits: {LIMIT_SECONDS:.0f} s, {LIMIT_GIB:.0f} GiB"),
    ):
        print(f"{'judge, in memory':<34}{proposals:>10,}{seconds:>9.2f}{gib:>7.2f}  {note}")


def make_bundle(proposals: int) -> Bundle:
    """A contest of so many proposals, the same each time: seven jurors, six criteria, a purse, some ``na``."""
    chance = random.Random(7)  # noqa: S311  # nosec B311  # a bench, not a secret
    return Bundle(
        rules=_make_rules(),
        applications=list(_make_applications(proposals, chance)),
        jurors=[(f"J{juror}", ["single"]) for juror in range(JURORS)],
        sheets=list(_make_sheets(proposals, chance)),
    )


def _make_rules() -> dict[str, Any]:
    criteria = [
        {"code": f"c{place}", "kind": "points", "max": "20", "step": "0.5", "na": place == 0} for place in range(CRITERIA)
    ]
    return {
        "format": "raymi-rules/1",
        "title": "Bench",
        "currency": "PEN",
        "stages": [{"code": "single", "criteria": criteria}],
        "decision": {"mode": "pass_mark", "mark": "70", "purse": "50000000.00", "cut": "skip"},
        "ties": [
            {"by": "criterion", "stage": "single", "criterion": "c1"},
            {"by": "filed_at"},
            {"by": "draw", "seed": "bench"},
        ],
    }


def _make_applications(proposals: int, chance: random.Random) -> Iterator[ApplicationRow]:
    for place in range(proposals):
        filed_at = f"2026-03-{1 + place % 28:02d}T{place % 24:02d}:{chance.randrange(60):02d}:00-05:00"
        yield f"P{place:06d}", filed_at, f"{chance.randrange(1_000, 50_000)}.{chance.randrange(100):02d}", {}


def _make_sheets(proposals: int, chance: random.Random) -> Iterator[SheetRow]:
    scores = [f"{half / 2:g}" for half in range(41)]
    for place in range(proposals):
        for juror in range(JURORS):
            for criterion in range(CRITERIA):
                score = "na" if criterion == 0 and chance.random() < 0.1 else chance.choice(scores)
                yield f"P{place:06d}", "single", f"J{juror}", f"c{criterion}", score


def _timed(command: list[str]) -> tuple[float, str]:
    """The seconds a fresh process takes, and what it prints."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return time.perf_counter() - start, done.stdout


def _in_memory(proposals: int) -> tuple[float, float]:
    """The seconds that judging takes in a fresh process, and its peak of memory in GiB, rows included."""
    _, answer = _timed([sys.executable, "-c", MEMORY_RUN, str(proposals)])
    seconds, peak, standings = json.loads(answer)
    if standings != proposals:
        raise RuntimeError(f"{standings} of {proposals} were judged")
    return seconds, peak / 1024**2
