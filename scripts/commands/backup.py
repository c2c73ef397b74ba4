"""Write the whole database to a file, and verify it."""

import argparse
from pathlib import Path

from scripts import archive, database
from service.core.upkeep import Chore


def main(arguments: list[str]) -> int:
    """`raymi backup FILE`. The service may go on running: the backup is of one moment."""
    parser = argparse.ArgumentParser("raymi backup", description=__doc__)
    parser.add_argument("file", type=Path, help="where to; an existing file is never overwritten")
    file: Path = parser.parse_args(arguments).file.absolute()
    with database.open_database() as embedded:
        tables = archive.write(archive.Server.at(database.owner_url(), embedded), file)
        database.note_upkeep(Chore.BACKUP, well=True, note=f"{tables} tables, {file.stat().st_size:,} bytes")
    print(f"raymi: {tables} tables in {file} ({file.stat().st_size:,} bytes), verified.")
    print(
        "Keep it off this machine. The secret key and the data keys are not in it: keep them off this machine too, but elsewhere."
    )
    return 0
