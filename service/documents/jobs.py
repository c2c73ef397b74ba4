"""The job that draws documents, for the worker."""

import multiprocessing
from concurrent.futures import Executor, ProcessPoolExecutor
from functools import partial
from uuid import UUID

from pgqueuer import DatabaseRetryEntrypointExecutor, Job, PgQueuer

from service.core.db import Sessions, transaction
from service.documents import pdf, usecases
from service.documents.queue import DRAW


def make_press(workers: int = 1) -> ProcessPoolExecutor:
    """Processes that draw papers, warmed up at their first use; to be shut down with the worker."""
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("forkserver"), initializer=pdf.warm_up)


def register(queue: PgQueuer, sessions: Sessions, press: Executor) -> None:
    """Let ``queue`` draw documents in ``press``. A failed job is tried again up to five times, then kept as failed."""

    @queue.entrypoint(DRAW, executor_factory=partial(DatabaseRetryEntrypointExecutor, max_attempts=5), on_failure="hold")
    async def draw(job: Job) -> None:
        async with transaction(sessions) as session:
            await usecases.render_document(session, UUID((job.payload or b"").decode()), press)
