"""Invariants of hashes: what a hash stands for is hashed again."""

import hashlib
from collections.abc import AsyncIterator

from sqlalchemy import text

from service.core.canonical import sha256_hex
from service.core.db import Session
from service.core.encrypting import Unreadable, decrypt, opened
from service.record.usecases import hash_leaf, hash_payload
from service.scoring.sealing import openings

_DATA = {
    "minutes": "SELECT number, data, data_sha256 FROM minutes",
    "resolution": "SELECT number, data, data_sha256 FROM appeal_resolution",
    "contract": "SELECT number, data, data_sha256 FROM contract",
    "liquidation": "SELECT contract_id::text, data, data_sha256 FROM liquidation",
    "document": "SELECT kind || ' ' || subject, data, data_sha256 FROM document",
    "rule book": "SELECT contest_id || ' v' || version, book, sha256 FROM rule_book",
    "terms": "SELECT contest_id || ' v' || version, terms, terms_sha256 FROM rule_book",
}
_BOUND = """
    SELECT 'scan of contract ' || c.number, 'is not the file it was bound to' FROM ink_signature i
    JOIN contract c ON c.id = i.contract_id JOIN stored_file f ON f.id = i.file_id WHERE f.sha256 <> i.scan_sha256
    UNION ALL SELECT 'batch ' || b.message_id, 'its file is not the one it was bound to' FROM bank_batch b
    JOIN stored_file f ON f.id = b.file_id WHERE f.sha256 <> b.file_sha256
    UNION ALL SELECT 'answer ' || a.id, 'its file is not the one it was bound to' FROM bank_answer a
    JOIN stored_file f ON f.id = a.file_id WHERE f.sha256 <> a.file_sha256
"""
_PAID = "SELECT o.end_to_end_id, o.cci, b.cci FROM payment_order o JOIN beneficiary_account b ON b.id = o.account_id"
_LEAVES = """
    SELECT l.id, l.act, l.subject, l.actor_id, l.capacity, l.via, l.at, l.wall_at, l.payload_hash, l.leaf_hash, p.salt, p.payload, p.erased_at
    FROM record_leaf l LEFT JOIN record_payload p ON p.leaf_id = l.id ORDER BY l.id
"""
_COMMITTED = """
    SELECT l.subject, p.payload ->> 'commitment' AS commitment FROM record_leaf l JOIN record_payload p ON p.leaf_id = l.id
    WHERE l.act IN ('scoresheet.locked', 'scoresheet.superseded')
"""


_ENTRY = ("act", "subject", "actor_id", "capacity", "via", "at", "wall_at", "payload_hash")


async def data_hashes(session: Session) -> AsyncIterator[tuple[str, str]]:
    """Frozen data whose hash is another one."""
    for kind, statement in _DATA.items():
        for name, data, stated in await session.execute(text(statement)):
            found = sha256_hex(opened(data))
            if found != stated:
                yield f"{kind} {name}", f"hashes to {found}, not to {stated}"


async def file_hashes(session: Session) -> AsyncIterator[tuple[str, str]]:
    """Stored files whose bytes changed, and papers bound to another file."""
    for name, content, stated in await session.execute(
        text("SELECT id::text || ' ' || name, content, sha256 FROM stored_file")
    ):
        if _hash_of_file(content) != stated:
            yield f"file {name}", "its bytes are not those that were stored"
    for subject, wrong in await session.execute(text(_BOUND)):
        yield subject, wrong


async def paid_numbers(session: Session) -> AsyncIterator[tuple[str, str]]:
    """Orders that do not go to the number of the account they name; what cannot be read goes nowhere."""
    for name, paid, own in await session.execute(text(_PAID)):
        number = _readable(paid, "payment_order.cci")
        if number is None or number != _readable(own, "beneficiary_account.cci"):
            yield f"order {name}", "does not go to the number of its account"


def _hash_of_file(kept: bytes) -> str | None:
    content = _readable(kept, "stored_file.content")
    return None if content is None else hashlib.sha256(content).hexdigest()


def _readable(kept: bytes, place: str) -> bytes | None:
    try:
        return decrypt(kept, place)
    except Unreadable:
        return None


async def record_leaves(session: Session) -> AsyncIterator[tuple[str, str]]:
    """Leaves that do not hash to what they state, or whose payload does not."""
    async for row in await session.stream(text(_LEAVES)):
        entry = {name: getattr(row, name) for name in _ENTRY}
        if hash_leaf(**entry) != row.leaf_hash:
            yield f"leaf {row.id}", f"{row.act} on {row.subject} was altered"
        if row.erased_at is None and (row.salt is None or hash_payload(row.salt, row.payload) != row.payload_hash):
            yield f"leaf {row.id}", f"the payload of {row.act} on {row.subject} was altered"


async def commitments(session: Session) -> AsyncIterator[tuple[str, str]]:
    """Sheets that are not what their jurors committed to when they locked them."""
    committed = {row.subject: row.commitment for row in await session.execute(text(_COMMITTED)) if row.commitment is not None}
    async for opening in openings(session):
        if committed.get(f"scoresheet:{opening.sheet_id}") != opening.commitment:
            yield f"sheet {opening.sheet_id}", "is not what the record holds a commitment to"
