"""Votes over HTTP: recorded, corrected and carried out by JSON and by the session's page, and read in the minutes."""

import re
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from api.deps import COOKIE
from service.core.db import Sessions, transaction
from service.deliberation import usecases
from service.deliberation.models import CommitteeSession
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.deliberation import make_announced, make_open_session
from tests.make.people import make_committee
from tests.make.scoring import Played, play_bundle
from tests.make.votes import adjust, members

API = "/api/v1"


@pytest.fixture
async def announced(api_sessions: Sessions, cast: Cast) -> tuple[Played, CommitteeSession]:
    """Plans with an announced result, the whole committee present."""
    async with transaction(api_sessions) as session:
        played, row, _ = await make_announced(session, cast)
        return played, row


def ids(cast: Cast) -> list[str]:
    """The members as JSON: the chair first."""
    return [str(each.person_id) for each in members(cast)]


def page_client(transport: httpx.ASGITransport, tokens: dict[str, str], name: str) -> Client:
    """A browser of a cast member."""
    headers = {"sec-fetch-site": "same-origin", "accept-language": "en"}
    return Client(transport=transport, base_url="http://raymi.test", cookies={COOKIE: tokens[name]}, headers=headers)


async def test_a_vote_is_recorded_corrected_and_carried_out(
    signed_in: SignedIn, stranger: Client, api_sessions: Sessions, cast: Cast, announced: tuple[Played, CommitteeSession]
) -> None:
    played, row = announced
    item = str(played.applications["D"].id)
    everybody = ids(cast)
    body: dict[str, Any] = {
        "matter": "adjustment",
        "title": "Otro monto",
        "application_id": item,
        "amount": "8000.05",
        "against": everybody,
    }
    async with signed_in("secretary") as client:
        missing = await client.post(f"{API}/sessions/{row.id}/votes", json={**body, "against": everybody[1:]})
        lost = (await client.post(f"{API}/sessions/{row.id}/votes", json=body)).json()
        too_early = await client.post(f"{API}/votes/{lost['motion_id']}/adjustment", json={"reason": "x"})
        right: dict[str, Any] = {"in_favour": everybody[:5], "against": everybody[5:], "reason": "Al revés"}
        right["dissents"] = [{"person_id": everybody[5], "words": "Es poco"}]
        won = (await client.post(f"{API}/votes/{lost['motion_id']}/corrections", json=right)).json()
        done = await client.post(f"{API}/votes/{lost['motion_id']}/adjustment", json={"reason": "Así se votó"})
        wrong_matter = await client.post(f"{API}/votes/{lost['motion_id']}/deferral", json={"reason": "x"})
        (listed,) = (await client.get(f"{API}/sessions/{row.id}/votes")).json()
        late = await client.post(f"{API}/sessions/{row.id}/majorities", json={"matter": "motion"})
        majorities = await client.get(f"{API}/sessions/{row.id}/majorities")
    assert (missing.status_code, missing.json()["title"]) == (422, "VotesMissing")
    assert (too_early.status_code, too_early.json()["title"]) == (409, "NotCarried")
    assert (lost["carried"], won["carried"], won["attempt"]) == (False, True, 2)
    assert done.json() == {"motion_id": lost["motion_id"], "application_id": item, "amount": "8000.05", "reason": "Así se votó"}
    assert (wrong_matter.json()["title"], late.json()["title"], majorities.json()) == ("OtherMatter", "MajorityFixed", [])
    assert (listed["code"], listed["amount"], listed["carried_out"], len(listed["ballots"])) == ("D", "8000.05", True, 2)
    last = listed["ballots"][-1]
    assert (last["needed"], last["appointed"], last["votes"][-1]["dissent"]) == (4, 6, "Es poco")
    assert (await stranger.get(f"{API}/sessions/{row.id}/votes")).status_code == 404


async def test_the_page_takes_votes_and_keeps_what_was_typed_when_it_refuses(
    transport: httpx.ASGITransport,
    tokens: dict[str, str],
    api_sessions: Sessions,
    cast: Cast,
    announced: tuple[Played, CommitteeSession],
) -> None:
    played, row = announced
    here, everybody = f"/sessions/{row.id}", ids(cast)
    form: dict[str, Any] = {
        "matter": "deferral",
        "title": "Aplazar por falta de agua",
        "application_id": str(played.applications["A"].id),
        "in_favour": everybody[:4],
        "against": everybody[4:5],
        "dissents.0.person_id": everybody[4],
        "dissents.0.words": "No hay razón",
    }
    async with page_client(transport, tokens, "secretary") as client:
        refused = await client.post(f"{here}/votes", data={**form, "_key": uuid4().hex})
        taken = await client.post(f"{here}/votes", data={**form, "abstained": everybody[5:], "_key": uuid4().hex})
        shown = (await client.get(here)).text
        motion = re.search(r'action="/sessions/[^"]+/deferrals".*?<option value="([0-9a-f-]{36})"', shown, re.DOTALL)
        assert motion is not None
        act = {"motion_id": motion[1], "reason": "Falta el permiso", "_key": uuid4().hex}
        deferred = await client.post(f"{here}/deferrals", data=act)
        again = await client.post(f"{here}/deferrals", data={**act, "_key": uuid4().hex})
        after = (await client.get(here)).text
        wrong = {"motion_id": motion[1], "reason": "Al revés", "against": everybody, "_key": uuid4().hex}
        corrected = await client.post(f"{here}/corrections", data=wrong)
        fallen = (await client.get(here)).text
    assert refused.status_code == 422
    assert "The votes of Juana Espirilla Oré are missing." in refused.text
    assert 'value="Aplazar por falta de agua"' in refused.text
    assert refused.text.count(" checked") >= 5
    assert (taken.status_code, taken.headers["location"]) == (303, f"{here}#votes")
    assert "4: Marcos Champi Sulca; Julia Arapa Kana; Jacinto Borda Lima; Justina Callo Merma" in shown
    assert "Dissent of Juan Deza Noa: No hay razón" in shown
    assert deferred.status_code == 303
    assert (again.status_code, "carried out already" in again.text) == (409, True)
    assert "Falta el permiso" in after
    assert (corrected.status_code, "Falta el permiso" in fallen, "Corrected: Al revés" in fallen) == (303, False, True)


