"""The filled world, the people in it, and a client whose every request is undone."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker

from api.app import create_app
from scripts.archive import Server, put_back
from scripts.cluster import APP, OWNER, Cluster
from service.core import migrations
from service.core.db import make_engine, make_sessions, transaction
from tests.rights import world

LANDED = next((Path(__file__).parents[1] / "landed").glob("*.dump"))


@dataclass(frozen=True)
class World:
    """Where it is, what is in it by the names of paths, and everybody's token."""

    url: str
    ids: dict[str, str]
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def filled(cluster: Cluster) -> World:
    """The landed database upgraded, with a second office and somebody for each column."""
    cluster.ensure_database("matrix")
    owner = cluster.url(OWNER, "matrix")
    put_back(Server.at(owner, cluster), LANDED, keep_in=None)
    migrations.upgrade(owner, APP)
    url = cluster.url(APP, "matrix")

    async def fill() -> World:
        engine = make_engine(url, pool_size=1)
        async with transaction(make_sessions(engine)) as session:
            ids = await world.find(session)
            made = World(url, ids, await world.people(session, ids))
        await engine.dispose()
        return made

    return asyncio.run(fill())


@dataclass(frozen=True)
class Door:
    """A client, and the connection whose transaction holds whatever the client's requests write."""

    client: httpx.AsyncClient
    connection: AsyncConnection


@pytest.fixture
async def door(filled: World) -> AsyncIterator[Door]:
    """The application on one connection, in which nothing is ever committed."""
    engine = make_engine(filled.url, pool_size=1)
    app = create_app()
    async with engine.connect() as connection:
        app.state.sessions = async_sessionmaker(
            bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://raymi.test") as client:
            yield Door(client, connection)
    await engine.dispose()
