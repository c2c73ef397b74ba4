"""Signed notes and checkpoints as the transparency community writes them (C2SP signed-note, tlog-checkpoint, tlog-cosignature).

A checkpoint says of a log: its origin, its size, and its root. A note is such a text, an empty line, and a line for each signature:
a dash, the signer's name, and in base64 four bytes that tell the key and the signature. Keys are Ed25519 (RFC 8032).
"""

import base64
import hashlib
import re
from dataclasses import dataclass
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LOG, WITNESS = 1, 4
"""What a key signs: a note as it stands, or a checkpoint with the time at which a witness saw it."""

_NAME = re.compile(r"[^\s+]+")


class NoteRefused(ValueError):
    """A text is not the note it should be, or nobody who is known has signed it."""


@dataclass(frozen=True)
class Verifier:
    """A public key with its signer's name: ``written`` as ``name+hash+key``, which anybody can copy from paper."""

    name: str
    kind: int
    public: bytes

    @property
    def hint(self) -> bytes:
        """The four bytes that tell the key in a signature."""
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:4]

    @property
    def written(self) -> str:
        """The key as one word."""
        return f"{self.name}+{self.hint.hex()}+{_base64(bytes([self.kind]) + self.public)}"

    @classmethod
    def read(cls, written: str) -> Self:
        """A key from its word. Raises ``NoteRefused``."""
        name, _, rest = written.strip().partition("+")
        hint, _, key = rest.partition("+")
        blob = _bytes(key)
        if not _NAME.fullmatch(name) or len(blob) != 33 or blob[0] not in (LOG, WITNESS):
            raise NoteRefused("a key is written name+hash+key")
        found = cls(name, blob[0], blob[1:])
        if found.hint.hex() != hint:
            raise NoteRefused("the key does not belong to its name")
        return found

    def has_signed(self, signature: bytes, text: str) -> bool:
        """Whether a signature (without its hint) is this key's under a text."""
        signed, made = text.encode(), signature
        if self.kind == WITNESS:
            if len(signature) != 72:
                return False
            signed, made = _seen(text, int.from_bytes(signature[:8], "big")), signature[8:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(made, signed)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """A secret key (32 bytes) with its signer's name."""

    name: str
    kind: int
    seed: bytes

    @property
    def verifier(self) -> Verifier:
        """Its public half."""
        return Verifier(self.name, self.kind, self._key.public_key().public_bytes_raw())

    def line(self, text: str, at: int = 0) -> str:
        """The signature line under a text; a witness signs with ``at``, the seconds since 1970 at which it saw it."""
        if self.kind == WITNESS:
            blob = at.to_bytes(8, "big") + self._key.sign(_seen(text, at))
        else:
            blob = self._key.sign(text.encode())
        return f"— {self.name} {_base64(self.verifier.hint + blob)}\n"

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True)
class Checkpoint:
    """What a head of a log says: its origin, how many leaves it covers, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """The checkpoint that a note's text begins with. Raises ``NoteRefused``."""
        lines = text.split("\n")
        if len(lines) < 4 or not lines[0] or not re.fullmatch(r"0|[1-9][0-9]{0,18}", lines[1]):
            raise NoteRefused("this is no checkpoint")
        root = _bytes(lines[2])
        if len(root) != 32:
            raise NoteRefused("a root has 32 bytes")
        return cls(lines[0], int(lines[1]), root)


def split(note: str) -> tuple[str, list[str]]:
    """A note's text and its signature lines. Raises ``NoteRefused``."""
    text, separator, signatures = note.rpartition("\n\n")
    lines = signatures.splitlines(keepends=True)
    if not separator or not lines or not all(each.startswith("— ") and each.endswith("\n") for each in lines):
        raise NoteRefused("this is no signed note")
    return text + "\n", lines


def read(note: str, *known: Verifier) -> Checkpoint:
    """The checkpoint of a note that one of the known keys has signed. Raises ``NoteRefused``."""
    text, lines = split(note)
    if not any(signed_by(line, each, text) for line in lines for each in known):
        raise NoteRefused("nobody who is known has signed this")
    return Checkpoint.read(text)


def signed_by(line: str, verifier: Verifier, text: str) -> bool:
    """Whether a signature line is the key's under a text."""
    name, _, blob = line.removeprefix("— ").rstrip("\n").partition(" ")
    raw = _bytes(blob)
    return name == verifier.name and raw[:4] == verifier.hint and verifier.has_signed(raw[4:], text)


def _seen(text: str, at: int) -> bytes:
    """What a witness signs (tlog-cosignature, v1)."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(written: str) -> bytes:
    try:
        return base64.b64decode(written, validate=True)
    except ValueError as error:
        raise NoteRefused("this is not base64") from error
