"""What somebody with all rights on the database could do to the record: edits as SQL, with every trigger asleep.

Each takes a connection inside a transaction, chance, and how many leaves the head from outside covers, and says what it did. An edit
that is *consistent* works out the leaf's own hashes again, as a careful forger does.
"""

import secrets
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from sqlalchemy import text

from service.core.db import Session
from service.record import tree
from service.record.keys import record_signer
from service.record.note import Checkpoint
from service.record.usecases import hash_leaf, hash_payload

Edit = Callable[[Session, Random, int], Awaitable[str]]

ENTRY = ("act", "subject", "actor_id", "capacity", "via", "at", "wall_at", "payload_hash")
_AT = "SELECT l.* FROM record_leaf l JOIN record_position p ON p.leaf_id = l.id WHERE p.position = :at"
_SET = {
    "act": "act || '.x'",
    "subject": "subject || '1'",
    "actor_id": "gen_random_uuid()",
    "via": "via || '.'",
    "capacity": "capacity || '.'",
    "at": "at - interval '1 microsecond'",
    "wall_at": "wall_at + interval '1 day'",
    "payload_hash": "sha256(payload_hash)",
    "leaf_hash": "sha256(leaf_hash)",
}


async def update(session: Session, chance: Random, size: int) -> str:
    """One column of a leaf."""
    at, column = chance.randrange(size), chance.choice(list(_SET))
    statement = f"UPDATE record_leaf SET {column} = {_SET[column]} WHERE id = (SELECT leaf_id FROM record_position WHERE position = :at)"  # noqa: S608  # nosec B608  # columns of ours
    await session.execute(text(statement), {"at": at})
    return f"{column} of {at}"


async def update_payload(session: Session, chance: Random, size: int) -> str:
    """What an act was about, or the salt of its hash; gone, or another."""
    at = chance.randrange(size)
    change = chance.choice(
        [
            "salt = NULL, payload = NULL, erased_at = now()",
            "payload = payload || '{\"x\": 1}'",
            "payload = '{}'",
            "salt = sha256(salt)",
            "salt = NULL, payload = NULL, erased_at = NULL",
        ]
    )
    where = "WHERE leaf_id = (SELECT leaf_id FROM record_position WHERE position = :at)"
    await session.execute(text("ALTER TABLE record_payload DROP CONSTRAINT ck_record_payload_whole"))
    await session.execute(text(f"UPDATE record_payload SET {change} {where}"), {"at": at})  # noqa: S608  # nosec B608  # texts of ours
    return f"{change} of {at}"


async def update_consistently(session: Session, chance: Random, size: int) -> str:
    """An act and its payload, with new hashes in the leaf, and in the node over it half of the time."""
    at = chance.randrange(size)
    leaf = await _forge(session, at)
    if chance.random() < 0.5:
        await session.execute(
            text("UPDATE record_node SET hash = :leaf WHERE level = 0 AND index = :at"), {"leaf": leaf, "at": at}
        )
    return f"consistently {at}"


async def delete(session: Session, chance: Random, size: int) -> str:
    """A leaf with its payload; its place too, or the places after it moved up."""
    at, kind = chance.randrange(size), chance.choice(["leaf", "place", "moved"])
    found = (await session.execute(text(_AT), {"at": at})).one()
    for statement in ("DELETE FROM record_payload WHERE leaf_id = :id", "DELETE FROM record_leaf WHERE id = :id"):
        await session.execute(text(statement), {"id": found.id})
    if kind != "leaf":
        await session.execute(text("DELETE FROM record_position WHERE position = :at"), {"at": at})
    if kind == "moved":
        await _move(session, at, -1)
    return f"{kind} {at}"


async def insert(session: Session, chance: Random, size: int) -> str:
    """A leaf that nobody made: without a place, or at one that others make room for."""
    at = chance.randrange(size)
    leaf_id = (await session.execute(text(_COPY), {"at": at, "hash": secrets.token_bytes(32)})).scalar_one()
    leaf = await _rehash(session, leaf_id)
    if chance.random() < 0.5:
        return f"without a place, like {at}"
    await _move(session, at, 1)
    await session.execute(text("INSERT INTO record_position VALUES (:at, :id)"), {"at": at, "id": leaf_id})
    await session.execute(text("UPDATE record_node SET hash = :leaf WHERE level = 0 AND index = :at"), {"leaf": leaf, "at": at})
    return f"at {at}"


async def swap(session: Session, chance: Random, size: int) -> str:
    """Two leaves change places, with the nodes over them half of the time."""
    one, other = chance.sample(range(size), 2)
    places = {"one": one, "other": other}
    await session.execute(text("ALTER TABLE record_position DROP CONSTRAINT uq_record_position_leaf_id"))
    await session.execute(text(_SWAP_PLACES), places)
    if chance.random() < 0.5:
        await session.execute(text(_SWAP_NODES), places)
    return f"{one} and {other}"


