"""Erasing what is kept of a person: asked for by one, agreed to by another.

Mobile number and sign-in go at once. Names, DNI and date of birth go when nothing ties them any more (``ties``), and with them every
payload of the record that holds the DNI. What was signed stays as it was signed; so do the hashes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.people import store
from service.people.forgetting import forget_name, forget_sign_in, has_sign_in
from service.people.models import Person
from service.privacy import rules
from service.privacy.models import PersonErasure
from service.privacy.shapes import ErasureIn
from service.privacy.ties import Tie, serves, ties_of, unbound
from service.record import erasure as of_record
from service.record.models import ErasureApproval, ErasureRequest


@dataclass(frozen=True)
class Erasing:
    """An erasure with whom it is about, who asked, what still ties the name, and who agreed (None while it waits)."""

    erasure: PersonErasure
    person: str
    asked: ErasureRequest
    asked_by: str
    ties: Sequence[Tie]
    approval: ErasureApproval | None


async def request_erasure(session: Session, actor: Actor, given: ErasureIn) -> PersonErasure:
    """Ask for a person's data to be erased, as far as no law keeps them.

    Raises ``NotFound``, ``MissingRole``, ``StepUpNeeded``, ``AboutYourself``, ``StillServes``, ``AlreadyForgotten``.
    """
    person = await store.lock(session, Person, given.person_id)
    actor.require(Act.ERASE_PAYLOADS)
    if person.id == actor.person_id:
        raise rules.AboutYourself
    if await serves(session, person.id):
        raise rules.StillServes("person_id", name=person.name)
    whole = not (await ties_of(session, [person.id]))[person.id]
    leaves = await _leaves(session, person, whole=whole)
    if not (leaves or person.mobile or (whole and person.dni) or await has_sign_in(session, person.id)):
        raise rules.AlreadyForgotten("person_id")
    request = await of_record.request_erasure(session, actor, leaves, given.reason)
    row = PersonErasure(erasure_id=request.id, person_id=person.id, whole=whole)
    session.add(row)
    await session.flush()
    return row


async def approve_erasure(session: Session, actor: Actor, erasure_id: UUID) -> PersonErasure:
    """Agree to an erasure as a second person, which carries it out.

    Raises ``NotFound``, ``MissingRole``, ``StepUpNeeded``, ``SecondPersonNeeded``, ``AlreadyErased``, ``AboutYourself``, ``StillServes``,
    ``TiesSince``.
    """
    row = await session.get(PersonErasure, erasure_id)
    if row is None:
        raise NotFound
    person = await store.lock(session, Person, row.person_id)
    actor.require(Act.ERASE_PAYLOADS)
    if person.id == actor.person_id:
        raise rules.AboutYourself
    if await serves(session, person.id):
        raise rules.StillServes(name=person.name)
    if row.whole and (await ties_of(session, [person.id]))[person.id]:
        raise rules.TiesSince
    await of_record.approve_erasure(session, actor, erasure_id)
    await forget_sign_in(session, person.id)
    if row.whole:
        await forget_name(session, person.id)
    return row


async def list_erasures(session: Session, actor: Actor, limit: int = 200) -> list[Erasing]:
    """Erasures, those that wait first. Raises ``MissingRole``."""
    actor.require(Act.ERASE_PAYLOADS)
    statement = (
        select(PersonErasure, Person, ErasureRequest, ErasureApproval)
        .join(Person, col(Person.id) == col(PersonErasure.person_id))
        .join(ErasureRequest, col(ErasureRequest.id) == col(PersonErasure.erasure_id))
        .outerjoin(ErasureApproval, col(ErasureApproval.request_id) == col(PersonErasure.erasure_id))
        .order_by(col(ErasureApproval.approved_at).desc().nulls_first(), col(ErasureRequest.requested_at))
        .limit(limit)
    )
    rows = (await session.execute(statement)).all()
    names = await store.persons_by_id(session, {asked.requested_by for _, _, asked, _ in rows})
    ties = await ties_of(session, {person.id for _, person, _, _ in rows})
    return [
        Erasing(row, person.name, asked, names[asked.requested_by].name, ties[person.id], approval)
        for row, person, asked, approval in rows
    ]


async def list_unbound(session: Session, actor: Actor, limit: int = 100) -> list[Person]:
    """Persons whose time is over: nothing ties their names any more. Raises ``MissingRole``."""
    actor.require(Act.ERASE_PAYLOADS)
    ids = await unbound(session, limit)
    known = await store.persons_by_id(session, ids)
    return [known[each] for each in ids]


async def _leaves(session: Session, person: Person, *, whole: bool) -> list[int]:
    """The payloads to empty: with the mobile number; where the name goes, also those about the person or with the DNI."""
    given = {"subject": f"person:{person.id}" if whole else "", "dni": person.dni if whole else None, "mobile": person.mobile}
    return list((await session.execute(_LEAVES, given)).scalars())


_LEAVES = text(
    "SELECT p.leaf_id FROM record_payload p JOIN record_leaf l ON l.id = p.leaf_id WHERE p.erased_at IS NULL AND p.payload <> '{}' "
    "AND (l.subject = :subject OR strpos(p.payload::text, CAST(:dni AS text)) > 0 OR strpos(p.payload::text, CAST(:mobile AS text)) > 0) "
    "ORDER BY p.leaf_id"
)
