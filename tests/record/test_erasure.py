"""Two persons erase a payload, and every proof goes on holding."""

import pytest
from sqlalchemy import text

from service.core.actor import MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.record import erasure, heads, tree
from service.record import usecases as record
from service.transparency.checks import run_checks
from tests.cast import Cast
from tests.traces import refused_by_database

PAYLOAD = "SELECT p.payload, p.salt FROM record_payload p JOIN record_leaf l ON l.id = p.leaf_id WHERE l.subject = 'test:1'"


async def leaf_to_erase(session: Session, cast: Cast) -> int:
    """A leaf whose payload names somebody."""
    await record.append(session, cast.promoter, "person.created", "test:1", {"name": "Nadie", "dni": "12345678"})
    return int(await session.scalar(text("SELECT id FROM record_leaf WHERE subject = 'test:1'")) or 0)


async def test_a_payload_goes_when_a_second_person_agrees_and_its_proof_stays(session: Session, cast: Cast) -> None:
    leaf_id = await leaf_to_erase(session, cast)
    head = await heads.sign_head(session)
    before = await heads.prove_inclusion(session, head.size - 1, head)
    request = await erasure.request_erasure(session, cast.programme, [leaf_id], "Lo pidió la persona")
    with pytest.raises(erasure.SecondPersonNeeded):
        await erasure.approve_erasure(session, cast.programme, request.id)
    with pytest.raises(MissingRole):
        await erasure.approve_erasure(session, cast.head, request.id)
    assert (await session.execute(text(PAYLOAD))).one().payload["dni"] == "12345678"
    await erasure.approve_erasure(session, cast.system, request.id)
    assert tuple((await session.execute(text(PAYLOAD))).one()) == (None, None)
    with pytest.raises(erasure.AlreadyErased):
        await erasure.approve_erasure(session, cast.system, request.id)
    assert await heads.prove_inclusion(session, head.size - 1, head) == before
    assert tree.proves_inclusion(before.leaf, before.position, head.size, before.proof, head.root)
    assert await run_checks(session) == []


async def test_only_who_may_asks_and_only_for_leaves_that_are_there(session: Session, cast: Cast) -> None:
    leaf_id = await leaf_to_erase(session, cast)
    with pytest.raises(MissingRole):
        await erasure.request_erasure(session, cast.head, [leaf_id], "Porque sí")
    with pytest.raises(NotFound):
        await erasure.request_erasure(session, cast.programme, [leaf_id, leaf_id + 1_000_000], "x")


async def test_the_database_erases_nothing_that_two_persons_did_not_decide(session: Session, cast: Cast) -> None:
    leaf_id = await leaf_to_erase(session, cast)
    erase = "UPDATE record_payload SET salt = NULL, payload = NULL, erased_at = now() WHERE leaf_id = :leaf"
    assert "permission denied" in await refused_by_database(session, erase, leaf=leaf_id)
    request = await erasure.request_erasure(session, cast.programme, [leaf_id], "Lo pidió la persona")
    alone = "INSERT INTO erasure_approval (request_id, approved_by, approved_at) VALUES (:id, :person, now())"
    assert "by a second person" in await refused_by_database(session, alone, id=request.id, person=cast.programme.person_id)
    await session.execute(text("SET LOCAL ROLE raymi_eraser"))
    assert "its rows are history" in await refused_by_database(session, erase, leaf=leaf_id)
    await session.execute(text("RESET ROLE"))
    await erasure.approve_erasure(session, cast.system, request.id)
    await session.execute(text("SET LOCAL ROLE raymi_eraser"))
    write = "UPDATE record_payload SET payload = '{}', salt = '\\x00', erased_at = NULL WHERE leaf_id = :leaf"
    assert "its rows are history" in await refused_by_database(session, write, leaf=leaf_id)
