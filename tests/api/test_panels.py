"""Panels over HTTP: dividing a stage by page and by JSON, alternates, what a juror who is not assigned gets, stepping out of votes."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import event

from service.core.db import Session, Sessions, transaction
from service.deliberation import usecases as deliberation
from service.people.usecases import list_committees
from service.scoring import usecases
from service.scoring.shapes import SeatIn
from tests.api.conftest import SignedIn
from tests.api.test_votes import page_client
from tests.cast import Cast
from tests.make.deliberation import make_open_session, tally_all
from tests.make.panels import PUBLIC, Arena, divide, make_arena, seat_alternate
from tests.make.scoring import open_stages, score_all
from tests.make.votes import members, vote_in

API = "/api/v1"


@pytest.fixture
async def arena(api_sessions: Sessions, cast: Cast) -> Arena:
    """Two applications; J3 to J5 in public, nothing divided."""
    async with transaction(api_sessions) as session:
        return await make_arena(session, cast, ("AX", "BX"))


def form(**fields: Any) -> dict[str, Any]:
    """What a page sends."""
    return {"_key": uuid4().hex, **fields}


async def test_a_stage_is_planned_and_divided_on_the_page(
    transport: httpx.ASGITransport, tokens: dict[str, str], arena: Arena
) -> None:
    here = f"/contests/{arena.contest.id}"
    async with page_client(transport, tokens, "secretary") as client:
        linked = (await client.get(here)).text
        many = await client.post(f"{here}/plans", data=form(stage=PUBLIC, jurors_each="4"))
        asked = await client.post(f"{here}/plans", data=form(stage=PUBLIC, jurors_each="2"))
        planned = (await client.get(asked.headers["location"])).text
        action = re.search(rf'action="({here}/divisions/public/2/[0-9a-f]{{64}})"', planned)
        assert action is not None
        stale = await client.post(f"{here}/divisions/public/2/{'0' * 64}", data=form())
        odd = await client.post(f"{here}/divisions/public/x/{'0' * 64}", data=form())
        done = await client.post(action[1], data=form())
        shown = (await client.get(f"{here}/panel")).text
        ends = re.search(r'<option value="([0-9a-f-]{36})">AX · J3', shown)
        assert ends is not None
        ended = await client.post(f"{here}/endings", data=form(assignment_id=ends[1], reason="Viajó al Cusco"))
        again = await client.post(f"{here}/endings", data=form(assignment_id=ends[1], reason="Viajó al Cusco"))
        extra = {"application_id": str(arena.applications["AX"].id), "person_id": str(arena.panel["J5"].person_id)}
        added = await client.post(f"{here}/assignments", data=form(**extra, stage=PUBLIC, reason="Falta uno"))
        after = (await client.get(f"{here}/panel")).text
        wrong = [(await client.get(f"{here}/panel?stage=public&jurors_each={each}")).status_code for each in ("0", "101", "x")]
    assert f'href="{here}/panel"' in linked
    assert (many.status_code, "Too few jurors may score AX, BX" in many.text) == (409, True)
    assert asked.headers["location"] == f"{here}/panel?stage=public&jurors_each=2"
    assert (stale.status_code, odd.status_code, done.status_code) == (409, 404, 303)
    assert "Provincia de Canchis" in shown
    assert (ended.status_code, again.status_code, added.status_code) == (303, 409, 303)
    assert ("Viajó al Cusco" in after, "Falta uno" in after) == (True, True)
    assert set(wrong) <= {404, 422}


async def test_panels_are_run_over_json(signed_in: SignedIn, arena: Arena, cast: Cast) -> None:
    here, item = f"{API}/contests/{arena.contest.id}", arena.applications["AX"].id
    alternate = {"person_id": str(cast.mayor.person_id), "juror": "J9", "stages": [PUBLIC], "alternate": True}
    asked = {"stage": PUBLIC, "jurors_each": 2}
    async with signed_in("secretary") as client:
        seated = await client.post(f"{here}/seats", json=alternate)
        plan = (await client.post(f"{here}/plans", json=asked)).json()
        stale = await client.post(f"{here}/divisions", json={**asked, "plan": "x"})
        rows = (await client.post(f"{here}/divisions", json={**asked, "plan": plan["sha256"]})).json()
        more = {"stage": PUBLIC, "person_id": str(arena.panel["J5"].person_id), "reason": "Falta uno"}
        added = (await client.post(f"{API}/applications/{item}/assignments", json=more)).json()
        ended = await client.post(f"{API}/assignments/{added['id']}/end", json={"reason": "Ya no"})
        twice = await client.post(f"{API}/assignments/{added['id']}/end", json={"reason": "Ya no"})
        silent = await client.post(f"{API}/assignments/{added['id']}/end", json={"reason": " "})
        call = {"stage": PUBLIC, "person_id": str(cast.mayor.person_id), "stands_in_for": rows[0]["person_id"]}
        nobody = await client.post(f"{here}/alternates", json=call)
        await client.post(
            f"{API}/applications/{item}/recusals", json={"person_id": rows[0]["person_id"], "reason": "Su cuñada"}
        )
        called = (await client.post(f"{here}/alternates", json=call)).json()
        roster = (await client.get(f"{here}/roster")).json()
        listed = (await client.get(f"{here}/assignments")).json()
    assert seated.json()[0]["alternate"]
    assert plan["sheets"] == {"J3": 2, "J4": 1, "J5": 1}
    assert (stale.status_code, stale.json()["title"]) == (409, "PlanChanged")
    assert len(rows) == 4
    assert (ended.json()["end_reason"], twice.json()["title"], silent.status_code) == ("Ya no", "AssignmentEnded", 422)
    assert (nobody.status_code, nobody.json()["title"]) == (409, "NobodyToReplace")
    assert [(row["application_id"], row["reason"]) for row in called] == [(str(item), "recused")]
    assert [(line["juror"], line["assigned"], line["alternate"]) for line in roster] == [
        ("J1", 2, False),
        ("J2", 2, False),
        ("J3", 1, False),
        ("J4", 1, False),
        ("J5", 1, False),
        ("J9", 1, True),
    ]
    assert len(listed) == 6


async def test_a_juror_who_is_not_assigned_gets_nothing(
    transport: httpx.ASGITransport,
    tokens: dict[str, str],
    signed_in: SignedIn,
    api_sessions: Sessions,
    arena: Arena,
    cast: Cast,
) -> None:
    async with transaction(api_sessions) as session:
        seat = SeatIn(person_id=cast.mayor.person_id, juror="J6", stages=[PUBLIC])
        await usecases.seat_juror(session, cast.secretary, arena.contest.id, seat)
        await divide(session, cast, arena.contest, 1)
        await open_stages(session, cast, arena.contest)
    item = arena.applications["AX"].id
    sheet, here = f"/applications/{item}/sheets/{PUBLIC}", f"/contests/{arena.contest.id}"
    body = {"scores": {"idea": "1"}}
    async with signed_in("mayor") as client:
        mine = (await client.get(f"{API}/my-sheets")).json()
        refused = [
            await client.get(f"{API}{sheet}"),
            await client.post(f"{API}{sheet}", json=body),
            await client.post(f"{API}{sheet}/draft", json=body),
            await client.post(f"{API}{sheet}/correction", json={**body, "reason": "x"}),
            await client.post(f"{API}/applications/{item}/declaration", json={"conflict": False}),
            await client.get(f"{API}{sheet}/locked"),
        ]
        hidden = [await client.get(f"{API}{here}/{door}") for door in ("roster",)]
        own = (await client.get(f"{API}{here}/assignments")).json()
    async with page_client(transport, tokens, "mayor") as client:
        pages = [await client.get(path) for path in (sheet, "/", f"{here}/panel")]
    assert [each for each in mine if each["contest_id"] == str(arena.contest.id)] == []
    assert own == []
    assert [each.status_code for each in refused] == [403] * 6
    assert [each.status_code for each in hidden] == [404]
    assert [each.status_code for each in pages] == [403, 200, 404]
    assert f"/applications/{item}/" not in pages[1].text  # the home page has the mayor's sheets of other tests
    for answer in (*refused, *hidden, pages[0], pages[2]):
        assert not any(secret in answer.text for secret in ("Riego tecnificado para alfalfa", "AX", "Justina", "J3"))


async def tallied(session: Session, cast: Cast, arena: Arena) -> Any:
    """A tallied session of the arena."""
    committees = await list_committees(session, cast.secretary, cast.office.id)
    row = await make_open_session(session, cast, committees[-1], arena.contest)
    await score_all(session, cast, arena.contest, *arena.applications.values())
    await tally_all(session, cast, row)
    return row


async def test_a_member_steps_out_on_the_page_and_sees_that_vote_no_more(
    transport: httpx.ASGITransport,
    tokens: dict[str, str],
    signed_in: SignedIn,
    api_sessions: Sessions,
    arena: Arena,
    cast: Cast,
) -> None:
    async with transaction(api_sessions) as session:
        row = await tallied(session, cast, arena)
    item, here = arena.applications["AX"].id, f"/sessions/{row.id}"
    given = {"application_id": str(item), "person_id": str(cast.mayor.person_id), "reason": "Es obra de mi hermano"}
    async with page_client(transport, tokens, "mayor") as client:
        offered = (await client.get(here)).text
        silent = await client.post(f"{here}/vote-recusals", data=form(**{**given, "reason": ""}))
        other = {**given, "person_id": str(cast.jurors[0].person_id)}
        for_another = await client.post(f"{here}/vote-recusals", data=form(**other))
        done = await client.post(f"{here}/vote-recusals", data=form(**given))
        async with transaction(api_sessions) as session:
            vote = vote_in(members(cast)[1:], application_id=item, title="Sobre el riego de AX")
            await deliberation.record_vote(session, cast.secretary, row.id, vote)
        mine = (await client.get(here)).text
    async with page_client(transport, tokens, "secretary") as client:
        theirs = (await client.get(here)).text
    async with signed_in("mayor") as client:
        listed = (await client.get(f"{API}/sessions/{row.id}/votes")).json()
        again = await client.post(f"{API}/sessions/{row.id}/vote-recusals", json=given)
    async with signed_in("secretary") as client:
        everything = (await client.get(f"{API}/sessions/{row.id}/votes")).json()
    assert f'action="{here}/vote-recusals"' in offered
    assert (silent.status_code, for_another.status_code, done.status_code) == (422, 403, 303)
    assert ("Sobre el riego de AX" in mine, "Sobre el riego de AX" in theirs) == (False, True)
    assert ("Es obra de mi hermano" in mine, "Es obra de mi hermano" in theirs) == (True, True)
    assert (listed, [each["recused"] for each in everything]) == ([], [["Marcos Champi Sulca"]])
    assert (again.status_code, again.json()["title"]) == (409, "HasSteppedOut")


async def test_three_applications_take_the_queries_of_one_on_the_panels_page(
    transport: httpx.ASGITransport, tokens: dict[str, str], api_sessions: Sessions, cast: Cast
) -> None:
    async with transaction(api_sessions) as session:
        arenas = [await make_arena(session, cast, codes) for codes in (("A",), ("A", "B", "C"))]
        for each in arenas:
            await seat_alternate(session, cast, each)
            await divide(session, cast, each.contest, 2)
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    engine = api_sessions.kw["bind"].sync_engine
    asked = []
    async with page_client(transport, tokens, "secretary") as client:
        event.listen(engine, "before_cursor_execute", note)
        try:
            for each in arenas:
                sent.clear()
                assert (await client.get(f"/contests/{each.contest.id}/panel")).status_code == 200
                asked.append(len(sent))
        finally:
            event.remove(engine, "before_cursor_execute", note)
    assert asked[0] == asked[1] <= 12
