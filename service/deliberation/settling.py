"""How an upheld appeal is carried out: a new announcement inside the session; after the minutes, what a signed resolution changes."""

from uuid import UUID

from service.applications.models import Application, ApplicationStatus
from service.applications.usecases import revise_outcome
from service.contests.models import Contest
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.errors import Conflict
from service.core.machine import WrongState, advance
from service.core.money import show
from service.deliberation import appeal_rules, appeal_store, run_store, store
from service.deliberation.appeal_models import Appeal, AppealResolution, AppealStatus, AwardRevocation
from service.deliberation.appeal_rules import APPEAL_LIFE, AppealAction
from service.deliberation.appeals import locked_appeal
from service.deliberation.awards import make_award
from service.deliberation.covering import require_purses
from service.deliberation.minutes_paper import judged_by
from service.deliberation.models import Announcement, CommitteeSession, RankingRun, SessionStatus
from service.deliberation.result_tables import Judged
from service.deliberation.runs import is_changed, publish_run
from service.funding.models import ReservationStatus
from service.funding.usecases import find_reservation, release_reservation
from service.people.usecases import get_office
from service.record import usecases as record


class MinutesAreClosed(Conflict):
    """After the minutes a result changes by a resolution."""

    message = "The minutes are closed, so this result changes by a resolution. Issue it, and let the panel sign."


class MinutesUnsigned(Conflict):
    """What a resolution changes are awards that signed minutes made."""

    message = "The minutes are not signed by all members yet, so there are no awards to change. Sign the resolution after them."


class AwardIsBound(Conflict):
    """An award that the new result takes back is in a contract or paid out."""

    message = "The award of {application} is in a contract already, so it cannot be taken back."


async def announce_again(session: Session, actor: Actor, appeal_id: UUID) -> Announcement:
    """Announce the run that follows from an upheld appeal, checked off by a second person, before the minutes are closed.

    Raises ``NotFound``, ``MissingRole``, ``MinutesAreClosed``, ``WrongState``, ``NotRankedAgain``, ``NotCheckedOff``,
    ``PurseExceeded``.
    """
    appeal, office_id = await locked_appeal(session, appeal_id)
    actor.require(Act.SETTLE_APPEAL, office_id)
    row = await session_of(session, appeal)
    if row.status != SessionStatus.ANNOUNCED:
        raise MinutesAreClosed
    contest = await store.fetch(session, Contest, appeal.contest_id)
    run = await ranked_again(session, appeal, contest)
    announcement, _ = await _publish(session, actor, appeal, contest, run, office_id)
    return announcement


async def carry_out_resolution(session: Session, actor: Actor, appeal: Appeal, resolution: AppealResolution) -> None:
    """What the last signature under a resolution brings about: the new announcement, awards taken back and made, new outcomes.

    Raises ``MinutesUnsigned``, ``WrongState``, ``NotRankedAgain``, ``NotCheckedOff``, ``AwardIsBound``, ``PurseExceeded``,
    ``NoFund``, ``FundExhausted``.
    """
    row = await session_of(session, appeal)
    if row.status not in (SessionStatus.SIGNED, SessionStatus.PUBLISHED):
        raise MinutesUnsigned
    standing = {award.application_id: award for award in await store.awards_of(session, appeal.contest_id)}
    for application_id in sorted(standing):  # before the contest, as whoever numbers a contract does
        await store.lock(session, Application, application_id)
    contest = await store.lock(session, Contest, appeal.contest_id)
    run = await ranked_again(session, appeal, contest)
    if run.id != resolution.run_id:
        raise appeal_rules.NotRankedAgain(contest=contest.code)
    minutes = await store.minutes_of(session, row.id)
    assert minutes is not None, "signed minutes are there"
    _, judged = await _publish(session, actor, appeal, contest, run, row.office_id)
    given = {line.application_id: (line, amount) for line, amount in judged.awards}
    for application_id, award in standing.items():
        if application_id not in given or given[application_id][1] != award.amount:
            await _revoke(session, actor, award.id, resolution, judged.applicants[application_id].code)
    for application_id, (line, amount) in given.items():
        if application_id not in standing or standing[application_id].amount != amount:
            await make_award(session, actor, judged, line, amount, minutes.id)
    for line in judged.lines:
        outcome = judged.outcome(line)
        if outcome not in ("withdrawn", "deferred"):
            await revise_outcome(session, actor, line.application_id, ApplicationStatus(outcome))


async def ranked_again(session: Session, appeal: Appeal, contest: Contest) -> RankingRun:
    """The newest run of the contest, which follows from the appeal and still gives what is judged. Raises ``WrongState``, ``NotRankedAgain``."""
    if appeal.status != AppealStatus.UPHELD:
        raise WrongState(state=appeal.status)
    run = await appeal_store.run_after(session, appeal.id)
    newest = (await run_store.latest_runs(session, [contest.id]))[contest.id]
    if run is None or run.id != newest.id or await is_changed(session, run):
        raise appeal_rules.NotRankedAgain(contest=contest.code)
    return run


async def session_of(session: Session, appeal: Appeal) -> CommitteeSession:
    """The session that announced what is appealed."""
    row = await store.session_of_contest(session, appeal.contest_id)
    assert row is not None, "what was announced has its session"
    return row


async def _publish(
    session: Session, actor: Actor, appeal: Appeal, contest: Contest, run: RankingRun, office_id: UUID
) -> tuple[Announcement, Judged]:
    """Make the run the announced one, and the appeal carried out."""
    status = advance(APPEAL_LIFE, appeal.status, AppealAction.CARRY_OUT)
    announcement = await publish_run(session, actor, contest, run)
    appeal.status = status
    await session.flush()
    judged = await judged_by(session, contest, run.id, (await get_office(session, None, office_id)).code)
    require_purses([judged])
    await record.append(session, actor, "appeal.carried_out", f"appeal:{appeal.id}", {"run_id": str(run.id)})
    return announcement, judged


async def _revoke(session: Session, actor: Actor, award_id: UUID, resolution: AppealResolution, code: str) -> None:
    """Take an award back: its money falls back to the fund."""
    revocation = AwardRevocation(
        award_id=award_id,
        resolution_id=resolution.id,
        reason=resolution.number,
        at=await clock.now(session),
        revoked_by=actor.person_id,
    )
    async with refusing(session, {"RY107": AwardIsBound(application=code)}):
        session.add(revocation)
    reservation = await find_reservation(session, f"award:{award_id}")
    if reservation is not None and reservation.status == ReservationStatus.HELD:  # not after an annulled contract
        await release_reservation(session, actor, f"award:{award_id}")
    amount = {"amount": show(reservation.amount)} if reservation else {}
    await record.append(session, actor, "award.revoked", f"award:{award_id}", {"resolution": resolution.number, **amount})
