"""What the quotas of a purse brought about: who was funded through each, and what would have been decided without them.

Pure, on the lines of a result: they say themselves who passed and through which quota, so an old result is read as it was decided.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from service.contests.decision import Decision, PassMark, Quota
from service.contests.numbers import amount
from service.scoring.awarding import PURSE_EXHAUSTED, cents_of, give_rest, quota_reason, share_of_purse
from service.scoring.result import Status
from service.scoring.sensitivity import Flip


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a result, in order of rank: what was asked for, and what was decided."""

    application: str
    requested: Decimal
    status: Status
    award: Decimal | None
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class QuotaUse:
    """A quota: the amount kept for it, the applications funded through it in order of rank, and what was left of it."""

    quota: Quota
    kept: Decimal
    funded: tuple[str, ...]
    left: Decimal


@dataclass(frozen=True, slots=True)
class QuotaEffect:
    """Every quota of a rule book, and the applications that would have another outcome or award if there were none, in order of rank."""

    uses: tuple[QuotaUse, ...]
    flips: tuple[Flip, ...]

    @property
    def gained(self) -> tuple[Flip, ...]:
        """Approved only because of the quotas."""
        return tuple(flip for flip in self.flips if flip.other_status != "approved")

    @property
    def lost(self) -> tuple[Flip, ...]:
        """Approved for more, or approved at all, if there were no quotas."""
        return tuple(flip for flip in self.flips if flip.other_status == "approved" and _less(flip.award, flip.other_award))


def quota_effect(decision: Decision, lines: Sequence[Line]) -> QuotaEffect | None:
    """The effect of a decision's quotas on a result; None where the decision has none."""
    if not isinstance(decision, PassMark) or decision.purse is None or not decision.quotas:
        return None
    passing = [line for line in lines if line.status in ("approved", "reserve")]
    return QuotaEffect(_uses(decision, cents_of(decision.purse), passing), _flips(decision, cents_of(decision.purse), passing))


def _uses(decision: PassMark, purse: int, passing: Sequence[Line]) -> tuple[QuotaUse, ...]:
    """In the order of the book: of two quotas for the same text, the first one that had room gave the money."""
    uses: list[QuotaUse] = []
    counted: set[str] = set()
    for quota in decision.quotas:
        kept = left = share_of_purse(purse, quota)
        funded: list[str] = []
        for line in passing:
            asked = cents_of(line.requested)
            if quota_reason(quota) in line.reasons and line.application not in counted and asked <= left:
                left -= asked
                funded.append(line.application)
        counted.update(funded)
        uses.append(QuotaUse(quota, Decimal(amount(kept)), tuple(funded), Decimal(amount(left))))
    return tuple(uses)


def _flips(decision: PassMark, purse: int, passing: Sequence[Line]) -> tuple[Flip, ...]:
    asked = [(line.application, cents_of(line.requested)) for line in passing]
    without = give_rest(decision, purse, asked)
    flips = []
    for line in passing:
        other = without.get(line.application, PURSE_EXHAUSTED)
        award = None if other.cents is None else Decimal(amount(other.cents))
        if (line.status, line.award) != (other.outcome, award):
            flips.append(Flip(line.application, line.status, line.award, other.outcome, award))
    return tuple(flips)


def _less(one: Decimal | None, other: Decimal | None) -> bool:
    return other is not None and (one is None or one < other)
