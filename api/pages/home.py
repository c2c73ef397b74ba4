"""The first page: what the person has to do today, by duty; for everybody else, the contests."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api.deps import Anyone, Work, new_router
from api.templating import page
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.people.models import Office
from service.people.usecases import list_offices
from service.scoring.queries import WorkItem, my_sheets
from service.scoring.rules import Work as SheetWork
from service.transparency import health
from service.transparency.cofunding import cofunder_pages
from service.transparency.decisions import DECISIONS
from service.transparency.duties.shapes import Task
from service.transparency.first_page import Waiting, first_page
from service.transparency.standing import my_standings

router = new_router("home")

PLACES = {
    "account": "/groups/{0}",
    "application": "/applications/{0}",
    "appeal": "/appeals/{0}",
    "batch": "/batches/{0}",
    "calibration": "/contests/{0}/calibration/{1}",
    "call": "/calls/{0}",
    "contract": "/contracts/{0}",
    "data_request": "/privacy/requests/{0}",
    "draft": "/awards/{0}/contract",
    "erasure": "/privacy/erasures",
    "group": "/groups/{0}",
    "incident": "/privacy/incidents/{0}",
    "office_contracts": "/offices/{0}/contracts",
    "office_payments": "/offices/{0}/payments",
    "panel": "/contests/{0}/panel",
    "paper_sheet": "/paper-sheets?code={0}",
    "payment": "/payments/{0}",
    "pledge": "/pledges/{0}",
    "presence": "/applications/{0}/presence",
    "report": "/reports/{0}",
    "run": "/runs/{0}",
    "scan": "/contracts/{0}",
    "session": "/sessions/{0}",
    "tranche": "/contracts/{0}",
}
"""Where each kind of subject is seen to; some have no page of their own, and are shown on that of what they belong to."""

OPEN_WORK = (SheetWork.SCORE, SheetWork.DECLARE)
"""What a juror has to do now, the first thing first."""


@dataclass(frozen=True)
class MySheets:
    """A juror's sheets of one contest in one stage."""

    contest: str
    stage: str
    items: Sequence[WorkItem]

    @property
    def is_open(self) -> bool:
        """Whether something is left to do."""
        return any(item.work in OPEN_WORK for item in self.items)


@router.get("/")
async def show_first_page(request: Request, session: Work, who: Anyone) -> Response:
    """What to do today, section by section; somebody without an account goes to the contests."""
    if who is None:
        return RedirectResponse("/contests", 303)
    sections = await first_page(session, who)
    sheets = _by_stage(await my_sheets(session, who))
    bulk = [name for name, rows in sections.items() if any(waiting.duty.decision for waiting in rows)]
    return page(
        request,
        "pages/home.html",
        sections=sections,
        place=place_of,
        value=value_of,
        sheets=sheets,
        bulk=bulk,
        today=await clock.today(session),
        offices=await _offices(session, who),
        standings=await my_standings(session, who),
        cofunders=await cofunder_pages(session, who),
        health=await health.health_of(session, who) if who.may_somewhere(Act.READ_HEALTH) else None,
        acts=await health.latest_acts(session, who) if who.may_somewhere(Act.READ_LATEST_ACTS) else None,
        check=await health.last_check(session, who) if who.may_somewhere(Act.READ_LATEST_ACTS) else None,
    )


def place_of(waiting: Waiting, task: Task) -> str:
    """Where a task is seen to."""
    return PLACES[waiting.duty.kind].format(*task.page.split("/"))


def value_of(waiting: Waiting, task: Task) -> str:
    """What a tick sends: the kind of the subject, the action and the subject."""
    decision = DECISIONS[waiting.duty.decision or ""]
    return f"{decision.kind}:{decision.action}:{task.subject}"


def _by_stage(items: Sequence[WorkItem]) -> list[MySheets]:
    """A juror's sheets by contest and stage, those with work left first, and in them what can be scored before the rest."""
    groups: dict[tuple[str, str], list[WorkItem]] = {}
    for item in items:
        groups.setdefault((f"{item.contest_code} · {item.contest_title}", item.stage), []).append(item)
    made = [MySheets(contest, stage, rows) for (contest, stage), rows in groups.items()]
    return sorted(made, key=lambda each: not each.is_open)


async def _offices(session: Session, who: Actor) -> list[Office]:
    """The offices where the person works."""
    mine = {grant.office_id for grant in who.grants}
    return [office for office in await list_offices(session, who) if office.id in mine or None in mine]
