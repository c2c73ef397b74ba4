"""Install what is missing: Python packages, Debian packages, fonts, and the database cluster."""

import argparse

from scripts import database


def main(arguments: list[str]) -> int:
    """The door has installed everything already; what is left is the cluster."""
    parser = argparse.ArgumentParser("raymi setup", description=__doc__)
    parser.add_argument("--no-database", action="store_true", help="leave the embedded database for later")
    if not parser.parse_args(arguments).no_database and not database.is_external():
        database.cluster().initialise()
    print("raymi: set up.")
    return 0
