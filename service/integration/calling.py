"""Who a key stands for, and how much it may send.

Each request with a key is counted before anything else is done, in a transaction of its own, for all processes together.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from service.core import clock, throttle
from service.core.actor import Actor, Grant
from service.core.acts import Act, Role
from service.core.db import Session, Sessions, transaction
from service.core.throttle import Allowance
from service.integration import rules
from service.people.rules import NotSignedIn

PER_MINUTE = 300
"""Requests of one key within a minute: five in a second, which brings an office's whole roll in within minutes."""

WINDOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Caller:
    """A key that was let in: which it is, and what is left to it."""

    key_id: UUID
    client_id: UUID
    allowance: Allowance


async def admit(sessions: Sessions, written: str) -> Caller:
    """Find a key that is good now, and count the request. Raises ``NotSignedIn``; whether it was one too many the caller looks at."""
    async with transaction(sessions) as session:
        row = (await session.execute(_FIND, {"key_hash": rules.hash_key(written)})).one_or_none()
        if row is None:
            raise NotSignedIn
        if row.note_use:
            await session.execute(_USED, {"id": row.id, "moment": row.moment})
        allowance = await throttle.count(session, f"api_key:{row.client_id}", PER_MINUTE, WINDOW)
        return Caller(row.id, row.client_id, allowance)


async def actor_for_key(session: Session, caller: Caller) -> Actor:
    """The maker of a key with the roles that the maker holds at this moment, no further than the key reaches.

    A lent role is not passed on: who lends it lent it to a person. Raises ``NotSignedIn`` where the key ended since it was let in.
    """
    rows = (await session.execute(_ACTOR, {"id": caller.key_id})).all()
    if not rows:
        raise NotSignedIn
    first = rows[0]
    clock.keep(session, first.moment, first.wall)
    grants = frozenset(
        Grant(Role(row.role), first.office_id or row.office_of_role)
        for row in rows
        if row.role is not None and row.for_person is None and not first.cofunder_id
        if first.office_id is None or row.office_of_role in (None, first.office_id)
    )
    scope = frozenset(Act(act) for act in first.acts)
    return Actor(first.made_by, first.name, grants, f"key:{caller.key_id}", fresh=False, scope=scope)


_FIND = text(
    "WITH clock AS (SELECT now() + COALESCE((SELECT microseconds FROM clock_offset), 0) * interval '1 microsecond' AS moment) "
    "SELECT k.id, k.client_id, clock.moment, COALESCE(k.last_used_at < clock.moment - interval '1 minute', true) AS note_use "
    "FROM api_key k CROSS JOIN clock WHERE k.key_hash = :key_hash AND k.expires_at > clock.moment "
    "AND (k.ends_at IS NULL OR k.ends_at > clock.moment) "
    "AND NOT EXISTS (SELECT FROM credential c WHERE c.person_id = k.made_by AND c.locked_by IS NOT NULL)"
)
_USED = text("UPDATE api_key SET last_used_at = :moment WHERE id = :id")
_ACTOR = text(
    "WITH clock AS (SELECT now() + COALESCE((SELECT microseconds FROM clock_offset), 0) * interval '1 microsecond' AS moment) "
    "SELECT now() AS wall, clock.moment, k.acts, k.made_by, c.office_id, c.cofunder_id, "
    "p.given_names || ' ' || p.family_names AS name, g.role, g.office_id AS office_of_role, g.for_person "
    "FROM api_key k JOIN api_client c ON c.id = k.client_id JOIN person p ON p.id = k.made_by CROSS JOIN clock "
    "LEFT JOIN LATERAL roles_on(p.id, (clock.moment AT TIME ZONE interval '-05:00')::date) g ON true "
    "WHERE k.id = :id AND k.expires_at > clock.moment AND (k.ends_at IS NULL OR k.ends_at > clock.moment) "
    "AND NOT EXISTS (SELECT FROM credential c WHERE c.person_id = k.made_by AND c.locked_by IS NOT NULL)"
)
