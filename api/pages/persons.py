"""Persons: who they are, what roles they hold, how they sign in."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.pages.acts import Empty, act, attempt, show_wrong
from api.pages.forms import Form, Typed, form, parse
from api.pages.invitations import invitation_tables, slip
from api.pages.lookalikes import alike_notes, persons_alike
from api.pages.offices import settings_of
from api.pages.views import Cell, Link, Table, View, Word, show
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.people import invitations, own_sign_in, usecases
from service.people.identities import Known
from service.people.models import RoleGrant
from service.people.shapes import GrantIn, InviteIn, PersonIn
from service.privacy import requests as data_requests
from service.privacy.shapes import DataRequestIn

router = new_router("persons")

LOCK_OUT = "Lock this person out: the phone or the password is in wrong hands"


@router.get("/persons")
async def list_persons(request: Request, session: Work, who: Who, search: str = "") -> Response:
    """Persons by DNI or family name; registering one."""
    return await _persons(request, session, who, search=search)


async def _persons(request: Request, session: Session, who: Actor, typed: Typed | None = None, search: str = "") -> Response:
    rows = await usecases.list_persons(session, who, search, 200)
    may = who.may_somewhere(Act.CREATE_PERSON)
    table = Table(
        "Persons",
        ["Name", "DNI", "Date of birth"],
        [[Link(f"{row.family_names}, {row.given_names}", f"/persons/{row.id}"), row.dni, row.birth_date] for row in rows],
        links=[Link("Messages", "/messages", translate=True)] if who.may(Act.READ_MESSAGES) else [],
    )
    acts = [form("/persons", "Register a person", PersonIn, typed=typed) if may else None]
    return show(request, View("Persons", translate_title=True, tables=[table], acts=acts))


@router.get("/persons/{person_id}")
async def show_person(request: Request, session: Work, who: Who, person_id: UUID) -> Response:
    """A person and their roles."""
    return await _person(request, session, who, person_id)


async def _person(request: Request, session: Session, who: Actor, person_id: UUID, typed: Typed | None = None) -> Response:
    person = await usecases.get_person(session, who, person_id)
    offices = await usecases.list_offices(session, who)
    names = {office.id: office.name for office in offices}
    held = [
        grant
        for office in (None, *names)
        for grant, holder in await usecases.list_roles(session, who, office)
        if holder.id == person_id
    ]
    acts = await _acts(request, session, who, person, held, names, typed)
    facts: list[tuple[str, Cell]] = [
        ("DNI", person.dni),
        ("Sex", Word(person.sex.value)),
        ("Date of birth", person.birth_date),
        ("Mobile number", person.mobile),
    ]
    roles = Table(
        "Roles",
        ["Role", "Office", "From", "Last day"],
        [
            [
                Word(grant.role.value),
                names[grant.office_id] if grant.office_id else Word("everywhere"),
                grant.since,
                grant.until,
            ]
            for grant in held
        ],
    )
    crumbs = [Link("Persons", "/persons", translate=True)]
    alike = await persons_alike(request, session, who, person_id)
    notes = alike_notes(request, alike)
    entry = await invitation_tables(session, who, person_id, typed)
    return show(request, View(person.name, crumbs=crumbs, facts=facts, tables=[*alike, roles, *entry], acts=acts, notes=notes))


async def _acts(
    request: Request,
    session: Session,
    who: Actor,
    person: Known,
    held: Sequence[RoleGrant],
    offices: Mapping[UUID, str],
    typed: Typed | None,
) -> list[Form | None]:
    """What the actor may do with a person."""
    here = f"/persons/{person.id}"
    acts: list[Form | None] = []
    if settings_of(who):
        choices = {"office_id": [(str(key), name) for key, name in offices.items()]}
        acts.append(form(f"{here}/roles", "Give a role", GrantIn, choices=choices, typed=typed))
        running = [(str(grant.id), say(language_of(request), grant.role.value)) for grant in held if grant.until is None]
        acts.append(
            form(f"{here}/ends", "Take a role back", EndRole, choices={"grant_id": running}, typed=typed) if running else None
        )
    if settings_of(who) and who.person_id != person.id:
        acts.append(form(f"{here}/lock-out", LOCK_OUT, typed=typed, danger=True))
    if person.whole and await usecases.may_correct(session, who, person.id):
        known = PersonIn.model_validate(person, from_attributes=True)
        acts.append(
            form(f"{here}/correction", "Correct this person", PersonIn, values=known.model_dump(mode="json"), typed=typed)
        )
    if who.person_id != person.id and await usecases.is_registrar_of(session, who, person.id):
        acts.append(form(f"{here}/data-requests", "File what this person asks about their data", DataRequestIn, typed=typed))
    return acts


@router.post("/persons/{person_id}/invitations")
async def invite(request: Request, session: Work, who: Who, person_id: UUID) -> Response:
    """Invite a person: an SMS goes out, or a page leads to the paper, this once."""
    try:
        given = InviteIn.model_validate(parse(InviteIn, await request.form()))
    except ValidationError as error:
        return await show_wrong(request, session, error, page=_person)
    on_paper: list[invitations.Issued] = []

    async def run() -> None:
        issued = await invitations.invite(session, who, person_id, given)
        if issued.token:
            on_paper.append(issued)

    answer = await attempt(request, session, run, page=_person, to=_back)
    return slip(request, on_paper[0]) if on_paper else answer


class EndRole(BaseModel, extra="forbid"):
    """Which role is taken back."""

    grant_id: UUID = Field(description="Role")


async def _end_role(session: Session, who: Actor, _person_id: UUID, given: EndRole) -> None:
    await usecases.end_role(session, who, given.grant_id)


def _back(_result: object, person_id: UUID) -> str:
    return f"/persons/{person_id}"


act(router, "/persons", PersonIn, usecases.create_person, page=_persons, to=lambda person: f"/persons/{person.id}")
act(router, "/persons/{person_id}/roles", GrantIn, usecases.grant_role, page=_person, to=_back)
act(router, "/persons/{person_id}/ends", EndRole, _end_role, page=_person, to=_back)
act(router, "/persons/{person_id}/lock-out", Empty, own_sign_in.lock_out, page=_person, to=_back)
act(router, "/persons/{person_id}/invitation-ends", Empty, invitations.revoke_invitation, page=_person, to=_back)
act(router, "/persons/{person_id}/data-requests", DataRequestIn, data_requests.ask_for, page=_person, to=_back)
act(router, "/persons/{person_id}/correction", PersonIn, usecases.correct_person, page=_person, to=_back)