async def test_the_page_of_the_minutes_shows_the_votes(
    transport: httpx.ASGITransport,
    tokens: dict[str, str],
    signed_in: SignedIn,
    cast: Cast,
    announced: tuple[Played, CommitteeSession],
) -> None:
    played, row = announced
    everybody = ids(cast)
    body: dict[str, Any] = {"matter": "adjustment", "title": "Otro monto", "application_id": str(played.applications["D"].id)}
    body |= {"amount": "8000.05", "in_favour": everybody[:5], "against": everybody[5:]}
    async with signed_in("secretary") as client:
        dissents = [{"person_id": everybody[5], "words": "Es poco"}]
        counted = (await client.post(f"{API}/sessions/{row.id}/votes", json={**body, "dissents": dissents})).json()
        await client.post(f"{API}/votes/{counted['motion_id']}/adjustment", json={"reason": "Así se votó"})
        await client.post(f"{API}/sessions/{row.id}/minutes")
    async with page_client(transport, tokens, "secretary") as browser:
        shown = (await browser.get(f"/minutes/{row.id}")).text
    for text in ("Otro monto", "1: Juana Espirilla Oré", "Es poco", "8,000.05", "10,000.05", "Así se votó"):
        assert text in shown, text


async def test_everybody_reads_what_was_decided_beside_a_result_once_the_minutes_are_published(
    stranger: Client, api_sessions: Sessions, cast: Cast, announced: tuple[Played, CommitteeSession]
) -> None:
    played, row = announced
    page = f"/contests/{played.contest.id}"
    async with transaction(api_sessions) as session:
        await adjust(session, cast, row, played.applications["D"], "8000.05")
    before = (await stranger.get(page)).text
    async with transaction(api_sessions) as session:
        await usecases.close_minutes(session, cast.secretary, row.id)
        for member in members(cast):
            await usecases.sign_minutes(session, member, row.id)
        await usecases.publish_minutes(session, cast.secretary, row.id)
    after = (await stranger.get(page)).text
    votes = (await stranger.get(f"{API}/sessions/{row.id}/votes")).json()
    sheets = [(await stranger.get(f"/applications/{played.applications[code].id}/result")).text for code in "DA"]
    judged = (await stranger.get(f"{API}{page}/ranking")).json()
    assert all(judged[name] in text for text in (*sheets, after) for name in ("rules_sha256", "inputs_sha256"))
    assert ["8,000.05" in sheet for sheet in sheets] == [True, False]
    assert ("8,000.05" in before, "8,000.05" in after, "10,000.05" in after) == (False, True, True)
    assert [(vote["code"], vote["amount"]) for vote in votes] == [("D", "8000.05")]


async def test_a_majority_is_set_on_the_page_before_the_tally(
    transport: httpx.ASGITransport, tokens: dict[str, str], api_sessions: Sessions, cast: Cast
) -> None:
    async with transaction(api_sessions) as session:
        committee = await make_committee(session, cast)
        played = await play_bundle(session, cast, "plans")
        row = await make_open_session(session, cast, committee, played.contest)
    here = f"/sessions/{row.id}"
    rule = {"matter": "deferral", "base": "base", "casting": "on"}
    async with page_client(transport, tokens, "secretary") as client:
        refused = await client.post(f"{here}/majorities", data={**rule, "at_least": "3/2", "_key": uuid4().hex})
        taken = await client.post(f"{here}/majorities", data={**rule, "at_least": "4/6", "_key": uuid4().hex})
        shown = (await client.get(here)).text
    assert (refused.status_code, 'value="3/2"' in refused.text) == (422, True)
    assert "is no majority that can be reached" in refused.text
    assert taken.status_code == 303
    assert re.search(r"at least</td>\s*<td[^>]*>2/3", shown)
    async with transaction(api_sessions) as session:
        (found,) = (await usecases.list_majorities(session, cast.secretary, UUID(str(row.id)))).values()
    assert (found.strict, found.casting, found.base) == (False, True, "base")
