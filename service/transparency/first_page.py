"""The first page: what a person has to do today, by duty, the most urgent first, in a number of queries that no amount of work changes.

Who has a duty is asked of the rights table: each leads to an act, and shows in the offices where the person may do that.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text

from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.transparency.duties import DUTIES
from service.transparency.duties.shapes import Duty, Section, Task
from service.transparency.next_steps import next_steps

MOST = 50
"""Tasks of one duty that are listed; the rest is counted."""


@dataclass(frozen=True)
class Waiting:
    """What waits under one duty: the oldest tasks, how many there are in all, and their sum where they are about money."""

    duty: Duty
    tasks: Sequence[Task]
    count: int
    total: Decimal | None


async def first_page(session: Session, actor: Actor) -> dict[Section, list[Waiting]]:
    """Everything that waits for the actor, section by section; sections without work are left out."""
    found = await _queried(session, actor)
    for duty, tasks in (await next_steps(session, actor)).items():
        if tasks:
            total = sum((task.amount for task in tasks if task.amount is not None), Decimal("0.00"))
            found.append(Waiting(duty, tasks[:MOST], len(tasks), total))
    sections: dict[Section, list[Waiting]] = {section: [] for section in Section}
    for waiting in found:
        sections[waiting.duty.section].append(waiting)
    return {section: rows for section, rows in sections.items() if rows}


async def _queried(session: Session, actor: Actor) -> list[Waiting]:
    """The duties that the actor has, in one statement."""
    given: dict[str, object] = {"person": actor.person_id, "now": await clock.now(session), "most": MOST}
    parts = []
    for number, duty in enumerate(DUTIES):
        offices = actor.offices(duty.act) if duty.act else None
        if offices is None or offices:
            given[f"offices_{number}"] = _listed(offices)
            parts.append(_PART.format(number=number, page=duty.page, rows=duty.rows))
    rows = (await session.execute(text(" UNION ALL ".join(parts)), given)).all()
    by_duty = defaultdict(list)
    for row in rows:
        by_duty[row.duty].append(row)
    return [
        Waiting(
            DUTIES[number],
            [Task(row.about, row.subject, row.page, row.amount, row.since) for row in lines],
            lines[0].many,
            lines[0].total,
        )
        for number, lines in sorted(by_duty.items())
    ]


def _listed(offices: frozenset[UUID] | None) -> list[UUID] | None:
    return None if offices is None else sorted(offices)


_PART = (
    "(SELECT {number} AS duty, about, subject, {page} AS page, amount, since, count(*) OVER () AS many, sum(amount) OVER () AS total "
    "FROM ({rows}) AS rows WHERE CAST(:offices_{number} AS uuid[]) IS NULL OR office = ANY(CAST(:offices_{number} AS uuid[])) "
    "ORDER BY since NULLS LAST, about LIMIT :most)"
)
