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

INSERT_LEAF = (
    "leaf AS (INSERT INTO record_leaf (act, subject, actor_id, via, at, wall_at, payload_hash, leaf_hash) "
    "VALUES (:act, :subject, :actor_id, :via, :at, :wall_at, :payload_hash, :leaf_hash) RETURNING id) "
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
    written = to_json(payload)
    payload_hash = hash_payload(salt, payload)
    values = {"act": act, "subject": subject, "actor_id": actor.person_id, "via": actor.via, "at": at, "wall_at": wall_at}
    leaf = hash_leaf(act, subject, actor.person_id, actor.via, at, wall_at, payload_hash)
    return {**values, "payload_hash": payload_hash, "leaf_hash": leaf, "salt": salt, "payload": written}


async def actors_of(session: Session, subject: str, *acts: str) -> set[UUID]:
    """The persons who did any of ``acts`` on ``subject``: what separation of duties asks."""
    rows = await session.execute(_ACTORS, {"subject": subject, "acts": list(acts)})
    return set(rows.scalars())


def hash_payload(salt: bytes, payload: Mapping[str, object]) -> bytes:
    """SHA-256 of the salt followed by the payload's canonical form."""
    return hashlib.sha256(salt + canonical(dict(payload))).digest()


def hash_leaf(act: str, subject: str, actor_id: UUID, via: str, at: datetime, wall_at: datetime, payload_hash: bytes) -> bytes:
    """The leaf hash (RFC 9162 2.1): SHA-256 of a zero byte followed by the leaf's canonical JSON."""
    leaf = {
        "format": "raymi-leaf/1",
        "act": act,
        "subject": subject,
        "actor": str(actor_id),
        "via": via,
        "at": _instant(at),
        "wall_at": _instant(wall_at),
        "payload_sha256": payload_hash.hex(),
    }
    return hashlib.sha256(b"\x00" + canonical(leaf)).digest()


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
