"""Erasing what payloads of the record hold of a person: asked for by one, agreed to by another, and never a leaf.

The payload and its salt go; the leaf with the hash of both stays, so that every proof goes on holding and nobody can tell from the hash
what was erased. The database lets only the role ``raymi_eraser`` empty a payload, and only with both persons' rows there.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import text

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.errors import Conflict, Forbidden, NotFound
from service.record import usecases as record
from service.record.models import ErasureApproval, ErasureRequest


class SecondPersonNeeded(Forbidden):
    """Who asks for an erasure does not agree to it."""

    message = "You asked for this erasure yourself. Another person who may do it has to agree."


class AlreadyErased(Conflict):
    """An erasure is carried out once."""

    message = "This erasure was carried out already."


async def request_erasure(session: Session, actor: Actor, leaf_ids: Collection[int], reason: str) -> ErasureRequest:
    """Ask for the payloads of leaves to be erased. Raises ``MissingRole``, ``NotFound`` where a leaf is unknown."""
    actor.require(Act.ERASE_PAYLOADS)
    wanted = sorted(set(leaf_ids))
    known = await session.scalar(_KNOWN, {"leaves": wanted})
    if known != len(wanted):
        raise NotFound
    request = ErasureRequest(
        leaf_ids=wanted, reason=reason, requested_by=actor.person_id, requested_at=await clock.now(session)
    )
    session.add(request)
    await session.flush()
    await record.append(session, actor, "erasure.requested", f"erasure:{request.id}", {"leaves": len(wanted), "reason": reason})
    return request


async def approve_erasure(session: Session, actor: Actor, request_id: UUID) -> ErasureApproval:
    """Agree to an erasure as a second person, which carries it out.

    Raises ``NotFound``, ``MissingRole``, ``SecondPersonNeeded``, ``AlreadyErased``.
    """
    request = await session.get(ErasureRequest, request_id)
    if request is None:
        raise NotFound
    actor.require(Act.ERASE_PAYLOADS)
    now = await clock.now(session)
    refusals = {"RY152": SecondPersonNeeded, "pk_erasure_approval": AlreadyErased}
    async with refusing(session, refusals):
        approval = ErasureApproval(request_id=request_id, approved_by=actor.person_id, approved_at=now)
        session.add(approval)
    await session.execute(text("SET LOCAL ROLE raymi_eraser"))
    await session.execute(_ERASE, {"leaves": request.leaf_ids, "at": now})
    await session.execute(text("RESET ROLE"))
    erased = [leaf.hex() for leaf in (await session.execute(_LEAVES, {"leaves": request.leaf_ids})).scalars()]
    await record.append(session, actor, "erasure.carried_out", f"erasure:{request_id}", {"leaves": erased})
    return approval


_KNOWN = text("SELECT count(*) FROM record_payload WHERE leaf_id = ANY(CAST(:leaves AS bigint[]))")
_LEAVES = text("SELECT leaf_hash FROM record_leaf WHERE id = ANY(CAST(:leaves AS bigint[])) ORDER BY id")
_ERASE = text(
    "UPDATE record_payload SET salt = NULL, payload = NULL, erased_at = :at "
    "WHERE leaf_id = ANY(CAST(:leaves AS bigint[])) AND erased_at IS NULL"
)
