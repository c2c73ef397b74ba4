"""The doors: who asks, once only, refusals by name, nothing half-written."""

import asyncio
import json
import re
from uuid import uuid4

import pytest
from fastapi.routing import APIRoute
from httpx import ASGITransport
from sqlalchemy import text

from api.app import routers
from service.core.db import Sessions
from service.core.migrations import newest
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast

PUBLIC = {
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/sign-in/passkey"),
    ("POST", "/language"),
    ("GET", "/confirm"),
    ("POST", "/confirm"),
    ("POST", "/api/v1/confirmations"),
    ("GET", "/group"),
    ("POST", "/group"),
    ("POST", "/api/v1/where-we-stand"),
    ("GET", "/contests"),
    ("GET", "/contests/{contest_id}"),
    ("GET", "/contests/{contest_id}/rules"),
    ("GET", "/contests/{contest_id}/ledger"),
    ("GET", "/calls/{call_id}"),
    ("GET", "/applications/{application_id}/result"),
    ("GET", "/api/v1/applications/{application_id}/result"),
    ("GET", "/runs/{run_id}"),
    ("GET", "/sessions/{session_id}/wall"),
    ("GET", "/api/v1/sessions/{session_id}/wall"),
    ("GET", "/transparency"),
    ("GET", "/privacy"),
    ("GET", "/api/v1/privacy"),
    ("GET", "/developers"),
    ("GET", "/errors"),
    ("GET", "/errors/{name}"),
    ("GET", "/api/v1/errors"),
    ("GET", "/api/v1/changes"),
    ("GET", "/record"),
    ("GET", "/receipts"),
    ("GET", "/receipts/{code}"),
    ("GET", "/api/v1/record"),
    ("GET", "/api/v1/record/checkpoint"),
    ("GET", "/api/v1/record/consistency"),
    ("GET", "/api/v1/receipts/{code}"),
    ("GET", "/transparency/{office_id}"),
    ("GET", "/transparency/{office_id}/report.csv"),
    ("GET", "/sessions/{session_id}"),
    ("GET", "/minutes/{session_id}"),
    ("GET", "/documents/{document_id}"),
    ("GET", "/invitations"),
    ("GET", "/invitations/{key}"),
    ("POST", "/invitations/open"),
    ("POST", "/invitations/accept"),
    ("POST", "/api/v1/invitations/view"),
    ("POST", "/api/v1/invitations/accept"),
    ("POST", "/sign-in/provider"),
    ("GET", "/sign-in/provider/return"),
    ("POST", "/api/v1/sign-ins"),
    ("GET", "/api/v1/calls"),
    ("GET", "/api/v1/calls/{call_id}"),
    ("GET", "/api/v1/calls/{call_id}/calendar"),
    ("GET", "/api/v1/contests/{contest_id}/bundle"),
    ("GET", "/api/v1/contests"),
    ("GET", "/api/v1/contests/{contest_id}"),
    ("GET", "/api/v1/contests/{contest_id}/rule-books"),
    ("GET", "/api/v1/contests/{contest_id}/rule-books/{version}/changes"),
    ("GET", "/api/v1/contests/{contest_id}/questions"),
    ("GET", "/api/v1/rule-book-templates"),
    ("GET", "/api/v1/contests/{contest_id}/ranking"),
    ("GET", "/api/v1/contests/{contest_id}/appeal-time"),
    ("GET", "/api/v1/contests/{contest_id}/commitments"),
    ("GET", "/api/v1/runs/{run_id}"),
    ("GET", "/api/v1/runs/{run_id}/bundle"),
    ("GET", "/api/v1/contests/{contest_id}/ledger"),
    ("GET", "/api/v1/documents/{document_id}"),
    ("GET", "/api/v1/documents/{document_id}/file"),
    ("GET", "/api/v1/sessions/{session_id}"),
    ("GET", "/api/v1/sessions/{session_id}/minutes"),
    ("GET", "/api/v1/sessions/{session_id}/votes"),
}
"""The only routes that answer somebody who is not signed in."""

