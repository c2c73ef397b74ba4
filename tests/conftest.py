"""What every test stands on: a real PostgreSQL, migrated once, with the places of Peru and the cast; a transaction rolled back.

The cluster lies in a temporary directory and may be lost, so it does without fsync. Each process of pytest-xdist works in a
database of its own, copied from the migrated one.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

os.environ["RAYMI_ENV"] = "development"
os.environ.setdefault("RAYMI_SECRET_KEY", "a secret that only tests know: 5f2c")
os.environ.setdefault("RAYMI_DATA_KEYS_FILE", str(Path(__file__).parent / "landed" / "data_keys"))

from scripts.cluster import APP, OWNER, UNSAFE_BUT_FAST, Cluster  # the settings above come first
from service.core import migrations
from service.core.db import Session, Sessions, make_engine, make_sessions, transaction
from service.record.sequencer import sequence
from service.territory.usecases import load_ubigeos
from tests.cast import Cast, make_cast

T = TypeVar("T")


LONGEST = ("journeys/test_killed.py", "browser/test_main_job_by_hand.py")
"""Files that take minutes: begun first, so that both cores end together."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; everything else stays in its order."""
    items.sort(key=lambda item: not any(name in item.nodeid for name in LONGEST))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for this process."""
    with tempfile.TemporaryDirectory(prefix="raymi-test-") as directory:
        Path(directory).chmod(0o755)
        with Cluster(Path(directory), options=UNSAFE_BUT_FAST) as cluster:
            yield cluster


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a migrated database to copy: with the places of Peru, without people."""
    cluster.ensure_database("migrated")
    migrations.upgrade(cluster.url(OWNER, "migrated"), APP)
    asyncio.run(_fill(cluster, "migrated", load_ubigeos))
    return "migrated"


@pytest.fixture(scope="session")
def cast(cluster: Cluster, template: str) -> Cast:
    """The fixed cast of people, in the office of Sicuani: committed in the database “peopled” and all its copies."""
    cluster.ensure_database("peopled", template)
    return asyncio.run(_fill(cluster, "peopled", make_cast))


@pytest.fixture(scope="session")
def peopled(cast: Cast) -> str:
    """The name of a database to copy that holds the cast."""
    return "peopled"


@pytest.fixture(scope="session")
def database(cluster: Cluster, peopled: str) -> str:
    """The name of the database of tests that commit."""
    cluster.ensure_database("committed", peopled)
    return "committed"


@pytest.fixture(scope="session")
async def sessions(cluster: Cluster, database: str) -> AsyncIterator[Sessions]:
    """A factory of sessions as the application's role, for tests that commit; what they leave is theirs to expect."""
    async for made in _sessions(cluster, database, database):
        yield made


@pytest.fixture(scope="session")
async def rolled_back(cluster: Cluster, peopled: str) -> AsyncIterator[Sessions]:
    """A factory of sessions on a database in which nothing is ever committed."""
    async for made in _sessions(cluster, "rolled_back", peopled):
        yield made


@pytest.fixture
async def session(rolled_back: Sessions) -> AsyncIterator[Session]:
    """A transaction as the application's role, rolled back at the end."""
    async with rolled_back() as session:
        await session.begin()
        yield session
        await session.rollback()


async def _sessions(cluster: Cluster, database: str, template: str) -> AsyncIterator[Sessions]:
    cluster.ensure_database(database, template)
    engine = make_engine(cluster.url(APP, database))
    yield make_sessions(engine)
    await engine.dispose()


async def _fill(cluster: Cluster, database: str, fill: Callable[[Session], Awaitable[T]]) -> T:
    engine = make_engine(cluster.url(APP, database), pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            made = await fill(session)
            await sequence(session)  # as the worker would: no act of the cast waits for its place
            return made
    finally:
        await engine.dispose()
