"""The demo is killed at every step, its application or its PostgreSQL by turns, and ends with what an unkilled run ends with."""

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from scripts.bootstrap import paths
from scripts.cluster import APP, Cluster
from scripts.demo import scores
from scripts.demo.stage import Stage
from scripts.demo.story import story
from service.core.db import make_engine
from service.core.settings import ROOT
from tests.journeys.conftest import Played

LEDGER = """
    SELECT e.at, e.description, split_part(a.key, ':', 1), split_part(a.key, ':', 3), p.amount FROM posting p
    JOIN journal_entry e ON e.id = p.entry_id JOIN ledger_account a ON a.id = p.account_id ORDER BY 1, 3, 4, 5
"""
RECORD = """
    SELECT act, at, split_part(subject, ':', 1), count(*) FROM record_leaf
    WHERE act <> 'invitation.issued' GROUP BY 1, 2, 3 ORDER BY 2, 1, 3
"""
"""The invitation is a sample that the command draws after the story."""


def contents(url: str) -> list[list[tuple[object, ...]]]:
    """Ledger and record, without the identifiers that differ from run to run."""

    async def read() -> list[list[tuple[object, ...]]]:
        engine = make_engine(url, pool_size=1)
        async with engine.connect() as connection:
            found = [[tuple(row) for row in await connection.execute(text(query))] for query in (LEDGER, RECORD)]
        await engine.dispose()
        return [[tuple(_plain(value) for value in row) for row in rows] for rows in found]

    return asyncio.run(read())


def _plain(value: object) -> object:
    """Descriptions name awards and contests by identifier: only their beginning is compared."""
    return value.split(" for ")[0] if isinstance(value, str) else value


@pytest.fixture
def installation() -> Iterator[dict[str, str]]:
    """The environment of an installation of its own, in a place that PostgreSQL's user can reach, whose server may be killed."""
    with tempfile.TemporaryDirectory(prefix="raymi-killed-") as directory:
        folder = Path(directory)
        folder.chmod(0o755)
        (folder / "fonts").symlink_to(paths.var_directory() / "fonts")
        yield {**os.environ, "RAYMI_VAR": directory, "RAYMI_OUT": str(folder / "out"), "RAYMI_ENV": "demo"}
        kill_postgres(folder / "postgres")


def start(environment: dict[str, str]) -> "subprocess.Popen[str]":
    """The demo, in a process group of its own."""
    command = [sys.executable, "-m", "scripts.commands", "demo", "--no-serve"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)


def kill_postgres(directory: Path) -> None:
    """Kill the server and its children at once, as a power cut would."""
    file = directory / "data" / "postmaster.pid"
    if file.exists():
        with suppress(ProcessLookupError):
            os.killpg(int(file.read_text().split("\n")[0]), signal.SIGKILL)


def run_until(environment: dict[str, str], step: int, *, kill_server: bool) -> bool:
    """Run the demo until it says that it begins a step, then kill; whether it got there."""
    demo = start(environment)
    assert demo.stdout is not None
    for line in demo.stdout:
        if line.lstrip().startswith(f"{step}/"):
            if kill_server:
                kill_postgres(Path(environment["RAYMI_VAR"]) / "postgres")
                assert demo.wait(60) != 0
            else:
                os.killpg(demo.pid, signal.SIGKILL)
                demo.wait(60)
            return True
    return False


@pytest.mark.parametrize("played", ["embedded"], indirect=True)
def test_a_story_killed_at_every_step_ends_as_one_that_was_not(installation: dict[str, str], played: Played) -> None:
    steps = len(story(Stage(None, scores.load())))  # type: ignore[arg-type]  # only counted, never played
    for step in range(1, steps + 1):
        assert run_until(installation, step, kill_server=step % 2 == 0)
    last = start(installation)
    said, _ = last.communicate(timeout=300)
    assert last.returncode == 0, said
    with Cluster(Path(installation["RAYMI_VAR"]) / "postgres") as cluster:
        assert contents(cluster.url(APP)) == contents(played.url)
