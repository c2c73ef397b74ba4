"""Applications and sheets over JSON: from the draft to a locked sheet and its correction."""

import base64
from datetime import datetime
from typing import Any

import httpx
import pytest

from service.applications.eligibility_rules import PAPERS
from service.contests.book import parse
from service.contests.models import Contest, PlanType
from service.contests.usecases import rules_in_force
from service.core.clock import PERU
from service.core.db import Sessions, transaction
from service.people.groups import Group
from tests.api.conftest import Client, FreshKeys, SignedIn
from tests.cast import Cast
from tests.make.applications import SCAN
from tests.make.contests import make_contest
from tests.make.people import PASSWORD, make_committee, make_group, make_sign_in, next_number, sign_in
from tests.make.scoring import best_scores

API = "/api/v1"
BUDGET: dict[str, Any] = {
    "requested": "10000.05",
    "own_share": "2500.00",
    "lines": [
        {"description": "Motobombas", "source": "fund", "amount": "10000.05"},
        {"description": "Mano de obra", "source": "own", "in_kind": True, "amount": "2500.00"},
    ],
}


@pytest.fixture
async def contest(api_sessions: Sessions, cast: Cast) -> Contest:
    """A published contest of business plans, open for filing, in an office with a committee."""
    async with transaction(api_sessions) as session:
        await make_committee(session, cast)
        return await make_contest(session, cast)


@pytest.fixture
async def group(api_sessions: Sessions, cast: Cast) -> Group:
    """A group that may apply."""
    async with transaction(api_sessions) as session:
        return await make_group(session, cast)


