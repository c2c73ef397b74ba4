"""The embedded PostgreSQL survives what machines and people do to it."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from scripts import postmaster
from scripts.binaries import ClusterError
from scripts.bootstrap.paths import ROOT
from scripts.bootstrap.system import debian_postgres
from scripts.cluster import APP, OWNER, SUPERUSER, Cluster, temporary_cluster


@pytest.fixture(scope="module", params=["embedded", "Debian's"])
def kind(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """A cluster of each kind, with fsync on, as an installation has it."""
    binaries = None
    if request.param == "Debian's":
        binaries = debian_postgres()
        assert binaries is not None, "scripts/test installs postgresql-15"
    with temporary_cluster(binaries, {"fsync": "on", "synchronous_commit": "on"}) as cluster:
        yield cluster


@pytest.fixture
def fresh(kind: Cluster) -> Iterator[Cluster]:
    """That cluster, running, with an empty database."""
    kind.start()
    kind.drop_database("raymi")
    kind.ensure_database()
    yield kind
    kind.stop()


async def run(cluster: Cluster, role: str, statement: str) -> object:
    """What a statement gives as a role."""
    connection = await asyncpg.connect(cluster.url(role))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_the_owner_makes_tables_and_the_application_does_not(fresh: Cluster) -> None:
    await run(fresh, OWNER, "CREATE TABLE noted (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="schema public"):
        await run(fresh, APP, "CREATE TABLE mine (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="table noted"):
        await run(fresh, APP, "SELECT count(*) FROM noted")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="database raymi"):
        await run(fresh, APP, "CREATE SCHEMA other")


async def test_rows_outlive_a_killed_server(fresh: Cluster) -> None:
    await run(fresh, OWNER, "CREATE TABLE noted (id int)")
    await run(fresh, OWNER, "INSERT INTO noted VALUES (7)")
    killed = postmaster.find(fresh.data)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    again = Cluster(fresh.directory, fresh.binaries)
    with again:
        assert postmaster.find(again.data) not in (None, killed)
        assert await run(again, OWNER, "SELECT id FROM noted") == 7


def test_the_server_stops_with_its_last_user(fresh: Cluster) -> None:
    pid = postmaster.find(fresh.data)
    guest = Cluster(fresh.directory, fresh.binaries)
    guest.start()
    assert postmaster.find(guest.data) == pid, "the guest attaches to the server that runs"
    fresh.stop()
    assert guest.sql("SELECT 1;") == "1"
    guest.stop()
    assert postmaster.find(guest.data) is None


def test_a_user_that_was_killed_no_longer_counts(fresh: Cluster) -> None:
    code = (
        "import sys, time; from pathlib import Path; from scripts.cluster import Cluster\n"
        "Cluster(Path(sys.argv[1]), Path(sys.argv[2])).start(); print('in', flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(fresh.directory), str(fresh.binaries)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as guest:
        assert guest.stdout is not None
        assert guest.stdout.readline() == "in\n"
        guest.kill()
    fresh.stop()
    assert postmaster.find(fresh.data) is None


def test_a_port_is_kept_while_it_is_free(fresh: Cluster) -> None:
    port = fresh.port
    fresh.stop()
    fresh.start()
    assert fresh.port == port
    fresh.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        fresh.start()
        assert fresh.port != port
        assert fresh.sql("SELECT 1;") == "1"


async def test_nobody_comes_in_without_the_password(fresh: Cluster) -> None:
    assert stat.S_IMODE((fresh.directory / "passwords.json").stat().st_mode) == 0o600
    for role in (SUPERUSER, OWNER, APP):
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(host="127.0.0.1", port=fresh.port, user=role, password="guess", database="raymi")
    assert await run(fresh, APP, "SHOW listen_addresses") == "127.0.0.1"


def test_the_server_is_not_root(fresh: Cluster) -> None:
    pid = postmaster.find(fresh.data)
    assert Path(f"/proc/{pid}").stat().st_uid != 0


async def test_a_copy_of_a_database_has_its_rows_and_its_rights(fresh: Cluster) -> None:
    await run(fresh, OWNER, "CREATE TABLE noted AS SELECT 7 AS id")
    fresh.ensure_database("copy-1", "raymi")
    connection = await asyncpg.connect(fresh.url(OWNER, "copy-1"))
    assert await connection.fetchval("SELECT id FROM noted") == 7
    await connection.close()
    connection = await asyncpg.connect(fresh.url(APP, "copy-1"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="schema public"):
        await connection.execute("CREATE TABLE mine (id int)")
    await connection.close()
    fresh.drop_database("copy-1")
    assert fresh.sql("SELECT datname FROM pg_database WHERE datname LIKE 'copy%';") == ""


def test_upper_case_and_order_are_the_same_in_every_server(fresh: Cluster) -> None:
    assert fresh.sql("SELECT upper('ñandú'), 'Z' < 'a', 'z' < 'Á';", "raymi") == "ÑANDÚ|t|t"


def test_an_interrupted_first_start_is_made_again() -> None:
    with temporary_cluster() as cluster:
        cluster.stop()
        cluster.data.rename(cluster.directory / "data.new")
        (cluster.directory / "data.new" / "PG_VERSION").unlink()
        cluster.start()
        roles = cluster.sql("SELECT rolname FROM pg_roles WHERE rolname LIKE 'raymi%' ORDER BY 1;").split()
        assert roles == ["raymi_app", "raymi_eraser", "raymi_owner"]


def test_data_of_another_version_is_refused_and_left_alone() -> None:
    with temporary_cluster() as cluster:
        cluster.stop()
        (cluster.data / "PG_VERSION").write_text("12\n")
        with pytest.raises(ClusterError, match="made by PostgreSQL 12, but the programs are of 18"):
            cluster.start()
        assert (cluster.data / "base").exists()


def test_a_server_that_cannot_start_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scripts.cluster.RETRY_SECONDS", 0.1)
    with temporary_cluster() as cluster:
        cluster.stop()
        broken = Cluster(cluster.directory, options={"no_such_setting": "1"})
        with pytest.raises(ClusterError, match="no_such_setting"):
            broken.start()
