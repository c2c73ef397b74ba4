"""A database in which the whole story was played, on the embedded PostgreSQL and on Debian's PostgreSQL 15."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.cluster import APP, OWNER, UNSAFE_BUT_FAST, Cluster
from scripts.demo import scores
from scripts.demo.stage import Stage, play
from scripts.demo.story import story
from service.core import migrations
from service.core.db import make_engine, make_sessions, transaction
from service.record.sequencer import sequence
from service.territory.usecases import load_ubigeos

DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


@dataclass(frozen=True)
class Played:
    """A played story: where its database is, and what was said on the way."""

    url: str
    said: list[str]


def play_in(url: str, played: scores.Scores) -> list[str]:
    """Play the story in a migrated database; the lines it says."""

    async def run() -> list[str]:
        engine = make_engine(url, pool_size=2)
        sessions = make_sessions(engine)
        try:
            async with transaction(sessions) as session:
                await load_ubigeos(session)
            stage, said = Stage(sessions, played), list[str]()
            await play(stage, story(stage), said.append)
            async with transaction(sessions) as session:
                await sequence(session)  # which the worker does, every two seconds
            return said
        finally:
            await engine.dispose()

    return asyncio.run(run())


@pytest.fixture(scope="session")
def debian_cluster() -> Iterator[Cluster]:
    """Debian's PostgreSQL 15, which the set-up of the tests installs."""
    with tempfile.TemporaryDirectory(prefix="raymi-test-15-") as directory:
        Path(directory).chmod(0o755)
        with Cluster(Path(directory), binaries=DEBIAN_15, options=UNSAFE_BUT_FAST) as cluster:
            yield cluster


@pytest.fixture(scope="session", params=["embedded", "debian 15"])
def played(request: pytest.FixtureRequest) -> Played:
    """The demo's own story, to its end."""
    name = "cluster" if request.param == "embedded" else "debian_cluster"
    cluster: Cluster = request.getfixturevalue(name)
    return Played(cluster.url(APP, "story"), play_new(cluster, "story", scores.load()))


def play_new(cluster: Cluster, database: str, played: scores.Scores) -> list[str]:
    """Play the story in a new database of a cluster."""
    cluster.ensure_database(database)
    migrations.upgrade(cluster.url(OWNER, database), APP)
    return play_in(cluster.url(APP, database), played)
