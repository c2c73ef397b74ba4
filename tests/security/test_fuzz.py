"""A fiftieth of the drill: a thousand malformed requests against a served installation; and two planted faults that it finds."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts.cluster import APP, Cluster
from scripts.drills.fuzz import Seen, attack, send_corpus, tokens_of
from scripts.drills.hostile import Place
from scripts.drills.judging import Documented, shows_internals
from scripts.drills.served import Served, served
from service.core.db import make_engine, make_sessions, transaction
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_sign_in

NAMES = ("programme", "secretary", "auditor")


@pytest.fixture(scope="module")
def database_url(cluster: Cluster, peopled: str) -> str:
    """A database of its own with the cast."""
    cluster.ensure_database("fuzzed", peopled)
    return cluster.url(APP, "fuzzed")


@pytest.fixture(scope="module")
async def tokens(database_url: str, cast: Cast) -> dict[str, str]:
    """Sign-ins of some of the cast, and of nobody."""
    engine = make_engine(database_url, pool_size=1)
    async with transaction(make_sessions(engine)) as session:
        await make_eligible(session, cast, await make_contest(session, cast))
        for name in NAMES:
            await make_sign_in(session, cast, getattr(cast, name), name)
    await engine.dispose()
    return await tokens_of(database_url, ("", *NAMES))


@pytest.fixture(scope="module")
def target(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application over it."""
    with served(database_url, tmp_path_factory.mktemp("fuzz") / "web.log") as made:
        yield made


def test_a_thousand_malformed_requests_break_nothing(target: Served, tokens: dict[str, str]) -> None:
    seen = attack(target, tokens, 1_000, seed=11)
    assert seen.faults == []
    assert sum(seen.sent.values()) >= 1_000
    assert {200, 401, 403, 404, 405, 421, 422} <= seen.statuses.keys()


def test_two_planted_faults_are_found(database_url: str, tokens: dict[str, str], tmp_path: Path) -> None:
    places = [Place("GET", "/api/v1/planted/{number}"), Place("POST", "/api/v1/planted", ("name",))]
    document: dict[str, Any] = {
        "paths": {each.path: {each.method.lower(): {"responses": {"200": {}, "422": {}}}} for each in places}
    }
    seen = Seen()
    with served(database_url, tmp_path / "web.log", "tests.security.planted:app") as target:
        send_corpus(target, tokens["auditor"], places, {"number": ["1"]}, 1_500, 3, Documented(document), seen)
    found = "\n".join(each for each in seen.faults if each.startswith("status 500"))
    assert re.search(r"GET /api/v1/planted/-?\d{10,}", found)
    assert "\\\\u0000" in found


def test_the_judge_sees_failures_undocumented_statuses_and_what_is_inside() -> None:
    judge = Documented({"paths": {"/api/v1/funds/{fund_id}": {"get": {"responses": {"200": {}, "404": {}}}}}})
    assert judge.fault("GET", "/api/v1/funds/1?x=2", 200, b"{}") is None
    assert judge.fault("GET", "/api/v1/funds/1", 403, b"{}") == "undocumented status 403"
    assert judge.fault("GET", "/contests", 500, b"") == "status 500"
    assert judge.fault("GET", "/contests", 200, b"Traceback (most recent call last)") == "shows Traceback (most recent"
    assert shows_internals(b"asyncpg.exceptions.DataError") == "asyncpg"
    assert shows_internals(b"Elija otra fecha") is None
