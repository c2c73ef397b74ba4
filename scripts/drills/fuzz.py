"""Malformed requests of all kinds: Schemathesis over the whole OpenAPI document and a hand corpus over every route and form.

As several roles and as nobody, against a throw-away installation with the demo's data. No answer may have a status 5xx or one that
is not documented, and none may show how we are made (Traceback, SQL, paths).
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import asyncpg
from fastapi.routing import APIRoute
from pydantic import BaseModel

from api.app import create_app, routers
from scripts.bootstrap.paths import ROOT
from scripts.drills.hostile import Place, corpus
from scripts.drills.judging import Documented
from scripts.drills.sender import Sender, forms
from scripts.drills.served import Served, demo_served
from service.core.db import Session, make_engine, make_sessions, transaction
from service.people import signing_in, store

ROLES = (
    "",
    "programme",
    "head",
    "secretary",
    "administrator",
    "treasurer",
    "promoter",
    "auditor",
    "mayor",
    "juror-1",
    "system",
)
"""Who asks, by user name; nobody first."""

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,shows_nothing_inside"
SENDERS = 4
A_SAMPLE, A_PATH = 25, 50
"""Paths that a run of Schemathesis takes up at most, and the requests, about, that it sends for each."""


@dataclass
class Seen:
    """What was sent and what came back."""

    sent: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def run(times: int, seed: int) -> int:
    """How many of so many requests were not answered as they have to be."""

    with demo_served() as served:
        tokens = asyncio.run(tokens_of(served.database_url, ROLES))
        seen = attack(served, tokens, times, seed)
    print(f"{sum(seen.sent.values()):,} requests: " + ", ".join(f"{number:,} {what}" for what, number in seen.sent.items()))
    print(
        "statuses of the hand corpus: " + ", ".join(f"{status} {number:,}" for status, number in sorted(seen.statuses.items()))
    )
    print(f"{len(seen.faults)} faults" + "".join(f"\n- {each}" for each in seen.faults[:50]))
    return len(seen.faults)


def attack(served: Served, tokens: Mapping[str, str], requests: int, seed: int) -> Seen:
    """Send so many requests, half of them generated, and judge each answer."""
    ids = asyncio.run(identifiers(served.database_url))
    document, roles = create_app().openapi(), list(tokens)
    seen = Seen()
    chance = random.Random(seed)  # noqa: S311  # nosec B311  # the same requests at every run
    sample = max(1, min(A_SAMPLE, requests // 2 // A_PATH))
    turns = max(1, requests // 2 // (sample * A_PATH))
    for turn in range(turns):
        paths = chance.sample(sorted(document["paths"]), min(sample, len(document["paths"])))
        _generate(served, tokens[roles[(turn + 1) % len(roles)]], ids, paths, seed + turn, seen)
    judge = Documented(document)
    left = max(0, requests - sum(seen.sent.values()))
    for number, role in enumerate(roles):
        share = left // len(roles) + (number < left % len(roles))
        places = [*every_route(), *forms(served, tokens[role])]
        send_corpus(served, tokens[role], places, ids, share, seed + number, judge, seen)
    seen.faults += _failures_in(served.log)
    return seen


async def tokens_of(database_url: str, names: Sequence[str]) -> dict[str, str]:
    """A sign-in for each name; the empty one is nobody."""
    engine = make_engine(database_url, pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            return {name: await _token_of(session, name) if name else "" for name in names}
    finally:
        await engine.dispose()


async def _token_of(session: Session, name: str) -> str:
    """A whole sign-in, as who holds the database can make one."""
    credential = await store.credential_named(session, name)
    if credential is None:
        raise LookupError(name)
    return (await signing_in.begin(session, credential.person_id, "drill", strong=True)).token


async def identifiers(database_url: str) -> dict[str, list[str]]:
    """For each parameter of a path some values that exist: ``contest_id`` of the table ``contest``, or of one that ends so."""
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch(
            "SELECT table_name::text FROM information_schema.columns WHERE column_name = 'id' AND table_schema = 'public'"
        )
        found: dict[str, list[str]] = {"stage": ["field", "final", "single"], "number": ["1"], "version": ["1"]}
        for name in sorted((row[0] for row in rows), key=len, reverse=True):
            values = await connection.fetch(f'SELECT id::text FROM "{name}" ORDER BY id LIMIT 4')  # noqa: S608  # nosec B608  # names of our own tables
            parts = name.split("_")
            for begin in range(len(parts)):
                found[f"{'_'.join(parts[begin:])}_id"] = [row[0] for row in values]
        return {name: values for name, values in found.items() if values}
    finally:
        await connection.close()


def _generate(
    served: Served, token: str, ids: Mapping[str, Sequence[str]], paths: Sequence[str], seed: int, seen: Seen
) -> None:
    """Let Schemathesis try some operations in all its phases."""
    with tempfile.TemporaryDirectory(prefix="raymi-fuzz-") as place:
        known = Path(place) / "known.json"
        known.write_text(json.dumps({"ids": ids, "token": token, "seed": seed}))
        options = [
            "--phases",
            "examples,coverage,fuzzing,stateful",
            "--checks",
            CHECKS,
            "--max-examples",
            "8",
            "--seed",
            str(seed),
        ]
        options += ["--suppress-health-check", "all", "--warnings", "off", "--no-shrink", "--continue-on-failure"]
        options += [part for path in paths for part in ("--include-path", path)]
        command = [sys.executable, "-P", "-m", "schemathesis.cli", "run", f"{served.url}/api/v1/openapi.json", *options]
        settings = {
            "SCHEMATHESIS_HOOKS": "scripts.drills.fuzz_hooks",
            "RAYMI_FUZZ": str(known),
            "PYTHONPATH": str(ROOT),
            "NO_COLOR": "1",
        }
        done = subprocess.run(command, cwd=place, env={**os.environ, **settings}, capture_output=True, text=True, check=False)
        count = known.with_suffix(".count")
        seen.sent["generated"] += int(count.read_text()) if count.exists() else 0
        if done.returncode:
            seen.faults.append(f"Schemathesis with seed {seed}:\n{done.stdout[-6000:]}{done.stderr[-2000:]}")


def send_corpus(
    served: Served,
    token: str,
    places: Sequence[Place],
    ids: Mapping[str, Sequence[str]],
    share: int,
    seed: int,
    judge: Documented,
    seen: Seen,
) -> None:
    """Send requests of the hand corpus as one role, several at once."""
    lock = threading.Lock()
    feed = islice(corpus(places, ids, seed), share)

    def work() -> None:
        sender = Sender(served.url, token)
        while True:
            with lock:
                sent = next(feed, None)
            if sent is None:
                return
            status, body = sender.send(sent)
            fault = judge.fault(sent.method, sent.path, status, body)
            with lock:
                seen.sent["of the hand corpus"] += 1
                seen.statuses[status] += 1
                if fault:
                    seen.faults.append(
                        f"{fault}: {sent.method} {sent.path[:200]} {dict(sent.headers)} {(sent.body or b'')[:200]!r}"[:900]
                    )

    with ThreadPoolExecutor(SENDERS) as pool:
        for each in [pool.submit(work) for _ in range(SENDERS)]:
            each.result()


def every_route() -> Iterator[Place]:
    """Every route of the program, with the fields of its body."""
    for router, prefix in routers():
        for route in router.routes:
            if isinstance(route, APIRoute):
                models = [each.field_info.annotation for each in route.dependant.body_params]
                fields = [
                    name
                    for model in models
                    if isinstance(model, type) and issubclass(model, BaseModel)
                    for name in model.model_fields
                ]
                for method in sorted(route.methods or ()):
                    yield Place(method, prefix + route.path, tuple(fields))


def _failures_in(log: Path) -> list[str]:
    """What the web processes logged as their own failures."""
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return [f"logged: {line[-1500:]}" for line in lines if '"level": "error"' in line][:20]
