"""Whether funds cover what a session awards."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from service.core.db import Session
from service.core.money import ZERO, show
from service.deliberation.result_tables import Judged
from service.funding.rules import FundExhausted
from service.funding.usecases import fund_balances, fund_of_contest


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
