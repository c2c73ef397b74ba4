"""Receipts: a code that shows that an act stands in the record."""

import pytest
from sqlalchemy import text

from service.core.db import Session
from service.core.errors import NotFound
from service.record import note, receipts, tree
from service.record import usecases as record
from service.record.keys import record_signer
from tests.cast import Cast

ACT = ("scoresheet.locked", "scoresheet:1")


async def test_a_receipt_shows_the_act_under_a_signed_head(session: Session, cast: Cast) -> None:
    await record.append(session, cast.jurors[0], *ACT, {"scores": {"voice": "8"}})
    code = await receipts.receipt_of(session, ACT[1], ACT[0])
    assert code is not None
    leaf = await session.scalar(text("SELECT leaf_hash FROM record_leaf WHERE subject = 'scoresheet:1'"))
    assert len(code) == 14
    for written in (code, code.lower(), code.replace("-", ""), code.replace("0", "o").replace("1", "l")):
        found = await receipts.find_receipt(session, written)
        assert (found.code, found.act, found.kind, found.inclusion.leaf) == (code, ACT[0], "scoresheet", leaf)
    shown = found.inclusion
    head = note.read(shown.head.note, record_signer().verifier)
    assert tree.proves_inclusion(leaf, shown.position, head.size, shown.proof, head.root)
    await record.append(session, cast.jurors[0], "another.act", "scoresheet:2", {})
    assert (await receipts.find_receipt(session, code)).inclusion.head.size == head.size


async def test_the_newest_of_several_acts_gives_the_code(session: Session, cast: Cast) -> None:
    for number in range(2):
        await record.append(session, cast.jurors[0], *ACT, {"number": number})
    newest = await session.scalar(text("SELECT leaf_hash FROM record_leaf ORDER BY id DESC LIMIT 1"))
    assert await receipts.receipt_of(session, ACT[1], ACT[0], "another.act") == receipts.code_of(newest)
    assert await receipts.receipt_of(session, ACT[1], "another.act") is None
    first, _ = await receipts.receipts_by(session, cast.jurors[0].person_id)
    assert first[:2] == (receipts.code_of(newest), ACT[0])


@pytest.mark.parametrize("written", ["", "4T7K-9WQ2", "4T7K-9WQ2-M0XA-1", "4T7K-9WQ2-M0XU", "4T7K 9WQ2 M0Xé", "\x00" * 12])
async def test_what_is_no_code_is_refused(session: Session, written: str) -> None:
    with pytest.raises(receipts.NotACode):
        await receipts.find_receipt(session, written)


async def test_a_code_of_nothing_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        await receipts.find_receipt(session, "0000-0000-0000")


def test_the_code_is_the_beginning_of_the_hash() -> None:
    # 0x00443214c74254b6 >> 4, in groups of five bits: 0 1 2 3 4 ... 11
    digits = sum(place << 5 * (11 - place) for place in range(12))
    assert receipts.code_of((digits << 4).to_bytes(8, "big") + bytes(24)) == "0123-4567-89AB"
