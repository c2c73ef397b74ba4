"""The outbox: queued in the transaction of the effect, delivered by the job, its text forgotten; and how much may be sent."""

import json
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
from pgqueuer import AsyncpgDriver, PgQueuer
from pgqueuer.types import QueueExecutionMode
from sqlalchemy import text

from scripts.cluster import APP, Cluster
from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session, Sessions, make_engine, make_sessions, transaction
from service.core.machine import WrongState
from service.messages import jobs, rules, usecases
from service.messages.adapters import Folder, NotDelivered
from service.messages.models import Message, MessageAction, MessageKind, MessageStatus
from service.messages.templates import LANGUAGES, TooLong, write
from tests.cast import Cast
from tests.make.people import next_number
from tests.traces import acts_on, refused_by_database

VALUES = {"name": "Rosa", "link": "https://raymi.example.pe/invitations/" + "x" * 43, "until": "02.12.2026 09:00"}


@dataclass
class Provider:
    """A provider that refuses as often as told, then delivers; it remembers what reached it."""

    refusals: list[NotDelivered] = field(default_factory=list)
    reached: list[tuple[UUID, str, str]] = field(default_factory=list)

    async def send(self, key: UUID, address: str, body: str) -> str:
        """Deliver, or refuse."""
        if self.refusals:
            raise self.refusals.pop(0)
        self.reached.append((key, address, body))
        return f"SM{len(self.reached)}"


@pytest.fixture(scope="module")
async def committed(cluster: Cluster, peopled: str) -> AsyncIterator[Sessions]:
    """Sessions on a database of these tests: the job works in transactions of its own."""
    cluster.ensure_database("messages", peopled)
    engine = make_engine(cluster.url(APP, "messages"))
    yield make_sessions(engine)
    await engine.dispose()


def new_mobile() -> str:
    """A number that nobody wrote to."""
    return f"+519{next_number():08d}"


async def queue(session: Session, *, subject: str = "", address: str = "", lasts: timedelta = timedelta(days=7)) -> Message:
    """A message in the outbox."""
    ends = await clock.now(session) + lasts
    subject = subject or f"person:{uuid4()}"
    return await usecases.enqueue(session, MessageKind.INVITATION, subject, address or new_mobile(), VALUES, ends)


async def queued(sessions: Sessions, **given: timedelta) -> Message:
    """A message in the outbox, committed."""
    async with transaction(sessions) as session:
        return await queue(session, **given)  # type: ignore[arg-type]  # only its life is ever given here


async def now(sessions: Sessions, message: Message) -> Message:
    """The message as it is stored now."""
    async with transaction(sessions) as session:
        return await session.get_one(Message, message.id)


async def test_a_message_is_delivered_and_its_text_and_number_are_forgotten(committed: Sessions) -> None:
    message, provider = await queued(committed), Provider()
    address = message.address
    await usecases.deliver(committed, provider, message.id)
    assert [(key, to) for key, to, _ in provider.reached] == [(message.id, address)]
    assert VALUES["link"] in provider.reached[0][2]
    kept = await now(committed, message)
    assert (kept.status, kept.address, kept.body, kept.reference, kept.tries) == ("sent", None, None, "SM1", 1)
    assert (kept.address_end, len(kept.body_mac), kept.body_mac) == (str(address)[-3:], 32, message.body_mac)
    await usecases.deliver(committed, provider, message.id)
    assert len(provider.reached) == 1


async def test_no_commit_no_message_and_no_job(committed: Sessions) -> None:
    async with committed() as session:
        await session.begin()
        message = await queue(session)
        await session.rollback()
    async with transaction(committed) as session:
        assert await session.get(Message, message.id) is None
        jobs = await session.scalar(text("SELECT count(*) FROM pgqueuer WHERE payload = :id"), {"id": str(message.id).encode()})
    assert jobs == 0


async def test_what_is_committed_has_one_job_with_its_identifier(committed: Sessions) -> None:
    message = await queued(committed)
    async with transaction(committed) as session:
        rows = await session.execute(
            text("SELECT entrypoint FROM pgqueuer WHERE payload = :id"), {"id": str(message.id).encode()}
        )
        assert rows.scalars().all() == ["messages.deliver"]


