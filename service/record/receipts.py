"""Receipts: a short code that anybody who did something can keep, and with which everybody sees that it stands in the record.

The code is the beginning of the leaf's hash, sixty bits in Crockford's base 32, which has no letters that look like others. It tells
nothing of the act to whom does not hold the leaf.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from service.core.db import Session
from service.core.errors import NotFound, Rejected
from service.record import store
from service.record.heads import Inclusion, prove_inclusion
from service.record.witnesses import sign_witnessed

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


class NotACode(Rejected):
    """A receipt's code has twelve letters and digits."""

    message = "A receipt's code has twelve letters and digits, as in 4T7K-9WQ2-M0XA. Look at it again."


@dataclass(frozen=True, slots=True)
class Receipt:
    """What everybody sees of an act by its receipt: what was done, to what kind of thing, when, and where it stands."""

    code: str
    act: str
    kind: str
    at: datetime
    inclusion: Inclusion


async def find_receipt(session: Session, written: str) -> Receipt:
    """The act of a receipt, under a signed head: one is signed if there is none yet. Raises ``NotACode``, ``NotFound``."""
    code = read_code(written)
    low, high = _bounds(code)
    leaf = (await session.execute(_FIND, {"low": low, "high": high})).one_or_none()
    if leaf is None:
        raise NotFound
    if leaf.position is None or await store.head_covering(session, leaf.position) is None:
        await sign_witnessed(session)
        leaf = (await session.execute(_FIND, {"low": low, "high": high})).one()
    head = await store.head_covering(session, leaf.position)
    assert head is not None, "what was signed just now covers every leaf"
    return Receipt(code, leaf.act, leaf.kind, leaf.at, await prove_inclusion(session, leaf.position, head))


async def receipt_of(session: Session, subject: str, *acts: str) -> str | None:
    """The code of the newest of ``acts`` on a subject, for who may read the subject."""
    leaf = await session.scalar(_NEWEST, {"subject": subject, "acts": list(acts)})
    return None if leaf is None else code_of(leaf)


async def receipts_by(session: Session, person_id: UUID, limit: int = 50) -> list[tuple[str, str, datetime]]:
    """The newest acts of a person: code, act and time."""
    rows = await session.execute(_OWN, {"person": person_id, "limit": limit})
    return [(code_of(row.leaf_hash), row.act, row.at) for row in rows]


def code_of(leaf_hash: bytes) -> str:
    """The code of a leaf, in groups of four."""
    number = int.from_bytes(leaf_hash[:8], "big") >> 4
    letters = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(LENGTH)))
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))


def read_code(written: str) -> str:
    """A code as somebody types it: small letters, without dashes, O for 0. Raises ``NotACode``."""
    letters = written.upper().translate(_READ_AS)
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET):
        raise NotACode
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))


def _bounds(code: str) -> tuple[bytes, bytes]:
    """The least and the greatest hash that begins as the code says."""
    number = 0
    for letter in code.replace("-", ""):
        number = number << 5 | ALPHABET.index(letter)
    return (number << 4).to_bytes(8, "big") + bytes(24), (number << 4 | 15).to_bytes(8, "big") + b"\xff" * 24


_FIND = text(
    "SELECT l.act, split_part(l.subject, ':', 1) AS kind, l.at, p.position FROM record_leaf l "
    "LEFT JOIN record_position p ON p.leaf_id = l.id WHERE l.leaf_hash BETWEEN :low AND :high LIMIT 1"
)
_NEWEST = text("SELECT leaf_hash FROM record_leaf WHERE subject = :subject AND act = ANY(:acts) ORDER BY id DESC LIMIT 1")
_OWN = text("SELECT leaf_hash, act, at FROM record_leaf WHERE actor_id = :person ORDER BY id DESC LIMIT :limit")
