"""What an upheld appeal opens, and nothing else: sheets, attributes, recusals; and the ranking that follows."""

from decimal import Decimal

import pytest

from service.applications import presence
from service.applications.attributes import attributes_of_contest
from service.core.actor import MissingRole
from service.core.db import Session
from service.deliberation import appeal_rules, appeals, check_rules, remedies, rules, settling, usecases
from service.deliberation.appeal_models import RemedyKind
from service.deliberation.appeal_shapes import RemedyIn, RulingIn, ValueIn
from service.deliberation.awards import award_of
from service.deliberation.result_sheet import get_result_sheet
from service.scoring import usecases as scoring
from service.transparency.checks import run_checks
from tests.cast import Cast
from tests.make import appeals as make
from tests.make.deliberation import announce, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import play_bundle


async def test_only_what_the_ruling_opened_is_corrected_once_and_by_whom_it_is(session: Session, cast: Cast) -> None:
    played, _ = await make.announced_purse(session, cast)
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.uphold_it(session, cast, appeal, make.sheet_of(played.panel["J3"]))
    await make.later(session)
    (remedy_id,) = await make.remedy_ids(session, appeal)
    given = make.scores_of(played, "A", "public", "J3", in_map="9")
    with pytest.raises(appeal_rules.RemedyOpen):
        await remedies.rank_again(session, cast.secretary, appeal.id)
    with pytest.raises(appeal_rules.NotYourRemedy):
        await remedies.correct_sheet(session, played.panel["J4"], remedy_id, given)
    await remedies.correct_sheet(session, played.panel["J3"], remedy_id, given)
    with pytest.raises(appeal_rules.RemedyUsed):
        await remedies.correct_sheet(session, played.panel["J3"], remedy_id, given)
    with pytest.raises(MissingRole):
        await remedies.rank_again(session, cast.head, appeal.id)
    with pytest.raises(appeal_rules.NotRankedAgain):
        await settling.announce_again(session, cast.secretary, appeal.id)
    run = await remedies.rank_again(session, cast.secretary, appeal.id)
    with pytest.raises(check_rules.NotCheckedOff):
        async with session.begin_nested():
            await settling.announce_again(session, cast.secretary, appeal.id)
    with pytest.raises(check_rules.RanItself):
        await usecases.check_run(session, cast.secretary, run.id)


async def test_a_corrected_attribute_lets_a_disqualified_plan_back_in(session: Session, cast: Cast) -> None:
    played, _ = await make.announced_purse(session, cast)
    appeal = await make.file_it(session, cast, played.applications["E"])
    await make.uphold_it(session, cast, appeal, RemedyIn(kind=RemedyKind.ATTRIBUTE, attribute="families_present_share"))
    await make.later(session)
    (remedy_id,) = await make.remedy_ids(session, appeal)
    first = await usecases.announced_run(session, played.contest.id)
    with pytest.raises(MissingRole):
        await remedies.correct_value(session, cast.head, remedy_id, ValueIn(value="24/30"))
    await remedies.correct_value(session, cast.secretary, remedy_id, ValueIn(value="24/30"))
    with pytest.raises(rules.StillPending):  # it was never scored
        async with session.begin_nested():
            await remedies.rank_again(session, cast.secretary, appeal.id)
    seats = [(stage, name) for name, stages in played.bundle.jurors for stage in stages]
    missing = [make.sheet_of(played.panel[name], stage) for stage, name in seats]
    with pytest.raises(appeal_rules.NotOfTheMajority):
        await remedies.widen_ruling(session, cast.treasurer, appeal.id, RulingIn(reason="Faltan fichas", remedies=missing))
    opened = await remedies.widen_ruling(session, cast.programme, appeal.id, RulingIn(reason="Faltan fichas", remedies=missing))
    for remedy, (stage, name) in zip(opened, seats, strict=True):
        await remedies.correct_sheet(session, played.panel[name], remedy.id, make.scores_of(played, "B", stage, name))
    run = await make.rank_it_again(session, cast, appeal)
    lines = {each.application_id: each for each in await usecases.ranked_in(session, run.id)}
    found = lines[played.applications["E"].id]
    assert (found.total_shown, found.rank, found.status, found.award) == ("69.83", 4, "reserve", None)
    assert first is not None
    gathered = await scoring.gather_bundle(session, played.contest.id, as_of=first.ran_at)
    assert scoring.inputs_sha256(gathered.bundle) == first.inputs_sha256


