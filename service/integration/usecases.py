"""Forgetting old idempotency keys."""

from datetime import timedelta

from sqlalchemy import text

from service.core import clock
from service.core.db import Session

KEPT = timedelta(days=30)
"""How long a key answers for its request (money acts have permanent references of their own besides)."""


async def forget_old_keys(session: Session) -> int:
    """Delete the keys that are older than ``KEPT``; how many there were."""
    before = await clock.now(session) - KEPT
    deleted = await session.execute(text("DELETE FROM idempotency_key WHERE at < :before RETURNING 1"), {"before": before})
    return len(deleted.all())
