"""After new code was put in place: back up, migrate the database, check it."""

import argparse
import importlib
import importlib.util

from scripts import archive, database
from service.core import migrations


def main(arguments: list[str]) -> int:
    """The door has installed the new packages already. Stop `raymi serve` before, start it after."""
    argparse.ArgumentParser("raymi upgrade", description=__doc__).parse_args(arguments)
    with database.open_database() as embedded:
        server = archive.Server.at(database.owner_url(), embedded)
        if server.is_in_use():
            raise archive.ArchiveRefused("somebody is connected to the database: stop raymi serve first.")
        backup = None
        if server.has_tables():
            backup = archive.automatic_place("before-upgrade")
            archive.write(server, backup)
            print(f"raymi: backed up to {backup}.")
        migrations.upgrade(database.owner_url(), database.app_role())
        print(f"raymi: the database is at {migrations.newest()}.")
        code = _check()
    print("raymi: upgraded; start raymi serve." if code == 0 else "raymi: the check found something wrong; see above.")
    if backup is not None:
        print(f"To go back: put the earlier code in place, then scripts/raymi restore --replace {backup}")
    return code


def _check() -> int:
    """The checks of the public record, where this version has them."""
    if importlib.util.find_spec("scripts.commands.check") is None:
        return 0
    return int(importlib.import_module("scripts.commands.check").main([]))
