"""Witnesses: where the heads go, so that whoever owns this database cannot tell another story tomorrow.

A witness is a folder that somebody else keeps, or a program that signs what it sees (C2SP tlog-witness): only an extension of what it
saw last. ``RAYMI_WITNESSES`` names them, a blank between: ``/path`` or ``https://witness.example/|name+hash+key``.
"""

import logging
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from service.core.db import Session
from service.core.settings import BadSetting, load
from service.record import heads, note, store
from service.record.keys import record_signer
from service.record.models import RecordHead
from service.record.note import Checkpoint, NoteRefused, Verifier

log = logging.getLogger("raymi.record")


class OtherHead(OSError):
    """A folder holds another head of the same size, which is never written over."""


@dataclass(frozen=True)
class Witness:
    """A folder (without ``verifier``) or the address of a program, with the key that it signs with."""

    address: str
    verifier: Verifier | None

    @classmethod
    def read(cls, written: str) -> Self:
        """A witness as the setting writes it. Raises ``BadSetting``."""
        address, _, key = written.partition("|")
        if address.startswith("/"):
            return cls(address, None)
        if not address.startswith(("https://", "http://")) or not key:
            raise BadSetting(f"RAYMI_WITNESSES: {written!r} is neither a folder's path nor an address with |name+hash+key.")
        try:
            return cls(address.rstrip("/"), Verifier.read(key))
        except NoteRefused as refused:
            raise BadSetting(f"RAYMI_WITNESSES: the key of {address}: {refused}") from refused


def configured() -> list[Witness]:
    """The witnesses of this installation. Raises ``BadSetting``."""
    return [Witness.read(each) for each in load().witnesses]


async def sign_witnessed(session: Session) -> RecordHead:
    """Sign a head that continues what every folder has seen. Raises ``heads.RecordCut``, ``heads.NothingToSign``."""
    known = [record_signer().verifier, *(Verifier.read(each) for each in await store.keys(session))]
    folders = (Path(each.address) for each in configured() if each.verifier is None)
    return await heads.sign_head(session, [seen for each in folders for seen in newest_in(each, known)])


def newest_in(folder: Path, known: Iterable[Verifier]) -> list[Checkpoint]:
    """The largest head in a folder that one of the known keys signs; what nobody signs is passed over, and said."""
    sizes = [int(file.stem) for file in _own(folder).glob("*.note") if file.stem.isdecimal()]
    for size in sorted(sizes, reverse=True):
        try:
            return [note.read((_own(folder) / f"{size}.note").read_text(encoding="utf-8"), *known)]
        except (NoteRefused, UnicodeDecodeError):
            log.warning("a folder holds what is no head of this record", extra={"error": f"{folder}: {size}.note"})
    return []


def keep_in_folder(folder: Path, head: RecordHead) -> None:
    """Write a head to a folder: whole or not at all, and never over another. Raises ``OtherHead``."""
    place = _own(folder)
    place.mkdir(parents=True, exist_ok=True)
    draft, file = place / f".{head.size}.{os.getpid()}.{time.monotonic_ns()}", place / f"{head.size}.note"
    draft.write_text(head.note, encoding="utf-8")
    try:
        with suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink()
    if file.read_text(encoding="utf-8") != head.note:
        raise OtherHead(f"{file} holds another head")


def _own(folder: Path) -> Path:
    """Where in a folder the heads of this record lie: others may keep theirs beside."""
    return folder / record_signer().name.replace("/", "_").replace(":", "_")
