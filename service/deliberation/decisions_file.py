"""``decisions.json`` of an exported bundle: votes, adjusted amounts, deferrals and appeals beside the result that they never change."""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

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
        "appeals": [_appeal(row) for row in await session.execute(_APPEALS, {"contest": contest_id})],
    }


def _appeal(row: Row[Any]) -> dict[str, Any]:
    """A settled appeal: what was opened, not whose sheet; the hashes of what was judged before and after."""
    return {
        "application": row.code,
        "outcome": "upheld" if row.status == "carried_out" else row.status,
        "in_favour": str(row.yes),
        "panel": str(row.members),
        "corrected": list(row.corrected or ()),
        "resolution": row.number,
        "inputs_before": row.before,
        "inputs_after": row.after,
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


_APPEALS = text(
    """
    SELECT a.code, p.status, r.number, b.inputs_sha256 AS before, n.inputs_sha256 AS after,
        (SELECT count(*) FROM appeal_panelist m WHERE m.appeal_id = p.id) AS members,
        (SELECT count(*) FROM appeal_opinion o WHERE o.appeal_id = p.id AND o.uphold) AS yes,
        (SELECT array_agg(concat_ws(':', m.kind, m.stage, m.attribute) ORDER BY m.kind, m.stage, m.attribute, m.id)
            FROM appeal_remedy m WHERE m.appeal_id = p.id) AS corrected
    FROM appeal p JOIN application a ON a.id = p.application_id JOIN ranking_run b ON b.id = p.run_id
    LEFT JOIN appeal_resolution r ON r.appeal_id = p.id
    LEFT JOIN LATERAL (SELECT g.inputs_sha256 FROM appeal_run x JOIN announcement t ON t.run_id = x.run_id
        JOIN ranking_run g ON g.id = x.run_id WHERE x.appeal_id = p.id) n ON true
    WHERE p.contest_id = :contest AND p.status IN ('withdrawn', 'rejected', 'carried_out') ORDER BY p.filed_at, p.id
    """
)
_LINES = text(
    """
    SELECT l.application_id, a.code, l.award FROM ranked_application l JOIN application a ON a.id = l.application_id
    WHERE l.run_id = :run AND l.application_id = ANY(:applications)
    """
)
