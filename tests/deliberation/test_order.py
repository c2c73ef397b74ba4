"""The order of presentations: drawn once in public, so that anybody can draw it again."""

import hashlib

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.core.db import Session
from service.deliberation import usecases
from service.deliberation.models import CommitteeSession
from service.deliberation.order_rules import NotTimeToDraw, OrderDrawn
from service.deliberation.shapes import OrderDrawIn
from tests.cast import Cast
from tests.make.deliberation import make_open_session
from tests.make.people import make_committee
from tests.make.scoring import Played, play_bundle

SEED = OrderDrawIn(seed="el 7 y el 31")


@pytest.fixture
async def opened(session: Session, cast: Cast) -> tuple[CommitteeSession, Played]:
    """An open session for the golden plans."""
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    return await make_open_session(session, cast, committee, played.contest), played


async def codes(session: Session, cast: Cast, row: CommitteeSession) -> list[str]:
    return [each.code for each in await usecases.list_presentations(session, cast.secretary, row.id)]


async def test_the_seed_alone_decides_the_order(session: Session, cast: Cast, opened: tuple[CommitteeSession, Played]) -> None:
    row, played = opened
    assert await codes(session, cast, row) == ["A", "B", "C", "D", "E"]
    await usecases.draw_order(session, cast.secretary, row.id, SEED)
    contest = played.contest.code
    expected = sorted("ABCDE", key=lambda code: hashlib.sha256(f"el 7 y el 31:{contest}:{code}".encode()).hexdigest())
    assert await codes(session, cast, row) == expected
    assert [each.presentation.position for each in await usecases.list_presentations(session, cast.secretary, row.id)] == [
        1,
        2,
        3,
        4,
        5,
    ]


async def test_the_order_is_drawn_only_once(session: Session, cast: Cast, opened: tuple[CommitteeSession, Played]) -> None:
    await usecases.draw_order(session, cast.secretary, opened[0].id, SEED)
    with pytest.raises(OrderDrawn) as refused:
        await usecases.draw_order(session, cast.secretary, opened[0].id, OrderDrawIn(seed="otra"))
    assert refused.value.values == {"seed": "el 7 y el 31"}


async def test_nobody_draws_once_the_presentations_have_begun(
    session: Session, cast: Cast, opened: tuple[CommitteeSession, Played]
) -> None:
    await usecases.hand_out_field_results(session, cast.secretary, opened[0].id)
    with pytest.raises(NotTimeToDraw):
        await usecases.draw_order(session, cast.secretary, opened[0].id, SEED)


@pytest.mark.parametrize("begun", [True, False])
async def test_the_database_keeps_the_first_seed(
    session: Session, cast: Cast, opened: tuple[CommitteeSession, Played], begun: bool
) -> None:
    if begun:
        await usecases.hand_out_field_results(session, cast.secretary, opened[0].id)
    else:
        await usecases.draw_order(session, cast.secretary, opened[0].id, SEED)
    with pytest.raises(DBAPIError, match="the order is drawn once"):
        await session.execute(text("UPDATE committee_session SET order_seed = 'otra' WHERE id = :id"), {"id": opened[0].id})
