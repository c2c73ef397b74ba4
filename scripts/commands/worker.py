"""Run the jobs that wait in the database (`raymi serve` does this too)."""

import argparse
import asyncio
import contextlib
import importlib
import logging
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import asyncpg
from pgqueuer import PgQueuer
from sqlalchemy.exc import SQLAlchemyError

import service
from api import logs
from scripts import database
from scripts.refusal import Refused
from service.core import production
from service.core.db import Sessions, make_engine, make_sessions
from service.core.settings import load
from service.core.upkeep import WORKER
from service.documents.jobs import make_press
from service.record.delivery import require_continued
from service.record.heads import RecordCut

DEQUEUE_TIMEOUT = timedelta(seconds=2)
TICK_SECONDS = 2.0
HEARTBEAT_TIMEOUT = timedelta(seconds=10)
"""A job whose worker has been silent for this long is given to another."""


log = logging.getLogger("raymi.worker")


def main(arguments: list[str]) -> int:
    """Work until SIGTERM or SIGINT; jobs that have begun are ended first. 1 when the database is lost."""
    argparse.ArgumentParser("raymi worker", description=__doc__).parse_args(arguments)
    with database.open_database():
        logs.configure(load().log_level)
        production.require_strong(production.weaknesses(load()))
        return asyncio.run(work())


async def work() -> int:
    """Register the jobs of every area and run them. Each area's `jobs.py` has `register(queue, sessions, press)`."""
    settings = load()
    connection = await asyncpg.connect(settings.database_url, server_settings={"application_name": WORKER})
    engine = make_engine(settings.database_url, pool_size=5)
    queue = PgQueuer.from_asyncpg_connection(connection)
    asked_to_stop = asyncio.Event()

    def stop() -> None:
        asked_to_stop.set()
        queue.shutdown.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    sessions, ended = make_sessions(engine), asyncio.Event()
    try:
        await require_continued(sessions)
    except RecordCut as cut:
        await engine.dispose()
        await connection.close()
        raise Refused(str(cut)) from cut
    ticking = asyncio.create_task(_tick(sessions, ended))
    try:
        with make_press() as press:
            for jobs in job_modules():
                jobs.register(queue, sessions, press)
            await queue.run(DEQUEUE_TIMEOUT, heartbeat_timeout=HEARTBEAT_TIMEOUT, shutdown_on_listener_failure=True)
    finally:
        ended.set()
        await ticking
        await engine.dispose()
        await connection.close()
    return 0 if asked_to_stop.is_set() else 1


async def _tick(sessions: Sessions, ended: asyncio.Event) -> None:
    """Until the end, every other second: what the areas' `tick` does. A failure is logged, and the next turn tries again."""
    ticks = [jobs.tick for jobs in job_modules() if hasattr(jobs, "tick")]
    while not ended.is_set():
        for tick in ticks:
            try:
                await tick(sessions)
            except (OSError, SQLAlchemyError):
                log.exception("a tick failed")
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), TICK_SECONDS)


def job_modules() -> Iterator[ModuleType]:
    """The `jobs.py` of every area that has one."""
    for file in sorted(Path(service.__file__ or "").parent.glob("*/jobs.py")):
        yield importlib.import_module(f"service.{file.parent.name}.jobs")
