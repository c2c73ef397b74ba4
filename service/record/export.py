"""The record as files that an auditor takes away and checks on an own machine, with nothing of ours but one small program."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from sqlalchemy import text

from service.core.canonical import canonical
from service.core.db import Session
from service.record import store
from service.record.keys import record_signer
from service.record.usecases import instant, leaf_entry

FORMAT = "raymi-record/1"
_ENTRY = ("act", "subject", "actor_id", "capacity", "via", "at", "wall_at", "payload_hash")


async def export_record(session: Session, folder: Path, *, payloads: bool = True) -> int:
    """Write the record to an empty folder as it is; how many places it has.

    ``record.json`` says what it is, with the SHA-256 of the others; ``leaves.jsonl`` has a line for each place, ``heads.jsonl`` one for each signed head, and
    ``stray.jsonl`` the leaves that have no place and wait for none, which nobody should find. The transaction has to see one moment only
    (REPEATABLE READ): acts go on meanwhile. Without ``payloads`` it holds nothing but hashes of them.
    """
    size = await store.size(session)
    hashes = {}
    for name, lines in (
        ("leaves.jsonl", _leaves(session, size, payloads=payloads)),
        ("heads.jsonl", _heads(session)),
        ("stray.jsonl", _strays(session)),
    ):
        hashed = hashlib.sha256()
        with (folder / name).open("wb") as file:
            async for line in lines:
                written = canonical(line) + b"\n"
                hashed.update(written)
                file.write(written)
        hashes[name] = hashed.hexdigest()
    about = {"format": FORMAT, "origin": record_signer().name, "size": size, "keys": await _keys(session), "sha256": hashes}
    (folder / "record.json").write_bytes(canonical(about) + b"\n")
    return size


async def _keys(session: Session) -> list[str]:
    """The keys that heads are signed with, the present one last."""
    known = await store.keys(session)
    present = record_signer().verifier.written
    return [*(key for key in known if key != present), present]


async def _leaves(session: Session, size: int, *, payloads: bool) -> AsyncIterator[dict[str, Any]]:
    """Each place with what is kept for it; what is missing is null, which the check names."""
    rows = await session.stream(_LEAVES, {"size": size})
    async for row in rows:
        line: dict[str, Any] = {"position": row.position, "node": _hex(row.node), "leaf": None, "leaf_sha256": None}
        if row.leaf_hash is not None:
            line["leaf"] = leaf_entry(**{name: getattr(row, name) for name in _ENTRY})
            line["leaf_sha256"] = row.leaf_hash.hex()
        if payloads:
            erased = instant(row.erased_at) if row.erased_at else None
            line |= {"payload": row.payload, "salt": _hex(row.salt), "erased_at": erased}
        yield line


async def _heads(session: Session) -> AsyncIterator[dict[str, Any]]:
    for row in await session.execute(_HEADS):
        yield {"size": row.size, "at": instant(row.at), "note": row.note, "seen_by": row.seen_by}


async def _strays(session: Session) -> AsyncIterator[dict[str, Any]]:
    for row in await session.execute(_STRAYS):
        yield {"leaf": leaf_entry(**{name: getattr(row, name) for name in _ENTRY}), "leaf_sha256": row.leaf_hash.hex()}


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


_LEAVES = text(
    "SELECT s.position, n.hash AS node, l.act, l.subject, l.actor_id, l.capacity, l.via, l.at, l.wall_at, l.payload_hash, l.leaf_hash, "
    "y.payload, y.salt, y.erased_at FROM generate_series(0, CAST(:size AS bigint) - 1) AS s (position) "
    "LEFT JOIN record_position p USING (position) LEFT JOIN record_leaf l ON l.id = p.leaf_id "
    "LEFT JOIN record_payload y ON y.leaf_id = l.id LEFT JOIN record_node n ON n.level = 0 AND n.index = s.position ORDER BY s.position"
)
_HEADS = text(
    "SELECT h.size, h.at, h.note, COALESCE(jsonb_object_agg(c.witness, c.line) FILTER (WHERE c.witness IS NOT NULL), '{}') AS seen_by "
    "FROM record_head h LEFT JOIN record_cosignature c USING (size) GROUP BY h.size ORDER BY h.size"
)
_STRAYS = text(
    "SELECT l.* FROM record_leaf l WHERE NOT EXISTS (SELECT FROM record_position p WHERE p.leaf_id = l.id) "
    "AND NOT EXISTS (SELECT FROM record_pending w WHERE w.leaf_id = l.id) ORDER BY l.id"
)
