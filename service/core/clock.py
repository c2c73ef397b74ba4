"""The time: the database's transaction time plus an offset that the database holds.

Everyone shares one clock, so a deadline falls at one instant for all. Only a demo or development installation may move the
offset; the record keeps both times.
"""

from datetime import UTC, date, datetime, timedelta, timezone

from sqlalchemy import BigInteger, CheckConstraint, text

from service.core.db import Session
from service.core.errors import Forbidden
from service.core.settings import load
from service.core.tables import Field, SQLModel

PERU = timezone(timedelta(hours=-5), "-05")  # Peru has kept UTC-5 all year since 1994


class ClockOffset(SQLModel, table=True):
    """The one row that holds how far Raymi's time runs ahead of the database's, in microseconds."""

    __tablename__ = "clock_offset"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: int = Field(default=1, primary_key=True, sa_column_kwargs={"autoincrement": False})
    microseconds: int = Field(default=0, sa_type=BigInteger)


class TimeIsReal(Forbidden):
    """A production installation runs on real time."""

    message = "The clock of this installation cannot be moved. Use a demo installation to rehearse."


_NOW = text("SELECT now(), COALESCE((SELECT microseconds FROM clock_offset), 0)")


async def now(session: Session) -> datetime:
    """The time of this transaction, in UTC: the same at every call inside it."""
    return (await both(session))[0]


async def today(session: Session) -> date:
    """The calendar day of this transaction in Peru."""
    return (await now(session)).astimezone(PERU).date()


async def both(session: Session) -> tuple[datetime, datetime]:
    """Raymi's time and the database's own time of this transaction, in UTC; asked once per transaction."""
    transaction, times = session.info.get("clock", (None, None))
    if times is None or transaction is not session.sync_session.get_transaction():
        wall, offset = (await session.execute(_NOW)).one()
        return keep(session, wall + timedelta(microseconds=offset), wall)
    raymi, wall = times
    return raymi, wall


def keep(session: Session, raymi: datetime, wall: datetime) -> tuple[datetime, datetime]:
    """Remember both times of this transaction, from a statement that asked the database for them anyway."""
    times = raymi.astimezone(UTC), wall.astimezone(UTC)
    session.info["clock"] = (session.sync_session.get_transaction(), times)
    return times


async def offset(session: Session) -> timedelta:
    """How far Raymi's time runs ahead."""
    raymi, wall = await both(session)
    return raymi - wall


async def set_time(session: Session, moment: datetime) -> None:
    """Let Raymi's time go on from ``moment`` (with zone). Raises ``TimeIsReal`` in production."""
    if not load().moves_time:
        raise TimeIsReal
    statement = text(
        "INSERT INTO clock_offset (id, microseconds) VALUES (1, extract(epoch FROM (:moment - now())) * 1000000) "
        "ON CONFLICT (id) DO UPDATE SET microseconds = excluded.microseconds"
    )
    await session.execute(statement, {"moment": moment})
    session.info.pop("clock", None)
