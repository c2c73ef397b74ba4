"""The tables of a session's page, with what is done in each."""

from collections.abc import Sequence
from uuid import UUID

from pydantic import BaseModel, Field

from api.pages.forms import Typed, form
from api.pages.views import Cell, Link, State, Table, Word
from api.templating import fraction
from service.contests.models import Contest
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import usecases as deliberation
from service.deliberation.models import CommitteeSession, PresentationStatus
from service.deliberation.rules import BEFORE_MINUTES, HEARING
from service.deliberation.shapes import AbsenceIn, ArrivalIn
from service.scoring import panels

Choices = list[tuple[str, str]]


class DepartureIn(BaseModel, extra="forbid"):
    """Who leaves."""

    person_id: UUID = Field(description="Person")


class TurnIn(BaseModel, extra="forbid"):
    """Whose turn it is."""

    application_id: UUID = Field(description="Application")


async def attendance_table(
    session: Session, who: Actor | None, row: CommitteeSession, people: Choices, leads: bool, typed: Typed | None
) -> Table:
    """Who came and went."""
    rows = await deliberation.list_attendance(session, who, row.id)
    acts = []
    if leads and row.status in BEFORE_MINUTES:
        here = [(str(person.id), person.name) for each, person in rows if each.left_at is None]
        acts.append(
            form(f"/sessions/{row.id}/arrivals", "Somebody comes", ArrivalIn, choices={"person_id": people}, typed=typed)
        )
        if here:
            acts.append(
                form(f"/sessions/{row.id}/departures", "Somebody leaves", DepartureIn, choices={"person_id": here}, typed=typed)
            )
    return Table(
        "Attendance",
        ["Name", "Present as", "Came", "Left"],
        [[person.name, Word(each.capacity.value), each.came_at, each.left_at] for each, person in rows],
        acts=acts,
    )


def contests_table(contests: Sequence[Contest]) -> Table:
    """The contests that a session decides."""
    return Table(
        "Contests heard",
        ["Code", "Title", "State"],
        [[Link(row.code, f"/contests/{row.id}"), row.title, State(row.status.value)] for row in contests],
    )


TURNS = {
    PresentationStatus.WAITING: ("call", "Call"),
    PresentationStatus.CALLED: ("defence", "Has presented and answered"),
    PresentationStatus.DEFENDED: ("close", "All sheets are locked"),
}
"""What comes next for a presentation: the path of its act and the button."""


async def presentations_table(
    session: Session, who: Actor | None, row: CommitteeSession, people: Choices, leads: bool, typed: Typed | None
) -> Table:
    """The turns in their order, with the next act of each for the secretary."""
    turns = await deliberation.list_presentations(session, who, row.id)
    rows: list[list[Cell]] = [
        [each.presentation.position, each.code, each.applicant, each.title, State(each.presentation.status.value)]
        for each in turns
    ]
    acts = []
    if leads and row.status in HEARING:
        for status, (path, title) in TURNS.items():
            due = [
                (str(each.presentation.application_id), f"{each.code} · {each.applicant}")
                for each in turns
                if each.presentation.status == status
            ]
            if due:
                values = {"application_id": due[0][0]}
                acts.append(
                    form(
                        f"/sessions/{row.id}/{path}", title, TurnIn, choices={"application_id": due}, values=values, typed=typed
                    )
                )
        all_of_them = [(str(each.presentation.application_id), f"{each.code} · {each.applicant}") for each in turns]
        stages = sorted(
            {
                code
                for contest in {each.contest_id for each in turns}
                for code in (await panels.book_of(session, contest)).book.stages
            }
        )
        choices = {"application_id": all_of_them, "person_id": people, "stage": [(code, code) for code in stages]}
        acts.append(
            form(f"/sessions/{row.id}/absences", "Record that a juror is absent", AbsenceIn, choices=choices, typed=typed)
        )
    return Table("Presentations", ["Turn", "Short name", "Who", "Plan", "State"], rows, acts=acts)


async def result_tables(session: Session, who: Actor | None, contests: Sequence[Contest]) -> list[Table]:
    """The newest tally of each contest that the reader may see, marked until it is announced."""
    tables = []
    for contest in contests:
        try:
            found = await deliberation.get_ranking(session, who, contest.id)
        except NotFound:
            continue
        title = "Result" if found.announced else "Tally, not announced yet"
        rows: list[list[Cell]] = [
            [
                line.line.rank,
                line.code,
                line.applicant,
                line.line.total_shown,
                ", ".join(f"{stage} {fraction(value)}" for stage, value in line.line.stages.items()),
                State(line.line.status),
                line.line.award,
                Word(line.line.reasons[0].split(":")[0]) if line.line.reasons else "",
            ]
            for line in found.lines
        ]
        columns = ["Place", "Short name", "Who", "Total", "Stages", "Outcome", "Award", "Why"]
        tables.append(Table(title, columns, rows, heading=contest.title))
    return tables
