"""What a law still keeps of a person, and until when: each tie is a reason why name and DNI stay.

registered   2 years after the person was first entered
applied      2 years after the result of a contest that a group of theirs applied to; no end while there is none
contract     10 years after the last act on a contract of such a group; no end while it runs
acted        10 years after the person's last act, or presence in a session
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text

from service.core import clock
from service.core.clock import PERU
from service.core.db import Session
from service.privacy.register import CLAIMS, UNSUCCESSFUL
from service.privacy.rules import years_after


class Why(StrEnum):
    """What ties a person's name to something that a law keeps."""

    REGISTERED = "registered_not_long_ago"
    APPLIED = "a_group_applied"
    CONTRACT = "a_group_has_a_contract"
    ACTED = "the_person_acted"


YEARS = {Why.REGISTERED: UNSUCCESSFUL, Why.APPLIED: UNSUCCESSFUL, Why.CONTRACT: CLAIMS, Why.ACTED: CLAIMS}


@dataclass(frozen=True)
class Tie:
    """A reason to keep a name, and the first day without it; None while there is no end in sight."""

    why: Why
    until: date | None


async def ties_of(session: Session, person_ids: Collection[UUID]) -> dict[UUID, list[Tie]]:
    """What still binds each of these persons today, in the order of ``Why``."""
    today = await clock.today(session)
    found: dict[UUID, list[Tie]] = {person_id: [] for person_id in person_ids}
    for row in await session.execute(_TIES, {"persons": list(person_ids)}):
        tie = Tie(Why(row.why), None if row.runs else _until(Why(row.why), row.at))
        if tie.until is None or tie.until > today:
            found[row.person_id].append(tie)
    return {key: sorted(ties, key=lambda tie: list(Why).index(tie.why)) for key, ties in found.items()}


async def serves(session: Session, person_id: UUID) -> bool:
    """Whether the person holds a role, an appointment, a seat on a board or a signature for a cofunder today."""
    return bool(await session.scalar(_SERVES, {"person": person_id, "today": await clock.today(session)}))


async def unbound(session: Session, most: int) -> list[UUID]:
    """Persons whom nothing binds any more and whose names are still here, the longest known first; at most ``most``."""
    at = await clock.now(session)
    given = {
        "claims": years_before(at, CLAIMS),
        "unsuccessful": years_before(at, UNSUCCESSFUL),
        "today": at.astimezone(PERU).date(),
    }
    return list((await session.execute(_UNBOUND, {**given, "most": most})).scalars())


def years_before(at: datetime, years: int) -> datetime:
    """The same moment years earlier; of 29 February, that of the 28th."""
    return at.replace(year=at.year - years, day=min(at.day, 28) if at.month == 2 else at.day)


def _until(why: Why, at: datetime) -> date:
    return years_after(at.astimezone(PERU).date(), YEARS[why])


_TIES = text(
    "SELECT person_id, why, bool_or(runs) AS runs, max(at) AS at FROM person_tie "
    "WHERE person_id = ANY(CAST(:persons AS uuid[])) GROUP BY person_id, why"
)
_SERVES = text("SELECT EXISTS (SELECT FROM person_service WHERE person_id = :person AND (until IS NULL OR until > :today))")
_UNBOUND = text("""
    SELECT person_id FROM person_tie t
    WHERE NOT EXISTS (SELECT FROM person_erasure e JOIN erasure_approval a ON a.request_id = e.erasure_id
                      WHERE e.person_id = t.person_id AND e.whole)
    AND NOT EXISTS (SELECT FROM person_service s WHERE s.person_id = t.person_id AND (s.until IS NULL OR s.until > :today))
    GROUP BY person_id
    HAVING NOT bool_or(runs OR at > CASE WHEN why IN ('a_group_has_a_contract', 'the_person_acted')
                                    THEN CAST(:claims AS timestamptz) ELSE :unsuccessful END)
    ORDER BY person_id LIMIT :most
""")
