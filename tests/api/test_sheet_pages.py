"""The page of a sheet: correcting a locked one with its reason, drafts that are never written over, and a shared phone."""

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


async def test_a_draft_counts_its_versions_and_an_older_one_is_refused_showing_both(room: Room) -> None:
    async with room.browser() as phone, room.browser() as tablet:
        first = await phone.post(room.page, data=form(_do="draft", _version="0", term="7"))
        seen = (await tablet.get(room.page)).text
        newer = await tablet.post(room.page, data=form(_do="draft", _version="1", term="8", simple="2"))
        late = await phone.post(room.page, data=form(_do="draft", _version="1", term="9"))
        kept = await phone.post(room.page, data=form(_do="draft", _version="2", term="9"))
        last = (await tablet.get(room.page)).text
    assert [answer.status_code for answer in (first, newer, late, kept)] == [303, 303, 409, 303]
    assert 'name="_version" value="1"' in seen
    assert 'name="term" value="9"' in late.text
    assert "Último guardado: 8" in late.text or "Kept last: 8" in late.text
    assert 'name="_version" value="2"' in late.text
    assert 'name="term" value="9"' in last
    assert 'name="_version" value="3"' in last


async def test_a_sheet_typed_on_an_older_draft_is_locked_only_after_both_were_shown(room: Room) -> None:
    async with room.browser() as phone:
        await phone.post(room.page, data=form(_do="draft", _version="0", **{**room.best, "term": "1"}))
        older = await phone.post(room.page, data=form(_do="lock", _version="0", **room.best))
        shown = await phone.post(room.page, data=form(_do="lock", _version="1", **room.best))
    assert (older.status_code, shown.status_code) == (409, 303)
    assert 'name="_version" value="1"' in older.text
    assert f'name="term" value="{room.best["term"]}"' in older.text
    assert 'maxlength="200"' in older.text
    assert "Último guardado: 1" in older.text or "Kept last: 1" in older.text


async def test_the_script_of_the_page_sends_a_draft_once_and_never_over_a_newer_one(room: Room) -> None:
    place = f"{room.page}/draft"
    sent = form(_version="0", term="7")
    async with room.browser() as juror:
        answers = [await juror.post(place, data=sent) for _ in range(2)]
        same = await juror.post(place, data=form(_version="0", term="7"))
        older = await juror.post(place, data=form(_version="0", term="8"))
        wrong = await juror.post(place, data=form(_version="1", term="1" * 201))
        unknown = await juror.post(place, data=form(_version="1", dance="1"))
        odd = await juror.post(place, data=form(_version="x", term="1"))
        nameless = await juror.post(place, data={"_version": "1", "term": "8"})
        found = (await juror.get(room.page)).text
    assert [(answer.status_code, answer.json()) for answer in (*answers, same)] == [(201, {"version": 1})] * 3
    assert (older.status_code, older.json()["refusal"]) == (409, "DraftIsOlder")
    refused = [(answer.status_code, answer.json()["refusal"]) for answer in (wrong, unknown, odd)]
    assert refused == [(422, "Malformed"), (422, "UnknownCriterion"), (422, "Malformed")]
    assert nameless.status_code == 400
    assert 'name="term" value="7"' in found
    assert 'name="_version" value="1"' in found


async def test_a_draft_over_json_names_the_version_that_it_was_typed_on(room: Room) -> None:
    async with room.program() as juror:
        first = await juror.post(f"{room.page}/draft", json={"scores": {"term": "7"}})
        second = await juror.post(f"{room.page}/draft", json={"scores": {"term": "8"}, "version": 1})
        older = await juror.post(f"{room.page}/draft", json={"scores": {"term": "9"}, "version": 1})
        sheet = (await juror.get(room.page)).json()
    assert [answer.json()["version"] for answer in (first, second)] == [1, 2]
    assert (older.status_code, older.json()["title"]) == (409, "DraftIsOlder")
    assert (sheet["draft"], sheet["draft_version"]) == ({"term": "8"}, 2)


async def test_a_draft_that_comes_after_the_lock_is_refused(room: Room) -> None:
    async with room.browser() as juror:
        await juror.post(room.page, data=form(_do="lock", **room.best))
        late = await juror.post(f"{room.page}/draft", data=form(_version="0", term="1"))
    assert (late.status_code, late.json()["refusal"]) == (409, "AlreadyLocked")


async def test_a_shared_phone_is_locked_and_asks_for_the_next_person_with_nothing_filled_in(room: Room) -> None:
    async with room.browser() as juror:
        sheet = await juror.get(room.page)
        left = await juror.post("/sign-out", data=form(to="/sign-in?another=yes"))
        asked = (await juror.get(left.headers["location"])).text
        gone = await juror.get(room.page)
        elsewhere = await juror.get("/sign-in")
    async with room.browser() as thief:
        after = await thief.get(room.page)
    assert sheet.headers["cache-control"] == "no-store"
    assert 'name="to" value="/sign-in?another=yes"' in sheet.text
    assert (left.status_code, left.headers["location"]) == (303, "/sign-in?another=yes")
    assert 'name="user_name" autocomplete="off" value=""' in asked
    assert 'autocomplete="username"' in elsewhere.text
    assert [(answer.status_code, answer.headers["location"].split("?")[0]) for answer in (gone, after)] == [
        (303, "/sign-in")
    ] * 2


async def test_every_page_of_somebody_signed_in_can_be_locked_and_only_a_page_shown_to_nobody_unlocks(room: Room) -> None:
    async with room.browser() as juror:
        inside = [(await juror.get(place)).text for place in ("/", "/contests", room.page, "/sign-in")]
        wrong = await juror.post("/sign-in", data=form(user_name="x", password="y"))
        await juror.post("/sign-out", data=form(to="/sign-in?another=yes"))
        outside = (await juror.get("/sign-in?another=yes")).text
    assert [("data-lock" in page, "lock.js" in page, "data-unlock" in page) for page in (*inside, wrong.text)] == [
        (True, True, False)
    ] * 5
    assert ("data-lock" in outside, "lock.js" in outside, "data-unlock" in outside) == (False, True, True)


async def test_signing_out_leads_nowhere_but_to_a_page_of_ours(room: Room) -> None:
    async with room.browser() as juror:
        left = await juror.post("/sign-out", data=form(to="//evil.test"))
    assert left.headers["location"] == "/"
