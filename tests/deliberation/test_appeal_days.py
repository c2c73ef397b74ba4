"""Until when a result is appealed once an appeal has changed it: whom the new announcement puts elsewhere has the days anew.

In the purse contest D and B have awards until an appeal of A, announced again on a later day, sends both to the reserve list (the
figures are worked out in ``test_resolutions``). E is disqualified before and after.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from service.contracts import usecases as contracts
from service.core import clock
from service.core.db import Session
from service.deliberation import appeal_rules, appeals, resolutions, usecases
from service.deliberation.appeal_queries import appeal_time
from service.deliberation.models import CommitteeSession
from tests.cast import Cast
from tests.make import appeals as make
from tests.make.contracts import DRAFT
from tests.make.deliberation import make_announced
from tests.make.scoring import Played
from tests.traces import refused_by_database

DAY = timedelta(days=1)
APPEAL = """
    INSERT INTO appeal (id, application_id, contest_id, run_id, ground, status, filed_at, filed_by)
    SELECT gen_random_uuid(), :application, :contest, announced_run(:contest), 'x', 'filed', :at, :person
"""


async def announced_again(session: Session, cast: Cast) -> tuple[Played, CommitteeSession, date]:
    """A's appeal, filed on the fifth day, is announced on the eighth by a resolution; the day of that."""
    played, row, _ = await make_announced(session, cast, "plans-purse", "25000.00")
    await usecases.close_minutes(session, cast.secretary, row.id)
    for member in [cast.mayor, *cast.jurors]:
        await usecases.sign_minutes(session, member, row.id)
    await make.later(session, 5 * DAY)
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.nine_for_a(session, cast, played, appeal)
    await make.later(session, 3 * DAY)
    await resolutions.issue_resolution(session, cast.secretary, appeal.id)
    for member in make.panel(cast):
        await resolutions.sign_resolution(session, member, appeal.id)
    return played, row, await clock.today(session)


async def test_who_lost_by_a_new_announcement_appeals_it_and_who_lost_nothing_does_not(session: Session, cast: Cast) -> None:
    played, _, announced = await announced_again(session, cast)
    untouched, loser, other = (played.applications[code] for code in "EDB")
    times = [await appeal_time(session, played.contest.id, each.id) for each in (untouched, loser)]
    assert [(time.until, time.is_over) for time in times if time] == [
        (announced - 3 * DAY, True),
        (announced + 5 * DAY, False),
    ]
    await make.later(session, 5 * DAY)
    with pytest.raises(appeal_rules.TooLate) as late:
        await make.file_it(session, cast, untouched)
    assert late.value.values == {"until": (announced - 3 * DAY).isoformat()}
    appeal = await make.file_it(session, cast, loser)
    await appeals.withdraw_appeal(session, cast.promoter, appeal.id, make.TAKEN_BACK)
    await make.later(session, DAY)
    with pytest.raises(appeal_rules.TooLate):
        await make.file_it(session, cast, other)


async def test_the_database_counts_the_days_of_each_applicant_too(session: Session, cast: Cast) -> None:
    played, _, _ = await announced_again(session, cast)
    given, now = {"contest": played.contest.id, "person": cast.promoter.person_id}, await clock.now(session)
    for code, at in (("E", now), ("D", now + 6 * DAY)):
        said = await refused_by_database(session, APPEAL, application=played.applications[code].id, at=at, **given)
        assert "and in time" in said, code
    await session.execute(text(APPEAL), {"application": played.applications["D"].id, "at": now + 5 * DAY, **given})


async def test_the_money_of_a_purse_waits_for_those_days_as_well(session: Session, cast: Cast) -> None:
    played, _, announced = await announced_again(session, cast)
    award = await usecases.award_of(session, played.applications["A"].id)
    assert award is not None
    draft = await contracts.draft_contract(session, cast.secretary, award.id, DRAFT)
    await make.later(session, 5 * DAY)
    with pytest.raises(appeal_rules.StillAppealable) as waiting:
        await contracts.number_contract(session, cast.head, draft.id)
    assert waiting.value.values == {"until": (announced + 5 * DAY).isoformat()}
    await make.later(session, DAY)
    assert (await contracts.number_contract(session, cast.head, draft.id)).award_id == award.id