async def test_the_worker_delivers_what_waits_through_the_adapter_of_the_settings(
    committed: Sessions, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await queued(committed)
    monkeypatch.setattr(jobs, "adapter_of", lambda _settings: Folder(tmp_path / "sms"))
    connection = await asyncpg.connect(cluster.url(APP, "messages"))
    try:
        worker = PgQueuer(AsyncpgDriver(connection))
        with ThreadPoolExecutor(1) as press:
            jobs.register(worker, committed, press)
            await worker.qm.run(mode=QueueExecutionMode.drain, dequeue_timeout=timedelta(seconds=1))
    finally:
        await connection.close()
    written = json.loads((tmp_path / "sms" / f"{message.id}.json").read_text())
    assert (written["to"], VALUES["link"] in written["text"]) == (message.address, True)
    assert (await now(committed, message)).reference == f"file:{message.id}"


async def test_a_provider_that_is_away_is_asked_again_and_six_times_at_most(committed: Sessions) -> None:
    message, provider = await queued(committed), Provider([NotDelivered("ConnectTimeout")] * 6)
    for turn in range(1, 6):
        with pytest.raises(NotDelivered):
            await usecases.deliver(committed, provider, message.id)
        kept = await now(committed, message)
        assert (kept.status, kept.tries, kept.error) == ("queued", turn, "ConnectTimeout")
    await usecases.deliver(committed, provider, message.id)
    kept = await now(committed, message)
    assert (kept.status, kept.tries, kept.body is None) == ("failed", 6, False)
    await usecases.deliver(committed, provider, message.id)
    assert provider.reached == []


async def test_what_the_provider_refuses_as_wrong_is_not_asked_again(committed: Sessions) -> None:
    message, provider = await queued(committed), Provider([NotDelivered("status 422", is_final=True)])
    await usecases.deliver(committed, provider, message.id)
    assert (await now(committed, message)).status == "failed"


async def test_a_failed_message_is_sent_again_by_who_may_and_nobody_else(committed: Sessions, cast: Cast) -> None:
    message, provider = await queued(committed), Provider([NotDelivered("status 422", is_final=True)])
    async with transaction(committed) as session:
        with pytest.raises(WrongState):
            await usecases.retry_message(session, cast.system, message.id)
    await usecases.deliver(committed, provider, message.id)
    async with transaction(committed) as session:
        with pytest.raises(MissingRole):
            await usecases.retry_message(session, cast.head, message.id)
        with pytest.raises(MissingRole):
            await usecases.list_messages(session, cast.auditor)
        assert (await usecases.list_messages(session, cast.programme))[0].status == "failed"
        again = await usecases.retry_message(session, cast.programme, message.id)
        assert (again.status, again.tries) == ("queued", 0)
        assert await acts_on(session, f"message:{message.id}") == [("message.retried", cast.programme.person_id)]
    await usecases.deliver(committed, provider, message.id)
    assert (await now(committed, message)).status == "sent"


async def test_what_has_run_out_is_dropped_and_not_sent(committed: Sessions) -> None:
    late, swept, provider = await queued(committed, lasts=timedelta(0)), await queued(committed, lasts=timedelta(0)), Provider()
    await usecases.deliver(committed, provider, late.id)
    async with transaction(committed) as session:
        assert await usecases.drop_overdue(session) == 1
    assert [(await now(committed, each)).status for each in (late, swept)] == ["dropped", "dropped"]
    assert [(await now(committed, each)).body for each in (late, swept)] == [None, None]
    assert provider.reached == []


async def test_without_a_provider_a_waiting_message_fails_and_a_new_one_is_refused(
    committed: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await queued(committed)
    await usecases.deliver(committed, None, message.id)
    assert (await now(committed, message)).error == "no SMS provider is set"
    monkeypatch.setattr(usecases, "adapter_of", lambda _settings: None)
    with pytest.raises(rules.SmsOff):
        await queued(committed)


async def test_five_messages_a_day_about_a_person_and_ten_to_a_number(session: Session) -> None:
    subject = f"person:{uuid4()}"
    for _ in range(5):
        await queue(session, subject=subject)
    with pytest.raises(rules.TooManyMessages):
        await queue(session, subject=subject)
    address = new_mobile()
    for _ in range(10):
        await queue(session, address=address)
    with pytest.raises(rules.TooManyMessages):
        await queue(session, address=address)
    buckets = (await session.scalars(text("SELECT bucket FROM throttle WHERE bucket LIKE 'message:number:%'"))).all()
    assert buckets and all(address[-9:] not in bucket for bucket in buckets)


async def test_the_database_refuses_what_the_states_refuse(committed: Sessions) -> None:
    message = await queued(committed)
    async with transaction(committed) as session:
        change = "UPDATE message SET body = 'other' WHERE id = :id"
        assert "by no rule" in await refused_by_database(session, change, id=message.id)
        early = "UPDATE message SET status = 'sent', reference = 'x' WHERE id = :id"
        assert "body_while_needed" in await refused_by_database(session, early, id=message.id)
        kind = "UPDATE message SET kind = 'recovery' WHERE id = :id"
        assert "permission denied" in await refused_by_database(session, kind, id=message.id)
    await usecases.deliver(committed, Provider(), message.id)
    async with transaction(committed) as session:
        back = "UPDATE message SET status = 'queued', reference = NULL, body = 'x', address = 'y' WHERE id = :id"
        assert "by no rule" in await refused_by_database(session, back, id=message.id)


def test_the_table_of_states_is_total() -> None:
    moves = {(state, action) for state in MessageStatus for action in MessageAction}
    ends = {state for state in MessageStatus if not any((state, action) in rules.TRANSITIONS for action in MessageAction)}
    assert set(rules.TRANSITIONS) <= moves
    assert ends == {MessageStatus.SENT, MessageStatus.DROPPED}


LONGEST_VALUES = {
    "name": "Hermenegilda Concepción",
    "link": "https://raymi.nucleo-ejecutor-sierra-sur.gob.pe/invitations/" + "x" * 43,
    "until": "02.12.2026 09:00",
    "day": "02.12.2026 09:00",
    "application": "PDN-2026-0123",
    "group": "G" * 80,
    "requested": "123,456,789.00",
    "code": "ABCDEF-ABCDEF-ABCDEF",
    "address": "https://raymi.nucleo-ejecutor-sierra-sur.gob.pe/confirm",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MessageKind)
def test_every_kind_of_message_has_its_words_in_every_language(kind: MessageKind, language: str) -> None:
    body = write(kind, language, LONGEST_VALUES)
    assert body.startswith("Raymi: ") and "{" not in body
    if kind in (MessageKind.INVITATION, MessageKind.RECOVERY):
        assert LONGEST_VALUES["link"] in body and LONGEST_VALUES["until"] in body


def test_a_text_that_would_cost_too_much_is_refused() -> None:
    with pytest.raises(TooLong):
        write(MessageKind.INVITATION, "es", {**LONGEST_VALUES, "name": "x" * 400})


async def test_the_folder_holds_one_private_file_for_each_message_however_often_it_is_tried(tmp_path: Path) -> None:
    key, folder = uuid4(), tmp_path / "sms"
    for _ in range(2):
        assert await Folder(folder).send(key, "+51987654321", "¡hola!") == f"file:{key}"
    files = list(folder.iterdir())
    assert [file.name for file in files] == [f"{key}.json"]
    assert json.loads(files[0].read_text()) == {"id": str(key), "to": "+51987654321", "text": "¡hola!"}
    assert (files[0].stat().st_mode & 0o777, folder.stat().st_mode & 0o777) == (0o600, 0o700)


async def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    with pytest.raises(NotDelivered) as refused:
        await Folder(tmp_path / "file" / "sms").send(uuid4(), "+51987654321", "hola")
    assert not refused.value.is_final
