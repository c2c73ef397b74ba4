"""Locking score sheets over HTTP, on a database that keeps what it commits: two web processes, eight connections.

Beside it, in the same run and turn by turn, asyncpg alone writes the same rows in one transaction each.
"""

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from scripts.bench.field import JURORS, STAGE, application_ids, durable_database, make_field, make_large_contest, sessions_on
from scripts.bootstrap.paths import ROOT
from scripts.cluster import APP, DATABASE, Cluster
from service.core.db import transaction
from tests.make.people import PASSWORD, make_sign_in, sign_in

PROCESSES = 2
CONNECTIONS = 8
WARM_UP = 400
TURNS = 3
A_TURN = 1100
AIM = 560
PEERS = {"Hypha": 56, "pretalx": 31}
"""Locks a second of the same act, measured on the same kind of machine."""

BODY = json.dumps({"scores": {"c1": "12.5", "c2": "7", "c3": "20", "c4": "0.5", "c5": "13", "c6": "9.5"}})


@dataclass(frozen=True)
class Work:
    """The sheets there are to write as (application, juror), who signs for a juror, and what the rows refer to."""

    sheets: list[tuple[UUID, UUID]]
    tokens: dict[UUID, str]
    contest: UUID
    rule_book: UUID
    criteria: list[UUID]


def run() -> None:
    """Print locks a second through HTTP and in bare transactions, their ratio, and the aim."""
    with durable_database() as cluster:
        work = asyncio.run(_prepare(cluster))
        left = iter(work.sheets)
        turns: list[tuple[float, float]] = []
        with _web(cluster) as port:
            _lock(port, work, left, WARM_UP)
            _write(cluster, work, left, WARM_UP)
            for _ in range(TURNS):
                turns.append((_lock(port, work, left, A_TURN), _write(cluster, work, left, A_TURN)))
        _require_all_there(cluster, 2 * (WARM_UP + TURNS * A_TURN))
    _print(turns)


def _print(turns: list[tuple[float, float]]) -> None:
    """The table, from the seconds of each turn through HTTP and in bare transactions."""
    locks = TURNS * A_TURN
    http, bare = (locks / sum(seconds) for seconds in zip(*turns, strict=True))
    best_http, best_bare = (A_TURN / min(seconds) for seconds in zip(*turns, strict=True))
    print(f"{'score sheets':<44}{'locks':>7}{'a second':>10}{'best turn':>11}{'ratio':>7}")
    print(f"{'rows by asyncpg, a transaction a sheet':<44}{locks:>7,}{bare:>10.0f}{best_bare:>11.0f}{1:>7.2f}")
    print(f"{'raymi, over HTTP':<44}{locks:>7,}{http:>10.0f}{best_http:>11.0f}{http / bare:>7.2f}  aim: {AIM} a second")
    for peer, rate in PEERS.items():
        print(
            f"{f'{peer}, as measured before':<44}{'':>7}{rate:>10}{'':>11}{rate / bare:>7.2f}  raymi: {http / rate:.1f} times"
        )


