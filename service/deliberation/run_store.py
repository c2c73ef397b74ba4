"""Queries about runs of the judge, their checks and announcements."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from service.core.db import Session
from service.deliberation.models import Announcement, RankedApplication, RankingRun, RunCheck


async def latest_runs(session: Session, contest_ids: Collection[UUID]) -> dict[UUID, RankingRun]:
    """The newest run of the judge of each contest, announced or not."""
    statement = (
        select(RankingRun)
        .where(col(RankingRun.contest_id).in_(list(contest_ids)))
        .ext(distinct_on(col(RankingRun.contest_id)))
        .order_by(col(RankingRun.contest_id), col(RankingRun.ran_at).desc(), col(RankingRun.id).desc())
    )
    return {run.contest_id: run for run in await session.scalars(statement)}


async def announced_runs(session: Session, contest_ids: Collection[UUID]) -> dict[UUID, RankingRun]:
    """The run of the newest announcement of each contest that has one."""
    statement = (
        select(RankingRun)
        .join(Announcement, col(Announcement.run_id) == col(RankingRun.id))
        .where(col(Announcement.contest_id).in_(list(contest_ids)))
        .ext(distinct_on(col(Announcement.contest_id)))
        .order_by(col(Announcement.contest_id), col(Announcement.at).desc(), col(Announcement.run_id).desc())
    )
    return {run.contest_id: run for run in await session.scalars(statement)}


async def check_of(session: Session, run_id: UUID) -> RunCheck | None:
    """Who checked a run off."""
    return await session.get(RunCheck, run_id)


async def is_announced(session: Session, run_id: UUID) -> bool:
    """Whether the result of a run was announced, by now or by then."""
    return await session.get(Announcement, run_id) is not None


async def ranked(session: Session, run_id: UUID) -> Sequence[RankedApplication]:
    """The lines of a run, in its order."""
    statement = select(RankedApplication).where(col(RankedApplication.run_id) == run_id)
    return (await session.scalars(statement.order_by(col(RankedApplication.position)))).all()
