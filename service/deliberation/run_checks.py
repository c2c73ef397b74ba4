"""A second person judges a contest anew and checks its ranking off, before anybody else may read it."""

from dataclasses import dataclass
from uuid import UUID

from service.contests.models import Contest
from service.contests.usecases import contest_with_call
from service.core import clock
from service.core.actor import Actor, may
from service.core.acts import Act, Relation
from service.core.db import Session, refusing
from service.core.errors import Forbidden, NotFound
from service.core.rights import phases
from service.deliberation import check_rules, run_store, store
from service.deliberation.models import CommitteeSession, RankingRun, RunCheck
from service.deliberation.queries import RankedLine
from service.deliberation.runs import judged_now
from service.people.models import Person
from service.record import usecases as record
from service.scoring import usecases as scoring
from service.scoring.judge import judge


@dataclass(frozen=True)
class RunView:
    """A run with its lines, who ran it and who checked it off. ``anew_sha256`` is the hash of what would be judged now, ``same`` whether
    that gives the run's result; both are None once it was checked off. ``may_check``: whether the reader is a second person."""

    run: RankingRun
    contest: Contest
    session: CommitteeSession
    ran_by: str
    check: RunCheck | None
    checked_by: str
    announced: bool
    lines: tuple[RankedLine, ...]
    anew_sha256: str | None
    same: bool | None
    may_check: bool


async def check_run(session: Session, actor: Actor, run_id: UUID) -> RunCheck:
    """Judge a contest anew, compare with its newest run and check that off, as a second person.

    Raises ``NotFound``, ``RanItself``, ``JurorOfIt``, ``NotAChecker``, ``RunReplaced``, ``RunProvisional``, ``CheckedAlready``,
    ``JudgedDifferently``.
    """
    run = await store.fetch(session, RankingRun, run_id)
    row = await store.lock(session, CommitteeSession, run.session_id)
    await _require_checker(session, actor, row, run)
    newest = (await run_store.latest_runs(session, [run.contest_id]))[run.contest_id]
    if newest.id != run_id:
        raise check_rules.RunReplaced
    if run.provisional:
        raise check_rules.RunProvisional
    if await run_store.check_of(session, run_id):
        raise check_rules.CheckedAlready
    sha256, same = await _anew(session, run)
    if not same:
        raise check_rules.JudgedDifferently(contest=(await store.fetch(session, Contest, run.contest_id)).code)
    check = RunCheck(run_id=run_id, checked_by=actor.person_id, at=await clock.now(session), inputs_sha256=sha256)
    async with refusing(session, {"RY100": check_rules.JurorOfIt, "pk_run_check": check_rules.CheckedAlready}):
        session.add(check)
    payload = {"run_id": str(run_id), "inputs_sha256": sha256}
    await record.append(session, actor, "run.checked", f"contest:{run.contest_id}", payload)
    return check


async def get_run(session: Session, actor: Actor | None, run_id: UUID) -> RunView:
    """A run: an announced one for everybody; before, once all sheets are in, for the office and the members present who are no jurors of the contest.

    Raises ``NotFound``.
    """
    run = await store.fetch(session, RankingRun, run_id)
    row = await store.fetch(session, CommitteeSession, run.session_id)
    announced = await run_store.is_announced(session, run_id)
    contest, call = await contest_with_call(session, run.contest_id)
    phase = await scoring.stands_at(session, contest, call)
    may_check = actor is not None and phase in phases(Act.CHECK_RUN) and await _is_checker(session, actor, row, run)
    if not announced and not may_check:
        seated = actor is not None and actor.person_id in await scoring.seated(session, run.contest_id)
        if not may(actor, Act.READ_TALLY, row.office_id, phase, {Relation.JUROR} if seated else ()):
            raise NotFound
    check = await run_store.check_of(session, run_id)
    lines = await run_store.ranked(session, run_id)
    who = await store.applicants(session, [line.application_id for line in lines])
    sha256, same = (None, None) if check or announced else await _anew(session, run)
    return RunView(
        run=run,
        contest=contest,
        session=row,
        ran_by=(await store.fetch(session, Person, run.ran_by)).name,
        check=check,
        checked_by=(await store.fetch(session, Person, check.checked_by)).name if check else "",
        announced=announced,
        lines=tuple(
            RankedLine(line, each.code, each.applicant, each.district)
            for line, each in ((line, who[line.application_id]) for line in lines)
        ),
        anew_sha256=sha256,
        same=same,
        may_check=may_check and check is None and not announced and not run.provisional,
    )


async def _require_checker(session: Session, actor: Actor, row: CommitteeSession, run: RankingRun) -> None:
    here = await store.here(session, row.id, actor.person_id)
    check_rules.require_checker(actor, row.office_id, run, await scoring.seated(session, run.contest_id), here)


async def _is_checker(session: Session, actor: Actor, row: CommitteeSession, run: RankingRun) -> bool:
    try:
        await _require_checker(session, actor, row, run)
    except Forbidden:
        return False
    return True


async def _anew(session: Session, run: RankingRun) -> tuple[str, bool]:
    """The hash of what would be judged now, and whether that gives what the run holds."""
    bundle = (await judged_now(session, run)).bundle
    sha256 = scoring.inputs_sha256(bundle)
    return sha256, sha256 == run.inputs_sha256 and judge(bundle).as_json() == run.result
