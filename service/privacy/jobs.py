"""The nightly job that forgets what has had its time, for the worker."""

from concurrent.futures import Executor

from pgqueuer import PgQueuer
from pgqueuer.models import Schedule

from service.core.db import Sessions, transaction
from service.privacy import forgetting

FORGET = "privacy.forget"


def register(queue: PgQueuer, sessions: Sessions, _press: Executor) -> None:
    """Let ``queue`` forget, every night."""

    @queue.schedule(FORGET, "41 8 * * *")  # 3:41 in Peru
    async def forget(_schedule: Schedule) -> None:
        async with transaction(sessions) as session:
            await forgetting.forget(session)
