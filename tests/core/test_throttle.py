"""Counters of tries, on the real database and across processes' connections."""

import asyncio
from datetime import timedelta

from sqlalchemy import text

from service.core import throttle
from service.core.db import Session, Sessions, transaction

MINUTE = timedelta(minutes=1)


async def test_hits_count_up_to_the_limit_and_the_next_one_is_too_many(sessions: Sessions) -> None:
    seen = [await throttle.hit(sessions, "a", 2, MINUTE) for _ in range(3)]
    assert [(each.hits, each.remaining, each.is_spent) for each in seen] == [(1, 1, False), (2, 0, False), (3, 0, True)]
    assert timedelta() < seen[-1].resets_in <= MINUTE


async def test_a_window_that_is_over_begins_anew(sessions: Sessions) -> None:
    for _ in range(3):
        await throttle.hit(sessions, "b", 2, MINUTE)
    async with transaction(sessions) as session:
        await _age(session, "b", timedelta(seconds=61))
    assert (await throttle.hit(sessions, "b", 2, MINUTE)).hits == 1


async def test_hits_at_the_same_time_are_all_counted(sessions: Sessions) -> None:
    seen = await asyncio.gather(*(throttle.hit(sessions, "c", 5, MINUTE) for _ in range(8)))
    assert sorted(each.hits for each in seen) == [1, 2, 3, 4, 5, 6, 7, 8]


async def test_old_buckets_are_forgotten(sessions: Sessions) -> None:
    for bucket in ("old", "new"):
        await throttle.hit(sessions, bucket, 2, MINUTE)
    async with transaction(sessions) as session:
        await _age(session, "old", timedelta(days=2))
        await throttle.forget_spent(session, timedelta(days=1))
        left = (await session.execute(text("SELECT bucket FROM throttle WHERE bucket IN ('old', 'new')"))).scalars().all()
    assert left == ["new"]


async def _age(session: Session, bucket: str, by: timedelta) -> None:
    await session.execute(
        text("UPDATE throttle SET began_at = began_at - CAST(:by AS interval) WHERE bucket = :bucket"),
        {"by": by, "bucket": bucket},
    )
