"""The nightly job that forgets old idempotency keys, for the worker."""

from concurrent.futures import Executor

from pgqueuer import PgQueuer
from pgqueuer.models import Schedule

from service.core.db import Sessions, transaction
from service.integration.usecases import forget_old_keys

FORGET = "integration.forget_old_keys"


def register(queue: PgQueuer, sessions: Sessions, _press: Executor) -> None:
    """Let ``queue`` forget old keys at four in the morning."""

    @queue.schedule(FORGET, "0 4 * * *")
    async def forget(_schedule: Schedule) -> None:
        async with transaction(sessions) as session:
            await forget_old_keys(session)
