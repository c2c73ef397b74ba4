"""Runs of the judge: made once, judged anew by whoever checks them, and published with an announcement."""

from uuid import UUID

from sqlalchemy import text

from service.contests.models import Contest
from service.contests.rules import WITH_RESULT
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session, refusing
from service.deliberation import check_rules, run_store, store
from service.deliberation.models import Announcement, RankingRun
from service.record import usecases as record
from service.scoring import usecases as scoring
from service.scoring.judge import judge


async def make_run(
    session: Session, actor: Actor, session_id: UUID, contest: Contest, after: RankingRun | None = None
) -> RankingRun:
    """Judge a contest and keep the run with its lines; ``after`` is an announced run whose applications are judged again.

    For use cases that have asked who may, and when. Raises what ``judge`` raises.
    """
    only = None if after is None else [line.application_id for line in await run_store.ranked(session, after.id)]
    gathered = await scoring.gather_bundle(session, contest.id, applications=only)
    result = judge(gathered.bundle)
    run = RankingRun(
        contest_id=contest.id,
        session_id=session_id,
        ran_at=await clock.now(session),
        ran_by=actor.person_id,
        inputs_sha256=scoring.inputs_sha256(gathered.bundle),
        rules_sha256=result.rules_sha256,
        provisional=result.provisional,
        result=result.as_json(),
    )
    session.add(run)
    await session.flush()
    await session.execute(_INSERT_LINES, {"run": run.id})
    hashes = {"inputs_sha256": run.inputs_sha256, "rules_sha256": run.rules_sha256, "provisional": run.provisional}
    await record.append(session, actor, "contest.judged", f"contest:{contest.id}", {"run_id": str(run.id), **hashes})
    return run


async def judged_now(session: Session, run: RankingRun) -> scoring.Gathered:
    """What the judge would be given now for a run; once the contest has a result, for the applications of the run."""
    contest = await store.fetch(session, Contest, run.contest_id)
    only = [line.application_id for line in await run_store.ranked(session, run.id)] if contest.status in WITH_RESULT else None
    return await scoring.gather_bundle(session, run.contest_id, applications=only)


async def is_changed(session: Session, run: RankingRun) -> bool:
    """Whether the judge would be given something else today than at this run."""
    return scoring.inputs_sha256((await judged_now(session, run)).bundle) != run.inputs_sha256


async def require_checked(session: Session, contest: Contest, run: RankingRun) -> None:
    """Raises ``NotCheckedOff``."""
    if await run_store.check_of(session, run.id) is None:
        raise check_rules.NotCheckedOff(contest=contest.code)


async def publish_run(session: Session, actor: Actor, contest: Contest, run: RankingRun) -> Announcement:
    """Make the result of a run that was checked off the announced one of its contest: for use cases that have asked who may.

    Raises ``NotCheckedOff``.
    """
    await require_checked(session, contest, run)
    announcement = Announcement(run_id=run.id, contest_id=contest.id, at=await clock.now(session), announced_by=actor.person_id)
    async with refusing(session, {"RY101": check_rules.NotCheckedOff(contest=contest.code)}):
        session.add(announcement)
    return announcement


# The lines come from the result that the run holds, so that a large contest is not sent twice.
_INSERT_LINES = text(
    """
    INSERT INTO ranked_application
        (run_id, application_id, position, status, rank, total, total_shown, stages, award, reasons)
    SELECT r.id, a.id, each.place, l.status, l.rank, l.total, l.total_shown, l.stages, l.award, l.reasons FROM ranking_run r
    CROSS JOIN jsonb_array_elements(r.result -> 'results') WITH ORDINALITY AS each (line, place)
    CROSS JOIN jsonb_to_record(each.line) AS l (application text, status text, rank integer, total text, total_shown text,
        stages jsonb, award numeric, reasons jsonb)
    JOIN application a ON a.contest_id = r.contest_id AND a.code = l.application
    WHERE r.id = :run ORDER BY each.place
    """
)
