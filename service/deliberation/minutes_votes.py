"""What minutes say of votes, dissents and of what carried votes brought about."""

from collections.abc import Sequence
from typing import Literal, cast
from uuid import UUID

from service.contests.numbers import exact
from service.core.money import ZERO, show
from service.deliberation import vote_rules
from service.deliberation.result_tables import Judged
from service.deliberation.vote_models import Choice
from service.deliberation.vote_queries import MotionEntry
from service.documents.papers_of_votes import AdjustmentLine, DeferralLine, DissentLine, VoteLine
from service.documents.shapes import Currency


def vote_lines(votes: Sequence[MotionEntry], judged: Sequence[Judged]) -> list[VoteLine]:
    """The votes of a session by their numbers: the last ballot of each, and why earlier ones were wrong."""
    currencies = {key: each.contest.currency for each in judged for key in each.applicants}
    return [_vote(entry, currencies) for entry in votes]


def dissent_lines(votes: Sequence[MotionEntry]) -> list[DissentLine]:
    """The dissents from the ballots that count."""
    return [
        {"vote": entry.motion.number, "name": vote.name, "text": vote.dissent}
        for entry in votes
        for vote in entry.last.votes
        if vote.dissent is not None
    ]


def adjustment_lines(judged: Sequence[Judged]) -> list[AdjustmentLine]:
    """The amounts that were adjusted by carried votes, in order; of one application the last counts."""
    awarded = {line.application_id: line.award or ZERO for each in judged for line in each.lines}
    return [
        {
            "application_code": each.applicants[act.application_id].code,
            "organisation": each.applicants[act.application_id].organisation,
            "currency": cast(Currency, each.contest.currency),
            "result": show(awarded[act.application_id]),
            "amount": show(act.amount),
            "vote": act.number,
            "reason": act.reason,
        }
        for each in judged
        for act in each.decisions.acts
        if act.amount is not None
    ]


def deferral_lines(judged: Sequence[Judged]) -> list[DeferralLine]:
    """The applications that were put off."""
    return [
        {
            "application_code": each.applicants[act.application_id].code,
            "organisation": each.applicants[act.application_id].organisation,
            "vote": act.number,
            "reason": act.reason,
        }
        for each in judged
        for act in each.decisions.acts
        if act.amount is None
    ]


def _vote(entry: MotionEntry, currencies: dict[UUID, str]) -> VoteLine:
    ballot, motion = entry.last, entry.motion
    majority, count = ballot.majority, ballot.count
    casting = cast(Literal["in_favour", "against"], str(count.chair)) if vote_rules.breaks_tie(majority, count) else None
    return {
        "number": motion.number,
        "matter": motion.title,
        "application_code": entry.code or None,
        "proposed": None if motion.amount is None else show(motion.amount),
        "currency": cast(Currency, currencies[motion.application_id]) if motion.application_id in currencies else None,
        "in_favour": ballot.names(Choice.IN_FAVOUR),
        "against": ballot.names(Choice.AGAINST),
        "abstained": ballot.names(Choice.ABSTAINED),
        "recused": list(entry.recused),
        "majority": {
            "at_least": exact(majority.at_least),
            "strict": majority.strict,
            "base": majority.base.value,
            "casting": majority.casting,
        },
        "appointed": count.appointed,
        "needed": vote_rules.votes_needed(majority, count),
        "casting": casting,
        "carried": ballot.ballot.carried,
        "corrections": [each.ballot.reason for each in entry.ballots if each.ballot.reason is not None],
    }
