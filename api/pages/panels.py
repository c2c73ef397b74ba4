"""The panel of a contest: its roster, how a stage is divided among its jurors, single assignments, alternates."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from pydantic import Field, ValidationError
from sqlalchemy import Row
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.pages.acts import Empty, act
from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, Link, State, Table, View, Word, show
from service.contests.models import Contest, ContestStatus
from service.contests.usecases import contest_with_call
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.scoring import assignments, divisions
from service.scoring.assign_store import RosterLine
from service.scoring.divisions import Plan
from service.scoring.panel_models import Assignment, DividedStage
from service.scoring.shapes import AssignmentIn, CallInIn, DivisionIn, EndAssignmentIn, PlanIn

router = new_router("panels")


class AssignmentChoiceIn(AssignmentIn, extra="forbid"):
    """A juror and an application of the contest."""

    application_id: UUID = Field(description="Application")


class EndChoiceIn(EndAssignmentIn, extra="forbid"):
    """An assignment of the contest that ends."""

    assignment_id: UUID = Field(description="Assignment")


@router.get("/contests/{contest_id}/panel")
async def show_panel(
    request: Request, session: Work, who: Who, contest_id: UUID, stage: str = "", jurors_each: int = 0
) -> Response:
    """The panel; with a stage and a number, the plan of dividing that stage so, to look at and to confirm."""
    given = _read(stage, jurors_each) if stage else None
    return await _panel(request, session, who, contest_id, given=given)


async def _panel(
    request: Request,
    session: Session,
    who: Actor,
    contest_id: UUID,
    typed: Typed | None = None,
    *,
    given: PlanIn | None = None,
) -> Response:
    roster = await assignments.roster(session, who, contest_id)
    contest, call = await contest_with_call(session, contest_id)
    runs = who.may(Act.RUN_PANEL, call.office_id) and contest.status == ContestStatus.PUBLISHED
    rows = await assignments.list_assignments(session, who, contest_id)
    divided = await divisions.divided_stages(session, contest_id)
    plan = await divisions.plan_division(session, who, contest_id, given) if runs and given else None
    language = language_of(request)
    acts = await _acts(session, contest, roster, rows, divided, typed, language) if runs else []
    tables = [_roster(roster, divided), *([_planned(contest, plan)] if plan else []), *_assigned(rows)]
    view = View(
        "Panel of jurors",
        lead="Who scores what: every juror of a stage scores all of it, unless the stage is divided among them.",
        translate_title=True,
        crumbs=[Link("Contests", "/contests", translate=True), Link(contest.title, f"/contests/{contest_id}")],
        tables=tables,
        acts=acts,
    )
    return show(request, view)


async def _panel_of_plan(
    request: Request, session: Session, who: Actor, contest_id: UUID, _stage: str, _each: str, _plan: str, typed: Typed
) -> Response:
    return await _panel(request, session, who, contest_id, typed)


def _roster(roster: Sequence[RosterLine], divided: dict[str, DividedStage]) -> Table:
    rows: list[list[Cell]] = [
        [
            each.juror,
            each.name,
            Word(each.stage),
            Word("alternate" if each.alternate else "divided" if each.stage in divided else "scores all of it"),
            each.origin,
            each.since,
            each.until,
            each.assigned,
            each.locked,
        ]
        for each in roster
    ]
    columns = ["Short name", "Name", "Stage", "Takes part", "Comes from", "Appointed from", "Last day", "Sheets", "Locked"]
    return Table("Roster", columns, rows)


def _planned(contest: Contest, plan: Plan) -> Table:
    rows: list[list[Cell]] = [[each.code, ", ".join(each.assigned), ", ".join(each.planned)] for each in plan.lines]
    sheets = ", ".join(f"{juror}: {count}" for juror, count in sorted(plan.sheets.items()))
    confirm = form(
        f"/contests/{contest.id}/divisions/{plan.stage}/{plan.jurors_each}/{plan.sha256}",
        "Assign as planned",
        explain="From then on only assigned jurors see and score the applications of this stage. It cannot be taken back.",
    )
    columns = ["Application", "Assigned already", "To be assigned"]
    return Table("Plan", columns, rows, total=["", "Sheets", sheets], acts=[confirm])


def _assigned(rows: Sequence[Row[Any]]) -> list[Table]:
    cells: list[list[Cell]] = [
        [
            row.code,
            Word(row.stage),
            f"{row.juror} · {row.name}",
            row.stands_in_for_juror,
            Word(row.reason) if row.stands_in_for else row.reason,
            row.assigned_at,
            State("ended" if row.ended_at else "locked" if row.locked else "open"),
            row.end_reason,
        ]
        for row in rows
    ]
    columns = ["Application", "Stage", "Juror", "In place of", "Reason", "Assigned", "State", "Why it ended"]
    return [Table("Assignments", columns, cells)] if cells else []


async def _acts(
    session: Session,
    contest: Contest,
    roster: Sequence[RosterLine],
    rows: Sequence[Row[Any]],
    divided: dict[str, DividedStage],
    typed: Typed | None,
    language: str,
) -> list[Form]:
    here = f"/contests/{contest.id}"
    stages = [(code, say(language, code)) for code in dict.fromkeys(each.stage for each in roster if not each.alternate)]
    people = {(str(each.person_id), f"{each.juror} · {each.name}"): each for each in roster}
    items = [(str(key), code) for key, code in await assignments.items_of(session, contest.id)]
    explain = "You see the plan first. No juror of the applicant's group or district is given an application."
    acts = []
    if stages:
        acts.append(form(f"{here}/plans", "Divide a stage", PlanIn, choices={"stage": stages}, typed=typed, explain=explain))
    if divided:
        choices = {
            "stage": [each for each in stages if each[0] in divided],
            "person_id": [text for text, each in people.items() if each.stage in divided and not each.alternate],
            "application_id": items,
        }
        acts.append(
            form(f"{here}/assignments", "Add a juror to an application", AssignmentChoiceIn, choices=choices, typed=typed)
        )
    live = [row for row in rows if row.ended_at is None and not row.locked]
    if live:
        named = [(str(row.id), f"{row.code} · {row.juror} · {row.name}") for row in live]
        title = "End an assignment"
        acts.append(form(f"{here}/endings", title, EndChoiceIn, choices={"assignment_id": named}, typed=typed, danger=True))
    alternates = [text for text, each in people.items() if each.alternate]
    if alternates:
        codes = dict.fromkeys(each.stage for each in roster if each.alternate)
        choices = {
            "stage": [(code, say(language, code)) for code in codes],
            "person_id": alternates,
            "stands_in_for": [text for text, each in people.items() if each.stage in codes and not each.alternate],
            "application_id": items,
        }
        explain = "For a juror who is recused or recorded absent there; the minutes say who stood in for whom."
        acts.append(
            form(f"{here}/alternates", "Call in the alternate", CallInIn, choices=choices, typed=typed, explain=explain)
        )
    return acts


async def _plan(session: Session, who: Actor, contest_id: UUID, given: PlanIn) -> Plan:
    return await divisions.plan_division(session, who, contest_id, given)


async def _divide(session: Session, who: Actor, contest_id: UUID, stage: str, each: str, plan: str) -> list[Assignment]:
    given = DivisionIn.model_construct(**_read(stage, each).model_dump(), plan=plan)
    return await divisions.divide_stage(session, who, contest_id, given)


async def _assign(session: Session, who: Actor, _contest_id: UUID, given: AssignmentChoiceIn) -> Assignment:
    plain = AssignmentIn.model_validate(given.model_dump(exclude={"application_id"}))
    return await assignments.assign_juror(session, who, given.application_id, plain)


async def _end(session: Session, who: Actor, _contest_id: UUID, given: EndChoiceIn) -> Assignment:
    return await assignments.end_assignment(session, who, given.assignment_id, EndAssignmentIn(reason=given.reason))


def _read(stage: str, jurors_each: str | int) -> PlanIn:
    """The division that an address names. Raises ``NotFound`` where it names none."""
    try:
        return PlanIn.model_validate({"stage": stage, "jurors_each": jurors_each})
    except ValidationError as error:
        raise NotFound from error


def _to_plan(plan: Plan, contest_id: UUID) -> str:
    return f"/contests/{contest_id}/panel?{urlencode({'stage': plan.stage, 'jurors_each': plan.jurors_each})}"


def _back(_result: object, contest_id: UUID, *_: object) -> str:
    return f"/contests/{contest_id}/panel"


act(router, "/contests/{contest_id}/plans", PlanIn, _plan, page=_panel, to=_to_plan)
act(
    router,
    "/contests/{contest_id}/divisions/{stage}/{jurors_each}/{plan}",
    Empty,
    _divide,
    page=_panel_of_plan,
    to=_back,
)
act(router, "/contests/{contest_id}/assignments", AssignmentChoiceIn, _assign, page=_panel, to=_back)
act(router, "/contests/{contest_id}/endings", EndChoiceIn, _end, page=_panel, to=_back)
act(router, "/contests/{contest_id}/alternates", CallInIn, assignments.call_in, page=_panel, to=_back)
