"""The database of this installation, for the length of a command: the embedded cluster, or the server DATABASE_URL names."""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from sqlalchemy import text

from scripts.bootstrap import paths
from scripts.cluster import APP, ERASER, OWNER, Cluster
from scripts.refusal import Refused
from service.core.db import make_engine, make_sessions, transaction
from service.core.upkeep import Chore, keep_run

ROLES_SQL = f"""CREATE ROLE {OWNER} LOGIN PASSWORD '...'; CREATE ROLE {APP} LOGIN NOINHERIT PASSWORD '...';
CREATE ROLE {ERASER} NOLOGIN; GRANT {ERASER} TO {APP};
CREATE DATABASE raymi OWNER {OWNER};"""


class OwnerMissing(Refused):
    """A command needs the role that owns the tables, and only the application's role is known."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_URL is set, so MIGRATION_DATABASE_URL has to be set too: the address with the role that owns the tables. "
            f"If the roles do not exist yet, a PostgreSQL administrator makes them with\n{ROLES_SQL}"
        )


def cluster() -> Cluster:
    """The embedded cluster of this installation, not started."""
    return Cluster(paths.var_directory() / "postgres")


def is_external() -> bool:
    """Whether somebody else's PostgreSQL is used."""
    return bool(os.environ.get("DATABASE_URL"))


@contextlib.contextmanager
def open_database() -> Iterator[Cluster | None]:
    """While inside, DATABASE_URL and MIGRATION_DATABASE_URL are set in the environment, for `service.core.settings.load()`
    and for child processes. Starts the embedded cluster, or attaches to it, unless DATABASE_URL is set already; gives that
    cluster, or None."""
    if is_external():
        yield None
        return
    with cluster() as running:
        os.environ["DATABASE_URL"] = running.url(APP)
        os.environ["MIGRATION_DATABASE_URL"] = running.url(OWNER)
        try:
            yield running
        finally:
            del os.environ["DATABASE_URL"], os.environ["MIGRATION_DATABASE_URL"]


def owner_url() -> str:
    """The address with the owner role, inside `open_database()`. Refuses: OwnerMissing."""
    url = os.environ.get("MIGRATION_DATABASE_URL", "")
    if not url:
        raise OwnerMissing
    return url


def app_url() -> str:
    """The address with the application's role, inside `open_database()`."""
    return os.environ["DATABASE_URL"]


def app_role() -> str:
    """The application's role, to which the migrations grant what the application may do."""
    return unquote(urlsplit(app_url()).username or APP)


def note_upkeep(chore: Chore, well: bool, note: str) -> None:
    """Note in the database that a chore was done, for the system administrator's first page; inside `open_database()`.
    A database of an earlier version has no place for it."""
    asyncio.run(_note(chore, well, note))


async def _note(chore: Chore, well: bool, note: str) -> None:
    engine = make_engine(app_url(), pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            if await session.scalar(text("SELECT to_regclass('upkeep')")):
                await keep_run(session, chore, well, note)
    finally:
        await engine.dispose()
