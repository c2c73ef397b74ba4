"""The record at 100,000 acts: what an append adds to a write, an inclusion proof, and the auditor's check of all of it.

Writes with and without the append take turns in one run, on a database that keeps what it commits.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import text

from scripts.bench.field import durable_database
from scripts.bootstrap.paths import ROOT
from scripts.cluster import APP, DATABASE, Cluster
from service.core import clock
from service.core.actor import Actor
from service.core.db import Sessions, make_engine, make_sessions, transaction
from service.record import heads
from service.record import usecases as record
from service.record.export import export_record
from service.record.models import RecordHead

ACTS, PAIRS, PROOFS, A_BATCH = 100_000, 1_500, 500, 4_000
SOMEBODY = Actor(UUID(int=1), "Nadie")
PAYLOAD = {"stage": "field", "scores": ["12.5"] * 6, "rules_sha256": "0" * 64}
WRITE = text(
    "INSERT INTO erasure_request (id, leaf_ids, reason, requested_by, requested_at) "
    "VALUES (gen_random_uuid(), '{1}', 'x', gen_random_uuid(), now())"
)


def run() -> None:
    """Print the three figures and the aims."""
    with durable_database() as cluster, tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "record"
        folder.mkdir()
        note = asyncio.run(_measure(cluster, folder))
        outside = Path(place) / "outside.note"
        outside.write_text(note)
        began = time.perf_counter()
        command = [sys.executable, "-I", "-S", str(ROOT / "scripts" / "verify_record.py"), str(folder), "--head", str(outside)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
        print(f"full verification  {time.perf_counter() - began:.1f} s (aim 30 s): {said}")


async def _measure(cluster: Cluster, folder: Path) -> str:
    engine = make_engine(cluster.url(APP, DATABASE), pool_size=2)
    sessions = make_sessions(engine)
    await _append_cost(sessions)
    await _fill(sessions)
    async with transaction(sessions) as session:
        head = await heads.sign_head(session)
    await _proof_cost(sessions, head)
    async with transaction(sessions) as session:
        await export_record(session, folder)
    await engine.dispose()
    return head.note


async def _append_cost(sessions: Sessions) -> None:
    for turn in range(100):
        await _write(sessions, append=bool(turn % 2))
    without, with_it = [], []
    for _ in range(PAIRS):
        with_it.append(await _write(sessions, append=True))
        without.append(await _write(sessions, append=False))
    added = statistics.median(with_it) - statistics.median(without)
    print(f"an append adds     {1e3 * added:.2f} ms to a write of {1e3 * statistics.median(without):.2f} ms (aim 1 ms)")


async def _write(sessions: Sessions, *, append: bool) -> float:
    began = time.perf_counter()
    async with transaction(sessions) as session:
        await clock.both(session)
        await session.execute(WRITE)
        if append:
            await record.append(session, SOMEBODY, "bench.done", "bench:1", PAYLOAD)
    return time.perf_counter() - began


async def _fill(sessions: Sessions) -> None:
    for start in range(0, ACTS, A_BATCH):
        async with transaction(sessions) as session:
            for number in range(start, start + A_BATCH):
                await record.append(session, SOMEBODY, "bench.done", f"bench:{number}", PAYLOAD)
            await heads.sign_head(session)


async def _proof_cost(sessions: Sessions, head: RecordHead) -> None:
    chance, took = Random(1), []  # noqa: S311  # nosec B311  # a trial, not a secret
    for _ in range(PROOFS):
        async with transaction(sessions) as session:
            await session.execute(text("SELECT 1"))
            began = time.perf_counter()
            await heads.prove_inclusion(session, chance.randrange(head.size), head)
            took.append(time.perf_counter() - began)
    print(f"an inclusion proof {1e3 * statistics.median(took):.2f} ms among {head.size} acts (aim 5 ms)")