async def sent(client: Client, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer to a POST that must succeed."""
    answer = await client.post(API + path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def confirmed(secretary: Client, path: str) -> None:
    """The group's signed paper."""
    filed_at = datetime.fromisoformat((await secretary.get(f"{API}{path}")).json()["filed_at"])
    received_on = filed_at.astimezone(PERU).date().isoformat()
    paper = {"name": "conformidad.pdf", "content": base64.b64encode(SCAN).decode(), "received_on": received_on}
    await sent(secretary, f"{path}/confirmation", paper)


async def filed(promoter: Client, contest: Contest, group: Group) -> str:
    """An application registered, with its papers, and filed; its path."""
    given = {"code": f"J{next_number()}", "group_id": str(group.id), "title": "Riego tecnificado", **BUDGET}
    path = f"/applications/{(await sent(promoter, f'/contests/{contest.id}/applications', given))['id']}"
    for kind in PAPERS[PlanType.PDN]:
        paper = {"kind": kind.value, "name": f"{kind}.pdf", "content": base64.b64encode(SCAN).decode()}
        await sent(promoter, f"{path}/papers", paper)
    await sent(promoter, f"{path}/filing")
    return path


async def test_an_application_is_filed_found_eligible_and_read_back(
    signed_in: SignedIn, contest: Contest, group: Group
) -> None:
    async with signed_in("promoter") as promoter, signed_in("secretary") as secretary:
        path = await filed(promoter, contest, group)
        examined = (await secretary.get(f"{API}{path}/examination")).json()
        await confirmed(secretary, path)
        await sent(secretary, f"{path}/eligibility", {"eligible": True})
        counted = await sent(secretary, f"{path}/presence", {"present": 9, "total": 10})
        found = (await secretary.get(f"{API}{path}")).json()
        listed = (await secretary.get(f"{API}/contests/{contest.id}/applications")).json()
        late = await promoter.post(f"{API}{path}/budget", json=BUDGET)
        file = await promoter.get(f"{API}/papers/{found['papers'][0]['id']}/file")
    assert examined["blocking"] == []
    assert (counted["name"], counted["value"]) == ("families_present_share", "9/10")
    assert (found["status"], found["requested"], found["title"]) == ("eligible", "10000.05", "Riego tecnificado")
    assert [(row["amount"], row["in_kind"]) for row in found["budget"]] == [("10000.05", False), ("2500.00", True)]
    assert sorted(row["kind"] for row in found["papers"]) == sorted(kind.value for kind in PAPERS[PlanType.PDN])
    assert [row["id"] for row in listed] == [found["id"]]
    assert (late.status_code, late.json()["title"]) == (409, "BudgetFixed")
    assert file.content == SCAN


async def test_who_has_no_role_in_the_office_finds_no_application(signed_in: SignedIn, contest: Contest, group: Group) -> None:
    async with signed_in("promoter") as promoter, signed_in("mayor") as mayor:
        path = await filed(promoter, contest, group)
        answers = [await mayor.get(API + each) for each in (path, f"/contests/{contest.id}/applications", f"{path}/recusals")]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


async def test_a_juror_declares_locks_and_corrects_a_sheet(
    signed_in: SignedIn,
    transport: httpx.ASGITransport,
    api_sessions: Sessions,
    cast: Cast,
    contest: Contest,
    group: Group,
) -> None:
    juror = cast.jurors[0]
    async with transaction(api_sessions) as session:
        await make_sign_in(session, cast, juror, "juror-json")
        auth = FreshKeys(await sign_in(session, "juror-json", PASSWORD))
        book = parse((await rules_in_force(session, contest.id)).book)
    best = best_scores(book.stages["field"])
    lower = {**best, next(iter(best)): "0"}
    async with signed_in("promoter") as promoter, signed_in("secretary") as secretary:
        path = await filed(promoter, contest, group)
        await confirmed(secretary, path)
        await sent(secretary, f"{path}/eligibility", {"eligible": True})
        await sent(secretary, f"{path}/presence", {"present": 9, "total": 10})
        seat = {"person_id": str(juror.person_id), "juror": "J1", "stages": ["field"]}
        await sent(secretary, f"/contests/{contest.id}/seats", seat)
        await sent(secretary, f"/contests/{contest.id}/stages/field/opening")
        async with Client(transport=transport, base_url="http://raymi.test", auth=auth) as client:
            hidden = await client.get(f"{API}{path}/sheets/field")
            await sent(client, f"{path}/declaration", {"conflict": False})
            await sent(client, f"{path}/sheets/field/draft", {"scores": dict(list(best.items())[:2])})
            short = await client.post(f"{API}{path}/sheets/field", json={"scores": dict(list(best.items())[:2])})
            first = await sent(client, f"{path}/sheets/field", {"scores": best})
            again = await client.post(f"{API}{path}/sheets/field", json={"scores": best})
            second = await sent(client, f"{path}/sheets/field/correction", {"scores": lower, "reason": "Leí mal la tabla"})
            sheet = (await client.get(f"{API}{path}/sheets/field")).json()
            work = (await client.get(f"{API}/my-sheets")).json()
        early = await secretary.get(f"{API}{path}/sheets/field/locked")
        stages = (await secretary.get(f"{API}/contests/{contest.id}/stages")).json()
        await sent(secretary, f"/contests/{contest.id}/stages/field/closing")
        sealed = await secretary.get(f"{API}{path}/sheets/field/locked")
    refused = [(answer.status_code, answer.json()["title"]) for answer in (hidden, short, again, early, sealed)]
    assert refused == [
        (409, "DeclareFirst"),
        (422, "IncompleteSheet"),
        (409, "AlreadyLocked"),
        (403, "SheetsClosed"),
        (403, "SheetsSealed"),
    ]
    assert second["supersedes_id"] == first["id"]
    assert [row["superseded_by"] for row in sheet["locked"]] == [second["id"], None]
    assert {row["criterion"]: row["written"] for row in sheet["locked"][0]["lines"]} == best
    assert [row["stage"] for row in work if f"/applications/{row['application_id']}" == path] == ["field"]
    assert {row["stage"]: row["window"] for row in stages} == {"field": "open", "public": "never"}
