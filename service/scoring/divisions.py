"""Dividing the applications of a stage among its jurors: a plan to look at, then the assignments that it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from service.core import clock
from service.core.actor import Actor
from service.core.canonical import sha256_hex
from service.core.db import Session, refusing
from service.record import usecases as record
from service.scoring import assign_store, assigning, bonds, panel_rules, rules, store
from service.scoring.conflicts import Pair
from service.scoring.panel_models import Assignment, DividedStage
from service.scoring.panels import require_not_closed, running
from service.scoring.recusals import barred_pairs
from service.scoring.shapes import DivisionIn, PlanIn

RACES = {
    "RY111": rules.JurorHasSheet,
    "RY112": assigning.SitsElsewhere,
    "RY113": rules.WindowClosed,
    "RY114": assigning.NobodyToReplace,
    "RY115": rules.JurorRecused,
    "RY116": assigning.AssignmentEnded,
    "RY117": assigning.StageScored,
    "uq_assignment_live": assigning.AlreadyAssigned,
    "uq_assignment_stand_in": assigning.NobodyToReplace,
    "pk_divided_stage": assigning.PlanChanged,
}
"""What the database refuses where somebody else was faster, by SQLSTATE or constraint."""


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """An application of a plan: the short names of the jurors who have it already, and of those who are to get it."""

    application_id: UUID
    code: str
    assigned: tuple[str, ...]
    planned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """How the applications of a stage would be divided; ``sheets`` counts them by juror, ``sha256`` names exactly this plan."""

    stage: str
    jurors_each: int
    lines: tuple[PlannedLine, ...]
    sheets: dict[str, int]
    pairs: tuple[Pair, ...]
    sha256: str


async def plan_division(session: Session, actor: Actor, contest_id: UUID, given: PlanIn) -> Plan:
    """What dividing a stage would assign, or fill up where it is divided already; nothing is written.

    Raises ``NotFound``, ``MissingRole``, ``ContestNotRunning``, ``StageNotInBook``, ``NoSeats``, ``WindowClosed``,
    ``SitsElsewhere``, ``StageScored``, ``TooFewJurors``, ``NothingToAssign``.
    """
    _, book = await running(session, actor, contest_id)
    panel_rules.require_stage(book.book, given.stage, "stage")
    everybody = await store.seats(session, contest_id)
    seats = [seat for seat in everybody if seat.stage == given.stage and not seat.alternate]
    panel_rules.require_seats((seat.stage for seat in seats), given.stage)
    await require_not_closed(session, contest_id, given.stage)
    stages = {seat.juror: [other.stage for other in everybody if other.person_id == seat.person_id] for seat in seats}
    assigning.require_one_seat(stages)
    if given.stage not in await assign_store.divided(session, contest_id):
        await _require_unscored(session, contest_id, given.stage)
    names = {seat.person_id: seat.juror for seat in seats}
    barred = await barred_pairs(session, contest_id, names)
    live = [(row.application_id, row.person_id) for row in await assign_store.live(session, contest_id, given.stage)]
    applicants = [each.application_id for each in await bonds.applicants(session, contest_id)]
    codes = await assign_store.codes(session, contest_id)
    pairs, short = assigning.divide(applicants, list(names), given.jurors_each, barred=set(barred), assigned=live)
    if short:
        raise assigning.TooFewJurors("jurors_each", applications=tuple(sorted(codes[each] for each in short)))
    if not pairs:
        raise assigning.NothingToAssign
    assigned, planned = _by_application(live, names), _by_application(pairs, names)
    lines = tuple(PlannedLine(each, codes[each], assigned.get(each, ()), planned.get(each, ())) for each in applicants)
    sheets = {name: sum(name in (*line.assigned, *line.planned) for line in lines) for name in names.values()}
    named = [given.stage, given.jurors_each, [[each.code, each.assigned, each.planned] for each in lines]]
    return Plan(given.stage, given.jurors_each, lines, sheets, tuple(pairs), sha256_hex(named))


async def divide_stage(session: Session, actor: Actor, contest_id: UUID, given: DivisionIn) -> list[Assignment]:
    """Assign what ``plan_division`` says; from then on only assigned jurors see and score the applications of the stage.

    ``given.plan`` names the plan that was looked at. Raises what ``plan_division`` raises, and ``PlanChanged``.
    """
    plan = await plan_division(session, actor, contest_id, given)
    if given.plan != plan.sha256:
        raise assigning.PlanChanged
    now = await clock.now(session)
    divided = await assign_store.divided(session, contest_id)
    async with refusing(session, RACES):
        if given.stage not in divided:
            session.add(
                DividedStage(
                    contest_id=contest_id,
                    stage=given.stage,
                    jurors_each=given.jurors_each,
                    divided_at=now,
                    divided_by=actor.person_id,
                )
            )
            await session.flush()
        rows = [
            Assignment(
                application_id=application_id,
                contest_id=contest_id,
                stage=given.stage,
                person_id=person_id,
                reason="",
                assigned_at=now,
                assigned_by=actor.person_id,
            )
            for application_id, person_id in plan.pairs
        ]
        session.add_all(rows)
    payload = {"stage": given.stage, "jurors_each": given.jurors_each, "plan_sha256": plan.sha256, "assigned": len(rows)}
    await record.append(session, actor, "stage.divided", f"contest:{contest_id}", payload)
    return rows


async def divided_stages(session: Session, contest_id: UUID) -> dict[str, DividedStage]:
    """The divided stages of a contest, by code: for pages that have asked who may."""
    return await assign_store.divided(session, contest_id)


async def _require_unscored(session: Session, contest_id: UUID, stage: str) -> None:
    if await assign_store.has_sheets(session, contest_id, stage):
        raise assigning.StageScored


def _by_application(pairs: Sequence[Pair], names: dict[UUID, str]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, list[str]] = {}
    for application_id, person_id in pairs:
        if person_id in names:
            found.setdefault(application_id, []).append(names[person_id])
    return {key: tuple(sorted(jurors)) for key, jurors in found.items()}
