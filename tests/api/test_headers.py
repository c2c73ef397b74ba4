"""What every answer carries: all routes, static files, refusals, redirects and failures, each with a nonce of its own."""

import re

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from api.deps import COOKIE
from api.headers import FIXED
from service.core.db import Sessions
from service.core.settings import load
from tests.api.conftest import Client, SignedIn
from tests.api.test_doors import ROUTES, filled

CASES = [
    *ROUTES,
    ("GET", "/static/raymi.css"),
    ("GET", "/static/no.css"),
    ("GET", "/nothing"),
    ("TRACE", "/"),
    ("PUT", "/sign-in"),
]
CASES += [("GET", "/api/v1/nothing"), ("DELETE", "/api/v1/funds"), ("GET", "/api/v1/openapi.json"), ("GET", "/contests/")]
NONCE = re.compile(r"script-src 'nonce-([\w-]{22})'; style-src 'nonce-\1'")


def require_headers(answer: httpx.Response) -> str:
    """The answer has all headers; its nonce."""
    for name, value in FIXED.items():
        assert answer.headers.get_list(name) == [value], name
    policies = answer.headers.get_list("content-security-policy")
    assert len(policies) == 1
    policy = policies[0]
    assert "server" not in answer.headers
    assert answer.headers["cache-control"]
    if policy == "default-src 'none'; sandbox":  # a stored file
        return answer.headers["x-request-id"]
    for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in policy
    assert "unsafe" not in policy
    found = NONCE.search(policy)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(("method", "path"), CASES)
async def test_every_answer_carries_the_headers_and_a_fresh_nonce(
    method: str, path: str, stranger: Client, signed_in: SignedIn
) -> None:
    nonces = [require_headers(await stranger.request(method, filled(path))) for _ in range(2)]
    async with signed_in("programme") as client:
        answer = await client.request(method, filled(path))
        nonces.append(require_headers(answer))
        assert answer.headers["cache-control"] == "no-store"
    assert len(set(nonces)) == 3


async def test_a_failure_carries_them_as_well(api_sessions: Sessions) -> None:
    app: FastAPI = create_app()
    app.state.sessions = api_sessions

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("secret")

    async with Client(transport=httpx.ASGITransport(app, raise_app_exceptions=False), base_url="http://raymi.test") as client:
        answer = await client.get("/broken")
    assert (answer.status_code, "secret" in answer.text) == (500, False)
    require_headers(answer)
    assert answer.headers["x-request-id"] in answer.text


async def test_tags_of_a_page_carry_the_nonce_of_its_answer(transport: httpx.ASGITransport, tokens: dict[str, str]) -> None:
    async with Client(transport=transport, base_url="http://raymi.test", cookies={COOKIE: tokens["programme"]}) as client:
        answer = await client.get("/offices")
    nonce = require_headers(answer)
    tags = re.findall(r"<(?:script|style|link rel=.stylesheet)[^>]*>", answer.text)
    assert len(tags) == 2
    assert all(f'nonce="{nonce}"' in tag for tag in tags)
    assert answer.headers["cache-control"] == "no-store"


async def test_tls_is_insisted_on_where_there_is_tls(monkeypatch: pytest.MonkeyPatch, api_sessions: Sessions) -> None:
    monkeypatch.setenv("RAYMI_PUBLIC_URL", "https://raymi.example.pe")
    load.cache_clear()
    try:
        app = create_app()
        app.state.sessions = api_sessions
        async with Client(transport=httpx.ASGITransport(app), base_url="https://raymi.example.pe") as client:
            answer = await client.get("/healthz")
            chosen = await client.post("/language", data={"language": "en"})
    finally:
        monkeypatch.undo()
        load.cache_clear()
    assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
    assert {"HttpOnly", "Secure", "SameSite=lax"} <= set(chosen.headers["set-cookie"].split("; "))


async def test_static_files_and_public_pages_may_be_kept_a_while(stranger: Client) -> None:
    assert (await stranger.get("/static/raymi.css")).headers["cache-control"] == "public, max-age=300"
    page = await stranger.get("/contests")
    assert page.headers["cache-control"] == "no-cache"
    assert {"Cookie", "Accept-Language"} <= set(page.headers["vary"].split(", "))


async def test_a_method_that_is_not_listed_is_refused_by_name(stranger: Client) -> None:
    answer = await stranger.request("PATCH", "/api/v1/calls")
    assert (answer.status_code, answer.json()["title"], "GET" in answer.headers["allow"]) == (405, "MethodNotListed", True)
