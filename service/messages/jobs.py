"""The jobs that deliver messages and forget what has run out, for the worker."""

from concurrent.futures import Executor
from datetime import timedelta
from functools import partial
from uuid import UUID

from pgqueuer import DatabaseRetryEntrypointExecutor, Job, PgQueuer
from pgqueuer.models import Schedule

from service.core.db import Sessions, transaction
from service.core.settings import load
from service.messages import rules, usecases
from service.messages.adapters import adapter_of
from service.messages.queue import DELIVER

FORGET = "messages.drop_overdue"


def register(queue: PgQueuer, sessions: Sessions, _press: Executor) -> None:
    """Let ``queue`` deliver messages, again with growing pauses where the provider does not answer, and drop hourly what has run out."""
    adapter = adapter_of(load())
    patiently = partial(
        DatabaseRetryEntrypointExecutor, max_attempts=rules.MOST_TRIES + 2, initial_delay=timedelta(seconds=10)
    )  # two more than the message has, for a database that was away

    @queue.entrypoint(DELIVER, executor_factory=patiently, on_failure="hold")
    async def deliver(job: Job) -> None:
        await usecases.deliver(sessions, adapter, UUID((job.payload or b"").decode()))

    @queue.schedule(FORGET, "17 * * * *")
    async def forget(_schedule: Schedule) -> None:
        async with transaction(sessions) as session:
            await usecases.drop_overdue(session)
