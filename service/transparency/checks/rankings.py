"""The announced rankings, judged again from what is in the database now."""

from collections.abc import AsyncIterator
from uuid import UUID

from sqlalchemy import text

from service.core.db import Session
from service.scoring.gather import gather_bundle
from service.scoring.judge import judge

_RUNS = """
    SELECT DISTINCT ON (r.contest_id) r.contest_id, c.code, r.result FROM ranking_run r JOIN contest c ON c.id = r.contest_id
    WHERE c.status = 'decided' ORDER BY r.contest_id, r.ran_at DESC, r.id DESC
"""


async def announced_rankings(session: Session) -> AsyncIterator[tuple[str, str]]:
    """Contests whose sheets no longer give the result that was announced."""
    rows: list[tuple[UUID, str, object]] = [tuple(row) for row in await session.execute(text(_RUNS))]
    for contest_id, code, announced in rows:
        gathered = await gather_bundle(session, contest_id)
        if judge(gathered.bundle).as_json() != announced:
            yield f"contest {code}", "its sheets give another result than the one announced"
