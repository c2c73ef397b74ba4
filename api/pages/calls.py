"""Calls of an office and the contests they announce; the rules of a contest."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Who, Work, new_router
from api.language import language_of, say
from api.pages.acts import Empty, act
from api.pages.forms import Form, Typed, form
from api.pages.offices import CRUMB
from api.pages.views import Cell, Hash, Link, State, Table, View, Word, show
from service.applications.announcement import announce_call
from service.contests import usecases
from service.contests.drafts import readiness
from service.contests.models import Call, CallStatus, Contest
from service.contests.shapes import CallIn, ContestIn
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.people.group_usecases import list_groups
from service.people.usecases import get_office
from service.transparency.calendar import CalendarRow, get_calendar

router = new_router("calls")


@router.get("/offices/{office_id}/calls")
async def list_calls(request: Request, session: Work, who: Who, office_id: UUID) -> Response:
    """The calls of an office; preparing one."""
    return await _calls(request, session, who, office_id)


async def _calls(request: Request, session: Session, who: Actor, office_id: UUID, typed: Typed | None = None) -> Response:
    office = await get_office(session, who, office_id)
    rows = await usecases.list_calls(session, who, office_id)
    table = Table(
        "Calls",
        ["Code", "Title", "Filing opens", "Filing closes", "State"],
        [
            [Link(row.code, f"/calls/{row.id}"), row.title, row.opens_at, row.closes_at, State(row.status.value)]
            for row, _ in rows
        ],
    )
    choices = {"office_id": [(str(office.id), office.name)]}
    new = form(
        f"/offices/{office_id}/calls", "Prepare a call", CallIn, choices=choices, values={"office_id": office.id}, typed=typed
    )
    crumbs = [CRUMB, Link(office.name, f"/offices/{office_id}")]
    acts = [new] if who.may(Act.CREATE_CALL, office_id) else []
    return show(request, View("Calls", translate_title=True, crumbs=crumbs, tables=[table], acts=acts))


@router.get("/calls/{call_id}")
async def show_call(request: Request, session: Work, who: Anyone, call_id: UUID) -> Response:
    """A call and its contests."""
    return await _call(request, session, who, call_id)


async def _call(request: Request, session: Session, who: Actor | None, call_id: UUID, typed: Typed | None = None) -> Response:
    call = await usecases.get_call(session, who, call_id)
    office = await get_office(session, who, call.office_id)
    entries = await usecases.list_contests(session, who, call_id=call_id)
    table = Table(
        "Contests",
        ["Code", "Title", "Type of plan", "First or second request", "State"],
        [
            [
                Link(entry.contest.code, f"/contests/{entry.contest.id}"),
                entry.contest.title,
                entry.contest.plan_type.value,
                entry.contest.request_number,
                State(entry.contest.status.value),
            ]
            for entry in entries
        ],
    )
    facts: list[tuple[str, Cell]] = [
        ("Office", office.name),
        ("Filing opens", call.opens_at),
        ("Filing closes", call.closes_at),
    ]
    calendar = await get_calendar(session, who, call_id)
    if who is not None:
        now = next(row for row in calendar if row.current)
        facts.append(("What you may do now", "; ".join(say(language_of(request), act.value) for act in now.acts)))
    tables = [table, _calendar(calendar)]
    if call.status == CallStatus.DRAFT and who is not None:
        tables.append(await _readiness(session, who, [entry.contest for entry in entries]))
    acts: list[Form] = []
    if who and who.may(Act.PUBLISH_CALL, call.office_id) and call.status == CallStatus.DRAFT:
        acts = await _draft_acts(session, who, call, typed)
    if who and call.status == CallStatus.PUBLISHED and who.may(Act.ANNOUNCE_CALL, call.office_id):
        acts.append(form(f"/calls/{call_id}/announcement", "Print the announcement", typed=typed))
    return show(request, View(call.title, state=call.status.value, facts=facts, tables=tables, acts=acts))


def _calendar(rows: list[CalendarRow]) -> Table:
    """The phases of a call with their dates."""
    cells: list[list[Cell]] = [
        [State(row.phase.value), row.since, row.until, Word("now") if row.current else None] for row in rows
    ]
    return Table("Calendar", ["Phase", "From", "Until", "Now"], cells)


async def _readiness(session: Session, who: Actor, contests: list[Contest]) -> Table:
    """How far the rules of each contest are from publication, and whether these very rules were rehearsed."""
    found = await readiness(session, who, contests)
    rows: list[list[Cell]] = []
    for contest in contests:
        ready = found[contest.id]
        state: Cell = Word("No rules written yet")
        if ready.inspection is not None:
            left = len(ready.inspection.grave)
            state = Link(
                "To be corrected" if left else "Ready to publish", f"/contests/{contest.id}/rules/form", translate=True
            )
        rehearsed: Cell = Word("not rehearsed")
        if ready.rehearsals:
            rehearsed = ready.rehearsals[0].at
        sha256: Cell = Hash(ready.draft.sha256) if ready.draft else None
        rows.append([contest.code, state, len(ready.inspection.grave) if ready.inspection else None, rehearsed, sha256])
    return Table("Rules before publication", ["Contest", "State", "Faults", "Rehearsed", "SHA-256"], rows)


async def _draft_acts(session: Session, who: Actor, call: Call, typed: Typed | None) -> list[Form]:
    groups = [(str(group.id), group.name) for group in await list_groups(session, who, call.office_id, limit=2000)]
    explain = "Publishing freezes the rules of every contest, and everybody can read them from then on."
    return [
        form(f"/calls/{call.id}/contests", "Add a contest", ContestIn, choices={"host_group_id": groups}, typed=typed),
        form(f"/calls/{call.id}/publish", "Publish the call", typed=typed, explain=explain),
    ]


def label(criterion: dict[str, object], language: str) -> str:
    """What a criterion is called in the reader's language; its code where the book has no label."""
    labels = criterion.get("label")
    if isinstance(labels, dict):
        return str(labels.get(language) or labels.get("es") or criterion["code"])
    return str(labels or criterion["code"]).replace("_", " ")


async def _create_call(session: Session, who: Actor, _office_id: UUID, given: CallIn) -> Call:
    return await usecases.create_call(session, who, given)


act(router, "/offices/{office_id}/calls", CallIn, _create_call, page=_calls, to=lambda call, _: f"/calls/{call.id}")
act(
    router,
    "/calls/{call_id}/contests",
    ContestIn,
    usecases.create_contest,
    page=_call,
    to=lambda row, _: f"/contests/{row.id}/rules",
)
act(router, "/calls/{call_id}/publish", Empty, usecases.publish_call, page=_call, to=lambda _, call_id: f"/calls/{call_id}")
act(
    router,
    "/calls/{call_id}/announcement",
    Empty,
    announce_call,
    page=_call,
    to=lambda document, _: f"/documents/{document.id}",
)
