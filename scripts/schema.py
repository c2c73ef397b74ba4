"""The tables of this installation's database, brought to the state this version expects."""

from alembic.util import CommandError

from scripts import database
from scripts.refusal import Refused
from service.core import migrations


class SchemaUnknown(Refused):
    """The database was migrated by a version that this code does not know."""


def bring_up_to_date() -> None:
    """Run the pending migrations as the owner, inside `open_database()`. Refuses: OwnerMissing, SchemaUnknown."""
    try:
        migrations.upgrade(database.owner_url(), database.app_role())
    except CommandError as error:
        raise SchemaUnknown(
            f"{error}: the database is of another version than this code; put the newer code in place."
        ) from error
