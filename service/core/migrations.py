"""Bringing a database to the newest schema, as its owner."""

import asyncio
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from alembic import command
from service.core.db import make_engine
from service.core.settings import ROOT


def upgrade(migration_url: str, app_role: str, revision: str = "head") -> None:
    """Run the migrations up to ``revision`` in one transaction; ``app_role`` is the role that the application signs in as."""
    asyncio.run(_run(migration_url, app_role, revision))


def newest() -> str:
    """The revision that this code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


async def current(url: str) -> str | None:
    """The revision that a database is at, or None where it was never migrated."""
    engine = make_engine(url, pool_size=1)
    try:
        async with engine.connect() as connection:
            exists = await connection.scalar(text("SELECT to_regclass('public.alembic_version')"))
            return await connection.scalar(text("SELECT version_num FROM alembic_version")) if exists else None
    finally:
        await engine.dispose()


async def _run(migration_url: str, app_role: str, revision: str) -> None:
    engine = make_engine(migration_url, pool_size=1)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, app_role, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, app_role: str, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    config.attributes["app_role"] = app_role
    command.upgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(ROOT / "alembic")))
    config.set_main_option("path_separator", "os")
    return config
