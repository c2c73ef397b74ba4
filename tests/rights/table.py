"""The table that is checked in, ``api/rights.csv``: for each route the acts that it asks for, and how everybody is answered."""

import csv
from collections.abc import Iterable

from service.core.settings import ROOT
from tests.rights.probe import Row
from tests.rights.world import WHO

FILE = ROOT / "api" / "rights.csv"


def read() -> dict[str, dict[str, str]]:
    """The rows by method and path, each with ``acts`` and a cell for each column."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["route"]: row for row in csv.DictReader(file)}


def write(rows: Iterable[Row]) -> None:
    """Write the table anew: read the difference before you believe it."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(["route", "acts", *WHO])
        for row in rows:
            lines.writerow([row.route, " ".join(sorted(row.asked)), *(row.cells[who] for who in WHO)])
