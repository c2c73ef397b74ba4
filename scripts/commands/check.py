"""Compute every invariant anew from the data, and say what is wrong."""

import argparse
import asyncio

from scripts.database import app_url, note_upkeep, open_database
from service.core.db import make_engine, make_sessions
from service.core.upkeep import Chore
from service.record.sequencer import sequence
from service.transparency.checks import CHECKS, Finding, run_checks


def main(arguments: list[str]) -> int:
    """0 when every invariant holds; 1 with a line for each thing that is wrong."""
    argparse.ArgumentParser("raymi check", description=__doc__).parse_args(arguments)
    with open_database():
        findings = asyncio.run(_findings(app_url()))
        broken = len({finding.check for finding in findings})
        note_upkeep(Chore.CHECK, not findings, f"{len(CHECKS) - broken} / {len(CHECKS)}")
    for finding in findings:
        print(f"WRONG  {finding.check}: {finding.subject} {finding.wrong}")
    print(f"{len(CHECKS) - broken} of {len(CHECKS)} invariants hold.")
    return 1 if findings else 0


async def _findings(url: str) -> list[Finding]:
    engine = make_engine(url, pool_size=1)
    try:
        async with make_sessions(engine)() as session, session.begin():
            await sequence(session)  # with no worker running, as after an upgrade, acts would be found to wait for their place
            return await run_checks(session)
    finally:
        await engine.dispose()
