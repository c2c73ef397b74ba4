"""The record's tree, built again from its leaves: every node, every head, and that no act waits for its place."""

from collections.abc import AsyncIterator

from sqlalchemy import text

from service.core.db import Session
from service.record import note, tree
from service.record.note import NoteRefused, Verifier

PATIENCE = "1 minute"


async def record_tree(session: Session) -> AsyncIterator[tuple[str, str]]:
    """Places that lack their leaf, nodes and heads that are not those over the leaves, and acts that wait too long."""
    leaves: list[bytes] = []
    for position, leaf in await session.execute(text(_LEAVES)):
        if position != len(leaves) or leaf is None:
            yield f"place {len(leaves)} of the record", "has no leaf"
            return
        leaves.append(leaf)
    built = {(level, index): root for level, index, root in tree.grow([], 0, leaves)}
    kept = {
        (level, index): root for level, index, root in await session.execute(text("SELECT level, index, hash FROM record_node"))
    }
    for each in sorted(built.keys() | kept.keys()):
        if built.get(each) != kept.get(each):
            yield f"node {each[0]}:{each[1]} of the record", "is not the hash over its leaves"
    for head in await session.execute(text("SELECT size, root, note, verifier FROM record_head ORDER BY size")):
        if not _is_signed(head.note, head.verifier, head.size, head.root):
            yield f"head {head.size} of the record", "is not what was signed"
        elif head.size > len(leaves) or tree.fold([built[each] for each in tree.peaks(0, head.size)]) != head.root:
            yield f"head {head.size} of the record", "does not sign the leaves that are there"
    for leaf_id, act in await session.execute(text(_WAITING)):
        yield f"leaf {leaf_id}", f"{act} has waited for a place in the record for over {PATIENCE}"


def _is_signed(written: str, key: str, size: int, root: bytes) -> bool:
    try:
        found = note.read(written, Verifier.read(key))
    except NoteRefused:
        return False
    return (found.size, found.root) == (size, root)


_LEAVES = """
    SELECT p.position, l.leaf_hash FROM record_position p LEFT JOIN record_leaf l ON l.id = p.leaf_id ORDER BY p.position
"""
_WAITING = f"""
    SELECT l.id, l.act FROM record_leaf l WHERE l.wall_at < now() - interval '{PATIENCE}'
    AND NOT EXISTS (SELECT FROM record_position p WHERE p.leaf_id = l.id) ORDER BY l.id LIMIT 20
"""  # noqa: S608  # nosec B608  # a constant of ours
