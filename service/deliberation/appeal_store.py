"""Queries about appeals."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text
from sqlmodel import col

from service.core.db import Session
from service.deliberation.appeal_models import (
    Appeal,
    AppealOpinion,
    AppealPanelist,
    AppealRemedy,
    AppealResolution,
    AppealRun,
    AppealStatus,
    RemedyUse,
    ResolutionSignature,
)
from service.deliberation.appeal_rules import OPEN
from service.deliberation.models import RankingRun
from service.people.models import Credential, Person


async def announced_anew(session: Session, contest_id: UUID, application_id: UUID | None = None) -> datetime | None:
    """When what holds of an application was first announced; without one, the newest announcement that changed anybody's result."""
    return await session.scalar(select(func.announced_anew(contest_id, application_id)))


async def appeals_in(session: Session, contest_ids: Collection[UUID]) -> Sequence[Appeal]:
    """The appeals in contests, in the order of filing."""
    statement = select(Appeal).where(col(Appeal.contest_id).in_(list(contest_ids)))
    return (await session.scalars(statement.order_by(col(Appeal.filed_at), col(Appeal.id)))).all()


async def appeals_of(session: Session, application_id: UUID) -> Sequence[Appeal]:
    """The appeals of an application, in the order of filing."""
    statement = select(Appeal).where(col(Appeal.application_id) == application_id)
    return (await session.scalars(statement.order_by(col(Appeal.filed_at), col(Appeal.id)))).all()


async def open_in(session: Session, contest_ids: Collection[UUID]) -> list[Row[Any]]:
    """The appeals in contests that are not settled: application, its code, and the contest."""
    return list(await session.execute(_OPEN, {"contests": list(contest_ids), "open": [status.value for status in OPEN]}))


async def panel_of(session: Session, appeal_id: UUID) -> dict[UUID, Person]:
    """Who hears an appeal, by name."""
    statement = (
        select(Person)
        .join(AppealPanelist, col(AppealPanelist.person_id) == col(Person.id))
        .where(col(AppealPanelist.appeal_id) == appeal_id)
    )
    return {person.id: person for person in await session.scalars(statement.order_by(col(Person.sort_key), col(Person.id)))}


async def opinions_on(session: Session, appeal_id: UUID) -> dict[UUID, AppealOpinion]:
    """The opinions on an appeal, in the order they were given."""
    statement = select(AppealOpinion).where(col(AppealOpinion.appeal_id) == appeal_id)
    rows = await session.scalars(statement.order_by(col(AppealOpinion.at), col(AppealOpinion.person_id)))
    return {row.person_id: row for row in rows}