async def _prepare(cluster: Cluster) -> Work:
    """A contest with enough sheets to lock, and jurors who are signed in."""
    wanted = 2 * (WARM_UP + TURNS * A_TURN)
    async with sessions_on(cluster) as sessions, transaction(sessions) as session:
        field = await make_field(session)
        contest = await make_large_contest(session, field, -(-wanted // len(JURORS)))
        jurors = [juror.person_id for juror in field.cast.jurors]
        for juror, name in zip(field.cast.jurors, JURORS, strict=True):
            await make_sign_in(session, field.cast, juror, f"bench.{name.lower()}")
        tokens = [await sign_in(session, f"bench.{name.lower()}", PASSWORD) for name in JURORS]
        rows = (await session.execute(_CRITERIA, {"contest": contest.id})).all()
        sheets = list(product(await application_ids(session, contest), jurors))
        return Work(sheets, dict(zip(jurors, tokens, strict=True)), contest.id, rows[0][0], [row[1] for row in rows])


@contextlib.contextmanager
def _web(cluster: Cluster) -> Iterator[int]:
    """The application in two processes, as ``raymi serve`` runs it; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-P", "-m", "uvicorn", "api.app:app", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", str(PROCESSES), "--log-level", "info", "--no-access-log"]
    settings = {"DATABASE_URL": cluster.url(APP, DATABASE), "RAYMI_ENV": "development", "PYTHONPATH": str(ROOT)}
    log = cluster.directory / "web.log"
    with log.open("wb") as output:
        web = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=output, stderr=output)
    try:
        if not _answers(port, web):
            raise RuntimeError(f"the application does not start:\n{log.read_text(errors='replace')[-2000:]}")
        yield port
    finally:
        web.terminate()
        web.wait()


def _answers(port: int, web: subprocess.Popen[bytes], patience: float = 60) -> bool:
    """Wait until the application says that it can work; whether it did."""
    until = time.monotonic() + patience
    while time.monotonic() < until and web.poll() is None:
        with (
            contextlib.suppress(urllib.error.URLError, ConnectionError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz"),  # nosec B310  # our own loopback port
        ):
            return True
        time.sleep(0.2)
    return False


def _lock(port: int, work: Work, left: Iterator[tuple[UUID, UUID]], many: int) -> float:
    """Lock so many sheets through HTTP; the seconds."""
    chosen = [next(left) for _ in range(many)]
    sheets = [
        (f"/api/v1/applications/{application}/sheets/{STAGE}", work.tokens[juror], uuid4().hex, BODY)
        for application, juror in chosen
    ]
    return _all_done([_start("client", {"port": port, "connections": CONNECTIONS, "sheets": sheets})])


def _write(cluster: Cluster, work: Work, left: Iterator[tuple[UUID, UUID]], many: int) -> float:
    """Write so many sheets in bare transactions; the seconds of the slower process."""
    chosen = [(str(application), str(juror)) for application, juror in (next(left) for _ in range(many))]
    same = {
        "url": cluster.url(APP, DATABASE),
        "connections": CONNECTIONS // PROCESSES,
        "contest": str(work.contest),
        "rule_book": str(work.rule_book),
        "criteria": [str(criterion) for criterion in work.criteria],
    }
    return _all_done([_start("bare", {**same, "sheets": chosen[part::PROCESSES]}) for part in range(PROCESSES)])


def _start(module: str, given: dict[str, Any]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", f"scripts.bench.{module}"]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if process.stdin is None:
        raise RuntimeError("no way to tell the process its work")
    process.stdin.write(json.dumps(given))
    process.stdin.close()
    return process


def _all_done(processes: list[subprocess.Popen[str]]) -> float:
    """The seconds of the slowest of these processes."""
    slowest = 0.0
    for process in processes:
        printed = process.stdout.read() if process.stdout else ""
        if process.wait():
            raise RuntimeError("a measuring process failed: see above")
        slowest = max(slowest, float(printed))
    return slowest


def _require_all_there(cluster: Cluster, wanted: int) -> None:
    """Every sheet was written with its six scores, its leaf and its key."""
    counts = cluster.sql(_COUNTS, DATABASE).split("|")
    if counts != [str(wanted), str(6 * wanted), str(wanted), str(wanted)]:
        raise RuntimeError(f"{wanted} sheets were to be written, but there are {counts} sheets, scores, leaves and keys")


_CRITERIA = text(
    "SELECT b.id, c.id FROM rule_book b JOIN rule_book_criterion c ON c.rule_book_id = b.id WHERE b.contest_id = :contest"
)
_COUNTS = (
    "SELECT (SELECT count(*) FROM score_sheet), (SELECT count(*) FROM score), "
    "(SELECT count(*) FROM record_leaf WHERE act = 'scoresheet.locked'), (SELECT count(*) FROM idempotency_key);"
)
