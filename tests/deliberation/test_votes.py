"""Recording votes and correcting them, and what the database refuses behind the use cases."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from service.core.errors import NotFound, Refusal
from service.deliberation import rules, usecases, vote_rules
from service.deliberation.shapes import CorrectionIn, DissentIn, MajorityIn
from service.deliberation.vote_models import MajorityBase, VoteMatter
from service.people.shapes import EndIn
from service.people.usecases import appointed_on, end_appointment
from service.transparency.checks import CHECKS
from service.transparency.checks.votes import VOTES
from tests.cast import Cast
from tests.make.deliberation import announce, make_announced, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import play_bundle
from tests.make.votes import make_tallied, members, vote_in
from tests.traces import acts_on, refused_by_database, statements


async def test_a_motion_is_carried_by_more_than_half_of_the_votes_cast(session: Session, cast: Cast) -> None:
    _, row = await make_tallied(session, cast)
    chair, one, two, three, four, five = members(cast)
    dissent = DissentIn(person_id=five.person_id, words="  Llega la helada\n y no habrá gente ")
    given = vote_in([chair, one], [five], [two, three, four], dissents=[dissent])
    ballot = await usecases.record_vote(session, cast.secretary, row.id, given)
    tie = await usecases.record_vote(session, cast.secretary, row.id, vote_in([chair, one, two], [three, four, five]))
    assert (ballot.carried, tie.carried, ballot.appointed) == (True, False, 6)
    first, second = await usecases.list_votes(session, cast.secretary, row.id)
    assert [(entry.motion.number, entry.motion.title) for entry in (first, second)] == [
        (1, "Sesionar también el sábado"),
        (2, "Sesionar también el sábado"),
    ]
    assert [(vote.name, vote.choice.value, vote.dissent) for vote in first.last.votes] == [
        ("Marcos Champi Sulca", "in_favour", None),
        ("Julia Arapa Kana", "in_favour", None),
        ("Jacinto Borda Lima", "abstained", None),
        ("Justina Callo Merma", "abstained", None),
        ("Juan Deza Noa", "abstained", None),
        ("Juana Espirilla Oré", "against", "Llega la helada\n y no habrá gente"),
    ]
    assert await acts_on(session, f"ballot:{ballot.id}") == [("vote.recorded", cast.secretary.person_id)]


async def test_the_majority_is_data_that_is_set_before_the_tally(session: Session, cast: Cast) -> None:
    loose = MajorityIn(matter=VoteMatter.MOTION, at_least="1/3", strict=False, base=MajorityBase.CAST)
    strict = MajorityIn(matter=VoteMatter.MOTION, at_least="4/6", strict=False, base=MajorityBase.BASE)
    casting = MajorityIn(matter=VoteMatter.DEFERRAL, casting=True)
    played, row = await make_tallied(session, cast, loose, strict, casting)
    chair, one, two, three, four, five = members(cast)
    four_of_six = await usecases.record_vote(
        session, cast.secretary, row.id, vote_in([chair, one, two, three], [], [four, five])
    )
    three_of_six = await usecases.record_vote(
        session, cast.secretary, row.id, vote_in([chair, one, two], [], [three, four, five])
    )
    assert [(each.carried, each.at_least, each.base) for each in (four_of_six, three_of_six)] == [
        (True, "2/3", "base"),
        (False, "2/3", "base"),
    ]
    await announce(session, cast, row)
    about: dict[str, Any] = {"matter": VoteMatter.DEFERRAL, "application_id": played.applications["B"].id}
    tie = vote_in([chair, one, two], [three, four, five], **about)
    assert (await usecases.record_vote(session, cast.secretary, row.id, tie)).carried
    with pytest.raises(vote_rules.MajorityFixed):
        await usecases.set_majority(session, cast.secretary, row.id, loose)


async def test_only_the_secretary_records_and_only_between_tally_and_minutes(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    everybody = vote_in(members(cast))
    with pytest.raises(vote_rules.NotVoting):
        await usecases.record_vote(session, cast.secretary, row.id, everybody)
    with pytest.raises(MissingRole):
        await usecases.set_majority(session, cast.head, row.id, MajorityIn(matter=VoteMatter.MOTION))
    await tally_all(session, cast, row)
    for actor in (cast.mayor, cast.head, cast.programme):
        with pytest.raises(MissingRole):
            await usecases.record_vote(session, actor, row.id, everybody)
    with pytest.raises(NotFound):
        await usecases.record_vote(session, cast.secretary, committee.id, everybody)
    ballot = await usecases.record_vote(session, cast.secretary, row.id, everybody)
    with pytest.raises(MissingRole):
        await usecases.correct_vote(session, cast.mayor, ballot.motion_id, correction(cast))
    with pytest.raises(NotFound):
        await usecases.list_votes(session, None, row.id)


def correction(cast: Cast) -> CorrectionIn:
    """Everybody was against."""
    against = [each.person_id for each in members(cast)]
    return CorrectionIn(against=against, reason="Se anotaron las columnas al revés")


async def test_a_vote_names_an_item_of_the_session_and_only_what_it_needs(session: Session, cast: Cast) -> None:
    played, row = await make_tallied(session, cast)
    await announce(session, cast, row)
    item = played.applications["D"].id
    wrong: dict[type[Refusal], dict[str, Any]] = {
        rules.NotInSession: {"application_id": cast.office.id},
        vote_rules.ItemNeeded: {"matter": VoteMatter.DEFERRAL},
        vote_rules.AmountNeeded: {"matter": VoteMatter.ADJUSTMENT, "application_id": item},
        vote_rules.AmountNotAsked: {"application_id": item, "amount": "1.00"},
        vote_rules.AboveRequested: {"matter": VoteMatter.ADJUSTMENT, "application_id": item, "amount": "10000.06"},
    }
    for refusal, changes in wrong.items():
        with pytest.raises(refusal):
            await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast), **changes))
    with pytest.raises(vote_rules.DissentWithoutVote):
        silent = DissentIn(person_id=cast.head.person_id, words="No")
        await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast), dissents=[silent]))


async def test_a_wrong_ballot_is_followed_by_a_right_one_and_kept(session: Session, cast: Cast) -> None:
    _, row = await make_tallied(session, cast)
    wrong = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))
    right = await usecases.correct_vote(session, cast.secretary, wrong.motion_id, correction(cast))
    assert [(each.attempt, each.carried, each.reason) for each in (wrong, right)] == [
        (1, True, None),
        (2, False, "Se anotaron las columnas al revés"),
    ]
    (entry,) = await usecases.list_votes(session, cast.secretary, row.id)
    assert [each.ballot.id for each in entry.ballots] == [wrong.id, right.id]
    assert (len(entry.ballots[0].votes), entry.last.count.against) == (6, 6)
    assert await acts_on(session, f"ballot:{right.id}") == [("vote.corrected", cast.secretary.person_id)]


async def test_the_database_keeps_ballots_and_takes_one_vote_of_each_member_present(session: Session, cast: Cast) -> None:
    _, row = await make_tallied(session, cast)
    ballot = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))
    mine = {"ballot": ballot.id, "person": cast.mayor.person_id}
    again = "INSERT INTO vote VALUES (:ballot, :person, 'chair', 'against')"
    assert "pk_vote" in await refused_by_database(session, again, **mine)
    guest = {"ballot": ballot.id, "person": cast.head.person_id}
    for capacity in ("member", "staff"):
        stranger = f"INSERT INTO vote VALUES (:ballot, :person, '{capacity}', 'against')"  # a word of ours
        assert "only members who are present vote" in await refused_by_database(session, stranger, **guest)
    for table in ("majority_rule", "motion", "ballot", "vote", "dissent", "adjustment", "deferral"):
        assert "permission denied" in await refused_by_database(session, f"DELETE FROM {table}")  # a name of ours
    assert "permission denied" in await refused_by_database(session, "UPDATE vote SET choice = 'against'")
    silent = "INSERT INTO dissent VALUES (:ballot, :person, 'No')"
    assert "fk_dissent" in await refused_by_database(session, silent, **guest)
    reasonless = "INSERT INTO ballot SELECT gen_random_uuid(), motion_id, 2, at, recorded_by, NULL, at_least, strict, base, casting, appointed, carried FROM ballot"
    assert "ck_ballot_reason" in await refused_by_database(session, reasonless)
    assert "follow one another" in await refused_by_database(session, reasonless.replace("2, at", "3, at"))


async def test_no_vote_after_the_minutes_are_closed(session: Session, cast: Cast) -> None:
    _, row, _ = await make_announced(session, cast)
    ballot = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))
    await usecases.close_minutes(session, cast.secretary, row.id)
    with pytest.raises(vote_rules.NotVoting):
        await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))
    with pytest.raises(vote_rules.NotVoting):
        await usecases.correct_vote(session, cast.secretary, ballot.motion_id, correction(cast))
    late = "INSERT INTO ballot SELECT gen_random_uuid(), motion_id, 2, at, recorded_by, 'x', at_least, strict, base, casting, appointed, carried FROM ballot"
    assert "between the tally and the close" in await refused_by_database(session, late)


async def test_the_checks_find_nothing_wrong_with_votes_that_were_recorded(session: Session, cast: Cast) -> None:
    casting = MajorityIn(matter=VoteMatter.MOTION, strict=False, casting=True)
    share = MajorityIn(matter=VoteMatter.DEFERRAL, at_least="2/3", strict=False, base=MajorityBase.PRESENT)
    played, row = await make_tallied(session, cast, casting, share)
    await announce(session, cast, row)
    chair, one, two, three, four, five = members(cast)
    carried = []
    for given in (
        vote_in([chair, one, two], [three, four, five]),
        vote_in([three, four, five], [chair, one, two]),
        vote_in([three, four], [one, two], [chair, five]),
        vote_in([], [], members(cast)),
        vote_in(
            [chair, one, two, three], [four], [five], matter=VoteMatter.DEFERRAL, application_id=played.applications["D"].id
        ),
        vote_in(
            [chair, one, two], [four], [three, five], matter=VoteMatter.DEFERRAL, application_id=played.applications["D"].id
        ),
    ):
        carried.append((await usecases.record_vote(session, cast.secretary, row.id, given)).carried)
    assert carried == [True, False, True, False, True, False]
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))  # the database counts them as well
    for name in VOTES:
        assert [found async for found in CHECKS[name](session)] == []
    trace = "every act of weight left its trace"
    assert [found async for found in CHECKS[trace](session) if found[0].startswith("ballot")] == []


async def test_the_wrong_ballot_is_corrected_by_those_who_were_there_then(session: Session, cast: Cast) -> None:
    _, row = await make_tallied(session, cast)
    wrong = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))
    await clock.set_time(session, await clock.now(session) + timedelta(hours=1))
    await usecases.record_departure(session, cast.secretary, row.id, cast.jurors[4].person_id)
    right = await usecases.correct_vote(session, cast.secretary, wrong.motion_id, correction(cast))
    assert (right.carried, right.attempt) == (False, 2)
    with pytest.raises(vote_rules.VoterNotPresent):
        await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))


async def test_a_ballot_is_corrected_by_those_appointed_on_its_day(session: Session, cast: Cast) -> None:
    _, row = await make_tallied(session, cast)
    wrong = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))
    today = await clock.today(session)
    last = members(cast)[5].person_id
    (appointment,) = [one for one, who in await appointed_on(session, row.committee_id, today) if who.id == last]
    await end_appointment(session, cast.programme, appointment.id, EndIn(until=today))
    await clock.set_time(session, await clock.now(session) + timedelta(days=1))
    right = await usecases.correct_vote(session, cast.secretary, wrong.motion_id, correction(cast))
    assert (right.carried, right.appointed) == (False, 6)


async def test_three_votes_are_read_with_the_queries_of_one(session: Session, cast: Cast) -> None:
    played, row = await make_tallied(session, cast)
    item = vote_in(members(cast), application_id=played.applications["A"].id)
    await usecases.record_vote(session, cast.secretary, row.id, item)
    with statements(session) as one:
        assert len(await usecases.list_votes(session, cast.secretary, row.id)) == 1
    for given in (vote_in(members(cast)), vote_in([], members(cast), application_id=played.applications["B"].id)):
        await usecases.record_vote(session, cast.secretary, row.id, given)
    with statements(session) as three:
        assert len(await usecases.list_votes(session, cast.secretary, row.id)) == 3
    assert len(one) == len(three)
