"""What is kept of people, for everybody; and how to ask."""

from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Work, new_router
from api.language import language_of, say
from api.pages.views import Link, Table, View, Word, show
from service.core.actor import Actor
from service.core.acts import Act
from service.privacy.register import REGISTER

router = new_router("privacy")

LEAD = "You may see what is kept of you, have it corrected, object, and have erased what no law keeps. It costs nothing."
HOW = (
    "Ask on your own page, or sign a letter at your office: it is filed here. You are answered within 20 working days, "
    "within 10 where something is to be corrected or erased.\n"
    "If you are not content with the answer, complain to the National Authority for the Protection of Personal Data."
)


@router.get("/privacy")
async def show_register(request: Request, _session: Work, who: Anyone) -> Response:
    """The register of what is kept, why, on what ground and how long (Law 29733, article 18)."""
    columns = ["What is kept", "Why", "Ground", "How long", "Who sees it"]
    rows = [[Word(text) for text in kept.texts] for kept in REGISTER]
    tables = [Table("For you", ["Page"], [[link] for link in _links(who)])] if who else []
    tables.append(Table("What is kept of people", columns, rows))
    texts = [("How to ask", say(language_of(request), HOW))]
    return show(request, View("Personal data", translate_title=True, lead=LEAD, tables=tables, texts=texts))


def _links(who: Actor) -> list[Link]:
    found = [Link("What is kept of me", "/me/data", translate=True)]
    if who.may(Act.ANSWER_DATA_REQUEST):
        found.append(Link("Requests about personal data", "/privacy/requests", translate=True))
    if who.may(Act.ERASE_PAYLOADS):
        found.append(Link("Erasures", "/privacy/erasures", translate=True))
    if who.may_somewhere(Act.REPORT_INCIDENT):
        found.append(Link("Incidents", "/privacy/incidents", translate=True))
    return found
