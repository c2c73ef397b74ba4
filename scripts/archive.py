"""Backups: one file with the whole database (stored papers are in it), written, verified and put back.

Written and read with PostgreSQL's own programs, of the server's major version where the machine has them.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from scripts import binaries
from scripts.bootstrap import paths
from scripts.cluster import Cluster
from scripts.refusal import Refused

SYSTEM_PROGRAMS = Path("/usr/lib/postgresql")
USER_TABLES = """SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%';"""
OTHERS = """SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid();"""

LEAVING = 20
"""Looks, a tenth of a second apart, before somebody who is connected counts as staying."""

EMPTY_SCHEMA = """SET client_min_messages = warning;
DROP SCHEMA public CASCADE;
CREATE SCHEMA public;
ALTER SCHEMA public OWNER TO pg_database_owner;
GRANT USAGE ON SCHEMA public TO PUBLIC;
COMMENT ON SCHEMA public IS 'standard public schema';
"""
"""As `CREATE DATABASE` leaves it, which is what the dump supposes."""


class ArchiveRefused(Refused):
    """A backup cannot be made or put back; the message says what to do."""


@dataclass(frozen=True)
class Server:
    """One database as the role that owns its tables, and the programs that fit it."""

    url: str
    programs: Path

    @classmethod
    def at(cls, url: str, embedded: Cluster | None) -> "Server":
        """The database at `url`; of a server of ours, with its own programs."""
        if embedded is not None:
            return cls(url, embedded.binaries)
        ours = binaries.embedded(paths.var_directory(), None)
        return cls(url, _fitting(int(cls(url, ours).sql("SHOW server_version_num;")) // 10000, ours))

    def sql(self, statements: str) -> str:
        """Run `statements`, stopping at the first error; the unaligned rows come back. Refuses: ArchiveRefused."""
        return self.run("psql", *PSQL, input=statements).strip()

    def run(self, program: str, *arguments: str, input: str | None = None) -> str:
        """Run a program on this database; its output comes back. Refuses: ArchiveRefused."""
        address, secret = _without_password(self.url)
        command = [str(self.programs / program), *arguments, f"--dbname={address}"]
        done = subprocess.run(
            command, input=input, capture_output=True, text=True, check=False, env={**os.environ, "PGPASSWORD": secret}
        )
        if done.returncode:
            raise ArchiveRefused(f"{program} failed: {done.stderr.strip()}")
        return done.stdout

    def has_tables(self) -> bool:
        """Whether somebody has made tables here."""
        return self.sql(USER_TABLES) != "0"


PSQL = ("--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1")


def write(server: Server, file: Path) -> int:
    """Write a backup to `file`, readable by its owner only, and verify it; the number of tables in it comes back.
    Refuses: ArchiveRefused, also when `file` exists."""
    if file.exists():
        raise ArchiveRefused(f"{file} exists already: choose another name.")
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    server.run("pg_dump", "--format=custom", f"--file={part}")
    tables = count_tables(server.programs, part)
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.rename(file)
    return tables


def count_tables(programs: Path, file: Path) -> int:
    """The tables whose rows a backup holds. Refuses: ArchiveRefused when it cannot be read to the end."""
    done = subprocess.run([programs / "pg_restore", "--list", file], capture_output=True, text=True, check=False)
    tables = len(re.findall(r" TABLE DATA ", done.stdout))
    if done.returncode or not tables:
        raise ArchiveRefused(f"{file} is no backup of tables: {done.stderr.strip() or 'it holds none'}.")
    return tables


def put_back(server: Server, file: Path, keep_in: Path | None) -> None:
    """Make the database what it was when `file` was written, all or nothing. Tables that are there already go when
    `keep_in` names a new file to back them up to first. Refuses: ArchiveRefused."""
    if not file.exists():
        raise ArchiveRefused(f"{file} does not exist.")
    count_tables(server.programs, file)
    require_unused(server)
    if server.has_tables():
        if keep_in is None:
            raise ArchiveRefused("the database has tables already: give an empty one, or --replace, which backs them up first.")
        write(server, keep_in)
    # beside the backup, where there is room for it, and readable by nobody else, as it holds everything
    with tempfile.TemporaryDirectory(prefix="restore-", dir=file.parent) as directory:
        script = Path(directory) / "restore.sql"
        _write_script(server.programs, file, script)
        server.run("psql", *PSQL, "--single-transaction", f"--file={script}")


def require_unused(server: Server) -> None:
    """Refuses: ArchiveRefused when anybody else is connected, who would see the tables change underneath."""
    for _ in range(LEAVING):  # who has just left may still be seen for a moment
        if server.sql(OTHERS) == "0":
            return
        time.sleep(0.1)
    raise ArchiveRefused("somebody is connected to the database: stop raymi serve first.")


def automatic_place(purpose: str) -> Path:
    """A new file under var/backups."""
    return paths.var_directory() / "backups" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{purpose}.dump"


def _write_script(programs: Path, file: Path, script: Path) -> None:
    """The SQL that empties the schema and makes it anew; it holds the whole database, so it is for its owner's eyes."""
    with script.open("w") as output:
        output.write(EMPTY_SCHEMA)
        output.flush()
        done = subprocess.run([programs / "pg_restore", "--file=-", file], stdout=output, stderr=subprocess.PIPE, check=False)
    if done.returncode:
        raise ArchiveRefused(f"pg_restore failed: {done.stderr.decode(errors='replace').strip()}")


def _without_password(url: str) -> tuple[str, str]:
    """The address without its password, which other users of the machine could read among the processes, and the password."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username}@{place}")), unquote(parts.password or "")


def _fitting(server_major: int, ours: Path) -> Path:
    """The programs of the server's major version, otherwise of the next newer one. Refuses: ArchiveRefused."""
    on_path = shutil.which("pg_dump")
    folders = [ours, *(program.parent for program in SYSTEM_PROGRAMS.glob("*/bin/pg_dump"))]
    folders += [Path(on_path).parent] if on_path else []
    by_major = {int(binaries.version(folder / "pg_dump").split(".")[0]): folder for folder in reversed(folders)}
    fitting = sorted(major for major in by_major if major >= server_major)
    if not fitting:
        raise ArchiveRefused(f"the server is PostgreSQL {server_major}: install its client programs (pg_dump).")
    return by_major[fitting[0]]
