"""Personal data over HTTP: the register for everybody, one's own data on a page and as a file, a request to its answer, an erasure by two."""

import json
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import text

from service.core import clock
from service.core.db import Sessions, transaction
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.people import make_person, token_for

API = "/api/v1"


async def test_everybody_reads_the_register(stranger: Client) -> None:
    page = await stranger.get("/privacy", headers={"accept-language": "es"})
    assert (page.status_code, "Código Civil, artículo 2001" in page.text, "/me/data" in page.text) == (200, True, False)
    lines = (await stranger.get(f"{API}/privacy")).json()
    assert len(lines) == 10
    assert all(line["why"] and line["ground"] and line["how_long"] for line in lines)


async def test_one_takes_the_own_data_away_and_nothing_that_proves_something(
    signed_in: SignedIn, stranger: Client, cast: Cast, api_sessions: Sessions
) -> None:
    async with signed_in("treasurer") as treasurer:
        answer = await treasurer.post(f"{API}/me/data/readings")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert "attachment" in answer.headers["content-disposition"]
    found = answer.json()
    assert (found["format"], found["person"]["dni"]) == ("raymi-person/1", "23000006")
    tables = {name: rows for part in found["kept"] for name, rows in part["tables"].items()}
    assert tables["credential"][0]["user_name"] == "treasurer"
    assert not [name for rows in tables.values() for row in rows for name in row if "hash" in name or "secret" in name]
    async with transaction(api_sessions) as session:
        token = await token_for(session, cast.treasurer.person_id)
    browser = {"cookie": f"raymi_sign_in={token}", "sec-fetch-site": "same-origin"}
    assert token not in json.dumps(found)
    page = await stranger.post("/me/data/reading", data={"_key": uuid4().hex}, headers=browser)
    assert (page.status_code, page.headers["cache-control"], "23000006" in page.text) == (200, "no-store", True)


async def test_a_key_that_is_sent_again_shows_personal_data_no_second_time(signed_in: SignedIn) -> None:
    headers = {"idempotency-key": uuid4().hex}
    async with signed_in("auditor") as auditor:
        assert (await auditor.post(f"{API}/me/data/readings", headers=headers)).status_code == 200
        again = await auditor.post(f"{API}/me/data/readings", headers=headers)
    assert again.json()["title"] == "ShownOnce"


async def test_a_request_goes_from_the_office_to_its_answer(signed_in: SignedIn, cast: Cast, api_sessions: Sessions) -> None:
    async with transaction(api_sessions) as session:
        person = await make_person(session, cast.promoter)
    asked = {"kind": "access_to_data", "words": "Quiero ver todo"}
    async with signed_in("promoter") as promoter, signed_in("programme") as programme:
        assert (await programme.post(f"{API}/persons/{person.id}/data/readings")).json()["title"] == "NotAskedFor"
        filed = await promoter.post(f"{API}/persons/{person.id}/data/requests", json=asked)
        assert filed.status_code == 201
        waiting = {row["id"]: row for row in (await programme.get(f"{API}/privacy/requests")).json()}
        assert waiting[filed.json()["id"]]["outcome"] is None
        assert (await programme.post(f"{API}/persons/{person.id}/data/readings")).json()["person"]["dni"] == person.dni
        said = {"outcome": "granted", "words": "Se entregó impreso"}
        path = f"{API}/privacy/requests/{filed.json()['id']}/answer"
        assert (await promoter.post(path, json=said)).json()["title"] == "MissingRole"
        assert (await programme.post(path, json=said)).status_code == 204
        assert (await programme.post(path, json=said)).json()["title"] == "AlreadyAnswered"


async def test_an_erasure_over_http_takes_two(signed_in: SignedIn, cast: Cast, api_sessions: Sessions) -> None:
    async with transaction(api_sessions) as session:
        person = await make_person(session, cast.promoter, mobile="911333555")
    async with signed_in("programme") as programme, signed_in("second_officer") as other:
        wanted = {"person_id": str(person.id), "reason": "Lo pidió por carta"}
        assert (await other.post(f"{API}/privacy/erasures", json=wanted)).json()["title"] == "MissingRole"
        asked = await programme.post(f"{API}/privacy/erasures", json=wanted)
        assert asked.status_code == 201
        path = f"{API}/privacy/erasures/{asked.json()['id']}/approval"
        assert (await programme.post(path)).json()["title"] == "SecondPersonNeeded"
        listed = {row["id"]: row for row in (await programme.get(f"{API}/privacy/erasures")).json()}
        assert [tie["why"] for tie in listed[asked.json()["id"]]["ties"]] == ["registered_not_long_ago"]
    async with transaction(api_sessions) as session:
        kept = await session.scalar(text("SELECT mobile FROM person WHERE id = :id"), {"id": person.id})
    assert kept == "911333555"


async def test_who_sees_data_in_wrong_hands_says_so_and_the_clock_runs(signed_in: SignedIn, api_sessions: Sessions) -> None:
    async with transaction(api_sessions) as session:
        now = await clock.now(session)
    given = {"known_at": (now - timedelta(hours=1)).isoformat(), "what": "Carta a otra casa", "data": "Un contrato"}
    async with signed_in("mayor") as mayor, signed_in("programme") as programme:
        said = await mayor.post(f"{API}/privacy/incidents", json=given)
        assert said.status_code == 201
        path = f"{API}/privacy/incidents/{said.json()['id']}"
        assert (await mayor.get(path)).json()["title"] == "MissingRole"
        assert (await programme.get(path)).json()["tell_until"] > now.isoformat()
        entry = {"kind": "authority_told", "words": "Por mesa de partes virtual"}
        assert (await programme.post(f"{path}/entries", json=entry)).status_code == 201
        assert (await programme.get(path)).json()["tell_until"] is None
        late = {**given, "known_at": (now + timedelta(days=1)).isoformat()}
        assert (await mayor.post(f"{API}/privacy/incidents", json=late)).json()["title"] == "KnownLater"