async def test_a_share_counted_at_the_visit_is_corrected_by_an_appeal_alone(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    application = played.applications["E"]
    await presence.close_presence(session, cast.promoter, application.id)  # nobody was there
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    appeal = await make.file_it(session, cast, application)
    await make.uphold_it(session, cast, appeal, RemedyIn(kind=RemedyKind.ATTRIBUTE, attribute="families_present_share"))
    await make.later(session)
    (remedy_id,) = await make.remedy_ids(session, appeal)
    await remedies.correct_value(session, cast.secretary, remedy_id, ValueIn(value="2/3"))
    assert (await attributes_of_contest(session, played.contest.id))[application.id]["families_present_share"] == "2/3"
    assert await run_checks(session) == []


async def test_a_recused_jurors_sheet_counts_no_more_and_the_earlier_result_can_still_be_shown(
    session: Session, cast: Cast
) -> None:
    played, _ = await make.announced_purse(session, cast)
    item = played.applications["A"]
    before = await get_result_sheet(session, item.id)
    appeal = await make.file_it(session, cast, item)
    recusal = RemedyIn(kind=RemedyKind.RECUSAL, person_id=played.panel["J3"].person_id)
    await make.later(session)
    await make.uphold_it(session, cast, appeal, recusal)
    assert await get_result_sheet(session, item.id) == before
    run = await make.rank_it_again(session, cast, appeal)
    lines = {each.application_id: each for each in await usecases.ranked_in(session, run.id)}
    # the two other jurors gave 41 and 42
    assert lines[item.id].stages == {"field": "85/2", "public": "83/2"}


async def test_a_recusal_that_leaves_no_panel_is_refused(session: Session, cast: Cast) -> None:
    played, _ = await make.announced_purse(session, cast)
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.hear_it(session, cast, appeal)
    everybody = [RemedyIn(kind=RemedyKind.RECUSAL, person_id=played.panel[name].person_id) for name in ("J1", "J2")]
    with pytest.raises(appeal_rules.PanelTooThin):
        await appeals.rule_on_appeal(session, cast.programme, appeal.id, RulingIn(reason="x", remedies=everybody))


async def test_two_appeals_follow_one_another_each_with_its_own_run(session: Session, cast: Cast) -> None:
    played, row = await make.announced_purse(session, cast)
    one = await make.file_it(session, cast, played.applications["A"])
    two = await make.file_it(session, cast, played.applications["C"])
    run = await make.nine_for_a(session, cast, played, one)
    await make.uphold_it(session, cast, two, make.sheet_of(played.panel["J4"]))
    await make.later(session)
    (remedy_id,) = await make.remedy_ids(session, two)
    await remedies.correct_sheet(
        session, played.panel["J4"], remedy_id, make.scores_of(played, "C", "public", "J4", clarity="10")
    )
    with pytest.raises(appeal_rules.NotRankedAgain):  # what was judged for A changed since
        await settling.announce_again(session, cast.secretary, one.id)
    await make.later(session)
    again = await make.rank_it_again(session, cast, one)
    await settling.announce_again(session, cast.secretary, one.id)
    await make.later(session)
    await make.rank_it_again(session, cast, two)
    await settling.announce_again(session, cast.secretary, two.id)
    assert again.id != run.id
    await usecases.close_minutes(session, cast.secretary, row.id)
    for member in [cast.mayor, *cast.jurors]:
        await usecases.sign_minutes(session, member, row.id)
    award = await award_of(session, played.applications["A"].id)
    assert award is not None and award.amount == Decimal("15333.33")
