"""What is only technical goes by itself: files that nobody entered, names of devices, ends of telephone numbers.

The two columns belong to tables of history: only ``raymi_eraser`` may empty them.
"""

from collections.abc import Mapping

from sqlalchemy import text

from service.core import clock
from service.core.db import Session
from service.core.upkeep import Chore, keep_run
from service.privacy.register import DRAFTS, TECHNICAL
from service.privacy.ties import years_before


async def forget(session: Session) -> dict[str, int]:
    """Forget what has had its time; how many rows of each table."""
    now = await clock.now(session)
    given = {"year_ago": years_before(now, TECHNICAL)}
    gone = {"roll_draft": await _run(session, _DRAFTS, {"now": now, "days": DRAFTS})}
    await session.execute(text("SET LOCAL ROLE raymi_eraser"))
    gone["sign_in"] = await _run(session, _DEVICES, given)
    gone["message"] = await _run(session, _ENDS, given)
    await session.execute(text("RESET ROLE"))
    await keep_run(session, Chore.FORGET, True, ", ".join(f"{table} {count}" for table, count in gone.items()))
    return gone


async def _run(session: Session, statement: object, given: Mapping[str, object]) -> int:
    return len((await session.execute(statement, given)).all())  # type: ignore[call-overload]  # a text of this file


_DRAFTS = text(
    "DELETE FROM roll_draft WHERE uploaded_at < CAST(:now AS timestamptz) - make_interval(days => :days) RETURNING id"
)
_DEVICES = text(
    "UPDATE sign_in SET device = '' WHERE device <> '' AND COALESCE(ended_at, expires_at) < :year_ago AND expires_at < :year_ago RETURNING id"
)
_ENDS = text("UPDATE message SET address_end = '' WHERE address_end <> '' AND settled_at < :year_ago RETURNING id")
