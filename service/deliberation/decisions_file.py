"""``decisions.json`` of an exported bundle: votes, adjusted amounts and deferrals beside the result that they never change."""

from typing import Any
from uuid import UUID

from service.contests.numbers import exact
from service.core.db import Session
from service.core.money import show
from service.deliberation import store
from service.deliberation.ranking import announced_run
from service.deliberation.vote_models import VoteMatter
from service.deliberation.vote_queries import MotionEntry, decisions_on, votes_of

FORMAT = "raymi-decisions/1"


async def decisions_file(session: Session, contest_id: UUID) -> dict[str, Any]:
    """What the committee decided on applications of a contest besides its announced result, numbers as texts; votes by count only."""
    run = await announced_run(session, contest_id)
    lines = {line.application_id: line for line in await store.ranked(session, run.id)} if run else {}
    codes = {key: row.code for key, row in (await store.applicants(session, lines)).items()}
    acts = (await decisions_on(session, [contest_id])).acts
    votes = await votes_of(session, run.session_id) if run else []
    return {
        "format": FORMAT,
        "votes": [_vote(entry) for entry in votes if entry.motion.application_id in codes],
        "adjustments": [
            {
                "application": codes[act.application_id],
                "result": show(award) if (award := lines[act.application_id].award) is not None else None,
                "amount": show(act.amount),
                "vote": str(act.number),
                "reason": act.reason,
            }
            for act in acts
            if act.amount is not None
        ],
        "deferrals": [
            {"application": codes[act.application_id], "vote": str(act.number), "reason": act.reason}
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
