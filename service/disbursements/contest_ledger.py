"""Every movement of a contest's money: public once it is decided, for its office at any time."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from service.contests.models import Contest
from service.contests.rules import contest_phase
from service.contests.usecases import contest_with_call
from service.core import clock
from service.core.actor import Actor, may
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.ledger import usecases as ledger


@dataclass(frozen=True)
class ContestLedger:
    """Postings of a contest's money, oldest first, and their totals by kind of account (``contract:payable``), which sum to zero.

    ``lines`` are one page of ``count`` postings; the totals are of all. ``names`` say what owners are called: a contract's number, an
    order's end-to-end identifier, a fund's code.
    """

    contest: Contest
    lines: list[ledger.EntryLine]
    totals: Mapping[str, Decimal]
    count: int
    names: Mapping[str, str]


async def entries_of_contest(
    session: Session, actor: Actor | None, contest_id: UUID, limit: int = 500, offset: int = 0
) -> ContestLedger:
    """What was reserved for a contest's awards, and what became of it: contracts, orders, accounts, refunds, prizes.

    Of a contest of second requests, the contracts that it awarded. Raises ``NotFound``: also while it is not decided, to who holds
    no role in its office.
    """
    contest, call = await contest_with_call(session, contest_id)
    if not may(actor, Act.READ_CONTEST_LEDGER, call.office_id, contest_phase(contest, call, await clock.now(session))):
        raise NotFound
    names = {row.owner: row.name for row in await session.execute(_OWNERS, {"contest_id": contest_id})}
    owners = [owner for owner in names if not owner.startswith("fund:")]
    awards = await session.scalars(_AWARDS, {"contest_id": contest_id})
    references = [f"{act}:award:{award_id}" for award_id in awards for act in ("reservation", "commitment", "release")]
    totals = await ledger.movement_totals(session, owners, references)
    return ContestLedger(
        contest=contest,
        lines=await ledger.movements(session, owners, references, limit, offset),
        totals={kind: total for kind, (total, _) in totals.items()},
        count=sum(postings for _, postings in totals.values()),
        names=names,
    )


_AWARDS = text("SELECT id FROM award WHERE contest_id = :contest_id")
_OWNERS = text("""
    WITH contracts AS (
        SELECT DISTINCT c.id, c.number, c.fund_id FROM award a JOIN application p ON p.id = a.application_id
        JOIN contract c ON c.application_id = COALESCE(p.parent_id, p.id) WHERE a.contest_id = :contest_id
    ), payouts AS (SELECT id FROM prize_payout WHERE contest_id = :contest_id)
    SELECT 'contract:' || id AS owner, number AS name FROM contracts
    UNION ALL SELECT 'payout:' || id, '' FROM payouts
    UNION ALL SELECT 'fund:' || id, code FROM fund
    WHERE id IN (SELECT fund_id FROM contracts UNION SELECT fund_id FROM funded_contest WHERE contest_id = :contest_id)
    UNION ALL SELECT 'order:' || o.id, o.end_to_end_id FROM payment_order o JOIN authorisation u ON u.id = o.authorisation_id
    JOIN payment_request r ON r.id = u.request_id LEFT JOIN tranche t ON t.id = r.tranche_id
    WHERE t.contract_id IN (SELECT id FROM contracts) OR r.payout_id IN (SELECT id FROM payouts)
""")
