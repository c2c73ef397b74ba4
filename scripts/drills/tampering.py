"""Edits of the record by who owns the database, each looked for with the auditor's program and a head from outside.

A database of its own is filled with acts and heads. Each edit is made as the superuser with all triggers asleep, the record is
exported as it then is, checked, and everything is rolled back.
"""

import asyncio
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from uuid import UUID

from sqlalchemy import text

from scripts.cluster import APP, OWNER, SUPERUSER, Cluster, temporary_cluster
from scripts.drills.edits import EDITS, Edit
from scripts.verify_record import Wrong, check
from service.core import migrations
from service.core.actor import Actor
from service.core.db import Session, make_engine, make_sessions, transaction
from service.record import heads
from service.record import usecases as record
from service.record.export import export_record

LEAVES, HEAD_EVERY = 600, 100
SOMEBODY = Actor(UUID(int=1), "Nadie")


def run(times: int, seed: int) -> int:
    """How many of ``times`` edits were not found."""
    with temporary_cluster() as cluster:
        cluster.ensure_database("tampering")
        migrations.upgrade(cluster.url(OWNER, "tampering"), APP)
        found, missed = asyncio.run(try_all(cluster, "tampering", times, seed))
    for name, number in sorted(found.items()):
        print(f"{name:<20} {number} of {number + missed[name]} found")
    print(f"{'all':<20} {found.total()} of {times} found")
    return missed.total()


async def try_all(
    cluster: Cluster, database: str, times: int, seed: int, leaves: int = LEAVES
) -> tuple[Counter[str], Counter[str]]:
    """Fill the database, then make ``times`` edits in turn: how many of each kind were found, and how many were missed."""
    note = await fill(cluster, database, leaves)
    chance, found, missed = Random(seed), Counter[str](), Counter[str]()  # noqa: S311  # nosec B311  # a trial, not a secret
    for number in range(times):
        edit = EDITS[number % len(EDITS)]
        did, said = await attempt(cluster, database, edit, chance, leaves, note)
        (missed if said is None else found)[edit.__name__] += 1
        if said is None:
            print(f"MISSED {edit.__name__}: {did}")
    return found, missed


async def fill(cluster: Cluster, database: str, leaves: int) -> str:
    """Acts with a signed head every so often; the note of the last, which goes outside."""
    engine = make_engine(cluster.url(APP, database), pool_size=1)
    sessions, note = make_sessions(engine), ""
    for start in range(0, leaves, HEAD_EVERY):
        async with transaction(sessions) as session:
            for number in range(start, min(start + HEAD_EVERY, leaves)):
                await record.append(session, SOMEBODY, "drill.done", f"drill:{number}", {"number": number})
            note = (await heads.sign_head(session)).note
    await engine.dispose()
    return note


async def attempt(
    cluster: Cluster, database: str, edit: Edit, chance: Random, size: int, note: str | None
) -> tuple[str, str | None]:
    """Make an edit and check: what was done, and what the check says; None where it found nothing. All is rolled back."""
    with tempfile.TemporaryDirectory() as directory:
        folder = Path(directory) / "record"
        folder.mkdir()
        async with _as_superuser(cluster, database) as session:
            did = await edit(session, chance, size)
            await export_record(session, folder)
        outside = []
        if note is not None:
            outside = [Path(directory) / "outside.note"]
            outside[0].write_text(note)
        try:
            check(folder, outside)
        except Wrong as wrong:
            return did, str(wrong)
        return did, None


@asynccontextmanager
async def _as_superuser(cluster: Cluster, database: str) -> AsyncIterator[Session]:
    engine = make_engine(cluster.url(SUPERUSER, database), pool_size=1)
    try:
        async with make_sessions(engine)() as session:
            await session.execute(text("SET session_replication_role = replica"))
            yield session
            await session.rollback()
    finally:
        await engine.dispose()
