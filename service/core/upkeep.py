"""When this installation was last looked after: backups, restores, checks of every invariant. Rows are added by the commands.

They lie in the database and not in a file, so that every machine that serves it shows the same, and a restored backup says when it
was restored.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlmodel import col

from service.core.db import Session
from service.core.tables import IMMUTABLE, SQLModel, enum, id_column, moment

WORKER = "raymi worker"
"""How the worker's connection names itself, by which it is found to be there."""


class Chore(StrEnum):
    """What is done to keep an installation well."""

    BACKUP = "backup"
    RESTORE = "restore"
    CHECK = "check_of_invariants"
    FORGET = "forgetting"


class Upkeep(SQLModel, table=True):
    """One time that something was done, by the real time of the machine; ``note`` says what came of it, without names of places."""

    __tablename__ = "upkeep"
    __table_args__ = (IMMUTABLE,)

    id: UUID = id_column()
    chore: Chore = enum(Chore)
    well: bool
    note: str
    at: datetime = moment()


async def keep_run(session: Session, chore: Chore, well: bool, note: str) -> None:
    """Note that a chore was done, now."""
    at = (await session.execute(text("SELECT now()"))).scalar_one()
    session.add(Upkeep(chore=chore, well=well, note=note, at=at))
    await session.flush()


async def last_runs(session: Session) -> dict[Chore, Upkeep]:
    """The newest row of each chore."""
    by_chore = select(Upkeep).order_by(col(Upkeep.chore), col(Upkeep.at).desc(), col(Upkeep.id).desc())
    return {row.chore: row for row in await session.scalars(by_chore.ext(distinct_on(col(Upkeep.chore))))}
