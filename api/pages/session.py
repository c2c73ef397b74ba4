"""The one page on which the technical secretary leads a session, from convening to published minutes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.language import language_of, say
from api.pages import session_tables as tables
from api.pages.documents import paper_link
from api.pages.forms import Form, Typed, form
from api.pages.offices import CRUMB, person_choices
from api.pages.session_tables import Steps
from api.pages.session_votes import votes_part
from api.pages.views import Cell, Hash, Link, Table, Word
from api.templating import page
from service.core.actor import Actor, may
from service.core.acts import Act
from service.core.db import Session
from service.deliberation.models import PresentationStatus, SessionStatus
from service.deliberation.rules import ANNOUNCED, BEFORE_MINUTES, NoQuorum
from service.deliberation.session_view import SessionView, view_session
from service.deliberation.shapes import AbsenceIn, ArrivalIn, NarrativeIn, OrderDrawIn, SignatureRefusalIn
from service.documents.models import DocumentKind


@dataclass(frozen=True)
class Section:
    """A part of the page, drawn in the order of its fields.

    ``steps`` stand under the words of ``folded`` until they are unfolded; ``next_acts`` move the session on.
    """

    title: str
    name: str
    notes: Sequence[str] = ()
    facts: Sequence[tuple[str, Cell]] = ()
    steps: Steps | None = None
    folded: str = ""
    texts: Sequence[tuple[str, str]] = ()
    tables: Sequence[Table] = ()
    acts: Sequence[Form] = ()
    next_acts: Sequence[Form] = ()


@dataclass(frozen=True)
class Reader:
    """Who reads the page, in which language, and what that person just typed; ``leads`` as the office's technical secretary."""

    actor: Actor | None
    language: str
    leads: bool
    typed: Typed | None


async def page_of_session(
    request: Request, session: Session, who: Actor | None, session_id: UUID, typed: Typed | None = None
) -> Response:
    """The page of a session, with what this reader may see and do in its present state."""
    view = await view_session(session, who, session_id)
    row = view.session
    leads = who is not None and who.may(Act.LEAD_SESSION, row.office_id)
    in_form = typed is not None and "_button" not in typed.values
    reader = Reader(who, language_of(request), leads, typed if in_form else None)
    people = await person_choices(session, who) if who is not None and leads and row.status in BEFORE_MINUTES else []
    office = f"/offices/{row.office_id}/sessions"
    contests = Section("Contests heard", "contests", tables=[tables.contests_table(view)])
    votes = await _votes(session, view, reader)
    sections = [_attendance(view, reader, people), contests, _presentations(view, reader), _results(view, reader), votes]
    if row.status in ANNOUNCED or leads:
        paper = await paper_link(session, DocumentKind.MINUTES, view.minutes_paper) if view.minutes else None
        sections.append(_minutes(view, reader, paper))
    shown = [section for section in sections if section is not None]
    return page(
        request,
        "pages/session.html",
        view=view,
        crumbs=[CRUMB, Link("Sessions", office, translate=True)] if may(who, Act.READ_OFFICE, row.office_id) else [],
        refused=_refused(shown, typed),
        facts=_facts(view),
        agenda=[line.strip() for line in row.agenda.splitlines() if line.strip()],
        sections=shown,
        due=_due(shown) if who is not None else [],
    )


def _due(sections: Sequence[Section]) -> list[Link]:
    """Where on the page it goes on: the turn that is being heard, and the acts that move the session on."""
    links = []
    for section in sections:
        steps = section.steps
        if steps is not None and steps.current is not None and steps.steps[steps.current] is not None:
            _, item, who, *_ = steps.table.rows[steps.current]
            links.append(Link(f"{item} · {who}", f"#{steps.anchors[steps.current]}"))
        links += [Link(str(each.title), f"#next-{section.name}", translate=True) for each in section.next_acts]
    return links


def _refused(sections: Sequence[Section], typed: Typed | None) -> str:
    """Why a button was refused, for the top of the page: by now the page may no longer show that button."""
    drawn = {each.action for section in sections for each in section.acts}
    if typed is None or (typed.action in drawn and "_button" not in typed.values):
        return ""
    return " ".join(typed.errors.values())


def _facts(view: SessionView) -> list[tuple[str, Cell]]:
    row = view.session
    return [
        ("Number", view.entry.number),
        ("Place", f"{row.place}, {view.district}"),
        ("Day and time", row.convened_for),
        *([("Opened", row.opened_at), _wall(row.id)] if row.opened_at else []),
        *([("Closed", row.closed_at)] if row.closed_at else []),
    ]


