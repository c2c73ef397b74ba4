"""What signed minutes bring about: awards on reserved money, outcomes in the applications, decided contests."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from service.applications.models import ApplicationStatus
from service.applications.usecases import settle_outcome
from service.contests.rules import Action as ContestAction
from service.contests.usecases import move_contest
from service.core.actor import Actor
from service.core.db import Session
from service.core.money import show
from service.deliberation import store
from service.deliberation.minutes_paper import judged_contests
from service.deliberation.models import Award, CommitteeSession, Minutes, RankedApplication
from service.deliberation.result_tables import Judged
from service.funding.usecases import fund_of_contest, reserve
from service.record import usecases as record


async def settle(session: Session, actor: Actor, row: CommitteeSession, minutes: Minutes) -> list[Award]:
    """Carry out what the announced runs say, for every contest of the session, with the amounts that were adjusted: called with the
    last signature. An application that was put off gets no award, and its presentation does not count as a try.

    First requests are reserved in the contest's fund; the money of second requests is in their contracts already. Who withdrew
    meanwhile gets nothing. Raises ``NoFund``, ``FundExhausted``.
    """
    awards = []
    for judged in await judged_contests(session, row):
        awards += [await make_award(session, actor, judged, *each, minutes.id) for each in judged.awards]
        for line in judged.lines:
            if not judged.is_withdrawn(line):
                await settle_outcome(session, actor, line.application_id, ApplicationStatus(judged.outcome(line)))
        await move_contest(session, judged.contest.id, ContestAction.DECIDE)
        payload = {"minutes": minutes.number, "awards": len(judged.awards)}
        await record.append(session, actor, "contest.decided", f"contest:{judged.contest.id}", payload)
    return awards


async def award_of(session: Session, application_id: UUID) -> Award | None:
    """What was awarded to an application: for areas above."""
    return await store.award_of(session, application_id)


async def awards_of(session: Session, contest_id: UUID) -> Sequence[Award]:
    """What was awarded in a contest, by rank: for areas above."""
    return await store.awards_of(session, contest_id)


async def make_award(
    session: Session, actor: Actor, judged: Judged, line: RankedApplication, amount: Decimal, minutes_id: UUID
) -> Award:
    """Award an amount to an application, reserved in the fund for a first request. Raises ``NoFund``, ``FundExhausted``."""
    assert line.rank is not None
    award = Award(
        application_id=line.application_id,
        contest_id=judged.contest.id,
        run_id=line.run_id,
        minutes_id=minutes_id,
        amount=amount,
        rank=line.rank,
    )
    session.add(award)
    await session.flush()
    payload = {"application_id": str(line.application_id), "amount": show(amount), "rank": line.rank}
    await record.append(session, actor, "award.made", f"award:{award.id}", payload)
    if judged.contest.request_number == 1:
        fund = await fund_of_contest(session, judged.contest.id)
        await reserve(session, actor, fund.id, f"award:{award.id}", amount)
    return award
