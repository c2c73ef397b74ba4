"""Bring the database's tables to the state this version expects."""

import argparse

from scripts import database, schema


def main(arguments: list[str]) -> int:
    """Run all pending migrations as the owner role."""
    argparse.ArgumentParser("raymi migrate", description=__doc__).parse_args(arguments)
    with database.open_database():
        schema.bring_up_to_date()
    print("raymi: the database is up to date.")
    return 0
