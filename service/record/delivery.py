"""Bringing heads to the witnesses, outside of every lock, again and again until they have them."""

import base64
import logging
from collections.abc import Sequence
from pathlib import Path

import httpx
from sqlalchemy import text

from service.core import clock
from service.core.db import Session, Sessions, transaction
from service.record import heads, note, store
from service.record.heads import RecordCut
from service.record.models import RecordCosignature, RecordHead
from service.record.note import NoteRefused, Verifier
from service.record.witnesses import Witness, configured, keep_in_folder, sign_witnessed

log = logging.getLogger("raymi.record")

PATIENCE_SECONDS = 10.0
LONGEST_ANSWER = 4096


class WitnessRefused(Exception):
    """A witness did not take a head; the text says why."""


async def deliver(sessions: Sessions) -> list[str]:
    """Bring the newest head to every witness that has not seen it; what went wrong, by witness."""
    wrong = []
    for witness in configured():
        try:
            await _deliver_to(sessions, witness)
        except (WitnessRefused, RecordCut, OSError, httpx.HTTPError) as trouble:
            log.warning("a witness did not take the head", extra={"error": f"{witness.address}: {trouble}"})
            wrong.append(f"{witness.address}: {trouble}")
    return wrong


async def require_continued(sessions: Sessions) -> None:
    """At the start: every witness that answers has seen this record and no more of it. Raises ``RecordCut``.

    A witness that does not answer stops nobody; ``raymi doctor`` names it.
    """
    async with transaction(sessions) as session:
        if not await store.size(session) and not await session.scalar(_WAITING):
            return
        await sign_witnessed(session)
    for witness in configured():
        try:
            await _deliver_to(sessions, witness)
        except (WitnessRefused, OSError, httpx.HTTPError) as trouble:
            log.warning("a witness did not take the head", extra={"error": f"{witness.address}: {trouble}"})


async def seen_by(session: Session, size: int) -> list[str]:
    """The lines of the witnesses that have signed the head of a size."""
    return list((await session.execute(_LINES, {"size": size})).scalars())


async def _deliver_to(sessions: Sessions, witness: Witness) -> None:
    async with transaction(sessions) as session:
        head, last = await store.newest_head(session), await session.scalar(_LAST, {"witness": witness.address})
        if head is None or head.size == last:
            return
    line = None
    if witness.verifier is None:
        keep_in_folder(Path(witness.address), head)
    else:
        line = await _ask(sessions, witness, witness.verifier, head, last or 0)
    async with transaction(sessions) as session:
        session.add(RecordCosignature(size=head.size, witness=witness.address, line=line, at=await clock.now(session)))


async def _ask(sessions: Sessions, witness: Witness, verifier: Verifier, head: RecordHead, last: int) -> str:
    """The line with which a witness signs a head. Raises ``WitnessRefused``, ``RecordCut`` where it has seen more."""
    async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as client:
        status, answer = await _post(client, witness, head, last, await _proof(sessions, last, head.size))
        if status == 409 and answer.strip().isdecimal():
            seen = int(answer)
            if seen > head.size:
                raise RecordCut(seen=seen)
            status, answer = await _post(client, witness, head, seen, await _proof(sessions, seen, head.size))
    checked = note.split(head.note)[0]
    for line in answer.splitlines(keepends=True) if status == 200 else ():
        try:
            if note.signed_by(line, verifier, checked):
                return line
        except NoteRefused:
            continue
    raise WitnessRefused(f"it answered {status} without its signature")


async def _proof(sessions: Sessions, first: int, second: int) -> list[bytes]:
    if not first:
        return []
    async with transaction(sessions) as session:
        return await heads.prove_consistency(session, first, second)


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
_LINES = text("SELECT line FROM record_cosignature WHERE size = :size AND line IS NOT NULL ORDER BY witness")
_WAITING = text("SELECT EXISTS (SELECT FROM record_pending)")
