"""List who may do what, and in which phases of a contest; or, for every route, which acts it asks for and whom it lets pass."""

import argparse
import csv

from service.core.acts import Phase
from service.core.rights import RIGHTS, Right
from service.core.settings import ROOT


def main(arguments: list[str]) -> int:
    """Print the rights table, a line for each row; or the routes'."""
    parser = argparse.ArgumentParser("raymi rights", description=__doc__)
    parser.add_argument("--routes", action="store_true", help="every route: its acts, and who passes")
    if parser.parse_args(arguments).routes:
        return routes()
    width = max(len(row.act) for row in RIGHTS)
    for row in RIGHTS:
        print(
            f"{row.act:<{width}}  {when(row):<47}  {', '.join(row.holders)}{', never its jurors' if row.unless_juror else ''}"
        )
    return 0


def routes() -> int:
    """Print ``api/rights.csv``, which the tests compare with what each route answers."""
    with (ROOT / "api" / "rights.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            route, acts = row.pop("route"), row.pop("acts")
            passing = [who for who, cell in row.items() if cell == "yes"]
            everybody = len(passing) == len(row)
            print(f"{route}  [{acts or 'no act'}]  {'everybody' if everybody else ', '.join(passing) or 'nobody'}")
    return 0


def when(row: Right) -> str:
    """The phases of a row; ``always`` where they do not matter."""
    if row.phases == tuple(Phase):
        return "always"
    return " ".join(row.phases)
