"""The check of the tree finds what is planted in it past every guard."""

import asyncio

import pytest
from sqlalchemy import text

from scripts.cluster import APP, OWNER, SUPERUSER, Cluster
from scripts.drills import tampering
from service.core import migrations
from service.core.db import make_engine, make_sessions
from service.transparency.checks.tree import record_tree

OLD = (
    "INSERT INTO record_leaf (act, subject, actor_id, via, at, wall_at, payload_hash, leaf_hash) "
    "SELECT act, subject, actor_id, via, at, now() - interval '2 minutes', payload_hash, sha256(leaf_hash) FROM record_leaf LIMIT 1"
)


@pytest.fixture(scope="module")
async def filled(cluster: Cluster) -> str:
    """A database whose record has heads."""
    cluster.ensure_database("trees")
    await asyncio.to_thread(migrations.upgrade, cluster.url(OWNER, "trees"), APP)
    await tampering.fill(cluster, "trees", 12)
    return "trees"


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        ("SELECT 1", []),
        ("UPDATE record_node SET hash = sha256(hash) WHERE (level, index) = (2, 1)", ["node 2:1 of the record"]),
        ("DELETE FROM record_node WHERE (level, index) = (0, 5)", ["node 0:5 of the record"]),
        ("INSERT INTO record_node VALUES (9, 9, sha256('x'))", ["node 9:9 of the record"]),
        ("UPDATE record_head SET root = sha256(root)", ["head 12 of the record"]),
        ("UPDATE record_head SET note = replace(note, '12', '11')", ["head 12 of the record"]),
        ("DELETE FROM record_position WHERE position = 4", ["place 4 of the record"]),
        (OLD, ["leaf 13"]),
    ],
)
async def test_what_is_planted_is_named(cluster: Cluster, filled: str, plant: str, found: list[str]) -> None:
    engine = make_engine(cluster.url(SUPERUSER, filled), pool_size=1)
    async with make_sessions(engine)() as session:
        await session.execute(text("SET session_replication_role = replica"))
        await session.execute(text(plant))
        assert [subject for subject, _ in [each async for each in record_tree(session)]] == found
        await session.rollback()
    await engine.dispose()
