"""The hourly job that asks for public copies of minutes that have none, for the worker."""

from concurrent.futures import Executor

from pgqueuer import PgQueuer
from pgqueuer.models import Schedule

from service.core.db import Sessions, transaction
from service.deliberation.minutes import copy_uncopied

COPY = "deliberation.copy_minutes"


def register(queue: PgQueuer, sessions: Sessions, _press: Executor) -> None:
    """Let ``queue`` look for minutes that were published without a copy, every hour."""

    @queue.schedule(COPY, "7 * * * *")
    async def copy(_schedule: Schedule) -> None:
        async with transaction(sessions) as session:
            await copy_uncopied(session)
