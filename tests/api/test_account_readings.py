"""Whole account numbers over HTTP: only where they are asked for, by those who handle payments, and the record keeps who asked."""

from uuid import uuid4

from sqlalchemy import text

from service.core.db import Sessions, transaction
from service.record import usecases as record
from tests.api.conftest import SignedIn
from tests.cast import Cast
from tests.make.contracts import make_contract

API = "/api/v1"


async def test_the_accounts_digits_are_read_by_those_who_handle_payments_and_the_record_keeps_who(
    signed_in: SignedIn, api_sessions: Sessions, cast: Cast
) -> None:
    async with transaction(api_sessions) as session:
        numbered = await make_contract(session, cast)
    whole, seen = numbered.data["account"]["cci"], {}
    for name in ("promoter", "secretary", "administrator", "auditor"):
        async with signed_in(name) as client:
            assert (await client.get(f"{API}/contracts/{numbered.id}")).json()["data"]["account"]["cci"] == "*" * 16 + whole[
                -4:
            ]
            assert whole not in (await client.get(f"{API}/groups/{numbered.group_id}/accounts")).text
            answer = (await client.post(f"{API}/accounts/{numbered.account_id}/readings")).json()
            seen[name] = answer.get("cci", answer.get("title"))
    assert seen == {"promoter": "MissingRole", "secretary": "MissingRole", "administrator": whole, "auditor": whole}
    async with api_sessions() as session:
        readers = {cast.administrator.person_id, cast.auditor.person_id}
        assert await record.actors_of(session, f"account:{numbered.account_id}", "account.read") == readers


async def test_a_number_is_shown_once_and_no_answer_that_is_kept_holds_it(
    signed_in: SignedIn, api_sessions: Sessions, cast: Cast
) -> None:
    async with transaction(api_sessions) as session:
        contract = await make_contract(session, cast)
    key = {"idempotency-key": uuid4().hex}
    async with signed_in("head") as head:
        first = await head.post(f"{API}/accounts/{contract.account_id}/readings", headers=key)
        again = await head.post(f"{API}/accounts/{contract.account_id}/readings", headers=key)
    assert (first.status_code, first.headers["cache-control"]) == (201, "no-store")
    assert (again.status_code, again.json()["title"]) == (409, "ShownOnce")
    async with api_sessions() as session:
        bodies = await session.execute(
            text("SELECT body FROM idempotency_key WHERE key = :key"), {"key": key["idempotency-key"]}
        )
        assert bodies.scalars().all() == [b""]
