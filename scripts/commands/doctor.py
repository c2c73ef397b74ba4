"""Look at this installation from all sides: one line per check, ok or FAIL and what to do."""

import argparse
import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from scripts import database
from scripts.bootstrap import paths, system, venv
from service.core import migrations, production
from service.core.settings import BadSetting, load
from service.core.upkeep import WORKER
from service.record.witnesses import configured

LEAST_FREE_BYTES = 2_000_000_000
LONGEST_WAIT_SECONDS = 300
LONGEST_UNSIGNED_SECONDS = 7200
FROZEN_TABLE = "record_leaf"


class Unwell(Exception):
    """A check failed; the message says what to do."""


def main(arguments: list[str]) -> int:
    """1 when a check fails."""
    argparse.ArgumentParser("raymi doctor", description=__doc__).parse_args(arguments)
    with database.open_database():
        results = [asyncio.run(_outcome(name, check)) for name, check in CHECKS.items()]
    failures = results.count(False)
    print(f"\n{failures} of {len(results)} checks failed." if failures else f"\nAll {len(results)} checks are ok.")
    return 1 if failures else 0


async def _outcome(name: str, check: Callable[[], Awaitable[str]]) -> bool:
    try:
        said = await check()
    except asyncpg.UndefinedTableError:
        print(f"FAIL  {name}: there are no tables yet: run raymi migrate.")
        return False
    except (Unwell, BadSetting, OSError, asyncpg.PostgresError, database.OwnerMissing) as trouble:
        print(f"FAIL  {name}: {trouble}")
        return False
    print(f"ok    {name}: {said}")
    return True


async def packages() -> str:
    """The environment is the lock's, and it is the one that runs."""
    if not venv.is_current() or not venv.is_running():
        raise Unwell("the packages are not those of requirements.lock: run this by scripts/raymi, not by another Python.")
    return f"{sys.version.split()[0]}, packages of {(paths.VENV / venv.COMPLETE).read_text()}"


async def libraries() -> str:
    """What WeasyPrint loads."""
    missing = [need.package for need in system.TO_RUN if need.package in system.LIBRARIES and not need.is_met()]
    if missing:
        raise Unwell(f"install Debian's {', '.join(missing)}: no paper can be drawn without.")
    return ", ".join(system.LIBRARIES.values())


async def fonts() -> str:
    """The subset fonts."""
    if not system.has_fonts(system.installed_fonts()):
        raise Unwell("run raymi setup, which makes them.")
    return f"Noto Sans {', '.join(system.FONT_FACES)} in {system.installed_fonts()}"


async def time_zones() -> str:
    """Deadlines are shown in Peru's time."""
    try:
        return str(ZoneInfo("America/Lima"))
    except KeyError:
        raise Unwell("install Debian's tzdata.") from None


async def settings() -> str:
    """What the environment says can be read, and is not too weak for production."""
    if weak := production.weaknesses(load()):
        raise Unwell("\n      ".join(weak))
    return f"a {load().environment} installation"


async def disk() -> str:
    """Room for the database and its backups."""
    free = shutil.disk_usage(load().var_dir).free
    if free < LEAST_FREE_BYTES:
        raise Unwell(f"only {free / 1e9:.1f} GB are free: make room, PostgreSQL stops when there is none.")
    return f"{free / 1e9:.0f} GB free"


async def application_role() -> str:
    """The role that the service signs in as."""
    return f"{database.app_role()} on PostgreSQL {await _value(database.app_url(), 'SHOW server_version')}"


async def owner_role() -> str:
    """The role that migrates; a service of its own may do without, and only then it is not set."""
    return str(await _value(database.owner_url(), "SELECT current_user"))


async def history() -> str:
    """The application may add to the record and never change it."""
    for right in ("UPDATE", "DELETE", "TRUNCATE"):
        if await _value(database.app_url(), "SELECT has_table_privilege($1, $2)", FROZEN_TABLE, right):
            raise Unwell(
                f"role {database.app_role()} may {right} {FROZEN_TABLE}: DATABASE_URL has to name a role that owns nothing. "
                f"As the owner: REVOKE {right} ON {FROZEN_TABLE} FROM {database.app_role()}; then find out who changed it."
            )
    return "the application's role cannot change it"


async def tables() -> str:
    """The schema is the one this code expects."""
    is_at, expected = await migrations.current(database.app_url()), migrations.newest()
    if is_at != expected:
        raise Unwell(f"the database is at {is_at or 'no revision'}, this version expects {expected}: run raymi migrate.")
    return f"at {is_at}"


