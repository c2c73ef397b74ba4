"""The tables of a session's page, and the act that is due in each of their rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from api.language import say, say_reasons
from api.pages.calls import label
from api.pages.views import Cell, Link, State, Table, Word
from api.templating import fraction
from service.core.actor import Actor
from service.core.acts import Act, Phase, Relation
from service.deliberation.analysis_rules import TALLIED
from service.deliberation.models import Capacity, Presentation, PresentationStatus, SessionStatus
from service.deliberation.queries import RankedLine, Ranking
from service.deliberation.rules import ANNOUNCED, BEFORE_MINUTES, HEARING
from service.deliberation.session_view import SessionView
from service.scoring.models import RecusalOrigin


class DepartureIn(BaseModel, extra="forbid"):
    """Who leaves."""

    person_id: UUID = Field(description="Person")


class TurnIn(BaseModel, extra="forbid"):
    """Whose turn it is."""

    application_id: UUID = Field(description="Application")


@dataclass(frozen=True)
class Step:
    """A button in a row: where it posts, what it says, what it sends along."""

    action: str
    button: str
    values: Mapping[str, str]


@dataclass(frozen=True)
class Steps:
    """A table whose rows have a last cell with the act that is due and how to take the last one back; without any it is left out.

    ``anchors`` name the rows for links; ``current`` is the place of the row that is being seen to.
    """

    table: Table
    steps: Sequence[Sequence[Step]]
    anchors: Sequence[str] = ()
    current: int | None = None


def attendance_table(view: SessionView, leads: bool) -> Steps:
    """Who came and went; before the minutes are closed, also the members who are not here."""
    here = f"/sessions/{view.session.id}"
    acts = leads and view.session.status in BEFORE_MINUTES
    rows: list[list[Cell]] = []
    steps: list[Sequence[Step]] = []
    for each, person in view.attendance:
        rows.append([person.name, Word(each.capacity.value), each.came_at, each.left_at])
        leaves = acts and each.left_at is None
        steps.append([Step(f"{here}/departures", "Leaves", {"person_id": str(person.id)})] if leaves else [])
    for person_id, (appointment, person) in view.members.items():
        if person_id in view.here:
            continue
        came = {"person_id": str(person_id), "capacity": appointment.position.value}
        rows.append([person.name, Word(appointment.position.value), Word("not here"), None])
        steps.append([Step(f"{here}/arrivals", "Has come", came)] if acts else [])
    return Steps(Table("Attendance", ["Name", "Present as", "Came", "Left"], rows), steps)


TURNS = {
    PresentationStatus.WAITING: ("call", "Call to present"),
    PresentationStatus.CALLED: ("defence", "Has presented and answered"),
    PresentationStatus.DEFENDED: ("close", "All sheets are locked"),
}
"""What comes next for a presentation: the path of its act and the button."""
_TAKEN_BACK = (PresentationStatus.CALLED, PresentationStatus.DEFENDED)


def presentations_table(view: SessionView, leads: bool) -> Steps:
    """The turns in their order, with the next act of each for the secretary."""
    rows: list[list[Cell]] = []
    steps: list[Sequence[Step]] = []
    acts = leads and view.session.status == SessionStatus.PRESENTING
    codes = {contest.id: contest.code for contest in view.contests}
    for each in view.presentations:
        turn = each.presentation
        item = f"{codes[each.contest_id]} · {each.code}"
        rows.append([turn.position, item, each.applicant, each.title, State(turn.status.value)])
        steps.append(_turn_steps(view, turn) if acts else [])
    columns = ["Turn", "Application", "Who", "Plan", "State"]
    empty = "The turns are listed when the session is opened."
    anchors = [f"turn-{each.presentation.application_id}" for each in view.presentations]
    return Steps(Table("Presentations", columns, rows, empty=empty), steps, anchors, _current(view))


def _turn_steps(view: SessionView, turn: Presentation) -> list[Step]:
    """The buttons of a turn: what comes next, then taking back what was pressed last."""
    here, given = f"/sessions/{view.session.id}", {"application_id": str(turn.application_id)}
    due = [TURNS[turn.status]] if turn.status in TURNS else []
    back = [("turn-back", "Take the last step back")] if turn.status in _TAKEN_BACK else []
    return [Step(f"{here}/{path}", button, given) for path, button in due + back]


def _current(view: SessionView) -> int | None:
    """The place of the presentation that has begun; of the first that waits, where none has."""
    for going_on in ((PresentationStatus.CALLED, PresentationStatus.DEFENDED), (PresentationStatus.WAITING,)):
        for place, each in enumerate(view.presentations):
            if each.presentation.status in going_on:
                return place
    return None


def contests_table(view: SessionView) -> Table:
    """The contests that the session decides."""
    return Table(
        "Contests heard",
        ["Code", "Title", "State"],
        [[Link(row.code, f"/contests/{row.id}"), row.title, State(row.status.value)] for row in view.contests],
    )


def absences_table(view: SessionView, language: str) -> Table:
    """The absences of jurors that the minutes will name."""
    stages = stage_labels(view, language)
    rows: list[list[Cell]] = [
        [each.code, each.applicant, stages.get((each.contest_id, each.stage), each.stage), each.juror] for each in view.absences
    ]
    return Table("Absences of jurors", ["Short name", "Who", "Stage", "Juror"], rows, empty="None.")


def missing_table(view: SessionView, language: str) -> Table:
    """Whose sheets a tally waits for: that they are missing, not what the others say."""
    stages = stage_labels(view, language)
    codes = {contest.id: contest.code for contest in view.contests}
    rows: list[list[Cell]] = [
        [codes[each.contest_id], each.code, stages.get((each.contest_id, each.stage), each.stage), each.juror]
        for each in view.missing
    ]
    return Table("Sheets that are missing", ["Contest", "Application", "Stage", "Juror"], rows)


def result_tables(view: SessionView, language: str) -> list[Table]:
    """The newest run of each contest that the reader may see, marked until it is announced."""
    tables = []
    for contest in view.contests:
        found = view.rankings.get(contest.id)
        if found is not None:
            tables.append(_result(found, f"{contest.code} {contest.title}", stage_labels(view, language), language))
    return tables


def analyses(view: SessionView, actor: Actor | None) -> list[tuple[str, Cell]]:
    """Where the reader may see what the results hang on: the office, and the chair present who is no juror of the contest."""
    if actor is None or view.session.status not in TALLIED:
        return []
    phase = Phase.ANNOUNCED if view.session.status in ANNOUNCED else Phase.TALLIED
    chairs = any(
        row.person_id == actor.person_id and row.capacity == Capacity.CHAIR and row.left_at is None
        for row, _ in view.attendance
    )
    seated = {seat.contest_id for seat in view.panel if seat.person_id == actor.person_id}
    return [
        ("Analysis", Link(f"{contest.code} {contest.title}", f"/contests/{contest.id}/analysis"))
        for contest in view.contests
        if contest.id not in view.sealed
        and actor.may(Act.READ_ANALYSIS, view.session.office_id, phase, _relations(chairs, contest.id in seated))
    ]


def _relations(chairs: bool, sits: bool) -> set[Relation]:
    return {relation for relation, holds in ((Relation.CHAIR, chairs), (Relation.JUROR, sits)) if holds}


def checks(view: SessionView) -> list[tuple[str, Cell]]:
    """Where the rankings that the reader may see are checked off, or who did it."""
    return [
        ("Second person's check", Link(f"{contest.code} {contest.title}", f"/runs/{view.rankings[contest.id].run.id}"))
        for contest in view.contests
        if contest.id in view.rankings
    ]


def _result(found: Ranking, heading: str, labels: Mapping[tuple[UUID, str], str], language: str) -> Table:
    stages = [stage for contest_id, stage in labels if contest_id == found.run.contest_id]
    stages = stages if len(stages) > 1 else []  # a single one says no more than the total
    names = [labels[found.run.contest_id, stage] for stage in stages]
    rows = [_line(line, stages, language) for line in found.lines]
    columns = ["Place", "Short name", "Who", *names, "Total", "Outcome", "Award", "Why"]
    title = "Result" if found.announced else "Tally, not announced yet"
    return Table(title, columns, rows, heading=heading)


def _line(line: RankedLine, stages: Sequence[str], language: str) -> list[Cell]:
    ranked = line.line
    return [
        ranked.rank,
        line.code,
        line.applicant,
        *(fraction(ranked.stages[stage]) if stage in ranked.stages else None for stage in stages),
        ranked.total_shown,
        State(ranked.status),
        ranked.award,
        say_reasons(language, ranked.reasons),
    ]


def recusal_reasons(origin: str, reasons: Iterable[str], language: str) -> str:
    """The juror's own words where declared; what the system found, by its names for relations."""
    return say_reasons(language, reasons) if origin == RecusalOrigin.FOUND else "; ".join(reasons)


