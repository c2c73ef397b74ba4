"""Noting that somebody does not sign the minutes or a resolution, so that what most have signed takes effect."""

from uuid import UUID

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.machine import WrongState, advance
from service.deliberation import refusal_rules, rules, store
from service.deliberation.appeal_queries import view_appeal
from service.deliberation.appeals import locked_appeal
from service.deliberation.minutes import complete, require_minutes
from service.deliberation.models import CommitteeSession
from service.deliberation.refusal_models import SignatureRefusal
from service.deliberation.refusal_store import signing_of_minutes
from service.deliberation.resolutions import carry_out_if_signed
from service.deliberation.rules import Action
from service.deliberation.shapes import SignatureRefusalIn
from service.record import usecases as record


async def refuse_minutes(session: Session, actor: Actor, session_id: UUID, given: SignatureRefusalIn) -> SignatureRefusal:
    """Note that a member present does not sign: the member at once, the secretary for them after three days.

    Where nobody is missing any more and most have signed, the awards are made. Raises ``NotFound``, ``WrongState``, ``NotASigner``,
    ``HasSigned``, ``NotYoursToNote``, ``StillTime``, ``TooFewSign``, and what ``awards.settle`` raises.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    advance(rules.SESSION_LIFE, row.status, Action.COMPLETE_SIGNATURES)
    minutes = await require_minutes(session, session_id)
    person_id = given.person_id or actor.person_id
    expected = rules.signers([each for each, _ in await store.attendance(session, session_id)], minutes.closed_at)
    refusal_rules.require_may_note(person_id, expected, *await signing_of_minutes(session, minutes.id))
    leads = actor.may(Act.WRITE_MINUTES, row.office_id)
    now = await clock.now(session)
    refusal_rules.require_own_or_late(person_id == actor.person_id, leads, minutes.closed_at, now)
    noted = SignatureRefusal(
        minutes_id=minutes.id, person_id=person_id, reason=given.reason, at=now, recorded_by=actor.person_id
    )
    session.add(noted)
    await session.flush()
    payload = {"number": minutes.number, "person_id": str(person_id), "reason": given.reason}
    await record.append(session, actor, "minutes.not_signed", f"session:{session_id}", payload)
    await complete(session, actor, row, minutes)
    return noted


async def refuse_resolution(session: Session, actor: Actor, appeal_id: UUID, given: SignatureRefusalIn) -> SignatureRefusal:
    """Note that a member of the panel does not sign: the member at once, the secretary for them after three days.

    Where nobody is missing any more and most have signed, it is carried out. Raises ``NotFound``, ``WrongState``, ``NotASigner``,
    ``HasSigned``, ``NotYoursToNote``, ``StillTime``, ``TooFewSign``, and what ``settling.carry_out_resolution`` raises.
    """
    appeal, office_id = await locked_appeal(session, appeal_id)
    view = await view_appeal(session, appeal)
    if view.resolution is None:
        raise WrongState(state=appeal.status)
    person_id = given.person_id or actor.person_id
    refusal_rules.require_may_note(person_id, view.panel, view.signatures, view.refusals)
    now = await clock.now(session)
    leads = actor.may(Act.SETTLE_APPEAL, office_id)
    refusal_rules.require_own_or_late(person_id == actor.person_id, leads, view.resolution.issued_at, now)
    noted = SignatureRefusal(
        resolution_id=view.resolution.id, person_id=person_id, reason=given.reason, at=now, recorded_by=actor.person_id
    )
    session.add(noted)
    await session.flush()
    payload = {"number": view.resolution.number, "person_id": str(person_id), "reason": given.reason}
    await record.append(session, actor, "resolution.not_signed", f"appeal:{appeal_id}", payload)
    await carry_out_if_signed(session, actor, appeal)
    return noted
