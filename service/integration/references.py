"""References of a caller's own: what it wrote under one is found again, and nothing else is ever written under it.

An idempotency key is forgotten after thirty days; a reference (the number of the file in a municipality's own system) stays.
"""

from unicodedata import normalize
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from service.core import clock
from service.core.db import Session, refusing
from service.core.errors import Conflict, NotFound
from service.integration.models import CallerReference


class CallerReferenceUsed(Conflict):
    """Something was written under the reference before."""

    message = "Under your reference “{reference}” something was written already. Read it back; send new business under a new reference."


async def keep_reference(session: Session, caller: str, reference: str, method: str, path: str, made_id: UUID | None) -> None:
    """Keep what was written under a reference. Raises ``CallerReferenceUsed``."""
    row = CallerReference(
        caller=caller, reference=reference, method=method, path=path, made_id=made_id, at=await clock.now(session)
    )
    async with refusing(session, {"pk_caller_reference": CallerReferenceUsed(reference=reference)}):
        session.add(row)


async def find_reference(session: Session, caller: str, reference: str) -> CallerReference:
    """What a caller wrote under its reference. Raises ``NotFound``."""
    composed = normalize("NFC", reference.strip())
    mine = select(CallerReference).where(col(CallerReference.caller) == caller, col(CallerReference.reference) == composed)
    row = await session.scalar(mine)
    if row is None:
        raise NotFound
    return row
