"""An application: its plan, papers, budget, attributes, the decision on it, and each juror's declaration."""

from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.files import attachment
from api.language import language_of, say, say_reasons
from api.pages.acts import Empty, act
from api.pages.forms import Form, Typed, form
from api.pages.session_tables import recusal_reasons
from api.pages.views import Cell, Link, State, Table, View, Word, show
from service.accountability.queries import list_standings
from service.applications import attributes, eligibility, usecases
from service.applications.models import ApplicationStatus, Paper, PaperKind
from service.applications.queries import Dossier, get_dossier, get_paper_file
from service.applications.shapes import AttributeIn, BudgetIn, EligibilityIn, PresenceIn, ReturnIn
from service.core.actor import Actor, Role
from service.core.db import Session
from service.people.usecases import persons_by_id
from service.scoring import panels, paper_sheets, recusals
from service.scoring.paper_models import PaperSheet
from service.scoring.shapes import PrintSheetIn, RecusalIn

router = new_router("applications")

Written = (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)


class PaperIn(BaseModel, extra="forbid"):
    """Which paper the file is."""

    kind: Annotated[PaperKind, Field(description="Paper")]


@router.get("/applications/{application_id}")
async def show_application(request: Request, session: Work, who: Who, application_id: UUID) -> Response:
    """An application with all that belongs to it, for its office."""
    return await _application(request, session, who, application_id)


async def _application(
    request: Request, session: Session, who: Actor, application_id: UUID, typed: Typed | None = None
) -> Response:
    found = await get_dossier(session, who, application_id)
    application = found.application
    facts: list[tuple[str, Cell]] = [
        ("Contest", Link(found.contest.title, f"/contests/{found.contest.id}")),
        ("Organisation", Link(found.group.name, f"/groups/{found.group.id}")),
        ("Amount requested", application.requested),
        ("Own share", application.own_share),
        ("Filed", application.filed_at),
    ]
    tables = [
        Table(
            "Budget",
            ["What for", "Who pays", "Amount"],
            [[line.description, Word(line.source.value), line.amount] for line in found.budget],
        ),
        Table(
            "Papers",
            ["Paper", "File", "When"],
            [[Word(p.kind.value), Link(name, f"/papers/{p.id}"), p.at] for p, name in found.papers],
        ),
        Table(
            "What the rules look at",
            ["Attribute", "Value", "Where the value comes from", "When"],
            [[Word(row.name), row.value, row.source, row.at] for row in found.attributes],
        ),
        Table(
            "Decisions on the papers",
            ["Outcome", "Reasons", "Note", "When"],
            [
                [State(row.outcome.value), say_reasons(language_of(request), row.reasons), row.note, row.at]
                for row in found.decisions
            ],
        ),
    ]
    tables += [await _standing(session, who, application.group_id)]
    tables.append(await _recusals(session, who, found, language_of(request), typed))
    view = View(
        f"{application.code} · {found.proposal.title}",
        state=application.status.value,
        crumbs=[Link(found.contest.title, f"/contests/{found.contest.id}")],
        facts=facts,
        texts=[("Summary of the plan", found.proposal.summary)],
        tables=tables,
        acts=_acts(who, found, typed),
    )
    return show(request, view)


async def _standing(session: Session, who: Actor, group_id: UUID) -> Table:
    """What the organisation still owes from earlier contracts: the decision on eligibility looks at it."""
    found = await list_standings(session, who, group_id)
    return Table(
        "Contracts of the organisation",
        ["Contract", "State", "Amount awarded", "To be paid", "Not accounted for yet"],
        [
            [
                Link(each.number, f"/contracts/{each.contract_id}"),
                State(each.status.value),
                each.amount,
                each.unpaid,
                each.unaccounted,
            ]
            for each in found
        ],
        empty="None.",
    )


async def _recusals(session: Session, who: Actor, found: Dossier, language: str, typed: Typed | None) -> Table:
    """Who takes no part in this application; the secretary adds a conflict that was stated later and upheld."""
    rows = await recusals.list_recusals(session, [found.application.id])
    seats = await panels.list_seats(session, who, found.contest.id)
    people = await persons_by_id(session, [*(row.person_id for row in rows), *(seat.person_id for seat in seats)])
    jurors = {str(seat.person_id): f"{seat.juror} · {people[seat.person_id].name}" for seat in seats}
    recuse = form(
        f"/applications/{found.application.id}/recusals",
        "Recuse a juror",
        RecusalIn,
        choices={"person_id": list(jurors.items())},
        typed=typed,
    )
    stages = sorted({seat.stage for seat in seats})
    paper = form(
        f"/applications/{found.application.id}/paper-sheets",
        "Print a juror's sheet",
        PrintSheetIn,
        choices={"person_id": list(jurors.items()), "stage": [(each, say(language, each)) for each in stages]},
        typed=typed,
    )
    leads = who.has(Role.SECRETARY, found.call.office_id) and found.application.status == ApplicationStatus.ELIGIBLE
    return Table(
        "Recusals",
        ["Juror", "Origin", "Reasons", "When"],
        [
            [people[row.person_id].name, Word(row.origin.value), recusal_reasons(row.origin, row.reasons, language), row.at]
            for row in rows
        ],
        empty="None.",
        acts=[recuse, paper] if leads and jurors else (),
    )


