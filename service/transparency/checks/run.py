"""Running the invariants."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from service.core.db import Session
from service.transparency.checks.appeals import APPEALS
from service.transparency.checks.duties import DUTIES
from service.transparency.checks.hashes import commitments, data_hashes, file_hashes, paid_numbers, record_leaves
from service.transparency.checks.money import MONEY
from service.transparency.checks.rankings import announced_rankings
from service.transparency.checks.tree import record_tree
from service.transparency.checks.votes import VOTES

Check = Callable[[Session], AsyncIterator[tuple[str, str]]]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: the invariant it breaks, what it is about, and how."""

    check: str
    subject: str
    wrong: str


def _by_statement(statement: str) -> Check:
    async def check(session: Session) -> AsyncIterator[tuple[str, str]]:
        connection = await session.connection()
        found = await connection.exec_driver_sql(statement)  # account keys hold colons, which text() takes as names
        for row in found:
            subject, wrong = map(str, row)
            yield subject, wrong

    return check


CHECKS: dict[str, Check] = {
    **{name: _by_statement(statement) for name, statement in {**MONEY, **DUTIES, **VOTES, **APPEALS}.items()},
    "an order goes to the number of its account": paid_numbers,
    "frozen data is what was hashed": data_hashes,
    "files are what was stored": file_hashes,
    "the record's leaves are what was done": record_leaves,
    "the record is the tree that its heads sign": record_tree,
    "sheets are what their jurors committed to": commitments,
    "announced rankings follow from the sheets": announced_rankings,
}
"""Every invariant, by the sentence that it keeps true."""


async def run_checks(session: Session) -> list[Finding]:
    """Everything that is wrong in the database; empty when nothing is."""
    return [Finding(name, subject, wrong) for name, check in CHECKS.items() async for subject, wrong in check(session)]
