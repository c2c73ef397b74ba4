"""Offices, the executing nuclei behind them, the people who work there, and their committees."""

from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.pages.acts import act
from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, Link, Table, View, Word, show
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.text import Line
from service.people import usecases
from service.people.models import Committee
from service.people.shapes import AppointmentIn, CommitteeIn, EndIn, NecIn, OfficeIn
from service.territory.usecases import search_districts

router = new_router("offices")

CRUMB = Link("Offices", "/offices", translate=True)


async def person_choices(session: Session, actor: Actor) -> list[tuple[str, str]]:
    """Every person to choose from, by family name, with the end of the DNI that tells namesakes apart."""
    rows = await usecases.list_names(session, actor)
    return [(str(row.id), f"{row.family_names}, {row.given_names} ({row.dni or '–'})") for row in rows]


async def district_choices(session: Session, near: str = "") -> list[tuple[str, str]]:
    """Districts to choose from: those of a province first when its code is given."""
    rows = await search_districts(session, "", near[:4] or None)
    return [(row.ubigeo, f"{row.district} · {row.province} · {row.department}") for row in rows]


def settings_of(actor: Actor) -> bool:
    """Whether the actor may set up offices and people."""
    return actor.may(Act.CREATE_OFFICE)


@router.get("/offices")
async def list_offices(request: Request, session: Work, who: Who) -> Response:
    """All offices; opening one."""
    return await _offices(request, session, who)


async def _offices(request: Request, session: Session, who: Actor, typed: Typed | None = None) -> Response:
    rows = await usecases.list_offices(session, who)
    acts: list[Form | None] = []
    if settings_of(who):
        necs = [(str(nec.id), nec.name) for nec in await usecases.list_necs(session, who)]
        acts = [
            form("/necs", "Enter an executing nucleus", NecIn, typed=typed),
            form("/offices", "Open an office", OfficeIn, choices={"nec_id": necs}, typed=typed) if necs else None,
        ]
    table = Table(
        "Offices", ["Code", "Name", "Address"], [[Link(row.code, f"/offices/{row.id}"), row.name, row.address] for row in rows]
    )
    people = Link("Persons", "/persons", translate=True)
    return show(
        request,
        View(
            "Offices",
            translate_title=True,
            tables=[table],
            acts=acts,
            facts=[("People", people), ("Codes of districts", Link("Look up a UBIGEO", "/districts", translate=True))],
        ),
    )


@router.get("/offices/{office_id}")
async def show_office(request: Request, session: Work, who: Who, office_id: UUID) -> Response:
    """An office: who works there, its committees, where its business lies."""
    return await _office(request, session, who, office_id)


async def _office(request: Request, session: Session, who: Actor, office_id: UUID, typed: Typed | None = None) -> Response:
    office = await usecases.get_office(session, who, office_id)
    nec = await usecases.get_nec(session, office.nec_id)
    roles = await usecases.list_roles(session, who, office_id)
    committees = await usecases.list_committees(session, who, office_id)
    here = f"/offices/{office_id}"
    business = ["groups", "funds", "calls", "sessions", "contracts", "payments"]
    people = [
        *(["deputies"] if who.may(Act.READ_OFFICE, office_id) else []),
        *(["duties"] if who.may(Act.READ_DUTIES, office_id) else []),
    ]
    tables = [
        Table(
            "Business",
            ["Where"],
            [[Link(word.capitalize(), f"{here}/{word}", translate=True)] for word in (*business, *people)],
        ),
        Table(
            "People",
            ["Name", "Role", "From", "Last day"],
            [
                [Link(person.name, f"/persons/{person.id}"), Word(grant.role.value), grant.since, grant.until]
                for grant, person in roles
            ],
        ),
        Table(
            "Committees",
            ["Name"],
            [[Link(row.name, f"/committees/{row.id}")] for row in committees],
            acts=[_committee_form(here, typed) if who.may(Act.CREATE_COMMITTEE, office_id) else None],
        ),
    ]
    facts: list[tuple[str, Cell]] = [
        ("Code", office.code),
        ("Address", office.address),
        ("UBIGEO", office.ubigeo),
        ("Executing nucleus", nec.name),
    ]
    return show(request, View(office.name, crumbs=[CRUMB], facts=facts, tables=tables))


def _committee_form(here: str, typed: Typed | None) -> Form:
    return form(f"{here}/committees", "Set up a committee", CommitteeName, typed=typed)


class CommitteeName(BaseModel, extra="forbid"):
    """A committee of the office whose page this is."""

    name: Line = Field(description="Name")


@router.get("/committees/{committee_id}")
async def show_committee(request: Request, session: Work, who: Who, committee_id: UUID) -> Response:
    """A committee and its members, past ones too."""
    return await _committee(request, session, who, committee_id)


async def _committee(
    request: Request, session: Session, who: Actor, committee_id: UUID, typed: Typed | None = None
) -> Response:
    committee = await usecases.get_committee(session, who, committee_id)
    office = await usecases.get_office(session, who, committee.office_id)
    rows = await usecases.list_appointments(session, who, committee_id)
    acts: list[Form | None] = []
    if who.may(Act.APPOINT_MEMBER, office.id):
        choices = {"person_id": await person_choices(session, who)}
        acts.append(
            form(f"/committees/{committee_id}/appointments", "Appoint a member", AppointmentIn, choices=choices, typed=typed)
        )
        current = [(str(row.id), person.name) for row, person in rows if row.until is None]
        acts.append(
            form(
                f"/committees/{committee_id}/ends",
                "End an appointment",
                EndAppointment,
                choices={"appointment_id": current},
                typed=typed,
            )
            if current
            else None
        )
    table = Table(
        "Members",
        ["Name", "Position", "On behalf of", "From", "Last day"],
        [
            [Link(person.name, f"/persons/{person.id}"), Word(row.position.value), row.origin, row.since, row.until]
            for row, person in rows
        ],
    )
    crumbs = [CRUMB, Link(office.name, f"/offices/{office.id}")]
    return show(request, View(committee.name, crumbs=crumbs, tables=[table], acts=acts))


class EndAppointment(EndIn):
    """Which appointment ends, and when."""

    appointment_id: UUID = Field(description="Member")


async def _create_committee(session: Session, who: Actor, office_id: UUID, given: CommitteeName) -> Committee:
    return await usecases.create_committee(session, who, CommitteeIn(office_id=office_id, name=given.name))


async def _end_appointment(session: Session, who: Actor, _committee_id: UUID, given: EndAppointment) -> None:
    await usecases.end_appointment(session, who, given.appointment_id, EndIn(until=given.until))


act(router, "/necs", NecIn, usecases.create_nec, page=_offices, to=lambda _: "/offices")
act(router, "/offices", OfficeIn, usecases.create_office, page=_offices, to=lambda office: f"/offices/{office.id}")
act(
    router,
    "/offices/{office_id}/committees",
    CommitteeName,
    _create_committee,
    page=_office,
    to=lambda committee, _: f"/committees/{committee.id}",
)
act(
    router,
    "/committees/{committee_id}/appointments",
    AppointmentIn,
    usecases.appoint_member,
    page=_committee,
    to=lambda _, committee_id: f"/committees/{committee_id}",
)
act(
    router,
    "/committees/{committee_id}/ends",
    EndAppointment,
    _end_appointment,
    page=_committee,
    to=lambda _, committee_id: f"/committees/{committee_id}",
)
