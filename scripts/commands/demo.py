"""Run one programme from call to closed accounts, write its papers to out/, then serve the result."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from scripts import database, schema
from scripts.cluster import APP, OWNER
from scripts.commands import check, serve
from scripts.demo import scores
from scripts.demo.auditing import audit
from scripts.demo.codes import PASSWORD, code_of
from scripts.demo.papers import draw_papers, invitation_of, papers_of, write_papers
from scripts.demo.sessions import NOTHING_TO_ANNOUNCE
from scripts.demo.stage import Stage, play
from scripts.demo.story import story
from service.contests.refusals import BundleRefusal
from service.core.db import make_engine, make_sessions
from service.core.settings import load


def main(arguments: list[str]) -> int:
    """0 when the story was played to its end and every invariant holds; 2 when the scores' folder is refused."""
    parser = argparse.ArgumentParser("raymi demo", description=__doc__)
    parser.add_argument("--no-serve", action="store_true", help="stop after the papers")
    parser.add_argument("--scores", type=Path, help="a folder with another bundle for the business plans")
    parser.add_argument("--code", metavar="USER", help="only print the code that a person of the demo signs in with just now")
    chosen = parser.parse_args(arguments)
    if chosen.code:
        print(code_of(chosen.code))
        return 0
    os.environ.setdefault("RAYMI_ENV", "demo")
    try:
        played = scores.load(chosen.scores)
        if chosen.scores:
            played.plans.expected  # noqa: B018  # judged now, so that a refused folder changes nothing
    except BundleRefusal as refusal:
        print(f"Refused: {refusal.name}: {refusal}", file=sys.stderr)
        return 2
    with database.open_database() as cluster:
        if chosen.scores and cluster:  # each story has a database of its own
            name = f"raymi_{played.digest[:12]}"
            cluster.ensure_database(name)
            os.environ["DATABASE_URL"], os.environ["MIGRATION_DATABASE_URL"] = cluster.url(APP, name), cluster.url(OWNER, name)
        schema.bring_up_to_date()
        papers = asyncio.run(_play(played))
        for path in write_papers(papers, load().out_dir):
            print(f"Paper: {path}")
        if not audit(load().out_dir) or check.main([]) != 0:
            return 1
        print(
            f"Sign in as programme, head, secretary, administrator, officer, treasurer, promoter, auditor, mayor, juror-1 ... : {PASSWORD}"
        )
        print("The code that is asked for then: scripts/raymi demo --code USER (each code once; a new one every 30 seconds).")
        return 0 if chosen.no_serve else serve.main([])


async def _play(played: scores.Scores) -> dict[str, bytes]:
    engine = make_engine(load().database_url, pool_size=2)
    stage = Stage(make_sessions(engine), played)
    try:
        try:
            await play(stage, story(stage), lambda line: print(line, flush=True))
        except NOTHING_TO_ANNOUNCE as refusal:
            if not played.plans.expected.provisional:
                raise
            print(f"Nothing is announced. {refusal}")
        await draw_papers(stage.sessions)
        return await papers_of(stage) | await invitation_of(stage)
    finally:
        await engine.dispose()
