"""Writing what is encrypted anew under the first key: table by table, each in one transaction, as the owner of the tables.

The values stay the same, and so does every hash of them. The guard of history is put aside for it inside the transaction, which only
the owner can do; a run that is stopped leaves each table as it was or done, and the next run goes on with the rest.
"""

from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import DDL, Table, select, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

from service.contracts.models import Contract
from service.core import encrypting
from service.core.db import make_engine
from service.disbursements.models import PaymentOrder
from service.documents.models import Document, StoredFile
from service.people.groups import BeneficiaryAccount
from service.people.models import Nec

TABLES: tuple[type[SQLModel], ...] = (Nec, BeneficiaryAccount, PaymentOrder, StoredFile, Contract, Document)
PUT_ASIDE = DDL("ALTER TABLE %(fullname)s DISABLE TRIGGER refuse_change")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it without types
PUT_BACK = DDL("ALTER TABLE %(fullname)s ENABLE TRIGGER refuse_change")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it without types


async def rewrite_all(owner_url: str) -> list[tuple[str, int]]:
    """Every table that holds something encrypted, and how many of its rows were written anew."""
    engine = make_engine(owner_url, pool_size=1)
    try:
        done = []
        for model in TABLES:
            table: Table = model.__table__  # type: ignore[attr-defined]  # sqlmodel's stubs do not know it
            async with engine.begin() as connection:
                done.append((table.name, await _rewrite(connection, table)))
        return done
    finally:
        await engine.dispose()


async def _rewrite(connection: AsyncConnection, table: Table) -> int:
    guarded = bool(table.info.get("immutable"))
    if guarded:
        await connection.execute(PUT_ASIDE.against(table))
    count = 0
    async for key, changed in _stale(connection, table):
        await connection.execute(update(table).where(table.c.id == key).values(changed))
        count += 1
    if guarded:
        await connection.execute(PUT_BACK.against(table))
    return count


async def _stale(connection: AsyncConnection, table: Table) -> AsyncIterator[tuple[Any, dict[str, Any]]]:
    """The rows that are not wholly under the first key, with their values as they were given."""
    columns = [each for each in table.c if isinstance(each.type, encrypting.ENCRYPTED)]
    as_kept = select(*(type_coerce(each, each.type.impl_instance) for each in columns))  # type: ignore[attr-defined]  # of those types it is there
    for key in (await connection.scalars(select(table.c.id))).all():
        kept = (await connection.execute(as_kept.where(table.c.id == key))).one()
        if all(map(encrypting.is_newest, kept)):
            continue
        row = (await connection.execute(select(*columns).where(table.c.id == key))).one()
        changed = dict(zip((each.name for each in columns), row, strict=True))
        if "cci_mark" in table.c:
            changed["cci_mark"] = encrypting.mark(changed["cci"], f"{table.name}.cci")
        yield key, changed
