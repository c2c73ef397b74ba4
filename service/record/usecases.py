"""Leaving a trace, and asking who did what."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from service.core import clock
from service.core.actor import Actor
from service.core.canonical import canonical
from service.core.db import Session, to_json
from service.record.tree import hash_of_leaf

INSERT_LEAF = (
    "leaf AS (INSERT INTO record_leaf (act, subject, actor_id, capacity, via, at, wall_at, payload_hash, leaf_hash) "
    "VALUES (:act, :subject, :actor_id, :capacity, :via, :at, :wall_at, :payload_hash, :leaf_hash) RETURNING id), "
    "waiting AS (INSERT INTO record_pending (leaf_id) SELECT id FROM leaf) "
    "INSERT INTO record_payload (leaf_id, salt, payload) SELECT id, :salt, CAST(:payload AS jsonb) FROM leaf"
)
"""The end of a statement that begins with ``WITH`` and inserts what the act makes; its values come from ``new_leaf``."""

_APPEND = text(f"WITH {INSERT_LEAF}")
_ACTORS = text("SELECT DISTINCT actor_id FROM record_leaf WHERE subject = :subject AND act = ANY(:acts)")


async def append(session: Session, actor: Actor, act: str, subject: str, payload: Mapping[str, object]) -> None:
    """Record that ``actor`` did ``act`` (``"scoresheet.locked"``) on ``subject`` (``"scoresheet:<id>"``).

    ``payload`` holds JSON values; amounts as texts with two decimals, identifiers as texts.
    """
    await session.execute(_APPEND, await new_leaf(session, actor, act, subject, payload))


async def new_leaf(session: Session, actor: Actor, act: str, subject: str, payload: Mapping[str, object]) -> dict[str, object]:
    """The values of ``INSERT_LEAF``, for an act whose effect and trace are one statement; otherwise as ``append``."""
    at, wall_at = await clock.both(session)
    salt = secrets.token_bytes(32)
    entry = {
        "act": act,
        "subject": subject,
        "actor_id": actor.person_id,
        "capacity": actor.capacity,
        "via": actor.via,
        "at": at,
        "wall_at": wall_at,
        "payload_hash": hash_payload(salt, payload),
    }
    return {**entry, "leaf_hash": hash_leaf(**entry), "salt": salt, "payload": to_json(payload)}


async def actors_of(session: Session, subject: str, *acts: str) -> set[UUID]:
    """The persons who did any of ``acts`` on ``subject``: what separation of duties asks."""
    rows = await session.execute(_ACTORS, {"subject": subject, "acts": list(acts)})
    return set(rows.scalars())


def hash_payload(salt: bytes, payload: Mapping[str, object]) -> bytes:
    """SHA-256 of the salt followed by the payload's canonical form."""
    return hashlib.sha256(salt + canonical(dict(payload))).digest()


def leaf_entry(
    *,
    act: str,
    subject: str,
    actor_id: UUID,
    capacity: str | None,
    via: str,
    at: datetime,
    wall_at: datetime,
    payload_hash: bytes,
) -> dict[str, str]:
    """What a leaf says, as anybody can hash it again; the oldest leaves say nothing of a capacity."""
    entry = {
        "format": "raymi-leaf/1" if capacity is None else "raymi-leaf/2",
        "act": act,
        "subject": subject,
        "actor": str(actor_id),
        "via": via,
        "at": instant(at),
        "wall_at": instant(wall_at),
        "payload_sha256": payload_hash.hex(),
    }
    return entry if capacity is None else {**entry, "capacity": capacity}


def hash_leaf(**entry: object) -> bytes:
    """The leaf hash (RFC 9162 2.1) of a leaf's canonical JSON; the parts are those of ``leaf_entry``."""
    return hash_of_leaf(canonical(leaf_entry(**entry)))  # type: ignore[arg-type]  # one list of names, kept at leaf_entry


def instant(moment: datetime) -> str:
    """A time in UTC with microseconds, as leaves write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
