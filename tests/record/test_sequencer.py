"""Leaves get positions, the tree its nodes, and heads are signed over all of it; on the real database."""

import asyncio

import pytest
from sqlalchemy import text

from service.core.db import Session, Sessions, transaction
from service.core.errors import NotFound
from service.record import heads, note, store, tree
from service.record import usecases as record
from service.record.keys import record_signer
from service.record.note import Checkpoint
from service.record.sequencer import sequence
from tests.cast import Cast
from tests.traces import refused_by_database

LEAVES = "SELECT l.leaf_hash FROM record_position p JOIN record_leaf l ON l.id = p.leaf_id ORDER BY p.position"


async def act(session: Session, cast: Cast, times: int = 1) -> None:
    """Some acts."""
    for number in range(times):
        await record.append(session, cast.head, "test.done", f"test:{number}", {"number": number})


async def leaves(session: Session) -> list[bytes]:
    """The leaf hashes in the order of the tree."""
    return list((await session.execute(text(LEAVES))).scalars())


def plain_root(hashes: list[bytes]) -> bytes:
    """The root over leaf hashes, by the definition."""
    if len(hashes) == 1:
        return hashes[0]
    half = max(2**power for power in range(30) if 2**power < len(hashes))
    return tree.hash_of_node(plain_root(hashes[:half]), plain_root(hashes[half:]))


async def test_every_leaf_has_its_place_and_the_root_is_that_over_the_leaves(session: Session, cast: Cast) -> None:
    for times in (1, 2, 5, 8):
        await act(session, cast, times)
        size = await sequence(session)
        hashes = await leaves(session)
        assert len(hashes) == size == await session.scalar(text("SELECT count(*) FROM record_leaf"))
        assert await heads.root_at(session, size) == plain_root(hashes)
    assert await session.scalar(text("SELECT count(*) FROM record_pending")) == 0
    assert await sequence(session) == size


async def test_a_head_is_signed_over_all_that_was_done_and_once(session: Session, cast: Cast) -> None:
    await act(session, cast)
    head = await heads.sign_head(session)
    assert (await heads.sign_head(session)).note == head.note
    seen = note.read(head.note, record_signer().verifier)
    assert (seen.size, seen.root) == (head.size, plain_root(await leaves(session)))
    assert note.Verifier.read(head.verifier) == record_signer().verifier
    await act(session, cast)
    newer = await heads.sign_head(session)
    assert newer.size == head.size + 1
    proof = await heads.prove_consistency(session, head.size, newer.size)
    assert tree.proves_consistency(head.size, newer.size, head.root, newer.root, proof)


async def test_each_leaf_is_proved_under_the_head(session: Session, cast: Cast) -> None:
    await act(session, cast, 3)
    head = await heads.sign_head(session)
    for position, leaf in enumerate(await leaves(session)):
        shown = await heads.prove_inclusion(session, position, head)
        assert shown.leaf == leaf
        assert tree.proves_inclusion(leaf, position, head.size, shown.proof, head.root)
    with pytest.raises(NotFound):
        await heads.prove_inclusion(session, head.size, head)
    with pytest.raises(NotFound):
        await heads.prove_consistency(session, 1, head.size + 1)


async def test_nothing_is_signed_that_a_witness_has_seen_more_of_or_otherwise(session: Session, cast: Cast) -> None:
    await act(session, cast)
    head = await heads.sign_head(session)
    await act(session, cast)
    origin = record_signer().name
    for seen in (Checkpoint(origin, head.size + 9, head.root), Checkpoint(origin, head.size, bytes(32))):
        with pytest.raises(heads.RecordCut):
            await heads.sign_head(session, [seen])
    assert (await heads.sign_head(session, [Checkpoint(origin, head.size, head.root)])).size == head.size + 1


async def test_writers_at_the_same_time_wait_for_nobody_and_all_get_a_place(sessions: Sessions, cast: Cast) -> None:
    async def write_and_sequence(number: int) -> None:
        async with transaction(sessions) as session:
            await act(session, cast, 2)
            if number % 2:
                await sequence(session)

    await asyncio.gather(*(write_and_sequence(number) for number in range(8)))
    async with transaction(sessions) as late, transaction(sessions) as other:
        await act(late, cast)  # has the lower number and is committed after
        await act(other, cast)
        before = await sequence(other)
        await other.commit()
        assert await sequence(late) == before + 1
    async with transaction(sessions) as session:
        size = await sequence(session)
        assert await heads.root_at(session, size) == plain_root(await leaves(session))
        assert size == await session.scalar(text("SELECT count(*) FROM record_leaf"))


async def test_the_database_takes_no_gap_and_no_change(session: Session, cast: Cast) -> None:
    await act(session, cast, 2)
    size = await sequence(session)
    await act(session, cast)
    gap = "INSERT INTO record_position (position, leaf_id) SELECT :at, leaf_id FROM record_pending"
    for at in (size + 1, -1):
        assert "without gaps" in await refused_by_database(session, gap, at=at)
    head = await heads.sign_head(session)
    short = (
        "INSERT INTO record_head (size, root, note, verifier, at) SELECT size - 1, root, note, verifier, at FROM record_head"
    )
    assert "covers the whole record" in await refused_by_database(session, short)
    for table in ("record_leaf", "record_payload", "record_position", "record_node", "record_head"):
        assert "permission denied" in await refused_by_database(session, f"DELETE FROM {table}")
    assert "permission denied" in await refused_by_database(session, "UPDATE record_payload SET payload = NULL")
    assert await store.newest_head(session) == head
