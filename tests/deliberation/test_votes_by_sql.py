"""What the database refuses of votes where somebody goes round the use cases as the application's role."""

from service.core.db import Session
from service.deliberation import usecases
from service.deliberation.vote_models import Ballot
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import check_all, make_announced
from tests.make.votes import adjust, make_tallied, members, vote_in
from tests.traces import refused_by_database

MOTION = """
    INSERT INTO motion SELECT gen_random_uuid(), session_id, 9, matter, title, {application}, amount, put_at, put_by
    FROM motion WHERE id = :motion RETURNING *
"""
BALLOT = """
    INSERT INTO ballot SELECT gen_random_uuid(), motion_id, 2, at, recorded_by, 'x', at_least, strict, base, casting, {appointed},
    {carried} FROM ballot WHERE id = :ballot RETURNING *
"""
MAJORITY = "INSERT INTO majority_rule SELECT gen_random_uuid(), id, 'motion', 1, '1/3', false, 'cast', false, :person, now() FROM committee_session"


async def one_ballot(session: Session, cast: Cast) -> Ballot:
    """A motion that everybody is in favour of, in a tallied session."""
    _, row = await make_tallied(session, cast)
    return await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))


async def test_nothing_follows_from_a_motion_that_nobody_voted_on(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast)
    adjustment = await adjust(session, cast, row, played.applications["D"], "8000.05")
    unvoted = MOTION.format(application="application_id")
    act = f"WITH m AS ({unvoted}) INSERT INTO adjustment SELECT id, application_id, amount, 'x', put_at, put_by FROM m"  # words of ours
    assert "only a carried vote" in await refused_by_database(session, act, motion=adjustment.motion_id)
    assert "with its ballot" in await refused_by_database(session, unvoted, motion=adjustment.motion_id)


async def test_a_ballot_is_carried_by_its_votes_and_needs_its_quorum(session: Session, cast: Cast) -> None:
    ballot = await one_ballot(session, cast)
    for carried in ("true", "false"):
        empty = BALLOT.format(appointed="appointed", carried=carried)
        assert "needs the quorum" in await refused_by_database(session, empty, ballot=ballot.id)
    votes = "INSERT INTO vote SELECT n.id, v.person_id, v.capacity, {choice} FROM n, vote v WHERE v.ballot_id = :ballot {limit}"
    for carried, choice, limit, refusal in (
        ("false", "v.choice", "", "carried by its votes"),
        ("true", "'against'", "", "carried by its votes"),
        ("true", "'abstained'", "", "carried by its votes"),
        ("true", "v.choice", "LIMIT 3", "needs the quorum"),
    ):
        with_votes = f"WITH n AS ({BALLOT.format(appointed='appointed', carried=carried)}) "
        forged = with_votes + votes.format(choice=choice, limit=limit)
        assert refusal in await refused_by_database(session, forged, ballot=ballot.id)


async def test_a_vote_that_is_added_later_cannot_turn_the_ballot(session: Session, cast: Cast) -> None:
    _, row = await make_tallied(session, cast)
    *most, last = members(cast)
    await usecases.record_departure(session, cast.secretary, row.id, last.person_id)  # at the moment of the vote: still there
    ballot = await usecases.record_vote(session, cast.secretary, row.id, vote_in(most[:3], most[3:]))
    late = "INSERT INTO vote VALUES (:ballot, :person, 'member', 'against')"
    assert "carried by its votes" in await refused_by_database(session, late, ballot=ballot.id, person=last.person_id)


async def test_motions_votes_and_dissents_end_with_the_minutes(session: Session, cast: Cast) -> None:
    _, row, _ = await make_announced(session, cast)
    some, last = members(cast)[:5], members(cast)[5]
    ballot = await usecases.record_vote(session, cast.secretary, row.id, vote_in(some, [last]))
    await usecases.close_minutes(session, cast.secretary, row.id)
    mine = {"ballot": ballot.id, "person": last.person_id}
    for statement, values in (
        (MOTION.format(application="application_id"), {"motion": ballot.motion_id}),
        ("INSERT INTO vote VALUES (:ballot, :person, 'member', 'against')", mine),
        ("INSERT INTO dissent VALUES (:ballot, :person, 'No')", mine),
    ):
        assert "between the tally and the close" in await refused_by_database(session, statement, **values)


async def test_a_motion_is_about_an_application_of_the_session(session: Session, cast: Cast) -> None:
    ballot = await one_ballot(session, cast)
    contest = await make_contest(session, cast, "pdn-first")
    other = await make_eligible(session, cast, contest)
    foreign = MOTION.format(application="CAST(:application AS uuid)")
    refusal = await refused_by_database(session, foreign, motion=ballot.motion_id, application=other.id)
    assert "of its own contests" in refusal


async def test_no_majority_is_set_after_the_tally(session: Session, cast: Cast) -> None:
    await one_ballot(session, cast)
    assert "before the tally" in await refused_by_database(session, MAJORITY, person=cast.secretary.person_id)


async def test_no_vote_on_an_amount_or_a_deferral_precedes_the_announcement(session: Session, cast: Cast) -> None:
    played, row = await make_tallied(session, cast)
    early = "INSERT INTO motion SELECT gen_random_uuid(), :row, 1, :matter, 'Sobre D', :application, CAST(:amount AS numeric), now(), :by"
    given = {"row": row.id, "application": played.applications["D"].id, "by": cast.secretary.person_id}
    for matter, amount in (("adjustment", "8000.00"), ("deferral", None)):
        refusal = await refused_by_database(session, early, matter=matter, amount=amount, **given)
        assert "voted on after the announcement" in refusal
    await check_all(session, cast, row)
    await usecases.announce(session, cast.secretary, row.id)
    for matter, amount in (("adjustment", "8000.00"), ("deferral", None)):
        refusal = await refused_by_database(session, early, matter=matter, amount=amount, **given)
        assert "with its ballot" in refusal  # in time now; what lacks is the vote itself
