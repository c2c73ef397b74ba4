"""Whether funds and the purses of the rules cover what a session awards."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from service.contests.decision import PassMark
from service.core.db import Session
from service.core.errors import Conflict
from service.core.money import ZERO, show
from service.deliberation.result_tables import Judged
from service.funding.rules import FundExhausted
from service.funding.usecases import fund_balances, fund_of_contest


class PurseExceeded(Conflict):
    """The awards of a contest stay within the purse of its rules, adjusted amounts with them."""

    message = (
        "The rules of {contest} give {purse} in all, and with this amount the awards would be {awarded}. "
        "Put a lower amount to the vote, or lower another award first."
    )


def require_purses(judged: Sequence[Judged]) -> None:
    """What each contest awards, as adjusted, is not above the purse of its rules. Raises ``PurseExceeded``."""
    for each in judged:
        purse = each.book.decision.purse if isinstance(each.book.decision, PassMark) else None
        awarded = sum((amount for _, amount in each.awards), ZERO)
        if purse is not None and awarded > purse:
            raise PurseExceeded("motion_id", contest=each.contest.code, purse=show(purse), awarded=show(awarded))


async def require_funds(session: Session, judged: Sequence[Judged]) -> None:
    """What first requests are awarded is available in their funds, all contests of the session together.

    Raises ``NoFund``, ``FundExhausted``.
    """
    needed: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    names: dict[UUID, str] = {}
    for each in judged:
        amount = sum((amount for _, amount in each.awards), ZERO)
        if each.contest.request_number == 1 and amount:
            fund = await fund_of_contest(session, each.contest.id)
            needed[fund.id] += amount
            names[fund.id] = fund.name
    for fund_id, amount in needed.items():
        available = (await fund_balances(session, fund_id)).available
        if available < amount:
            raise FundExhausted(fund=names[fund_id], available=show(available), missing=show(amount - available))
