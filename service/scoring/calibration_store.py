"""Queries about calibration rounds."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlmodel import col

from service.core.db import Session
from service.scoring.calibration_models import CalibrationClosing, CalibrationSample, CalibrationSheet


async def samples(session: Session, contest_id: UUID) -> dict[int, CalibrationSample]:
    """The samples in force, by place."""
    statement = select(CalibrationSample).where(col(CalibrationSample.contest_id) == contest_id)
    rows = await session.scalars(statement.order_by(col(CalibrationSample.place), col(CalibrationSample.version)))
    return {each.place: each for each in rows}


async def sheets(session: Session, contest_id: UUID, stage: str) -> Sequence[CalibrationSheet]:
    """The sheets of a stage's round."""
    statement = select(CalibrationSheet).where(
        col(CalibrationSheet.contest_id) == contest_id, col(CalibrationSheet.stage) == stage
    )
    return (await session.scalars(statement.order_by(col(CalibrationSheet.place), col(CalibrationSheet.at)))).all()


async def any_sheet(session: Session, contest_id: UUID) -> bool:
    """Whether a juror has scored a sample of the contest."""
    statement = select(col(CalibrationSheet.place)).where(col(CalibrationSheet.contest_id) == contest_id)
    return (await session.scalar(statement.limit(1))) is not None


async def closing(session: Session, contest_id: UUID, stage: str) -> CalibrationClosing | None:
    """The end of a stage's round."""
    return await session.get(CalibrationClosing, (contest_id, stage), populate_existing=True)


async def rounds(session: Session, contest_ids: Sequence[UUID]) -> list[Row[Any]]:
    """The closed rounds of contests: contest, stage, when, and the jurors who took part."""
    return list(await session.execute(_ROUNDS, {"contests": list(contest_ids)}))


_ROUNDS = text(
    """
    SELECT c.contest_id, c.stage, c.at, array_agg(DISTINCT p.given_names || ' ' || p.family_names) AS jurors
    FROM calibration_closing c
    JOIN calibration_sheet s ON (s.contest_id, s.stage) = (c.contest_id, c.stage) JOIN person p ON p.id = s.person_id
    WHERE c.contest_id = ANY(:contests) GROUP BY c.contest_id, c.stage, c.at ORDER BY c.contest_id, c.stage
    """
)
