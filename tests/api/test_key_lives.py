"""How long a key is good, who ends it, how often it may call."""

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.app import create_app
from scripts.cluster import APP, Cluster
from service.core import clock
from service.core.acts import Role
from service.core.db import Sessions, make_engine, make_sessions, transaction
from service.integration import calling, rules
from service.integration.models import ApiKey
from service.people import own_sign_in
from tests.api.conftest import Client, FreshKeys, SignedIn
from tests.api.key_room import made, title
from tests.cast import Cast
from tests.make.funding import make_cofunder, make_fund, pledge_in
from tests.make.people import make_actor, make_sign_in, next_number, token_for


async def test_a_renewed_key_overlaps_and_then_ends(
    signed_in: SignedIn, called: SignedIn, cast: Cast, api_sessions: Sessions
) -> None:
    async with signed_in("head") as head:
        old = await made(head, ["read_office"], office_id=str(cast.office.id))
        answer = await head.post(f"/api/v1/keys/{old['about']['id']}/renewal", json={"overlap_hours": 1})
        assert answer.status_code == 201
        new = answer.json()
        again = await head.post(f"/api/v1/keys/{old['about']['id']}/renewal", json={"overlap_hours": 1})
        assert title(again) == (409, "KeyEnded")
    async with called(old["key"]) as first, called(new["key"]) as second:
        assert (await first.get("/api/v1/offices")).status_code == 200
        assert (await second.get("/api/v1/offices")).status_code == 200
        async with transaction(api_sessions) as session:
            soon = await clock.now(session) - timedelta(seconds=1)
            await session.execute(
                text("UPDATE api_key SET ends_at = :soon WHERE id = :id"), {"soon": soon, "id": old["about"]["id"]}
            )
        assert title(await first.get("/api/v1/offices")) == (401, "NotSignedIn")
        assert (await second.get("/api/v1/offices")).status_code == 200


async def test_an_ended_key_and_that_of_a_locked_person_are_nobodys_at_once(
    signed_in: SignedIn, called: SignedIn, cast: Cast, api_sessions: Sessions, transport: httpx.ASGITransport
) -> None:
    async with signed_in("programme") as programme:
        ended = await made(programme, ["read_office"])
        assert (await programme.post(f"/api/v1/keys/{ended['about']['id']}/end")).status_code == 204
        assert title(await programme.post(f"/api/v1/keys/{ended['about']['id']}/end")) == (409, "KeyEnded")
    async with called(ended["key"]) as program:
        assert title(await program.get("/api/v1/offices")) == (401, "NotSignedIn")
    async with transaction(api_sessions) as session:
        person = await make_actor(session, cast, Role.OFFICE_HEAD)
        await make_sign_in(session, cast, person, f"jefa{next_number()}")
        token = await token_for(session, person.person_id)
    async with Client(transport=transport, base_url="http://raymi.test", auth=FreshKeys(token)) as client:
        key = (await made(client, ["read_office"], office_id=str(cast.office.id)))["key"]
    async with called(key) as program:
        funds = f"/api/v1/offices/{cast.office.id}/funds"
        assert (await program.get(funds)).status_code == 200
        async with transaction(api_sessions) as session:
            await session.execute(
                text("UPDATE role_grant SET until = since + 1 WHERE person_id = :id"), {"id": person.person_id}
            )
        assert title(await program.get(funds)) == (403, "MissingRole")
        async with transaction(api_sessions) as session:
            await own_sign_in.lock_out(session, cast.system, person.person_id)
        assert title(await program.get(funds)) == (401, "NotSignedIn")


@pytest.mark.parametrize(("left", "status"), [(timedelta(minutes=1), 200), (timedelta(seconds=-1), 401)])
async def test_a_key_is_good_until_it_expires(
    signed_in: SignedIn, called: SignedIn, api_sessions: Sessions, left: timedelta, status: int
) -> None:
    async with signed_in("auditor") as auditor:
        about = (await made(auditor, ["read_office"]))["about"]
    written, prefix = rules.new_key()
    async with transaction(api_sessions) as session:
        now, row = await clock.now(session), await session.get_one(ApiKey, UUID(about["id"]))
        times = {"at": now - timedelta(days=1), "expires_at": now + left}
        session.add(
            ApiKey(**{**row.model_dump(exclude={"id"}), **times, "prefix": prefix, "key_hash": rules.hash_key(written)})
        )
    async with called(written) as program:
        assert (await program.get("/api/v1/offices")).status_code == status


