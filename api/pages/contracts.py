"""The contracts of an office: awards that wait for one, drafts, and those that have their number."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.pages.acts import Empty, act
from api.pages.forms import Form, Typed, form
from api.pages.offices import CRUMB
from api.pages.views import Cell, Link, State, Table, View, show
from service.contracts import usecases
from service.contracts.models import Contract, ContractDraft
from service.contracts.queries import award_without_contract, awards_without_contract, list_contracts
from service.contracts.shapes import ContractDraftIn
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.people.usecases import get_office

router = new_router("contracts")


@router.get("/offices/{office_id}/contracts")
async def list_office_contracts(request: Request, session: Work, who: Who, office_id: UUID) -> Response:
    """The awards of an office that wait for a contract, and its contracts."""
    office = await get_office(session, who, office_id)
    waiting = await awards_without_contract(session, who, office_id)
    contracts = await list_contracts(session, who, office_id, limit=1000)
    awards = Table(
        "Awards without a contract",
        ["Contest", "Plan", "Organisation", "Amount", "State"],
        [
            [
                Link(row.contest.code, f"/contests/{row.contest.id}"),
                Link(f"{row.application.code} · {row.proposal.title}", f"/awards/{row.award.id}/contract"),
                row.group.name,
                row.award.amount,
                State("drafted") if row.draft else State("to be drafted"),
            ]
            for row in waiting
        ],
        empty="No award waits for a contract.",
    )
    numbered = Table(
        "Contracts",
        ["Number", "Organisation", "Amount", "Numbered", "State"],
        [
            [
                Link(row.number, f"/contracts/{row.id}"),
                row.data["group"]["name"],
                row.amount,
                row.numbered_at,
                State(row.status.value),
            ]
            for row in contracts
        ],
    )
    crumbs = [CRUMB, Link(office.name, f"/offices/{office_id}")]
    return show(request, View("Contracts", translate_title=True, crumbs=crumbs, tables=[awards, numbered]))


@router.get("/awards/{award_id}/contract")
async def show_draft(request: Request, session: Work, who: Who, award_id: UUID) -> Response:
    """The draft of the contract for an award."""
    return await _draft(request, session, who, award_id)


async def _draft(request: Request, session: Session, who: Actor, award_id: UUID, typed: Typed | None = None) -> Response:
    found = await award_without_contract(session, who, award_id)
    office = await get_office(session, who, found.office_id)
    draft = found.draft
    facts: list[tuple[str, Cell]] = [
        ("Contest", Link(found.contest.title, f"/contests/{found.contest.id}")),
        ("Application", Link(found.application.code, f"/applications/{found.application.id}")),
        ("Organisation", Link(found.group.name, f"/groups/{found.group.id}")),
        ("Amount awarded", found.award.amount),
        ("Own share", found.application.own_share),
    ]
    if draft:
        facts += [("Term in months", draft.months), ("Resolution that empowers the office head to sign", draft.resolution)]
    view = View(
        found.proposal.title,
        state="drafted" if draft else "to be drafted",
        crumbs=[
            CRUMB,
            Link(office.name, f"/offices/{office.id}"),
            Link("Contracts", f"/offices/{office.id}/contracts", translate=True),
        ],
        facts=facts,
        texts=[("Further obligations of the group", draft.obligations)] if draft else [],
        acts=_acts(who, award_id, found.office_id, draft, typed),
    )
    return show(request, view)


def _acts(who: Actor, award_id: UUID, office_id: UUID, draft: ContractDraft | None, typed: Typed | None) -> list[Form]:
    acts: list[Form] = []
    here = f"/awards/{award_id}/contract"
    if draft and who.may(Act.NUMBER_CONTRACT, office_id):
        explain = "The number is given once; from then on the contract does not change."
        acts.append(form(f"{here}/number", "Give it its number", typed=typed, explain=explain))
    if who.may(Act.DRAFT_CONTRACT, office_id):
        values = draft.model_dump(mode="json", include=set(ContractDraftIn.model_fields)) if draft else {}
        title = "Change the draft" if draft else "Draft the contract"
        acts.append(form(here, title, ContractDraftIn, values=values, typed=typed))
    return acts


async def _number(session: Session, who: Actor, award_id: UUID) -> Contract:
    draft = (await award_without_contract(session, who, award_id)).draft
    if draft is None:
        raise NotFound
    return await usecases.number_contract(session, who, draft.id)


act(
    router,
    "/awards/{award_id}/contract",
    ContractDraftIn,
    usecases.draft_contract,
    page=_draft,
    to=lambda _, award_id: f"/awards/{award_id}/contract",
)
act(
    router,
    "/awards/{award_id}/contract/number",
    Empty,
    _number,
    page=_draft,
    to=lambda contract, _: f"/contracts/{contract.id}",
)
