"""Groups: their boards, rolls of families and bank accounts."""

from uuid import UUID

from fastapi import Request
from pydantic import Field
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.pages.acts import act
from api.pages.forms import Typed, form
from api.pages.lookalikes import alike_notes, groups_alike
from api.pages.offices import CRUMB, district_choices, person_choices
from api.pages.views import Cell, Link, State, Table, View, Word, show
from api.templating import page
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.texts import Phrase
from service.people import account_usecases, group_usecases, usecases
from service.people.groups import AccountStatus, Group
from service.people.models import Office
from service.people.shapes import AccountDecisionIn, AccountIn, FamilyIn, GroupIn, MandateIn, RollIn
from service.territory.usecases import get_place

router = new_router("groups")

NOTED = "The record keeps that you read this number."


@router.get("/offices/{office_id}/groups")
async def list_groups(request: Request, session: Work, who: Who, office_id: UUID, search: str = "") -> Response:
    """The groups of an office; entering one."""
    return await _groups(request, session, who, office_id, search=search)


async def _groups(
    request: Request, session: Session, who: Actor, office_id: UUID, typed: Typed | None = None, search: str = ""
) -> Response:
    office = await usecases.get_office(session, who, office_id)
    rows = await group_usecases.list_groups(session, who, office_id, search, 500)
    choices = {"ubigeo": await district_choices(session, office.ubigeo), "office_id": [(str(office.id), office.name)]}
    acts = [
        form(
            f"/offices/{office_id}/groups",
            "Enter a group",
            GroupIn,
            choices=choices,
            values={"office_id": office.id},
            typed=typed,
        )
    ]
    may = who.may(Act.CREATE_GROUP, office_id)
    table = Table(
        "Groups",
        ["Name", "Kind of organisation", "RUC", "Place or street"],
        [[Link(row.name, f"/groups/{row.id}"), Word(row.kind.value), row.ruc, row.place] for row in rows],
        links=[Link("Perhaps registered twice", f"/offices/{office_id}/lookalikes", translate=True)] if may else (),
    )
    crumbs = [CRUMB, Link(office.name, f"/offices/{office.id}")]
    return show(request, View("Groups", translate_title=True, crumbs=crumbs, tables=[table], acts=acts if may else ()))


@router.get("/groups/{group_id}")
async def show_group(request: Request, session: Work, who: Who, group_id: UUID) -> Response:
    """A group with its board, roll and accounts."""
    return await _group(request, session, who, group_id)


async def _group(request: Request, session: Session, who: Actor, group_id: UUID, typed: Typed | None = None) -> Response:
    group = await group_usecases.get_group(session, who, group_id)
    office = await usecases.get_office(session, who, group.office_id)
    place = await get_place(session, group.ubigeo)
    facts: list[tuple[str, Cell]] = [
        ("Kind of organisation", Word(group.kind.value)),
        ("RUC", group.ruc),
        ("Entry in the public registry", Word(group.registration.value)),
        ("Registry sheet", group.registry_sheet),
        ("Place or street", group.place),
        ("District", f"{place.district}, {place.province}, {place.department} ({group.ubigeo})"),
        ("In its own words", Link("Where we stand", f"/groups/{group.id}/where-we-stand", translate=True)),
    ]
    alike = await groups_alike(request, session, who, group)
    tables = [
        *alike,
        await _board(session, who, group, typed),
        await _roll(session, who, group, typed),
        await _accounts(session, who, group, typed),
    ]
    notes = alike_notes(request, alike)
    return show(request, View(group.name, crumbs=_crumbs(office), facts=facts, tables=tables, notes=notes))


def _crumbs(office: Office) -> list[Link]:
    return [CRUMB, Link(office.name, f"/offices/{office.id}"), Link("Groups", f"/offices/{office.id}/groups", translate=True)]


async def _board(session: Session, who: Actor, group: Group, typed: Typed | None) -> Table:
    rows = await group_usecases.list_mandates(session, who, group.id)
    choices = {"person_id": await person_choices(session, who)}
    return Table(
        "Board",
        ["Name", "Seat on the board", "From", "Last day"],
        [[Link(person.name, f"/persons/{person.id}"), Word(row.role.value), row.since, row.until] for row, person in rows],
        acts=[form(f"/groups/{group.id}/mandates", "Enter a mandate", MandateIn, choices=choices, typed=typed)],
    )


