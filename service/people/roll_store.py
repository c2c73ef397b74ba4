"""Queries of rolls on their way in: each of them one statement, however long the roll."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, insert, or_, select
from sqlmodel import col

from service.core.db import Session
from service.people.groups import Family, FamilyMember, Group
from service.people.models import Person
from service.people.rolls import RollDraft


async def draft(session: Session, draft_id: UUID, *, lock: bool = False) -> RollDraft | None:
    """A file that waits, or None where it is gone; locked if told."""
    return await session.get(RollDraft, draft_id, with_for_update=lock or None, populate_existing=True)


async def drafts_of(session: Session, group_id: UUID) -> Sequence[tuple[UUID, str, datetime, str]]:
    """The files that wait for a group: identifier, name, when and by whom uploaded; the newest first, without their content."""
    statement = (
        select(col(RollDraft.id), col(RollDraft.name), col(RollDraft.uploaded_at), Person)
        .join(Person, col(Person.id) == col(RollDraft.uploaded_by))
        .where(col(RollDraft.group_id) == group_id)
        .order_by(col(RollDraft.uploaded_at).desc(), col(RollDraft.id).desc())
    )
    return [(row[0], row[1], row[2], row[3].name) for row in await session.execute(statement)]


async def make_room(session: Session, group_id: UUID, person_id: UUID, before: datetime) -> None:
    """Remove a person's file for a group, and every file uploaded before a moment."""
    mine = and_(col(RollDraft.group_id) == group_id, col(RollDraft.uploaded_by) == person_id)
    await session.execute(delete(RollDraft).where(or_(mine, col(RollDraft.uploaded_at) < before)))


async def other_rolls(session: Session, group_id: UUID, person_ids: Iterable[UUID]) -> Sequence[tuple[UUID, Group]]:
    """The persons among ``person_ids`` on rolls of other groups, with the group; by its name."""
    statement = (
        select(col(FamilyMember.person_id), Group)
        .join(Family, col(Family.id) == col(FamilyMember.family_id))
        .join(Group, col(Group.id) == col(Family.group_id))
        .where(col(FamilyMember.person_id).in_(list(person_ids)), col(Group.id) != group_id)
        .order_by(col(Group.sort_key), col(Group.id))
    )
    return [(row[0], row[1]) for row in await session.execute(statement)]


async def insert_all(session: Session, table: type[Family | FamilyMember | Person], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows in bulk."""
    if rows:
        await session.execute(insert(table), rows)
