"""Every movement of a contest's money, for everybody once it is decided."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Work, new_router
from api.pages.views import Cell, Link, Table, View, Word, show
from service.core.money import ZERO
from service.disbursements.contest_ledger import entries_of_contest

router = new_router("ledgers")

PAGE = 200
"""Postings on a page."""

LAST = 1_000_000
"""The highest page that may be asked for."""

ACCOUNTS = {
    "fund:available": "Fund: available",
    "fund:reserved": "Fund: reserved for awards",
    "contract:committed": "Contract: committed",
    "contract:payable": "Contract: to be paid",
    "contract:disbursed": "Contract: paid, to be accounted for",
    "contract:accounted": "Contract: accounted for",
    "contract:own_received": "Own share: put in by the group",
    "contract:own_deposited": "Own share: deposited, to be accounted for",
    "contract:own_accounted": "Own share: accounted for",
    "payout:payable": "Prizes: to be paid",
    "payout:disbursed": "Prizes: paid",
    "order:in_transit": "With the bank",
}
"""Kinds of ledger accounts in words."""


ACTS = {
    "reservation": "Reserved for an award",
    "commitment": "Committed to a contract or prizes",
    "release": "Fell back to the fund",
    "contract:signed": "Contract in force",
    "contract:terminated": "Contract terminated, the unpaid rest fell back",
    "contract:liquidated": "Contract liquidated, the unpaid rest fell back",
    "order:released": "Sent to the bank",
    "order:paid": "Paid by the bank",
    "order:returned": "Returned by the bank",
    "own_deposit": "Own share deposited",
    "report": "Expenses accepted",
    "refund": "Money given back",
}
"""Kinds of ledger entries in words."""


@router.get("/contests/{contest_id}/ledger")
async def show_ledger(request: Request, session: Work, who: Anyone, contest_id: UUID, page: int = 1) -> Response:
    """The totals by kind of account, then the postings, a page at a time."""
    number = min(max(page, 1), LAST)
    found = await entries_of_contest(session, who, contest_id, PAGE, (number - 1) * PAGE)
    totals = Table(
        "Where the money stands",
        ["Account", "Amount"],
        [[_word(kind), total] for kind, total in found.totals.items()],
        total=["", sum(found.totals.values(), ZERO)],
    )
    lines = Table(
        "Movements",
        ["When", "What happened", "Account", "Of", "Amount", "Reference"],
        [
            [
                line.at,
                Word(_act(line.reference)),
                _word(_kind(line.key)),
                found.names.get(_owner(line.key)) or None,
                line.amount,
                line.reference,
            ]
            for line in found.lines
        ],
    )
    view = View(
        found.contest.title,
        lead="Every movement takes from one account what it gives to another, so that all amounts together come to zero.",
        crumbs=[Link("Contests", "/contests", translate=True), Link(found.contest.code, f"/contests/{contest_id}")],
        facts=_paging(number, found.count),
        tables=[totals, lines],
    )
    return show(request, view)


def _owner(key: str) -> str:
    return key.rpartition(":")[0]


def _kind(key: str) -> str:
    return f"{key.partition(':')[0]}:{key.rpartition(':')[2]}"


def _act(reference: str) -> str:
    """What an entry is about, by the first and last part of its reference (``contract:<id>:signed``, ``refund:<id>``)."""
    first, _, rest = reference.partition(":")
    return ACTS.get(f"{first}:{rest.rpartition(':')[2]}") or ACTS.get(first, reference)


def _word(kind: str) -> Word:
    return Word(ACCOUNTS.get(kind, kind))


def _paging(number: int, count: int) -> list[tuple[str, Cell]]:
    last = max(-(-count // PAGE), 1)
    facts: list[tuple[str, Cell]] = [("Page", f"{number} / {last}")] if last > 1 else []
    if number > 1:
        facts.append(("Earlier movements", Link("Page before", f"?page={number - 1}", translate=True)))
    if number < last:
        facts.append(("Later movements", Link("Next page", f"?page={number + 1}", translate=True)))
    return facts
