"""Published rule books, read once: they never change, so a process keeps those it has met."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from service.contests.book import RuleBook, parse
from service.contests.models import PublishedRuleBook, RuleBookCriterion
from service.core.db import Session

MOST = 500
"""How many books are kept; the one that was not asked for longest goes first."""


@dataclass(frozen=True, slots=True)
class KnownBook:
    """A published rule book, read, and the identifiers of its criteria by stage and code."""

    id: UUID
    sha256: str
    version: int
    book: RuleBook
    criteria: Mapping[tuple[str, str], UUID]


_known: OrderedDict[UUID, KnownBook] = OrderedDict()


async def known_book(session: Session, rule_book_id: UUID) -> KnownBook:
    """The rule book with this identifier, which must exist."""
    found = _known.get(rule_book_id)
    if found is None:
        found = _known[rule_book_id] = await _read(session, rule_book_id)
    _known.move_to_end(rule_book_id)
    if len(_known) > MOST:
        _known.popitem(last=False)
    return found


async def _read(session: Session, rule_book_id: UUID) -> KnownBook:
    published = await session.get_one(PublishedRuleBook, rule_book_id)
    rows = await session.scalars(select(RuleBookCriterion).where(col(RuleBookCriterion.rule_book_id) == rule_book_id))
    criteria = {(row.stage, row.code): row.id for row in rows}
    return KnownBook(published.id, published.sha256, published.version, parse(published.book), criteria)
