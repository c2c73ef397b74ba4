"""The way into the job queue, inside the caller's transaction: no commit, no job."""

from uuid import UUID

from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from service.core.db import Session

DELIVER = "messages.deliver"
"""The name of the job that delivers a message; its payload is the message's identifier in ASCII."""


async def enqueue_delivery(session: Session, message_id: UUID) -> None:
    """Ask the worker to deliver a message; asking twice while the job waits is asking once."""
    connection = await (await session.connection()).get_raw_connection()
    queries = Queries(AsyncpgDriver(connection.driver_connection))
    await queries.enqueue(DELIVER, str(message_id).encode(), dedupe_key=f"{DELIVER}:{message_id}", on_conflict="skip")
