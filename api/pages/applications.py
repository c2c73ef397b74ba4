"""An application: its plan, papers, budget, attributes, the decision on it, and each juror's declaration."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.files import attachment
from api.language import language_of, say, say_reasons
from api.pages.acts import Empty, act, attempt
from api.pages.confirmations import confirmation_tables, record_paper
from api.pages.contests import asked
from api.pages.forms import Field as Control
from api.pages.forms import Form, Typed, form
from api.pages.presence import presence_tables
from api.pages.record import receipt_fact
from api.pages.session_tables import recusal_reasons
from api.pages.standing import standing_table
from api.pages.views import Cell, Link, State, Table, View, Word, show
from service.applications import attributes, eligibility, usecases
from service.applications.answers import answer_questions
from service.applications.confirmation import send_code
from service.applications.models import Application, ApplicationStatus, Paper, PaperKind
from service.applications.queries import Dossier, get_dossier, get_paper_file
from service.applications.shapes import (
    AnswersIn,
    AttributeIn,
    BudgetIn,
    EligibilityIn,
    PaperConfirmationIn,
    PresenceIn,
    ReturnIn,
)
from service.contests.models import Question, QuestionKind
from service.contests.questions import NO, YES
from service.contests.rules import WITH_RESULT
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.people.usecases import persons_by_id
from service.scoring import panels, paper_sheets, recusals
from service.scoring.paper_models import PaperSheet
from service.scoring.shapes import PrintSheetIn, RecusalIn

router = new_router("applications")

Written = (ApplicationStatus.DRAFT, ApplicationStatus.RETURNED)
KINDS = {QuestionKind.TEXT: "text", QuestionKind.NUMBER: "money", QuestionKind.CHOICE: "choice", QuestionKind.YES_NO: "choice"}
"""How a question is drawn."""


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
        *await receipt_fact(session, f"application:{application_id}", "application.filed"),
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
    tables[1:1] = _answers(found, language_of(request))
    tables += await _more(session, who, found, language_of(request), typed)
    view = View(
        f"{application.code} · {found.proposal.title}",
        state=application.status.value,
        crumbs=[Link(found.contest.title, f"/contests/{found.contest.id}")],
        facts=facts,
        texts=[("Summary of the plan", found.proposal.summary)],
        tables=tables,
        acts=_acts(who, found, language_of(request), typed),
    )
    return show(request, view)


async def _more(session: Session, who: Actor, found: Dossier, language: str, typed: Typed | None) -> list[Table]:
    """What other rooms know of the application: the confirmation, who was present, what is owed, who is recused."""
    return [
        *await confirmation_tables(session, who, found, typed),
        *await presence_tables(session, who, found.application),
        await standing_table(session, who, found.application.group_id),
        await _recusals(session, who, found, language, typed),
    ]


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
    leads = who.may(Act.RECUSE_JUROR, found.call.office_id) and found.application.status == ApplicationStatus.ELIGIBLE
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


def _acts(who: Actor, found: Dossier, language: str, typed: Typed | None) -> list[Form]:
    application, office_id = found.application, found.call.office_id
    here = f"/applications/{application.id}"
    keeps = who.may(Act.FILE_APPLICATION, office_id)
    decides = who.may(Act.DECIDE_ELIGIBILITY, office_id)
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
        acts.append(filing_form(f"{here}/file", found, language, typed))
    if decides and application.status == ApplicationStatus.FILED:
        acts += [
            form(f"{here}/eligibility", "Decide on the papers", EligibilityIn, typed=typed),
            form(f"{here}/return", "Return it for correction", ReturnIn, typed=typed),
        ]
    examined = application.status in (ApplicationStatus.FILED, ApplicationStatus.ELIGIBLE)
    if decides and examined and found.contest.status not in WITH_RESULT:
        acts += [
            form(f"{here}/presence", "Enter the families counted", PresenceIn, typed=typed),
            form(f"{here}/attributes", "Enter another value that the rules look at", AttributeIn, typed=typed),
        ]
    if keeps and application.status in (*Written, ApplicationStatus.FILED, ApplicationStatus.ELIGIBLE):
        acts.append(form(f"{here}/withdraw", "Withdraw the application", typed=typed, danger=True))
    return acts


def _answers(found: Dossier, language: str) -> list[Table]:
    """What the application answers to the questions of its contest, if there are any."""
    rows: list[list[Cell]] = [[asked(each, language), _answer(each, found.answers.get(each.code))] for each in found.questions]
    return [Table("Answers", ["Question", "Answer"], rows)] if rows else []


def _answer(question: Question, text: str | None) -> Cell:
    return Word(text) if text and question.kind == QuestionKind.YES_NO else text


def filing_form(action: str, found: Dossier, language: str, typed: Typed | None) -> Form:
    """The form that files an application, with the questions of its contest."""
    explain = "What is asked for is fixed when the application is filed."
    filing = form(action, "File the application", typed=typed, explain=explain)
    mine = typed if typed is not None and typed.action == action else Typed(action)
    fields = [
        Control(
            f"answers.{each.code}",
            f"{asked(each, language)} {each.help and f'({each.help})'}".strip(),
            KINDS[each.kind],
            each.required,
            mine.values.get(f"answers.{each.code}", found.answers.get(each.code, "")),
            mine.errors.get(f"answers.{each.code}"),
            [(YES, YES), (NO, NO)] if each.kind == QuestionKind.YES_NO else [(text, text) for text in each.choices],
            translate=each.kind == QuestionKind.YES_NO,
        )
        for each in found.questions
    ]
    shown = {field.name for field in fields}
    general = " ".join(text for name, text in mine.errors.items() if name not in shown)
    return replace(filing, fields=fields, error=general or None)


@router.post("/applications/{application_id}/file")
async def file(request: Request, session: Work, who: Who, application_id: UUID) -> Response:
    """Answer the questions of the contest and file the application; refused, what was typed comes back."""
    data = await request.form()
    answers = {name.partition(".")[2]: str(value).strip() for name, value in data.items() if name.startswith("answers.")}

    async def run() -> Application:
        if answers:
            await answer_questions(session, who, application_id, AnswersIn(answers=answers))
        return await usecases.file_application(session, who, application_id)

    return await attempt(request, session, run, page=_application, to=_back)


@router.get("/papers/{paper_id}")
async def download_paper(session: Work, who: Who, paper_id: UUID) -> Response:
    """The file of a paper."""
    return attachment(await get_paper_file(session, who, paper_id))


async def _add_paper(session: Session, who: Actor, application_id: UUID, given: PaperIn, name: str, content: bytes) -> Paper:
    return await usecases.add_paper(session, who, application_id, given.kind, name, content)


async def _print(session: Session, who: Actor, application_id: UUID, given: PrintSheetIn) -> PaperSheet:
    return await paper_sheets.print_sheet(
        session, who, application_id, given.stage, given.person_id, correcting=given.correcting
    )


def _back(_result: object, application_id: UUID) -> str:
    return f"/applications/{application_id}"


act(router, "/applications/{application_id}/papers", PaperIn, _add_paper, page=_application, to=_back, upload=True)
act(router, "/applications/{application_id}/budget", BudgetIn, usecases.replace_budget, page=_application, to=_back)
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
act(
    router,
    "/applications/{application_id}/confirmation",
    PaperConfirmationIn,
    record_paper,
    page=_application,
    to=_back,
    upload=True,
)
act(router, "/applications/{application_id}/confirmation-code/sms", Empty, send_code, page=_application, to=_back)
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
