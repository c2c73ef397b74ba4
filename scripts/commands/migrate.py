"""Bring the database's tables to the state this version expects."""

import argparse

from scripts import database
from service.core import migrations


def main(arguments: list[str]) -> int:
    """Run all pending migrations as the owner role."""
    argparse.ArgumentParser("raymi migrate", description=__doc__).parse_args(arguments)
    with database.open_database():
        migrations.upgrade(database.owner_url(), database.app_role())
    print("raymi: the database is up to date.")
    return 0