ROUTES = sorted(
    {
        (method, prefix + route.path)
        for router, prefix in routers()
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
)


def test_the_public_routes_are_there() -> None:
    assert set(ROUTES) >= PUBLIC


def filled(path: str) -> str:
    """A path with identifiers of nothing."""
    return re.sub(r"\{\w+_id\}", str(uuid4()), path).replace("{stage}", "field").replace("{number}", "1")


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route not in PUBLIC])
async def test_a_route_refuses_whoever_is_not_signed_in(method: str, path: str, stranger: Client) -> None:
    headers = {"idempotency-key": uuid4().hex}
    data = {"_key": uuid4().hex}
    if path.startswith("/api/"):
        answer = await stranger.request(method, filled(path), headers=headers, json={} if method == "POST" else None)
    else:
        answer = await stranger.request(method, filled(path), data=data if method == "POST" else None)
    if method == "GET" and not path.startswith("/api/"):
        assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")
    else:
        assert answer.status_code == 401


@pytest.mark.parametrize(("method", "path"), [route for route in ROUTES if route in PUBLIC and "_id}" in route[1]])
async def test_a_public_route_says_not_found_of_what_is_not_there(method: str, path: str, stranger: Client) -> None:
    answer = await stranger.request(method, filled(path))
    assert answer.status_code == 404


OWN_ACTS = {("POST", "/api/v1/me/sign-ins/others/end"), ("POST", "/api/v1/me/data/readings")}
"""What names nothing but who asks."""


async def test_an_act_about_nothing_is_refused_and_leaves_no_leaf(signed_in: SignedIn, api_sessions: Sessions) -> None:
    async with api_sessions() as session:
        before = (await session.execute(text("SELECT count(*) FROM record_leaf"))).scalar_one()
    titles = set()
    async with signed_in("auditor") as client:
        for method, path in ROUTES:
            if method == "POST" and path.startswith("/api/v1") and (method, path) not in PUBLIC | OWN_ACTS:
                answer = await client.post(filled(path), json={})
                assert (answer.status_code, answer.json()["title"]) in ((404, "NotFound"), (422, "Malformed")), path
                titles.add(answer.json()["title"])
    assert titles == {"NotFound", "Malformed"}
    async with api_sessions() as session:
        assert (await session.execute(text("SELECT count(*) FROM record_leaf"))).scalar_one() == before


def fund(cast: Cast, code: str) -> dict[str, str]:
    """A fund as JSON."""
    return {"office_id": str(cast.office.id), "code": code, "name": "Fondo de prueba"}


async def test_an_auditor_is_refused_what_the_programme_may_do(signed_in: SignedIn, cast: Cast) -> None:
    async with signed_in("auditor") as client:
        refused = await client.post("/api/v1/funds", json=fund(cast, "AUDIT"))
    async with signed_in("programme") as client:
        made = await client.post("/api/v1/funds", json=fund(cast, "AUDIT"))
    assert (refused.status_code, refused.json()["title"]) == (403, "MissingRole")
    assert made.status_code == 201


async def test_a_repeated_key_gives_the_first_answer_and_no_second_effect(signed_in: SignedIn, cast: Cast) -> None:
    headers = {"idempotency-key": uuid4().hex}
    async with signed_in("programme") as client:
        first = await client.post("/api/v1/funds", json=fund(cast, "ONCE"), headers=headers)
        again = await client.post("/api/v1/funds", json=fund(cast, "ONCE"), headers=headers)
        listed = (await client.get(f"/api/v1/offices/{cast.office.id}/funds")).json()
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert [row["code"] for row in listed].count("ONCE") == 1


