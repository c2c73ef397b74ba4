"""The method of equal shares, completed by add-one, beside rank order: to whom a purse would go. A simulation, never the decision.

Every voter gets an equal share of the purse. An application is bought by its supporters, each paying in proportion to what it is
worth to them as far as the share lasts; always next is the one that costs least for what it is worth (the least rate), of equal
ones the first by code. Mostly something is left over then; so the shares are raised by one unit each, and everything is done again,
until what is bought would cost more than the purse: the last outcome that fits it stands.

Exact. Source: Peters, Pierczyński and Skowron, Proportional Participatory Budgeting with Additive Utilities, 2021.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from service.contests.decision import PassMark
from service.scoring.aggregation import sheet_totals
from service.scoring.checks import CheckedBundle
from service.scoring.judge import decide, weigh

Costs = Mapping[str, Fraction]
"""By application, what it costs, above zero or zero."""
Worth = Mapping[str, Fraction]
"""By application, what it is worth to a voter; what is worth nothing to a voter is not supported."""

STEPS = 1000
"""A juror's share is raised by this part of it, or by one unit of money where that is more."""


@dataclass(frozen=True, slots=True)
class SharedLine:
    """An application that passes: cents asked for, given by the rule book, and by equal shares; its rank."""

    application: str
    rank: int
    requested: int
    given: int
    shared: int


@dataclass(frozen=True, slots=True)
class Shared:
    """A purse in cents under the rule book and under equal shares, raised by ``unit`` cents per juror at a time, by rank."""

    purse: int
    unit: int
    jurors: int
    lines: tuple[SharedLine, ...]


def share_purse(checked: CheckedBundle) -> Shared | None:
    """What the jurors would buy from equal shares of the purse, beside what the rule book gives; None without a purse or jurors.

    The applications are those that pass the mark. To a juror each is worth the totals of the juror's own sheets, times the weights
    of their stages, where that is above zero. Quotas and parts play no role here.
    """
    decision = checked.book.decision
    if not isinstance(decision, PassMark) or decision.purse is None:
        return None
    ranked, awards = decide(checked, weigh(checked)[0])
    passing = [each for each in ranked if each.judged.total >= decision.mark]
    costs = {each.judged.application.code: Fraction(each.judged.application.requested) for each in passing}
    voters = list(_worth(checked, costs).values())
    if not voters:
        return None
    purse = int(Fraction(decision.purse) * 100)
    unit = max(100, 100 * -(-purse // (len(voters) * STEPS * 100)))
    bought = set(complete_by_add_one(Fraction(purse), costs, voters, Fraction(unit)))
    lines = [
        SharedLine(
            application=each.judged.application.code,
            rank=each.rank,
            requested=each.judged.application.requested,
            given=awards[each.judged.application.code].cents or 0,
            shared=each.judged.application.requested if each.judged.application.code in bought else 0,
        )
        for each in passing
    ]
    return Shared(purse, unit, len(voters), tuple(lines))


def rank_order(budget: Fraction, costs: Costs, order: Iterable[str], *, skip: bool) -> list[str]:
    """What is bought down an order while it fits; where something does not, it is skipped, or ends it."""
    bought = []
    for code in order:
        if costs[code] <= budget:
            budget -= costs[code]
            bought.append(code)
        elif not skip:
            break
    return bought


def complete_by_add_one(budget: Fraction, costs: Costs, voters: Sequence[Worth], unit: Fraction = Fraction(1)) -> list[str]:
    """Equal shares, raised by a unit per voter again and again: the last outcome before the first that does not fit the budget."""
    supported = {code for worth in voters for code, points in worth.items() if points > 0 and code in costs}
    bought = equal_shares(budget, costs, voters)
    raised = budget
    while not supported <= set(bought):
        raised += unit * len(voters)
        more = equal_shares(raised, costs, voters)
        if sum(costs[code] for code in more) > budget:
            break
        bought = more
    return bought


def equal_shares(budget: Fraction, costs: Costs, voters: Sequence[Worth]) -> list[str]:
    """What voters buy from equal shares of a budget, in the order of buying."""
    alike = Counter(tuple(sorted((code, points) for code, points in worth.items() if points > 0)) for worth in voters)
    pots = [_Pot(dict(worth), count, budget / len(voters)) for worth, count in alike.items()]
    supporters = {code: [pot for pot in pots if code in pot.worth] for code in costs}
    waiting = [(Fraction(0), code) for code in costs if supporters[code]]
    heapq.heapify(waiting)
    bought = []
    while waiting:
        _, code = heapq.heappop(waiting)
        rate = _rate(costs[code], code, supporters[code])
        if rate is None:  # shares only shrink: what cannot be paid now never can
            continue
        if waiting and (rate, code) > waiting[0]:  # rates only grow: an old one is the least that it can be
            heapq.heappush(waiting, (rate, code))
            continue
        bought.append(code)
        for pot in supporters[code]:
            pot.left -= min(pot.left, rate * pot.worth[code])
    return bought


@dataclass(slots=True)
class _Pot:
    """Voters to whom everything is worth the same, and what is left to each of them."""

    worth: Worth
    count: int
    left: Fraction


def _rate(cost: Fraction, code: str, supporters: Sequence[_Pot]) -> Fraction | None:
    """The least rate per worth at which the supporters pay the cost, each no more than is left to them; None where they cannot."""
    if cost > sum(pot.count * pot.left for pot in supporters):
        return None
    worth = sum((pot.count * pot.worth[code] for pot in supporters), Fraction(0))
    for pot in sorted(supporters, key=lambda each: each.left / each.worth[code]):
        if cost * pot.worth[code] <= pot.left * worth:
            return cost / worth
        cost -= pot.count * pot.left
        worth -= pot.count * pot.worth[code]
    return Fraction(0)  # nothing is left to pay


def _worth(checked: CheckedBundle, costs: Costs) -> dict[str, dict[str, Fraction]]:
    """By juror with a sheet, what each application is worth."""
    worth: dict[str, dict[str, Fraction]] = {}
    for code, stage in checked.book.stages.items():
        scale, totals = sheet_totals(stage, {each: checked.sheets[each, code] for each in costs})
        for application, panel in totals.items():
            for juror, total in panel.items():
                own = worth.setdefault(juror, {})
                own[application] = own.get(application, Fraction(0)) + stage.weight * Fraction(total, scale)
    return worth
