"""What minutes say of the time before the scores: families present at the visits, and calibration rounds."""

from collections.abc import Sequence

from service.applications import presence
from service.core.db import Session
from service.deliberation.minutes_appeals import instant
from service.deliberation.result_tables import Judged, stage_name
from service.documents.papers_of_visits import BeforeScores, CalibrationLine, PresenceLine
from service.scoring import calibration


async def before_scores(session: Session, judged: Sequence[Judged]) -> BeforeScores:
    """Both, as minutes hold them."""
    return {"presences": await _presences(session, judged), "calibrations": await _calibrations(session, judged)}


async def _presences(session: Session, judged: Sequence[Judged]) -> list[PresenceLine]:
    """The families counted at each visit, in the order of contests and applications."""
    applicants = {line.application_id: each.applicants[line.application_id] for each in judged for line in each.lines}
    return [
        {
            "application_code": applicants[row.application_id].code,
            "organisation": applicants[row.application_id].organisation,
            "present": row.present,
            "families": row.families,
            "closed_by": row.closed_by,
            "reason": row.reason or "",
        }
        for row in await presence.closings_of_contests(session, [each.contest.id for each in judged])
        if row.application_id in applicants
    ]


async def _calibrations(session: Session, judged: Sequence[Judged]) -> list[CalibrationLine]:
    """The calibration rounds that were held: when, and with whom; no score of them."""
    known = {each.contest.id: each for each in judged}
    return [
        {
            "contest_code": known[row.contest_id].contest.code,
            "stage": stage_name(known[row.contest_id].book, row.stage),
            "closed_at": instant(row.at),
            "jurors": row.jurors,
        }
        for row in await calibration.rounds_of(session, list(known))
    ]
