"""Witnesses: where the heads go, so that whoever owns this database cannot tell another story tomorrow.

A witness is a folder that somebody else keeps, or a program that signs what it sees (C2SP tlog-witness): only an extension of what it
saw last. ``RAYMI_WITNESSES`` names them, a blank between: ``/path`` or ``https://witness.example/|name+hash+key``.
"""

import base64
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
from sqlalchemy import text

from service.core import clock
from service.core.db import Session, Sessions, transaction
from service.core.settings import BadSetting, load
from service.record import heads, note, store
from service.record.keys import record_signer
from service.record.models import RecordCosignature, RecordHead
from service.record.note import Checkpoint, NoteRefused, Verifier

log = logging.getLogger("raymi.record")

PATIENCE_SECONDS = 10.0
LONGEST_ANSWER = 4096


class WitnessRefused(Exception):
    """A witness did not take a head; the text says why."""


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
    """Sign a head that continues what every folder has seen. Raises ``heads.RecordCut``."""
    return await heads.sign_head(session, seen_in_folders())


async def deliver(sessions: Sessions) -> list[str]:
    """Bring the newest head to every witness that has not seen it; what went wrong, by witness. Nothing is locked meanwhile."""
    wrong = []
    for witness in configured():
        try:
            await _deliver_to(sessions, witness)
        except (WitnessRefused, OSError, httpx.HTTPError) as trouble:
            log.warning("a witness did not take the head", extra={"error": f"{witness.address}: {trouble}"})
            wrong.append(f"{witness.address}: {trouble}")
    return wrong


def seen_in_folders() -> list[Checkpoint]:
    """What each folder has seen last of this record. What is not signed by it is no head of it, and is passed over."""
    found = []
    for folder in (Path(each.address) for each in configured() if each.verifier is None):
        sizes = [int(file.stem) for file in _own(folder).glob("*.note") if file.stem.isdecimal()]
        for size in sorted(sizes, reverse=True)[:1]:
            try:
                found.append(note.read((_own(folder) / f"{size}.note").read_text(), record_signer().verifier))
            except NoteRefused:
                log.warning("a folder holds what is no head of this record", extra={"error": str(folder)})
    return found


async def _deliver_to(sessions: Sessions, witness: Witness) -> None:
    async with transaction(sessions) as session:
        head, last = await store.newest_head(session), await session.scalar(_LAST, {"witness": witness.address})
        if head is None or head.size == last:
            return
        proof = await heads.prove_consistency(session, last, head.size) if last else []
    line = None
    if witness.verifier is None:
        keep_in_folder(Path(witness.address), head)
    else:
        line = await _ask(sessions, witness, witness.verifier, head, last or 0, proof)
    async with transaction(sessions) as session:
        session.add(RecordCosignature(size=head.size, witness=witness.address, line=line, at=await clock.now(session)))


def keep_in_folder(folder: Path, head: RecordHead) -> None:
    """Write a head to a folder: whole or not at all, and never over another."""
    _own(folder).mkdir(parents=True, exist_ok=True)
    file = _own(folder) / f"{head.size}.note"
    draft = file.with_name(f".{head.size}.{os.getpid()}")
    draft.write_text(head.note)
    draft.replace(file)


def _own(folder: Path) -> Path:
    """Where in a folder the heads of this record lie: others may keep theirs beside."""
    return folder / record_signer().name.replace("/", "_").replace(":", "_")


async def _ask(
    sessions: Sessions, witness: Witness, verifier: Verifier, head: RecordHead, old: int, proof: Sequence[bytes]
) -> str:
    """The line with which a witness signs a head. Raises ``WitnessRefused``."""
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        status, answer = await _post(client, witness, head, old, proof)
        if status == 409 and answer.strip().isdecimal() and 0 < (seen := int(answer)) <= head.size:
            async with transaction(sessions) as session:
                proof = await heads.prove_consistency(session, seen, head.size)
            status, answer = await _post(client, witness, head, seen, proof)
    if status == 409:
        raise WitnessRefused(f"it has seen {answer.strip()[:20]} acts, this head covers {head.size}")
    checked = note.split(head.note)[0]
    lines = [line for line in answer.splitlines(keepends=True) if status == 200 and line.startswith("— ")]
    for line in lines:
        if note.signed_by(line, verifier, checked):
            return line
    raise WitnessRefused(f"it answered {status} without its signature")


async def _post(
    client: httpx.AsyncClient, witness: Witness, head: RecordHead, old: int, proof: Sequence[bytes]
) -> tuple[int, str]:
    hashes = "".join(base64.b64encode(each).decode() + "\n" for each in proof)
    body = f"old {old}\n{hashes}\n{head.note}"
    async with client.stream("POST", f"{witness.address}/add-checkpoint", content=body.encode()) as answer:
        got = b""
        async for part in answer.aiter_bytes():
            got += part
            if len(got) > LONGEST_ANSWER:
                raise WitnessRefused("its answer is too long")
        return answer.status_code, got.decode(errors="replace")


_LAST = text("SELECT max(size) FROM record_cosignature WHERE witness = :witness")
