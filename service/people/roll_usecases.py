"""A roll from a file in two steps: upload and look at the preview, then enter exactly what was looked at, all or nothing.

    draft:  uploaded --enter--> gone (the families are on the roll) ;  uploaded --discard or replace--> gone

A person found by DNI is the same person and keeps what is registered of them. A family on the roll keeps its head and takes further
members. A draft that nobody enters goes after ``KEPT``, when the next file comes.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.ids import new_id
from service.people import group_store, likeness, lookalike_store, roll_likeness, roll_rows, roll_store, store
from service.people import roll_rules as rules
from service.people.groups import Family, FamilyMember, Group
from service.people.models import Person
from service.people.roll_rows import ReadRoll
from service.people.roll_rules import Known, Preview, PreviewRow
from service.people.rolls import RollDraft
from service.people.shapes import PersonIn, RollEntryIn
from service.people.usecases import new_person
from service.record import usecases as record

KEPT = timedelta(days=7)


@dataclass(frozen=True)
class RollPreview:
    """A file that waits, its group, what it would do, and whether the new persons were compared with those registered."""

    draft: RollDraft
    group: Group
    found: Preview
    compared: bool


@dataclass(frozen=True)
class Entered:
    """How much an entry has put on the roll."""

    group_id: UUID
    families: int
    members: int
    persons: int


async def upload_roll(session: Session, actor: Actor, group_id: UUID, name: str, content: bytes) -> RollDraft:
    """Keep a file with a group's families for its preview; nothing is entered.

    Raises ``NotFound``, ``MissingRole``, what ``roll_files.read`` raises, ``ColumnsMissing``, ``ColumnTwice``.
    """
    group = await store.fetch(session, Group, group_id)
    actor.require(Act.UPLOAD_ROLL, group.office_id)
    await asyncio.to_thread(
        roll_rows.read_roll, content, await clock.today(session)
    )  # before the lock: a file may take a while
    await store.lock(session, Group, group_id)
    at = await clock.now(session)
    await roll_store.make_room(session, group_id, actor.person_id, at - KEPT)
    draft = RollDraft(
        group_id=group_id,
        uploaded_by=actor.person_id,
        uploaded_at=at,
        name="".join(char for char in name if char.isprintable())[-100:],
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
    )
    session.add(draft)
    await session.flush()
    payload = {"draft_id": str(draft.id), "name": draft.name, "sha256": draft.sha256}
    await record.append(session, actor, "roll.uploaded", f"group:{group_id}", payload)
    return draft


async def preview_roll(session: Session, actor: Actor, draft_id: UUID) -> RollPreview:
    """What a file would do to the roll as it stands now. Raises ``RollDraftGone``, ``MissingRole``."""
    draft = await _draft(session, draft_id)
    group = await store.fetch(session, Group, draft.group_id)
    actor.require(Act.UPLOAD_ROLL, group.office_id)
    found = await _preview(session, actor, draft, await _read(session, draft))
    return RollPreview(draft, group, found, await _note_likenesses(session, actor, group, found))


async def list_drafts(session: Session, actor: Actor, group_id: UUID) -> Sequence[tuple[UUID, str, datetime, str]]:
    """The files that wait for a group: identifier, name, when and by whom uploaded. Raises ``NotFound``, ``MissingRole``."""
    group = await store.fetch(session, Group, group_id)
    actor.require(Act.UPLOAD_ROLL, group.office_id)
    return await roll_store.drafts_of(session, group_id)


async def enter_roll(session: Session, actor: Actor, draft_id: UUID, given: RollEntryIn) -> Entered:
    """Put the families of a file on the roll, if it still does what its preview said.

    Raises ``RollDraftGone``, ``MissingRole``, ``OtherFile``, ``PreviewChanged``, ``RollHasFaults``, ``NothingToEnter``.
    """
    draft = await _draft(session, draft_id)
    actor.require(Act.ENTER_ROLL, (await store.fetch(session, Group, draft.group_id)).office_id)
    read = await _read(session, draft)  # before the lock: a file may take a while, and a draft never changes
    group = await store.lock(session, Group, draft.group_id)
    draft = await _draft(session, draft_id, lock=True)
    found = await _preview(session, actor, draft, read)
    rules.require_entry(draft.sha256, given.file_sha256, given.preview_sha256, found)
    rows = [each for each in found.rows if not each.on_roll]
    async with refusing(session, {"uq_person_dni": rules.PreviewChanged}):  # a DNI registered since the preview was read
        entered = await _insert(session, group.id, rows)
    await session.delete(draft)
    await session.flush()
    members = [{"row": each.row.number, "code": each.row.code, **each.row.member().model_dump(mode="json")} for each in rows]
    payload = {"file": draft.name, "sha256": draft.sha256, "members": members}
    await record.append(session, actor, "roll.entered", f"group:{group.id}", payload)
    return entered


async def discard_roll(session: Session, actor: Actor, draft_id: UUID) -> RollDraft:
    """Throw a file away that waits. Raises ``RollDraftGone``, ``MissingRole``."""
    draft = await _draft(session, draft_id, lock=True)
    group = await store.fetch(session, Group, draft.group_id)
    actor.require(Act.DISCARD_ROLL, group.office_id)
    await session.delete(draft)
    await session.flush()
    await record.append(session, actor, "roll.discarded", f"group:{group.id}", {"sha256": draft.sha256})
    return draft


async def _draft(session: Session, draft_id: UUID, *, lock: bool = False) -> RollDraft:
    draft = await roll_store.draft(session, draft_id, lock=lock)
    if draft is None:
        raise rules.RollDraftGone
    return draft


async def _read(session: Session, draft: RollDraft) -> ReadRoll:
    return await asyncio.to_thread(roll_rows.read_roll, draft.content, await clock.today(session))


async def _preview(session: Session, actor: Actor, draft: RollDraft, read: ReadRoll) -> Preview:
    by_dni = await store.persons_by_dni(session, {row.values["dni"] for row in read.rows if row.values.get("dni")})
    elsewhere: dict[UUID, list[str | None]] = {}
    for person_id, group in await roll_store.other_rolls(session, draft.group_id, [row.id for row in by_dni.values()]):
        seen = actor.may(Act.READ_OFFICE, group.office_id)
        elsewhere.setdefault(person_id, []).append(group.name if seen else None)
    known = Known(by_dni, await group_store.roll_of(session, draft.group_id), elsewhere)
    return await asyncio.to_thread(rules.preview, read.rows, read.ignored, known)


async def _note_likenesses(session: Session, actor: Actor, group: Group, found: Preview) -> bool:
    """Compare whom the file would register with the persons of the office, and with one another; not where they are too many."""
    new = roll_likeness.new_profiles(found.rows, group.ubigeo)
    if not 0 < len(new) <= roll_likeness.COMPARED:
        return not new
    registered, _ = await lookalike_store.person_profiles(
        session, actor.offices(Act.READ_LIKENESSES), group.office_id, None, ()
    )
    profiles = [*registered, *(profile for _, profile in new.values())]
    roll_likeness.note_likenesses(await asyncio.to_thread(likeness.find, profiles, set(new)), new)
    return True


async def _insert(session: Session, group_id: UUID, rows: list[PreviewRow]) -> Entered:
    """Persons, families and members, each in bulk."""
    there = {family.code: family.id for family, _, _ in await group_store.roll_of(session, group_id)}
    families = {code: new_id() for code in dict.fromkeys(str(each.row.code) for each in rows) if code not in there}
    persons, members = [], []
    for each in rows:
        given = each.row.member()
        person = each.person or new_person(PersonIn.model_construct(**given.model_dump(exclude={"head"})))
        if each.person is None:
            persons.append(person.model_dump())
        code = str(each.row.code)
        family_id = there.get(code) or families[code]
        members.append({"family_id": family_id, "person_id": person.id, "head": given.head})
    await roll_store.insert_all(session, Person, persons)
    family_rows: list[dict[str, Any]] = [{"id": key, "group_id": group_id, "code": code} for code, key in families.items()]
    await roll_store.insert_all(session, Family, family_rows)
    await roll_store.insert_all(session, FamilyMember, members)
    return Entered(group_id, len(families), len(members), len(persons))
