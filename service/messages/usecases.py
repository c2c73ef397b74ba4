"""Writing to people's phones: into the outbox, out of it, and what to do about what failed."""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from service.core import clock, throttle
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, Sessions, beside, transaction
from service.core.machine import advance
from service.core.settings import load
from service.messages import queue, rules, store, templates
from service.messages.adapters import Adapter, NotDelivered, adapter_of
from service.messages.models import Message, MessageAction, MessageKind
from service.record import usecases as record


def is_on() -> bool:
    """Whether this installation sends SMS."""
    return adapter_of(load()) is not None


async def enqueue(
    session: Session,
    kind: MessageKind,
    subject: str,
    address: str,
    values: dict[str, str],
    expires_at: datetime,
    language: str = "es",
) -> Message:
    """Put a message into the outbox, with a job that delivers it once this transaction is committed.

    Raises ``SmsOff``; ``TooManyMessages``, counted by subject and by number.
    """
    if not is_on():
        raise rules.SmsOff
    sessions = beside(session)
    about = await throttle.hit(sessions, f"message:subject:{subject}", rules.MOST_TO_SUBJECT, rules.DAY)
    number = await throttle.hit(sessions, f"message:number:{_mac(address).hex()}", rules.MOST_TO_NUMBER, rules.DAY)
    rules.require_allowed(about, number)
    body = templates.write(kind, language, values)
    row = Message(
        kind=kind,
        subject=subject,
        language=language,
        address=address,
        address_end=address[-3:],
        body=body,
        body_mac=_mac(body),
        at=await clock.now(session),
        expires_at=expires_at,
    )
    session.add(row)
    await session.flush()
    await queue.enqueue_delivery(session, row.id)
    return row


async def deliver(sessions: Sessions, adapter: Adapter | None, message_id: UUID) -> None:
    """Try to deliver a message; no transaction is open while the provider thinks.

    Raises ``NotDelivered`` where it stays queued and is to be tried again. What is not queued any more is let pass.
    """
    async with transaction(sessions) as session:
        begun = await _begin(session, message_id)
    if begun is None:
        return
    try:
        if adapter is None:
            raise NotDelivered("no SMS provider is set", is_final=True)
        reference = await adapter.send(message_id, *begun)
    except NotDelivered as fault:
        async with transaction(sessions) as session:
            is_settled = await _note_failure(session, message_id, fault)
        if not is_settled:
            raise  # only now: inside the transaction it would take the note back
        return
    async with transaction(sessions) as session:
        row = await store.lock(session, message_id)
        if (row.status, MessageAction.SEND) in rules.TRANSITIONS:  # else another worker was faster, or it was dropped meanwhile
            await _settle(session, row, MessageAction.SEND, reference)


async def list_messages(session: Session, actor: Actor, limit: int = 200) -> Sequence[Message]:
    """The newest messages, those that failed first; never their texts. Raises ``MissingRole``."""
    actor.require(Act.READ_MESSAGES)
    return await store.newest(session, limit)


async def retry_message(session: Session, actor: Actor, message_id: UUID) -> Message:
    """Try a failed message again. Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``MessageExpired``."""
    row = await store.lock(session, message_id)
    actor.require(Act.RETRY_MESSAGE)
    status = advance(rules.TRANSITIONS, row.status, MessageAction.RETRY)
    if row.expires_at <= await clock.now(session):
        raise rules.MessageExpired
    row.status, row.tries, row.error = status, 0, None
    await session.flush()
    await queue.enqueue_delivery(session, row.id)
    await record.append(session, actor, "message.retried", f"message:{row.id}", {"kind": row.kind.value, "about": row.subject})
    return row


async def drop_waiting(session: Session, subject: str) -> None:
    """Take back what about a subject has not been sent: its link or code is no longer good."""
    for row in await store.waiting_for(session, subject):
        await _settle(session, row, MessageAction.DROP)


async def drop_overdue(session: Session) -> int:
    """Drop what has run out before it could be sent, text and number with it; how many there were."""
    rows = await store.overdue(session, await clock.now(session))
    for row in rows:
        await _settle(session, row, MessageAction.DROP)
    return len(rows)


async def _begin(session: Session, message_id: UUID) -> tuple[str, str] | None:
    """Count a try; address and text, or None where there is nothing to send."""
    row = await store.lock(session, message_id)
    if (row.status, MessageAction.SEND) not in rules.TRANSITIONS or row.address is None or row.body is None:
        return None
    if row.expires_at <= await clock.now(session):
        await _settle(session, row, MessageAction.DROP)
        return None
    row.tries += 1
    return row.address, row.body


async def _note_failure(session: Session, message_id: UUID, fault: NotDelivered) -> bool:
    """Keep why it failed; whether nothing more is to be tried."""
    row = await store.lock(session, message_id)
    if (row.status, MessageAction.FAIL) not in rules.TRANSITIONS:
        return True
    row.error = str(fault)[:200]
    is_last = fault.is_final or row.tries >= rules.MOST_TRIES
    if is_last:
        row.status = advance(rules.TRANSITIONS, row.status, MessageAction.FAIL)
    return is_last


async def _settle(session: Session, row: Message, action: MessageAction, reference: str | None = None) -> None:
    moment = await clock.now(session)
    row.status = advance(rules.TRANSITIONS, row.status, action)
    row.address = row.body = None
    row.reference, row.settled_at = reference, moment
    await session.flush()


def _mac(text: str) -> bytes:
    return hmac.digest(load().secret_key.encode(), text.encode(), hashlib.sha256)
