"""Two people at the same moment in sessions: what the second is told. Committed, in a database of its own."""

from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlmodel import col

from scripts.cluster import APP, Cluster
from service.contests.models import Contest
from service.core import clock
from service.core.db import Session, Sessions, make_engine, make_sessions, transaction
from service.deliberation import rules, usecases
from service.deliberation.models import Award, Capacity, CommitteeSession, Minutes, MinutesSignature, SessionStatus
from service.deliberation.shapes import ArrivalIn
from service.deliberation.vote_models import Adjustment, Ballot, VoteMatter
from service.deliberation.vote_rules import AlreadyCarriedOut, NotVoting
from service.funding.rules import FundExhausted
from service.funding.usecases import assign_fund
from service.people.models import Committee
from tests.cast import Cast
from tests.make.contests import make_contest
from tests.make.deliberation import announce, convene, make_announced, make_open_session, session_in, tally_all
from tests.make.funding import make_fund
from tests.make.people import make_committee
from tests.make.scoring import make_panel, play_bundle
from tests.make.votes import BECAUSE, carry, members, vote_in
from tests.races import run_alone, second_of


@pytest.fixture(scope="module")
async def apart(cluster: Cluster, peopled: str) -> AsyncIterator[Sessions]:
    """Sessions of a database in which these tests commit."""
    cluster.ensure_database("session_races", peopled)
    engine = make_engine(cluster.url(APP, "session_races"))
    yield make_sessions(engine)
    await engine.dispose()


async def prepare(apart: Sessions, cast: Cast) -> tuple[Committee, Contest]:
    """A committee and a contest with its panel, committed."""
    async with transaction(apart) as session:
        committee = await make_committee(session, cast)
        contest = await make_contest(session, cast)
        await make_panel(session, cast, contest)
        return committee, contest


async def test_a_contest_convened_twice_at_once_is_in_one_session(apart: Sessions, cast: Cast) -> None:
    committee, contest = await prepare(apart, cast)

    async def convene_it(session: Session) -> CommitteeSession:
        given = session_in(committee, await clock.now(session), contest)
        return await usecases.convene_session(session, cast.secretary, given)

    second = await second_of(apart, convene_it, convene_it)
    assert isinstance(second, rules.ContestTaken)


async def test_numbers_have_no_gap_where_a_session_was_refused(apart: Sessions, cast: Cast) -> None:
    committee, contest = await prepare(apart, cast)
    async with transaction(apart) as session:
        first = await convene(session, cast, committee, contest)
    refused = await run_alone(apart, lambda session: convene(session, cast, committee, contest))
    assert isinstance(refused, rules.ContestTaken)
    async with transaction(apart) as session:
        row = await convene(session, cast, committee, await make_contest(session, cast))
    assert row.number == first.number + 1


async def test_a_person_entered_twice_at_once_is_present_once(apart: Sessions, cast: Cast) -> None:
    committee, contest = await prepare(apart, cast)
    async with transaction(apart) as session:
        row = await convene(session, cast, committee, contest)
    given = ArrivalIn(person_id=cast.mayor.person_id, capacity=Capacity.CHAIR)

    async def arrive(session: Session) -> object:
        return await usecases.record_arrival(session, cast.secretary, row.id, given)

    assert isinstance(await second_of(apart, arrive, arrive), rules.AlreadyPresent)


async def closed(apart: Sessions, cast: Cast, fund_of: str) -> CommitteeSession:
    """The minutes of the IDL bundle (60000.00), closed, on a fund of that many soles."""
    async with transaction(apart) as session:
        committee = await make_committee(session, cast)
        played = await play_bundle(session, cast, "idl")
        fund = await make_fund(session, cast, fund_of)
        await assign_fund(session, cast.programme, played.contest.id, fund.id)
        return await _close(session, cast, committee, played.contest)


async def _close(session: Session, cast: Cast, committee: Committee, contest: Contest) -> CommitteeSession:
    row = await make_open_session(session, cast, committee, contest)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    await usecases.close_minutes(session, cast.secretary, row.id)
    return row


async def test_the_last_two_signatures_at_once_make_the_awards_once(apart: Sessions, cast: Cast) -> None:
    row = await closed(apart, cast, "60000.00")
    async with transaction(apart) as session:
        for member in cast.jurors[:4]:
            await usecases.sign_minutes(session, member, row.id)
    second = await second_of(
        apart,
        lambda one: usecases.sign_minutes(one, cast.jurors[4], row.id),
        lambda two: usecases.sign_minutes(two, cast.mayor, row.id),
    )
    assert isinstance(second, MinutesSignature)
    async with transaction(apart) as session:
        minutes = (await usecases.get_minutes(session, cast.secretary, row.id)).minutes
        awards = await session.scalars(select(Award).where(col(Award.minutes_id) == minutes.id))
        assert [award.amount for award in awards] == [Decimal("60000.00")]
        assert (await usecases.get_session(session, cast.secretary, row.id)).session.status == SessionStatus.SIGNED


async def test_a_member_who_signs_twice_at_once_has_one_signature(apart: Sessions, cast: Cast) -> None:
    row = await closed(apart, cast, "60000.00")
    second = await second_of(
        apart,
        lambda one: usecases.sign_minutes(one, cast.mayor, row.id),
        lambda two: usecases.sign_minutes(two, cast.mayor, row.id),
    )
    assert isinstance(second, rules.AlreadySigned)


async def test_two_sessions_cannot_award_the_same_money(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        committee = await make_committee(session, cast)
        fund = await make_fund(session, cast, "119999.99")
        rows = []
        for _ in range(2):
            played = await play_bundle(session, cast, "idl")
            await assign_fund(session, cast.programme, played.contest.id, fund.id)
            rows.append(await _close(session, cast, committee, played.contest))
        for row in rows:
            for member in cast.jurors:
                await usecases.sign_minutes(session, member, row.id)
    second = await second_of(
        apart,
        lambda one: usecases.sign_minutes(one, cast.mayor, rows[0].id),
        lambda two: usecases.sign_minutes(two, cast.mayor, rows[1].id),
    )
    assert isinstance(second, FundExhausted)
    assert second.values["missing"] == "0.01"


async def test_votes_entered_on_two_devices_at_once_both_count_in_order(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        _, row, _ = await make_announced(session, cast)

    async def vote(session: Session) -> Ballot:
        return await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))

    assert isinstance(await second_of(apart, vote, vote), Ballot)
    async with transaction(apart) as session:
        assert [each.motion.number for each in await usecases.list_votes(session, cast.secretary, row.id)] == [1, 2]


async def test_a_vote_that_comes_while_the_minutes_are_closed_is_refused(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        _, row, _ = await make_announced(session, cast)

    async def close(session: Session) -> Minutes:
        return await usecases.close_minutes(session, cast.secretary, row.id)

    async def vote(session: Session) -> Ballot:
        return await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))

    assert isinstance(await second_of(apart, close, vote), NotVoting)


async def test_a_vote_is_carried_out_once_by_two_at_once(apart: Sessions, cast: Cast) -> None:
    async with transaction(apart) as session:
        played, row, _ = await make_announced(session, cast)
        ballot = await carry(session, cast, row, played.applications["D"], VoteMatter.ADJUSTMENT, "8000.05")

    async def adjust(session: Session) -> Adjustment:
        return await usecases.adjust_amount(session, cast.secretary, ballot.motion_id, BECAUSE)

    assert isinstance(await second_of(apart, adjust, adjust), AlreadyCarriedOut)
