"""Tallying, reopening, announcing: every run of the judge is kept, and only a complete one is announced."""

from collections.abc import Sequence
from uuid import UUID

from service.contests.models import Contest
from service.contests.rules import Action as ContestAction
from service.contests.usecases import contest_locked, move_contest
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.machine import advance
from service.core.texts import Reason
from service.deliberation import rules, run_store, store
from service.deliberation.attendance import quorum_of
from service.deliberation.models import CommitteeSession, RankedApplication, RankingRun
from service.deliberation.rules import Action
from service.deliberation.runs import is_changed, make_run, publish_run, require_checked
from service.record import usecases as record
from service.scoring import usecases as scoring
from service.scoring.rules import Window


async def tally(session: Session, actor: Actor, session_id: UUID) -> list[RankingRun]:
    """Close the stages that are still open and run the judge over each contest; a provisional result is kept, but not announced.
    The scores of a contest that lacks no sheet can be read from here on.

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
    runs = [await make_run(session, actor, row.id, contest) for contest in contests]
    for contest, run in zip(contests, runs, strict=True):
        lines = await run_store.ranked(session, run.id)
        if not rules.stages_pending(reason for line in lines for reason in line.reasons):
            await scoring.reveal(session, actor, contest.id)
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
    runs = await run_store.latest_runs(session, [contest.id for contest in contests])
    if not any([run.provisional or await is_changed(session, run) for run in runs.values()]):
        raise rules.NothingPending
    windows = await scoring.windows_of(session, list(runs))
    for contest in contests:
        lines = await run_store.ranked(session, runs[contest.id].id)
        for stage in sorted(rules.stages_pending(reason for line in lines for reason in line.reasons)):
            if windows.get((contest.id, stage)) == Window.CLOSED:
                await scoring.reopen_window(session, actor, contest.id, stage)
    row.status = status
    await session.flush()
    await record.append(session, actor, "session.reopened", f"session:{session_id}", {})
    return row


async def announce(session: Session, actor: Actor, session_id: UUID) -> CommitteeSession:
    """Announce the results of all contests of the session, each checked off by a second person.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``StillPending``, ``InputsChanged``, ``NotCheckedOff``.
    """
    row = await store.lock(session, CommitteeSession, session_id)
    actor.require(Act.LEAD_SESSION, row.office_id)
    status = advance(rules.SESSION_LIFE, row.status, Action.ANNOUNCE)
    contests = await store.contests_of(session, session_id)
    runs = await run_store.latest_runs(session, [contest.id for contest in contests])
    pending = [text for contest in contests for text in pending_in(contest, runs[contest.id])]
    if pending:
        raise rules.StillPending(reasons=tuple(pending))
    for contest in contests:
        await contest_locked(session, contest.id)  # attributes wait, before the inputs are looked at
        if await is_changed(session, runs[contest.id]):
            raise rules.InputsChanged(contest=contest.code)
        await require_checked(session, contest, runs[contest.id])
    for contest in contests:
        await move_contest(session, contest.id, ContestAction.ANNOUNCE)
        await publish_run(session, actor, contest, runs[contest.id])
    row.status = status
    await session.flush()
    payload = {"runs": [str(runs[contest.id].id) for contest in contests]}
    await record.append(session, actor, "results.announced", f"session:{session_id}", payload)
    return row


async def latest_run(session: Session, contest_id: UUID) -> RankingRun | None:
    """The newest run of a contest, provisional or not: for areas above that check who may see it."""
    return (await run_store.latest_runs(session, [contest_id])).get(contest_id)


async def announced_run(session: Session, contest_id: UUID) -> RankingRun | None:
    """The run whose result stands as announced: another one only after an upheld appeal; None before."""
    return (await run_store.announced_runs(session, [contest_id])).get(contest_id)


async def ranked_in(session: Session, run_id: UUID) -> Sequence[RankedApplication]:
    """The lines of a run, in its order: for areas above."""
    return await run_store.ranked(session, run_id)


def pending_in(contest: Contest, run: RankingRun) -> list[Reason]:
    """What is pending in a run: contest, application and the judge's reason."""
    if not run.provisional:
        return []
    return [
        Reason(f"{contest.code}:{line['application']}:{reason}")
        for line in run.result["results"]
        if line["status"] == "pending"
        for reason in line["reasons"]
    ]
