"""List who may do what, and in which phases of a contest."""

import argparse

from service.core.acts import Phase
from service.core.rights import RIGHTS, Right


def main(arguments: list[str]) -> int:
    """Print the rights table, a line for each row."""
    argparse.ArgumentParser("raymi rights", description=__doc__).parse_args(arguments)
    width = max(len(row.act) for row in RIGHTS)
    for row in RIGHTS:
        print(
            f"{row.act:<{width}}  {when(row):<48}  {', '.join(row.holders)}{', never its jurors' if row.unless_juror else ''}"
        )
    return 0


def when(row: Right) -> str:
    """The phases of a row; ``always`` where they do not matter."""
    if row.phases == tuple(Phase):
        return "always"
    return " ".join(row.phases)
