"""List the districts of Peru, and import published figures about them."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from scripts import database
from service.core.actor import Actor, Grant
from service.core.acts import Role
from service.core.db import Session, make_engine, make_sessions, transaction
from service.core.errors import Refusal
from service.territory import usecases

OPERATOR = Actor(UUID(int=0), "operator of this installation", frozenset({Grant(Role.SYSTEM)}), via="raymi territory")
"""Who the record names: whoever holds the machine acts as the system, and signs in nowhere."""


def main(arguments: list[str]) -> int:
    """`import FILE --source TEXT` takes in figures, `list [TEXT]` finds districts; 1 where a file is refused."""
    parser = argparse.ArgumentParser("raymi territory", description=__doc__)
    actions = parser.add_subparsers(dest="action", required=True)
    importing = actions.add_parser("import", help="take in the figures of a CSV file: all rows or none")
    importing.add_argument("file", type=Path, help="comma-separated, with the headings of scripts/demo/canchis.csv")
    importing.add_argument("--source", required=True, help="who published the figures, and when")
    listing = actions.add_parser("list", help="find districts by a part of the name or the first digits of the UBIGEO")
    listing.add_argument("text", nargs="?", default="")
    chosen = parser.parse_args(arguments)
    try:
        with database.open_database():
            asyncio.run(_list(chosen.text) if chosen.action == "list" else _import(chosen.file.read_bytes(), chosen.source))
    except (Refusal, OSError) as refusal:
        print(f"raymi territory: {refusal}", file=sys.stderr)
        return 1
    return 0


async def _import(csv_bytes: bytes, source: str) -> None:
    async with _transaction() as session:
        report = await usecases.import_indicators(session, OPERATOR, csv_bytes, source)
    print(f"raymi: figures for {report.districts} districts imported ({report.source}).")


async def _list(text: str) -> None:
    async with _transaction() as session:
        found = await usecases.search_districts(session, text)
    for place in found:
        print(f"{place.ubigeo}  {place.district}, {place.province}, {place.department}")
    if len(found) == usecases.FOUND_AT_MOST:
        print(f"raymi: only the first {len(found)} are shown; give a longer part of the name.", file=sys.stderr)


@asynccontextmanager
async def _transaction() -> AsyncIterator[Session]:
    engine = make_engine(database.app_url(), pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            yield session
    finally:
        await engine.dispose()
