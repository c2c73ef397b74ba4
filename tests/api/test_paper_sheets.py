"""Sheets on paper through the pages and over JSON: printed by the secretary, typed by two, never shown to each other."""

import base64
import hashlib

import httpx
import pytest
from sqlalchemy import select

from service.core.db import Sessions
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document
from service.scoring.paper_models import PaperSheet, PaperTyping
from tests.api.conftest import SignedIn
from tests.api.sheet_room import Room, form, make_room
from tests.cast import Cast
from tests.make.contracts import PDF


@pytest.fixture
async def room(api_sessions: Sessions, transport: httpx.ASGITransport, cast: Cast) -> Room:
    """A contest with J1 at an open sheet."""
    return await make_room(api_sessions, transport, cast)


async def printed(room: Room, tokens: dict[str, str], cast: Cast, sessions: Sessions) -> PaperSheet:
    """J1's sheet, printed on the application's page."""
    here = f"/applications/{room.application.id}"
    async with room.browser(tokens["secretary"]) as secretary:
        offered = (await secretary.get(here)).text
        sent = form(person_id=str(cast.jurors[0].person_id), stage="single")
        answer = await secretary.post(f"{here}/paper-sheets", data=sent)
        shown = await secretary.get(answer.headers["location"])
    assert f'action="{here}/paper-sheets"' in offered
    assert answer.status_code == 303
    async with sessions() as session:
        paper = (await session.scalars(select(PaperSheet).where(PaperSheet.application_id == room.application.id))).one()  # type: ignore[arg-type]  # a column at run time
        assert await latest_document(session, DocumentKind.BLANK_SHEET, f"papersheet:{paper.id}") is not None
    assert f"{paper.code[:4]}-{paper.code[4:8]}-{paper.code[8:]}" in shown.text
    return paper


async def test_a_paper_sheet_is_printed_and_typed_in_on_the_pages(
    room: Room, tokens: dict[str, str], cast: Cast, api_sessions: Sessions
) -> None:
    paper = await printed(room, tokens, cast, api_sessions)
    wrong = {**room.best, "term": "3"}
    scan = {"_file": ("ficha.pdf", PDF, "application/pdf")}
    code = {"_code": paper.code}
    async with room.browser(tokens["secretary"]) as secretary, room.browser(tokens["promoter"]) as promoter:
        listed = (await secretary.get(f"/contests/{room.contest.id}/paper-sheets")).text
        empty = (await secretary.get(f"/paper-sheets?code={paper.code}")).text
        mistyped = await secretary.get(f"/paper-sheets?code={int(paper.code) ^ 1}")
        first = await secretary.post("/paper-sheets", data=form(**code, **wrong), files=scan)
        told = (await secretary.get(first.headers["location"])).text
        waits = [paper.code in (await each.get("/")).text for each in (secretary, promoter)]
        same = await secretary.post("/paper-sheets", data=form(**code, **room.best))
        out = await promoter.post("/paper-sheets", data=form(**code, **{**room.best, "term": "99"}))
        sums = await promoter.post("/paper-sheets", data=form(**code, **room.best, _control_sum="3"))
        second = await promoter.post("/paper-sheets", data=form(**code, **room.best))
        differ = (await promoter.get(second.headers["location"])).text
        again = [await each.post("/paper-sheets", data=form(**code, **room.best)) for each in (promoter, secretary)]
        done = (await promoter.get(f"/paper-sheets?code={paper.code}")).text
        assert paper.code not in (await promoter.get("/")).text
    assert f"/paper-sheets?code={paper.code}" in listed
    assert 'name="term" value=""' in empty
    assert (mistyped.status_code, first.status_code, same.status_code, out.status_code) == (422, 303, 409, 422)
    assert 'name="term"' not in told
    assert waits == [False, True]
    assert 'id="c-term-wrong"' in out.text
    assert 'id="control_sum-wrong"' in sums.text
    assert 'name="term" value=""' in differ
    assert [answer.status_code for answer in again] == [303, 303]
    assert 'name="term"' not in done
    async with room.browser() as juror:
        sheet = (await juror.get(room.page)).text
    assert "Sonia Quispe Choque" in sheet
    async with api_sessions() as session:
        typings = (await session.scalars(select(PaperTyping).where(PaperTyping.paper_id == paper.id))).all()  # type: ignore[arg-type]  # a column at run time
    assert sorted((each.round, each.place) for each in typings) == [(1, 1), (1, 2), (2, 1), (2, 2)]
    assert [each.scan_sha256 for each in typings if each.scan_sha256] == [hashlib.sha256(PDF).hexdigest()]


async def test_a_juror_prints_the_own_sheet_and_cannot_type_it(room: Room) -> None:
    async with room.browser() as juror:
        offered = (await juror.get(room.page)).text
        answer = await juror.post(f"{room.page}/paper", data=form())
        shown = await juror.get(answer.headers["location"])
        code = shown.text.split("<dd>")[1].split("</dd>")[0].strip()
        typing = await juror.get(f"/paper-sheets?code={code}")
        sent = await juror.post("/paper-sheets", data=form(_code=code, **room.best))
    assert f'action="{room.page}/paper"' in offered
    assert (answer.status_code, shown.status_code, typing.status_code, sent.status_code) == (303, 200, 422, 422)
    assert 'name="term"' not in typing.text + sent.text


async def test_over_json_no_answer_holds_a_score_of_the_other_typist(room: Room, signed_in: SignedIn, cast: Cast) -> None:
    juror = {"person_id": str(cast.jurors[0].person_id)}
    odd = {**room.best, "term": "3"}
    scan = {"name": "ficha.pdf", "content": base64.b64encode(PDF).decode()}
    async with signed_in("secretary") as secretary, signed_in("promoter") as promoter, signed_in("auditor") as auditor:
        refused = await promoter.post(f"/api/v1{room.page}/paper", json=juror)
        paper = (await secretary.post(f"/api/v1{room.page}/paper", json=juror)).json()
        typing = {"code": paper["code"], "scores": odd}
        first = (await secretary.post("/api/v1/paper-sheets/typings", json={**typing, "scan": scan})).json()
        seen = (await promoter.get("/api/v1/paper-sheets", params={"code": paper["code"]})).json()
        second = (await promoter.post("/api/v1/paper-sheets/typings", json={**typing, "scores": room.best})).json()
        unknown = await auditor.get("/api/v1/paper-sheets", params={"code": paper["code"]})
        listed = (await secretary.get(f"/api/v1/contests/{room.contest.id}/paper-sheets")).json()
    assert (refused.status_code, refused.json()["title"]) == (403, "MissingRole")
    assert (first["status"], first["differing"], second["status"], second["differing"]) == (
        "typed_once",
        [],
        "differed",
        ["term"],
    )
    assert sorted(seen) == ["applicant", "application", "criteria", "juror", "paper", "typed_by_me"]
    assert sorted(seen["paper"]) == sorted(second)
    assert seen["criteria"] == list(room.best)
    assert (unknown.status_code, unknown.json()["title"]) == (422, "UnknownPaper")
    assert [row["status"] for row in listed] == ["differed"]
