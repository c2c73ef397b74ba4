"""Put a backup back into an empty database."""

import argparse
from pathlib import Path

from scripts import archive, database
from service.core import migrations


def main(arguments: list[str]) -> int:
    """`raymi restore FILE [--replace]`; a backup of an earlier version is then migrated to this one."""
    parser = argparse.ArgumentParser("raymi restore", description=__doc__)
    parser.add_argument("file", type=Path, help="a file that raymi backup wrote")
    parser.add_argument("--replace", action="store_true", help="the database has tables: back them up, then replace them")
    chosen = parser.parse_args(arguments)
    file: Path = chosen.file.absolute()
    with database.open_database() as embedded:
        server = archive.Server.at(database.owner_url(), embedded)
        if chosen.replace and file.exists() and server.has_tables():
            before = archive.automatic_place("before-restore")
            archive.write(server, before)
            print(f"raymi: what was there is in {before}.")
        archive.put_back(server, file, replace=chosen.replace)
        migrations.upgrade(database.owner_url(), database.app_role())
    print(f"raymi: {file} is restored.")
    return 0
