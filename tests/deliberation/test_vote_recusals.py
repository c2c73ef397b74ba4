"""Members who step out of the votes on an application: no vote, no part in its quorum, no sight of what was voted; and the minutes."""

from datetime import timedelta

import pytest

from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import rules, usecases, vote_recusals, vote_rules
from service.deliberation.shapes import CorrectionIn, VoteRecusalIn
from service.funding.usecases import assign_fund
from service.scoring import usecases as scoring
from service.transparency.checks import CHECKS
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import announce, sign_all
from tests.make.funding import make_fund
from tests.make.votes import make_tallied, members, vote_in
from tests.traces import acts_on, refused_by_database

MAYOR, JUROR = "Marcos Champi Sulca", "Juana Espirilla Oré"


async def test_a_member_without_a_seat_steps_out_and_leaves_vote_and_quorum(session: Session, cast: Cast) -> None:
    played, row = await make_tallied(session, cast)
    item = played.applications["A"].id
    chair, *jurors = members(cast)
    before = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast), application_id=item))
    await clock.set_time(session, await clock.now(session) + timedelta(minutes=5))
    given = VoteRecusalIn(application_id=item, person_id=chair.person_id, reason="Es obra de mi hermano")
    await usecases.step_out(session, chair, row.id, given)
    assert (await acts_on(session, f"application:{item}"))[-1] == ("vote.stepped_out", chair.person_id)
    with pytest.raises(vote_rules.VoterRecused) as refused:
        await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast), application_id=item))
    assert refused.value.values == {"names": (MAYOR,)}
    ballot = await usecases.record_vote(session, cast.secretary, row.id, vote_in(jurors, application_id=item))
    first, second = await usecases.list_votes(session, cast.secretary, row.id)
    assert (before.appointed, first.recused, ballot.appointed, second.recused) == (6, (), 5, (MAYOR,))
    forged = "INSERT INTO vote VALUES (:ballot, :person, 'chair', 'against')"
    refusal = await refused_by_database(session, forged, ballot=ballot.id, person=chair.person_id)
    assert "declared a conflict has no vote" in refusal
    right = CorrectionIn(reason="Se contó mal", against=[each.person_id for each in members(cast)])
    assert (await usecases.correct_vote(session, cast.secretary, first.motion.id, right)).appointed == 6
    other = vote_in(members(cast), application_id=played.applications["B"].id)
    assert (await usecases.record_vote(session, cast.secretary, row.id, other)).appointed == 6


async def test_a_juror_steps_out_and_the_sheets_stay_as_they_are(session: Session, cast: Cast) -> None:
    played, row = await make_tallied(session, cast)
    item, juror = played.applications["A"].id, cast.jurors[4]
    bundle = (await scoring.gather_bundle(session, played.contest.id)).bundle
    given = VoteRecusalIn(application_id=item, person_id=juror.person_id, reason="Es mi cuñada")
    await usecases.step_out(session, cast.secretary, row.id, given)
    assert (await scoring.gather_bundle(session, played.contest.id)).bundle == bundle
    with pytest.raises(vote_rules.VoterRecused):
        await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast), application_id=item))
    with pytest.raises(vote_recusals.HasSteppedOut):
        await usecases.step_out(session, juror, row.id, given)
    await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)[:5], application_id=item))
    assert [found async for found in CHECKS["a member who stepped out has no vote"](session)] == []
    await assign_fund(session, cast.programme, played.contest.id, (await make_fund(session, cast)).id)
    await sign_all(session, cast, row)
    minutes = await usecases.get_minutes(session, cast.secretary, row.id)
    (line,) = minutes.minutes.data["recusals"]
    assert (line["application_code"], line["juror"], line["origin"], line["reasons"]) == ("A", JUROR, "vote", ["Es mi cuñada"])
    assert (minutes.minutes.data["panels"], minutes.minutes.data["stand_ins"]) == ([], [])


async def test_who_is_recused_sees_the_vote_only_in_published_minutes(session: Session, cast: Cast) -> None:
    played, row = await make_tallied(session, cast)
    item, chair = played.applications["A"].id, cast.mayor
    given = VoteRecusalIn(application_id=item, person_id=chair.person_id, reason="Es obra de mi hermano")
    await usecases.step_out(session, chair, row.id, given)
    await usecases.record_vote(session, cast.secretary, row.id, vote_in(cast.jurors, application_id=item))
    await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))
    assert [each.motion.number for each in await usecases.list_votes(session, chair, row.id)] == [2]
    assert [each.motion.number for each in await usecases.list_votes(session, cast.jurors[0], row.id)] == [1, 2]
    await assign_fund(session, cast.programme, played.contest.id, (await make_fund(session, cast)).id)
    await sign_all(session, cast, row)
    assert [each.motion.number for each in await usecases.list_votes(session, chair, row.id)] == [2]
    await usecases.publish_minutes(session, cast.secretary, row.id)
    assert [each.motion.number for each in await usecases.list_votes(session, chair, row.id)] == [1, 2]


async def test_stepping_out_is_for_members_present_of_a_sitting_session(session: Session, cast: Cast) -> None:
    played, row = await make_tallied(session, cast)
    item = played.applications["A"].id
    gone = cast.jurors[4]
    stranger = await make_eligible(session, cast, await make_contest(session, cast), code="Z")

    def given(person: object, application: object = item) -> VoteRecusalIn:
        return VoteRecusalIn.model_validate({"application_id": application, "person_id": person, "reason": "Es mi cuñada"})

    await usecases.record_departure(session, cast.secretary, row.id, gone.person_id)
    with pytest.raises(vote_recusals.MemberNotPresent):
        await usecases.step_out(session, cast.secretary, row.id, given(gone.person_id))
    for actor in (gone, cast.promoter, cast.jurors[0]):
        with pytest.raises(MissingRole):
            await usecases.step_out(session, actor, row.id, given(gone.person_id))
    with pytest.raises(rules.NotInSession):
        await usecases.step_out(session, cast.secretary, row.id, given(cast.mayor.person_id, stranger.id))
    with pytest.raises(NotFound):
        await usecases.step_out(session, cast.secretary, item, given(cast.mayor.person_id))
    forged = "INSERT INTO vote_recusal VALUES (:item, :person, :row, 'x', now(), :person)"
    for person, application in ((gone, item), (cast.mayor, stranger.id)):
        values = {"item": application, "person": person.person_id, "row": row.id}
        assert "a member present steps out" in await refused_by_database(session, forged, **values)
    await assign_fund(session, cast.programme, played.contest.id, (await make_fund(session, cast)).id)
    await announce(session, cast, row)
    await usecases.close_minutes(session, cast.secretary, row.id)
    with pytest.raises(vote_recusals.NotSitting):
        await usecases.step_out(session, cast.mayor, row.id, given(cast.mayor.person_id))
    values = {"item": item, "person": cast.mayor.person_id, "row": row.id}
    assert "before its minutes are closed" in await refused_by_database(session, forged, **values)
