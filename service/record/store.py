"""Queries of the record."""

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlmodel import col

from service.core.db import Session
from service.core.errors import Conflict
from service.record.models import RecordHead
from service.record.tree import Subtree


class NodeGone(Conflict):
    """Somebody took a hash out of the record's tree."""

    message = (
        "The hash {node} is missing in the record: somebody changed this database past Raymi. Nothing is signed. Ask who runs the "
        "installation, and let the record be exported and checked."
    )


async def size(session: Session) -> int:
    """How many leaves the tree has."""
    return int(await session.scalar(_SIZE) or 0)


async def hashes(session: Session, subtrees: Sequence[Subtree]) -> list[bytes]:
    """The kept hashes over subtrees, in their order. Raises ``NodeGone``."""
    if not subtrees:
        return []
    asked = {"levels": [level for level, _ in subtrees], "indexes": [index for _, index in subtrees]}
    found = list((await session.execute(_HASHES, asked)).scalars())
    if None in found:
        raise NodeGone(node=str(subtrees[found.index(None)]))
    return found


async def keys(session: Session) -> list[str]:
    """The keys that heads were signed with, the oldest first."""
    return list((await session.execute(_KEYS)).scalars())


async def newest_head(session: Session) -> RecordHead | None:
    """The head that covers most."""
    return (await session.scalars(select(RecordHead).order_by(col(RecordHead.size).desc()).limit(1))).one_or_none()


async def head_covering(session: Session, position: int) -> RecordHead | None:
    """The smallest head that covers a position."""
    statement = select(RecordHead).where(col(RecordHead.size) > position).order_by(col(RecordHead.size)).limit(1)
    return (await session.scalars(statement)).one_or_none()


_KEYS = text("SELECT verifier FROM record_head GROUP BY verifier ORDER BY min(size)")
_SIZE = text("SELECT COALESCE(max(position) + 1, 0) FROM record_position")
_HASHES = text(
    "SELECT n.hash FROM unnest(CAST(:levels AS smallint[]), CAST(:indexes AS bigint[])) WITH ORDINALITY AS asked (level, index, place) "
    "LEFT JOIN record_node n USING (level, index) ORDER BY asked.place"
)
