"""Applications: registering, budgets, papers, filing, eligibility, attributes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.files import FILE, attachment
from api.routes.answers import IdOut, Out
from api.routes.uploads import UploadIn
from service.applications import answers, attributes, eligibility, queries, usecases
from service.applications.models import ApplicationStatus, BudgetSource, PaperKind
from service.applications.shapes import AnswersIn, ApplicationIn, AttributeIn, BudgetIn, EligibilityIn, PresenceIn, ReturnIn
from service.core.money import Money

router = new_router("applications")


class ApplicationOut(Out):
    """One presentation of a plan to a contest."""

    id: UUID
    proposal_id: UUID
    contest_id: UUID
    group_id: UUID
    family_id: UUID | None
    code: str
    requested: Money
    own_share: Money
    filed_at: datetime | None
    correct_until: datetime | None
    status: ApplicationStatus
    parent_id: UUID | None
    accounting: dict[str, Any] | None


class BudgetLineOut(Out):
    """What a part of the money is for, and who puts it in."""

    id: UUID
    position: int
    description: str
    source: BudgetSource
    in_kind: bool
    amount: Money


class PaperOut(Out):
    """A paper that was handed in."""

    id: UUID
    kind: PaperKind
    name: str
    at: datetime


class AttributeOut(Out):
    """A value that the rules look at; the highest version of a name holds."""

    name: str
    version: int
    value: str
    source: str
    at: datetime


class DecisionOut(Out):
    """What was decided on the papers, with the reasons found then."""

    outcome: ApplicationStatus
    reasons: list[str]
    note: str
    at: datetime


class DossierOut(ApplicationOut):
    """An application with all that belongs to it, the newest first."""

    title: str
    summary: str
    budget: list[BudgetLineOut]
    papers: list[PaperOut]
    attributes: list[AttributeOut]
    decisions: list[DecisionOut]
    answers: dict[str, str]


class ExaminationOut(Out):
    """What would be found today: what shuts the door, and the tasks that remain."""

    blocking: list[str]
    tasks: list[str]


class PaperIn(UploadIn):
    """A paper (PDF, PNG or JPEG) and which one it is."""

    kind: PaperKind


@router.post("/contests/{contest_id}/applications", status_code=201)
async def register_application(session: Work, who: Who, contest_id: UUID, given: ApplicationIn) -> ApplicationOut:
    """Prepare a presentation of a plan."""
    return ApplicationOut.of(await usecases.register_application(session, who, contest_id, given))


@router.get("/contests/{contest_id}/applications")
async def list_applications(
    session: Work, who: Who, contest_id: UUID, limit: int = 50, offset: int = 0
) -> list[ApplicationOut]:
    """The applications to a contest, by code, for its office."""
    first, most = max(offset, 0), min(max(limit, 1), 500)
    entries = await queries.list_applications(session, who, contest_id=contest_id)
    return [ApplicationOut.of(entry.application) for entry in entries[first : first + most]]


@router.get("/groups/{group_id}/applications")
async def list_applications_of_group(session: Work, who: Who, group_id: UUID, limit: int = 50) -> list[ApplicationOut]:
    """What a group has presented, in the offices that the reader works in."""
    entries = await queries.list_applications(session, who, group_id=group_id)
    return [ApplicationOut.of(entry.application) for entry in entries[: min(max(limit, 1), 500)]]


@router.get("/applications/{application_id}")
async def get_application(session: Work, who: Who, application_id: UUID) -> DossierOut:
    """An application with its plan, budget, papers, attributes and the decisions on it."""
    found = await queries.get_dossier(session, who, application_id)
    return DossierOut(
        **ApplicationOut.of(found.application).model_dump(),
        title=found.proposal.title,
        summary=found.proposal.summary,
        budget=[BudgetLineOut.of(line) for line in found.budget],
        papers=[PaperOut(id=paper.id, kind=paper.kind, name=name, at=paper.at) for paper, name in found.papers],
        attributes=[AttributeOut.of(row) for row in found.attributes],
        decisions=[DecisionOut.of(row) for row in found.decisions],
        answers=dict(found.answers),
    )


@router.post("/applications/{application_id}/answers", status_code=201)
async def answer_questions(session: Work, who: Who, application_id: UUID, given: AnswersIn) -> dict[str, str]:
    """Put answers to the contest's questions beside those there; all answers by code."""
    return await answers.answer_questions(session, who, application_id, given)


@router.post("/applications/{application_id}/budget", status_code=201)
async def replace_budget(session: Work, who: Who, application_id: UUID, given: BudgetIn) -> ApplicationOut:
    """Put a budget in place of the one there."""
    return ApplicationOut.of(await usecases.replace_budget(session, who, application_id, given))


@router.post("/applications/{application_id}/papers", status_code=201)
async def add_paper(session: Work, who: Who, application_id: UUID, given: PaperIn) -> IdOut:
    """Hand in a paper."""
    return IdOut.of(await usecases.add_paper(session, who, application_id, given.kind, given.name, given.content))


@router.get("/papers/{paper_id}/file", response_class=Response, responses=FILE)
async def get_paper_file(session: Work, who: Who, paper_id: UUID) -> Response:
    """The file of a paper."""
    return attachment(await queries.get_paper_file(session, who, paper_id))


@router.post("/applications/{application_id}/filing", status_code=201)
async def file_application(session: Work, who: Who, application_id: UUID) -> ApplicationOut:
    """File an application: what it asks for is fixed from now on."""
    return ApplicationOut.of(await usecases.file_application(session, who, application_id))


@router.post("/applications/{application_id}/withdrawal", status_code=201)
async def withdraw_application(session: Work, who: Who, application_id: UUID) -> ApplicationOut:
    """Take an undecided application back."""
    return ApplicationOut.of(await usecases.withdraw_application(session, who, application_id))


@router.get("/applications/{application_id}/examination")
async def check_eligibility(session: Work, who: Who, application_id: UUID) -> ExaminationOut:
    """What would be found today."""
    return ExaminationOut.of(await eligibility.check_eligibility(session, who, application_id))


@router.post("/applications/{application_id}/return", status_code=201)
async def return_application(session: Work, who: Who, application_id: UUID, given: ReturnIn) -> ApplicationOut:
    """Give an application back for correction until a date."""
    return ApplicationOut.of(await eligibility.return_application(session, who, application_id, given))


@router.post("/applications/{application_id}/eligibility", status_code=201)
async def decide_eligibility(session: Work, who: Who, application_id: UUID, given: EligibilityIn) -> DecisionOut:
    """Decide whether an application takes part."""
    return DecisionOut.of(await eligibility.decide_eligibility(session, who, application_id, given))


@router.post("/applications/{application_id}/attributes", status_code=201)
async def record_attribute(session: Work, who: Who, application_id: UUID, given: AttributeIn) -> AttributeOut:
    """Enter a value that the rules look at."""
    return AttributeOut.of(await attributes.record_attribute(session, who, application_id, given))


@router.post("/applications/{application_id}/presence", status_code=201)
async def record_presence(session: Work, who: Who, application_id: UUID, given: PresenceIn) -> AttributeOut:
    """Enter the families counted at the visit."""
    return AttributeOut.of(await attributes.record_presence(session, who, application_id, given))
