"""Everything that is kept of one person, gathered along the register.

Rows that are the person's come whole, but for secrets and their hashes; of what the person did, the record says what and when. Other
people's names are not in it: where a row names somebody else, it does so by an identifier.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Table, or_, select, text
from sqlmodel import SQLModel

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.people.models import Person
from service.people.store import fetch
from service.privacy.models import RequestKind
from service.privacy.register import REGISTER, Kept
from service.privacy.requests import require_asked
from service.record import usecases as record

SECRETS = frozenset({"password_hash", "nonce", "verifier"})
"""Columns of text that prove something when shown; those of bytes are left out as well."""

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Everything:
    """What is kept of a person at a moment: the line of the register, its tables' rows; the person's acts; papers with the DNI."""

    person: Person
    at: datetime
    parts: Sequence[tuple[Kept, Mapping[str, Rows]]]
    acts: Rows
    papers: Rows


async def export_own(session: Session, actor: Actor) -> Everything:
    """Everything that is kept of the actor; the record keeps that it was read. Raises ``StepUpNeeded``."""
    actor.require_presence()
    return await _everything(session, actor, actor.person_id)


async def export_of(session: Session, actor: Actor, person_id: UUID) -> Everything:
    """The same of a person who asked for it and has no sign-in. Raises ``NotFound``, ``MissingRole``, ``StepUpNeeded``, ``NotAskedFor``."""
    await fetch(session, Person, person_id)
    actor.require(Act.EXPORT_PERSON)
    await require_asked(session, person_id, RequestKind.ACCESS)
    return await _everything(session, actor, person_id)


async def _everything(session: Session, actor: Actor, person_id: UUID) -> Everything:
    person = await fetch(session, Person, person_id)
    parts = []
    for kept in REGISTER:
        found = {name: await _rows(session, SQLModel.metadata.tables[name], person_id) for name in kept.tables}
        parts.append((kept, {name: rows for name, rows in found.items() if rows}))
    acts = (await session.execute(_ACTS, {"person": person_id})).mappings().all()
    papers = (await session.execute(_PAPERS, {"dni": person.dni})).mappings().all() if person.dni else []
    await record.append(session, actor, "person.exported", f"person:{person_id}", {"acts": len(acts), "papers": len(papers)})
    return Everything(person, await clock.now(session), parts, [dict(row) for row in acts], [dict(row) for row in papers])


async def _rows(session: Session, table: Table, person_id: UUID) -> Rows:
    if table.name == "message":
        whose: Any = table.c.subject == f"person:{person_id}"
    else:
        whose = or_(*(column == person_id for column in whose_columns(table)))
    shown = [column for column in table.columns if not isinstance(column.type, LargeBinary) and column.name not in SECRETS]
    rows = await session.execute(select(*shown).where(whose).order_by(*table.primary_key.columns))
    return [dict(row) for row in rows.mappings()]


def whose_columns(table: Table) -> list[Column[Any]]:
    """The columns that say whose a row is: they point at a person, and not at who did something."""
    return [
        column
        for column in table.columns
        if not column.name.endswith("_by") and any(key.column.table.name == "person" for key in column.foreign_keys)
    ]


def words_of(table: Table) -> list[str]:
    """The columns of a table that say something to a reader: neither identifiers nor hashes nor secrets."""
    return [column.name for column in table.columns if not isinstance(column.type, LargeBinary) and is_said(column.name)]


def is_said(name: str) -> bool:
    """Whether a column says something to a reader."""
    return name != "id" and not name.endswith(("_id", "_by", "_sha256")) and name not in SECRETS


_ACTS = text("SELECT at, act, subject, capacity FROM record_leaf WHERE actor_id = :person ORDER BY id")
_PAPERS = text(
    "SELECT kind, subject, version, requested_at AS at FROM document WHERE strpos(data::text, :dni) > 0 ORDER BY requested_at, id"
)
