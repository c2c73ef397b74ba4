"""Signed heads, and the proofs that hang on them."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.core import clock
from service.core.db import Session
from service.core.errors import Conflict, NotFound
from service.record import store, tree
from service.record.keys import record_signer
from service.record.models import RecordHead
from service.record.note import Checkpoint
from service.record.sequencer import sequence


class RecordCut(Conflict):
    """A witness has seen more of the record, or another one, than this database holds."""

    message = (
        "A witness has seen {seen} acts of the record, and this database does not continue them. Nothing is signed. It may be an old "
        "backup, or somebody changed it: ask who runs the installation, and compare with the witness."
    )


class NothingToSign(Conflict):
    """A record without acts has no head."""

    message = "Nothing was done here yet, so there is nothing to sign."


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That a leaf stands at a position under a head: hashes from the leaf's neighbour up, as RFC 9162 lists them."""

    position: int
    leaf: bytes
    head: RecordHead
    proof: tuple[bytes, ...]


async def sign_head(session: Session, witnessed: Sequence[Checkpoint] = ()) -> RecordHead:
    """Put all that waits into the tree and sign the head over it; the same head again where nothing is new.

    Raises ``NothingToSign``, and ``RecordCut`` where a checkpoint that a witness holds is not one of this tree.
    """
    size = await sequence(session)
    if not size:
        raise NothingToSign
    for seen in witnessed:
        if seen.size > size or await root_at(session, seen.size) != seen.root:
            raise RecordCut(seen=seen.size)
    newest = await store.newest_head(session)
    if newest is not None and newest.size == size:
        return newest
    signer = record_signer()
    checkpoint = Checkpoint(signer.name, size, await root_at(session, size))
    note = f"{checkpoint.text}\n{signer.line(checkpoint.text)}"
    head = RecordHead(size=size, root=checkpoint.root, note=note, verifier=signer.verifier.written, at=await clock.now(session))
    session.add(head)
    await session.flush()
    return head


async def get_head(session: Session) -> RecordHead:
    """The newest signed head. Raises ``NotFound`` before the first."""
    head = await store.newest_head(session)
    if head is None:
        raise NotFound
    return head


async def root_at(session: Session, size: int) -> bytes:
    """The root over the first ``size`` leaves, which the tree has."""
    return tree.fold(await store.hashes(session, tree.peaks(0, size)))


async def prove_inclusion(session: Session, position: int, head: RecordHead) -> Inclusion:
    """The proof that a position is under a head. Raises ``NotFound`` for a position that is not."""
    if not 0 <= position < head.size:
        raise NotFound
    proof = await _roots(session, tree.inclusion_ranges(position, head.size))
    (leaf,) = await store.hashes(session, [(0, position)])
    return Inclusion(position, leaf, head, tuple(proof))


async def prove_consistency(session: Session, first: int, second: int) -> list[bytes]:
    """The proof that the tree of ``second`` leaves extends that of ``first``. Raises ``NotFound`` for sizes that it never had."""
    if not 0 < first <= second <= await store.size(session):
        raise NotFound
    return await _roots(session, tree.consistency_ranges(first, second))


async def _roots(session: Session, ranges: Sequence[tree.Range]) -> list[bytes]:
    wanted = [subtree for bounds in ranges for subtree in tree.peaks(*bounds)]
    found = dict(zip(wanted, await store.hashes(session, wanted), strict=True))
    return tree.roots(ranges, found.__getitem__)