async def test_a_key_with_another_body_is_refused(signed_in: SignedIn, cast: Cast) -> None:
    headers = {"idempotency-key": uuid4().hex}
    async with signed_in("programme") as client:
        await client.post("/api/v1/funds", json=fund(cast, "FIRST"), headers=headers)
        answer = await client.post("/api/v1/funds", json=fund(cast, "SECOND"), headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (422, "KeyReused")


async def test_a_write_without_a_key_is_refused(transport: ASGITransport, tokens: dict[str, str], cast: Cast) -> None:
    headers = {"authorization": f"Bearer {tokens['programme']}"}
    async with Client(transport=transport, base_url="http://raymi.test") as client:
        answer = await client.post("/api/v1/funds", json=fund(cast, "KEYLESS"), headers=headers)
    assert (answer.status_code, answer.json()["title"]) == (400, "MissingIdempotencyKey")


async def test_the_same_request_at_the_same_time_has_one_effect(signed_in: SignedIn, cast: Cast) -> None:
    headers = {"idempotency-key": uuid4().hex}
    async with signed_in("programme") as client:
        sent = [client.post("/api/v1/funds", json=fund(cast, "STORM"), headers=headers) for _ in range(6)]
        answers = await asyncio.gather(*sent)
        listed = (await client.get(f"/api/v1/offices/{cast.office.id}/funds")).json()
    assert [row["code"] for row in listed].count("STORM") == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert 201 in {answer.status_code for answer in answers}


async def test_money_is_a_text_with_two_decimals(signed_in: SignedIn, cast: Cast) -> None:
    async with signed_in("programme") as client:
        made = (await client.post("/api/v1/funds", json=fund(cast, "MONEY"))).json()
        cofunder = {"office_id": str(cast.office.id), "kind": "company", "name": "Minera", "ruc": "20131372931"}
        body = (await client.post("/api/v1/cofunders", json=cofunder)).json()
        for amount in ("1000.001", 1000.5, 1000, "1e3", "-1.00", "1,000.00", "NaN"):
            pledge = {"cofunder_id": body["id"], "fund_id": made["id"], "kind": "cash", "amount": amount, "purpose": "Premios"}
            answer = await client.post(
                "/api/v1/pledges", content=json.dumps(pledge), headers={"content-type": "application/json"}
            )
            assert answer.status_code == 422, amount
            assert answer.json()["errors"][0]["field"] == "amount"


OWN = {"sec-fetch-site": "same-origin"}
HOSTILE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b'{"office_id": 1}',
    b'{"office_id": "\\u0000", "code": "A", "name": "x"}',
    b'{"code": "A", "name": "\\ud800"}',
    b"\xff\xfe",
    b"[" * 50_000,
    b'{"a": NaN}',
    b'{"office_id": "00000000-0000-0000-0000-000000000000", "code": "A", "name": "a\\u0000b"}',
]


@pytest.mark.parametrize("body", HOSTILE)
async def test_bad_input_is_a_named_refusal_and_never_a_failure(body: bytes, signed_in: SignedIn) -> None:
    async with signed_in("programme") as client:
        answer = await client.post("/api/v1/funds", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("identifier", ["x", "9" * 40, "%00", "..%2f..", "00000000-0000-0000-0000-00000000000g"])
async def test_an_identifier_that_is_none_is_not_found(identifier: str, signed_in: SignedIn) -> None:
    async with signed_in("programme") as client:
        assert (await client.get(f"/api/v1/funds/{identifier}")).status_code == 404
        assert (await client.get(f"/contests/{identifier}")).status_code == 404


async def test_a_large_body_is_refused_before_it_is_read(signed_in: SignedIn) -> None:
    async with signed_in("programme") as client:
        client.headers["accept-language"] = "es"
        answer, shown = [await client.post(path, content=b" " * (13 * 1024 * 1024)) for path in ("/api/v1/funds", "/funds")]
    assert (answer.status_code, answer.json()["title"]) == (413, "RequestTooLarge")
    assert answer.json()["detail"].startswith("Esto es más grande que los 12 MB")
    assert (shown.status_code, "12 MB" in shown.text) == (413, True)


async def test_every_answer_carries_its_request_id(stranger: Client) -> None:
    answer = await stranger.get("/healthz", headers={"x-request-id": "abcdef1234567890"})
    assert (answer.status_code, answer.headers["x-request-id"]) == (200, "abcdef1234567890")
    assert (await stranger.get("/healthz", headers={"x-request-id": "evil\tid"})).headers["x-request-id"] != "evil\tid"


async def test_readyz_says_the_schema(stranger: Client) -> None:
    assert (await stranger.get("/readyz")).json() == {"status": "ready", "schema": newest()}


async def test_a_form_from_another_site_is_refused(stranger: Client) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}):
        answer = await stranger.post("/sign-in", data={"user_name": "a", "password": "b"}, headers=headers)
        assert answer.status_code == 403


async def test_a_sign_in_never_leads_to_another_site(stranger: Client, tokens: dict[str, str]) -> None:
    assert tokens
    for to in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        answer = await stranger.post(
            "/sign-in", data={"user_name": "head", "password": "llama condor vicuna", "to": to}, headers=OWN
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code?to=/")
