"""Programs call the API with keys: within their acts and their office, as long as their maker may, and not more often than allowed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.app import create_app
from scripts.cluster import APP, Cluster
from service.core import clock
from service.core.acts import Act, Role
from service.core.db import Sessions, make_engine, make_sessions, transaction
from service.core.rights import FOR_KEYS, FRESH
from service.integration import calling, rules
from service.integration.models import ApiKey
from service.people import own_sign_in
from tests.api.conftest import Client, FreshKeys, SignedIn
from tests.cast import Cast
from tests.make.contests import make_contest
from tests.make.funding import make_cofunder, make_fund, make_signer, pledge_in
from tests.make.people import make_actor, make_office, make_sign_in, next_number, token_for


@pytest.fixture
def called(transport: httpx.ASGITransport):  # type: ignore[no-untyped-def]  # a factory of clients
    """Makes programs that call with a key."""

    @asynccontextmanager
    async def make(key: str) -> AsyncIterator[Client]:
        async with Client(transport=transport, base_url="http://raymi.test", auth=FreshKeys(key)) as client:
            yield client

    return make


async def made(client: Client, acts: list[str], **more: Any) -> dict[str, Any]:
    """A new client with its key, as the API answers."""
    answer = await client.post("/api/v1/keys", json={"name": "Sistema municipal", "acts": acts, **more})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def title(answer: httpx.Response) -> tuple[int, str]:
    """The status of a refusal and its name."""
    return answer.status_code, answer.json()["title"]


async def test_a_key_reads_its_office_as_its_maker_and_leaves_its_mark_in_the_record(
    signed_in: SignedIn, called: Any, cast: Cast, api_sessions: Sessions
) -> None:
    async with signed_in("head") as head:
        new = await made(head, ["read_office", "declare_pledge"], office_id=str(cast.office.id))
    assert new["key"].startswith(f"raymi_{new['about']['prefix']}_")
    async with transaction(api_sessions) as session:
        fund = await make_fund(session, cast)
        cofunder = await make_cofunder(session, cast)
    async with called(new["key"]) as program:
        assert (await program.get(f"/api/v1/offices/{cast.office.id}/funds")).status_code == 200
        answer = await program.post("/api/v1/pledges", json=pledge_in(fund, cofunder).model_dump(mode="json"))
        assert answer.status_code == 201
    async with api_sessions() as session:
        statement = text("SELECT via, actor_id FROM record_leaf WHERE act = 'pledge.declared' ORDER BY id DESC LIMIT 1")
        assert tuple((await session.execute(statement)).one()) == (f"key:{new['about']['id']}", cast.head.person_id)
        kept = await session.execute(text("SELECT key_hash, prefix FROM api_key WHERE id = :id"), {"id": new["about"]["id"]})
        assert new["key"].encode() not in kept.one().key_hash
        assert (await session.execute(text("SELECT count(*) FROM api_key WHERE last_used_at IS NOT NULL"))).scalar_one() > 0


@pytest.mark.parametrize(
    "written", ["raymi_", "raymi_abcdefgh_" + "A" * 43, "raymi_" + "é" * 20, "raymi_abcdefgh_" + "A" * 4000, "Raymi_x"]
)
async def test_a_forged_key_is_nobodys(called: Any, written: str) -> None:
    async with called(written.encode().decode("latin-1")) as program:
        answer = await program.get("/api/v1/offices")
        assert title(answer) == (401, "NotSignedIn")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_with_a_letter_changed_is_nobodys(signed_in: SignedIn, called: Any) -> None:
    async with signed_in("auditor") as auditor:
        key = (await made(auditor, ["read_office"]))["key"]
    async with called(key) as good, called(key[:-1] + ("A" if key[-1] != "A" else "B")) as forged:
        assert (await good.get("/api/v1/offices")).status_code == 200
        assert title(await forged.get("/api/v1/offices")) == (401, "NotSignedIn")


async def test_a_key_does_nothing_beyond_its_acts_nor_what_is_its_makers_own(
    signed_in: SignedIn, called: Any, cast: Cast, api_sessions: Sessions
) -> None:
    async with signed_in("head") as head:
        key = (await made(head, ["read_contest"], office_id=str(cast.office.id)))["key"]
    async with transaction(api_sessions) as session:
        contest = await make_contest(session, cast, "idl-first")
    async with called(key) as program:
        assert (await program.get(f"/api/v1/contests/{contest.id}")).status_code == 200
        for path in (f"/api/v1/offices/{cast.office.id}/funds", f"/api/v1/contests/{contest.id}/applications"):
            assert (await program.get(path)).json()["title"] in ("KeyNotMeant", "NotFound")
        for path in (
            "/api/v1/me",
            "/api/v1/me/sign-ins",
            "/api/v1/me/factors",
            "/api/v1/keys",
            f"/api/v1/persons/{cast.head.person_id}",
        ):
            assert title(await program.get(path)) == (403, "KeyNotMeant"), path
        before = await _count(api_sessions, "SELECT count(*) FROM record_leaf")
        for path, body in (
            ("/api/v1/me/sign-ins/others/end", {}),
            ("/api/v1/me/password", {"old": "x" * 20, "password": "y" * 20}),
            ("/api/v1/keys", {"name": "Otra", "acts": ["read_contest"]}),
            ("/api/v1/sign-ins/current/proof", {"code": "123456"}),
        ):
            assert title(await program.post(path, json=body)) == (403, "KeyNotMeant"), path
        assert await _count(api_sessions, "SELECT count(*) FROM record_leaf") == before


async def _count(sessions: Sessions, statement: str) -> int:
    async with sessions() as session:
        found: int = (await session.execute(text(statement))).scalar_one()
        return found


async def test_a_key_of_one_office_is_a_stranger_in_another(
    signed_in: SignedIn, called: Any, cast: Cast, api_sessions: Sessions
) -> None:
    async with transaction(api_sessions) as session:
        other = await make_office(session, cast, f"LLAVE{next_number()}")
    async with signed_in("programme") as programme:
        key = (await made(programme, ["read_office"], office_id=str(cast.office.id)))["key"]
        assert (await programme.get(f"/api/v1/offices/{other.id}/funds")).status_code == 200
    async with called(key) as program:
        assert (await program.get(f"/api/v1/offices/{cast.office.id}/funds")).status_code == 200
        assert title(await program.get(f"/api/v1/offices/{other.id}/funds")) == (403, "MissingRole")


@pytest.mark.parametrize(
    ("who", "acts", "refusal"),
    [
        ("head", ["release_batch"], "NotForKeys"),
        ("head", ["sign_minutes"], "NotForKeys"),
        ("head", ["read_account_digits"], "NotForKeys"),
        ("head", ["read_office", "import_indicators"], "KeyBeyondMaker"),
        ("auditor", ["declare_pledge"], "KeyBeyondMaker"),
        ("promoter", ["read_office"], "MissingRole"),
        ("mayor", ["read_cofunding"], "MissingRole"),
        ("head", [], "Malformed"),
        ("head", ["everything"], "Malformed"),
    ],
)
async def test_a_key_with_too_many_rights_is_refused_by_name(
    signed_in: SignedIn, cast: Cast, api_sessions: Sessions, who: str, acts: list[str], refusal: str
) -> None:
    before = await _count(api_sessions, "SELECT count(*) FROM api_client")
    async with signed_in(who) as person:
        answer = await person.post(
            "/api/v1/keys",
            json={"name": "Sistema", "acts": acts, "office_id": None if who == "auditor" else str(cast.office.id)},
        )
    assert answer.json()["title"] == refusal
    assert await _count(api_sessions, "SELECT count(*) FROM api_client") == before


def test_no_act_for_keys_asks_for_presence_or_decides_on_money() -> None:
    assert not FOR_KEYS & FRESH
    paying = {
        Act.AUTHORISE_REQUEST,
        Act.PREPARE_BATCH,
        Act.RELEASE_BATCH,
        Act.RECORD_DEPOSIT,
        Act.SETTLE_PLEDGE,
        Act.READ_ACCOUNT_DIGITS,
    }
    judging = {
        Act.FILL_SHEET,
        Act.TYPE_SHEET,
        Act.SIGN_MINUTES,
        Act.HEAR_APPEAL,
        Act.READ_SHEETS,
        Act.READ_TALLY,
        Act.CREATE_KEY,
    }
    assert not FOR_KEYS & (paying | judging)


async def test_a_cofunder_makes_a_key_that_reads_what_it_gave_and_nothing_of_the_office(
    transport: httpx.ASGITransport, called: Any, cast: Cast, api_sessions: Sessions
) -> None:
    async with transaction(api_sessions) as session:
        cofunder = await make_cofunder(session, cast)
        foreign = await make_cofunder(session, cast)
        signer = await make_actor(session, cast)
        await make_signer(session, cast, cofunder, signer.person_id)
        await make_sign_in(session, cast, signer, f"firmante{next_number()}")
        token = await token_for(session, signer.person_id)
    async with Client(transport=transport, base_url="http://raymi.test", auth=FreshKeys(token)) as person:
        wrong = {"name": "ERP", "acts": ["read_cofunding"], "cofunder_id": str(foreign.id)}
        assert title(await person.post("/api/v1/keys", json=wrong)) == (422, "NotYourCofunder")
        both = {**wrong, "cofunder_id": str(cofunder.id), "office_id": str(cast.office.id)}
        assert title(await person.post("/api/v1/keys", json=both)) == (422, "OneOwner")
        key = (await made(person, ["read_cofunding", "read_pledge"], cofunder_id=str(cofunder.id)))["key"]
    async with called(key) as program:
        answer = await program.get("/api/v1/cofunders/mine")
        assert [each["cofunder"]["id"] if "cofunder" in each else each["id"] for each in answer.json()] == [str(cofunder.id)]
        assert title(await program.get(f"/api/v1/offices/{cast.office.id}/funds")) == (403, "KeyNotMeant")


async def test_a_renewed_key_overlaps_and_then_ends(
    signed_in: SignedIn, called: Any, cast: Cast, api_sessions: Sessions
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
    signed_in: SignedIn, called: Any, cast: Cast, api_sessions: Sessions, transport: httpx.ASGITransport
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
    signed_in: SignedIn, called: Any, api_sessions: Sessions, left: timedelta, status: int
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
    signed_in: SignedIn, called: Any, cast: Cast, api_sessions: Sessions
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
