"""The keys that bank data is kept under: make them, add one, write everything anew under the newest."""

import argparse
import asyncio
from pathlib import Path

from scripts import database
from scripts.refusal import Refused
from scripts.rekeying import rewrite_all
from service.core import encrypting
from service.core.key_files import replace, write_once
from service.core.settings import load


def main(arguments: list[str]) -> int:
    """1 when it is refused, with the reason."""
    parser = argparse.ArgumentParser("raymi data-keys", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("new", help="make the file RAYMI_DATA_KEYS_FILE with a first key")
    acts.add_parser("add", help="put a new key in front of those in the file; then start every process again, and rotate")
    acts.add_parser("rotate", help="write everything anew under the first key of the file; may be stopped and begun again")
    chosen = parser.parse_args(arguments)
    file = load().data_keys_file
    if chosen.act == "new":
        return _new(file)
    if chosen.act == "add":
        return _add(file)
    with database.open_database():
        encrypting.keys()  # before anything is touched: a file that cannot be read is said so
        for table, count in asyncio.run(rewrite_all(database.owner_url())):
            print(f"raymi: {table}: {count} written under the first key")
    print("raymi: what is kept is under the first key. Keep the older keys as long as backups from before are kept.")
    return 0


def _new(file: Path) -> int:
    if file.exists():
        raise Refused(f"{file} is there already. To change keys: raymi data-keys add")
    write_once(file, encrypting.new_line())
    print(
        f"raymi: {file} holds a new key. Keep a copy away from the database and its backups: without it no account can be read."
    )
    return 0


def _add(file: Path) -> int:
    encrypting.read_keys(file, may_make=False)
    replace(file, encrypting.new_line() + file.read_text())
    print("raymi: a new key stands first. Start every process again, then: raymi data-keys rotate")
    return 0
