"""What most pages are made of: facts, tables and acts, described here and drawn by one template."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response

from api.pages.forms import Form
from api.templating import page


@dataclass(frozen=True)
class Link:
    """A text that leads somewhere."""

    text: str
    href: str
    translate: bool = False


@dataclass(frozen=True)
class State:
    """A state of a machine, shown as a coloured word."""

    value: str


@dataclass(frozen=True)
class Word:
    """A text of ours, shown in the reader's language."""

    text: str


@dataclass(frozen=True)
class Hash:
    """A SHA-256 in hex."""

    hex: str


Cell = str | int | Decimal | date | datetime | Link | State | Word | Hash | None
"""What stands in a table or beside a label; amounts and times are written in the reader's way, None as a dash."""


@dataclass(frozen=True)
class Table:
    """Rows under a heading; ``empty`` is said where there are none; ``total`` closes it; ``heading`` is a name of its own before the title."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str = "Nothing yet."
    total: Sequence[Cell] | None = None
    acts: Sequence[Form | None] = ()
    links: Sequence[Link] = ()
    heading: str = ""


@dataclass(frozen=True)
class View:
    """A page: a title, where it lies, what is known, tables, and what can be done here."""

    title: str
    lead: str = ""
    state: str | None = None
    crumbs: Sequence[Link] = ()
    facts: Sequence[tuple[str, Cell]] = ()
    texts: Sequence[tuple[str, str]] = ()
    tables: Sequence[Table] = ()
    acts: Sequence[Form | None] = ()
    translate_title: bool = False
    notes: Sequence[str] = ()


def show(request: Request, view: View, *, no_store: bool = False) -> Response:
    """The page of a view. What was refused stands at its form; above all where the form is not offered any more."""
    refusal: str | None = getattr(request.state, "refusal", None)
    forms = [*view.acts, *(act for table in view.tables for act in table.acts)]
    if refusal and request.url.path not in {form.action for form in forms if form}:
        view = replace(view, notes=[refusal, *view.notes])
    return page(request, "pages/view.html", no_store=no_store, view=view)
