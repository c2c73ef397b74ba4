"""The embedded PostgreSQL: initialise, start, attach, stop.

A cluster is a directory: `data/` (PostgreSQL's), `passwords.json` (mode 0600), `port`, `log` and two lock files.
Whoever uses it holds a shared lock on `users.lock`, which the kernel lets go of even on `kill -9`; the first one in
starts the server and the last one out stops it, so `raymi check` can come and go while `raymi serve` runs, and the
other way round. Run by root, the server itself runs as the unprivileged OS user `raymi`, as PostgreSQL insists.

Standard library only: the set-up, the tests and the commands all stand on it.
"""

import contextlib
import fcntl
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from scripts import binaries as programs
from scripts import postmaster
from scripts.binaries import ClusterError

OWNER, APP, ERASER, SUPERUSER = "raymi_owner", "raymi_app", "raymi_eraser", "postgres"
DATABASE = "raymi"
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Options for a cluster that may be lost: a test's, never an installation's."""

START_SECONDS = 60.0
RETRY_SECONDS = 5.0
LONGEST_SOCKET_FOLDER = 80  # bytes: the kernel allows 107, the file's own name included
LOG_BYTES = 10_000_000


class Cluster:
    """One PostgreSQL server in `directory`, run with the programs in `binaries` (a `bin` folder; the embedded ones unless
    told) and `options` (PostgreSQL settings by name). Also a context manager: in starts or attaches, out leaves."""

    def __init__(self, directory: Path, binaries: Path | None = None, options: Mapping[str, str] | None = None) -> None:
        self.user = programs.server_user()
        self.directory = programs.traversable_place(directory.resolve(), self.user)
        self.options = dict(options or {})
        self._binaries = binaries
        self._users: IO[bytes] | None = None
        self._child: subprocess.Popen[bytes] | None = None

    @property
    def binaries(self) -> Path:
        """The folder with `postgres`, `psql`, `pg_dump` and the rest."""
        if self._binaries is None:
            self._binaries = programs.embedded(self.directory.parent, self.user)
        return self._binaries

    @property
    def data(self) -> Path:
        """PostgreSQL's own directory."""
        return self.directory / "data"

    @property
    def port(self) -> int:
        """The TCP port on 127.0.0.1; remembered from one start to the next."""
        return int((self.directory / "port").read_text())

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """A `postgresql://` address for one of the three roles."""
        return f"postgresql://{role}:{self._passwords()[role]}@127.0.0.1:{self.port}/{database}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def initialise(self) -> None:
        """Create the data directory and the passwords; nothing when both are there. Refuses: ClusterError."""
        with self._mutex():
            self._initialise()

    def start(self) -> None:
        """Make the server run and hold it: attach to the one that runs, otherwise start it. Refuses: ClusterError."""
        if self._users is not None:
            return
        with self._mutex():
            self._initialise()
            users = (self.directory / "users.lock").open("wb")
            fcntl.flock(users, fcntl.LOCK_SH)
            try:
                if not self._answers():
                    self._launch()
                self._prepare_roles()
            except BaseException:
                self._leave(users)
                raise
            self._users = users

    def stop(self) -> None:
        """Leave the server; the last one out stops it and waits until it has gone."""
        if self._users is None:
            return
        with self._mutex():
            self._leave(self._users)
            self._users = None

    def ensure_database(self, name: str = DATABASE, template: str | None = None) -> None:
        """Create database `name`, owned by the owner role and open to the application role, unless it exists.
        With `template` (a database of this cluster that nobody is connected to) it is a copy."""
        names = {"name": name, "template": template or "template0", "owner": OWNER, "app": APP}
        if not self.sql("SELECT 1 FROM pg_database WHERE datname = :'name';", **names):
            strategy = "STRATEGY file_copy" if template else ""
            self.sql(f'CREATE DATABASE :"name" OWNER :"owner" TEMPLATE :"template" {strategy};', **names)
        self.sql('REVOKE ALL ON DATABASE :"name" FROM PUBLIC; GRANT CONNECT ON DATABASE :"name" TO :"app";', **names)
        self.sql(
            'ALTER SCHEMA public OWNER TO :"owner"; REVOKE ALL ON SCHEMA public FROM PUBLIC;'
            'GRANT ALL ON SCHEMA public TO :"owner"; GRANT USAGE ON SCHEMA public TO :"app";',
            database=name,
            **names,
        )

    def drop_database(self, name: str) -> None:
        """Drop database `name` and whoever is still connected to it."""
        self.sql('DROP DATABASE IF EXISTS :"name" WITH (FORCE);', name=name)

    def sql(self, statements: str, database: str = "postgres", **values: str) -> str:
        """Run `statements` as the superuser, stopping at the first error; the unaligned rows come back.
        `values` stand in the statements as psql writes them: `:'text'` or `:"identifier"`."""
        command = [str(self.binaries / "psql"), "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1"]
        for key, value in values.items():
            command += ["-v", f"{key}={value}"]
        password = {"PGPASSWORD": self._passwords()[SUPERUSER], "PGOPTIONS": "-c client_min_messages=warning"}
        command += ["-h", "127.0.0.1", "-p", str(self.port), "-U", SUPERUSER, "-d", database]
        done = subprocess.run(
            command, input=statements, capture_output=True, text=True, check=False, env={**os.environ, **password}
        )
        if done.returncode:
            raise ClusterError(f"PostgreSQL refused a set-up statement: {done.stderr.strip()}")
        return done.stdout.strip()

    @contextlib.contextmanager
    def _mutex(self) -> Iterator[None]:
        """One process at a time initialises, starts or stops."""
        self.directory.mkdir(parents=True, exist_ok=True)
        with (self.directory / "start.lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _leave(self, users: IO[bytes]) -> None:
        with users, contextlib.suppress(BlockingIOError):  # blocked: somebody else still uses the server
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            postmaster.end(self.data, self._child)
            self._child = None

    def _passwords(self) -> dict[str, str]:
        passwords: dict[str, str] = json.loads((self.directory / "passwords.json").read_text())
        return passwords

    def _initialise(self) -> None:
        version = self.data / "PG_VERSION"
        if version.exists():
            self._require_usable(version.read_text().strip())
            return
        passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, OWNER, APP)}
        _write_secret(self.directory / "passwords.json", json.dumps(passwords))
        draft = self.directory / "data.new"  # renamed when complete, so that an interrupted attempt is simply made again
        shutil.rmtree(draft, ignore_errors=True)
        self._own(draft)
        with tempfile.NamedTemporaryFile("w", dir=self.directory) as password:
            password.write(passwords[SUPERUSER])
            password.flush()
            if self.user:
                os.chown(password.name, self.user.pw_uid, self.user.pw_gid)
            command = [str(self.binaries / "initdb"), "-D", str(draft), "-U", SUPERUSER, "-E", "UTF8"]
            command += ["-A", "scram-sha-256", "--pwfile", password.name, *programs.locale_options(self.binaries)]
            done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **programs.as_user(self.user))
        if done.returncode:
            raise ClusterError(f"initdb failed: {done.stderr.strip()}")
        draft.rename(self.data)

    def _require_usable(self, made_by: str) -> None:
        ours = str(programs.major_version(self.binaries))
        if made_by != ours:
            raise ClusterError(
                f"{self.data} was made by PostgreSQL {made_by}, but the programs are of {ours}: "
                "back up with the earlier version of Raymi, move the directory away, set up, and restore the backup."
            )
        owner, runner = self.data.stat().st_uid, self.user.pw_uid if self.user else os.getuid()
        if owner != runner:
            raise ClusterError(f"{self.data} belongs to user id {owner}: run this as the user who set it up.")
        if not (self.directory / "passwords.json").exists():
            raise ClusterError(f"{self.directory / 'passwords.json'} is missing: put it back from the machine's backup.")

    def _own(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user:
            os.chown(directory, self.user.pw_uid, self.user.pw_gid)

    def _launch(self) -> None:
        began = time.monotonic()
        postmaster.forget_dead(self.data, self.directory / "socket")
        log = self.directory / "log"
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(self.directory / "log.1")
        while True:
            postmaster.choose_port(self.directory / "port")
            if self._comes_up(log, until=began + START_SECONDS):
                return
            # The port was taken in between, or the children of a killed server still hold its memory: both pass.
            if time.monotonic() > began + RETRY_SECONDS:
                raise ClusterError(f"PostgreSQL does not start; the end of {log} says:\n{_tail(log)}")
            time.sleep(0.2)

    def _comes_up(self, log: Path, until: float) -> bool:
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,  # the terminal's Ctrl-C is for us, not for the server
                **programs.as_user(self.user),
            )
        while self._child.poll() is None and time.monotonic() < until:
            if self._answers():
                return True
            time.sleep(0.02)
        return False

    def _command(self) -> list[str]:
        sockets = self.directory / "socket"
        self._own(sockets)
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(sockets) if len(os.fsencode(sockets)) <= LONGEST_SOCKET_FOLDER else "",
            "password_encryption": "scram-sha-256",  # nosec B105  # the name of a method
            **self.options,
        }
        given = [argument for name, value in options.items() for argument in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), *given]

    def _answers(self) -> bool:
        """Whether this directory's own server accepts connections."""
        if postmaster.find(self.data) is None or not (self.directory / "port").exists():
            return False
        ready = [str(self.binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        return subprocess.run(ready, check=False).returncode == 0

    def _prepare_roles(self) -> None:
        """The roles and the database, once; an interrupted first start is taken up where it stopped."""
        present = self.sql("SELECT rolname FROM pg_roles;").split()
        for role in (OWNER, APP):
            if role not in present:
                self.sql("CREATE ROLE :\"role\" LOGIN PASSWORD :'password';", role=role, password=self._passwords()[role])
        if ERASER not in present:
            self.sql(
                'CREATE ROLE :"eraser" NOLOGIN; ALTER ROLE :"app" NOINHERIT; GRANT :"eraser" TO :"app";', eraser=ERASER, app=APP
            )
        self.ensure_database(DATABASE)


@contextlib.contextmanager
def temporary_cluster(binaries: Path | None = None, options: Mapping[str, str] | None = None) -> Iterator[Cluster]:
    """A running cluster that is lost at the end, without fsync unless `options` say otherwise: for tests."""
    directory = Path(tempfile.mkdtemp(prefix="raymi-"))
    directory.chmod(0o711)  # the server's own user has to get through
    cluster = Cluster(directory / "postgres", binaries, {**UNSAFE_BUT_FAST, **(options or {})})
    try:
        with cluster:
            yield cluster
    finally:
        shutil.rmtree(cluster.directory, ignore_errors=True)
        shutil.rmtree(directory, ignore_errors=True)


def _write_secret(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _tail(log: Path, lines: int = 8) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
