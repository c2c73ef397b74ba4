"""Gap-free numbers: one row per series, advanced in the transaction that uses the number.

A number is given back when its transaction is rolled back, so no gap arises; two givers of one series wait for each other.
"""

from sqlalchemy import text

from service.core.db import Session
from service.core.tables import Field, SQLModel


class NumberSeries(SQLModel, table=True):
    """The last number given in a series such as ``contract:SICUANI:2026:PDN``."""

    __tablename__ = "number_series"

    series: str = Field(primary_key=True)
    last: int


_NEXT = text(
    "INSERT INTO number_series (series, last) VALUES (:series, 1) "
    "ON CONFLICT (series) DO UPDATE SET last = number_series.last + 1 RETURNING last"
)


async def next_number(session: Session, series: str) -> int:
    """The next number of ``series``, from 1, without gaps."""
    return int((await session.execute(_NEXT, {"series": series})).scalar_one())


def written(number: int) -> str:
    """A number as papers print it: at least three digits, and simply more from 1000 on."""
    return f"{number:03d}"
