"""How often something may be tried: counters in the database, so that all processes count together.

A hit is counted in a transaction of its own, since what is refused is rolled back and must count all the same. Windows run on the
database's own clock, which no rehearsal moves.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from service.core.db import Session, Sessions, transaction
from service.core.tables import DELETABLE, Field, SQLModel, moment


class Throttle(SQLModel, table=True):
    """The hits of one bucket (``"sign_in:account:ana"``) since its window began."""

    __tablename__ = "throttle"
    __table_args__ = (DELETABLE,)

    bucket: str = Field(primary_key=True)
    began_at: datetime = moment()
    hits: int


@dataclass(frozen=True)
class Allowance:
    """What is left of a bucket after a hit: hits in this window, and how long until it begins anew."""

    limit: int
    hits: int
    resets_in: timedelta

    @property
    def is_spent(self) -> bool:
        """Whether this hit was one too many."""
        return self.hits > self.limit

    @property
    def remaining(self) -> int:
        """How many more hits this window takes."""
        return max(self.limit - self.hits, 0)


async def hit(sessions: Sessions, bucket: str, limit: int, window: timedelta) -> Allowance:
    """Count one hit on a bucket, committed at once; the hit after ``limit`` within ``window`` is one too many."""
    async with transaction(sessions) as session:
        return await count(session, bucket, limit, window)


async def count(session: Session, bucket: str, limit: int, window: timedelta) -> Allowance:
    """The same in the caller's transaction, for what counts only where it succeeds; the bucket is held until its end."""
    row = (await session.execute(_HIT, {"bucket": bucket, "window": window})).one()
    return Allowance(limit, row.hits, row.resets_in)


async def give_back(sessions: Sessions, bucket: str) -> None:
    """Take one hit back, committed at once."""
    async with transaction(sessions) as session:
        await session.execute(_GIVE_BACK, {"bucket": bucket})


async def clear(sessions: Sessions, bucket: str) -> None:
    """Empty a bucket, committed at once."""
    async with transaction(sessions) as session:
        await session.execute(_CLEAR, {"bucket": bucket})


async def forget_spent(session: Session, older: timedelta) -> None:
    """Drop the buckets that nobody has hit since a window of that length."""
    await session.execute(_FORGET, {"older": older})


_HIT = text(
    "INSERT INTO throttle AS t (bucket, began_at, hits) VALUES (:bucket, now(), 1) ON CONFLICT (bucket) DO UPDATE SET "
    "hits = CASE WHEN t.began_at + :window <= now() THEN 1 ELSE t.hits + 1 END, "
    "began_at = CASE WHEN t.began_at + :window <= now() THEN now() ELSE t.began_at END "
    "RETURNING hits, began_at + :window - now() AS resets_in"
)
_GIVE_BACK = text("UPDATE throttle SET hits = hits - 1 WHERE bucket = :bucket AND hits > 0")
_CLEAR = text("DELETE FROM throttle WHERE bucket = :bucket")
_FORGET = text("DELETE FROM throttle WHERE began_at + :older <= now()")
