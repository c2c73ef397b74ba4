"""For who writes programs: how the API is called, what changed, and every error by its name."""

from fastapi import Request
from starlette.responses import Response

from api.catalogue import refusals, spoken
from api.changes import CHANGES, LEAVING
from api.deps import Anyone, new_router
from api.errors import status_of
from api.language import language_of, say
from api.pages.views import Cell, Link, Table, View, Word, show
from service.core.errors import NotFound
from service.integration.calling import PER_MINUTE

router = new_router("developers")

HOW = (
    ("Who calls", "A program sends its key with every request: Authorization: Bearer raymi_… Keys are made under “Keys”."),
    (
        "Once only",
        "Every POST brings an Idempotency-Key of its own, and the same one when it is repeated: then the first answer comes again. Answers are kept for 30 days.",
    ),
    (
        "Your reference",
        "With the header Caller-Reference a write keeps a reference of yours for good; read it back under /api/v1/references.",
    ),
    (
        "Errors",
        "What is refused comes as application/problem+json (RFC 9457). Its title is the stable name; its type leads to the page of the error.",
    ),
    (
        "What goes away",
        "Under /api/v1 things are added and nothing changes its meaning. What has to go is said a year before, in the headers Deprecation and Sunset.",
    ),
)


@router.get("/developers")
async def show_developers(request: Request, _who: Anyone) -> Response:
    """How the API is called, what changed, and what goes away."""
    language = language_of(request)
    facts: list[tuple[str, Cell]] = [
        ("Requests in a minute, for each key", PER_MINUTE),
        ("OpenAPI document", Link("/api/v1/openapi.json", "/api/v1/openapi.json")),
        ("Errors by name", Link("Catalogue of errors", "/errors", translate=True)),
        ("Programs that call the API", Link("Keys", "/keys", translate=True)),
    ]
    changes: list[list[Cell]] = [[each.on, Word(each.text)] for each in reversed(CHANGES)]
    leaving: list[list[Cell]] = [[route, each.since, each.until, each.instead] for route, each in LEAVING.items()]
    tables = [
        Table("Changes", ["Since", "What"], changes),
        Table("What goes away", ["Address", "Said on", "Ends", "Instead"], leaving, empty="Nothing goes away."),
    ]
    texts = [(title, say(language, text)) for title, text in HOW]
    return show(request, View("For programs", translate_title=True, facts=facts, texts=texts, tables=tables))


@router.get("/errors")
async def list_errors(request: Request, _who: Anyone) -> Response:
    """Every refusal, by name."""
    rows: list[list[Cell]] = [
        [Link(name, f"/errors/{name}"), status_of(each), spoken(say(language_of(request), each.message))]
        for name, each in refusals().items()
    ]
    crumbs = [Link("For programs", "/developers", translate=True)]
    table = Table("Errors by name", ["Name", "Status", "What is said"], rows)
    return show(request, View("Catalogue of errors", translate_title=True, crumbs=crumbs, tables=[table]))


@router.get("/errors/{name}")
async def show_error(request: Request, _who: Anyone, name: str) -> Response:
    """One refusal: where the ``type`` of a problem leads."""
    refusal = refusals().get(name)
    if refusal is None:
        raise NotFound
    facts: list[tuple[str, Cell]] = [
        ("Status", status_of(refusal)),
        ("What is said", spoken(say(language_of(request), refusal.message))),
    ]
    crumbs = [Link("For programs", "/developers", translate=True), Link("Catalogue of errors", "/errors", translate=True)]
    return show(request, View(name, crumbs=crumbs, facts=facts))
