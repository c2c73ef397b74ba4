"""Write the bundle of a contest whose result is announced: judging it gives that result (format in docs/bundle.md)."""

import argparse
import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from scripts.database import app_url, open_database
from scripts.refusal import Refused
from service.contests.usecases import list_contests
from service.core.db import Session, make_engine, make_sessions
from service.core.errors import Refusal
from service.deliberation.usecases import export_announced, export_run


def main(arguments: list[str]) -> int:
    """Write the six files, result.json and decisions.json into a folder, new or empty."""
    parser = argparse.ArgumentParser("raymi export-bundle", description=__doc__)
    parser.add_argument(
        "contest", metavar="CONTEST", help="the code of the contest, or its identifier; with --run, that of a run"
    )
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a new or empty folder")
    parser.add_argument("--run", action="store_true", help="export a run that is not announced yet, to check it off")
    given = parser.parse_args(arguments)
    with open_database():
        title = asyncio.run(_connect_and_export(app_url(), given.contest, given.folder, run=given.run))
    print(f"raymi: the bundle of {title} is in {given.folder}.")
    return 0


async def export(session: Session, contest: str, folder: Path) -> str:
    """Write the files of the contest with this code or identifier into a new or empty folder; the contest's title.

    Raises ``Refused``, and then leaves nothing behind.
    """
    _require_empty(folder)
    contest_id, title = await _find(session, contest)
    with _made(folder):
        try:
            await export_announced(session, contest_id, folder)
        except Refusal as refusal:
            raise Refused(str(refusal)) from refusal
    return title


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is not an empty folder. Name a new one.")


@contextlib.contextmanager
def _made(folder: Path) -> Iterator[None]:
    """The folder is there, and gone again after an error if it was not there before."""
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        if new:
            folder.rmdir()
        raise


async def export_unannounced(session: Session, run: str, folder: Path) -> str:
    """The same for the run with this identifier, announced or not. Raises ``Refused``."""
    _require_empty(folder)
    with _made(folder):
        try:
            return await export_run(session, UUID(run), folder)
        except ValueError as error:
            raise Refused(f"“{run}” is no identifier of a run. Copy it from the page of the ranking.") from error
        except Refusal as refusal:
            raise Refused(str(refusal)) from refusal


async def _connect_and_export(url: str, written: str, folder: Path, *, run: bool) -> str:
    engine = make_engine(url, pool_size=1)
    try:
        async with make_sessions(engine)() as session, session.begin():
            return await (export_unannounced if run else export)(session, written, folder)
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
