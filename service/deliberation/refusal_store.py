"""Queries about who has signed, and who does not."""

from uuid import UUID

from sqlalchemy import Subquery, func, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from service.core.db import Session
from service.deliberation.models import MinutesSignature
from service.deliberation.refusal_models import SignatureRefusal

Signatures = dict[UUID, MinutesSignature]
Refusals = dict[UUID, SignatureRefusal]


async def signing_of_minutes(session: Session, minutes_id: UUID) -> tuple[Signatures, Refusals]:
    """Who has signed minutes, and who does not, by person in the order in which it happened."""
    signature = aliased(MinutesSignature, _under(MinutesSignature, minutes_id))
    refusal = aliased(SignatureRefusal, _under(SignatureRefusal, minutes_id))
    moment = func.coalesce(signature.at, refusal.at)
    person = func.coalesce(signature.person_id, refusal.person_id)
    same = col(signature.person_id) == col(refusal.person_id)
    statement = select(signature, refusal).join(refusal, same, full=True).order_by(moment, person)
    rows = (await session.execute(statement)).all()
    return {each.person_id: each for each, _ in rows if each}, {each.person_id: each for _, each in rows if each}


async def refusals_of_resolution(session: Session, resolution_id: UUID) -> Refusals:
    """Who does not sign a resolution, by person, in the order in which it was noted."""
    statement = select(SignatureRefusal).where(col(SignatureRefusal.resolution_id) == resolution_id)
    return {row.person_id: row for row in await session.scalars(statement.order_by(col(SignatureRefusal.at)))}


def _under(table: type[MinutesSignature] | type[SignatureRefusal], minutes_id: UUID) -> Subquery:
    return select(table).where(col(table.minutes_id) == minutes_id).subquery()
