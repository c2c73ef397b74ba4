"""The application over HTTP, on a database of its own, with people who can sign in."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI

from api.app import create_app
from scripts.cluster import APP, Cluster
from service.core.actor import Actor
from service.core.db import Sessions, make_engine, make_sessions, transaction
from tests.cast import Cast
from tests.make.people import PASSWORD, make_sign_in, sign_in, token_for

Client = httpx.AsyncClient
SignedIn = Callable[[str], AbstractAsyncContextManager[Client]]
"""``async with signed_in("secretary") as client``: a client with that cast member's bearer token and a fresh key for each POST."""

NAMES = ("programme", "head", "secretary", "administrator", "treasurer", "promoter", "auditor", "second_officer", "mayor")


class FreshKeys(httpx.Auth):
    """Sends a token, and an idempotency key where the request brings none."""

    def __init__(self, token: str | None) -> None:
        self.token = token

    def auth_flow(self, request: httpx.Request):  # type: ignore[no-untyped-def]  # httpx's own generator protocol
        """The request with its headers."""
        if self.token:
            request.headers["authorization"] = f"Bearer {self.token}"
        if request.method == "POST":
            request.headers.setdefault("idempotency-key", uuid4().hex)
        yield request


@pytest.fixture(scope="session")
async def api_sessions(cluster: Cluster, peopled: str) -> AsyncIterator[Sessions]:
    """Sessions on the database that the application serves in these tests."""
    cluster.ensure_database("api", peopled)
    engine = make_engine(cluster.url(APP, "api"))
    yield make_sessions(engine)
    await engine.dispose()


@pytest.fixture(scope="session")
async def tokens(api_sessions: Sessions, cast: Cast) -> dict[str, str]:
    """A bearer token for each of the cast."""
    async with transaction(api_sessions) as session:
        for name in NAMES:
            actor: Actor = getattr(cast, name)
            await make_sign_in(session, cast, actor, name)
            await sign_in(session, name, PASSWORD)
        return {name: await token_for(session, getattr(cast, name).person_id) for name in NAMES}


class WithToken(httpx.ASGITransport):
    """The application, as a browser calls it: what is posted with a sign-in cookie carries the token of that person's forms."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(app, raise_app_exceptions=False)
        self.known: dict[str, str] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """The answer; before the first form of a sign-in one page is read, for the token in it."""
        cookie = request.headers.get("cookie", "")
        if request.method != "POST" or not cookie or request.url.path.startswith("/api/"):
            return await super().handle_async_request(request)
        if cookie not in self.known:
            page = await super().handle_async_request(httpx.Request("GET", request.url.join("/"), headers={"cookie": cookie}))
            found = re.search(r'name="_token" value="(\w+)"', (await page.aread()).decode())
            self.known[cookie] = found[1] if found else ""
        request.headers.setdefault("x-form-token", self.known[cookie])
        return await super().handle_async_request(request)


@pytest.fixture(scope="session")
async def transport(api_sessions: Sessions) -> httpx.ASGITransport:
    """The application, as its server would call it."""
    app = create_app()
    app.state.sessions = api_sessions
    return WithToken(app)


@pytest.fixture
async def stranger(transport: httpx.ASGITransport) -> AsyncIterator[Client]:
    """A client that is nobody."""
    async with Client(transport=transport, base_url="http://raymi.test") as client:
        yield client


@pytest.fixture
def signed_in(transport: httpx.ASGITransport, tokens: dict[str, str]) -> SignedIn:
    """Makes clients signed in as a cast member."""

    @asynccontextmanager
    async def make(name: str) -> AsyncIterator[Client]:
        async with Client(transport=transport, base_url="http://raymi.test", auth=FreshKeys(tokens[name])) as client:
            yield client

    return make


@pytest.fixture
def called(transport: httpx.ASGITransport) -> SignedIn:
    """Makes programs that call with a key."""

    @asynccontextmanager
    async def make(key: str) -> AsyncIterator[Client]:
        async with Client(transport=transport, base_url="http://raymi.test", auth=FreshKeys(key)) as client:
            yield client

    return make
