"""The ledger of a contest."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import PlainSerializer

from api.deps import Anyone, Work, new_router
from api.routes.answers import Out
from service.core.money import show
from service.disbursements.contest_ledger import entries_of_contest

router = new_router("disbursements")

Signed = Annotated[Decimal, PlainSerializer(show, return_type=str)]
"""An amount that may be negative: a JSON string with two decimals."""


class PostingOut(Out):
    """One posting of an entry; ``key`` is ``owner:purpose``."""

    reference: str
    description: str
    at: datetime
    key: str
    amount: Signed


class LedgerOut(Out):
    """A page of a contest's postings, their number, and the totals of all by kind of account: these sum to zero."""

    lines: list[PostingOut]
    totals: dict[str, Signed]
    count: int


@router.get("/contests/{contest_id}/ledger")
async def get_ledger(session: Work, who: Anyone, contest_id: UUID, limit: int = 200, offset: int = 0) -> LedgerOut:
    """Every movement of a decided contest's money, oldest first; for its office at any time."""
    page = min(max(limit, 1), 1000), min(max(offset, 0), 1_000_000_000)
    return LedgerOut.of(await entries_of_contest(session, who, contest_id, *page))
