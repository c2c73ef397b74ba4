"""Quotas with their effect over HTTP: in the analysis before the announcement, in the result after it."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from service.core.db import Sessions, transaction
from service.deliberation import usecases
from tests.api.conftest import SignedIn
from tests.cast import Cast
from tests.make.deliberation import check_all, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import play_bundle

EFFECT: dict[str, Any] = {
    "quotas": [
        {"attribute": "kind", "value": "women", "share": "1/2", "kept": "3000.00", "funded": ["Q"], "left": "1000.00"},
        {"attribute": "kind", "value": "youth", "share": "1/4", "kept": "1500.00", "funded": [], "left": "1500.00"},
    ],
    "gained": [{"application": "Q", "status": "approved", "award": "2000.00", "other_status": "reserve", "other_award": None}],
    "lost": [{"application": "P", "status": "reserve", "award": None, "other_status": "approved", "other_award": "1000.00"}],
}


@pytest.fixture(scope="module")
async def ids(api_sessions: Sessions, cast: Cast) -> tuple[UUID, UUID]:
    """A tallied contest with quotas, and its session."""
    async with transaction(api_sessions) as session:
        committee = await make_committee(session, cast)
        played = await play_bundle(session, cast, "quotas")
        row = await make_open_session(session, cast, committee, played.contest)
        await tally_all(session, cast, row)
        await check_all(session, cast, row)
        return played.contest.id, row.id


async def test_the_effect_is_read_first_in_the_analysis_then_in_the_announced_result(
    stranger: httpx.AsyncClient, signed_in: SignedIn, api_sessions: Sessions, cast: Cast, ids: tuple[UUID, UUID]
) -> None:
    contest, session_id = ids
    async with signed_in("secretary") as secretary:
        answer = await secretary.get(f"/api/v1/contests/{contest}/analysis")
        assert answer.json()["quotas"] == EFFECT
    assert (await stranger.get(f"/api/v1/contests/{contest}/ranking")).status_code == 404
    page = await stranger.get(f"/contests/{contest}", headers={"accept-language": "en"})
    assert (page.status_code, "Quotas" in page.text) == (200, False)
    async with transaction(api_sessions) as session:
        await usecases.announce(session, cast.secretary, session_id)
    assert (await stranger.get(f"/api/v1/contests/{contest}/ranking")).json()["quotas"] == EFFECT
    page = await stranger.get(f"/contests/{contest}", headers={"accept-language": "en"})
    quotas = page.text.partition("What the quotas changed")
    assert "kind = women" in quotas[0]
    assert "Award without them" in quotas[2]
