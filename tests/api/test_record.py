"""The record's public doors: the head, its proofs, and receipts on pages and for programs."""

import base64
from uuid import uuid4

import pytest
from sqlalchemy import text

from service.core.db import Sessions, transaction
from service.record import note, tree
from service.record import usecases as record
from service.record.keys import record_signer
from service.record.receipts import receipt_of
from service.record.witnesses import sign_witnessed
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast

API = "/api/v1"


async def act(sessions: Sessions, cast: Cast, *, sign: bool) -> str:
    """An act of the head's; its receipt."""
    subject = f"application:{uuid4()}"
    async with transaction(sessions) as session:
        await record.append(session, cast.head, "application.filed", subject, {"secret": "llama"})
        if sign:
            await sign_witnessed(session)
        code = await receipt_of(session, subject, "application.filed")
    assert code is not None
    return code


async def test_anybody_checks_a_receipt_down_to_the_signature(api_sessions: Sessions, stranger: Client, cast: Cast) -> None:
    for sign in (True, False):
        code = await act(api_sessions, cast, sign=sign)
        shown = (await stranger.get(f"{API}/receipts/{code.lower()}")).json()
        assert (shown["code"], shown["act"], shown["kind"]) == (code, "application.filed", "application")
        assert "llama" not in str(shown) and str(cast.head.person_id) not in str(shown)
        head = note.read(shown["head"]["note"], note.Verifier.read(shown["head"]["key"]))
        proof = [base64.b64decode(each) for each in shown["proof"]]
        assert tree.proves_inclusion(base64.b64decode(shown["leaf"]), shown["position"], head.size, proof, head.root)


async def test_one_head_is_proved_to_extend_another(api_sessions: Sessions, stranger: Client, cast: Cast) -> None:
    await act(api_sessions, cast, sign=True)
    before = (await stranger.get(f"{API}/record")).json()
    await act(api_sessions, cast, sign=True)
    after = (await stranger.get(f"{API}/record")).json()
    query = {"first": before["size"], "second": after["size"]}
    proof = (await stranger.get(f"{API}/record/consistency", params=query)).json()["proof"]
    roots = [base64.b64decode(each["root"]) for each in (before, after)]
    hashes = [base64.b64decode(each) for each in proof]
    assert tree.proves_consistency(before["size"], after["size"], roots[0], roots[1], hashes)
    checkpoint = (await stranger.get(f"{API}/record/checkpoint")).text
    assert note.read(checkpoint, record_signer().verifier).size == after["size"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/receipts/short", 422),
        ("/receipts/0000-0000-0000", 404),
        ("/record/consistency?first=0&second=1", 422),
        ("/record/consistency?first=5&second=99999999", 404),
        (f"/record/consistency?first=1&second={10**30}", 422),
    ],
)
async def test_what_is_not_there_is_refused_by_name(stranger: Client, path: str, status: int) -> None:
    answer = await stranger.get(API + path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_the_pages_show_a_receipt_and_ones_own_acts(
    api_sessions: Sessions, stranger: Client, signed_in: SignedIn, cast: Cast
) -> None:
    code = await act(api_sessions, cast, sign=False)
    stranger.headers["accept-language"] = "en"
    asked = await stranger.get("/receipts", params={"code": code.replace("-", " ").lower()})
    assert (asked.status_code, asked.headers["location"]) == (303, f"/receipts/{code}")
    shown = (await stranger.get(f"/receipts/{code}")).text
    assert "An application was filed" in shown
    assert "Hilda" not in shown and "llama" not in shown
    assert code not in (await stranger.get("/receipts")).text
    assert record_signer().verifier.name in (await stranger.get("/record")).text
    wrong = await stranger.get("/receipts/nonsense")
    assert (wrong.status_code, "twelve letters and digits" in wrong.text) == (422, True)


async def test_looking_at_receipts_signs_no_more_heads_than_needed(
    api_sessions: Sessions, stranger: Client, cast: Cast
) -> None:
    code = await act(api_sessions, cast, sign=False)
    for _ in range(3):
        await stranger.get(f"{API}/receipts/{code}")
    async with transaction(api_sessions) as session:
        heads = await session.scalar(
            text("SELECT count(*) FROM record_head WHERE size > (SELECT max(size) - 1 FROM record_head)")
        )
    assert heads == 1
