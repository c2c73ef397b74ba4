"""Who is approved, and for how much, by the decision of the rule book. Amounts are whole cents."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import Literal

from service.contests.decision import Decision, PassMark, Quota, Ranking
from service.scoring.ranking import Ranked

Outcome = Literal["approved", "reserve", "not_approved"]


@dataclass(frozen=True, slots=True)
class Award:
    """What the decision gives an application: an amount in cents if it is approved, and the reasons."""

    outcome: Outcome
    cents: int | None = None
    reasons: tuple[str, ...] = ()


BELOW_MARK = Award("not_approved", reasons=("below_mark",))
NO_PRIZE_LEFT = Award("not_approved", reasons=("no_prize_left",))
PURSE_EXHAUSTED = Award("reserve", reasons=("purse_exhausted",))


def award(decision: Decision, ranked: Sequence[Ranked]) -> dict[str, Award]:
    """The award of each application; ``ranked`` is in order of rank, those of equal rank by application."""
    if isinstance(decision, Ranking):
        return _give_prizes(decision, ranked)
    passing = [each for each in ranked if each.judged.total >= decision.mark]
    awards = {each.judged.application.code: BELOW_MARK for each in ranked}
    if decision.purse is None:
        return awards | {each.judged.application.code: Award("approved", each.judged.application.requested) for each in passing}
    return awards | _give_purse(decision, cents_of(decision.purse), passing)


def _give_purse(decision: PassMark, purse: int, passing: Sequence[Ranked]) -> dict[str, Award]:
    """First each quota from its own share, then what is left of the whole purse down the ranks."""
    awards: dict[str, Award] = {}
    for quota in decision.quotas:
        waiting = [each for each in passing if each.judged.application.code not in awards]
        awards |= _give_quota(quota, share_of_purse(purse, quota), waiting)
    left = purse - sum(given.cents or 0 for given in awards.values())
    applications = [each.judged.application for each in passing]
    return awards | give_rest(decision, left, [(each.code, each.requested) for each in applications if each.code not in awards])


def share_of_purse(purse: int, quota: Quota) -> int:
    """The whole cents of a purse that a quota keeps."""
    return int(purse * quota.share)


def quota_reason(quota: Quota) -> str:
    """The reason of an award that a quota gives."""
    return f"quota:{quota.attribute}={quota.value}"


def _give_quota(quota: Quota, left: int, waiting: Sequence[Ranked]) -> dict[str, Award]:
    """Down the ranks to those of the quota whose request fits; one that does not fit is passed over."""
    awards = {}
    for each in waiting:
        application = each.judged.application
        text = application.attributes.get(quota.attribute)
        if text and text == quota.value and application.requested <= left:
            left -= application.requested
            awards[application.code] = Award("approved", application.requested, (quota_reason(quota),))
    return awards


def give_rest(decision: PassMark, left: int, waiting: Sequence[tuple[str, int]]) -> dict[str, Award]:
    """Down the ranks of applications and the cents they ask for; where a request does not fit, ``cut`` says whether to end, to go on, or to give a part and end."""
    awards: dict[str, Award] = {}
    ended = False
    for code, requested in waiting:
        if not ended and requested <= left:
            left -= requested
            awards[code] = Award("approved", requested)
            continue
        awards[code] = PURSE_EXHAUSTED
        if not ended and decision.cut == "part" and 0 < left >= decision.part_at_least * requested:
            awards[code] = Award("approved", left, ("part_funded",))
        ended = ended or decision.cut != "skip"
    return awards


def _give_prizes(decision: Ranking, ranked: Sequence[Ranked]) -> dict[str, Award]:
    """Place n takes prize n; those of equal rank share the sum of their places' prizes."""
    prizes = [cents_of(prize) for prize in decision.prizes]
    awards = {}
    for rank, equal in groupby(ranked, key=lambda each: each.rank):
        tied = list(equal)
        if decision.mark is not None and tied[0].judged.total < decision.mark:
            awards.update({each.judged.application.code: BELOW_MARK for each in tied})
        else:
            awards.update(_share_prizes(sum(prizes[rank - 1 : rank - 1 + len(tied)]), tied))
    return awards


def _share_prizes(pool: int, tied: Sequence[Ranked]) -> dict[str, Award]:
    """Equal shares, and the cents left over one each to the earliest filed; a share of nothing is no prize."""
    share, over = divmod(pool, len(tied))
    reasons = ("tie_pooled",) if len(tied) > 1 else ()
    earliest = sorted((each.judged.application for each in tied), key=lambda each: (each.filed_at, each.code))
    awards = {}
    for place, application in enumerate(earliest):
        cents = share + (place < over)
        awards[application.code] = Award("approved", cents, reasons) if cents else NO_PRIZE_LEFT
    return awards


def cents_of(amount: Decimal) -> int:
    """The cents of an amount of any size; ``Decimal`` arithmetic would round beyond its precision."""
    return int(Fraction(amount) * 100)
