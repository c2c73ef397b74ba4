"""Many decisions at once: what was ticked on the first page is decided in one go, and each item gets its result."""

from fastapi import Request
from pydantic import ValidationError
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.templating import page
from service.core.errors import Rejected
from service.transparency.decisions import decide
from service.transparency.shapes import MOST_DECISIONS, DecisionIn, DecisionsIn

router = new_router("decisions")


class NothingTicked(Rejected):
    """The form came without a tick, with too many, or with one that cannot be read."""

    message = "Tick from one to {most} items on the first page, and send them again."


@router.post("/decisions")
async def decide_many(request: Request, session: Work, who: Who) -> Response:
    """The results, item by item. Sent again with its key, the same page comes back and nothing is done twice."""
    form = await request.form()
    note = str(form.get("note", ""))
    try:
        given = DecisionsIn(items=[_item(str(value), note) for value in form.getlist("item")])
    except (ValidationError, ValueError) as error:
        raise NothingTicked(most=MOST_DECISIONS) from error
    about = {str(value): str(text) for value, text in (str(each).split("|", 1) for each in form.getlist("about"))}
    results = await decide(session, who, given)
    rows = [(about.get(f"{r.item.kind}:{r.item.action}:{r.item.subject}", r.item.subject), r) for r in results]
    return page(request, "pages/decisions.html", rows=rows, done=sum(result.is_done for result in results))


def _item(value: str, note: str) -> DecisionIn:
    kind, action, subject = value.split(":", 2)
    return DecisionIn(kind=kind, action=action, subject=subject, note=note)
