"""Declaring conflicts, and finding those that the system knows."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from service.core import clock
from service.core.actor import Actor, Role
from service.core.db import Session
from service.core.errors import NotFound
from service.record import usecases as record
from service.scoring import bonds, rules, store
from service.scoring.conflicts import Applicant, relations
from service.scoring.models import ConflictDeclaration, Recusal, RecusalOrigin
from service.scoring.shapes import DeclarationIn, RecusalIn


async def declare_conflict(session: Session, actor: Actor, application_id: UUID, given: DeclarationIn) -> ConflictDeclaration:
    """Declare, before the file opens, a conflict of interest or that there is none; a conflict recuses at once.

    What the system knows of is looked up too, whatever is declared. Raises ``NotFound``, ``NotAJuror``, ``NotJudged``,
    ``ReasonMissing``, ``AlreadyDeclared``, ``JurorHasSheet``.
    """
    application = await _application_of_juror(session, application_id, actor.person_id)
    if given.conflict and not given.reason:
        raise rules.ReasonMissing("reason")
    if await store.declaration(session, application_id, actor.person_id):
        raise rules.AlreadyDeclared
    row = ConflictDeclaration(
        application_id=application_id, person_id=actor.person_id, at=await clock.now(session), **given.model_dump()
    )
    async with refusing({"pk_conflict_declaration": rules.AlreadyDeclared}):
        session.add(row)
        await session.flush()
    payload = {"person_id": str(actor.person_id), **given.model_dump()}
    await record.append(session, actor, "conflict.declared", f"application:{application_id}", payload)
    if given.conflict:
        recusal = Recusal(application_id=application_id, person_id=actor.person_id, origin=RecusalOrigin.DECLARED, reasons=[given.reason], at=row.at)
        await _insert(session, actor, [recusal])
    await find_among(session, actor, [actor.person_id], [application])
    return row
