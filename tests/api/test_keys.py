"""Programs call the API with keys: within their acts and their office, as long as their maker may, and not more often than allowed."""

import httpx
import pytest
from sqlalchemy import text

from service.core.acts import Act
from service.core.db import Sessions, transaction
from service.core.rights import FOR_KEYS, FRESH
from tests.api.conftest import Client, FreshKeys, SignedIn
from tests.api.key_room import made, title
from tests.cast import Cast
from tests.make.contests import make_contest
from tests.make.funding import make_cofunder, make_fund, make_signer, pledge_in
from tests.make.people import make_actor, make_office, make_sign_in, next_number, token_for


async def test_a_key_reads_its_office_as_its_maker_and_leaves_its_mark_in_the_record(
    signed_in: SignedIn, called: SignedIn, cast: Cast, api_sessions: Sessions
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
async def test_a_forged_key_is_nobodys(called: SignedIn, written: str) -> None:
    async with called(written.encode().decode("latin-1")) as program:
        answer = await program.get("/api/v1/offices")
        assert title(answer) == (401, "NotSignedIn")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_with_a_letter_changed_is_nobodys(signed_in: SignedIn, called: SignedIn) -> None:
    async with signed_in("auditor") as auditor:
        key = (await made(auditor, ["read_office"]))["key"]
    async with called(key) as good, called(key[:-1] + ("A" if key[-1] != "A" else "B")) as forged:
        assert (await good.get("/api/v1/offices")).status_code == 200
        assert title(await forged.get("/api/v1/offices")) == (401, "NotSignedIn")


async def test_a_key_does_nothing_beyond_its_acts_nor_what_is_its_makers_own(
    signed_in: SignedIn, called: SignedIn, cast: Cast, api_sessions: Sessions
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
    signed_in: SignedIn, called: SignedIn, cast: Cast, api_sessions: Sessions
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
    transport: httpx.ASGITransport, called: SignedIn, cast: Cast, api_sessions: Sessions
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
