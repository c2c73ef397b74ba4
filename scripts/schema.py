"""The tables and the places of Peru in this installation's database, brought to the state this version expects."""

import asyncio

from alembic.util import CommandError

from scripts import database
from scripts.refusal import Refused
from service.core import migrations
from service.core.db import make_engine, make_sessions, transaction
from service.territory.usecases import load_ubigeos


class SchemaUnknown(Refused):
    """The database was migrated by a version that this code does not know."""


def bring_up_to_date() -> None:
    """Run the pending migrations as the owner and load the districts, inside `open_database()`.

    Refuses: OwnerMissing, SchemaUnknown.
    """
    try:
        migrations.upgrade(database.owner_url(), database.app_role())
    except CommandError as error:
        raise SchemaUnknown(
            f"{error}: the database is of another version than this code; put the newer code in place."
        ) from error
    asyncio.run(_load_places())


async def _load_places() -> None:
    engine = make_engine(database.app_url(), pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            await load_ubigeos(session)
    finally:
        await engine.dispose()
