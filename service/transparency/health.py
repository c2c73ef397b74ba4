"""How the installation is: for who keeps it running."""

import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text

from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.migrations import newest
from service.core.settings import ROOT, load
from service.core.upkeep import WORKER, Chore, Upkeep, last_runs
from service.record.witnesses import configured

LONGEST_WAIT = 60
"""Seconds after which a job that waits says that nobody works."""

LEAST_FREE = 1 << 30
"""Bytes below which a disk is nearly full."""


@dataclass(frozen=True)
class Health:
    """The database and its schema, the worker and its queue, the disk; the record's acts that have a place, its newest signed head and
    how many of the configured witnesses have seen that; the last backup, restore and check; what is wrong, in words."""

    version: str
    database: str
    database_bytes: int
    schema: str
    schema_expected: str
    workers: int
    queued: int
    oldest_wait: int
    failed: int
    free_bytes: int
    acts: int
    head_size: int
    head_at: datetime | None
    witnesses: int
    seen_by: int
    last: dict[Chore, Upkeep]
    wrong: tuple[str, ...]


async def health_of(session: Session, actor: Actor) -> Health:
    """How the installation is now. Raises ``MissingRole``."""
    actor.require_somewhere(Act.READ_HEALTH)
    row = (await session.execute(_STATE, {"worker": WORKER})).one()
    last = await last_runs(session)
    free = shutil.disk_usage(load().var_dir if load().var_dir.exists() else "/").free
    return Health(
        version=_version(),
        database=row.server,
        database_bytes=row.bytes,
        schema=row.schema,
        schema_expected=newest(),
        workers=row.workers,
        queued=row.queued,
        oldest_wait=row.oldest,
        failed=row.failed,
        free_bytes=free,
        acts=row.acts,
        head_size=row.head_size or 0,
        head_at=row.head_at,
        witnesses=len(configured()),
        seen_by=row.seen_by,
        last=last,
        wrong=tuple(_wrong(row, free, last, row.now)),
    )


async def latest_acts(session: Session, actor: Actor, limit: int = 30) -> Sequence[Row[Any]]:
    """The newest acts of the record without what they were about: act, subject, who, through which door. Raises ``MissingRole``."""
    actor.require_somewhere(Act.READ_LATEST_ACTS)
    return (await session.execute(_LATEST, {"most": limit})).all()


async def last_check(session: Session, actor: Actor) -> Upkeep | None:
    """The last time that every invariant was computed anew. Raises ``MissingRole``."""
    actor.require_somewhere(Act.READ_LATEST_ACTS)
    return (await last_runs(session)).get(Chore.CHECK)


def _wrong(row: Row[Any], free: int, last: dict[Chore, Upkeep], now: datetime) -> list[str]:
    """What somebody has to see to, the worst first."""
    backup, check = last.get(Chore.BACKUP), last.get(Chore.CHECK)
    said = {
        "Migrate the database: its schema is not the one that this version expects.": row.schema != newest(),
        "Start the worker: jobs wait and nobody works.": row.workers == 0 or row.oldest > LONGEST_WAIT,
        "Look at the jobs that were given up: the worker's log says why.": row.failed > 0,
        "Make room: the disk is nearly full.": free < LEAST_FREE,
        "Sign the record's head, and bring it to the witnesses.": row.unsigned or row.seen_by < len(configured()),
        "Make a backup: there is none of the last day.": backup is None or (now - backup.at).days >= 1,
        "An invariant does not hold: run the check and read what it says.": check is not None and not check.well,
    }
    return [sentence for sentence, holds in said.items() if holds]


def _version() -> str:
    found: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return found


_STATE = text(
    """
    SELECT current_setting('server_version') AS server, pg_database_size(current_database()) AS bytes, now() AS now,
        (SELECT version_num FROM alembic_version) AS schema,
        (SELECT count(*) FROM pg_stat_activity WHERE application_name = :worker AND datname = current_database()) AS workers,
        count(*) FILTER (WHERE status = 'queued') AS queued, count(*) FILTER (WHERE status = 'failed') AS failed,
        COALESCE(max(extract(epoch FROM now() - execute_after)) FILTER (WHERE status = 'queued'), 0)::int AS oldest,
        (SELECT COALESCE(max(position) + 1, 0) FROM record_position) AS acts,
        (SELECT max(size) FROM record_head) AS head_size,
        (SELECT at FROM record_head ORDER BY size DESC LIMIT 1) AS head_at,
        (SELECT count(*) FROM record_cosignature WHERE size = (SELECT max(size) FROM record_head)) AS seen_by,
        EXISTS (SELECT FROM record_leaf l WHERE l.wall_at < now() - interval '1 hour 5 minutes' AND NOT EXISTS (
            SELECT FROM record_position p WHERE p.leaf_id = l.id AND p.position < (SELECT max(size) FROM record_head))) AS unsigned
    FROM pgqueuer
    """
)
_LATEST = text(
    """
    SELECT l.act, l.subject, l.at, l.via, p.given_names || ' ' || p.family_names AS name
    FROM record_leaf l JOIN person p ON p.id = l.actor_id ORDER BY l.id DESC LIMIT :most
    """
)
