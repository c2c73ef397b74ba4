"""Queries about presence checks."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlmodel import col

from service.applications.presence_models import PresenceCheck, PresenceClosing, PresenceEntry
from service.core.db import Session


async def newest_check(session: Session, application_id: UUID) -> tuple[PresenceCheck, PresenceClosing | None] | None:
    """The newest check of an application, with its closing where it is closed."""
    found = await checks(session, application_id)
    return found[-1] if found else None


async def checks(session: Session, application_id: UUID) -> list[tuple[PresenceCheck, PresenceClosing | None]]:
    """Every check of an application in order, with its closing where it is closed."""
    statement = (
        select(PresenceCheck, PresenceClosing)
        .join(
            PresenceClosing,
            (col(PresenceClosing.application_id) == col(PresenceCheck.application_id))
            & (col(PresenceClosing.check_number) == col(PresenceCheck.number)),
            isouter=True,
        )
        .where(col(PresenceCheck.application_id) == application_id)
        .order_by(col(PresenceCheck.number))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def entries(session: Session, application_id: UUID) -> Sequence[PresenceEntry]:
    """Every entry of an application, in order."""
    statement = select(PresenceEntry).where(col(PresenceEntry.application_id) == application_id)
    return (await session.scalars(statement.order_by(col(PresenceEntry.number)))).all()


async def is_closed(session: Session, application_id: UUID) -> bool:
    """Whether a check of the application was ever closed."""
    statement = select(col(PresenceClosing.check_number)).where(col(PresenceClosing.application_id) == application_id)
    return (await session.scalar(statement.limit(1))) is not None


async def closings_of(session: Session, contest_ids: Sequence[UUID]) -> list[Row[Any]]:
    """The newest closing of each application to contests: application, count, when and by whom, with what it corrects."""
    return list(await session.execute(_CLOSINGS, {"contests": list(contest_ids)}))


_CLOSINGS = text(
    """
    SELECT DISTINCT ON (a.code, a.id) a.id AS application_id, c.present, c.families, c.at, k.number, k.reason,
        p.given_names || ' ' || p.family_names AS closed_by
    FROM presence_closing c JOIN presence_check k ON (k.application_id, k.number) = (c.application_id, c.check_number)
    JOIN application a ON a.id = c.application_id JOIN person p ON p.id = c.closed_by
    WHERE a.contest_id = ANY(:contests) ORDER BY a.code, a.id, k.number DESC
    """
)
