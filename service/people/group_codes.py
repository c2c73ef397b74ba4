"""A group's code: with it, who has no account reads where the group stands. The newest code of a group is good until it expires."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select
from sqlmodel import col

from service.core import clock, codes
from service.core.actor import Actor, MissingRole
from service.core.acts import Act, Relation
from service.core.db import Session
from service.core.errors import Forbidden
from service.core.rights import holders
from service.core.tables import IMMUTABLE, Field, SQLModel, id_column, moment, reference
from service.people import store
from service.people.group_usecases import board_on
from service.people.groups import BoardMandate, Group
from service.people.models import Office
from service.record import usecases as record

GOOD_FOR = timedelta(days=365)
"""How long a code is good (ours): a plan runs a year, and losing the paper is answered by a new code."""

SECRET = 6
"""Letters of the secret, some 29 random bits: short enough for a phone's keys. Guesses are counted (``TRIES``), and who reads the
hashes reads the groups too."""

TRIES, WITHIN = 10, timedelta(hours=1)
"""Guesses at one code, and ten times as many from one address, before the next hour."""


class GroupCode(SQLModel, table=True):
    """A code on paper: ``handle`` finds it, only the hash of the rest is kept."""

    __tablename__ = "group_code"
    __table_args__ = (
        CheckConstraint("expires_at > at", name="dates"),
        Index("ix_group_code_group_id_at", "group_id", "at"),
        IMMUTABLE,
    )

    id: UUID = id_column()
    group_id: UUID = reference("group.id", index=False)
    handle: str = Field(unique=True)
    code_hash: bytes
    at: datetime = moment()
    expires_at: datetime = moment()
    issued_by: UUID = reference("person.id")


class WrongGroupCode(Forbidden):
    """No code like this, or it is replaced or expired."""

    message = "This code is not good. Type it as on the paper; if it still fails, ask your office for a new one."


class TooManyCodes(Forbidden):
    """Too many guesses."""

    message = "Too many codes were tried. Wait {minutes} minutes and try again, or ask your office."


@dataclass(frozen=True)
class Handed:
    """A code as it is handed over, once."""

    code: str
    group: Group
    office: Office
    expires_at: datetime


async def issue_group_code(session: Session, actor: Actor, group_id: UUID) -> Handed:
    """A new code for a group, by its office or its board; it is not kept, and an earlier one is no longer good.

    Raises ``NotFound``, ``MissingRole``.
    """
    group = await store.lock(session, Group, group_id)
    if not actor.may(Act.ISSUE_GROUP_CODE, group.office_id, None, await relations(session, actor, group_id)):
        raise MissingRole(roles=holders(Act.ISSUE_GROUP_CODE))
    handle, secret = codes.new_code(SECRET)
    at = await clock.now(session)
    code = GroupCode(
        group_id=group_id, handle=handle, code_hash=b"", at=at, expires_at=at + GOOD_FOR, issued_by=actor.person_id
    )
    code.code_hash = codes.hash_secret(code.id, secret)
    session.add(code)
    await session.flush()
    payload = {"code_id": str(code.id), "expires_at": code.expires_at.isoformat()}
    await record.append(session, actor, "group.code_issued", f"group:{group_id}", payload)
    office = await store.fetch(session, Office, group.office_id)
    return Handed(codes.written(handle, secret), group, office, code.expires_at)


async def group_by_code(session: Session, typed: str) -> Group:
    """The group whose code this is; the caller has counted the guess. Raises ``WrongGroupCode``."""
    handle, secret = codes.read_code(typed)
    code = await session.scalar(select(GroupCode).where(col(GroupCode.handle) == handle))
    if code is None or not codes.is_right(code.id, secret, code.code_hash) or code.expires_at <= await clock.now(session):
        raise WrongGroupCode("code")
    of_group = select(col(GroupCode.id)).where(col(GroupCode.group_id) == code.group_id)
    newest = await session.scalar(of_group.order_by(col(GroupCode.at).desc(), col(GroupCode.id).desc()).limit(1))
    if newest != code.id:
        raise WrongGroupCode("code")
    return await store.fetch(session, Group, code.group_id)


async def relations(session: Session, actor: Actor, group_id: UUID) -> set[Relation]:
    """Whether the actor is on the group's board today."""
    board = await board_on(session, group_id, await clock.today(session))
    return {Relation.APPLICANT} if any(person.id == actor.person_id for _, person in board) else set()


async def my_groups(session: Session, actor: Actor) -> list[Group]:
    """The groups on whose board the actor is today."""
    today: date = await clock.today(session)
    held = select(col(BoardMandate.group_id)).where(
        col(BoardMandate.person_id) == actor.person_id, col(BoardMandate.since) <= today, today <= col(BoardMandate.until)
    )
    return list(await session.scalars(select(Group).where(col(Group.id).in_(held)).order_by(col(Group.sort_key))))
