"""Codes that are handed over on paper and typed by hand: a handle that finds them, and a secret of which only a hash is kept."""

import hashlib
import hmac
import secrets
from uuid import UUID

_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are mistaken for one another."""
_HANDLE = 6


def new_code(length: int) -> tuple[str, str]:
    """A handle of 6 letters of 31, and a secret of ``length``: 12 are some 59 random bits, 6 some 29."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_HANDLE + length))
    return letters[:_HANDLE], letters[_HANDLE:]


def written(handle: str, secret: str) -> str:
    """A code as on paper: in groups of six."""
    return "-".join([handle, *(secret[start : start + 6] for start in range(0, len(secret), 6))])


def read_code(typed: str) -> tuple[str, str]:
    """The handle and the secret of a code as typed: capitals or not, with or without hyphens and spaces."""
    plain = "".join(letter for letter in typed.upper() if letter in _LETTERS)
    return plain[:_HANDLE], plain[_HANDLE:]


def hash_secret(code_id: UUID, secret: str) -> bytes:
    """What is kept of a secret, salted with the identifier of its code."""
    return hashlib.sha256(code_id.bytes + secret.encode()).digest()


def is_right(code_id: UUID, secret: str, code_hash: bytes) -> bool:
    """Whether a secret is the one whose hash was kept."""
    return hmac.compare_digest(hash_secret(code_id, secret), code_hash)
