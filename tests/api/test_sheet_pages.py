"""The page of a sheet: correcting a locked one with its reason."""

from uuid import uuid4

import httpx
import pytest

from service.core.db import Sessions, transaction
from service.scoring import usecases
from tests.api.sheet_room import Room, form, make_room
from tests.cast import Cast


@pytest.fixture
async def room(api_sessions: Sessions, transport: httpx.ASGITransport, cast: Cast) -> Room:
    """A contest with J1 at an open sheet."""
    return await make_room(api_sessions, transport, cast)


async def test_a_locked_sheet_is_corrected_on_its_page_with_a_reason(room: Room, api_sessions: Sessions, cast: Cast) -> None:
    lower = {**room.best, "term": "0"}
    async with room.browser() as juror:
        before = (await juror.get(room.page)).text
        locked = await juror.post(room.page, data=form(_do="lock", **room.best))
        offered = (await juror.get(room.page)).text
        silent = await juror.post(f"{room.page}/correction", data=form(**lower))
        wrong = await juror.post(f"{room.page}/correction", data=form(**{**lower, "term": "99"}, _reason="Leí mal"))
        done = await juror.post(f"{room.page}/correction", data=form(**lower, _reason="Leí mal la tabla"))
        after = (await juror.get(room.page)).text
        async with transaction(api_sessions) as session:
            await usecases.close_window(session, cast.secretary, room.contest.id, "single")
        closed = (await juror.get(room.page)).text
        late = await juror.post(f"{room.page}/correction", data=form(**lower, _reason="Tarde"))
        async with transaction(api_sessions) as session:
            await usecases.reopen_window(session, cast.secretary, room.contest.id, "single")
        again = await juror.post(f"{room.page}/correction", data=form(**room.best, _reason="Se reabrió"))
    action = f'action="{room.page}/correction"'
    assert [action in page for page in (before, offered, after, closed)] == [False, True, True, False]
    assert (locked.status_code, done.status_code, again.status_code, late.status_code) == (303, 303, 303, 409)
    assert (silent.status_code, wrong.status_code) == (422, 422)
    assert 'id="reason-wrong"' in silent.text
    assert 'id="n-term-wrong"' in wrong.text
    assert "Leí mal</textarea>" in wrong.text
    assert 'id="n-term" name="term" value="99"' in wrong.text
    assert "Leí mal la tabla" in after
    async with api_sessions() as session:
        rows = (await usecases.gather_bundle(session, room.contest.id)).bundle.sheets
    assert {row[3]: row[4] for row in rows} == room.best


async def test_a_score_that_is_too_long_is_refused_at_its_field(room: Room) -> None:
    async with room.browser() as juror:
        answer = await juror.post(room.page, data=form(_do="draft", term="1" * 201))
    assert answer.status_code == 422
    assert 'id="c-term-wrong"' in answer.text


async def test_a_repeated_correction_is_answered_once(room: Room, api_sessions: Sessions) -> None:
    sent = {"_key": uuid4().hex, **room.best, "_reason": "Leí mal"}
    async with room.browser() as juror:
        await juror.post(room.page, data=form(_do="lock", **room.best))
        answers = [await juror.post(f"{room.page}/correction", data=sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    async with room.program() as juror:
        sheet = (await juror.get(room.page)).json()
    assert len(sheet["locked"]) == 2
