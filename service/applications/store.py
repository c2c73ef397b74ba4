"""Queries about applications, their budgets, papers and attributes."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlmodel import col

from service.applications.models import (
    Answer,
    Application,
    ApplicationStatus,
    Attribute,
    BudgetLine,
    EligibilityDecision,
    Paper,
    PaperKind,
    Proposal,
)
from service.contests.models import Contest, PlanType, Question
from service.core.db import Session
from service.core.errors import NotFound
from service.documents.models import StoredFile
from service.people.groups import Family, Group


async def application(session: Session, application_id: UUID) -> Application:
    """An application. Raises ``NotFound``."""
    row = await session.get(Application, application_id)
    if row is None:
        raise NotFound
    return row


async def application_for_update(session: Session, application_id: UUID) -> Application:
    """An application as it is now, locked until the end of the transaction. Raises ``NotFound``."""
    row = await session.get(Application, application_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


async def proposal(session: Session, proposal_id: UUID) -> Proposal:
    """A proposal. Raises ``NotFound``."""
    row = await session.get(Proposal, proposal_id)
    if row is None:
        raise NotFound("proposal_id")
    return row


async def lock_applicant(session: Session, group_id: UUID) -> None:
    """Let the filings of one group wait for each other, so that its presentations are counted one by one."""
    await session.execute(_LOCK_APPLICANT, {"group_id": str(group_id)})


async def presentations(
    session: Session, group_id: UUID, family_id: UUID | None, plan_type: PlanType, other_than: UUID | None = None
) -> Sequence[ApplicationStatus]:
    """What became of an applicant's filed first requests for a type of plan, over all contests, in the order of filing."""
    statement = (
        select(col(Application.status))
        .join(Contest, col(Contest.id) == col(Application.contest_id))
        .where(col(Application.group_id) == group_id, col(Application.family_id).is_not_distinct_from(family_id))
        .where(col(Contest.plan_type) == plan_type, col(Contest.request_number) == 1)
        .where(col(Application.filed_at).is_not(None), col(Application.id).is_distinct_from(other_than))
        .order_by(col(Application.filed_at), col(Application.id))
    )
    return (await session.scalars(statement)).all()


async def second_requests(session: Session, parent_id: UUID) -> Sequence[ApplicationStatus]:
    """What became of the second requests of an application, in the order of filing."""
    statement = select(col(Application.status)).where(col(Application.parent_id) == parent_id)
    return (await session.scalars(statement.order_by(col(Application.filed_at), col(Application.id)))).all()


async def replace_lines(session: Session, application_id: UUID, lines: Iterable[BudgetLine]) -> None:
    """Put these budget lines in place of the ones there."""
    await session.execute(delete(BudgetLine).where(col(BudgetLine.application_id) == application_id))
    session.add_all(lines)
    await session.flush()


async def lines_of(session: Session, application_id: UUID) -> Sequence[BudgetLine]:
    """The budget of an application, in its order."""
    statement = select(BudgetLine).where(col(BudgetLine.application_id) == application_id)
    return (await session.scalars(statement.order_by(col(BudgetLine.position)))).all()


async def papers_weigh(session: Session, application_id: UUID) -> tuple[int, int]:
    """How many papers an application has, and their bytes together."""
    statement = (
        select(func.count(), func.coalesce(func.sum(col(StoredFile.size)), 0))
        .select_from(Paper)
        .join(StoredFile, col(StoredFile.id) == col(Paper.file_id))
        .where(col(Paper.application_id) == application_id)
    )
    count, size = (await session.execute(statement)).one()
    return int(count), int(size)


