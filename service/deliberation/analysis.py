"""The analysis of a tallied contest, for those who may see its tally: never before it, and before the announcement never for a juror of the contest."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.contests.models import Contest
from service.contests.usecases import contest_with_call
from service.core.actor import Actor
from service.core.acts import Act, Phase, Relation
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import analysis_rules, rules, run_store, store
from service.deliberation.models import Capacity, RankingRun
from service.scoring import usecases as scoring
from service.scoring.analysis import Analysis, analyse
from service.scoring.bundle import Bundle


@dataclass(frozen=True, slots=True)
class ContestAnalysis:
    """The analysis of a contest's newest run: ``applicants`` by the applications' codes, in the order of the run."""

    contest: Contest
    session_id: UUID
    run: RankingRun
    announced: bool
    rules: Mapping[str, Any]
    applicants: Mapping[str, str]
    analysis: Analysis


async def analyse_contest(session: Session, actor: Actor, contest_id: UUID) -> ContestAnalysis:
    """The analysis of a contest's newest run, from exactly what that run was given.

    For whoever has a role in the office, and for the chair while present in the session that decides the contest; not for a juror
    of it before the result is announced, whatever the office role. To others the contest's analysis is not there at any time. Raises ``NotFound``, ``NotTallied``,
    ``InputsChanged``, ``NotReproduced``.
    """
    contest, call = await contest_with_call(session, contest_id)
    row = await store.session_of_contest(session, contest_id)
    here = await store.here(session, row.id, actor.person_id) if row is not None else None
    announced = row is not None and row.status in rules.ANNOUNCED
    relations = {Relation.JUROR} if actor.person_id in await scoring.seated(session, contest_id) else set()
    relations |= {Relation.CHAIR} if here is not None and here.capacity == Capacity.CHAIR else set()
    phase = await scoring.stands_at(session, contest, call)
    later = Phase.TALLIED if phase in scoring.SHUT else phase
    if not actor.may(Act.READ_ANALYSIS, call.office_id, later, relations):
        raise NotFound
    runs = await (run_store.announced_runs if announced else run_store.latest_runs)(session, [contest_id])
    run = runs.get(contest_id)
    analysis_rules.require_tallied(row.status if row is not None and run is not None and phase == later else None)
    assert row is not None and run is not None, "a tallied contest has a session and a run"
    lines = await run_store.ranked(session, run.id)
    who = await store.applicants(session, [line.application_id for line in lines])
    bundle = await _inputs(session, contest, run, [line.application_id for line in lines] if announced else None)
    return ContestAnalysis(
        contest=contest,
        session_id=row.id,
        run=run,
        announced=announced,
        rules=dict(bundle.rules) if isinstance(bundle.rules, Mapping) else {},
        applicants={who[line.application_id].code: who[line.application_id].applicant for line in lines},
        analysis=await asyncio.to_thread(analyse, bundle),  # others are answered meanwhile
    )


async def _inputs(session: Session, contest: Contest, run: RankingRun, announced: list[UUID] | None) -> Bundle:
    """What the run was given, gathered again; of an announced one, as it was then."""
    as_of = None if announced is None else run.ran_at
    gathered = await scoring.gather_bundle(session, contest.id, as_of=as_of, applications=announced)
    if scoring.inputs_sha256(gathered.bundle) != run.inputs_sha256:
        raise rules.InputsChanged(contest=contest.code) if announced is None else rules.NotReproduced(contest=contest.code)
    return gathered.bundle
