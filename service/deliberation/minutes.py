"""Writing, closing, signing and publishing minutes."""

from typing import Any, cast
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlmodel import col

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.canonical import sha256_hex
from service.core.db import Session, refusing
from service.core.errors import NotFound
from service.core.machine import advance
from service.deliberation import rules, store
from service.deliberation.appeal_holds import require_no_appeal
from service.deliberation.attendance import quorum_of
from service.deliberation.awards import settle
from service.deliberation.covering import require_funds
from service.deliberation.minutes_paper import judged_contests, minutes_data
from service.deliberation.models import COPY, SIGNED, CommitteeSession, Minutes, MinutesDraft, MinutesSignature, SessionStatus
from service.deliberation.refusal_rules import is_complete
from service.deliberation.refusal_store import signing_of_minutes
from service.deliberation.rules import Action
from service.deliberation.shapes import NarrativeIn
from service.documents.models import Document, DocumentKind
from service.documents.usecases import request_document
from service.people.identifiers import mask_dnis
from service.people.models import Person
from service.record import usecases as record
from service.record.witnesses import sign_witnessed


async def edit_minutes(session: Session, actor: Actor, session_id: UUID, given: NarrativeIn) -> MinutesDraft:
    """Write the paragraphs of the minutes, in place of what was there. Raises ``NotFound``, ``MissingRole``, ``MinutesClosed``."""
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.WRITE_MINUTES, row.office_id)
    rules.require_before_minutes(row.status)
    now = await clock.now(session)
    draft = await session.merge(MinutesDraft(session_id=session_id, updated_at=now, **given.model_dump()))
    await session.flush()
    await record.append(session, actor, "minutes.edited", f"session:{session_id}", given.model_dump(mode="json"))
    return draft


async def close_minutes(session: Session, actor: Actor, session_id: UUID) -> Minutes:
    """Freeze what the minutes say, and ask for their paper. What they award must be covered.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``NoQuorum``, ``AppealOpen``, ``NoFund``, ``FundExhausted``.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.WRITE_MINUTES, row.office_id)
    status = advance(rules.SESSION_LIFE, row.status, Action.CLOSE_MINUTES)
    rules.require_quorum(await quorum_of(session, session_id))
    judged = await judged_contests(session, row)
    await require_no_appeal(session, [each.contest.id for each in judged])
    await require_funds(session, judged)
    now = await clock.now(session)
    draft = await session.get(MinutesDraft, session_id)
    data = cast(dict[str, Any], await minutes_data(session, row, draft, judged, now))
    minutes = Minutes(
        session_id=session_id,
        number=data["number"],
        data=data,
        data_sha256=sha256_hex(data),
        closed_at=now,
        closed_by=actor.person_id,
    )
    session.add(minutes)
    row.status, row.closed_at = status, now
    await session.flush()
    await request_document(session, DocumentKind.MINUTES, SIGNED.format(minutes.id), data)
    payload = {"number": minutes.number, "data_sha256": minutes.data_sha256}
    await record.append(session, actor, "minutes.closed", f"session:{session_id}", payload)
    return minutes


async def sign_minutes(session: Session, actor: Actor, session_id: UUID) -> MinutesSignature:
    """Sign, as a member present, the hash of what the minutes say; with the last signature the awards are made.

    Raises ``StepUpNeeded``, ``NotFound``, ``WrongState``, ``NotPresent``, ``AlreadySigned``, and what ``awards.settle`` raises.
    """
    actor.require_fresh(Act.SIGN_MINUTES)
    row = await store.lock(session, CommitteeSession, session_id)
    advance(rules.SESSION_LIFE, row.status, Action.COMPLETE_SIGNATURES)  # minutes that wait for signatures
    minutes = await require_minutes(session, session_id)
    attendance = [each for each, _ in await store.attendance(session, session_id)]
    expected = rules.signers(attendance, minutes.closed_at)
    signed, _ = await signing_of_minutes(session, minutes.id)
    rules.require_may_sign(expected, signed, actor.person_id)
    person = await store.fetch(session, Person, actor.person_id)
    signature = MinutesSignature(
        minutes_id=minutes.id,
        person_id=actor.person_id,
        capacity=expected[actor.person_id].capacity,
        dni=person.dni or "",
        data_sha256=minutes.data_sha256,
        at=await clock.now(session),
    )
    async with refusing(session, {"pk_minutes_signature": rules.AlreadySigned}):
        session.add(signature)
    payload = {"number": minutes.number, "data_sha256": minutes.data_sha256, "capacity": signature.capacity.value}
    await record.append(session, actor, "minutes.signed", f"session:{session_id}", payload)
    await complete(session, actor, row, minutes)
    return signature


async def complete(session: Session, actor: Actor, row: CommitteeSession, minutes: Minutes) -> None:
    """Make the awards once every member present at the close has signed, or is noted as not signing."""
    expected = rules.signers([each for each, _ in await store.attendance(session, row.id)], minutes.closed_at)
    if not is_complete(expected, *await signing_of_minutes(session, minutes.id)):
        return
    await settle(session, actor, row, minutes)
    row.status = advance(rules.SESSION_LIFE, row.status, Action.COMPLETE_SIGNATURES)
    await session.flush()
    await record.append(session, actor, "session.signed", f"session:{row.id}", {"number": minutes.number})
    await sign_witnessed(session)


async def publish_minutes(session: Session, actor: Actor, session_id: UUID) -> CommitteeSession:
    """Let everybody read the signed minutes, on a copy with the ends of DNIs. Raises ``NotFound``, ``MissingRole``, ``WrongState``."""
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.WRITE_MINUTES, row.office_id)
    row.status = advance(rules.SESSION_LIFE, row.status, Action.PUBLISH)
    await session.flush()
    await copy_for_everybody(session, await require_minutes(session, session_id))
    await record.append(session, actor, "minutes.published", f"session:{session_id}", {})
    return row


async def copy_for_everybody(session: Session, minutes: Minutes) -> None:
    """Ask for the public copy of minutes: the same paper, of each DNI the last four digits."""
    await request_document(session, DocumentKind.MINUTES, COPY.format(minutes.id), mask_dnis(minutes.data))


async def copy_uncopied(session: Session) -> int:
    """Ask for the public copies of minutes that were published before there were any; how many there were."""
    rows = (await session.scalars(_UNCOPIED)).all()
    for minutes in rows:
        await copy_for_everybody(session, minutes)
    return len(rows)


_UNCOPIED = (
    select(Minutes)
    .join(CommitteeSession, col(CommitteeSession.id) == col(Minutes.session_id))
    .where(col(CommitteeSession.status) == SessionStatus.PUBLISHED)
    .where(~exists().where(col(Document.subject) == func.concat(COPY.format(""), col(Minutes.id))))
)


async def require_minutes(session: Session, session_id: UUID) -> Minutes:
    """The closed minutes of a session. Raises ``NotFound``."""
    minutes = await store.minutes_of(session, session_id)
    if minutes is None:
        raise NotFound
    return minutes
