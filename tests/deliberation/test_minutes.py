"""Closing minutes, signing them, what the signatures bring about, publishing."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from service.applications.models import ApplicationStatus
from service.applications.usecases import withdraw_application
from service.contests.models import ContestStatus
from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from service.core.machine import WrongState
from service.deliberation import rules, usecases
from service.deliberation.models import Award, Capacity, Minutes, MinutesSignature, SessionStatus
from service.deliberation.shapes import ArrivalIn, NarrativeIn
from service.funding.models import Reservation
from service.funding.rules import FundExhausted, NoFund
from service.funding.usecases import assign_fund, fund_balances, reserve
from service.transparency.checks.rankings import announced_rankings
from tests.cast import Cast
from tests.make.deliberation import announce, make_announced, make_open_session, tally_all
from tests.make.funding import make_fund
from tests.make.people import make_committee
from tests.make.scoring import play_bundle
from tests.traces import acts_on, refused_by_database

AWARDED = "25333.38"


async def test_minutes_close_only_on_money_that_is_there(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast, fund=None)
    with pytest.raises(NoFund):
        await usecases.close_minutes(session, cast.secretary, row.id)
    fund = await make_fund(session, cast, "25333.37")
    await assign_fund(session, cast.programme, played.contest.id, fund.id)
    with pytest.raises(FundExhausted) as refused:
        await usecases.close_minutes(session, cast.secretary, row.id)
    assert refused.value.values == {"fund": fund.name, "available": "25333.37", "missing": "0.01"}


async def test_contests_that_share_a_fund_are_covered_together(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    plans, works = await play_bundle(session, cast, "plans"), await play_bundle(session, cast, "idl")
    fund = await make_fund(session, cast, "85333.37")
    for played in (plans, works):
        await assign_fund(session, cast.programme, played.contest.id, fund.id)
    row = await make_open_session(session, cast, committee, plans.contest, works.contest)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    with pytest.raises(FundExhausted) as refused:
        await usecases.close_minutes(session, cast.secretary, row.id)
    assert refused.value.values["missing"] == "0.01"


async def test_awards_are_made_with_the_last_signature_and_not_before(session: Session, cast: Cast) -> None:
    played, row, fund = await make_announced(session, cast)
    assert fund is not None
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    for member in cast.jurors:
        signature = await usecases.sign_minutes(session, member, row.id)
        assert (signature.data_sha256, signature.capacity) == (minutes.data_sha256, Capacity.MEMBER)
    view = await usecases.get_minutes(session, cast.secretary, row.id)
    assert [person.id for person in view.unsigned] == [cast.mayor.person_id]
    assert (row.status, list(await session.scalars(select(Award)))) == (SessionStatus.CLOSED, [])
    assert (await fund_balances(session, fund.id)).reserved == Decimal("0.00")
    chair = await usecases.sign_minutes(session, cast.mayor, row.id)
    assert (chair.capacity, chair.dni) == (Capacity.CHAIR, "23000010")
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert (row.status, played.contest.status) == (SessionStatus.SIGNED, ContestStatus.DECIDED)
    award = await usecases.award_of(session, played.applications["D"].id)
    assert award is not None
    assert (award.amount, award.rank, award.minutes_id) == (Decimal("10000.05"), 1, minutes.id)
    (held,) = await session.scalars(select(Reservation).where(col(Reservation.subject) == f"award:{award.id}"))
    assert (held.amount, held.fund_id) == (award.amount, fund.id)
    assert (await fund_balances(session, fund.id)).available == Decimal("0.00")
    assert await acts_on(session, f"award:{award.id}") == [("award.made", cast.mayor.person_id)]
    assert (await acts_on(session, f"contest:{played.contest.id}"))[-1] == ("contest.decided", cast.mayor.person_id)


async def test_members_who_were_present_sign_once(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    fund = await make_fund(session, cast)
    await assign_fund(session, cast.programme, played.contest.id, fund.id)
    row = await make_open_session(session, cast, committee, played.contest, members=cast.jurors[:3])
    await usecases.record_arrival(
        session, cast.secretary, row.id, ArrivalIn(person_id=cast.head.person_id, capacity=Capacity.STAFF)
    )
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    with pytest.raises(WrongState):
        await usecases.sign_minutes(session, cast.mayor, row.id)
    await usecases.close_minutes(session, cast.secretary, row.id)
    for stranger in (cast.jurors[4], cast.head, cast.secretary):
        with pytest.raises(rules.NotPresent):
            await usecases.sign_minutes(session, stranger, row.id)
    await usecases.sign_minutes(session, cast.mayor, row.id)
    with pytest.raises(rules.AlreadySigned):
        await usecases.sign_minutes(session, cast.mayor, row.id)
    for member in cast.jurors[:3]:
        await usecases.sign_minutes(session, member, row.id)
    assert row.status == SessionStatus.SIGNED
    with pytest.raises(WrongState):
        await usecases.sign_minutes(session, cast.mayor, row.id)


async def test_minutes_need_the_chair_at_their_close(session: Session, cast: Cast) -> None:
    _, row, _ = await make_announced(session, cast)
    await usecases.record_departure(session, cast.secretary, row.id, cast.mayor.person_id)
    with pytest.raises(rules.NoQuorum):
        await usecases.close_minutes(session, cast.secretary, row.id)


async def test_closed_minutes_take_nothing_more(session: Session, cast: Cast) -> None:
    _, row, _ = await make_announced(session, cast)
    narrative = NarrativeIn(development="Uno.")
    with pytest.raises(MissingRole):
        await usecases.edit_minutes(session, cast.mayor, row.id, narrative)
    await usecases.edit_minutes(session, cast.secretary, row.id, narrative)
    await usecases.edit_minutes(session, cast.secretary, row.id, NarrativeIn(development="Dos."))
    with pytest.raises(MissingRole):
        await usecases.close_minutes(session, cast.head, row.id)
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    assert minutes.data["development"] == "Dos."
    with pytest.raises(rules.MinutesClosed):
        await usecases.edit_minutes(session, cast.secretary, row.id, narrative)
    with pytest.raises(rules.MinutesClosed):
        given = ArrivalIn(person_id=cast.head.person_id, capacity=Capacity.STAFF)
        await usecases.record_arrival(session, cast.secretary, row.id, given)
    with pytest.raises(rules.MinutesClosed):
        await usecases.record_departure(session, cast.secretary, row.id, cast.mayor.person_id)


async def test_money_spent_between_closing_and_signing_stops_the_last_signature(session: Session, cast: Cast) -> None:
    _, row, fund = await make_announced(session, cast)
    assert fund is not None
    await usecases.close_minutes(session, cast.secretary, row.id)
    await reserve(session, cast.programme, fund.id, "award:elsewhere", Decimal("0.01"))
    for member in cast.jurors:
        await usecases.sign_minutes(session, member, row.id)
    with pytest.raises(FundExhausted):
        async with session.begin_nested():
            await usecases.sign_minutes(session, cast.mayor, row.id)
    assert list(await session.scalars(select(Award))) == []
    signed = await session.scalars(select(MinutesSignature))
    assert {each.person_id for each in signed} == {juror.person_id for juror in cast.jurors}


async def test_who_withdrew_after_the_announcement_gets_nothing(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast)
    await withdraw_application(session, cast.promoter, played.applications["A"].id)
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    lines = {line["application_code"]: line for line in minutes.data["results"][0]["rows"]}
    assert (lines["A"]["outcome"], lines["A"]["score"], lines["A"]["stages"]) == ("withdrawn", None, [])
    assert minutes.data["results"][0]["totals"]["project_amount"] == "10000.05"
    for member in (*cast.jurors, cast.mayor):
        await usecases.sign_minutes(session, member, row.id)
    assert [award.amount for award in await usecases.awards_of(session, played.contest.id)] == [Decimal("10000.05")]
    await session.refresh(played.applications["A"])
    assert played.applications["A"].status == ApplicationStatus.WITHDRAWN
    assert [finding async for finding in announced_rankings(session)] == []


async def test_published_minutes_are_read_by_everybody(session: Session, cast: Cast) -> None:
    _, row, _ = await make_announced(session, cast)
    await usecases.close_minutes(session, cast.secretary, row.id)
    with pytest.raises(WrongState):
        await usecases.publish_minutes(session, cast.secretary, row.id)
    for member in (*cast.jurors, cast.mayor):
        await usecases.sign_minutes(session, member, row.id)
    with pytest.raises(MissingRole):
        await usecases.publish_minutes(session, cast.mayor, row.id)
    await usecases.publish_minutes(session, cast.secretary, row.id)
    view = await usecases.get_minutes(session, None, row.id)
    assert (len(view.signatures), view.unsigned) == (6, ())


@pytest.mark.parametrize("table", ["minutes", "minutes_signature", "award"])
async def test_signed_minutes_are_neither_changed_nor_deleted(session: Session, cast: Cast, table: str) -> None:
    _, row, _ = await make_announced(session, cast)
    await usecases.close_minutes(session, cast.secretary, row.id)
    for member in (*cast.jurors, cast.mayor):
        await usecases.sign_minutes(session, member, row.id)
    assert "permission denied" in await refused_by_database(session, f"DELETE FROM {table}")
    column = "rank" if table == "award" else "data_sha256"
    assert "permission denied" in await refused_by_database(session, f"UPDATE {table} SET {column} = {column}")
    assert len(list(await session.scalars(select(Minutes)))) == 1


async def test_the_database_takes_no_signature_of_who_was_not_there_or_under_another_hash(session: Session, cast: Cast) -> None:
    _, row, _ = await make_announced(session, cast)
    gone, *here = cast.jurors
    await usecases.record_departure(session, cast.secretary, row.id, gone.person_id)
    await clock.set_time(session, await clock.now(session) + timedelta(minutes=1))
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    sign = (
        "INSERT INTO minutes_signature (minutes_id, person_id, capacity, dni, data_sha256, at) "
        "VALUES (:minutes, :person, :capacity, '', :sha256, now())"
    )
    right = {"minutes": minutes.id, "person": here[0].person_id, "capacity": "member", "sha256": minutes.data_sha256}
    wrong = (
        {"person": gone.person_id},
        {"person": cast.head.person_id, "capacity": "staff"},
        {"person": cast.promoter.person_id},
        {"capacity": "chair"},
        {"sha256": "0" * 64},
    )
    for change in wrong:
        assert "by a member present at their closing" in await refused_by_database(session, sign, **right | change), change
    await session.execute(text(sign), right)
