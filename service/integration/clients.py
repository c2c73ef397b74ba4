"""Programs that call the API, and their keys: made, renewed, ended.

A key acts as the person who made it, within its acts and its office, never more than that person may at that moment: with the
person's role the key's rights end. It proves no presence, so nothing that asks for a second factor is open to it.

    made --renewed--> overlaps for hours, and another is made --> ended ;  made --ended--> ended ;  made --expires--> ended
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col

from service.core import clock
from service.core.actor import Actor, MissingRole
from service.core.acts import Act, Relation
from service.core.db import Session
from service.core.errors import NotFound
from service.core.rights import holders
from service.funding.cofunding import my_cofunders
from service.integration import rules
from service.integration.models import ApiClient, ApiKey
from service.integration.shapes import ClientIn, RotationIn
from service.people.models import Person
from service.people.usecases import get_office
from service.record import usecases as record


@dataclass(frozen=True)
class Made:
    """A new key as it is shown this once."""

    key: ApiKey
    client: ApiClient
    written: str


@dataclass(frozen=True)
class Kept:
    """A key in a list, with its client and the name of who made it."""

    key: ApiKey
    client: ApiClient
    maker: str
    is_live: bool


async def create_client(session: Session, actor: Actor, given: ClientIn) -> Made:
    """A client with its first key.

    Raises ``MissingRole``, ``StepUpNeeded``, ``NotFound``, ``OneOwner``, ``NotYourCofunder``, ``NotForKeys``, ``KeyBeyondMaker``.
    """
    if given.office_id and given.cofunder_id:
        raise rules.OneOwner("cofunder_id")
    if given.office_id:
        await get_office(session, actor, given.office_id)
    mine = {row.id for row in await my_cofunders(session, actor)} if given.cofunder_id else set()
    if given.cofunder_id and given.cofunder_id not in mine:
        raise rules.NotYourCofunder("cofunder_id")
    relations = {Relation.COFUNDER} if given.cofunder_id else set()
    if not (actor.may_somewhere(Act.CREATE_KEY) or actor.may(Act.CREATE_KEY, None, None, relations)):
        raise MissingRole(roles=holders(Act.CREATE_KEY))
    actor.require_fresh(Act.CREATE_KEY)
    rules.require_within(actor, given.acts, given.office_id, relations)
    now = await clock.now(session)
    client = ApiClient(**given.model_dump(include={"name", "office_id", "cofunder_id"}), made_by=actor.person_id, at=now)
    session.add(client)
    await session.flush()
    return await _make(session, actor, client, sorted(set(given.acts)), now + timedelta(days=given.days))


async def renew_key(session: Session, actor: Actor, key_id: UUID, given: RotationIn) -> Made:
    """A new key with the same acts; the old one goes on for the overlap, at most until it expires.

    Raises ``NotFound``, ``NotYourKey``, ``StepUpNeeded``, ``KeyEnded``, ``KeyBeyondMaker``.
    """
    key, client = await _lock(session, actor, key_id)
    if key.made_by != actor.person_id:
        raise rules.NotYourKey
    actor.require_fresh(Act.CREATE_KEY)
    now = await clock.now(session)
    if key.ends_at is not None or key.expires_at <= now:
        raise rules.KeyEnded
    relations = {Relation.COFUNDER} if client.cofunder_id else set()
    rules.require_within(actor, [Act(act) for act in key.acts], client.office_id, relations)
    await _end(session, actor, key, min(now + timedelta(hours=given.overlap_hours), key.expires_at))
    return await _make(session, actor, client, key.acts, now + timedelta(days=given.days))


async def end_key(session: Session, actor: Actor, key_id: UUID) -> ApiKey:
    """End a key at once, also one that still overlaps: by who made it, or by who heads its office.

    Raises ``NotFound``, ``KeyEnded``.
    """
    key, client = await _lock(session, actor, key_id)
    if key.made_by != actor.person_id and not actor.may(Act.END_KEY, client.office_id):
        raise MissingRole(roles=holders(Act.END_KEY))
    now = await clock.now(session)
    if min(key.ends_at or key.expires_at, key.expires_at) <= now:
        raise rules.KeyEnded
    await _end(session, actor, key, now)
    return key


async def list_keys(session: Session, actor: Actor, limit: int = 200) -> Sequence[Kept]:
    """One's own keys, and those of the offices that one oversees; the newest first."""
    seen = or_(col(ApiKey.made_by) == actor.person_id, _overseen(actor))
    statement = (
        select(ApiKey, ApiClient, Person)
        .join(ApiClient, col(ApiClient.id) == col(ApiKey.client_id))
        .join(Person, col(Person.id) == col(ApiKey.made_by))
        .where(seen)
        .order_by(col(ApiKey.at).desc(), col(ApiKey.id).desc())
        .limit(limit)
    )
    now = await clock.now(session)
    return [Kept(key, client, maker.name, _lives(key, now)) for key, client, maker in await session.execute(statement)]


def _overseen(actor: Actor):  # type: ignore[no-untyped-def]  # an SQL condition
    offices = actor.offices(Act.READ_KEYS)
    return True if offices is None else col(ApiClient.office_id).in_(offices)


def _lives(key: ApiKey, now: datetime) -> bool:
    return min(key.ends_at or key.expires_at, key.expires_at) > now


async def _lock(session: Session, actor: Actor, key_id: UUID) -> tuple[ApiKey, ApiClient]:
    """A key that the actor may see, locked. Raises ``NotFound``."""
    key = await session.scalar(select(ApiKey).where(col(ApiKey.id) == key_id).with_for_update())
    client = await session.get(ApiClient, key.client_id) if key else None
    if key is None or client is None:
        raise NotFound
    offices = actor.offices(Act.READ_KEYS)
    if key.made_by != actor.person_id and offices is not None and client.office_id not in offices:
        raise NotFound
    return key, client


async def _make(session: Session, actor: Actor, client: ApiClient, acts: Sequence[str], expires_at: datetime) -> Made:
    written, prefix = rules.new_key()
    key = ApiKey(
        client_id=client.id,
        prefix=prefix,
        key_hash=rules.hash_key(written),
        acts=[str(act) for act in acts],
        made_by=actor.person_id,
        at=await clock.now(session),
        expires_at=expires_at,
    )
    session.add(key)
    await session.flush()
    payload = {"client": client.name, "prefix": prefix, "acts": key.acts, "expires_at": expires_at.isoformat()}
    await record.append(session, actor, "key.made", f"key:{key.id}", payload)
    return Made(key, client, written)


async def _end(session: Session, actor: Actor, key: ApiKey, ends_at: datetime) -> None:
    key.ends_at, key.ended_by = ends_at, actor.person_id
    await session.flush()
    await record.append(session, actor, "key.ended", f"key:{key.id}", {"prefix": key.prefix, "ends_at": ends_at.isoformat()})
