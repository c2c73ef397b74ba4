"""Exporting everything that decided a contest, flat in memory: the stored result is copied line by line, never built again."""

import json
import textwrap
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO
from uuid import UUID

from sqlalchemy import text

from service.contests.models import Contest
from service.core.db import Session
from service.deliberation import rules, store
from service.deliberation.decisions_file import decisions_file
from service.deliberation.models import RankingRun
from service.scoring import usecases as scoring
from service.scoring.bundle import FILES, write_json
from service.scoring.export import stream


@dataclass(frozen=True, slots=True)
class AnnouncedRun:
    """An announced run of the judge without its result, which may be long."""

    id: UUID
    session_id: UUID
    ran_at: datetime
    inputs_sha256: str


async def export_announced(session: Session, contest_id: UUID, folder: Path) -> None:
    """Write the bundle that was judged for the announced result, gathered again from the tables, and result and decisions: public.

    ``folder`` exists and is empty, and is left empty where this refuses. Raises ``NotFound``, ``NotAnnounced``, ``NotReproduced``.
    """
    contest = await store.fetch(session, Contest, contest_id)
    row = (await session.execute(_RUN, {"contest": contest_id})).one_or_none()
    if row is None:
        raise rules.NotAnnounced
    run = AnnouncedRun(*row)
    lines = list((await session.execute(_LINES, {"run": run.id})).scalars())
    await _export(session, contest, run, lines, folder, announced=True)


async def export_run(session: Session, run_id: UUID, folder: Path) -> str:
    """The same for any run of the judge, for the second person who checks it off; the contest's title.

    Raises ``NotFound``, ``NotReproduced``.
    """
    stored = await store.fetch(session, RankingRun, run_id)
    contest = await store.fetch(session, Contest, stored.contest_id)
    run = AnnouncedRun(stored.id, stored.session_id, stored.ran_at, stored.inputs_sha256)
    lines = list((await session.execute(_LINES, {"run": run_id})).scalars())
    await _export(session, contest, run, lines, folder, announced=False)
    return contest.title


async def _export(
    session: Session, contest: Contest, run: AnnouncedRun, lines: list[UUID], folder: Path, *, announced: bool
) -> None:
    try:
        written = await scoring.export_bundle(session, contest.id, folder, as_of=run.ran_at, applications=lines)
        if written != run.inputs_sha256:
            raise rules.NotReproduced(contest=contest.code)
        if announced:
            write_json(folder / "decisions.json", await decisions_file(session, contest.id, run.id, run.session_id))
        with (folder / "result.json").open("w", encoding="utf-8") as file:
            await _write_result(session, run.id, file)
    except BaseException:
        for name in FILES:
            (folder / name).unlink(missing_ok=True)
        raise


async def _write_result(session: Session, run_id: UUID, file: TextIO) -> None:
    """The result as ``write_json`` writes it whole."""
    head: dict[str, Any] = (await session.execute(_HEAD, {"run": run_id})).scalar_one()
    before, mark, after = json.dumps(head, indent=1, ensure_ascii=False).partition(_EMPTY)
    file.write(before + mark[:-1])
    separator = "\n"
    async for rows in stream(session, _RESULTS, {"run": run_id}):
        for row in rows:
            line = json.dumps(row.line, indent=1, ensure_ascii=False)
            file.write(separator + textwrap.indent(line, "  "))
            separator = ",\n"
    file.write(("]" if separator == "\n" else "\n ]") + after + "\n")


_EMPTY = '"results": []'
_RUN = text(
    """
    SELECT r.id, r.session_id, r.ran_at, r.inputs_sha256 FROM announcement n JOIN ranking_run r ON r.id = n.run_id
    WHERE n.contest_id = :contest ORDER BY n.at DESC, n.run_id DESC LIMIT 1
    """
)
_LINES = text("SELECT application_id FROM ranked_application WHERE run_id = :run")
_HEAD = text("SELECT jsonb_set(result, '{results}', '[]') FROM ranking_run WHERE id = :run")
_RESULTS = text(
    """
    SELECT each.line FROM ranking_run r, jsonb_array_elements(r.result -> 'results') WITH ORDINALITY AS each (line, place)
    WHERE r.id = :run ORDER BY each.place
    """
)