async def test_a_stranger_sees_and_ends_no_key_and_nobody_renews_anothers(signed_in: SignedIn, cast: Cast) -> None:
    async with signed_in("head") as head:
        key = (await made(head, ["read_office"], office_id=str(cast.office.id)))["about"]["id"]
    async with signed_in("secretary") as secretary:
        assert key not in (await secretary.get("/api/v1/keys")).text
        assert title(await secretary.post(f"/api/v1/keys/{key}/end")) == (404, "NotFound")
    async with signed_in("auditor") as auditor:
        assert key in (await auditor.get("/api/v1/keys")).text
        assert title(await auditor.post(f"/api/v1/keys/{key}/end")) == (403, "MissingRole")
    async with signed_in("programme") as programme:
        assert title(await programme.post(f"/api/v1/keys/{key}/renewal", json={})) == (403, "NotYourKey")
        assert (await programme.post(f"/api/v1/keys/{key}/end")).status_code == 204


async def test_the_database_gives_no_ended_key_more_time_and_keeps_the_bounds(
    signed_in: SignedIn, api_sessions: Sessions
) -> None:
    async with signed_in("auditor") as auditor:
        key = UUID((await made(auditor, ["read_office"]))["about"]["id"])
        assert (await auditor.post(f"/api/v1/keys/{key}/end")).status_code == 204
    for change, state in (
        ("ends_at = NULL, ended_by = NULL", "RY170"),
        ("ends_at = ends_at + interval '1 hour'", "RY170"),
        ("expires_at = expires_at + interval '1 day'", "42501"),
        ("""acts = '["release_batch"]'""", "42501"),
        ("ended_by = NULL", "23514"),
    ):
        with pytest.raises(DBAPIError) as refused:
            async with transaction(api_sessions) as session:
                await session.execute(text(f"UPDATE api_key SET {change} WHERE id = :id"), {"id": key})
        assert refused.value.orig is not None
        assert getattr(refused.value.orig, "sqlstate", None) == state


async def test_two_processes_count_one_limit_and_say_what_is_left(
    signed_in: SignedIn, cluster: Cluster, api_sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "PER_MINUTE", 6)
    async with signed_in("auditor") as auditor:
        key = (await made(auditor, ["read_office"]))["key"]
    answers: list[httpx.Response] = []
    engines = [make_engine(cluster.url(APP, "api"), pool_size=4) for _ in range(2)]
    for engine in engines:
        app = create_app()
        app.state.sessions = make_sessions(engine)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with Client(transport=transport, base_url="http://raymi.test", auth=FreshKeys(key)) as program:
            answers += await asyncio.gather(*(program.get("/api/v1/offices") for _ in range(5)))
        await engine.dispose()
    assert sorted(each.status_code for each in answers) == [200] * 6 + [429] * 4
    assert {each.headers["ratelimit-policy"] for each in answers} == {'"key";q=6;w=60'}
    left = sorted(int(each.headers["ratelimit"].split(";")[1].removeprefix("r=")) for each in answers)
    assert left == [0, 0, 0, 0, 0, 1, 2, 3, 4, 5]
    refused = next(each for each in answers if each.status_code == 429)
    assert refused.json()["title"] == "TooManyRequests"
    assert 1 <= int(refused.headers["retry-after"]) <= 60


async def test_two_programs_of_one_person_have_idempotency_keys_of_their_own(
    signed_in: SignedIn, called: SignedIn, cast: Cast, api_sessions: Sessions
) -> None:
    async with signed_in("head") as head:
        first = (await made(head, ["declare_pledge"], office_id=str(cast.office.id)))["key"]
        second = (await made(head, ["declare_pledge"], office_id=str(cast.office.id)))["key"]
    async with transaction(api_sessions) as session:
        fund, cofunder = await make_fund(session, cast), await make_cofunder(session, cast)
    body, same = pledge_in(fund, cofunder).model_dump(mode="json"), {"idempotency-key": uuid4().hex}
    async with called(first) as one, called(second) as two:
        answers = [await each.post("/api/v1/pledges", json=body, headers=same) for each in (one, one, two)]
    assert [each.status_code for each in answers] == [201] * 3
    ids = [each.json()["id"] for each in answers]
    assert ids[0] == ids[1] != ids[2]
