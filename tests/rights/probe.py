"""Every route asked by everybody, each request in a transaction that is rolled back."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
from fastapi.routing import APIRoute

from api.app import routers
from service.core.actor import ASKED
from service.core.acts import Act
from tests.rights.bodies import body_of
from tests.rights.world import WHO

PASSED, FORBIDDEN, HIDDEN, SIGN_IN, SHAPE = "yes", "no", "hidden", "sign in", "shape"


@dataclass
class Row:
    """What a route answered to each column, and the acts of the rights table that were asked for."""

    route: str
    asked: set[Act] = field(default_factory=set)
    cells: dict[str, str] = field(default_factory=dict)


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


async def ask(
    client: httpx.AsyncClient, method: str, path: str, route: APIRoute, ids: dict[str, str], tokens: dict[str, str]
) -> Row:
    """A route asked by everybody."""
    row = Row(f"{method} {path}")
    body, where = body_of(route, ids), filled(path, ids)
    for who in WHO:
        listened = ASKED.set(set())
        answer = await _send(client, method, where, body, tokens.get(who))
        row.cells[who] = cell_of(answer)
        row.asked |= ASKED.get() or set()
        ASKED.reset(listened)
    return row


async def _send(client: httpx.AsyncClient, method: str, path: str, body: object, token: str | None) -> httpx.Response:
    client.cookies.clear()  # what an answer before has set is not this person's
    if path.startswith("/api/"):
        headers = {"idempotency-key": uuid4().hex} | ({"authorization": f"Bearer {token}"} if token else {})
        return await client.request(method, path, json=body if method != "GET" else None, headers=headers)
    headers = {"sec-fetch-site": "same-origin"} | ({"cookie": f"raymi_sign_in={token}"} if token else {})
    fields = flat(body if isinstance(body, dict) else {})
    return await client.request(
        method, path, data={**fields, "_key": uuid4().hex} if method == "POST" else None, headers=headers
    )


def flat(body: dict[str, object], before: str = "") -> dict[str, str]:
    """The fields of a form: only those of one line."""
    return {f"{before}{name}": str(value) for name, value in body.items() if isinstance(value, str | int | bool)}


def cell_of(answer: httpx.Response) -> str:
    """How the right was answered: what was refused for another reason than the person's passed it."""
    assert answer.status_code < 500, (answer.request.method, answer.request.url, answer.text[:300])
    if answer.status_code == 401 or (answer.status_code == 303 and answer.headers["location"].startswith("/sign-in")):
        return SIGN_IN
    if answer.status_code == 403:
        name = answer.json()["title"] if answer.headers["content-type"].startswith("application/problem") else ""
        return f"{FORBIDDEN} {name}".strip()
    if answer.status_code == 404:
        return HIDDEN
    if answer.status_code == 422 and answer.request.url.path.startswith("/api/"):
        return SHAPE if answer.json()["title"] == "Malformed" else PASSED
    return SHAPE if answer.status_code == 422 else PASSED