async def clock() -> str:
    """Only a demo or development installation may live at another time."""
    offset = await _value(database.app_url(), "SELECT COALESCE((SELECT microseconds FROM clock_offset), 0)")
    if offset and not load().moves_time:
        raise Unwell(
            f"the database's clock is moved by {offset / 1e6:.0f} s: this was a demo; production needs its own database."
        )
    return f"moved by {offset / 1e6:.0f} s" if offset else "real time"


async def queue() -> str:
    """Jobs are taken up in good time, by a worker that is there."""
    waiting, longest, failed = await _row(
        database.app_url(),
        "SELECT count(*) FILTER (WHERE status = 'queued'), "
        "COALESCE(max(extract(epoch FROM now() - execute_after)) FILTER (WHERE status = 'queued'), 0)::int, "
        "count(*) FILTER (WHERE status = 'failed') FROM pgqueuer",
    )
    workers = await _value(
        database.app_url(),
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()",
        WORKER,
    )
    said = f"{workers} workers, {waiting} jobs waiting, {failed} given up"
    if failed:
        raise Unwell(f"{said}: the log of raymi worker tells why; table pgqueuer holds them.")
    if longest > LONGEST_WAIT_SECONDS:
        raise Unwell(f"{said}, the longest for {longest} s: is raymi serve (or raymi worker) running?")
    return said


async def record() -> str:
    """Acts get their places within seconds, a head is signed every hour, and each witness has it."""
    waiting, size, signed, age = await _row(
        database.app_url(),
        "SELECT (SELECT count(*) FROM record_leaf l WHERE l.wall_at < now() - interval '1 minute' "
        "AND NOT EXISTS (SELECT FROM record_position p WHERE p.leaf_id = l.id)), "
        "(SELECT COALESCE(max(position) + 1, 0) FROM record_position), h.size, extract(epoch FROM now() - h.wall_at)::int "
        "FROM (SELECT 1) one LEFT JOIN (SELECT size, (SELECT max(l.wall_at) FROM record_leaf l JOIN record_position p "
        "ON p.leaf_id = l.id WHERE p.position = size - 1) AS wall_at FROM record_head ORDER BY size DESC LIMIT 1) h ON true",
    )
    if waiting:
        raise Unwell(f"{waiting} acts have no place in the record: is raymi serve (or raymi worker) running?")
    if size and (signed is None or (size > signed and age > LONGEST_UNSIGNED_SECONDS)):
        raise Unwell("no head of the record was signed for over an hour: run raymi record sign, and look at the worker's log.")
    lacking = []
    for witness in configured():
        statement = "SELECT count(*) FROM record_cosignature WHERE witness = $1 AND size = $2"
        if signed and not await _value(database.app_url(), statement, witness.address, signed):
            lacking.append(witness.address)
    if lacking:
        raise Unwell(f"the newest head has not reached {', '.join(lacking)}: run raymi record sign, which says why.")
    return f"{size} acts, {signed or 0} under a signed head, {len(configured()) or 'no'} witnesses"


async def messages() -> str:
    """Short messages leave, and none waits for a person to look."""
    waiting, failed = await _row(
        database.app_url(),
        "SELECT count(*) FILTER (WHERE status = 'queued'), count(*) FILTER (WHERE status = 'failed') FROM message",
    )
    said = f"SMS {load().sms.partition(':')[0]}, {waiting} waiting, {failed} failed"
    if failed:
        raise Unwell(f"{said}: the page /messages tells why and sends again.")
    return said


CHECKS: dict[str, Callable[[], Awaitable[str]]] = {
    "Python": packages,
    "libraries for papers": libraries,
    "fonts": fonts,
    "time zones": time_zones,
    "settings": settings,
    "disk": disk,
    "database, application's role": application_role,
    "database, owner's role": owner_role,
    "database schema": tables,
    "history": history,
    "clock": clock,
    "jobs": queue,
    "record": record,
    "messages": messages,
}


async def _row(url: str, query: str, *values: object) -> asyncpg.Record:
    connection = await asyncpg.connect(url, timeout=10)
    try:
        return await connection.fetchrow(query, *values)
    finally:
        await connection.close()


async def _value(url: str, query: str, *values: object) -> Any:
    return (await _row(url, query, *values))[0]
