"""The announced result of a contest, a page at a time: what everybody may read, in one query whatever its length."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.core.db import Session


@dataclass(frozen=True, slots=True)
class AnnouncedLine:
    """An applicant in an announced result; ``stages`` and totals are exact values as texts."""

    application_id: UUID
    rank: int | None
    code: str
    applicant: str
    district: str
    stages: dict[str, Any]
    total_shown: str | None
    status: str
    award: Decimal | None
    reasons: list[str]


@dataclass(frozen=True, slots=True)
class AnnouncedPage:
    """Some lines of an announced result, how many there are, and the hashes (hex) of the rules and of all that was judged."""

    lines: tuple[AnnouncedLine, ...]
    total: int
    rules_sha256: str
    inputs_sha256: str


async def announced_page(session: Session, contest_id: UUID, offset: int = 0, limit: int = 50) -> AnnouncedPage | None:
    """Lines of the newest announced run of a contest; None before anything is announced. Everybody may ask."""
    rows = (await session.execute(_PAGE, {"contest": contest_id, "offset": offset, "limit": limit})).all()
    if not rows:
        return None
    lines = tuple(AnnouncedLine(*row[4:]) for row in rows if row.code is not None)
    return AnnouncedPage(lines, rows[0].total, rows[0].rules_sha256, rows[0].inputs_sha256)


@dataclass(frozen=True, slots=True)
class AnnouncedRanking:
    """An announced run: when, who ran and who checked it, and what it judged; ``checked_by`` is None from before checks were kept."""

    run_id: UUID
    at: datetime
    ran_by: str
    checked_by: str | None
    rules_sha256: str
    inputs_sha256: str


async def announced_rankings(session: Session, contest_id: UUID) -> list[AnnouncedRanking]:
    """The announced runs of a contest, the newest first, which holds. Everybody may ask."""
    return [AnnouncedRanking(*row) for row in await session.execute(_RANKINGS, {"contest": contest_id})]


_RANKINGS = text("""
    SELECT n.run_id, n.at, w.given_names || ' ' || w.family_names, s.given_names || ' ' || s.family_names,
    r.rules_sha256, r.inputs_sha256 FROM announcement n JOIN ranking_run r ON r.id = n.run_id JOIN person w ON w.id = r.ran_by
    LEFT JOIN run_check k ON k.run_id = r.id LEFT JOIN person s ON s.id = k.checked_by
    WHERE n.contest_id = :contest ORDER BY n.at DESC, n.run_id DESC
""")
_PAGE = text("""
    WITH run AS (
        SELECT r.id, r.rules_sha256, r.inputs_sha256 FROM announcement n JOIN ranking_run r ON r.id = n.run_id
        WHERE n.contest_id = :contest ORDER BY n.at DESC, n.run_id DESC LIMIT 1
    )
    SELECT run.id, (SELECT count(*) FROM ranked_application WHERE run_id = run.id) AS total,
    run.rules_sha256, run.inputs_sha256,
    x.application_id, x.rank, x.code, x.applicant, x.district, x.stages, x.total_shown, x.status, x.award, x.reasons
    FROM run LEFT JOIN LATERAL (
        SELECT l.application_id, l.position, l.rank, a.code, COALESCE(p.given_names || ' ' || p.family_names, g.name) AS applicant,
        d.name AS district, l.stages, l.total_shown, l.status, l.award, l.reasons
        FROM ranked_application l JOIN application a ON a.id = l.application_id JOIN "group" g ON g.id = a.group_id
        JOIN district d ON d.ubigeo = g.ubigeo
        LEFT JOIN family_member f ON f.family_id = a.family_id AND f.head LEFT JOIN person p ON p.id = f.person_id
        WHERE l.run_id = run.id ORDER BY l.position LIMIT :limit OFFSET :offset
    ) x ON true ORDER BY x.position
""")
