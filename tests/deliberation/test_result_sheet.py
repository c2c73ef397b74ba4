"""The result sheet: what an applicant reads of its own result, worked out by hand from the sheets of the golden plans."""

from datetime import timedelta
from fractions import Fraction

import pytest

from service.applications.attribute_rules import ResultStands
from service.applications.attributes import record_attribute
from service.applications.shapes import AttributeIn
from service.core import clock
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import usecases
from service.deliberation.models import CommitteeSession
from service.deliberation.result_sheet import get_result_sheet
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import announce, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import Played, make_panel, play_bundle, score_all


@pytest.fixture
async def tallied(session: Session, cast: Cast) -> tuple[Played, CommitteeSession]:
    """The golden plans, tallied and not announced yet."""
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    await usecases.tally(session, cast.secretary, row.id)
    return played, row


async def test_a_result_sheet_waits_for_the_announcement(session: Session, tallied: tuple[Played, CommitteeSession]) -> None:
    with pytest.raises(NotFound):
        await get_result_sheet(session, tallied[0].applications["B"].id)


async def test_a_plan_that_failed_reads_how_far_it_was_and_where_it_lost_most(
    session: Session, cast: Cast, tallied: tuple[Played, CommitteeSession]
) -> None:
    played, row = tallied
    await announce(session, cast, row)
    sheet = await get_result_sheet(session, played.applications["B"].id)
    assert (sheet.total, sheet.mark, sheet.missing) == (Fraction(419, 6), Fraction(70), Fraction(1, 6))
    assert {(line.stage, line.code): line.mean for line in sheet.lines} == {
        ("field", "families"): Fraction(13, 2),
        ("field", "leaders"): Fraction(3, 2),
        ("field", "management"): 3,
        ("field", "women_youth"): Fraction(5, 2),
        ("field", "activities"): 6,
        ("field", "resources"): Fraction(11, 2),
        ("field", "timetable"): 4,
        ("field", "visits"): Fraction(5, 2),
        ("field", "cofinancing_will"): 2,
        ("public", "in_map"): Fraction(22, 3),
        ("public", "took_part"): Fraction(22, 3),
        ("public", "clarity"): Fraction(22, 3),
        ("public", "identity"): 7,
        ("public", "participation"): Fraction(22, 3),
    }
    assert [(line.code, line.lost) for line in sheet.helped] == [
        ("families", Fraction(7, 2)),
        ("identity", 3),
        ("clarity", Fraction(8, 3)),
    ]


async def test_a_plan_that_passed_lacks_nothing(session: Session, cast: Cast, tallied: tuple[Played, CommitteeSession]) -> None:
    played, row = tallied
    await announce(session, cast, row)
    sheet = await get_result_sheet(session, played.applications["D"].id)
    assert (sheet.status, sheet.rank, sheet.missing) == ("approved", 1, None)


async def test_no_recount_follows_the_announcement_and_the_result_sheet_stays_as_it_was(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast, "pgrn-first")
    application = await make_eligible(session, cast, contest)
    await make_panel(session, cast, contest)
    row = await make_open_session(session, cast, committee, contest)
    await score_all(session, cast, contest, application)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    before = await get_result_sheet(session, application.id)
    await clock.set_time(session, await clock.now(session) + timedelta(hours=1))
    recount = AttributeIn(name="families_present_share", value="1/30", source="Recuento")
    with pytest.raises(ResultStands):
        await record_attribute(session, cast.secretary, application.id, recount)
    assert await get_result_sheet(session, application.id) == before