async def papers_of(session: Session, application_id: UUID) -> list[tuple[Paper, str]]:
    """The papers of an application with the names of their files, in the order they came in."""
    statement = (
        select(Paper, col(StoredFile.name))
        .join(StoredFile, col(StoredFile.id) == col(Paper.file_id))
        .where(col(Paper.application_id) == application_id)
        .order_by(col(Paper.at), col(Paper.id))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def paper_kinds(session: Session, application_id: UUID) -> frozenset[PaperKind]:
    """The kinds of papers handed in with an application."""
    statement = select(col(Paper.kind)).where(col(Paper.application_id) == application_id).distinct()
    return frozenset(await session.scalars(statement))


async def paper(session: Session, paper_id: UUID) -> Paper:
    """A paper. Raises ``NotFound``."""
    row = await session.get(Paper, paper_id)
    if row is None:
        raise NotFound
    return row


async def attribute(session: Session, application_id: UUID, name: str) -> Attribute | None:
    """The newest value of an attribute."""
    statement = select(Attribute).where(col(Attribute.application_id) == application_id, col(Attribute.name) == name)
    return await session.scalar(statement.order_by(col(Attribute.version).desc()).limit(1))


async def attributes_of(session: Session, application_id: UUID) -> Sequence[Attribute]:
    """Every value of every attribute of an application: by name, the newest first."""
    statement = select(Attribute).where(col(Attribute.application_id) == application_id)
    return (await session.scalars(statement.order_by(col(Attribute.name), col(Attribute.version).desc()))).all()


async def newest_attributes(session: Session, contest_id: UUID) -> list[tuple[UUID, str, str]]:
    """The newest value of each attribute of each application to a contest: application, name, value."""
    rows = await session.execute(_NEWEST_ATTRIBUTES, {"contest_id": contest_id})
    return [(row.application_id, row.name, row.value) for row in rows]


async def decisions_of(session: Session, application_id: UUID) -> Sequence[EligibilityDecision]:
    """What was decided on an application's papers, the newest first."""
    statement = select(EligibilityDecision).where(col(EligibilityDecision.application_id) == application_id)
    return (
        await session.scalars(statement.order_by(col(EligibilityDecision.at).desc(), col(EligibilityDecision.id).desc()))
    ).all()


async def applications_of(
    session: Session, contest_id: UUID | None, group_id: UUID | None, office_ids: Sequence[UUID] | None, limit: int
) -> list[tuple[Application, Proposal, Contest, Group, str | None]]:
    """Applications with their plan, contest, group and family's code: the latest contest first, then by code.

    ``office_ids`` narrows to groups of those offices; None does not.
    """
    statement = (
        select(Application, Proposal, Contest, Group, col(Family.code))
        .join(Proposal, col(Proposal.id) == col(Application.proposal_id))
        .join(Contest, col(Contest.id) == col(Application.contest_id))
        .join(Group, col(Group.id) == col(Application.group_id))
        .join(Family, col(Family.id) == col(Application.family_id), isouter=True)
        .order_by(col(Application.contest_id).desc(), col(Application.code))
        .limit(limit)
    )
    if contest_id is not None:
        statement = statement.where(col(Application.contest_id) == contest_id)
    if group_id is not None:
        statement = statement.where(col(Application.group_id) == group_id)
    if office_ids is not None:
        statement = statement.where(col(Group.office_id).in_(list(office_ids)))
    return [(row[0], row[1], row[2], row[3], row[4]) for row in await session.execute(statement)]


_LOCK_APPLICANT = text("SELECT pg_advisory_xact_lock(hashtextextended('applicant:' || :group_id, 11))")
_NEWEST_ATTRIBUTES = text(
    "SELECT DISTINCT ON (t.application_id, t.name) t.application_id, t.name, t.value FROM application_attribute t "
    "JOIN application a ON a.id = t.application_id WHERE a.contest_id = :contest_id "
    "ORDER BY t.application_id, t.name, t.version DESC"
)


async def answers_of(session: Session, application_id: UUID) -> list[tuple[Question, Answer]]:
    """The answers of an application with their questions, in the order of these."""
    statement = (
        select(Question, Answer)
        .join(Answer, col(Answer.question_id) == col(Question.id))
        .where(col(Answer.application_id) == application_id)
        .order_by(col(Question.position))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def replace_answers(session: Session, application_id: UUID, rows: Iterable[Answer]) -> None:
    """Put these answers in place of the ones there."""
    await session.execute(delete(Answer).where(col(Answer.application_id) == application_id))
    session.add_all(rows)
    await session.flush()
