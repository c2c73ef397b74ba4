"""Giving leaves their positions and the tree its nodes: one at a time, and without holding up who writes.

A writer only leaves word that its leaf waits. Whoever sequences takes all that is committed, in the order of the leaves; one that is
committed later, though it began earlier, comes after: positions say in which order leaves became part of the tree.
"""

from itertools import count

from sqlalchemy import text

from service.core.db import Session
from service.record import store, tree


async def sequence(session: Session) -> int:
    """Put every leaf that waits into the tree, those of this transaction too; how many leaves the tree has then."""
    await session.execute(_LOCK)
    size = await store.size(session)
    waiting = (await session.execute(_TAKE)).all()
    if not waiting:
        return size
    edge = await store.hashes(session, tree.peaks(0, size))
    nodes = list(tree.grow(edge, size, (row.leaf_hash for row in waiting)))
    await session.execute(
        _PLACE,
        {"positions": [place for place, _ in zip(count(size), waiting, strict=False)], "leaves": [row.id for row in waiting]},
    )
    await session.execute(
        _KEEP,
        {
            "levels": [level for level, _, _ in nodes],
            "indexes": [index for _, index, _ in nodes],
            "hashes": [root for _, _, root in nodes],
        },
    )
    return size + len(waiting)


_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('the sequencer of the record'))")
_TAKE = text(
    "WITH taken AS (DELETE FROM record_pending RETURNING leaf_id) "
    "SELECT l.id, l.leaf_hash FROM record_leaf l JOIN taken ON taken.leaf_id = l.id ORDER BY l.id"
)
_PLACE = text(
    "INSERT INTO record_position (position, leaf_id) SELECT * FROM unnest(CAST(:positions AS bigint[]), CAST(:leaves AS bigint[]))"
)
_KEEP = text(
    "INSERT INTO record_node (level, index, hash) "
    "SELECT * FROM unnest(CAST(:levels AS smallint[]), CAST(:indexes AS bigint[]), CAST(:hashes AS bytea[]))"
)
