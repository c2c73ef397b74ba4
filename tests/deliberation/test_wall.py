"""The wall shows the hearing to everybody, and never a tally before it is announced."""

import pytest

from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import usecases
from service.deliberation.wall import get_wall
from tests.cast import Cast
from tests.make.deliberation import announce, arrive, convene, make_open_session
from tests.make.people import make_committee
from tests.make.scoring import play_bundle


async def test_a_session_hangs_on_the_wall_once_it_is_open(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await convene(session, cast, committee, played.contest)
    with pytest.raises(NotFound):
        await get_wall(session, row.id)
    await arrive(session, cast, row)
    await usecases.open_session(session, cast.secretary, row.id)
    wall = await get_wall(session, row.id)
    assert (wall.current, [turn.code for turn in wall.waiting], wall.results) == (None, ["A", "B", "C", "D", "E"], [])


async def test_the_wall_follows_the_turns_and_shows_results_only_when_announced(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    first, *others = (await get_wall(session, row.id)).turns
    application = next(each for each in played.applications.values() if each.code == first.code)
    await usecases.call_presentation(session, cast.secretary, application.id)
    wall = await get_wall(session, row.id)
    assert (wall.current and wall.current.code, len(wall.waiting), wall.heard) == (first.code, len(others), 0)
    await usecases.tally(session, cast.secretary, row.id)
    assert (await get_wall(session, row.id)).results == []
    await announce(session, cast, row)
    ((contest, lines),) = (await get_wall(session, row.id)).results
    shown = [(line.rank, line.code, line.total_shown, line.status) for line in lines]
    assert (contest.id, shown) == (
        played.contest.id,
        [
            (1, "D", "84.17", "approved"),
            (2, "A", "84.17", "approved"),
            (3, "B", "69.83", "not_approved"),
            (4, "C", "63.17", "not_approved"),
            (None, "E", None, "disqualified"),
        ],
    )
