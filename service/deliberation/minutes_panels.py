"""What the minutes say of panels: who scored what in divided stages, and which alternates stood in for whom."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypedDict

from sqlalchemy import Row

from service.core.db import Session
from service.deliberation import result_tables
from service.deliberation.result_tables import Judged
from service.documents.papers_of_panels import PanelLine, StandInLine
from service.scoring import usecases as scoring


class Panels(TypedDict):
    """Both lists, by contest: what jurors scored by stage and juror, alternates by application."""

    panels: list[PanelLine]
    stand_ins: list[StandInLine]


async def panels_of(session: Session, judged: Sequence[Judged]) -> Panels:
    """What was assigned, as the minutes say it; both lists are empty where every juror scored everything."""
    found: Panels = {"panels": [], "stand_ins": []}
    for each in judged:
        rows = [row for row in await scoring.assignments_of(session, each.contest.id) if row.ended_at is None]
        divided = await scoring.divided_stages(session, each.contest.id)
        found["panels"] += _panels(each, [row for row in rows if row.stage in divided and row.locked])
        found["stand_ins"] += _stand_ins(each, [row for row in rows if row.stands_in_for is not None])
    return found


def _panels(judged: Judged, rows: Sequence[Row[Any]]) -> list[PanelLine]:
    scored: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        scored[row.stage, row.name].append(row.code)
    return [
        {
            "contest_code": judged.contest.code,
            "stage": result_tables.stage_name(judged.book, stage),
            "juror": name,
            "applications": codes,
        }
        for (stage, name), codes in scored.items()
    ]


def _stand_ins(judged: Judged, rows: Sequence[Row[Any]]) -> list[StandInLine]:
    return [
        {
            "application_code": judged.applicants[row.application_id].code,
            "organisation": judged.applicants[row.application_id].organisation,
            "stage": result_tables.stage_name(judged.book, row.stage),
            "juror": row.name,
            "stands_in_for": row.stands_in_for_name,
            "why": row.reason,
        }
        for row in rows
        if row.application_id in judged.applicants
    ]
