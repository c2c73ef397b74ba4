"""Sessions of a committee: the list, and the one page on which the secretary leads a session from convening to signed minutes."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Who, Work, new_router
from api.pages.acts import Empty, act
from api.pages.documents import paper_link
from api.pages.forms import Form, Typed, form
from api.pages.offices import CRUMB, district_choices, person_choices
from api.pages.session_tables import attendance_table, contests_table, presentations_table, result_tables
from api.pages.views import Cell, Hash, Link, State, Table, View, show
from service.contests.models import ContestStatus
from service.contests.usecases import list_contests
from service.core.actor import Actor, Role
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import minutes, ranking, sessions
from service.deliberation import usecases as deliberation
from service.deliberation.models import CommitteeSession, SessionStatus
from service.deliberation.queries import MinutesView
from service.deliberation.rules import BEFORE_MINUTES
from service.deliberation.shapes import NarrativeIn, SessionIn
from service.documents.models import DocumentKind
from service.people.usecases import get_office, list_committees

router = new_router("sessions")


@router.get("/offices/{office_id}/sessions")
async def list_sessions(request: Request, session: Work, who: Who, office_id: UUID) -> Response:
    """The sessions of an office; convening one."""
    return await _sessions(request, session, who, office_id)


async def _sessions(request: Request, session: Session, who: Actor, office_id: UUID, typed: Typed | None = None) -> Response:
    office = await get_office(session, who, office_id)
    rows = await deliberation.list_sessions(session, who, office_id)
    table = Table(
        "Sessions",
        ["Number", "Title", "Place", "Day and time", "State"],
        [
            [
                Link(row.number, f"/sessions/{row.session.id}"),
                row.session.title,
                row.session.place,
                row.session.convened_for,
                State(row.session.status.value),
            ]
            for row in rows
        ],
    )
    acts: list[Form] = []
    if who.has(Role.SECRETARY, office_id):
        entries = await list_contests(session, who, office_id)
        choices = {
            "committee_id": [(str(row.id), row.name) for row in await list_committees(session, who, office_id)],
            "ubigeo": await district_choices(session, office.ubigeo),
            "contest_ids": [
                (str(entry.contest.id), f"{entry.contest.code} · {entry.contest.title}")
                for entry in entries
                if entry.contest.status == ContestStatus.PUBLISHED
            ],
        }
        acts = [form(f"/offices/{office_id}/sessions", "Convene a session", SessionIn, choices=choices, typed=typed)]
    crumbs = [CRUMB, Link(office.name, f"/offices/{office_id}")]
    return show(request, View("Sessions", translate_title=True, crumbs=crumbs, tables=[table], acts=acts))


@router.get("/sessions/{session_id}")
async def show_session(request: Request, session: Work, who: Anyone, session_id: UUID) -> Response:
    """A session, and what can be done in it now."""
    return await page_of_session(request, session, who, session_id)


async def page_of_session(
    request: Request, session: Session, who: Actor | None, session_id: UUID, typed: Typed | None = None
) -> Response:
    """The one page of a session."""
    entry = await deliberation.get_session(session, who, session_id)
    row = entry.session
    leads = who is not None and who.has(Role.SECRETARY, row.office_id)
    people = await person_choices(session, who) if who is not None and leads and row.status in BEFORE_MINUTES else []
    count = await deliberation.quorum_of(session, session_id)
    contests = await deliberation.list_contests_of(session, who, session_id)
    closed = await _minutes(session, who, row)
    facts: list[tuple[str, Cell]] = [
        ("Number", entry.number),
        ("Place", row.place),
        ("Day and time", row.convened_for),
        ("Opened", row.opened_at),
        ("Closed", row.closed_at),
        ("Members present", f"{count.present} / {count.appointed}"),
        ("Needed for the quorum", count.needed),
    ]
    if closed is not None:
        facts += [
            ("Minutes", Link("Read the minutes", f"/minutes/{session_id}", translate=True)),
            ("Paper", await paper_link(session, DocumentKind.MINUTES, f"minutes:{closed.minutes.id}")),
            ("SHA-256", Hash(closed.minutes.data_sha256)),
        ]
    tables = [
        await attendance_table(session, who, row, people, leads, typed),
        contests_table(contests),
        await presentations_table(session, who, row, people, leads, typed),
        *await result_tables(session, who, contests),
        *_signature_table(closed),
    ]
    acts = await _acts(session, who, row, closed, typed) if who else []
    crumbs = [CRUMB, Link("Sessions", f"/offices/{row.office_id}/sessions", translate=True)] if who else []
    view = View(
        row.title, state=row.status.value, crumbs=crumbs, facts=facts, texts=[("Agenda", row.agenda)], tables=tables, acts=acts
    )
    return show(request, view)


async def _minutes(session: Session, who: Actor | None, row: CommitteeSession) -> MinutesView | None:
    if row.status in BEFORE_MINUTES:
        return None
    try:
        return await deliberation.get_minutes(session, who, row.id)
    except NotFound:
        return None


def _signature_table(closed: MinutesView | None) -> list[Table]:
    if closed is None:
        return []
    signed: list[list[Cell]] = [[each.dni, each.at] for each in closed.signatures]
    waiting: list[list[Cell]] = [[person.name] for person in closed.unsigned]
    return [
        Table("Signatures", ["DNI", "When"], signed),
        *([Table("Still to sign", ["Name"], waiting)] if waiting else []),
    ]


NEXT = {
    SessionStatus.CONVENED: ("open", "Open the session", "The quorum of the committee must be there, the chair among it."),
    SessionStatus.OPEN: ("field-results", "Hand out the field results", ""),
    SessionStatus.PRESENTING: ("tally", "Tally", "Scoring closes, and the judge counts what is locked."),
    SessionStatus.TALLIED: ("announcement", "Announce the result", "Everybody can read the result from then on."),
    SessionStatus.SIGNED: ("publication", "Publish the minutes", ""),
}


async def _acts(
    session: Session, who: Actor, row: CommitteeSession, closed: MinutesView | None, typed: Typed | None
) -> list[Form]:
    here = f"/sessions/{row.id}"
    acts: list[Form] = []
    if closed is not None and any(person.id == who.person_id for person in closed.unsigned):
        explain = "You sign the minutes by their SHA-256. With the last signature the awards are made."
        acts.append(form(f"{here}/signature", "Sign the minutes", typed=typed, explain=explain))
    if not who.has(Role.SECRETARY, row.office_id):
        return acts
    if row.status in NEXT:
        path, title, explain = NEXT[row.status]
        acts.append(form(f"{here}/{path}", title, typed=typed, explain=explain))
    if row.status == SessionStatus.TALLIED:
        acts.append(form(f"{here}/reopening", "Reopen, something is missing", typed=typed))
    if row.status in BEFORE_MINUTES:
        draft = await deliberation.get_narrative(session, who, row.id)
        values = {"development": draft.development, "custody": draft.custody} if draft else {}
        acts.append(form(f"{here}/narrative", "Write the paragraphs of the minutes", NarrativeIn, values=values, typed=typed))
    if row.status == SessionStatus.ANNOUNCED:
        explain = "The minutes can no longer be changed once they are closed."
        acts.append(form(f"{here}/minutes", "Close the minutes", typed=typed, explain=explain))
    return acts


async def _convene(session: Session, who: Actor, _office_id: UUID, given: SessionIn) -> CommitteeSession:
    return await sessions.convene_session(session, who, given)


def _back(_result: object, session_id: UUID, *_: object) -> str:
    return f"/sessions/{session_id}"


act(router, "/offices/{office_id}/sessions", SessionIn, _convene, page=_sessions, to=lambda row, _: f"/sessions/{row.id}")
for _path, _do in {
    "open": sessions.open_session,
    "field-results": sessions.hand_out_field_results,
    "tally": ranking.tally,
    "reopening": ranking.reopen,
    "announcement": ranking.announce,
    "minutes": minutes.close_minutes,
    "signature": minutes.sign_minutes,
    "publication": minutes.publish_minutes,
}.items():
    act(router, f"/sessions/{{session_id}}/{_path}", Empty, _do, page=page_of_session, to=_back)
act(router, "/sessions/{session_id}/narrative", NarrativeIn, minutes.edit_minutes, page=page_of_session, to=_back)
