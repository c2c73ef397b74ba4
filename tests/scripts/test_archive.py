"""A backup holds everything, and puts it back as it was."""

import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from scripts.archive import ArchiveRefused, Server, put_back, write
from scripts.cluster import APP, OWNER, Cluster
from service.core import migrations


@pytest.fixture
def server(cluster: Cluster, template: str) -> Server:
    """A migrated database of this test's own."""
    cluster.drop_database("archived")
    cluster.ensure_database("archived", template)
    return Server.at(cluster.url(OWNER, "archived"), cluster)


def everything(server: Server) -> str:
    """The whole database as text: structure, owners, privileges and rows, without the casts and brackets of conditions, which
    PostgreSQL writes in two ways before and after they were once read back."""
    command = [str(server.programs / "pg_dump"), "--restrict-key=same", server.url]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", text)


def test_what_is_restored_is_what_was_backed_up(server: Server, cluster: Cluster, tmp_path: Path) -> None:
    before = everything(server)
    tables = write(server, tmp_path / "one.dump")
    assert tables == before.count("\nCOPY public.")
    assert stat.S_IMODE((tmp_path / "one.dump").stat().st_mode) == 0o600
    cluster.ensure_database("elsewhere")
    elsewhere = Server.at(cluster.url(OWNER, "elsewhere"), cluster)
    put_back(elsewhere, tmp_path / "one.dump", keep_in=None)
    assert everything(elsewhere) == before
    cluster.drop_database("elsewhere")


async def test_history_stays_frozen_after_a_restore(server: Server, cluster: Cluster, tmp_path: Path) -> None:
    write(server, tmp_path / "one.dump")
    put_back(server, tmp_path / "one.dump", keep_in=tmp_path / "kept.dump")
    application = await asyncpg.connect(cluster.url(APP, "archived"))
    assert await application.fetchval("SELECT count(*) FROM district") > 1800
    for statement in ("UPDATE record_leaf SET act = 'forged'", "DELETE FROM record_leaf", "TRUNCATE record_leaf CASCADE"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await application.execute(statement)
    await application.close()


def test_a_server_of_somebody_else_is_restored_too(server: Server, cluster: Cluster, tmp_path: Path) -> None:
    cluster.drop_database("plain")
    cluster.sql("CREATE DATABASE plain OWNER raymi_owner;")
    migrations.upgrade(cluster.url(OWNER, "plain"), APP)
    plain = Server.at(cluster.url(OWNER, "plain"), embedded=None)
    before = everything(plain)
    write(plain, tmp_path / "one.dump")
    put_back(plain, tmp_path / "one.dump", keep_in=tmp_path / "kept.dump")
    assert everything(plain) == before
    application = Server(cluster.url(APP, "plain"), plain.programs)
    assert application.sql("SELECT count(*) FROM record_leaf;") == "0"
    cluster.drop_database("plain")


def test_replacing_first_keeps_what_was_there(server: Server, tmp_path: Path) -> None:
    write(server, tmp_path / "old.dump")
    server.sql("CREATE TABLE later AS SELECT 7 AS id;")
    changed = everything(server)
    put_back(server, tmp_path / "old.dump", keep_in=tmp_path / "kept.dump")
    assert server.sql("SELECT to_regclass('later') IS NULL;") == "t"
    put_back(server, tmp_path / "kept.dump", keep_in=tmp_path / "kept again.dump")
    assert everything(server) == changed


def test_a_database_with_tables_is_not_overwritten(server: Server, tmp_path: Path) -> None:
    write(server, tmp_path / "one.dump")
    before = everything(server)
    with pytest.raises(ArchiveRefused, match="has tables already"):
        put_back(server, tmp_path / "one.dump", keep_in=None)
    assert everything(server) == before


async def test_nothing_is_restored_under_somebody_s_feet(server: Server, cluster: Cluster, tmp_path: Path) -> None:
    write(server, tmp_path / "one.dump")
    visitor = await asyncpg.connect(cluster.url(APP, "archived"))
    with pytest.raises(ArchiveRefused, match="stop raymi serve first"):
        put_back(server, tmp_path / "one.dump", keep_in=tmp_path / "kept.dump")
    await visitor.close()
    assert not (tmp_path / "kept.dump").exists()


def test_an_existing_file_is_never_overwritten(server: Server, tmp_path: Path) -> None:
    (tmp_path / "one.dump").write_text("precious")
    with pytest.raises(ArchiveRefused, match="exists already"):
        write(server, tmp_path / "one.dump")
    assert (tmp_path / "one.dump").read_text() == "precious"
    assert list(tmp_path.iterdir()) == [tmp_path / "one.dump"]


def test_half_a_backup_changes_nothing(server: Server, tmp_path: Path) -> None:
    write(server, tmp_path / "one.dump")
    whole = (tmp_path / "one.dump").read_bytes()
    (tmp_path / "half.dump").write_bytes(whole[: len(whole) * 2 // 3])
    (tmp_path / "text.dump").write_text("not a backup\n")
    before = everything(server)
    for name in ("half.dump", "text.dump", "none.dump"):
        with pytest.raises(ArchiveRefused):
            put_back(server, tmp_path / name, keep_in=tmp_path / f"kept before {name}")
    assert everything(server) == before
    assert list(tmp_path.glob("restore-*")) == []


def test_the_password_is_not_among_the_arguments_of_a_process(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    real = subprocess.Popen

    def watched(command: list[str], **how: Any) -> "subprocess.Popen[str]":
        seen.extend(command)
        return real(command, **how)

    monkeypatch.setattr(subprocess, "Popen", watched)
    assert server.sql("SELECT 1;") == "1"
    password = server.url.split(":")[2].split("@")[0]
    assert seen[0].endswith("/psql")
    assert [argument for argument in seen if password in argument] == []
