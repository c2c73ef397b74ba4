"""The minutes of a session as a page, from the very data that was signed."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Work, new_router
from api.pages.documents import paper_link
from api.pages.views import Cell, Hash, Link, State, Table, View, Word, show
from service.deliberation import usecases as deliberation
from service.documents.models import DocumentKind

router = new_router("minutes")


@router.get("/minutes/{session_id}")
async def show_minutes(request: Request, session: Work, who: Anyone, session_id: UUID) -> Response:
    """Closed minutes: published ones for everybody."""
    found = await deliberation.get_minutes(session, who, session_id)
    data = found.minutes.data
    facts: list[tuple[str, Cell]] = [
        ("Number", found.minutes.number),
        ("Committee", data["committee"]),
        ("Place", f"{data['place']['place']}, {data['place']['district']}"),
        ("Applications", data["applications"]),
        ("Approved", data["approved"]),
        ("Paper", await paper_link(session, DocumentKind.MINUTES, f"minutes:{found.minutes.id}")),
        ("SHA-256", Hash(found.minutes.data_sha256)),
    ]
    texts = [("How the session went", data["development"]), ("Who keeps the sheets", data["custody"])]
    tables = [
        Table(
            "Attendance",
            ["Name", "Present as", "On behalf of"],
            [[row["name"], Word(row["capacity"]), row["body"]] for row in data["present"]],
        ),
        *(_results(table) for table in data["results"]),
        *(_prizes(table) for table in data["prizes"]),
        Table(
            "Recusals",
            ["Short name", "Organisation", "Juror", "Reasons"],
            [
                [row["application_code"], row["organisation"], row["juror"], ", ".join(row["reasons"])]
                for row in data["recusals"]
            ],
            empty="None.",
        ),
        Table(
            "Rules",
            ["Contest", "Version", "SHA-256"],
            [[row["contest_code"], row["version"], Hash(row["sha256"])] for row in data["rule_books"]],
        ),
    ]
    crumbs = [Link(data["title"], f"/sessions/{session_id}")]
    return show(
        request, View(f"{found.minutes.number} · {data['title']}", crumbs=crumbs, facts=facts, texts=texts, tables=tables)
    )


def _results(table: dict[str, object]) -> Table:
    rows = table["rows"]
    assert isinstance(rows, list)  # the shape was checked when the minutes were closed
    cells: list[list[Cell]] = [
        [
            row["rank"],
            row["application_code"],
            row["organisation"],
            row["score"],
            row["project_amount"],
            row["own_amount"],
            State(row["outcome"]),
        ]
        for row in rows
    ]
    columns = ["Place", "Short name", "Organisation", "Total", "Amount", "Own share", "Outcome"]
    return Table("Result", columns, cells, heading=str(table["contest_title"]))


def _prizes(table: dict[str, object]) -> Table:
    rows = table["rows"]
    assert isinstance(rows, list)  # as above
    cells: list[list[Cell]] = [[row["place"], row["application_code"], row["name"], row["score"], row["prize"]] for row in rows]
    return Table("Prizes", ["Place", "Short name", "Who", "Total", "Prize"], cells, heading=str(table["contest_title"]))
