"""Run Raymi: the database, the web server and the worker, until Ctrl-C or SIGTERM."""

import argparse
import asyncio
import sys

from scripts import database, schema, supervisor
from scripts.refusal import Refused
from scripts.supervisor import Child
from service.core import migrations, production
from service.core.db import make_engine, make_sessions
from service.core.errors import Refusal
from service.core.settings import Settings, load
from service.record.delivery import require_continued

LIMITS = ("--no-server-header", "--limit-concurrency", "500", "--timeout-keep-alive", "15")
"""The server does not say what it is, and answers 503 to whoever comes while so many are being served."""


def main(arguments: list[str]) -> int:
    """Start or attach to the database, migrate it, and supervise web server and worker."""
    parser = argparse.ArgumentParser("raymi serve", description=__doc__)
    parser.add_argument("--host", help="address to listen on (RAYMI_HOST, else 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on (RAYMI_PORT, else 8000)")
    parser.add_argument("--workers", type=int, help="web processes (RAYMI_WEB_WORKERS, else one per core, at most 2)")
    chosen = parser.parse_args(arguments)
    with database.open_database() as embedded:
        settings = load()
        production.require_strong(production.weaknesses(settings))
        host, port = chosen.host or settings.host, chosen.port or settings.port
        if not _prepare_tables(may_migrate=embedded is not None):
            return 1
        asyncio.run(_require_record(settings))
        where = f"embedded PostgreSQL in {embedded.directory}" if embedded else "the PostgreSQL of DATABASE_URL"
        supervisor.say(f"{settings.environment} installation on http://{host}:{port}, with {where}")
        return supervisor.run([_web(settings, host, port, chosen.workers or settings.web_workers), _worker()])


def _prepare_tables(may_migrate: bool) -> bool:
    """Our own database is migrated at the start; somebody else's only by `raymi migrate`, which its owner decides."""
    if may_migrate:
        schema.bring_up_to_date()
        return True
    is_at, expected = asyncio.run(migrations.current(database.app_url())), migrations.newest()
    if is_at != expected:
        supervisor.say(f"the database is at {is_at or 'no revision'}, and this version expects {expected}: run raymi migrate.")
    return is_at == expected


async def _require_record(settings: Settings) -> None:
    """What witnesses have seen is what this database continues: an old backup, or one that was changed, is not served."""
    engine = make_engine(settings.database_url, pool_size=1)
    try:
        await require_continued(make_sessions(engine))
    except Refusal as cut:
        raise Refused(str(cut)) from cut
    finally:
        await engine.dispose()


def _web(settings: Settings, host: str, port: int, workers: int) -> Child:
    options = ["--host", host, "--port", str(port), "--workers", str(workers), "--log-level", settings.log_level.lower()]
    manners = ["--no-access-log", "--timeout-graceful-shutdown", str(int(supervisor.DRAIN_SECONDS / 2)), *LIMITS]
    manners += ["--forwarded-allow-ips", settings.trusted_proxy] if settings.trusted_proxy else ["--no-proxy-headers"]
    return Child("web", [sys.executable, "-P", "-m", "uvicorn", "api.app:app", *options, *manners], restarts=False)


def _worker() -> Child:
    return Child("worker", [sys.executable, "-P", "-m", "scripts.commands", "worker"], restarts=True)
