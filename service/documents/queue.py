"""The way into the job queue, inside the caller's transaction: no commit, no job."""

from uuid import UUID

from pgqueuer.db import AsyncpgDriver
from pgqueuer.queries import Queries

from service.core.db import Session

DRAW = "documents.draw"
"""The name of the job that draws a document; its payload is the document's identifier in ASCII."""


async def enqueue_drawing(session: Session, document_id: UUID) -> None:
    """Ask the worker to draw a document; asking twice while the job waits is asking once."""
    connection = await (await session.connection()).get_raw_connection()
    queries = Queries(AsyncpgDriver(connection.driver_connection))
    await queries.enqueue(DRAW, str(document_id).encode(), dedupe_key=f"{DRAW}:{document_id}", on_conflict="skip")
