"""A database that the last landed version filled is upgraded by this one, and everything in it still holds.

``landed/`` holds one backup, named after its revision: ``scripts/raymi demo --no-serve`` and ``scripts/raymi backup`` of the landed
version made it. When a version has landed, its backup takes the place of the one before.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from scripts.archive import Server, put_back
from scripts.cluster import APP, OWNER, Cluster
from service.core import migrations
from service.core.db import Session, make_engine, make_sessions
from service.record.sequencer import sequence
from service.transparency.checks import run_checks

LANDED = next((Path(__file__).parent / "landed").glob("*.dump"))


@pytest.fixture(scope="module")
def upgraded(cluster: Cluster) -> str:
    """The landed database, put back and upgraded; the URL of the application's role."""
    cluster.ensure_database("landed")
    owner = cluster.url(OWNER, "landed")
    put_back(Server.at(owner, cluster), LANDED, keep_in=None)
    assert asyncio.run(migrations.current(owner)) == LANDED.stem
    migrations.upgrade(owner, APP)
    return cluster.url(APP, "landed")


@pytest.fixture
async def landed(upgraded: str) -> AsyncIterator[Session]:
    """A transaction on it."""
    engine = make_engine(upgraded, pool_size=1)
    async with make_sessions(engine)() as session, session.begin():
        yield session
    await engine.dispose()


async def test_a_landed_database_comes_to_the_newest_schema(upgraded: str) -> None:
    assert await migrations.current(upgraded) == migrations.newest()


async def test_every_invariant_holds_of_what_an_earlier_version_wrote(landed: Session) -> None:
    await sequence(landed)
    assert await run_checks(landed) == []


async def test_what_was_decided_is_still_told(landed: Session) -> None:
    rows = await landed.execute(_ANNOUNCED)
    assert [tuple(row) for row in rows][:3] == [("D", "84.17"), ("A", "84.17"), ("B", "69.83")]


_ANNOUNCED = text("""
    SELECT a.code, r.total_shown FROM ranked_application r JOIN application a ON a.id = r.application_id
    WHERE r.run_id = (
        SELECT n.run_id FROM announcement n JOIN contest c ON c.id = n.contest_id WHERE c.code = 'PDN' ORDER BY n.at DESC LIMIT 1
    ) ORDER BY r.rank NULLS LAST
""")
