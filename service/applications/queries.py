"""Reading applications: for whoever holds a role in the office of the call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from service.applications import store
from service.applications.answers import answers_of
from service.applications.models import Application, Attribute, BudgetLine, EligibilityDecision, Paper, Proposal
from service.contests.models import Call, Contest, Question
from service.contests.questions import questions_of
from service.contests.usecases import contest_with_call
from service.core.actor import Actor, may
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.documents.models import StoredFile
from service.documents.usecases import get_file
from service.people.group_usecases import get_group
from service.people.groups import Group


@dataclass(frozen=True)
class ApplicationEntry:
    """An application as lists show it; ``family`` is the code of the family that applies, if one does."""

    application: Application
    proposal: Proposal
    contest: Contest
    group: Group
    family: str | None


@dataclass(frozen=True)
class Dossier:
    """An application with all that belongs to it: papers with the names of their files, attributes and decisions newest first.

    ``answers`` are by the codes of the contest's ``questions``.
    """

    application: Application
    proposal: Proposal
    contest: Contest
    call: Call
    group: Group
    budget: Sequence[BudgetLine]
    papers: Sequence[tuple[Paper, str]]
    attributes: Sequence[Attribute]
    decisions: Sequence[EligibilityDecision]
    questions: Sequence[Question]
    answers: Mapping[str, str]


async def get_application(session: Session, actor: Actor | None, application_id: UUID) -> Application:
    """An application, for its office. Raises ``NotFound``."""
    application, _, _ = await _visible(session, actor, application_id)
    return application


async def get_dossier(session: Session, actor: Actor | None, application_id: UUID) -> Dossier:
    """An application with all that belongs to it, for its office. Raises ``NotFound``."""
    application, contest, call = await _visible(session, actor, application_id)
    return Dossier(
        application=application,
        proposal=await store.proposal(session, application.proposal_id),
        contest=contest,
        call=call,
        group=await get_group(session, actor, application.group_id),
        budget=await store.lines_of(session, application_id),
        papers=await store.papers_of(session, application_id),
        attributes=await store.attributes_of(session, application_id),
        decisions=await store.decisions_of(session, application_id),
        questions=await questions_of(session, contest.id),
        answers=await answers_of(session, application_id),
    )


async def get_paper_file(session: Session, actor: Actor | None, paper_id: UUID) -> StoredFile:
    """The file of a paper, for its office. Raises ``NotFound``."""
    paper = await store.paper(session, paper_id)
    await _visible(session, actor, paper.application_id)
    return await get_file(session, paper.file_id)


async def list_applications(
    session: Session, actor: Actor, contest_id: UUID | None = None, group_id: UUID | None = None, limit: int = 3000
) -> list[ApplicationEntry]:
    """The applications to a contest, or of a group, or all that the actor's offices have: the latest contest first, then by code.

    Raises ``NotFound`` for a contest of an office in which the actor holds no role.
    """
    if contest_id is not None:
        _, call = await contest_with_call(session, contest_id)
        if not actor.may(Act.READ_APPLICATION, call.office_id):
            raise NotFound
    offices = actor.offices(Act.READ_APPLICATION)
    rows = await store.applications_of(session, contest_id, group_id, None if offices is None else list(offices), limit)
    return [ApplicationEntry(*row) for row in rows]


async def application_and_contest(session: Session, application_id: UUID) -> tuple[Application, Contest, Call]:
    """An application with its contest and call, for areas above that check who may see it. Raises ``NotFound``."""
    application = await store.application(session, application_id)
    return application, *await contest_with_call(session, application.contest_id)


async def papers_of(session: Session, application_id: UUID) -> list[Paper]:
    """The papers handed in with an application: for areas above that have asked who may see them."""
    return [paper for paper, _ in await store.papers_of(session, application_id)]


async def budget_of(session: Session, application_id: UUID) -> Sequence[BudgetLine]:
    """The budget of an application in its order, for areas above."""
    return await store.lines_of(session, application_id)


async def proposal_of(session: Session, proposal_id: UUID) -> Proposal:
    """The plan of an application, for areas above. Raises ``NotFound``."""
    return await store.proposal(session, proposal_id)


async def _visible(session: Session, actor: Actor | None, application_id: UUID) -> tuple[Application, Contest, Call]:
    application, contest, call = await application_and_contest(session, application_id)
    if not may(actor, Act.READ_APPLICATION, call.office_id):
        raise NotFound
    return application, contest, call
