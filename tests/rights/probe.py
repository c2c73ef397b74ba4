"""Every route asked by everybody, each request in a transaction that is rolled back."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
from fastapi.routing import APIRoute
from sqlalchemy.ext.asyncio import AsyncConnection, async_sessionmaker

from api import csrf
from api.app import create_app, routers
from api.deps import COOKIE
from service.core.actor import ASKED
from service.core.acts import Act
from service.core.db import make_engine
from tests.rights.bodies import body_of, takes_file
from tests.rights.world import WHO, Asker, World

PASSED, LATER, FORBIDDEN, HIDDEN, SIGN_IN, SHAPE = "yes", "later", "no", "hidden", "sign in", "shape"
"""Done; refused for the state that something is in, after the right or before it; refused for who asks; as if there were nothing; not signed in; refused for what was sent."""

QUERIES = {
    "/api/v1/paper-sheets": "?code=1234567890",
    "/api/v1/record/consistency": "?first=1&second=1",
    "/api/v1/references": "?reference=X1",
}
"""What an address asks for besides."""

Files = dict[str, tuple[str, bytes]] | None


@dataclass
class Row:
    """What a route answered to each column, the acts of the rights table that were asked for, and whose numbers were shown."""

    route: str
    asked: set[Act] = field(default_factory=set)
    cells: dict[str, str] = field(default_factory=dict)
    shown: dict[str, set[str]] = field(default_factory=dict)


def every_route() -> Iterator[tuple[str, str, APIRoute]]:
    """Method, whole path and route, in the router's order."""
    for router, prefix in routers():
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, prefix + route.path, route


def filled(path: str, ids: dict[str, str]) -> str:
    """A path with the world's identifiers in it."""
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, ids.get(part.strip("{}"), "00000000-0000-7000-8000-000000000009"))
    return path


@dataclass(frozen=True)
class Door:
    """The application, and the one connection that it works on; what its requests write is undone by whoever opened it."""

    client: httpx.AsyncClient
    connection: AsyncConnection


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Door]:
    """The application on one connection to a database, in which nothing is ever committed."""
    engine = make_engine(url, pool_size=1)
    app = create_app()
    async with engine.connect() as connection, connection.begin() as undone:
        app.state.sessions = async_sessionmaker(
            bind=connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://raymi.test") as client:
            yield Door(client, connection)
        await undone.rollback()
    await engine.dispose()


async def ask(door: Door, method: str, path: str, route: APIRoute, world: World) -> Row:
    """A route asked by everybody, each as if nobody had asked before."""
    row = Row(f"{method} {path}")
    body, where = body_of(route, world.ids), filled(path, world.ids) + QUERIES.get(path, "")
    files = {"file": ("x.pdf", b"%PDF-1.4\n")} if takes_file(route) else None
    for who in WHO:
        before = await door.connection.begin_nested()
        listened = ASKED.set(set())
        answer = await _send(door.client, method, where, body, world.askers.get(who), files)
        row.cells[who] = cell_of(answer)
        row.shown[who] = world.kinds_in(answer.text, who)
        row.asked |= ASKED.get() or set()
        ASKED.reset(listened)
        await before.rollback()
    return row


async def _send(
    client: httpx.AsyncClient, method: str, path: str, body: object, asker: Asker | None, files: Files = None
) -> httpx.Response:
    client.cookies.clear()  # what an answer before has set is not this person's
    if path.startswith("/api/"):
        headers = {"idempotency-key": uuid4().hex} | ({"authorization": f"Bearer {asker.token}"} if asker else {})
        return await client.request(method, path, json=body if method != "GET" else None, headers=headers)
    headers = {"sec-fetch-site": "same-origin"}
    if asker is not None:
        headers |= {"cookie": f"{COOKIE}={asker.token}", csrf.HEADER: csrf.token(asker.person_id)}
    if method != "POST":
        return await client.request(method, path, headers=headers)
    return await client.post(path, data={**flat(body), "_key": uuid4().hex}, files=files, headers=headers)


def flat(given: object, path: str = "") -> dict[str, str | list[str]]:
    """The fields of a form, by their dotted paths; choices among many under one name."""
    if isinstance(given, list) and all(isinstance(each, str) for each in given):
        return {path: given}
    inner = given.items() if isinstance(given, dict) else enumerate(given) if isinstance(given, list) else ()
    found: dict[str, str | list[str]] = {} if isinstance(given, dict | list) or given is None else {path: str(given)}
    for name, value in inner:
        found |= flat(value, f"{path}.{name}" if path else str(name))
    return found


def cell_of(answer: httpx.Response) -> str:
    """How the right was answered."""
    assert answer.status_code < 500, (answer.request.method, answer.request.url, answer.text[:300])
    if answer.status_code == 401 or (answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")):
        return SIGN_IN
    if answer.status_code == 403:
        assert "ForeignForm" not in answer.text
        name = answer.json()["title"] if answer.headers["content-type"].startswith("application/problem") else ""
        return f"{FORBIDDEN} {name}".strip()
    if answer.status_code == 404:
        return HIDDEN
    if answer.status_code == 422 and answer.request.url.path.startswith("/api/"):
        return SHAPE if answer.json()["title"] == "Malformed" else LATER
    if answer.status_code == 422:
        return SHAPE
    return PASSED if answer.status_code < 400 else LATER
