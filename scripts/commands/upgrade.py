"""After new code was put in place: back up, migrate the database, check it."""

import argparse
import importlib
import importlib.util

from scripts import archive, database, schema


def main(arguments: list[str]) -> int:
    """The door has installed the new packages already. Stop `raymi serve` before, start it after."""
    argparse.ArgumentParser("raymi upgrade", description=__doc__).parse_args(arguments)
    with database.open_database() as embedded:
        server = archive.Server.at(database.owner_url(), embedded)
        archive.require_unused(server)
        if server.has_tables():
            backup = archive.automatic_place("before-upgrade")
            archive.write(server, backup)
            print(
                f"raymi: backed up. To go back: put the earlier code in place, then\n    scripts/raymi restore --replace {backup}"
            )
        schema.bring_up_to_date()
        print("raymi: the database is up to date.", flush=True)
        code = _check()
    print("raymi: upgraded; start raymi serve." if code == 0 else "raymi: the check found something wrong; it is said above.")
    return code


def _check() -> int:
    """The checks of the record and the money, where this version has them."""
    if importlib.util.find_spec("scripts.commands.check") is None:
        return 0
    return int(importlib.import_module("scripts.commands.check").main([]))
