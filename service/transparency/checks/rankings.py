"""The announced rankings, judged again from what is in the database now."""

from collections.abc import AsyncIterator

from sqlalchemy import text

from service.core.db import Session
from service.scoring.gather import gather_bundle
from service.scoring.judge import judge

_RUNS = """
    SELECT DISTINCT ON (r.contest_id) r.contest_id, c.code, r.result, r.ran_at,
        ARRAY(SELECT l.application_id FROM ranked_application l WHERE l.run_id = r.id) AS applications
    FROM ranking_run r JOIN contest c ON c.id = r.contest_id
    WHERE c.status = 'decided' ORDER BY r.contest_id, r.ran_at DESC, r.id DESC
"""


async def announced_rankings(session: Session) -> AsyncIterator[tuple[str, str]]:
    """Contests whose sheets no longer give the result that was announced; what became of applications later is no matter."""
    for row in (await session.execute(text(_RUNS))).all():
        gathered = await gather_bundle(session, row.contest_id, as_of=row.ran_at, applications=row.applications)
        if judge(gathered.bundle).as_json() != row.result:
            yield f"contest {row.code}", "its sheets give another result than the one announced"
