"""What the minutes say of panels: who scored what in divided stages, and which alternates stood in for whom."""

from collections import defaultdict
from collections.abc import Sequence

from service.core.db import Session
from service.deliberation import result_tables
from service.deliberation.result_tables import Judged
from service.documents.papers_of_sessions import PanelLine, StandInLine
from service.scoring import usecases as scoring


async def panel_lines(session: Session, judged: Sequence[Judged]) -> list[PanelLine]:
    """By contest, divided stage and juror, the applications that the juror scored."""
    found = []
    for each in judged:
        divided = await scoring.divided_stages(session, each.contest.id)
        scored: dict[tuple[str, str], list[str]] = defaultdict(list)
        for row in await scoring.assignments_of(session, each.contest.id) if divided else ():
            if row.stage in divided and row.locked and row.ended_at is None:
                scored[row.stage, row.name].append(row.code)
        found += [
            PanelLine(
                contest_code=each.contest.code,
                stage=result_tables.stage_name(each.book, stage),
                juror=name,
                applications=codes,
            )
            for (stage, name), codes in scored.items()
        ]
    return found


async def stand_in_lines(session: Session, judged: Sequence[Judged]) -> list[StandInLine]:
    """The alternates who stood in, for whom and why, by application."""
    return [
        StandInLine(
            application_code=each.applicants[row.application_id].code,
            organisation=each.applicants[row.application_id].organisation,
            stage=result_tables.stage_name(each.book, row.stage),
            juror=row.name,
            stands_in_for=row.stands_in_for_name,
            why=row.reason,
        )
        for each in judged
        for row in await scoring.assignments_of(session, each.contest.id)
        if row.stands_in_for is not None and row.ended_at is None and row.application_id in each.applicants
    ]