def _wall(session_id: UUID) -> tuple[str, Cell]:
    return "For the wall", Link("The session in large type", f"/sessions/{session_id}/wall", translate=True)


def _lacks_quorum(view: SessionView, reader: Reader) -> list[str]:
    """Why the committee cannot act now; nothing where it can."""
    count = view.quorum
    if count.holds:
        return []
    values = {"present": count.present, "appointed": count.appointed, "needed": count.needed}
    return [say(reader.language, NoQuorum.message, **values)]


def _quorum(view: SessionView) -> list[tuple[str, Cell]]:
    """The quorum now; of closed minutes, the one they say."""
    if view.minutes is not None:
        said = view.minutes.data["quorum"]
        held: Cell = f"{said['present']} / {said['appointed']}"
        return [("Members present at the opening", held), ("Needed for the quorum", said["needed"])]
    count = view.quorum
    return [
        ("Members present", f"{count.present} / {count.appointed}"),
        ("Needed for the quorum", count.needed),
        ("Chair", Word("here" if count.chair_present else "not here")),
        ("Quorum", Word("yes" if count.holds else "no")),
    ]


def _attendance(view: SessionView, reader: Reader, people: Sequence[tuple[str, str]]) -> Section:
    row, here = view.session, f"/sessions/{view.session.id}"
    acts: list[Form] = []
    opening: list[Form] = []
    notes: list[str] = []
    if reader.leads and row.status in BEFORE_MINUTES:
        choices = tables.arrival_choices(view, people, reader.language)
        acts.append(form(f"{here}/arrivals", "Somebody comes", ArrivalIn, choices=choices, typed=reader.typed))
        notes = _lacks_quorum(view, reader)
    if reader.leads and row.status == SessionStatus.CONVENED and not notes:
        explain = "Every stage that was not opened before opens for scoring, and the turns are listed."
        opening = [form(f"{here}/open", "Open the session", explain=explain)]
    return Section(
        "Attendance and quorum",
        "attendance",
        facts=_quorum(view),
        notes=notes,
        steps=tables.attendance_table(view, reader.leads),
        folded="" if row.status == SessionStatus.CONVENED else "Who came and left",
        acts=acts,
        next_acts=opening,
    )


def _presentations(view: SessionView, reader: Reader) -> Section:
    row, here = view.session, f"/sessions/{view.session.id}"
    acts: list[Form] = []
    moves: list[Form] = []
    if reader.actor is not None and tables.may_record_absence(view, reader.actor.person_id, reader.leads):
        choices = tables.absence_choices(view, reader.language)
        acts.append(form(f"{here}/absences", "Record that a juror is absent", AbsenceIn, choices=choices, typed=reader.typed))
    if reader.leads and row.status == SessionStatus.OPEN:
        explain = "The stages that were scored in the field close; then the presentations begin."
        moves = [form(f"{here}/field-results", "Hand out the field results", explain=explain)]
        if row.order_seed is None and len(view.presentations) > 1:
            explain = "Once, before everybody: type what the room called out. The minutes say it, so anybody can draw again."
            acts.append(form(f"{here}/order", "Draw the order", OrderDrawIn, typed=reader.typed, explain=explain))
    notes: list[str] = []
    if reader.leads and row.status == SessionStatus.PRESENTING:
        left = sum(each.presentation.status != PresentationStatus.SCORED for each in view.presentations)
        if left:
            notes = [say(reader.language, "Presentations that are not finished: {count}.", count=left)]
        if view.quorum.holds:
            explain = "Scoring closes, and the judge counts what is locked. What is missing leaves its result pending."
            moves = [form(f"{here}/tally", "Tally", explain=explain)]
    return Section(
        "Presentations",
        "presentations",
        notes=notes,
        facts=[("Seed that drew the order of presentations", row.order_seed)] if row.order_seed else [],
        steps=tables.presentations_table(view, reader.leads),
        tables=[tables.absences_table(view, reader.language)] if view.presentations else [],
        acts=acts,
        next_acts=moves,
    )


