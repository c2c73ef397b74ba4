"""Panels in depth: the roster, divided stages, assignments, alternates."""

from datetime import date, datetime
from uuid import UUID

from api.deps import Who, Work, new_router
from api.routes.answers import Out
from service.scoring import assignments, divisions
from service.scoring.shapes import AssignmentIn, CallInIn, DivisionIn, EndAssignmentIn, PlanIn

router = new_router("panels")


class RosterOut(Out):
    """A juror's seat in a stage: of whom, appointed until when, and how many sheets there are and are locked."""

    contest_id: UUID
    stage: str
    person_id: UUID
    juror: str
    alternate: bool
    name: str
    origin: str | None
    since: date | None
    until: date | None
    assigned: int
    locked: int


class PlannedOut(Out):
    """An application of a plan: the jurors who have it, and who are to get it."""

    application_id: UUID
    code: str
    assigned: list[str]
    planned: list[str]


class PlanOut(Out):
    """How a stage would be divided; ``sha256`` is what a division sends back as its ``plan``."""

    stage: str
    jurors_each: int
    lines: list[PlannedOut]
    sheets: dict[str, int]
    sha256: str


class AssignmentOut(Out):
    """A juror who scores an application, until ``ended_at``; ``stands_in_for`` is whom an alternate replaces."""

    id: UUID
    application_id: UUID
    stage: str
    person_id: UUID
    stands_in_for: UUID | None
    reason: str
    assigned_at: datetime
    ended_at: datetime | None
    end_reason: str | None


@router.get("/contests/{contest_id}/roster")
async def show_roster(session: Work, who: Who, contest_id: UUID) -> list[RosterOut]:
    """The jurors of a contest by stage, for its office."""
    return [RosterOut.of(line) for line in await assignments.roster(session, who, contest_id)]


@router.post("/contests/{contest_id}/plans")
async def plan_division(session: Work, who: Who, contest_id: UUID, given: PlanIn) -> PlanOut:
    """What dividing a stage would assign; nothing is written."""
    return PlanOut.of(await divisions.plan_division(session, who, contest_id, given))


@router.post("/contests/{contest_id}/divisions", status_code=201)
async def divide_stage(session: Work, who: Who, contest_id: UUID, given: DivisionIn) -> list[AssignmentOut]:
    """Assign what the plan says, which ``plan`` names."""
    return [AssignmentOut.of(row) for row in await divisions.divide_stage(session, who, contest_id, given)]


@router.get("/contests/{contest_id}/assignments")
async def list_assignments(session: Work, who: Who, contest_id: UUID) -> list[AssignmentOut]:
    """The assignments of a contest for its office, ended ones too; a juror's own ones."""
    return [AssignmentOut.of(row) for row in await assignments.list_assignments(session, who, contest_id)]


@router.post("/applications/{application_id}/assignments", status_code=201)
async def assign_juror(session: Work, who: Who, application_id: UUID, given: AssignmentIn) -> AssignmentOut:
    """Add a juror of a divided stage to an application."""
    return AssignmentOut.of(await assignments.assign_juror(session, who, application_id, given))


@router.post("/assignments/{assignment_id}/end")
async def end_assignment(session: Work, who: Who, assignment_id: UUID, given: EndAssignmentIn) -> AssignmentOut:
    """End an assignment without a locked sheet."""
    return AssignmentOut.of(await assignments.end_assignment(session, who, assignment_id, given))


@router.post("/contests/{contest_id}/alternates", status_code=201)
async def call_in(session: Work, who: Who, contest_id: UUID, given: CallInIn) -> list[AssignmentOut]:
    """Let an alternate stand in for a juror who is recused or recorded absent."""
    return [AssignmentOut.of(row) for row in await assignments.call_in(session, who, contest_id, given)]
