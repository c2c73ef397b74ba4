"""Duties kept apart by person: asked of the record, which knows who did what, and of the deputyships."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import text

from service.core import duties
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import Forbidden


async def require_kept_apart(
    session: Session,
    actor: Actor,
    later: Act,
    subjects: Collection[str],
    refusals: Mapping[Act, type[Forbidden]],
    known: Mapping[Act, set[UUID]] | None = None,
) -> None:
    """Raises the refusal of the first act on ``subjects`` that keeps the actor, or whom the actor stands in for, from doing ``later``.

    ``subjects`` are the record's names of all that is done here (``"payment:<id>"``, ``"account:<id>"``); ``known`` holds who did what
    the record files under other names.
    """
    done: dict[str, set[UUID]] = {}
    for act, person_id, behind in await session.execute(_DONE, {"subjects": list(subjects)}):
        done.setdefault(act, set()).update({person_id, behind} - {None})
    for earlier in duties.before(later):
        persons = set((known or {}).get(earlier, ())).union(*(done.get(name, ()) for name in duties.TRACES[earlier]))
        if persons & actor.persons:
            raise refusals[earlier]


_DONE = text(
    """
    SELECT DISTINCT l.act, l.actor_id, s.person FROM record_leaf l
    LEFT JOIN LATERAL stood_in_for(l.actor_id, l.at) AS s (person) ON true WHERE l.subject = ANY(:subjects)
    """
)
