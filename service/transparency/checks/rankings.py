"""All announced rankings, judged again from what is in the database now."""

from collections.abc import AsyncIterator

from sqlalchemy import text

from service.core.db import Session
from service.scoring.gather import gather_bundle
from service.scoring.judge import judge

_RUNS = """
    SELECT r.contest_id, c.code, r.result, r.ran_at,
        ARRAY(SELECT l.application_id FROM ranked_application l WHERE l.run_id = r.id) AS applications
    FROM announcement n JOIN ranking_run r ON r.id = n.run_id JOIN contest c ON c.id = r.contest_id
    ORDER BY r.contest_id, n.at, r.id
"""


async def announced_rankings(session: Session) -> AsyncIterator[tuple[str, str]]:
    """Contests whose sheets no longer give the result that was announced; what became of applications later is no matter."""
    for row in (await session.execute(text(_RUNS))).all():
        gathered = await gather_bundle(session, row.contest_id, as_of=row.ran_at, applications=row.applications)
        if judge(gathered.bundle).as_json() != row.result:
            yield f"contest {row.code}", "its sheets give another result than the one announced"
