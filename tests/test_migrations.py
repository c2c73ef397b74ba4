"""Migrations lead from nothing to the schema that the models describe."""

import asyncio
import re
import subprocess

from sqlalchemy import Connection
from sqlmodel import SQLModel

from scripts.cluster import APP, OWNER, Cluster
from service.core import migrations
from service.core.db import make_engine
from tests.tables import load_tables


def dump(cluster: Cluster, database: str) -> list[str]:
    """The statements that make a database's tables, constraints and indexes, sorted; without triggers, functions and the queue."""
    command = [
        str(cluster.binaries / "pg_dump"),
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        cluster.url(OWNER, database),
    ]
    script = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = [line for line in script.splitlines() if not line.startswith(("--", "\\"))]
    statements = re.split(r";\n", "\n".join(lines))
    kept = (re.sub(r"\s+", " ", statement).strip() for statement in statements)
    wanted = ("CREATE TABLE", "ALTER TABLE", "CREATE INDEX", "CREATE UNIQUE INDEX")
    return sorted(
        ",".join(sorted(part.strip() for part in statement.split(",")))
        for statement in kept
        if statement.startswith(wanted) and "pgqueuer" not in statement and "alembic_version" not in statement
    )


async def create_all(url: str) -> None:
    """The tables as the models describe them."""

    def make(connection: Connection) -> None:
        SQLModel.metadata.create_all(connection)

    engine = make_engine(url, pool_size=1)
    async with engine.begin() as connection:
        await connection.run_sync(make)
    await engine.dispose()


def test_the_migrations_make_what_the_models_describe(cluster: Cluster, template: str) -> None:
    load_tables()
    cluster.ensure_database("from_models")
    asyncio.run(create_all(cluster.url(OWNER, "from_models")))
    assert dump(cluster, template) == dump(cluster, "from_models")


def test_migrating_twice_changes_nothing(cluster: Cluster, template: str) -> None:
    before = dump(cluster, template)
    migrations.upgrade(cluster.url(OWNER, template), APP)
    assert dump(cluster, template) == before
