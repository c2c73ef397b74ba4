"""What is done with rules from their pages: files, rehearsals, revisions, clones."""

from uuid import uuid4

import httpx
import lxml.html

from api.deps import COOKIE
from service.core.db import Sessions, transaction
from tests.api.conftest import Client
from tests.api.test_rule_pages import BASE, browser, fields, kept, make_draft, path, press
from tests.cast import Cast
from tests.make.contests import make_call, make_contest

__all__ = ["browser"]


async def test_a_file_is_given_out_and_taken_in_again_and_a_wrong_one_refused(
    browser: Client, api_sessions: Sessions, cast: Cast
) -> None:
    (_, one), (_, other) = await make_draft(api_sessions, cast), await make_draft(api_sessions, cast, "pdn-first")
    file = (await browser.get(f"/contests/{one.id}/rules/draft.json")).content
    here = f"/contests/{other.id}/rules/file"
    await browser.post(here, data={"_key": uuid4().hex}, files={"file": ("a.json", file, "application/json")})
    assert await kept(api_sessions, cast, other) == await kept(api_sessions, cast, one)
    broken = [b"{", b"[]", b'{"book": {}, "terms": 1}', b"\xff", b'{"format": "raymi-rules/1", "stages": "none"}']
    for content in broken:
        files = {"file": ("a.json", content, "application/json")}
        refused = await browser.post(here, data={"_key": uuid4().hex}, files=files)
        assert refused.status_code == 422, content
    assert await kept(api_sessions, cast, other) == await kept(api_sessions, cast, one)


async def test_a_rehearsal_shows_its_result_and_the_call_that_these_rules_were_rehearsed(
    browser: Client, api_sessions: Sessions, cast: Cast
) -> None:
    call, contest = await make_draft(api_sessions, cast)
    assert "not rehearsed" in (await browser.get(f"/calls/{call.id}")).text
    given = {"applications": "8", "jurors": "3", "seed": "acta 1", "past_contest_id": "", "_key": uuid4().hex}
    result = await browser.post(f"/contests/{contest.id}/rehearsals", data=given, follow_redirects=True)
    assert result.status_code == 200
    rows = lxml.html.fromstring(result.text).cssselect("tbody")[0]
    assert len(rows) == 8
    for text in ("An invented contest", "Equal totals", "A001, A002", "recused", cast.programme.name):
        assert text in result.text
    assert "not rehearsed" not in (await browser.get(f"/calls/{call.id}")).text
    await press(browser, contest, edit=lambda values: values.update({"decision.mark": "71"}))
    assert "not rehearsed" in (await browser.get(f"/calls/{call.id}")).text
    assert "The rules have changed since this rehearsal." in (await browser.get(str(result.url))).text


async def test_a_revision_needs_a_reason_and_shows_what_changed(browser: Client, api_sessions: Sessions, cast: Cast) -> None:
    async with transaction(api_sessions) as session:
        contest = await make_contest(session, cast, "pgrn-first")
    answer = await press(browser, contest, edit=lambda values: values.update({"decision.mark": "72"}))
    assert "What changed" in answer.text
    here = f"/contests/{contest.id}/rules/publication"
    empty = await browser.post(here, data={"reason": "", "_key": uuid4().hex})
    assert empty.status_code == 422
    done = await browser.post(here, data={"reason": "Acta 9", "_key": uuid4().hex}, follow_redirects=True)
    assert done.status_code == 200
    browser.cookies.clear()
    public = await browser.get(f"/contests/{contest.id}/rules")
    rows = [[cell.text_content().strip() for cell in row] for row in lxml.html.fromstring(public.text).cssselect("tbody tr")]
    assert ["decision mark", "70", "72"] in rows
    assert "Acta 9" in public.text


async def test_a_contest_is_cloned_from_its_page(browser: Client, api_sessions: Sessions, cast: Cast) -> None:
    async with transaction(api_sessions) as session:
        like = await make_contest(session, cast, "pdn-first")
        call = await make_call(session, cast)
    here = f"/contests/{like.id}/clones"
    values = fields((await browser.get(f"/contests/{like.id}")).text, here)
    made = await browser.post(here, data={**values, "call_id": str(call.id), "code": "OTRA"}, follow_redirects=True)
    assert made.status_code == 200
    assert "Write the rules in a form" in made.text
    again = await browser.post(
        here, data={**values, "_key": uuid4().hex, "call_id": str(call.id), "code": "OTRA", "title": "Typed"}
    )
    assert again.status_code == 409
    assert fields(again.text, here)["title"] == "Typed"


async def test_who_writes_no_rules_does_not_see_the_form(
    transport: httpx.ASGITransport, tokens: dict[str, str], stranger: Client, api_sessions: Sessions, cast: Cast
) -> None:
    _, contest = await make_draft(api_sessions, cast)
    assert (await stranger.get(path(contest))).status_code == 303
    answers = {}
    for name in ("head", "mayor"):
        async with Client(transport=transport, base_url=BASE, cookies={COOKIE: tokens[name]}) as client:
            page, file = await client.get(path(contest)), await client.get(f"/contests/{contest.id}/rules/draft.json")
            answers[name] = (page.status_code, file.status_code)
    assert answers == {"head": (403, 200), "mayor": (404, 404)}


async def test_a_book_with_more_fields_than_a_thousand_is_kept(browser: Client, api_sessions: Sessions, cast: Cast) -> None:
    _, contest = await make_draft(api_sessions, cast, "cif")
    values = fields((await browser.get(path(contest))).text, path(contest))
    for number in range(1, 200):
        here = f"stages.0.criteria.{number}"
        values |= {
            f"{here}.code": f"c{number}",
            f"{here}.kind": "points",
            f"{here}.max": "1",
            f"{here}.label.es": "",
            f"{here}.step": "1",
        }
    assert len(values) > 1000
    answer = await browser.post(path(contest), data={**values, "_do": "save"})
    assert answer.status_code == 303
    assert len((await kept(api_sessions, cast, contest)).book["stages"][0]["criteria"]) == 200
