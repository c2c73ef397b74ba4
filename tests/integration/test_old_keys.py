"""Idempotency keys are a cache of thirty days."""

from datetime import timedelta

from service.core import clock
from service.core.db import Session
from service.integration.models import IdempotencyKey
from service.integration.usecases import forget_old_keys


async def test_a_key_is_forgotten_after_thirty_days_and_not_before(session: Session) -> None:
    now = await clock.now(session)
    for name, age in (("old", timedelta(days=30, seconds=1)), ("young", timedelta(days=30))):
        session.add(
            IdempotencyKey(caller="somebody", key=name, request_hash=b"x", status=201, headers="", body=b"", at=now - age)
        )
    await session.flush()
    assert await forget_old_keys(session) == 1
    assert await session.get(IdempotencyKey, ("somebody", "young")) is not None
