"""What the worker does for the record: places within seconds, a signed head every hour, and heads to the witnesses."""

from concurrent.futures import Executor
from contextlib import suppress

from pgqueuer import PgQueuer
from pgqueuer.models import Schedule

from service.core.db import Sessions, transaction
from service.record.delivery import deliver
from service.record.heads import NothingToSign
from service.record.sequencer import sequence
from service.record.witnesses import sign_witnessed

SIGN = "record.sign_head"
DELIVER = "record.deliver_heads"


def register(queue: PgQueuer, sessions: Sessions, _press: Executor) -> None:
    """Let ``queue`` sign a head every hour, and bring heads to the witnesses every minute."""

    @queue.schedule(SIGN, "0 * * * *")
    async def sign(_schedule: Schedule) -> None:
        async with transaction(sessions) as session:
            with suppress(NothingToSign):
                await sign_witnessed(session)

    @queue.schedule(DELIVER, "* * * * *")
    async def bring(_schedule: Schedule) -> None:
        await deliver(sessions)


async def tick(sessions: Sessions) -> None:
    """What is done every other second: leaves that wait get their places."""
    async with transaction(sessions) as session:
        await sequence(session)
