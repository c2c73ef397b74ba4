"""``decisions.json`` of an exported bundle: votes, adjusted amounts and deferrals beside the result that they never change."""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.contests.numbers import exact
from service.core.db import Session
from service.core.money import show
from service.deliberation.vote_models import VoteMatter
from service.deliberation.vote_queries import MotionEntry, decisions_on, votes_of

FORMAT = "raymi-decisions/1"


async def decisions_file(session: Session, contest_id: UUID, run_id: UUID, session_id: UUID) -> dict[str, Any]:
    """What the committee decided on applications of a contest besides its announced result, numbers as texts; votes by count only.

    ``run_id`` is the announced run, ``session_id`` the session that announced it.
    """
    acts = (await decisions_on(session, [contest_id])).acts
    votes = await votes_of(session, session_id)
    concerned = {act.application_id for act in acts} | {entry.motion.application_id for entry in votes}
    rows = await session.execute(_LINES, {"run": run_id, "applications": [each for each in concerned if each]})
    lines = {row.application_id: row for row in rows}
    return {
        "format": FORMAT,
        "votes": [_vote(entry) for entry in votes if entry.motion.application_id in lines],
        "adjustments": [
            {
                "application": lines[act.application_id].code,
                "result": show(award) if (award := lines[act.application_id].award) is not None else None,
                "amount": show(act.amount),
                "vote": str(act.number),
                "reason": act.reason,
            }
            for act in acts
            if act.amount is not None
        ],
        "deferrals": [
            {"application": lines[act.application_id].code, "vote": str(act.number), "reason": act.reason}
            for act in acts
            if act.matter == VoteMatter.DEFERRAL
        ],
    }


def _vote(entry: MotionEntry) -> dict[str, Any]:
    motion, count, majority = entry.motion, entry.last.count, entry.last.majority
    return {
        "number": str(motion.number),
        "matter": motion.matter.value,
        "title": motion.title,
        "application": entry.code,
        "amount": None if motion.amount is None else show(motion.amount),
        "in_favour": str(count.in_favour),
        "against": str(count.against),
        "abstained": str(count.abstained),
        "appointed": str(count.appointed),
        "majority": {
            "at_least": exact(majority.at_least),
            "strict": majority.strict,
            "base": majority.base.value,
            "casting": majority.casting,
        },
        "carried": entry.last.ballot.carried,
    }


_LINES = text(
    """
    SELECT l.application_id, a.code, l.award FROM ranked_application l JOIN application a ON a.id = l.application_id
    WHERE l.run_id = :run AND l.application_id = ANY(:applications)
    """
)
