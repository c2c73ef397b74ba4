"""What is kept of oneself: seen on a page, taken away as a file, asked about."""

from enum import StrEnum
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.pages.acts import act
from api.pages.forms import Typed, form
from api.pages.views import Cell, Link, State, Table, View, Word, show
from api.routes.privacy import as_file
from service.core.actor import Actor
from service.core.db import Session
from service.privacy import export, requests
from service.privacy.export import Everything, Rows, is_said
from service.privacy.requests import Asked
from service.privacy.shapes import DataRequestIn

router = new_router("own data")

HERE = Link("Personal data", "/privacy", translate=True)
ASK = "Say what is to be seen, corrected, erased or not used. You find the answer here."
READ = "Everything that is kept of you, along the register. That you read it is written down as well."


@router.get("/me/data")
async def show_own_data(request: Request, session: Work, who: Who) -> Response:
    """One's own requests, and the ways to see everything."""
    return await _own(request, session, who)


async def _own(request: Request, session: Session, who: Actor, typed: Typed | None = None) -> Response:
    acts = [
        form("/me/data/reading", "Show everything that is kept of me", explain=READ, typed=typed),
        form("/me/data/file", "Take it away as a file", typed=typed),
        form("/me/data/requests", "Ask something about my data", DataRequestIn, explain=ASK, typed=typed),
    ]
    asked = await requests.own_requests(session, who)
    tables = [Table("My requests", COLUMNS, [row_of(each) for each in asked])]
    return show(request, View("What is kept of me", translate_title=True, crumbs=[HERE], acts=acts, tables=tables))


COLUMNS = [
    "What is asked",
    "In the person's own words",
    "Asked on",
    "Answer due",
    "Answer",
    "Reasons, as the person will read them",
]


def row_of(asked: Asked) -> list[Cell]:
    """A request in a table."""
    answer = asked.answer
    return [
        Word(asked.request.kind.value),
        asked.request.words,
        asked.request.at,
        asked.due,
        State(answer.outcome.value) if answer else None,
        answer.words if answer else None,
    ]


@router.post("/me/data/reading")
async def read_own_data(request: Request, session: Work, who: Who) -> Response:
    """Everything that is kept of oneself, on a page."""
    return shown(request, await export.export_own(session, who), Link("What is kept of me", "/me/data", translate=True))


@router.post("/me/data/file")
async def take_own_data(session: Work, who: Who) -> Response:
    """The same as a file."""
    return as_file(await export.export_own(session, who))


def shown(request: Request, everything: Everything, crumb: Link) -> Response:
    """Everything that is kept of somebody, a table for each line of the register."""
    person = everything.person
    facts: list[tuple[str, Cell]] = [
        ("DNI", person.dni),
        ("Sex", Word(person.sex.value)),
        ("Date of birth", person.birth_date),
        ("Mobile number", person.mobile),
        ("Read on", everything.at),
    ]
    tables = [_table(kept.what, rows) for kept, found in everything.parts for rows in found.values()]
    tables.append(_table("Who did what and when", everything.acts))
    tables.append(_table("Papers in which the DNI stands", everything.papers))
    return show(request, View(person.name, crumbs=[crumb], facts=facts, tables=tables), no_store=True)


def _table(title: str, rows: Rows) -> Table:
    columns = [column for column in rows[0] if is_said(column)] if rows else []
    return Table(title, columns, [[_cell(row[column]) for column in columns] for row in rows])


def _cell(value: object) -> Cell:
    if isinstance(value, StrEnum | bool):
        return Word(value.value if isinstance(value, StrEnum) else "yes" if value else "no")
    return value if value is None or hasattr(value, "year") else str(value)  # type: ignore[return-value]  # dates are cells


def _back(_result: object, *_ids: UUID) -> str:
    return "/me/data"


act(router, "/me/data/requests", DataRequestIn, requests.ask, page=_own, to=_back)
