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


_KNOWN_SINCE = "to_timestamp(('x' || left(replace({id}::text, '-', ''), 12))::bit(48)::bigint / 1000.0)"
"""The moment in an identifier (UUID version 7): when the row was made."""

_GROUPS = (
    "SELECT m.person_id, f.group_id FROM family_member m JOIN family f ON f.id = m.family_id "
    "UNION SELECT b.person_id, b.group_id FROM board_mandate b"
)
_ROWS = f"""
    WITH belongs AS ({_GROUPS}), touched AS (
        SELECT k.id, k.group_id, k.status, GREATEST(k.numbered_at, max(l.at)) AS at
        FROM contract k LEFT JOIN record_leaf l ON l.subject = 'contract:' || k.id GROUP BY k.id
    ), told AS (SELECT contest_id, max(at) AS at FROM announcement GROUP BY contest_id)
    SELECT p.id AS person_id, 'registered_not_long_ago' AS why, false AS runs, {_KNOWN_SINCE.format(id="p.id")} AS at FROM person p
    UNION ALL SELECT b.person_id, 'a_group_applied', bool_or(t.at IS NULL AND a.status <> 'withdrawn'), max(COALESCE(t.at, a.filed_at))
        FROM belongs b JOIN application a ON a.group_id = b.group_id AND a.filed_at IS NOT NULL
        LEFT JOIN told t ON t.contest_id = a.contest_id GROUP BY b.person_id
    UNION ALL SELECT b.person_id, 'a_group_has_a_contract',
        bool_or(k.status NOT IN ('liquidated', 'completed', 'written_off', 'annulled', 'terminated')), max(k.at)
        FROM belongs b JOIN touched k ON k.group_id = b.group_id GROUP BY b.person_id
    UNION ALL SELECT actor_id, 'the_person_acted', false, max(at)
        FROM record_leaf WHERE subject <> 'person:' || actor_id GROUP BY actor_id
    UNION ALL SELECT person_id, 'the_person_acted', false, max(came_at) FROM attendance GROUP BY person_id
"""  # noqa: S608  # constants of this file
_TIES = text(
    f"SELECT person_id, why, bool_or(runs) AS runs, max(at) AS at FROM ({_ROWS}) AS rows "  # noqa: S608  # as above
    "WHERE person_id = ANY(CAST(:persons AS uuid[])) GROUP BY person_id, why"
)
_SERVING = """
    SELECT person_id FROM role_grant WHERE until IS NULL OR until > :today
    UNION SELECT person_id FROM appointment WHERE until IS NULL OR until >= :today
    UNION SELECT person_id FROM board_mandate WHERE until >= :today
    UNION SELECT person_id FROM cofunder_signer WHERE until IS NULL OR until >= :today
"""
_SERVES = text(f"SELECT EXISTS (SELECT FROM ({_SERVING}) AS rows WHERE person_id = :person)")  # noqa: S608  # as above
_UNBOUND = text(
    f"""
    SELECT person_id FROM ({_ROWS}) AS rows
    WHERE NOT EXISTS (SELECT FROM person_erasure e JOIN erasure_approval a ON a.request_id = e.erasure_id
                      WHERE e.person_id = rows.person_id AND e.whole)
    AND person_id NOT IN ({_SERVING})
    GROUP BY person_id
    HAVING NOT bool_or(runs OR at > CASE WHEN why IN ('a_group_has_a_contract', 'the_person_acted') THEN CAST(:claims AS timestamptz) ELSE :unsuccessful END)
    ORDER BY person_id LIMIT :most
    """  # noqa: S608  # as above
)
