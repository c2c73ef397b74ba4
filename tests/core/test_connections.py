"""Connections of the pool: one that the server has closed is replaced when it is taken, without asking the server."""

import asyncio

from sqlalchemy import text

from scripts.cluster import APP, Cluster
from service.core.db import make_engine, make_sessions, transaction

PID = text("SELECT pg_backend_pid()")


async def test_a_connection_that_the_server_closed_is_replaced_unnoticed(cluster: Cluster, peopled: str) -> None:
    cluster.ensure_database("closing", peopled)
    engine = make_engine(cluster.url(APP, "closing"), pool_size=1)
    sessions = make_sessions(engine)
    async with transaction(sessions) as session:
        first = await session.scalar(PID)
    async with transaction(sessions) as session:
        again = await session.scalar(PID)
    cluster.sql("SELECT pg_terminate_backend(:'pid'::int, 5000);", pid=str(first))
    await asyncio.sleep(0.1)  # the closing has to come through the socket
    async with transaction(sessions) as session:
        replaced = await session.scalar(PID)
    await engine.dispose()
    assert again == first
    assert replaced != first