async def _roll(session: Session, who: Actor, group: Group, typed: Typed | None) -> Table:
    families = await group_usecases.families_of(session, group.id)
    from_file = Link("Enter families from a file", f"/groups/{group.id}/roll-drafts", translate=True)
    rows: list[list[Cell]] = [
        [
            family.family.code,
            family.head.name,
            ", ".join(person.name for _, person in family.members[1:]),
        ]
        for family in families
    ]
    return Table(
        "Roll of families",
        ["Number on the roll", "Head of the family", "Other members"],
        rows,
        acts=[form(f"/groups/{group.id}/families", "Enter a family", FamilyIn, typed=typed)],
        links=[from_file] if who.may(Act.UPLOAD_ROLL, group.office_id) else (),
    )


async def _accounts(session: Session, who: Actor, group: Group, typed: Typed | None) -> Table:
    rows = await account_usecases.list_accounts(session, who, group.id)
    pending = [(str(row.id), f"{row.bank} {row.cci}") for row in rows if row.status == AccountStatus.PENDING]
    reads = who.may(Act.READ_ACCOUNT_DIGITS, group.office_id)
    whole = [
        form(f"/accounts/{row.id}/reading", Phrase("Show the whole number of {account}", account=row.cci))
        for row in rows
        if reads
    ]
    return Table(
        "Bank accounts",
        ["Bank", "CCI", "Holder", "State"],
        [[row.bank, row.cci, row.holder, State(row.status.value)] for row in rows],
        acts=[
            *whole,
            form(f"/groups/{group.id}/accounts", "Propose an account", AccountIn, typed=typed),
            form(
                f"/groups/{group.id}/decisions",
                "Decide on the proposed account",
                Decision,
                choices={"account_id": pending},
                typed=typed,
            )
            if pending
            else None,
        ],
    )


@router.post("/accounts/{account_id}/reading")
async def read_account(request: Request, session: Work, who: Who, account_id: UUID) -> Response:
    """The whole numbers of an account, shown this once; the record keeps who read them."""
    group, account = await account_usecases.read_account(session, who, account_id)
    facts: list[tuple[str, Cell]] = [
        ("Bank", account.bank),
        ("Account number", account.number),
        ("CCI", account.cci),
        ("Holder", account.holder),
        ("State", State(account.status.value)),
    ]
    crumbs = [Link(group.name, f"/groups/{group.id}")]
    view = View("Bank account", translate_title=True, crumbs=crumbs, facts=facts, notes=[say(language_of(request), NOTED)])
    return page(request, "pages/view.html", no_store=True, view=view)


class Decision(AccountDecisionIn):
    """Which account, and whether it is right."""

    account_id: UUID = Field(description="Account")


async def _register_family(session: Session, who: Actor, group_id: UUID, given: FamilyIn) -> None:
    await group_usecases.register_families(session, who, group_id, RollIn(families=[given]))


async def _create_group(session: Session, who: Actor, _office_id: UUID, given: GroupIn) -> Group:
    return await group_usecases.create_group(session, who, given)


async def _decide_account(session: Session, who: Actor, _group_id: UUID, given: Decision) -> None:
    await account_usecases.decide_account(session, who, given.account_id, AccountDecisionIn(accept=given.accept))


def _back(_result: object, group_id: UUID) -> str:
    return f"/groups/{group_id}"


act(router, "/offices/{office_id}/groups", GroupIn, _create_group, page=_groups, to=lambda group, _: f"/groups/{group.id}")
act(router, "/groups/{group_id}/mandates", MandateIn, group_usecases.add_mandate, page=_group, to=_back)
act(router, "/groups/{group_id}/families", FamilyIn, _register_family, page=_group, to=_back)
act(router, "/groups/{group_id}/accounts", AccountIn, account_usecases.propose_account, page=_group, to=_back)
act(router, "/groups/{group_id}/decisions", Decision, _decide_account, page=_group, to=_back)
