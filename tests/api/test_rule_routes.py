"""Rules while they are written, over JSON."""

import copy
from typing import Any

from service.contests import usecases
from service.contests.models import Contest, PlanType
from service.contests.ready_books import template
from service.contests.shapes import ContestIn
from service.core.db import Sessions, transaction
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.contests import make_call, make_contest
from tests.make.people import next_number

API = "/api/v1"


WRONG = {
    "publishable": False,
    "findings": [
        {
            "place": "stages.0.criteria.2.bands",
            "text": 'The bands do not tile [0, 1]: from "3/4" to "1" there is not one band. Let each band begin where the one before ends.',
            "refusal": "UndefinedBand",
        }
    ],
    "sums": {"field": None, "public": "50"},
    "total": None,
}


async def empty_contest(api_sessions: Sessions, cast: Cast) -> Contest:
    """A contest of a draft call without rules."""
    async with transaction(api_sessions) as session:
        call = await make_call(session, cast)
        given = ContestIn(code=f"J{next_number()}", title="Bases", plan_type=PlanType.PGRN)
        return await usecases.create_contest(session, cast.programme, call.id, given)


async def begun(client: Client, here: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The rules begun from a ready book, and their terms as they are sent back."""
    written = (await client.post(f"{here}/rules-draft/start", json={"ready": "pgrn-first"})).json()
    return written, {key: value for key, value in written["terms"].items() if key != "format"}


async def test_rules_are_kept_wrong_and_refused_by_name_where_they_would_count(
    signed_in: SignedIn, api_sessions: Sessions, cast: Cast
) -> None:
    contest = await empty_contest(api_sessions, cast)
    here = f"{API}/contests/{contest.id}"
    async with signed_in("programme") as client:
        assert (await client.get(f"{here}/rules-draft/written")).json() is None
        assert (await client.get(f"{here}/rules-draft/check")).json()["title"] == "NothingWritten"
        written, terms = await begun(client, here)
        wrong = copy.deepcopy(written["book"])
        wrong["stages"][0]["criteria"][2]["bands"].pop()
        body = {"book": wrong, "terms": terms, "seen": written["seen"]}
        kept = await client.post(f"{here}/rules-draft/written", json=body)
        late = await client.post(f"{here}/rules-draft/written", json=body)
        published = await client.post(f"{API}/calls/{contest.call_id}/publication")
        rehearsed = await client.post(f"{here}/rehearsals", json={})
        checked = (await client.get(f"{here}/rules-draft/check")).json()
    assert (kept.status_code, kept.json(), checked) == (201, WRONG, WRONG)
    refused = [answer.json()["title"] for answer in (late, published, rehearsed)]
    assert refused == ["DraftChanged", "UndefinedBand", "UndefinedBand"]


async def test_rules_are_rehearsed_published_and_revised_with_what_changed_for_everybody(
    signed_in: SignedIn, stranger: Client, api_sessions: Sessions, cast: Cast
) -> None:
    contest = await empty_contest(api_sessions, cast)
    here = f"{API}/contests/{contest.id}"
    async with signed_in("programme") as client:
        written, terms = await begun(client, here)
        row = (await client.post(f"{here}/rehearsals", json={"applications": 6})).json()
        result = (await client.get(f"{API}/rehearsals/{row['id']}")).json()
        listed = (await client.get(f"{here}/rehearsals")).json()
        assert (await client.post(f"{API}/calls/{contest.call_id}/publication")).status_code == 201
        book = {**written["book"], "decision": {"mode": "pass_mark", "mark": "72"}}
        await client.post(f"{here}/rules-draft/written", json={"book": book, "terms": terms})
        revised = (await client.post(f"{here}/rules-draft/publication", json={"reason": "Acta 3"})).json()
    assert (row["sha256"], [each["id"] for each in listed]) == (written["sha256"], [row["id"]])
    assert result["result"]["rules_sha256"] == written["sha256"]
    assert len(result["result"]["results"]) == 6
    assert (revised["version"], revised["reason"]) == (2, "Acta 3")
    changes = (await stranger.get(f"{here}/rule-books/2/changes")).json()
    assert changes == [{"where": "decision:mark", "before": "70", "after": "72"}]
    assert (await stranger.get(f"{here}/rule-books/1/changes")).status_code == 404


async def test_a_contest_is_cloned_once_per_key(signed_in: SignedIn, api_sessions: Sessions, cast: Cast) -> None:
    async with transaction(api_sessions) as session:
        like = await make_contest(session, cast, "pdn-j")
        call = await make_call(session, cast)
    body = {"call_id": str(call.id), "code": "COPIA", "title": "Otra vez"}
    async with signed_in("programme") as client:
        key = {"idempotency-key": f"clone-{call.id}"}
        first = await client.post(f"{API}/contests/{like.id}/clones", json=body, headers=key)
        again = await client.post(f"{API}/contests/{like.id}/clones", json=body, headers=key)
        made = (await client.get(f"{API}/contests", params={"call_id": str(call.id)})).json()
        draft = (await client.get(f"{API}/contests/{first.json()['id']}/rules-draft/written")).json()
    assert first.json() == again.json()
    assert [(row["code"], row["plan_type"], row["status"]) for row in made] == [("COPIA", "PDN-J", "draft")]
    assert draft["book"] == template("pdn-j").book
