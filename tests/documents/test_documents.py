"""Papers from being asked for to being drawn: versions, the job, and that each paper has one file."""

import asyncio
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from pgqueuer import AsyncpgDriver, PgQueuer
from pgqueuer.types import QueueExecutionMode
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from scripts.cluster import APP, Cluster
from service.core.canonical import sha256_hex
from service.core.db import Session, Sessions, transaction
from service.documents import jobs, pdf, rules, usecases
from service.documents.models import DocumentKind
from service.documents.papers import NotThisPaper
from tests.documents.samples import SAMPLES

JOBS = text("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'documents.draw' AND payload = CAST(:id AS text)::bytea")


def contract() -> dict[str, Any]:
    """Data of a contract to work on."""
    return deepcopy(SAMPLES[DocumentKind.CONTRACT])


@pytest.fixture
def subject() -> str:
    """A subject that no other test uses."""
    return f"contract:{uuid4()}"


@pytest.fixture(scope="module")
def press() -> Iterator[ProcessPoolExecutor]:
    """The worker's press."""
    with jobs.make_press(1) as press:
        yield press


async def jobs_of(session: Session, document_id: UUID) -> int:
    """How many jobs wait to draw a document."""
    return int(await session.scalar(JOBS, {"id": str(document_id)}) or 0)


async def test_asking_for_a_paper_keeps_its_data_and_queues_one_job(session: Session, subject: str) -> None:
    document = await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract())
    assert (document.version, document.language, document.file_id) == (1, "es", None)
    assert document.data == contract() and document.data_sha256 == sha256_hex(contract())
    assert await jobs_of(session, document.id) == 1


async def test_asking_again_with_the_same_data_gives_the_same_version_and_no_second_job(session: Session, subject: str) -> None:
    first = await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract())
    again = await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract())
    assert again.id == first.id
    assert await jobs_of(session, first.id) == 1


async def test_other_data_make_the_next_version_and_the_latest_is_that_one(session: Session, subject: str) -> None:
    await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract())
    annulled = contract() | {"annulled": {"on": "2026-02-15", "act": "Acta N.º 033", "reason": "La organización desistió."}}
    second = await usecases.request_document(session, DocumentKind.CONTRACT, subject, annulled)
    latest = await usecases.latest_document(session, DocumentKind.CONTRACT, subject)
    assert second.version == 2
    assert latest is not None and latest.id == second.id
    assert await usecases.latest_document(session, DocumentKind.LIQUIDATION, subject) is None


async def test_a_transaction_that_is_undone_leaves_no_job(sessions: Sessions, subject: str) -> None:
    async with sessions() as session:
        document = await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract())
        await session.rollback()
    async with sessions() as session:
        assert await jobs_of(session, document.id) == 0
        assert await usecases.latest_document(session, DocumentKind.CONTRACT, subject) is None


async def test_two_who_ask_at_once_get_one_version_each(sessions: Sessions, subject: str) -> None:
    async def ask(months: int) -> int:
        async with transaction(sessions) as session:
            document = await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract() | {"months": months})
            await asyncio.sleep(0.02)
            return document.version

    assert sorted(await asyncio.gather(*(ask(months) for months in range(1, 6)))) == [1, 2, 3, 4, 5]


async def test_drawing_twice_finds_the_file_of_the_first_time(
    session: Session, subject: str, press: ProcessPoolExecutor
) -> None:
    document = await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract())
    first = await usecases.render_document(session, document.id, press)
    second = await usecases.render_document(session, document.id)
    assert second.id == first.id == document.file_id
    assert first.content == pdf.render(DocumentKind.CONTRACT, contract())
    assert first.name == "contract 014 - 2026 - PDN - SICUANI.pdf"


async def test_a_paper_without_a_language_template_is_refused(session: Session, subject: str) -> None:
    with pytest.raises(rules.LanguageNotAvailable):
        await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract(), "qu")


async def test_a_document_that_does_not_exist_is_not_found(session: Session) -> None:
    with pytest.raises(rules.DocumentNotFound):
        await usecases.render_document(session, uuid4())


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"months": "18"}, "months"),
        ({"amount": "10000.5"}, "amount"),
        ({"amount": 10000.05}, "amount"),
        ({"issued_at": "2026-01-20T15:05:00"}, "issued_at"),
        ({"surprise": "x"}, "surprise"),
        ({"currency": "EUR"}, "currency"),
        ({"amount": "10000.06"}, "amount is 10000.06, its parts sum to 10000.05"),
        ({"total": "17000.04"}, "total is 17000.04, its parts sum to 17000.05"),
        (
            {
                "tranches": [
                    {"number": 1, "percent": "70", "amount": "7000.04"},
                    {"number": 2, "percent": "30", "amount": "3000.02"},
                ]
            },
            "amount, by tranches is 10000.05, its parts sum to 10000.06",
        ),
    ],
)
async def test_data_of_another_shape_or_sum_never_reach_the_press(
    session: Session, subject: str, change: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(NotThisPaper, match=re.escape(complaint)):
        await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract() | change)
    assert await usecases.latest_document(session, DocumentKind.CONTRACT, subject) is None


async def test_a_missing_value_is_named_when_the_paper_is_asked_for(session: Session, subject: str) -> None:
    data = contract()
    del data["background"]["score"]
    with pytest.raises(NotThisPaper, match=r"background\.score"):
        await usecases.request_document(session, DocumentKind.CONTRACT, subject, data)


async def test_the_database_lets_nothing_of_a_document_move_but_its_file(session: Session, subject: str) -> None:
    document = await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract())
    for statement in ("UPDATE document SET version = 9 WHERE id = :id", "DELETE FROM document WHERE id = :id"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with session.begin_nested():
                await session.execute(text(statement), {"id": document.id})


async def test_the_worker_draws_what_was_asked_for_and_the_loop_stays_free(
    sessions: Sessions, cluster: Cluster, database: str, subject: str, press: ProcessPoolExecutor
) -> None:
    async with transaction(sessions) as session:
        document = await usecases.request_document(session, DocumentKind.CONTRACT, subject, contract())
    press.submit(pdf.warm_up).result()
    connection = await asyncpg.connect(cluster.url(APP, database))
    pauses: list[float] = []
    watch = asyncio.create_task(_watch(pauses))
    try:
        queue = PgQueuer(AsyncpgDriver(connection))
        jobs.register(queue, sessions, press)
        await queue.qm.run(mode=QueueExecutionMode.drain, dequeue_timeout=timedelta(seconds=1))
    finally:
        watch.cancel()
        await connection.close()
    async with sessions() as session:
        drawn = await usecases.latest_document(session, DocumentKind.CONTRACT, subject)
        assert drawn is not None and drawn.id == document.id and drawn.file_id is not None
        assert (await usecases.get_file(session, drawn.file_id)).content.startswith(b"%PDF-1.7")
        assert await jobs_of(session, document.id) == 0
    assert len(pauses) > 10 and max(pauses) < 0.15


async def _watch(pauses: list[float]) -> None:
    """Note how long the loop kept this task from going on, each time it slept for 5 ms."""
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(0.005)
        pauses.append(loop.time() - before)
