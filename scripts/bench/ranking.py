"""The announced ranking as a stranger's browser asks for it: the application's CPU and SQL statements for a page of fifty.

A contest of a thousand proposals and five jurors, and one of fifty: a page costs the same whatever its contest's size.
"""

import asyncio
import contextlib
import importlib
import os
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import event, text

from scripts.bench.field import Field, durable_database, insert_sheets, make_field, make_large_contest, sessions_on
from scripts.cluster import Cluster
from service.core.db import Session, Sessions, transaction
from service.deliberation import usecases
from tests.make.deliberation import announce, make_open_session

SIZES = (1000, 50)
WARM_UP = 30
PAGES = 200
AIM_MS = 15
PEER_MS = {"pretalx": 856}
"""Milliseconds of CPU for the ranked page of a thousand proposals, measured on the same kind of machine."""


@dataclass(frozen=True)
class Measured:
    """A page's CPU in milliseconds (median), its SQL statements, and its bytes."""

    ms: float
    statements: int
    size: int


def run() -> None:
    """Print milliseconds of CPU and statements a page, with the ratio of the sizes."""
    with durable_database() as cluster, Path(os.devnull).open("w") as log:
        measured = asyncio.run(_measure(cluster, log))
    small = measured[SIZES[-1]]
    print(f"{'ranking, a page of 50':<34}{'proposals':>10}{'CPU ms':>8}{'statements':>12}{'bytes':>9}{'ratio':>7}")
    for size, page in measured.items():
        note = f"  aim: under {AIM_MS} ms" if size == SIZES[0] else ""
        ratio = page.ms / small.ms
        print(f"{'raymi':<34}{size:>10,}{page.ms:>8.2f}{page.statements:>12}{page.size:>9,}{ratio:>7.2f}{note}")
    for peer, ms in PEER_MS.items():
        print(
            f"{f'{peer}, as measured before':<34}{SIZES[0]:>10,}{ms:>8}{'':>12}{'':>9}{ms / measured[SIZES[0]].ms:>7.0f}  of raymi"
        )


async def _measure(cluster: Cluster, log: IO[str]) -> dict[int, Measured]:
    async with sessions_on(cluster) as sessions:
        async with transaction(sessions) as session:
            field = await make_field(session)
            contests = {size: await _announced(session, field, size) for size in SIZES}
        app = logging_to(log)
        app.state.sessions = sessions
        return {size: await _pages(app, sessions, contest) for size, contest in contests.items()}


def logging_to(log: IO[str]) -> FastAPI:
    """The application, whose log is written as always, but not between the figures; its module sets the log up when imported."""
    with contextlib.redirect_stderr(log):
        return importlib.import_module("api.app").create_app()  # type: ignore[no-any-return]  # a module found by its name


async def mark_all_heard(session: Session, session_id: UUID) -> None:
    """Every presentation of a session is over."""
    await session.execute(_ALL_HEARD, {"session": session_id})


async def _announced(session: Session, field: Field, proposals: int) -> UUID:
    """A contest whose result is announced: every sheet locked, every proposal heard, judged by the use case."""
    contest = await make_large_contest(session, field, proposals)
    await insert_sheets(session, contest)
    secretary = field.cast.secretary
    row = await make_open_session(session, field.cast, field.committee, contest)
    await usecases.hand_out_field_results(session, secretary, row.id)
    await mark_all_heard(session, row.id)
    await usecases.tally(session, secretary, row.id)
    await announce(session, field.cast, row)
    return contest.id


async def _pages(app: FastAPI, sessions: Sessions, contest: UUID) -> Measured:
    """Ask for the first page again and again."""
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    engine = sessions.kw["bind"].sync_engine
    event.listen(engine, "before_cursor_execute", count)
    times = []
    size = 0
    for number in range(WARM_UP + PAGES):
        began, statements = time.process_time(), 0
        size = await _get(app, f"/contests/{contest}")
        if number >= WARM_UP:
            times.append((time.process_time() - began) * 1000)
    event.remove(engine, "before_cursor_execute", count)
    return Measured(statistics.median(times), statements, size)


async def _get(app: FastAPI, path: str) -> int:
    """A page as a server would ask the application for it; how many bytes it has."""
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"raymi.test"), (b"accept-language", b"es")],
    }
    status, body = 0, b""

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status, body
        status = message.get("status", status)
        body += message.get("body", b"")

    await app(scope, receive, send)
    if status != 200 or body.count(b"<tr") < 50:
        raise RuntimeError(f"the page of {path} came out as {status}, {len(body)} bytes")
    return len(body)


_ALL_HEARD = text("UPDATE presentation SET status = 'scored' WHERE session_id = :session")
