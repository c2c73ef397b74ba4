"""Who stands in for whom in an office, and the duties that are kept apart by person."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.pages.acts import act
from api.pages.forms import Form, Typed, form
from api.pages.offices import person_choices
from api.pages.views import Cell, Link, Table, View, Word, show
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.people import conflicts, deputies, usecases
from service.people.deputies import DeputyView
from service.people.deputy_models import DeputyIn

router = new_router("duties")

ENDED = Word("ended")


@router.get("/offices/{office_id}/deputies")
async def list_deputies(request: Request, session: Work, who: Who, office_id: UUID) -> Response:
    """The deputyships of an office; naming, confirming and ending one."""
    return await _deputies(request, session, who, office_id)


async def _deputies(request: Request, session: Session, who: Actor, office_id: UUID, typed: Typed | None = None) -> Response:
    office = await usecases.get_office(session, who, office_id)
    views = await deputies.list_deputies(session, who, office_id)
    today = await clock.today(session)
    rows: list[list[Cell]] = [
        [view.name, Word(view.role.value), view.holder, view.deputy.since, view.deputy.until, _state(view, today)]
        for view in views
    ]
    columns = ["Deputy", "Role", "Stands in for", "From", "First day without", "State"]
    table = Table("Deputies", columns, rows, empty="Nobody stands in for anybody.")
    crumbs = [Link(office.name, f"/offices/{office_id}")]
    here = f"/offices/{office_id}/deputies"
    acts = [*_decisions(views, who, here, today, typed), await _naming(session, who, office_id, typed)]
    return show(request, View("Deputies", translate_title=True, crumbs=crumbs, tables=[table], acts=acts))


def _state(view: DeputyView, today: date) -> Word:
    if view.deputy.ended_at is not None or view.deputy.until <= today:
        return ENDED
    if view.deputy.confirmed_at is None:
        return Word("waits for its confirmation")
    return Word("in force") if view.deputy.since <= today else Word("confirmed")


def _decisions(views: Sequence[DeputyView], who: Actor, here: str, today: date, typed: Typed | None) -> list[Form | None]:
    """What the reader may confirm or end."""
    open_ones = [view for view in views if _state(view, today) != ENDED]
    gives = who.may(Act.CONFIRM_DEPUTY)
    waiting = [_choice(view) for view in open_ones if gives and view.deputy.confirmed_at is None]
    own = [_choice(view) for view in open_ones if gives or who.person_id in (view.deputy.person_id, view.holder_id)]
    return [
        form(f"{here}/{path}", button, WhichDeputy, choices={"deputy_id": choices}, typed=typed) if choices else None
        for path, button, choices in (("confirmations", "Confirm a deputy", waiting), ("ends", "End a deputyship now", own))
    ]


def _choice(view: DeputyView) -> tuple[str, str]:
    return str(view.deputy.id), f"{view.name} · {view.holder} · {view.deputy.since}"


async def _naming(session: Session, who: Actor, office_id: UUID, typed: Typed | None) -> Form | None:
    """The form to name a deputy for the reader's own roles; for all of the office's, to who gives roles."""
    roles = [*await usecases.list_roles(session, who, office_id), *await usecases.list_roles(session, who, None)]
    today = await clock.today(session)
    choices = [
        (str(grant.id), f"{grant.role.value} · {person.name}")
        for grant, person in roles
        if (grant.until is None or grant.until > today)
        and (grant.person_id == who.person_id or who.may(Act.CONFIRM_DEPUTY))
        and grant.role != "system"
    ]
    if not choices:
        return None
    people = await person_choices(session, who)
    explain = (
        "It takes effect once somebody who gives roles has confirmed it. Duties kept apart count a deputy as both persons."
    )
    return form(
        f"/offices/{office_id}/deputies",
        "Name a deputy",
        DeputyIn,
        choices={"grant_id": choices, "person_id": people},
        typed=typed,
        explain=explain,
    )


@router.get("/offices/{office_id}/duties")
async def list_duties(request: Request, session: Work, who: Who, office_id: UUID) -> Response:
    """The duties kept apart by person, whose roles meet in the office, and officers who look like one person."""
    office = await usecases.get_office(session, who, office_id)
    language = language_of(request)

    def roles(each: conflicts.Conflict) -> str:
        return ", ".join(say(language, role.value) for role in each.roles)

    found = await conflicts.list_duties(session, who, office_id)
    tables = [
        Table(
            "Officers whose roles reach both duties",
            ["Name", "Did", "May then do", "Roles"],
            [
                [Link(each.name, f"/persons/{each.person_id}"), _words(each.duty.earlier), _words(each.duty.later), roles(each)]
                for each in found.conflicts
            ],
            empty="None.",
        ),
        Table(
            "Officers who may be one person",
            ["Name", "Looks like"],
            [
                [Link(each.first, f"/persons/{each.first_id}"), Link(each.second, f"/persons/{each.second_id}")]
                for each in found.alike
            ],
            empty="None.",
        ),
        Table(
            "Duties kept apart by person",
            ["Who did this", "May not then do"],
            [[_words(duty.earlier), _words(duty.later)] for duty in found.pairs],
        ),
    ]
    crumbs = [Link(office.name, f"/offices/{office_id}")]
    return show(request, View("Duties kept apart", translate_title=True, crumbs=crumbs, tables=tables))


def _words(which: Act) -> Word:
    """An act in words."""
    return Word(which.value)


class WhichDeputy(BaseModel, extra="forbid"):
    """Which deputyship is confirmed or ended."""

    deputy_id: UUID = Field(description="Deputy")


async def _name(session: Session, who: Actor, _office_id: UUID, given: DeputyIn) -> None:
    await deputies.name_deputy(session, who, given)


async def _confirm(session: Session, who: Actor, _office_id: UUID, given: WhichDeputy) -> None:
    await deputies.confirm_deputy(session, who, given.deputy_id)


async def _end(session: Session, who: Actor, _office_id: UUID, given: WhichDeputy) -> None:
    await deputies.end_deputy(session, who, given.deputy_id)


def _back(_result: object, office_id: UUID) -> str:
    return f"/offices/{office_id}/deputies"


act(router, "/offices/{office_id}/deputies", DeputyIn, _name, page=_deputies, to=_back)
act(router, "/offices/{office_id}/deputies/confirmations", WhichDeputy, _confirm, page=_deputies, to=_back)
act(router, "/offices/{office_id}/deputies/ends", WhichDeputy, _end, page=_deputies, to=_back)
