"""Tallying, reopening, announcing: every run of the judge is kept, and only a complete one is announced."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from service.contests.models import Contest
from service.contests.rules import Action as ContestAction
from service.contests.usecases import move_contest
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.machine import advance
from service.core.texts import Reason
from service.deliberation import rules, store
from service.deliberation.attendance import quorum_of
from service.deliberation.models import CommitteeSession, RankedApplication, RankingRun
from service.deliberation.rules import Action
from service.record import usecases as record
from service.scoring import usecases as scoring
from service.scoring.judge import judge
from service.scoring.rules import Window


async def tally(session: Session, actor: Actor, session_id: UUID) -> list[RankingRun]:
    """Close the stages that are still open and run the judge over each contest; a provisional result is kept, but not announced.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``NoQuorum`` and what ``judge`` raises.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    status = advance(rules.SESSION_LIFE, row.status, Action.TALLY)
    rules.require_quorum(await quorum_of(session, session_id))
    contests = await store.contests_of(session, session_id)
    for (contest_id, stage), window in (await scoring.windows_of(session, [contest.id for contest in contests])).items():
        if window == Window.OPEN:
            await scoring.close_window(session, actor, contest_id, stage)
    runs = [await _run(session, actor, row, contest) for contest in contests]
    row.status = status
    await session.flush()
    payload = {"runs": [str(run.id) for run in runs]}
    await record.append(session, actor, "session.tallied", f"session:{session_id}", payload)
    return runs


async def reopen(session: Session, actor: Actor, session_id: UUID) -> CommitteeSession:
    """Go back to the presentations because something is pending or was changed; the stages that lack something open again.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``NothingPending``.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    status = advance(rules.SESSION_LIFE, row.status, Action.REOPEN)
    contests = await store.contests_of(session, session_id)
    runs = await store.latest_runs(session, [contest.id for contest in contests])
    if not any([run.provisional or await _changed(session, run) for run in runs.values()]):
        raise rules.NothingPending
    windows = await scoring.windows_of(session, list(runs))
    for contest in contests:
        lines = await store.ranked(session, runs[contest.id].id)
        for stage in sorted(rules.stages_pending(reason for line in lines for reason in line.reasons)):
            if windows.get((contest.id, stage)) == Window.CLOSED:
                await scoring.reopen_window(session, actor, contest.id, stage)
    row.status = status
    await session.flush()
    await record.append(session, actor, "session.reopened", f"session:{session_id}", {})
    return row


async def announce(session: Session, actor: Actor, session_id: UUID) -> CommitteeSession:
    """Announce the results of all contests of the session.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``StillPending``, ``InputsChanged``.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    status = advance(rules.SESSION_LIFE, row.status, Action.ANNOUNCE)
    contests = await store.contests_of(session, session_id)
    runs = await store.latest_runs(session, [contest.id for contest in contests])
    pending = [text for contest in contests for text in _pending(contest, runs[contest.id])]
    if pending:
        raise rules.StillPending(reasons=tuple(pending))
    for contest in contests:
        if await _changed(session, runs[contest.id]):
            raise rules.InputsChanged(contest=contest.code)
        await move_contest(session, contest.id, ContestAction.ANNOUNCE)
    row.status = status
    await session.flush()
    payload = {"runs": [str(runs[contest.id].id) for contest in contests]}
    await record.append(session, actor, "results.announced", f"session:{session_id}", payload)
    return row


async def latest_run(session: Session, contest_id: UUID) -> RankingRun | None:
    """The newest run of a contest, provisional or not: for areas above that check who may see it."""
    return (await store.latest_runs(session, [contest_id])).get(contest_id)


async def announced_run(session: Session, contest_id: UUID) -> RankingRun | None:
    """The run whose result was announced, which never changes again; None before."""
    return (await store.latest_runs(session, [contest_id], announced=True)).get(contest_id)


async def ranked_in(session: Session, run_id: UUID) -> Sequence[RankedApplication]:
    """The lines of a run, in its order: for areas above."""
    return await store.ranked(session, run_id)


async def _run(session: Session, actor: Actor, row: CommitteeSession, contest: Contest) -> RankingRun:
    """Judge a contest and keep the run with its lines."""
    gathered = await scoring.gather_bundle(session, contest.id)
    result = judge(gathered.bundle)
    run = RankingRun(
        contest_id=contest.id,
        session_id=row.id,
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


def _pending(contest: Contest, run: RankingRun) -> list[Reason]:
    """What is pending in a run: contest, application and the judge's reason."""
    if not run.provisional:
        return []
    return [
        Reason(f"{contest.code}:{line['application']}:{reason}")
        for line in run.result["results"]
        if line["status"] == "pending"
        for reason in line["reasons"]
    ]


async def _changed(session: Session, run: RankingRun) -> bool:
    """Whether the judge would be given something else today than at this run."""
    gathered = await scoring.gather_bundle(session, run.contest_id)
    return scoring.inputs_sha256(gathered.bundle) != run.inputs_sha256


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
