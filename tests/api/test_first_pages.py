"""First pages over HTTP: many decisions once only, the group's page by its code, guesses counted, health for who may see it."""

import re
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from service.core import clock
from service.core.db import Sessions, transaction
from service.people.group_codes import TRIES, issue_group_code
from service.people.group_usecases import board_on
from service.people.usecases import actor_for_person
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.applications import file_application
from tests.make.contests import make_contest
from tests.make.office import Office, make_office
from tests.make.people import PASSWORD, make_sign_in, sign_in

FORM = {"sec-fetch-site": "same-origin"}


@pytest.fixture(scope="module")
async def office(api_sessions: Sessions, cast: Cast) -> Office:
    """The cast's office in the middle of its work, committed."""
    async with transaction(api_sessions) as session:
        return await make_office(session, cast)


@pytest.fixture
def pages(transport: httpx.ASGITransport, tokens: dict[str, str]):  # type: ignore[no-untyped-def]  # a factory of clients
    """Makes browsers signed in as a cast member."""

    def make(name: str) -> Client:
        return Client(transport=transport, base_url="http://raymi.test", cookies={"raymi_sign_in": tokens[name]}, headers=FORM)

    return make


async def count(sessions: Sessions, statement: str) -> int:
    """A number of the database."""
    async with sessions() as session:
        found: int = (await session.execute(text(statement))).scalar_one()
        return found


async def test_the_head_ticks_three_and_gets_three_results_once(office: Office, pages, api_sessions: Sessions) -> None:  # type: ignore[no-untyped-def]  # a fixture that is a function
    async with pages("head") as browser:
        home = await browser.get("/", headers={"accept-language": "es"})
        assert "Espera mi firma o decisión" in home.text
        shown = [tick for tick in re.findall(r'name="item" value="([^"]+)"', home.text) if tick.startswith("draft")]
        ticks = [f"draft:number:{draft.id}" for draft in office.drafts]
        assert sorted(shown) == sorted(ticks)
        before = await count(api_sessions, "SELECT count(*) FROM contract")
        form = {"_key": uuid4().hex, "item": ticks, "note": ""}
        answer = await browser.post("/decisions", data=form, headers={"accept-language": "es"})
        assert answer.status_code == 200
        assert "2 de 3 hechas" in answer.text
        assert answer.text.count("No se hizo") == 1
        assert await count(api_sessions, "SELECT count(*) FROM contract") == before + 2
        leaves = await count(api_sessions, "SELECT count(*) FROM record_leaf")
        again = await browser.post("/decisions", data=form, headers={"accept-language": "es"})
        assert again.content == answer.content
        assert await count(api_sessions, "SELECT count(*) FROM record_leaf") == leaves
        home = await browser.get("/")
        assert [tick for tick in ticks if tick in home.text] == [ticks[1]]


@pytest.mark.parametrize("items", [[], ["draft:number:x"], ["a"], [f"draft:number:{uuid4()}"] * 101])
async def test_nothing_too_much_or_garbage_is_refused_by_name(items: list[str], pages) -> None:  # type: ignore[no-untyped-def]  # a fixture that is a function
    async with pages("head") as browser:
        answer = await browser.post("/decisions", data={"_key": uuid4().hex, "item": items})
        assert answer.status_code == 422


async def test_decisions_as_json_have_a_result_each(office: Office, signed_in: SignedIn) -> None:
    items = [
        {"kind": "payment", "subject": str(office.requested.id), "action": "check", "note": "Conforme"},
        {"kind": "payment", "subject": str(office.checked.id), "action": "authorise"},
        {"kind": "account", "subject": str(office.account.id), "action": "confirm"},
    ]
    async with signed_in("administrator") as client:
        key = {"idempotency-key": uuid4().hex}
        answer = await client.post("/api/v1/decisions", json={"items": items}, headers=key)
        assert answer.status_code == 200
        results = answer.json()["results"]
        assert [(each["done"], (each["refusal"] or {}).get("title")) for each in results] == [
            (True, None),
            (False, "MissingRole"),
            (True, None),
        ]
        assert (await client.post("/api/v1/decisions", json={"items": items}, headers=key)).json() == answer.json()
        for wrong in ([], items * 34, [{**items[0], "kind": "A b"}], [{**items[0], "subject": "x"}]):
            assert (await client.post("/api/v1/decisions", json={"items": wrong})).status_code == 422


async def test_tasks_as_json_name_what_a_decision_takes(office: Office, signed_in: SignedIn) -> None:
    async with signed_in("treasurer") as client:
        (duty,) = (await client.get("/api/v1/tasks", headers={"accept-language": "en"})).json()
        assert (duty["section"], duty["duty"], duty["count"]) == ("payments_today", "Release a bank file", 1)
        assert [(each["kind"], each["subject"], each["action"]) for each in duty["tasks"]] == [
            ("batch", str(office.batch.id), "release")
        ]


