"""A contest in the database becomes the bundle that decides it."""

from service.core.db import Session
from service.scoring.judge import judge
from service.scoring.usecases import gather_bundle
from tests.cast import Cast
from tests.make.people import make_committee
from tests.make.scoring import play_bundle


async def test_plans_played_through_the_use_cases_give_the_announced_figures(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    gathered = await gather_bundle(session, played.contest.id)
    result = judge(gathered.bundle)
    shown = [(each.application, each.status, each.as_json()["total_shown"], each.rank) for each in result.standings]
    assert shown == [
        ("D", "approved", "84.17", 1),
        ("A", "approved", "84.17", 2),
        ("B", "not_approved", "69.83", 3),
        ("C", "not_approved", "63.17", 4),
        ("E", "disqualified", None, None),
    ]