def stage_labels(view: SessionView, language: str) -> dict[tuple[UUID, str], str]:
    """What the stages of the session's contests are called, in the order of their rule books."""
    return {(seat.contest_id, seat.stage): stage_label(seat.stage, seat.label, language) for seat in view.panel}


def stage_label(code: str, written: Any, language: str) -> str:
    """What a rule book calls a stage; its code, translated, where it has no label."""
    return label({"code": code, "label": written}, language) if written else say(language, code)


def arrival_choices(
    view: SessionView, people: Sequence[tuple[str, str]], language: str
) -> dict[str, Sequence[tuple[str, str]]]:
    """Who may come: the members who are not here, then everybody else who is not."""
    here = {str(person_id) for person_id in view.here}
    positions = {str(key): say(language, row.position.value) for key, (row, _) in view.members.items()}
    absent = [(value, text) for value, text in people if value not in here]
    members = [(value, f"{text} · {positions[value]}") for value, text in absent if value in positions]
    return {"person_id": [*members, *((value, text) for value, text in absent if value not in positions)]}


def absence_choices(view: SessionView, language: str) -> dict[str, Sequence[tuple[str, str]]]:
    """The items, the seated jurors and the stages of the session's contests."""
    items = [(str(each.presentation.application_id), f"{each.code} · {each.applicant}") for each in view.presentations]
    jurors = {str(seat.person_id): f"{seat.juror} · {seat.name}" for seat in view.panel}
    stages = {seat.stage: stage_label(seat.stage, seat.label, language) for seat in view.panel}
    return {
        "application_id": items,
        "stage": list(stages.items()),
        "person_id": sorted(jurors.items(), key=lambda choice: choice[1]),
    }


def may_record_absence(view: SessionView, person_id: UUID, leads: bool) -> bool:
    """Whether a person may put a juror's absence into the minutes now: the secretary, or the chair present."""
    chairs = {row.person_id for row, _ in view.attendance if row.left_at is None and row.capacity == Capacity.CHAIR}
    return view.session.status in HEARING and bool(view.presentations) and (leads or person_id in chairs)


def signatures_table(view: SessionView) -> Table:
    """Who has signed the minutes, who does not and why, and who is still to."""
    names = {person.id: person.name for _, person in view.attendance}
    signed: list[list[Cell]] = [[names[each.person_id], Word(each.capacity.value), each.at] for each in view.signatures]
    capacities = {row.person_id: row.capacity.value for row, _ in view.attendance}
    done = {each.person_id for each in view.signatures}
    refused: list[list[Cell]] = [
        [names[key], Word(capacities[key]), each.reason] for key, each in view.refusals.items() if key not in done
    ]
    waiting: list[list[Cell]] = [[person.name, Word(capacities[person.id]), Word("still to sign")] for person in view.unsigned]
    return Table("Signatures", ["Name", "Present as", "Signed, or why not"], [*signed, *refused, *waiting])
