"""What every test stands on: a real PostgreSQL, migrated once, and a transaction that is rolled back.

The cluster lies in a temporary directory and may be lost, so it does without fsync. Each process of pytest-xdist works in a
database of its own, copied from the migrated one.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

os.environ["RAYMI_ENV"] = "development"
os.environ.setdefault("RAYMI_SECRET_KEY", "a secret that only tests know: 5f2c")

from scripts.cluster import APP, OWNER, UNSAFE_BUT_FAST, Cluster  # the settings above come first
from service.core import migrations
from service.core.db import Session, Sessions, make_engine, make_sessions
from tests.cast import Cast, make_cast


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL server for this process."""
    with tempfile.TemporaryDirectory(prefix="raymi-test-") as directory:
        Path(directory).chmod(0o755)
        with Cluster(Path(directory), options=UNSAFE_BUT_FAST) as cluster:
            yield cluster


@pytest.fixture(scope="session")
def template(cluster: Cluster) -> str:
    """The name of a migrated database to copy."""
    cluster.ensure_database("migrated")
    migrations.upgrade(cluster.url(OWNER, "migrated"), APP)
    return "migrated"


@pytest.fixture(scope="session")
def database(cluster: Cluster, template: str) -> str:
    """The name of the database that rolled-back tests share."""
    cluster.ensure_database("shared", template)
    return "shared"


@pytest.fixture(scope="session")
async def sessions(cluster: Cluster, database: str) -> AsyncIterator[Sessions]:
    """A factory of sessions as the application's role; what it commits stays for the rest of the run."""
    engine = make_engine(cluster.url(APP, database))
    yield make_sessions(engine)
    await engine.dispose()


@pytest.fixture
async def session(sessions: Sessions) -> AsyncIterator[Session]:
    """A transaction as the application's role, rolled back at the end."""
    async with sessions() as session:
        await session.begin()
        yield session
        await session.rollback()


@pytest.fixture
async def cast(session: Session) -> Cast:
    """The fixed cast of people, in the office of Sicuani."""
    return await make_cast(session)
