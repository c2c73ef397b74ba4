"""Who scores what where a stage is divided among its jurors, and alternates who stand in for others."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.errors import NotFound
from service.core.texts import Reason
from service.record import usecases as record
from service.scoring import assign_store, assigning, bonds, rules, store
from service.scoring.divisions import RACES
from service.scoring.models import Seat
from service.scoring.panel_models import Assignment
from service.scoring.panels import require_not_closed, running
from service.scoring.recusals import barred_pairs
from service.scoring.shapes import AssignmentIn, CallInIn, EndAssignmentIn


async def assign_juror(session: Session, actor: Actor, application_id: UUID, given: AssignmentIn) -> Assignment:
    """Add a juror of a divided stage to an application, with the reason.

    Raises ``NotFound``, ``MissingRole``, ``ContestNotRunning``, ``NotJudged``, ``JurorNotSeated``, ``IsAlternate``,
    ``StageNotDivided``, ``WindowClosed``, ``AlreadyAssigned``, ``TiedToApplicant``.
    """
    contest_id = await _contest_of(session, actor, application_id)
    seat = await _seat(session, contest_id, given.stage, given.person_id)
    if seat is None:
        raise rules.JurorNotSeated("person_id")
    if seat.alternate:
        raise assigning.IsAlternate("person_id")
    if given.stage not in await assign_store.divided(session, contest_id):
        raise assigning.StageNotDivided("stage")
    await require_not_closed(session, contest_id, given.stage)
    live = await assign_store.live(session, contest_id, given.stage)
    if any((row.application_id, row.person_id) == (application_id, given.person_id) for row in live):
        raise assigning.AlreadyAssigned("person_id")
    reasons = (await barred_pairs(session, contest_id, [given.person_id])).get((application_id, given.person_id))
    if reasons:
        raise assigning.TiedToApplicant("person_id", reasons=tuple(map(Reason, reasons)))
    return (await _insert(session, actor, seat, {application_id: given.reason}))[0]


async def end_assignment(session: Session, actor: Actor, assignment_id: UUID, given: EndAssignmentIn) -> Assignment:
    """End an assignment, with the reason: of a juror who has locked no sheet for it, so that no score is orphaned.

    Raises ``NotFound``, ``MissingRole``, ``ContestNotRunning``, ``AssignmentEnded``, ``WindowClosed``, ``JurorHasSheet``.
    """
    found = await assign_store.lock_assignment(session, assignment_id)
    if found is None:
        raise NotFound
    row = found[0]
    await running(session, actor, row.contest_id)
    if row.ended_at is not None:
        raise assigning.AssignmentEnded
    await require_not_closed(session, row.contest_id, row.stage)
    if await store.live_sheet_id(session, row.application_id, row.stage, row.person_id):
        raise rules.JurorHasSheet
    async with refusing(session, RACES):
        row.ended_at, row.ended_by, row.end_reason = await clock.now(session), actor.person_id, given.reason
    payload = {"assignment_id": str(row.id), "stage": row.stage, "person_id": str(row.person_id), "reason": given.reason}
    await record.append(session, actor, "assignment.ended", f"application:{row.application_id}", payload)
    return row


async def call_in(session: Session, actor: Actor, contest_id: UUID, given: CallInIn) -> list[Assignment]:
    """Let an alternate stand in for a juror who is recused or recorded absent: on one application, or on all that are open.

    Raises ``NotFound``, ``MissingRole``, ``ContestNotRunning``, ``NotAnAlternate``, ``JurorNotSeated``, ``WindowClosed``,
    ``SitsElsewhere``, ``NobodyToReplace``.
    """
    await running(session, actor, contest_id)
    seat = await _seat(session, contest_id, given.stage, given.person_id)
    if seat is None or not seat.alternate:
        raise assigning.NotAnAlternate("person_id")
    replaced = await _seat(session, contest_id, given.stage, given.stands_in_for)
    if replaced is None:
        raise rules.JurorNotSeated("stands_in_for")
    await require_not_closed(session, contest_id, given.stage)
    why = dict(await assign_store.replaceable(session, contest_id, given.stage, replaced.person_id))
    if given.application_id is not None:
        why = {key: reason for key, reason in why.items() if key == given.application_id}
    if assigning.ABSENT in why.values():
        seats = await store.seats(session, contest_id)
        stages = [each.stage for each in seats if each.person_id == replaced.person_id]
        assigning.require_one_seat({replaced.juror: stages})
    barred = await barred_pairs(session, contest_id, [seat.person_id])
    live = {
        row.application_id
        for row in await assign_store.live(session, contest_id, given.stage)
        if row.person_id == seat.person_id
    }
    free = {key: reason for key, reason in why.items() if key not in live and (key, seat.person_id) not in barred}
    if not free:
        raise assigning.NobodyToReplace
    return await _insert(session, actor, seat, free, replaced.person_id)


async def list_assignments(session: Session, actor: Actor, contest_id: UUID) -> Sequence[Row[Any]]:
    """The assignments of a contest, ended ones too, for its office; of a juror the own ones that stand. Raises ``NotFound``."""
    arena = await store.arena(session, contest_id)
    seated = actor.person_id in {seat.person_id for seat in await store.seats(session, contest_id)}
    if arena is None or not (actor.may(Act.READ_SEATS, arena.office_id) or seated):
        raise NotFound
    rows = await assign_store.assignments(session, contest_id)
    if actor.may(Act.READ_SEATS, arena.office_id):
        return rows
    return [row for row in rows if row.person_id == actor.person_id and row.ended_at is None]


async def assignments_of(session: Session, contest_id: UUID) -> Sequence[Row[Any]]:
    """The assignments of a contest, ended ones too: for areas above."""
    return await assign_store.assignments(session, contest_id)


async def items_of(session: Session, contest_id: UUID) -> list[tuple[UUID, str]]:
    """The applications of a contest that take part, with their short names, by these: for pages that have asked who may."""
    codes = await assign_store.codes(session, contest_id)
    return [(each.application_id, codes[each.application_id]) for each in await bonds.applicants(session, contest_id)]


async def roster(session: Session, actor: Actor, contest_id: UUID) -> list[assign_store.RosterLine]:
    """The jurors of a contest by stage, with their appointments and how many of their sheets are locked, for its office.

    Raises ``NotFound``.
    """
    arena = await store.arena(session, contest_id)
    if arena is None or not actor.may(Act.READ_SEATS, arena.office_id):
        raise NotFound
    return await assign_store.roster(session, contest_id, await clock.today(session))


async def _insert(
    session: Session, actor: Actor, seat: Seat, why: dict[UUID, str], stands_in_for: UUID | None = None
) -> list[Assignment]:
    """Assign a seat's juror to applications, each with its reason, and leave a trace of each."""
    now = await clock.now(session)
    rows = [
        Assignment(
            application_id=application_id,
            contest_id=seat.contest_id,
            stage=seat.stage,
            person_id=seat.person_id,
            stands_in_for=stands_in_for,
            reason=reason,
            assigned_at=now,
            assigned_by=actor.person_id,
        )
        for application_id, reason in why.items()
    ]
    async with refusing(session, RACES):
        session.add_all(rows)
    act = "juror.assigned" if stands_in_for is None else "alternate.called"
    for row in rows:
        replaced = {"stands_in_for": str(stands_in_for)} if stands_in_for else {}
        payload = {"stage": row.stage, "person_id": str(row.person_id), "reason": row.reason, **replaced}
        await record.append(session, actor, act, f"application:{row.application_id}", payload)
    return rows


async def _contest_of(session: Session, actor: Actor, application_id: UUID) -> UUID:
    """The running contest of a judged application. Raises ``NotFound``, ``MissingRole``, ``ContestNotRunning``, ``NotJudged``."""
    found = await store.application(session, application_id)
    if found is None:
        raise NotFound
    await running(session, actor, found[0].contest_id)
    if found[0].status not in rules.JUDGED:
        raise rules.NotJudged
    return found[0].contest_id


async def _seat(session: Session, contest_id: UUID, stage: str, person_id: UUID) -> Seat | None:
    return await session.get(Seat, (contest_id, stage, person_id))
