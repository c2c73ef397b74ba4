"""The minutes of a session as a page, from the very data that was signed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Work, new_router
from api.language import language_of, say, say_reasons
from api.pages.documents import paper_link
from api.pages.minutes_appeals import appeal_tables
from api.pages.minutes_votes import vote_tables
from api.pages.session_tables import recusal_reasons, signatures_table
from api.pages.views import Cell, Hash, Link, State, Table, View, Word, show
from service.core.errors import NotFound
from service.deliberation import usecases as deliberation
from service.documents.models import DocumentKind
from service.documents.papers_of_sessions import MinutesPaper, PrizeTable, ResultTable, StageResult

router = new_router("minutes")


@router.get("/minutes/{session_id}")
async def show_minutes(request: Request, session: Work, who: Anyone, session_id: UUID) -> Response:
    """Closed minutes: published ones for everybody."""
    found = await deliberation.view_session(session, who, session_id)
    if found.minutes is None:
        raise NotFound
    minutes = found.minutes
    data = cast(MinutesPaper, minutes.data)  # the shape was checked when the minutes were closed
    language = language_of(request)
    facts: list[tuple[str, Cell]] = [
        ("Number", minutes.number),
        ("Committee", data["committee"]),
        ("Session of the committee, counted from the first", data["ordinal"]),
        ("Place", f"{data['place']['place']}, {data['place']['district']}"),
        ("Opened", datetime.fromisoformat(data["opened_at"])),
        ("Closed", datetime.fromisoformat(data["closed_at"])),
        ("Members present at the opening", f"{data['quorum']['present']} / {data['quorum']['appointed']}"),
        ("Needed for the quorum", data["quorum"]["needed"]),
        ("Applications", data["applications"]),
        ("Approved", data["approved"]),
        ("Paper", await paper_link(session, DocumentKind.MINUTES, found.minutes_paper)),
        ("SHA-256", Hash(minutes.data_sha256)),
    ]
    texts = [
        ("Agenda", "\n".join(data["agenda"])),
        ("How the session went", data["development"]),
        ("Seed that drew the order of presentations", data.get("order_seed") or ""),
        ("Who keeps the sheets", data["custody"]),
        ("Who may present again", "\n".join(data["reentry"])),
    ]
    view = View(
        data["title"],
        state=found.session.status.value,
        crumbs=[Link(minutes.number, f"/sessions/{session_id}")],
        facts=facts,
        texts=texts,
        tables=[
            *_people(data),
            *_outcomes(data, language),
            *appeal_tables(data, language),
            *vote_tables(data, language),
            *_circumstances(data, language),
            signatures_table(found),
        ],
    )
    return show(request, view)


def _people(data: MinutesPaper) -> list[Table]:
    """Who was there, and which members were not."""
    present: list[list[Cell]] = [
        [
            row["name"],
            Word(row["capacity"]),
            row["body"],
            datetime.fromisoformat(row["came_at"]),
            datetime.fromisoformat(row["left_at"]) if row["left_at"] else None,
        ]
        for row in data["present"]
    ]
    missing: list[list[Cell]] = [[row["name"], row["body"]] for row in data["missing"]]
    return [
        Table("Attendance", ["Name", "Present as", "On behalf of", "Came", "Left"], present),
        Table("Members who did not come", ["Name", "On behalf of"], missing, empty="None."),
    ]


def _outcomes(data: MinutesPaper, language: str) -> list[Table]:
    """The result of every contest, then what the session gave in all."""
    totals: list[list[Cell]] = [
        [
            row["currency"],
            Decimal(row["project_amount"]),
            Decimal(row["own_amount"]),
            Decimal(row["total_amount"]),
            Decimal(row["prizes"]),
        ]
        for row in data["grand_totals"]
    ]
    return [
        *(_results(table, language) for table in data["results"]),
        *(_prizes(table) for table in data["prizes"]),
        Table("What the session approved in all", ["Currency", "Amount", "Own share", "Sum", "Prizes"], totals),
    ]


def _results(table: ResultTable, language: str) -> Table:
    stages = _stages(table["rows"])
    rows: list[list[Cell]] = [
        [
            row["rank"],
            row["application_code"],
            row["organisation"],
            *_values(stages, row.get("stages", [])),
            row["score"],
            Decimal(row["project_amount"]),
            Decimal(row["own_amount"]),
            Decimal(row["total_amount"]),
            State(row["outcome"]),
            say_reasons(language, row["reasons"]),
        ]
        for row in table["rows"]
    ]
    columns = [
        "Place",
        "Short name",
        "Organisation",
        *stages,
        "Total",
        "Amount",
        "Own share",
        "Sum",
        "Outcome",
        "Why",
    ]
    totals = table["totals"]
    amounts = [Decimal(totals["project_amount"]), Decimal(totals["own_amount"]), Decimal(totals["total_amount"])]
    count = f"{say(language, 'Approved')}: {totals['approved']}"
    total: list[Cell] = [count, *([""] * (len(stages) + 3)), *amounts, "", ""]
    return Table("Result", columns, rows, total=total, heading=f"{table['contest_code']} {table['contest_title']}")


def _prizes(table: PrizeTable) -> Table:
    stages = _stages(table["rows"])
    rows: list[list[Cell]] = [
        [
            row["place"],
            row["application_code"],
            row["name"],
            *_values(stages, row.get("stages", [])),
            row["score"],
            Decimal(row["prize"]) if row["prize"] is not None else None,
            Word("tie_pooled") if row["pooled"] else "",
        ]
        for row in table["rows"]
    ]
    columns = ["Place", "Short name", "Who", *stages, "Total", "Prize", "Why"]
    total: list[Cell] = [*([""] * (len(stages) + 4)), Decimal(table["given"]), ""]
    return Table("Prizes", columns, rows, total=total, heading=f"{table['contest_code']} {table['contest_title']}")


def _stages(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """The stages as the minutes name them; a single one says no more than the total."""
    names = [stage["stage"] for stage in next((row["stages"] for row in rows if row.get("stages")), [])]
    return names if len(names) > 1 else []


def _values(stages: Sequence[str], given: Sequence[StageResult]) -> list[Cell]:
    values = {each["stage"]: each["value"] for each in given}
    return [values.get(stage) for stage in stages]


def _circumstances(data: MinutesPaper, language: str) -> list[Table]:
    """Who took no part in an item, the draws that break ties, and the rules that decided."""
    absences: list[list[Cell]] = [
        [row["application_code"], row["organisation"], row["stage"], row["juror"]] for row in data["absences"]
    ]
    draws: list[list[Cell]] = [[row["contest_code"], row["seed"]] for row in data["draws"]]
    books: list[list[Cell]] = [[row["contest_code"], row["version"], Hash(row["sha256"])] for row in data["rule_books"]]
    recusals: list[list[Cell]] = [
        [row["application_code"], row["organisation"], row["juror"], recusal_reasons(row["origin"], row["reasons"], language)]
        for row in data["recusals"]
    ]
    superseded: list[list[Cell]] = [
        [
            row["application_code"],
            row["organisation"],
            row["stage"],
            row["juror"],
            row["reason"],
            datetime.fromisoformat(row["at"]),
        ]
        for row in data.get("superseded", [])  # minutes that were closed before this table was in them
    ]
    panels: list[list[Cell]] = [
        [row["contest_code"], row["stage"], row["juror"], ", ".join(row["applications"])] for row in data.get("panels", [])
    ]
    stand_ins: list[list[Cell]] = [
        [row["application_code"], row["organisation"], row["stage"], row["juror"], row["stands_in_for"], Word(row["why"])]
        for row in data.get("stand_ins", [])
    ]
    stood_in = ["Short name", "Organisation", "Stage", "Alternate", "In place of", "Why"]
    columns = ["Short name", "Organisation", "Stage", "Juror", "Reason", "When"]
    papers: list[list[Cell]] = [
        [row["application_code"], row["organisation"], row["stage"], row["juror"], row["code"], ", ".join(row["typed_by"])]
        for row in data.get("paper_sheets", [])
    ]
    typed = ["Short name", "Organisation", "Stage", "Juror", "Code of the paper sheet", "Typed by"]
    return [
        Table("Recusals", ["Short name", "Organisation", "Juror", "Reasons"], recusals, empty="None."),
        Table("Absences of jurors", ["Short name", "Organisation", "Stage", "Juror"], absences, empty="None."),
        *([Table("Alternates", stood_in, stand_ins)] if stand_ins else []),
        *([Table("Who scored what", ["Contest", "Stage", "Juror", "Applications"], panels)] if panels else []),
        Table("Superseded sheets", columns, superseded, empty="None."),
        *([Table("Sheets on paper", typed, papers)] if papers else []),
        *([Table("Public draws", ["Contest", "Seed"], draws)] if draws else []),
        Table("Rules", ["Contest", "Version", "SHA-256"], books),
    ]
