"""Write the bundle of a contest whose result is announced: judging it gives that result (format in docs/bundle.md)."""

import argparse
import asyncio
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from scripts.database import app_url, open_database
from scripts.refusal import Refused
from service.contests.usecases import list_contests
from service.core.db import Session, make_engine, make_sessions
from service.core.errors import Refusal
from service.deliberation.decisions_file import decisions_file
from service.deliberation.usecases import announced_bundle
from service.scoring.bundle import Bundle, write_folder


def main(arguments: list[str]) -> int:
    """Write the six files, result.json and decisions.json into a folder, new or empty."""
    parser = argparse.ArgumentParser("raymi export-bundle", description=__doc__)
    parser.add_argument("contest", metavar="CONTEST", help="the code of the contest, or its identifier")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a new or empty folder")
    given = parser.parse_args(arguments)
    with open_database():
        announced = asyncio.run(_gather(app_url(), given.contest))
    write(announced, given.folder)
    print(f"raymi: the bundle of {announced.title} is in {given.folder}.")
    return 0


@dataclass(frozen=True)
class Announced:
    """A contest's title, the bundle and result that were announced, and what the committee decided beside it."""

    title: str
    bundle: Bundle
    result: object
    decisions: object


async def find_announced(session: Session, contest: str) -> Announced:
    """The bundle of the contest with this code or identifier. Raises ``Refused``."""
    contest_id, title = await _find(session, contest)
    try:
        bundle, run = await announced_bundle(session, contest_id)
        decisions = await decisions_file(session, contest_id)
    except Refusal as refusal:
        raise Refused(str(refusal)) from refusal
    return Announced(title, bundle, run.result, decisions)


def write(announced: Announced, folder: Path) -> None:
    """Write the files into a new or empty folder. Raises ``Refused``."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is not an empty folder. Name a new one.")
    folder.mkdir(parents=True, exist_ok=True)
    write_folder(announced.bundle, folder, announced.result, announced.decisions)


async def _gather(url: str, contest: str) -> Announced:
    engine = make_engine(url, pool_size=1)
    try:
        async with make_sessions(engine)() as session, session.begin():
            return await find_announced(session, contest)
    finally:
        await engine.dispose()


async def _find(session: Session, written: str) -> tuple[UUID, str]:
    """The published contest with this code or identifier, and its title."""
    contests = [entry.contest for entry in await list_contests(session, None)]
    found = [contest for contest in contests if written in (contest.code, str(contest.id))]
    if not found:
        raise Refused(
            f"There is no published contest “{written}”. Give its code, or the identifier in the address of its page."
        )
    if len(found) > 1:
        ids = ", ".join(str(contest.id) for contest in found)
        raise Refused(f"{len(found)} contests have the code “{written}”. Give the identifier of one: {ids}.")
    return found[0].id, found[0].title
