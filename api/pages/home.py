"""The first page: what the person has to do today; for everybody else, the contests."""

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api.deps import Anyone, Work, new_router
from api.templating import page
from service.people.usecases import list_offices
from service.transparency.tasks import Task, tasks_of

router = new_router("home")

PLACES = {
    "application": "/applications/{0}",
    "sheet": "/applications/{0}",
    "paper_sheet": "/paper-sheets?code={0}",
    "session": "/sessions/{0}",
    "contract": "/contracts/{0}",
    "office_contracts": "/offices/{0}/contracts",
    "office_payments": "/offices/{0}/payments",
    "batch": "/batches/{0}",
    "report": "/reports/{0}",
    "group": "/groups/{0}",
    "call": "/calls/{0}",
    "pledge": "/pledges/{0}",
    "run": "/runs/{0}",
    "appeal": "/appeals/{0}",
}
"""Where each kind of subject is seen to."""


@router.get("/")
async def first_page(request: Request, session: Work, who: Anyone) -> Response:
    """What to do today, and the offices where the person works."""
    if who is None:
        return RedirectResponse("/contests", 303)
    tasks = [(task, _place(task)) for task in await tasks_of(session, who)]
    mine = {grant.office_id for grant in who.grants}
    offices = [office for office in await list_offices(session, who) if office.id in mine or None in mine]
    return page(request, "pages/home.html", tasks=tasks, offices=offices)


def _place(task: Task) -> str:
    return PLACES[task.kind].format(task.subject)