def _acts(who: Actor, found: Dossier, typed: Typed | None) -> list[Form]:
    application, office_id = found.application, found.call.office_id
    here = f"/applications/{application.id}"
    keeps = any(who.has(role, office_id) for role in (Role.PROMOTER, Role.SECRETARY))
    decides = any(who.has(role, office_id) for role in (Role.SECRETARY, Role.OFFICE_HEAD))
    acts: list[Form] = []
    if keeps and application.status in (*Written, ApplicationStatus.FILED):
        acts.append(
            form(f"{here}/papers", "Hand in a paper", PaperIn, files=[("file", "File (PDF or photograph)")], typed=typed)
        )
    if keeps and application.status in Written:
        values = BudgetIn.model_validate(
            {
                "requested": application.requested,
                "own_share": application.own_share,
                "lines": [line.model_dump(include={"description", "source", "in_kind", "amount"}) for line in found.budget],
            }
        )
        acts.append(form(f"{here}/budget", "Correct the budget", BudgetIn, values=values.model_dump(mode="json"), typed=typed))
        explain = "What is asked for is fixed when the application is filed."
        acts.append(form(f"{here}/file", "File the application", typed=typed, explain=explain))
    if decides and application.status == ApplicationStatus.FILED:
        acts += [
            form(f"{here}/eligibility", "Decide on the papers", EligibilityIn, typed=typed),
            form(f"{here}/return", "Return it for correction", ReturnIn, typed=typed),
        ]
    if decides and application.status in (ApplicationStatus.FILED, ApplicationStatus.ELIGIBLE):
        acts += [
            form(f"{here}/presence", "Enter the families counted", PresenceIn, typed=typed),
            form(f"{here}/attributes", "Enter another value that the rules look at", AttributeIn, typed=typed),
        ]
    if keeps and application.status in (*Written, ApplicationStatus.FILED, ApplicationStatus.ELIGIBLE):
        acts.append(form(f"{here}/withdraw", "Withdraw the application", typed=typed, danger=True))
    return acts


@router.get("/papers/{paper_id}")
async def download_paper(session: Work, who: Who, paper_id: UUID) -> Response:
    """The file of a paper."""
    return attachment(await get_paper_file(session, who, paper_id))


async def _add_paper(session: Session, who: Actor, application_id: UUID, given: PaperIn, name: str, content: bytes) -> Paper:
    return await usecases.add_paper(session, who, application_id, given.kind, name, content)


async def _print(session: Session, who: Actor, application_id: UUID, given: PrintSheetIn) -> PaperSheet:
    return await paper_sheets.print_sheet(session, who, application_id, given.stage, given.person_id)


def _back(_result: object, application_id: UUID) -> str:
    return f"/applications/{application_id}"


act(router, "/applications/{application_id}/papers", PaperIn, _add_paper, page=_application, to=_back, upload=True)
act(router, "/applications/{application_id}/budget", BudgetIn, usecases.replace_budget, page=_application, to=_back)
act(router, "/applications/{application_id}/file", Empty, usecases.file_application, page=_application, to=_back)
act(router, "/applications/{application_id}/withdraw", Empty, usecases.withdraw_application, page=_application, to=_back)
act(router, "/applications/{application_id}/return", ReturnIn, eligibility.return_application, page=_application, to=_back)
act(
    router,
    "/applications/{application_id}/eligibility",
    EligibilityIn,
    eligibility.decide_eligibility,
    page=_application,
    to=_back,
)
act(router, "/applications/{application_id}/presence", PresenceIn, attributes.record_presence, page=_application, to=_back)
act(router, "/applications/{application_id}/attributes", AttributeIn, attributes.record_attribute, page=_application, to=_back)
act(router, "/applications/{application_id}/recusals", RecusalIn, recusals.recuse_juror, page=_application, to=_back)
act(
    router,
    "/applications/{application_id}/paper-sheets",
    PrintSheetIn,
    _print,
    page=_application,
    to=lambda paper, _: f"/paper-sheets/{paper.id}",
)