async def cut(session: Session, chance: Random, size: int) -> str:
    """The end of the record, with all that covers it."""
    left = chance.randrange(size)
    for statement in _CUT:
        await session.execute(text(statement), {"left": left})
    return f"after {left}"


async def rebuild(session: Session, chance: Random, size: int) -> str:
    """An act changed, and then every node and every head made anew and signed, as who also holds the key could."""
    at = chance.randrange(size)
    await _forge(session, at)
    rows = await session.execute(
        text("SELECT l.leaf_hash FROM record_position p JOIN record_leaf l ON l.id = p.leaf_id ORDER BY p.position")
    )
    edge: list[bytes] = []
    nodes = {(level, index): root for level, index, root in tree.grow(edge, 0, rows.scalars())}
    keep = "UPDATE record_node SET hash = :hash WHERE level = :level AND index = :index"
    over_it = [{"level": level, "index": index, "hash": root} for (level, index), root in nodes.items() if index == at >> level]
    await session.execute(text(keep), over_it)
    signer = record_signer()
    for head in (await session.execute(text("SELECT size FROM record_head WHERE size > :at"), {"at": at})).scalars().all():
        checkpoint = Checkpoint(signer.name, head, tree.fold([nodes[each] for each in tree.peaks(0, head)]))
        note = f"{checkpoint.text}\n{signer.line(checkpoint.text)}"
        await session.execute(
            text("UPDATE record_head SET root = :root, note = :note WHERE size = :size"),
            {"root": checkpoint.root, "note": note, "size": head},
        )
    return f"from {at} on"


EDITS: tuple[Edit, ...] = (update, update_payload, update_consistently, delete, insert, swap, cut, rebuild)


async def _forge(session: Session, at: int) -> bytes:
    """Another act at a place, hashed as it should be."""
    found = (await session.execute(text(_AT), {"at": at})).one()
    payload: dict[str, Any] = {"forged": at}
    salt = secrets.token_bytes(32)
    await session.execute(
        text("UPDATE record_payload SET salt = :salt, payload = CAST(:payload AS jsonb) WHERE leaf_id = :id"),
        {"salt": salt, "payload": f'{{"forged": {at}}}', "id": found.id},
    )
    await session.execute(
        text("UPDATE record_leaf SET payload_hash = :hash WHERE id = :id"),
        {"hash": hash_payload(salt, payload), "id": found.id},
    )
    return await _rehash(session, found.id)


async def _rehash(session: Session, leaf_id: int) -> bytes:
    found = (await session.execute(text("SELECT * FROM record_leaf WHERE id = :id"), {"id": leaf_id})).one()
    leaf = hash_leaf(**{name: getattr(found, name) for name in ENTRY})
    await session.execute(text("UPDATE record_leaf SET leaf_hash = :leaf WHERE id = :id"), {"leaf": leaf, "id": leaf_id})
    return leaf


async def _move(session: Session, at: int, by: int) -> None:
    """The places from one on move by one."""
    first = at if by > 0 else at + 1
    for statement in (
        "UPDATE record_position SET position = -position - 1 WHERE position >= :first",
        "UPDATE record_position SET position = -position - 1 + :by WHERE position < 0",
    ):
        await session.execute(text(statement), {"first": first, "by": by} if ":by" in statement else {"first": first})


_COPY = """
    WITH made AS (
        INSERT INTO record_leaf (act, subject, actor_id, capacity, via, at, wall_at, payload_hash, leaf_hash)
        SELECT act, subject || '0', actor_id, capacity, via, at, wall_at, payload_hash, :hash FROM record_leaf
        WHERE id = (SELECT leaf_id FROM record_position WHERE position = :at) RETURNING id
    ), about AS (
        INSERT INTO record_payload (leaf_id, salt, payload) SELECT made.id, y.salt, y.payload FROM made, record_payload y
        WHERE y.leaf_id = (SELECT leaf_id FROM record_position WHERE position = :at)
    ) SELECT id FROM made
"""
_SWAP_PLACES = """
    UPDATE record_position p SET leaf_id = o.leaf_id FROM record_position o
    WHERE (p.position, o.position) IN ((:one, :other), (:other, :one))
"""
_SWAP_NODES = """
    UPDATE record_node n SET hash = o.hash FROM record_node o
    WHERE n.level = 0 AND o.level = 0 AND (n.index, o.index) IN ((:one, :other), (:other, :one))
"""
_CUT = (
    "DELETE FROM record_cosignature WHERE size > :left",
    "DELETE FROM record_head WHERE size > :left",
    "DELETE FROM record_node WHERE (index + 1) << level > :left",
    "CREATE TEMP TABLE gone ON COMMIT DROP AS SELECT leaf_id FROM record_position WHERE position >= 0",
    "DELETE FROM record_position WHERE position >= :left",
    "DELETE FROM record_payload WHERE leaf_id IN (SELECT leaf_id FROM gone EXCEPT SELECT leaf_id FROM record_position)",
    "DELETE FROM record_leaf WHERE id IN (SELECT leaf_id FROM gone EXCEPT SELECT leaf_id FROM record_position)",
)
