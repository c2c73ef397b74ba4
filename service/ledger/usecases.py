"""Posting entries and reading balances."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text

from service.core import clock
from service.core.db import Session
from service.core.errors import Conflict
from service.core.ids import new_id
from service.core.money import ZERO, show


class InsufficientBalance(Conflict):
    """An account that may not fall below zero would."""

    message = "There is not enough money for this: {available} is left, {missing} more is needed."


class AlreadyPosted(Conflict):
    """The business act was posted before."""

    message = "This was already entered in the ledger under “{reference}”. Reload the page to see it."


@dataclass(frozen=True)
class Line:
    """One posting to be made; ``floor`` holds for the account from its first posting on."""

    key: str
    amount: Decimal
    floor: bool = True


@dataclass(frozen=True)
class EntryLine:
    """One posting as it stands in the ledger."""

    reference: str
    description: str
    at: datetime
    key: str
    amount: Decimal


def move(source: str, target: str, amount: Decimal) -> list[Line]:
    """The two lines that move an amount between two accounts with floors."""
    return [Line(source, -amount), Line(target, amount)]


def take_in(source: str, target: str, amount: Decimal) -> list[Line]:
    """The two lines by which money enters from outside: ``source`` counts what came and has no floor."""
    return [Line(source, -amount, floor=False), Line(target, amount)]


async def post(session: Session, reference: str, description: str, lines: Sequence[Line]) -> None:
    """Enter one act. Raises ``AlreadyPosted``, ``InsufficientBalance``; ``ValueError`` where the lines do not sum to zero."""
    if len(lines) < 2 or sum((line.amount for line in lines), ZERO) != 0:
        raise ValueError(f"the lines of {reference} do not balance")
    accounts = await _lock_accounts(session, lines)
    await _require_floors(session, lines)
    entry_id = new_id()
    entry = {"id": entry_id, "reference": reference, "description": description, "at": await clock.now(session)}
    if (await session.execute(_ENTRY, entry)).rowcount != 1:  # type: ignore[attr-defined]  # a cursor result, as the text is an INSERT
        raise AlreadyPosted(reference=reference)
    await session.execute(
        _POSTING, [{"entry_id": entry_id, "account_id": accounts[line.key], "amount": line.amount} for line in lines]
    )


async def balance(session: Session, key: str) -> Decimal:
    """The sum of an account's postings; 0.00 where it has none."""
    return (await balances(session, [key]))[key]


async def balances(session: Session, keys: Iterable[str]) -> dict[str, Decimal]:
    """The balance of each key."""
    wanted = list(keys)
    found = {row.key: row.balance for row in await session.execute(_BALANCES, {"keys": wanted})}
    return {key: found.get(key, ZERO) for key in wanted}


async def entries(session: Session, owners: Sequence[str], limit: int = 500) -> list[EntryLine]:
    """The postings of every account whose owner is one of ``owners``, oldest first."""
    rows = await session.execute(_ENTRIES, {"patterns": [owner + ":%" for owner in owners], "limit": limit})
    return [EntryLine(*row) for row in rows]


async def movements(
    session: Session, owners: Sequence[str], references: Sequence[str], limit: int = 500, offset: int = 0
) -> list[EntryLine]:
    """Every posting of the entries that touch an account of one of ``owners`` or have one of ``references``, oldest first.

    Entries come whole, so that all their postings together sum to zero.
    """
    given = {"owners": list(owners), "references": list(references), "limit": limit, "offset": offset}
    return [EntryLine(*row) for row in await session.execute(_MOVEMENTS, given)]


async def movement_totals(session: Session, owners: Sequence[str], references: Sequence[str]) -> dict[str, tuple[Decimal, int]]:
    """The sum and the number of the same postings by kind of account (``contract:payable``), in order of kind."""
    rows = await session.execute(_MOVEMENT_TOTALS, {"owners": list(owners), "references": list(references)})
    return {row.kind: (row.total, row.postings) for row in rows}


async def _lock_accounts(session: Session, lines: Sequence[Line]) -> dict[str, int]:
    await session.execute(
        _ACCOUNT, [{"key": line.key, "floor": line.floor} for line in sorted(lines, key=lambda line: line.key)]
    )
    rows = await session.execute(_LOCK, {"keys": [line.key for line in lines]})
    return {row.key: row.id for row in rows}


async def _require_floors(session: Session, lines: Sequence[Line]) -> None:
    change: dict[str, Decimal] = {}
    for line in lines:
        change[line.key] = change.get(line.key, ZERO) + line.amount
    falling = [line.key for line in lines if line.floor and change[line.key] < 0]
    held = await balances(session, falling)
    for key in falling:
        left = held[key] + change[key]
        if left < 0:
            raise InsufficientBalance(available=show(held[key]), missing=show(-left))


_ACCOUNT = text("INSERT INTO ledger_account (key, floor) VALUES (:key, :floor) ON CONFLICT (key) DO NOTHING")
_LOCK = text("SELECT id, key FROM ledger_account WHERE key = ANY(:keys) ORDER BY id FOR UPDATE")
_ENTRY = text(
    "INSERT INTO journal_entry (id, reference, description, at) VALUES (:id, :reference, :description, :at) "
    "ON CONFLICT (reference) DO NOTHING"
)
_POSTING = text("INSERT INTO posting (entry_id, account_id, amount) VALUES (:entry_id, :account_id, :amount)")
_BALANCES = text(
    "SELECT a.key, sum(p.amount) AS balance FROM ledger_account a JOIN posting p ON p.account_id = a.id "
    "WHERE a.key = ANY(:keys) GROUP BY a.key"
)
_ENTRIES = text(
    "SELECT e.reference, e.description, e.at, a.key, p.amount FROM posting p JOIN journal_entry e ON e.id = p.entry_id "
    "JOIN ledger_account a ON a.id = p.account_id WHERE a.key LIKE ANY(:patterns) ORDER BY p.id LIMIT :limit"
)
_TOUCHED = (
    "WITH touched AS (SELECT p.entry_id AS id FROM ledger_account a JOIN posting p ON p.account_id = a.id "
    "WHERE split_part(a.key, ':', 1) || ':' || split_part(a.key, ':', 2) = ANY(:owners) "
    "UNION SELECT id FROM journal_entry WHERE reference = ANY(:references)) "
)
_FROM_TOUCHED = (
    "FROM touched t JOIN journal_entry e ON e.id = t.id JOIN posting p ON p.entry_id = e.id "
    "JOIN ledger_account a ON a.id = p.account_id "
)
_MOVEMENTS = text(
    f"{_TOUCHED} SELECT e.reference, e.description, e.at, a.key, p.amount {_FROM_TOUCHED} "
    "ORDER BY p.id LIMIT :limit OFFSET :offset"
)
_MOVEMENT_TOTALS = text(
    f"{_TOUCHED} SELECT split_part(a.key, ':', 1) || ':' || split_part(a.key, ':', 3) AS kind, sum(p.amount) AS total, "
    f"count(*) AS postings {_FROM_TOUCHED} GROUP BY kind ORDER BY kind"
)
