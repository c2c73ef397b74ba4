"""`raymi serve` as a person runs it: web server, worker and database together, and what becomes of them when one is killed."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from scripts import postmaster
from scripts.bootstrap import system
from scripts.cluster import APP, OWNER, Cluster
from service.core.db import Sessions, make_engine, make_sessions, transaction
from service.documents import usecases
from service.documents.models import DocumentKind
from tests.documents.samples import SAMPLES

SECONDS = 60


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(port: int, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """Run `raymi serve` as a process of its own, which does not outlive the block."""
    command = [sys.executable, "-P", "-m", "scripts.commands", "serve", "--port", str(port), "--workers", "1"]
    given = {key: value for key, value in os.environ.items() if not key.endswith("DATABASE_URL")}
    with subprocess.Popen(
        command, env={**system.environment(given), **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as running:
        try:
            yield running
        finally:
            running.kill()


async def ready(port: int) -> httpx.Response:
    """The answer of the health door, once the server listens."""
    async with asyncio.timeout(SECONDS), httpx.AsyncClient() as client:
        while True:
            try:
                return await client.get(f"http://127.0.0.1:{port}/readyz")
            except httpx.TransportError:
                await asyncio.sleep(0.1)


def stop(running: "subprocess.Popen[str]") -> str:
    """End it as a service manager would; all it has said comes back."""
    running.send_signal(signal.SIGTERM)
    said = running.communicate(timeout=SECONDS)[0]
    assert running.returncode == 0, said
    return said


@pytest.fixture
async def served(cluster: Cluster, template: str) -> AsyncIterator[tuple["subprocess.Popen[str]", Sessions]]:
    """A running service on a database of its own, on a server that is not its own; and a way into that database."""
    cluster.drop_database("served")
    cluster.ensure_database("served", template)
    port = free_port()
    urls = {"DATABASE_URL": cluster.url(APP, "served"), "MIGRATION_DATABASE_URL": cluster.url(OWNER, "served")}
    engine = make_engine(urls["DATABASE_URL"], pool_size=1)
    with serve(port, **urls) as running:
        assert (await ready(port)).status_code == 200
        yield running, make_sessions(engine)
        if running.poll() is None:
            stop(running)
    await engine.dispose()


async def ask_for_a_paper(sessions: Sessions, subject: str) -> UUID:
    """A contract to be drawn."""
    async with transaction(sessions) as session:
        return (await usecases.request_document(session, DocumentKind.CONTRACT, subject, SAMPLES[DocumentKind.CONTRACT])).id


async def drawn(sessions: Sessions, document_id: UUID) -> bytes:
    """Its file, once the worker has drawn it."""
    async with asyncio.timeout(SECONDS):
        while True:
            async with transaction(sessions) as session:
                document = await usecases.get_document(session, document_id)
                if document.file_id is not None:
                    return (await usecases.get_file(session, document.file_id)).content
            await asyncio.sleep(0.2)


def worker_of(running: "subprocess.Popen[str]") -> int | None:
    """The process of the worker among the children of `raymi serve`."""
    for pid in Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split():
        if Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").endswith(b"worker"):
            return int(pid)
    return None


async def test_a_paper_that_was_asked_for_is_drawn(served: tuple["subprocess.Popen[str]", Sessions]) -> None:
    _, sessions = served
    assert (await drawn(sessions, await ask_for_a_paper(sessions, "contract:one"))).startswith(b"%PDF-")


async def test_no_paper_is_lost_with_a_killed_worker(served: tuple["subprocess.Popen[str]", Sessions]) -> None:
    running, sessions = served
    wanted = [await ask_for_a_paper(sessions, f"contract:{number}") for number in range(3)]
    killed = worker_of(running)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    wanted.append(await ask_for_a_paper(sessions, "contract:after"))
    assert [(await drawn(sessions, document))[:5] for document in wanted] == [b"%PDF-"] * 4
    assert worker_of(running) not in (None, killed)


@pytest.fixture
def home() -> Iterator[Path]:
    """A place for an embedded database, which PostgreSQL's own user gets to."""
    with tempfile.TemporaryDirectory(prefix="raymi-") as directory:
        Path(directory).chmod(0o711)
        yield Path(directory)


async def test_an_embedded_database_comes_and_goes_with_the_service(home: Path) -> None:
    port = free_port()
    with serve(port, RAYMI_VAR=str(home)) as running:
        answer = await ready(port)
        assert answer.json()["status"] == "ready"
        assert postmaster.find(home / "postgres" / "data") is not None
        said = stop(running)
    assert f"embedded PostgreSQL in {home}/postgres" in said
    assert postmaster.find(home / "postgres" / "data") is None


async def test_a_database_that_was_not_migrated_is_not_served(cluster: Cluster) -> None:
    cluster.drop_database("bare")
    cluster.ensure_database("bare")
    with serve(free_port(), DATABASE_URL=cluster.url(APP, "bare")) as running:
        said = running.communicate(timeout=SECONDS)[0]
    assert running.returncode == 1
    assert "run raymi migrate" in said


def test_nothing_is_served_when_the_port_is_taken(cluster: Cluster, template: str) -> None:
    cluster.drop_database("served")
    cluster.ensure_database("served", template)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with serve(other.getsockname()[1], DATABASE_URL=cluster.url(APP, "served")) as running:
            said = running.communicate(timeout=SECONDS)[0]
    assert running.returncode == 1
    assert "address already in use" in said.lower()
    assert "everything stops" in said