def _results(view: SessionView, reader: Reader) -> Section | None:
    row, here = view.session, f"/sessions/{view.session.id}"
    analyses = tables.analyses(view, reader.actor)
    waits = reader.leads and row.status == SessionStatus.TALLIED and bool(view.sealed)
    if not view.rankings and not waits:
        return Section("Result", "results", facts=analyses) if analyses else None
    announced = row.status in ANNOUNCED
    notes: list[str] = []
    moves: list[Form] = []
    provisional = waits or any(found.run.provisional for found in view.rankings.values())
    if not announced:
        notes.append(say(reader.language, "Not announced yet: only the office sees this tally."))
    if not announced and provisional:
        notes.append(
            say(reader.language, "Something is pending, so nothing can be announced. Reopen, complete it, tally again.")
        )
    if reader.leads and row.status == SessionStatus.TALLIED:
        if not provisional:
            explain = "Once a second person has checked each ranking off. Everybody can read the result from then on."
            moves.append(form(f"{here}/announcement", "Announce the result", explain=explain))
        explain = "Goes back to the presentations when something is missing or was changed after the tally."
        moves.append(form(f"{here}/reopening", "Reopen the session", explain=explain, danger=True))
    title = "Result" if announced else "Tally, not announced yet"
    shown = tables.result_tables(view, reader.language)
    if waits:
        notes.append(say(reader.language, "The scores stay sealed until the sheets of all jurors are in."))
        shown = [*shown, *([tables.missing_table(view, reader.language)] if view.missing else [])]
    facts = [*analyses, *tables.checks(view)]
    if announced and reader.actor is not None and reader.actor.may(Act.READ_APPEAL, row.office_id):
        facts.append(("Appeals", Link("See the appeals", f"{here}/appeals", translate=True)))
    return Section(title, "results", notes=notes, facts=facts, tables=shown, next_acts=moves)


async def _votes(session: Session, view: SessionView, reader: Reader) -> Section | None:
    part = await votes_part(session, view, reader.actor, leads=reader.leads, language=reader.language, typed=reader.typed)
    return Section("Votes", "votes", tables=part.tables, acts=part.acts) if part else None


def _minutes(view: SessionView, reader: Reader, paper: Cell) -> Section:
    row, here = view.session, f"/sessions/{view.session.id}"
    if view.minutes is None:
        return _draft(view, reader)
    moves: list[Form] = []
    if reader.actor is not None and any(person.id == reader.actor.person_id for person in view.unsigned):
        explain = "You sign what the minutes say, by their SHA-256. With the last signature the awards are made."
        moves.append(form(f"{here}/signature", "Sign the minutes", explain=explain))
    moves += _refusing(view, reader, here)
    if reader.leads and row.status == SessionStatus.SIGNED:
        explain = "Everybody can read the session and its minutes from then on."
        moves.append(form(f"{here}/publication", "Publish the minutes", explain=explain))
    facts: list[tuple[str, Cell]] = [
        ("Number", view.minutes.number),
        ("Minutes", Link("Read the minutes", f"/minutes/{row.id}", translate=True)),
        ("Paper", paper),
        ("SHA-256", Hash(view.minutes.data_sha256)),
    ]
    return Section("Minutes", "minutes", facts=facts, tables=[tables.signatures_table(view)], next_acts=moves)


def _refusing(view: SessionView, reader: Reader, here: str) -> list[Form]:
    """Not signing: for the member who does not, and for who leads and has waited for a member."""
    waiting = {str(person.id): person.name for person in view.unsigned}
    own = str(reader.actor.person_id) if reader.actor else ""
    if not reader.leads and own not in waiting:
        return []
    explain = "What most members sign takes effect all the same. The reason stands beside the signatures."
    choices = {"person_id": [("", ""), *waiting.items()] if reader.leads else [(own, waiting[own])]}
    title = "Note that a member does not sign" if reader.leads else "Say that you do not sign"
    return (
        [form(f"{here}/refusals", title, SignatureRefusalIn, choices=choices, typed=reader.typed, explain=explain)]
        if waiting
        else []
    )


def _draft(view: SessionView, reader: Reader) -> Section:
    here, draft = f"/sessions/{view.session.id}", view.draft
    values = {"development": draft.development, "custody": draft.custody} if draft else {}
    acts: list[Form] = []
    moves: list[Form] = []
    if reader.leads:
        title = "Write the paragraphs of the minutes"
        acts = [form(f"{here}/narrative", title, NarrativeIn, values=values, typed=reader.typed)]
    if reader.leads and view.session.status == SessionStatus.ANNOUNCED and view.quorum.holds:
        explain = "What the minutes say is fixed from then on, and the members present sign it."
        moves = [form(f"{here}/minutes", "Close the minutes", explain=explain)]
    texts = [("How the session went", values.get("development", "")), ("Who keeps the sheets", values.get("custody", ""))]
    notes = (
        [] if any(values.values()) else [say(reader.language, "Nothing is written yet; all the rest is drawn from the data.")]
    )
    return Section("Minutes", "minutes", notes=notes, texts=texts, acts=acts, next_acts=moves)