@pytest.mark.parametrize(
    "name", ["programme", "head", "secretary", "administrator", "treasurer", "promoter", "auditor", "mayor"]
)
async def test_every_first_page_answers(name: str, office: Office, pages) -> None:  # type: ignore[no-untyped-def]  # a fixture that is a function
    async with pages(name) as browser:
        answer = await browser.get("/")
        assert answer.status_code == 200
        for place in set(re.findall(r'href="(/[^"]*)"', answer.text)):
            assert (await browser.get(place.replace("&amp;", "&"))).status_code in (200, 303), place
    assert office.drafts


async def test_a_group_reads_where_it_stands_by_its_code(api_sessions: Sessions, cast: Cast, stranger: Client, pages) -> None:  # type: ignore[no-untyped-def]  # a fixture that is a function
    async with transaction(api_sessions) as session:
        contest = await make_contest(session, cast)
        mine, other = await file_application(session, cast, contest), await file_application(session, cast, contest)
    async with pages("secretary") as browser:
        paper = await browser.post(f"/groups/{mine.group_id}/codes", data={"_key": uuid4().hex})
        assert paper.headers["cache-control"] == "no-store"
        assert "<svg" in paper.text
        found = re.search(r'id="group-code">([^<]+)<', paper.text)
        assert found is not None
    answer = await stranger.post("/group", data={"code": found[1]})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert mine.code in answer.text
    assert other.code not in answer.text
    assert "set-cookie" not in answer.headers
    spoken = await stranger.post("/api/v1/where-we-stand", json={"code": found[1]})
    assert [plan["code"] for plan in spoken.json()["plans"]] == [mine.code]
    wrong = await stranger.post("/group", data={"code": "WRONG"}, headers={"accept-language": "es"})
    assert wrong.status_code == 403
    assert "Este código no vale" in wrong.text


async def test_a_president_with_an_account_sees_it_first(
    api_sessions: Sessions, cast: Cast, transport: httpx.ASGITransport
) -> None:
    async with transaction(api_sessions) as session:
        mine = await file_application(session, cast, await make_contest(session, cast))
        board = await board_on(session, mine.group_id, await clock.today(session))
        president = await actor_for_person(session, board[0][1].id)
        await make_sign_in(session, cast, president, "presidenta")
    async with transaction(api_sessions) as session:
        token = await sign_in(session, "presidenta", PASSWORD)
    cookie = {"raymi_sign_in": token}
    async with Client(transport=transport, base_url="http://raymi.test", cookies=cookie, headers=FORM) as browser:
        home = await browser.get("/", headers={"accept-language": "es"})
        assert mine.code in home.text
        assert "La oficina revisa los papeles" in home.text
        paper = await browser.post(f"/groups/{mine.group_id}/codes", data={"_key": uuid4().hex})
        assert paper.status_code == 200


async def test_guesses_at_a_code_are_counted_and_the_right_one_waits_then_too(
    api_sessions: Sessions, cast: Cast, stranger: Client
) -> None:
    async with transaction(api_sessions) as session:
        application = await file_application(session, cast, await make_contest(session, cast))
        code = (await issue_group_code(session, cast.secretary, application.group_id)).code
    for last in "23456789ABCDEFGHJK"[:TRIES]:
        wrong = f"{code[:6]}-22222{last}"
        assert (await stranger.post("/api/v1/where-we-stand", json={"code": wrong})).json()["title"] == "WrongGroupCode"
    for page in ("/group", "/api/v1/where-we-stand"):
        sent = {"json": {"code": code}} if page.startswith("/api") else {"data": {"code": code}}
        answer = await stranger.post(page, **sent)  # type: ignore[arg-type]  # one of two ways to send
        assert answer.status_code == 429
    assert answer.json()["title"] == "TooManyCodes"
    async with transaction(api_sessions) as session:
        await session.execute(
            text("UPDATE throttle SET began_at = began_at - CAST(:by AS interval)"), {"by": timedelta(hours=1)}
        )
    assert (await stranger.post("/api/v1/where-we-stand", json={"code": code})).status_code == 200


async def test_health_is_for_the_system_administrator_only(signed_in: SignedIn) -> None:
    for name in ("auditor", "programme", "head"):
        async with signed_in(name) as client:
            assert (await client.get("/api/v1/health")).json()["title"] == "MissingRole"


async def test_cofunding_and_standing_refuse_strangers_to_it(office: Office, signed_in: SignedIn) -> None:
    async with signed_in("mayor") as client:
        assert (await client.get("/api/v1/cofunders/mine")).json() == []
        hidden = await client.get(f"/api/v1/groups/{office.filed.group_id}/where-we-stand")
        assert hidden.json()["title"] == "NotFound"
        refused = await client.post(f"/api/v1/groups/{office.filed.group_id}/codes")
        assert refused.json()["title"] == "MissingRole"
