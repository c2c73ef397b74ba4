"""Queries about sheets on paper."""

from collections.abc import Sequence
from datetime import datetime
from secrets import randbelow
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlmodel import col

from service.contests.models import Call, Contest
from service.core.db import Session
from service.scoring.models import ConflictDeclaration
from service.scoring.paper_models import PaperSheet, PaperTyping
from service.scoring.paper_rules import code_of


async def free_code(session: Session) -> str:
    """A code that no paper has; where another transaction takes it meanwhile, the database refuses the second."""
    code = code_of(randbelow(10**8))
    while await session.scalar(select(col(PaperSheet.id)).where(col(PaperSheet.code) == code)):
        code = code_of(randbelow(10**8))
    return code


async def paper_of(
    session: Session, application_id: UUID, stage: str, person_id: UUID, rule_book_id: UUID, corrects_id: UUID | None
) -> PaperSheet | None:
    """The paper that was printed for a juror's sheet under these rules, or for a correction of a locked one."""
    statement = select(PaperSheet).where(
        col(PaperSheet.application_id) == application_id,
        col(PaperSheet.stage) == stage,
        col(PaperSheet.person_id) == person_id,
        col(PaperSheet.rule_book_id) == rule_book_id,
        col(PaperSheet.corrects_id).is_not_distinct_from(corrects_id),
    )
    return (await session.scalars(statement)).one_or_none()


async def paper(session: Session, *, code: str | None = None, paper_id: UUID | None = None) -> tuple[PaperSheet, UUID] | None:
    """A paper sheet by its code or identifier, locked, and its office."""
    statement = (
        select(PaperSheet, col(Call.office_id))
        .join(Contest, col(Contest.id) == col(PaperSheet.contest_id))
        .join(Call, col(Call.id) == col(Contest.call_id))
        .where(col(PaperSheet.code) == code if code else col(PaperSheet.id) == paper_id)
        .with_for_update(of=PaperSheet, key_share=True)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(statement)).one_or_none()
    return (row[0], row[1]) if row else None


async def typings(session: Session, paper: PaperSheet) -> Sequence[PaperTyping]:
    """What was typed in the round that the paper is in, in order."""
    statement = select(PaperTyping).where(col(PaperTyping.paper_id) == paper.id, col(PaperTyping.round) == paper.round)
    return (await session.scalars(statement.order_by(col(PaperTyping.place)))).all()


async def has_typed(session: Session, contest_id: UUID, person_id: UUID) -> bool:
    """Whether a person has typed a paper sheet of a contest, in any round."""
    statement = select(col(PaperTyping.id)).join(PaperSheet, col(PaperSheet.id) == col(PaperTyping.paper_id))
    typed = statement.where(col(PaperSheet.contest_id) == contest_id, col(PaperTyping.typed_by) == person_id)
    return await session.scalar(typed.limit(1)) is not None


async def declared_at(session: Session, paper: PaperSheet) -> datetime:
    """When the juror of a paper declared that there is no conflict."""
    return (await session.get_one(ConflictDeclaration, (paper.application_id, paper.person_id))).at


async def about(session: Session, paper: PaperSheet) -> Row[Any]:
    """What a paper prints of its application, contest and juror."""
    return (await session.execute(_ABOUT, {"paper": paper.id})).one()


async def papers_of_contest(session: Session, contest_id: UUID) -> list[Row[Any]]:
    """The paper sheets of a contest with application, juror and state, by stage, application and juror."""
    return list(await session.execute(_PAPERS, {"contest": contest_id}))


_ABOUT = text(
    """
    SELECT a.code, v.title, g.ubigeo, g.place, c.plan_type, c.request_number, c.code AS contest_code, c.title AS contest_title,
        COALESCE(h.given_names || ' ' || h.family_names, g.name) AS applicant,
        j.given_names || ' ' || j.family_names AS juror, j.dni, s.juror AS short_name,
        (SELECT locked_at FROM score_sheet WHERE id = p.corrects_id) AS corrects,
        COALESCE((SELECT t.origin FROM appointment t JOIN committee m ON m.id = t.committee_id
            WHERE t.person_id = j.id AND m.office_id = k.office_id ORDER BY t.since DESC, t.id LIMIT 1), '') AS body
    FROM paper_sheet p JOIN application a ON a.id = p.application_id JOIN proposal v ON v.id = a.proposal_id
    JOIN "group" g ON g.id = a.group_id JOIN contest c ON c.id = p.contest_id JOIN call k ON k.id = c.call_id
    JOIN person j ON j.id = p.person_id
    JOIN seat s ON (s.contest_id, s.stage, s.person_id) = (p.contest_id, p.stage, p.person_id)
    LEFT JOIN family_member m ON m.family_id = a.family_id AND m.head LEFT JOIN person h ON h.id = m.person_id
    WHERE p.id = :paper
    """
)
_PAPERS = text(
    """
    SELECT p.id, p.code, p.stage, p.status, p.round, p.printed_at, p.corrects_id, a.code AS application, s.juror AS short_name,
        j.given_names || ' ' || j.family_names AS juror
    FROM paper_sheet p JOIN application a ON a.id = p.application_id JOIN person j ON j.id = p.person_id
    JOIN seat s ON (s.contest_id, s.stage, s.person_id) = (p.contest_id, p.stage, p.person_id)
    WHERE p.contest_id = :contest ORDER BY p.stage, a.code, s.juror, p.printed_at
    """
)
