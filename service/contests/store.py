"""Queries about calls, contests and rule books."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlmodel import col

from service.contests.models import Call, CallStatus, Contest, PublishedRuleBook, Question, Rehearsal, RuleBookDraft
from service.core.db import Session
from service.core.errors import NotFound


async def call(session: Session, call_id: UUID) -> Call:
    """A call. Raises ``NotFound``."""
    row = await session.get(Call, call_id)
    if row is None:
        raise NotFound
    return row


async def call_for_update(session: Session, call_id: UUID) -> Call:
    """A call as it is now, locked until the end of the transaction. Raises ``NotFound``."""
    row = await session.get(Call, call_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row


async def contest(session: Session, contest_id: UUID) -> tuple[Contest, Call]:
    """A contest and its call. Raises ``NotFound``."""
    statement = select(Contest, Call).join(Call, col(Call.id) == col(Contest.call_id)).where(col(Contest.id) == contest_id)
    row = (await session.execute(statement)).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


async def contest_for_update(session: Session, contest_id: UUID) -> tuple[Contest, Call]:
    """A contest as it is now, locked, and its call. Raises ``NotFound``."""
    row = await session.get(Contest, contest_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NotFound
    return row, await call(session, row.call_id)


async def contests_for_update(session: Session, call_id: UUID) -> Sequence[Contest]:
    """The contests of a call, by code, locked until the end of the transaction."""
    statement = select(Contest).where(col(Contest.call_id) == call_id).order_by(col(Contest.code)).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).all()


async def calls(session: Session, office_id: UUID | None, draft_offices: Sequence[UUID] | None) -> Sequence[Call]:
    """Calls of an office (or of all), the latest to close first; drafts only of ``draft_offices`` (None: of every office)."""
    statement = select(Call).order_by(col(Call.closes_at).desc(), col(Call.id))
    if office_id is not None:
        statement = statement.where(col(Call.office_id) == office_id)
    if draft_offices is not None:
        statement = statement.where(or_(col(Call.status) == CallStatus.PUBLISHED, col(Call.office_id).in_(list(draft_offices))))
    return (await session.scalars(statement)).all()


async def contests_with_calls(session: Session, call_ids: Sequence[UUID]) -> list[tuple[Contest, Call]]:
    """The contests of calls with their calls: the latest call to close first, then by code."""
    statement = (
        select(Contest, Call)
        .join(Call, col(Call.id) == col(Contest.call_id))
        .where(col(Call.id).in_(list(call_ids)))
        .order_by(col(Call.closes_at).desc(), col(Call.id), col(Contest.code))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def draft(session: Session, contest_id: UUID) -> RuleBookDraft | None:
    """The rules of a contest as they were last saved."""
    return await session.get(RuleBookDraft, contest_id)


async def drafts(session: Session, contest_ids: Sequence[UUID]) -> dict[UUID, RuleBookDraft]:
    """The saved rules of contests, by contest."""
    statement = select(RuleBookDraft).where(col(RuleBookDraft.contest_id).in_(list(contest_ids)))
    rows = await session.scalars(statement.execution_options(populate_existing=True))
    return {row.contest_id: row for row in rows}


async def rule_books(session: Session, contest_id: UUID) -> Sequence[PublishedRuleBook]:
    """Every published version of a contest's rules, the newest first."""
    statement = select(PublishedRuleBook).where(col(PublishedRuleBook.contest_id) == contest_id)
    return (await session.scalars(statement.order_by(col(PublishedRuleBook.version).desc()))).all()


async def newest_rule_book(session: Session, contest_id: UUID) -> PublishedRuleBook | None:
    """The rule book in force."""
    statement = select(PublishedRuleBook).where(col(PublishedRuleBook.contest_id) == contest_id)
    return await session.scalar(statement.order_by(col(PublishedRuleBook.version).desc()).limit(1))


async def newest_rule_books(session: Session, contest_ids: Sequence[UUID]) -> dict[UUID, PublishedRuleBook]:
    """The rule books in force, by contest."""
    statement = (
        select(PublishedRuleBook)
        .where(col(PublishedRuleBook.contest_id).in_(list(contest_ids)))
        .order_by(col(PublishedRuleBook.contest_id), col(PublishedRuleBook.version))
    )
    return {row.contest_id: row for row in await session.scalars(statement)}


async def rehearsals(session: Session, contest_ids: Sequence[UUID]) -> Sequence[Rehearsal]:
    """The rehearsals of contests' rules, the newest first."""
    statement = select(Rehearsal).where(col(Rehearsal.contest_id).in_(list(contest_ids)))
    return (await session.scalars(statement.order_by(col(Rehearsal.at).desc(), col(Rehearsal.id).desc()))).all()


async def questions(session: Session, contest_id: UUID) -> Sequence[Question]:
    """The questions of a contest, in their order."""
    statement = select(Question).where(col(Question.contest_id) == contest_id)
    return (await session.scalars(statement.order_by(col(Question.position)))).all()


async def replace_questions(session: Session, contest_id: UUID, rows: Sequence[Question]) -> None:
    """Put these questions in place of the ones there."""
    await session.execute(delete(Question).where(col(Question.contest_id) == contest_id))
    session.add_all(rows)
    await session.flush()
