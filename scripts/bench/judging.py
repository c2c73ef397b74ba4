"""A contest from its sheets to its files: the session's page, the ranking beside plain SQL, and the export's memory.

The page is drawn for forty proposals and seven jurors, and for four: its queries must not grow. The ranking is read from the
database, judged and stored beside one aggregate query over the same rows. The export runs in a process of its own.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import event, text

from scripts.bench.field import Field, bulk_sheets, durable_database, make_field, make_large_contest, sessions_on
from scripts.bench.ranking import logging_to, mark_all_heard
from scripts.bootstrap.paths import ROOT
from scripts.cluster import APP, DATABASE, Cluster
from service.core.actor import Actor
from service.core.db import Session, Sessions, transaction
from service.deliberation import usecases
from service.deliberation.models import CommitteeSession
from tests.cast import Cast
from tests.make.deliberation import announce, make_open_session
from tests.make.people import PASSWORD, make_actor, make_committee, make_sign_in, sign_in

PAGES = (40, 4)
WARM_UP = 5
TIMES = 40
MOST_QUERIES = 12
AIM_MS = 60
AIM_RATIO = 2
AIM_MIB = 300
SECRETARY = "bench.secretary"

EXPORT = """
import json, sys, time
from pathlib import Path
from scripts.commands import export_bundle
start = time.perf_counter()
export_bundle.main(sys.argv[1:])
seconds = time.perf_counter() - start
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([seconds, int(peak.split()[1]) / 1024]))
"""
"""The peak is that of this program alone: what ``getrusage`` says begins with the size of whoever started it."""


@dataclass(frozen=True)
class Large:
    """A contest whose sheets are all locked, and the session that hears it."""

    contest: UUID
    session: UUID


@dataclass(frozen=True)
class Ranked:
    """The seconds of reading, judging and storing a contest, and of plain SQL over the same rows."""

    ours: float
    plain: float


def run(proposals: int) -> None:
    """Print the three tables; ``proposals`` is the size of the contest that is ranked and exported."""
    with durable_database() as cluster, Path(os.devnull).open("w") as log:
        asyncio.run(_measure(cluster, proposals, log))


async def _measure(cluster: Cluster, proposals: int, log: IO[str]) -> None:
    async with sessions_on(cluster) as sessions:
        async with transaction(sessions) as session:
            field, jurors = await _field(session)
        await _print_pages(cluster, sessions, field, jurors, log)
        large = await _heard(cluster, sessions, field, jurors, proposals)
        _print_ranking(proposals, await _rank(sessions, field.cast, large))
    _print_export(cluster, proposals, large.contest)


async def _field(session: Session) -> tuple[Field, list[Actor]]:
    """The office, and a committee of a chair and seven jurors; the secretary signs in."""
    field = await make_field(session)
    jurors = [*field.cast.jurors, *[await make_actor(session, field.cast) for _ in range(2)]]
    committee = await make_committee(session, field.cast, members=jurors)
    await make_sign_in(session, field.cast, field.cast.secretary, SECRETARY)
    return replace(field, committee=committee), jurors


async def _heard(cluster: Cluster, sessions: Sessions, field: Field, jurors: list[Actor], proposals: int) -> Large:
    """A contest in its session, all sheets locked and every proposal heard, ready for the tally."""
    secretary = field.cast.secretary
    async with transaction(sessions) as session:
        contest = await make_large_contest(session, field, proposals, jurors)
        row = await make_open_session(session, field.cast, field.committee, contest, members=jurors)
        await usecases.hand_out_field_results(session, secretary, row.id)
        await mark_all_heard(session, row.id)
    bulk_sheets(cluster, contest.id)
    return Large(contest.id, row.id)


async def _print_pages(cluster: Cluster, sessions: Sessions, field: Field, jurors: list[Actor], log: IO[str]) -> None:
    app = logging_to(log)
    app.state.sessions = sessions
    print(f"{'page of a session, 7 jurors':<42}{'proposals':>10}{'median ms':>11}{'queries':>9}")
    for proposals in PAGES:
        large = await _heard(cluster, sessions, field, jurors, proposals)
        async with transaction(sessions) as session:
            token = await sign_in(session, SECRETARY, PASSWORD)
        for state, act in (("before the tally", None), ("tallied", _tally), ("announced", _announce)):
            if act is not None:
                async with transaction(sessions) as session:
                    await act(session, field.cast, large.session)
            ms, queries = await _page(app, sessions, f"/sessions/{large.session}", token)
            note = f"  aims: under {AIM_MS} ms, at most {MOST_QUERIES} queries" if proposals == PAGES[0] else ""
            print(f"{f'raymi, {state}':<42}{proposals:>10}{ms:>11.1f}{queries:>9}{note}", flush=True)


async def _tally(session: Session, cast: Cast, session_id: UUID) -> None:
    await usecases.tally(session, cast.secretary, session_id)


async def _announce(session: Session, cast: Cast, session_id: UUID) -> None:
    """Checked off by a second person first."""
    await announce(session, cast, await session.get_one(CommitteeSession, session_id))


async def _page(app: FastAPI, sessions: Sessions, path: str, token: str) -> tuple[float, int]:
    """The median milliseconds of a page, and its queries."""
    sent: list[object] = []

    def count(*_: object) -> None:
        sent.append(None)

    engine = sessions.kw["bind"].sync_engine
    event.listen(engine, "before_cursor_execute", count)
    times = []
    for number in range(WARM_UP + TIMES):
        sent.clear()
        began = time.perf_counter()
        await _get(app, path, token)
        if number >= WARM_UP:
            times.append((time.perf_counter() - began) * 1000)
    event.remove(engine, "before_cursor_execute", count)
    return statistics.median(times), len(sent)


async def _get(app: FastAPI, path: str, token: str) -> None:
    """A page as a server would ask the application for it, for who is signed in."""
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"raymi.test"), (b"accept-language", b"es"), (b"cookie", f"raymi_sign_in={token}".encode())],
    }
    status = 0

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    await app(scope, receive, send)
    if status != 200:
        raise RuntimeError(f"the page of {path} came out as {status}")


async def _rank(sessions: Sessions, cast: Cast, large: Large) -> Ranked:
    """The tally beside the aggregate, which runs before and after it; then the announcement, so that there is something to export."""
    plain = [await _timed(lambda: _aggregate(sessions, large.contest))]

    async def tally() -> None:
        async with transaction(sessions) as session:
            await _tally(session, cast, large.session)

    ours = await _timed(tally)
    plain.append(await _timed(lambda: _aggregate(sessions, large.contest)))
    async with transaction(sessions) as session:
        await _announce(session, cast, large.session)
    return Ranked(ours, min(plain))


async def _aggregate(sessions: Sessions, contest: UUID) -> None:
    async with transaction(sessions) as session:
        (await session.execute(_PLAIN, {"contest": contest})).all()


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


def _print_ranking(proposals: int, ranked: Ranked) -> None:
    print(f"\n{'ranking, 7 jurors, 6 criteria':<42}{'proposals':>10}{'seconds':>11}{'ratio':>9}")
    print(f"{'plain SQL: sums, means and places, read':<42}{proposals:>10,}{ranked.plain:>11.2f}{1:>9.2f}")
    ratio = ranked.ours / ranked.plain
    print(
        f"{'raymi: read, check, judge, hash, store':<42}{proposals:>10,}{ranked.ours:>11.2f}{ratio:>9.2f}  aim: {AIM_RATIO}",
        flush=True,
    )


def _print_export(cluster: Cluster, proposals: int, contest: UUID) -> None:
    """The export in a process of its own; what it wrote is as long as the contest."""
    settings = {"DATABASE_URL": cluster.url(APP, DATABASE), "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory(prefix="raymi-bench-") as directory:
        command = [sys.executable, "-c", EXPORT, str(contest), directory]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=True, capture_output=True, text=True)
        files = {path.name: path.stat().st_size for path in Path(directory).iterdir()}
    seconds, mib = json.loads(done.stdout.splitlines()[-1])
    if files["sheets.csv"] < 40 * proposals:
        raise RuntimeError("the export came out short")
    print(f"\n{'export':<42}{'proposals':>10}{'seconds':>11}{'MiB':>9}{'MB written':>12}")
    written = sum(files.values()) / 1e6
    print(f"{'raymi export-bundle':<42}{proposals:>10,}{seconds:>11.2f}{mib:>9.0f}{written:>12.0f}  limit: {AIM_MIB} MiB")


_PLAIN = text("""
    SELECT application_id, avg(total) AS mean, rank() OVER (ORDER BY avg(total) DESC) AS place FROM (
        SELECT t.application_id, sum(r.points) AS total FROM score_sheet t JOIN score r ON r.sheet_id = t.id
        WHERE t.contest_id = :contest AND NOT EXISTS (SELECT FROM score_sheet later WHERE later.supersedes_id = t.id)
        GROUP BY t.id
    ) sheets GROUP BY application_id ORDER BY place
""")
