"""The system administrator's and the auditor's parts: what is wrong is said, and said to them only."""

import pytest
from sqlalchemy import text

from service.core.actor import MissingRole
from service.core.db import Session
from service.core.migrations import newest
from service.core.upkeep import Chore, keep_run
from service.record import usecases as record
from service.record.heads import sign_head
from service.transparency.health import health_of, last_check, latest_acts
from tests.cast import Cast

NO_BACKUP = "Make a backup: there is none of the last day."
NO_WORKER = "Start the worker: jobs wait and nobody works."
BROKEN = "An invariant does not hold: run the check and read what it says."


async def test_what_is_wrong_is_said_and_goes_when_it_is_seen_to(session: Session, cast: Cast) -> None:
    found = await health_of(session, cast.system)
    assert (found.schema, found.workers, found.queued, found.failed, found.last) == (newest(), 0, 0, 0, {})
    assert found.wrong == (NO_WORKER, NO_BACKUP)
    assert (found.head_size, found.head_at, found.witnesses, found.seen_by) == (0, None, 0, 0)
    head = await sign_head(session)
    found = await health_of(session, cast.system)
    assert (found.head_size, found.head_at, found.acts) == (head.size, head.at, head.size)
    await keep_run(session, Chore.BACKUP, well=True, note="126 tables")
    await keep_run(session, Chore.CHECK, well=False, note="58 / 59")
    found = await health_of(session, cast.system)
    assert found.wrong == (NO_WORKER, BROKEN)
    assert found.last[Chore.BACKUP].note == "126 tables"
    await keep_run(session, Chore.CHECK, well=True, note="59 / 59")
    assert (await health_of(session, cast.system)).wrong == (NO_WORKER,)


async def test_jobs_that_wait_are_counted_with_the_oldest(session: Session, cast: Cast) -> None:
    for state, age in (("queued", "90 seconds"), ("queued", "5 seconds"), ("failed", "1 hour")):
        await session.execute(
            text(
                "INSERT INTO pgqueuer (priority, status, entrypoint, execute_after) "
                "VALUES (0, CAST(:state AS pgqueuer_status), 'x', now() - CAST(CAST(:age AS text) AS interval))"
            ),
            {"state": state, "age": age},
        )
    found = await health_of(session, cast.system)
    assert (found.queued, found.oldest_wait, found.failed) == (2, 90, 1)


async def test_health_is_for_the_system_administrator_and_acts_for_the_auditor(session: Session, cast: Cast) -> None:
    for actor in (cast.auditor, cast.programme, cast.head, cast.mayor):
        with pytest.raises(MissingRole):
            await health_of(session, actor)
    for actor in (cast.system, cast.programme, cast.secretary):
        with pytest.raises(MissingRole):
            await latest_acts(session, actor)
        with pytest.raises(MissingRole):
            await last_check(session, actor)


async def test_the_auditor_sees_the_newest_acts_without_what_they_hold(session: Session, cast: Cast) -> None:
    await record.append(session, cast.secretary, "session.opened", "session:1", {"secret": "payload"})
    rows = await latest_acts(session, cast.auditor, 1)
    assert [(row.act, row.subject, row.name) for row in rows] == [("session.opened", "session:1", cast.secretary.name)]
    assert "payload" not in repr(rows)
