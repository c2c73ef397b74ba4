"""Two acts at the same moment, each in a transaction of its own: for tests that commit in a database of their own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import text

from service.core.db import Session, Sessions, transaction

Act = Callable[[Session], Awaitable[Any]]


async def second_of(apart: Sessions, first: Act, second: Act) -> Any:
    """Let the first act commit only when the second waits for it; what the second ends in (a value or a refusal)."""
    async with apart() as one, apart() as watching:
        await first(one)
        task = asyncio.create_task(run_alone(apart, second))
        for _ in range(200):
            waiting = await watching.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))
            await watching.rollback()
            if waiting or task.done():
                break
            await asyncio.sleep(0.02)
        assert not task.done(), "the second act did not wait for the first"
        await one.commit()
        return await task


async def run_alone(apart: Sessions, act: Act) -> Any:
    """Run an act in a committed transaction; its value, or what it raised."""
    try:
        async with transaction(apart) as session:
            return await act(session)
    except Exception as error:
        return error
