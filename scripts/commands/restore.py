"""Put a backup back into an empty database."""

import argparse
from pathlib import Path

from scripts import archive, database, schema
from service.core.upkeep import Chore


def main(arguments: list[str]) -> int:
    """`raymi restore FILE [--replace]`; a backup of an earlier version is then migrated to this one."""
    parser = argparse.ArgumentParser("raymi restore", description=__doc__)
    parser.add_argument("file", type=Path, help="a file that raymi backup wrote")
    parser.add_argument("--replace", action="store_true", help="the database has tables: back them up, then replace them")
    chosen = parser.parse_args(arguments)
    file: Path = chosen.file.absolute()
    keep_in = archive.automatic_place("before-restore") if chosen.replace else None
    with database.open_database() as embedded:
        archive.put_back(archive.Server.at(database.owner_url(), embedded), file, keep_in)
        if keep_in is not None and keep_in.exists():
            print(f"raymi: what was there is in {keep_in}.")
        schema.bring_up_to_date()
        database.note_upkeep(Chore.RESTORE, well=True, note=f"{file.stat().st_size:,} bytes")
    print(f"raymi: {file} is restored.")
    return 0
