"""What waits for appeals: the minutes, contracts, prizes, and second tranches."""

from collections.abc import Collection
from uuid import UUID

from service.contests.terms import terms_of
from service.contests.usecases import contest_locked, rules_in_force
from service.core import clock
from service.core.db import Session
from service.deliberation import appeal_rules, appeal_store
from service.scoring import usecases as scoring


async def require_no_appeal(session: Session, contest_ids: Collection[UUID]) -> None:
    """Every appeal in these contests is settled. Raises ``AppealOpen``."""
    for each in await appeal_store.open_in(session, contest_ids):
        raise appeal_rules.AppealOpen(application=each.code)


async def require_settled(session: Session, contest_id: UUID, application_id: UUID | None = None) -> None:
    """Money can be bound to an award: its application has no open appeal.

    Where one outcome hangs on those of others, no application of the contest has one, and none can be filed any more; so it is too
    where no application is named. The contest stays locked, so that none is filed meanwhile. Raises ``AppealOpen``,
    ``StillAppealable``.
    """
    await contest_locked(session, contest_id)
    depends = appeal_rules.depends_on_others((await scoring.book_of(session, contest_id)).book)
    for each in await appeal_store.open_in(session, [contest_id]):
        if depends or application_id in (None, each.application_id):
            raise appeal_rules.AppealOpen(application=each.code)
    announced = await appeal_store.announced_anew(session, contest_id)
    if not depends or announced is None:
        return
    until = appeal_rules.last_day(announced, terms_of(await rules_in_force(session, contest_id)).appeal_days)
    if until is not None and await clock.today(session) <= until:
        raise appeal_rules.StillAppealable(until=until.isoformat())
