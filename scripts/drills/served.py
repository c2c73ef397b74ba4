"""A throw-away installation with the demo's data, served on a loopback port: the target of drills."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts import schema
from scripts.bootstrap.paths import ROOT
from scripts.cluster import APP, OWNER, UNSAFE_BUT_FAST, Cluster
from scripts.demo import scores
from scripts.demo.stage import Stage, play
from scripts.demo.story import story
from service.core.db import make_engine, make_sessions
from service.core.settings import load

WEB_PROCESSES = 2
START_SECONDS = 60


@dataclass(frozen=True)
class Served:
    """Where it listens, its database, and the log of its web processes."""

    url: str
    database_url: str
    log: Path


@contextlib.contextmanager
def demo_served() -> Iterator[Served]:
    """Play the demo into a database that is thrown away, and serve it."""
    with tempfile.TemporaryDirectory(prefix="raymi-drill-") as place, _settings(RAYMI_ENV="demo", RAYMI_LOG_LEVEL="WARNING"):
        Path(place).chmod(0o755)
        with Cluster(Path(place) / "postgres", options=UNSAFE_BUT_FAST) as cluster:
            url = cluster.url(APP)
            with _settings(DATABASE_URL=url, MIGRATION_DATABASE_URL=cluster.url(OWNER)):
                schema.bring_up_to_date()
                asyncio.run(_play(url))
                with served(url, Path(place) / "web.log") as made:
                    yield made


@contextlib.contextmanager
def served(database_url: str, log: Path, application: str = "api.app:app") -> Iterator[Served]:
    """The application over a database, in processes of its own, on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-P", "-m", "uvicorn", application, "--port", str(port), "--workers", str(WEB_PROCESSES)]
    environment = {**os.environ, "DATABASE_URL": database_url, "PYTHONPATH": str(ROOT), "RAYMI_LOG_LEVEL": "WARNING"}
    with log.open("wb") as output:
        web = subprocess.Popen([*command, "--no-access-log"], cwd=ROOT, env=environment, stdout=output, stderr=output)
    try:
        _wait_for(f"http://127.0.0.1:{port}/readyz")
        yield Served(f"http://127.0.0.1:{port}", database_url, log)
    finally:
        web.terminate()
        web.wait(60)


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(url, timeout=2)  # noqa: S310  # nosec B310  # our own loopback port
            return
        time.sleep(0.2)
    raise TimeoutError(url)


async def _play(url: str) -> None:
    engine = make_engine(url, pool_size=2)
    stage = Stage(make_sessions(engine), scores.load(None))
    await play(stage, story(stage), lambda _: None)
    await engine.dispose()


@contextlib.contextmanager
def _settings(**values: str) -> Iterator[None]:
    """Environment variables for a while, also for the settings of this process."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    load.cache_clear()
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        load.cache_clear()