async def remedies_of(session: Session, appeal_id: UUID) -> list[tuple[AppealRemedy, RemedyUse | None]]:
    """What a ruling opened, and whether it was used."""
    statement = (
        select(AppealRemedy, RemedyUse)
        .outerjoin(RemedyUse, col(RemedyUse.remedy_id) == col(AppealRemedy.id))
        .where(col(AppealRemedy.appeal_id) == appeal_id)
        .order_by(col(AppealRemedy.id))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def run_after(session: Session, appeal_id: UUID) -> RankingRun | None:
    """The newest run that follows from an appeal."""
    statement = (
        select(RankingRun)
        .join(AppealRun, col(AppealRun.run_id) == col(RankingRun.id))
        .where(col(AppealRun.appeal_id) == appeal_id)
        .order_by(col(RankingRun.ran_at).desc(), col(RankingRun.id).desc())
        .limit(1)
    )
    return (await session.scalars(statement)).first()


async def resolution_of(session: Session, appeal_id: UUID) -> AppealResolution | None:
    """The resolution that ends an appeal."""
    return await session.scalar(select(AppealResolution).where(col(AppealResolution.appeal_id) == appeal_id))


async def pending_resolution(session: Session, contest_id: UUID) -> AppealResolution | None:
    """A resolution of a contest that waits for signatures and will change its result."""
    statement = (
        select(AppealResolution)
        .join(Appeal, col(Appeal.id) == col(AppealResolution.appeal_id))
        .where(col(Appeal.contest_id) == contest_id, col(Appeal.status) == AppealStatus.UPHELD)
    )
    return (await session.scalars(statement.limit(1))).first()


async def signed_by(session: Session, resolution_id: UUID) -> dict[UUID, ResolutionSignature]:
    """The signatures under a resolution, in order."""
    statement = select(ResolutionSignature).where(col(ResolutionSignature.resolution_id) == resolution_id)
    rows = await session.scalars(statement.order_by(col(ResolutionSignature.at), col(ResolutionSignature.person_id)))
    return {row.person_id: row for row in rows}


async def is_of_applicant(session: Session, application_id: UUID, person_id: UUID, day: date) -> bool:
    """Whether a person is on the applicant group's board that day, or of the applicant family."""
    asked = {"application": application_id, "person": person_id, "day": day}
    return bool((await session.execute(_OF_APPLICANT, asked)).scalar_one())


async def parts_in(session: Session, appeal: Appeal) -> list[Row[Any]]:
    """Who had a part in what is appealed: person, and which."""
    return list(await session.execute(_PARTS, {"appeal": appeal.id}))


async def free_to_hear(session: Session, appeal: Appeal) -> Sequence[Person]:
    """Who can sign in, as an opinion asks for, and had no part in what is appealed; by name."""
    tied = {row.person_id for row in await parts_in(session, appeal)}
    statement = select(Person).join(Credential, col(Credential.person_id) == col(Person.id))
    people = await session.scalars(statement.order_by(col(Person.sort_key), col(Person.id)))
    return [person for person in people if person.id not in tied]


async def has_sheet(session: Session, application_id: UUID, person_id: UUID) -> bool:
    """Whether a juror has a locked sheet of an application that counts."""
    return bool((await session.execute(_SHEET, {"application": application_id, "person": person_id})).scalar_one())


_OPEN = text(
    "SELECT x.application_id, a.code, x.contest_id FROM appeal x JOIN application a ON a.id = x.application_id "
    "WHERE x.contest_id = ANY(:contests) AND x.status = ANY(:open) ORDER BY x.filed_at, x.id"
)
_OF_APPLICANT = text(
    """
    SELECT EXISTS (
        SELECT FROM application a JOIN board_mandate m ON m.group_id = a.group_id
        WHERE a.id = :application AND a.family_id IS NULL AND m.person_id = :person AND :day BETWEEN m.since AND m.until
    ) OR EXISTS (
        SELECT FROM application a JOIN family_member m ON m.family_id = a.family_id
        WHERE a.id = :application AND m.person_id = :person
    )
    """
)
_PARTS = text(
    """
    SELECT DISTINCT x.person_id, x.part FROM (
        SELECT s.person_id, 'scored_it' AS part FROM appeal p JOIN score_sheet s ON s.application_id = p.application_id WHERE p.id = :appeal
        UNION ALL SELECT r.person_id, 'recused_from_it' FROM appeal p JOIN recusal r ON r.application_id = p.application_id WHERE p.id = :appeal
        UNION ALL SELECT r.ran_by, 'ran_it' FROM appeal p JOIN ranking_run r ON r.id = p.run_id WHERE p.id = :appeal
        UNION ALL SELECT k.checked_by, 'checked_it' FROM appeal p JOIN run_check k ON k.run_id = p.run_id WHERE p.id = :appeal
        UNION ALL SELECT p.filed_by, 'filed_it' FROM appeal p WHERE p.id = :appeal
    ) x ORDER BY x.person_id, x.part
    """
)
_SHEET = text(
    "SELECT EXISTS (SELECT FROM score_sheet WHERE application_id = :application AND person_id = :person) "
    "AND NOT EXISTS (SELECT FROM recusal WHERE application_id = :application AND person_id = :person)"
)
