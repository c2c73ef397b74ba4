"""What carried votes bring about beside a result: adjusted amounts and deferrals. The result itself never changes."""

from uuid import UUID

from service.applications.models import Application
from service.contests.decision import PassMark
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.money import show
from service.deliberation import rules, store, vote_rules, vote_store
from service.deliberation.covering import require_funds, require_purses
from service.deliberation.minutes_paper import judged_contests
from service.deliberation.models import CommitteeSession, RankedApplication
from service.deliberation.result_tables import Judged
from service.deliberation.shapes import CarryOutIn
from service.deliberation.vote_models import Adjustment, Deferral, Motion, VoteMatter
from service.record import usecases as record


async def adjust_amount(session: Session, actor: Actor, motion_id: UUID, given: CarryOutIn) -> Adjustment:
    """Give an approved first request the amount that a carried vote gave it: not above what it asks, nor beyond the purse and the fund.

    Raises ``NotFound``, ``MissingRole``, ``NotAnnouncedYet``, ``OtherMatter``, ``NotCarried``, ``AlreadyCarriedOut``,
    ``AmountIsFixed``, ``ResultDoesNotApprove``, ``AboveRequested``, ``PurseExceeded``, ``NoFund``, ``FundExhausted``.
    """
    row, motion = await _carried(session, actor, motion_id, VoteMatter.ADJUSTMENT)
    assert motion.application_id is not None
    assert motion.amount is not None
    judged, line = await _line(session, row, motion.application_id)
    vote_rules.require_adjustable(
        pass_mark=isinstance(judged.book.decision, PassMark),
        request_number=judged.contest.request_number,
        outcome=judged.outcome(line),
    )
    application = await store.fetch(session, Application, motion.application_id)
    vote_rules.require_amount(motion.amount, application.requested)
    adjustment = Adjustment(
        motion_id=motion_id,
        application_id=motion.application_id,
        amount=motion.amount,
        reason=given.reason,
        at=await clock.now(session),
        adjusted_by=actor.person_id,
    )
    async with refusing(session, {"pk_adjustment": vote_rules.AlreadyCarriedOut(number=motion.number)}):
        session.add(adjustment)
    before = judged.amount(line)
    if before is None or motion.amount > before:
        after = await judged_contests(session, row)
        require_purses(after)
        await require_funds(session, after)
    payload = {"motion_id": str(motion_id), "amount": show(motion.amount), "reason": given.reason}
    await record.append(session, actor, "amount.adjusted", f"application:{motion.application_id}", payload)
    return adjustment


async def defer_application(session: Session, actor: Actor, motion_id: UUID, given: CarryOutIn) -> Deferral:
    """Put an application off to a later session, as a carried vote says: it gets no award here and loses no try.

    Raises ``NotFound``, ``MissingRole``, ``NotAnnouncedYet``, ``OtherMatter``, ``NotCarried``, ``AlreadyCarriedOut``,
    ``PrizesStand``, ``NotDeferrable``.
    """
    row, motion = await _carried(session, actor, motion_id, VoteMatter.DEFERRAL)
    assert motion.application_id is not None
    judged, line = await _line(session, row, motion.application_id)
    vote_rules.require_deferrable(pass_mark=isinstance(judged.book.decision, PassMark), outcome=judged.outcome(line))
    deferral = Deferral(
        motion_id=motion_id,
        application_id=motion.application_id,
        reason=given.reason,
        at=await clock.now(session),
        deferred_by=actor.person_id,
    )
    async with refusing(session, {"pk_deferral": vote_rules.AlreadyCarriedOut(number=motion.number)}):
        session.add(deferral)
    payload = {"motion_id": str(motion_id), "reason": given.reason}
    await record.append(session, actor, "application.deferred", f"application:{motion.application_id}", payload)
    return deferral


async def _carried(session: Session, actor: Actor, motion_id: UUID, matter: VoteMatter) -> tuple[CommitteeSession, Motion]:
    """A motion on this matter that is carried and not carried out yet, and its session, locked."""
    motion = await store.fetch(session, Motion, motion_id)
    row = await store.lock(session, CommitteeSession, motion.session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    vote_rules.require_announced(row.status)
    if motion.matter != matter:
        raise vote_rules.OtherMatter("motion_id", number=motion.number)
    if not (await vote_store.ballots_of(session, [motion_id]))[-1].carried:
        raise vote_rules.NotCarried("motion_id", number=motion.number)
    if await vote_store.acts_on(session, [motion_id]):
        raise vote_rules.AlreadyCarriedOut("motion_id", number=motion.number)
    return row, motion


async def _line(session: Session, row: CommitteeSession, application_id: UUID) -> tuple[Judged, RankedApplication]:
    """The line of an application in the announced results of its session. Raises ``NotInSession``."""
    for judged in await judged_contests(session, row):
        for line in judged.lines:
            if line.application_id == application_id:
                return judged, line
    raise rules.NotInSession("motion_id")
