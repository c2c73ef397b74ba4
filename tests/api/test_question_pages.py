"""A contest's questions from its page, and their answers in the form that files an application."""

from collections.abc import AsyncIterator

import httpx
import lxml.html
import pytest

from api.deps import COOKIE
from service.applications.models import Application
from service.contests import usecases
from service.contests.models import Contest
from service.core.db import Sessions, transaction
from tests.api.conftest import Client, SignedIn
from tests.api.test_rule_pages import BASE, fields, wrong
from tests.applications.test_answers import ASKED, RIGHT, asking, written
from tests.cast import Cast
from tests.make.contests import add_contest, make_call


@pytest.fixture
async def promoter(transport: httpx.ASGITransport, tokens: dict[str, str]) -> AsyncIterator[Client]:
    """The promoter's browser, in English."""
    headers = {"sec-fetch-site": "same-origin", "accept-language": "en"}
    async with Client(transport=transport, base_url=BASE, cookies={COOKIE: tokens["promoter"]}, headers=headers) as client:
        yield client


async def made(api_sessions: Sessions, cast: Cast) -> tuple[Contest, Application]:
    """A published contest with questions, and an application to it that is being written."""
    async with transaction(api_sessions) as session:
        contest = await asking(session, cast)
        return contest, await written(session, cast, contest)


async def test_questions_are_answered_in_the_form_that_files_and_what_was_typed_comes_back(
    promoter: Client, api_sessions: Sessions, cast: Cast
) -> None:
    _, application = await made(api_sessions, cast)
    here, file = f"/applications/{application.id}", f"/applications/{application.id}/file"
    page = await promoter.get(here)
    assert "How many hectares?" in page.text
    values = fields(page.text, file)
    assert {name for name in values if name.startswith("answers.")} == {f"answers.{question.code}" for question in ASKED}
    typed = {**values, "answers.why": "Falta agua", "answers.hectares": "many", "answers.water": "Río"}
    refused = await promoter.post(file, data=typed)
    assert refused.status_code == 422
    assert any("hectáreas" in text and "number" in text for text in wrong(refused.text))
    again = fields(refused.text, file)
    assert [again[f"answers.{code}"] for code in ("why", "hectares", "water")] == ["Falta agua", "many", "Río"]
    missing = await promoter.post(file, data={**again, "answers.hectares": ""})
    assert (missing.status_code, "must be answered" in missing.text) == (422, True)
    filed = await promoter.post(file, data={**again, "answers.hectares": "3.5"}, follow_redirects=True)
    assert filed.status_code == 200
    rows = [[cell.text_content().strip() for cell in row] for row in lxml.html.fromstring(filed.text).cssselect("tbody tr")]
    assert ["How many hectares?", "3.5"] in rows


async def test_answers_go_over_json_and_stand_in_the_dossier(signed_in: SignedIn, api_sessions: Sessions, cast: Cast) -> None:
    _, application = await made(api_sessions, cast)
    here = f"/api/v1/applications/{application.id}"
    async with signed_in("promoter") as client:
        early = await client.post(f"{here}/filing")
        answered = await client.post(f"{here}/answers", json={"answers": RIGHT})
        filed = await client.post(f"{here}/filing")
        dossier = (await client.get(here)).json()
    assert (early.status_code, early.json()["title"]) == (422, "AnswerMissing")
    assert early.json()["errors"][0]["field"] == "answers.why"
    assert (answered.status_code, filed.status_code, dossier["answers"]) == (201, 201, RIGHT)


async def test_the_programme_writes_questions_on_the_contests_page(
    transport: httpx.ASGITransport, tokens: dict[str, str], api_sessions: Sessions, cast: Cast, stranger: Client
) -> None:
    async with transaction(api_sessions) as session:
        call = await make_call(session, cast)
        contest = await add_contest(session, cast, call)
    page, here = f"/contests/{contest.id}", f"/contests/{contest.id}/questions"
    headers = {"sec-fetch-site": "same-origin", "accept-language": "en"}
    async with Client(transport=transport, base_url=BASE, cookies={COOKIE: tokens["programme"]}, headers=headers) as client:
        values = fields((await client.get(page)).text, here)
        one = {"questions.0.code": "water", "questions.0.label_es": "¿Agua?", "questions.0.kind": "choice"}
        refused = await client.post(here, data={**values, **one})
        again = fields(refused.text, here)
        kept = await client.post(here, data={**again, "questions.0.choices": "Río, Manantial", "questions.0.required": "on"})
    assert (refused.status_code, again["questions.0.label_es"], kept.status_code) == (422, "¿Agua?", 303)
    async with transaction(api_sessions) as session:
        await usecases.publish_call(session, cast.programme, call.id)
    public = (await stranger.get(f"/api/v1/contests/{contest.id}/questions")).json()
    assert [(row["code"], row["choices"], row["required"]) for row in public] == [("water", ["Río", "Manantial"], True)]
    assert "¿Agua?" in (await stranger.get(page)).text


async def test_questions_are_put_in_another_order_by_their_places(
    transport: httpx.ASGITransport, tokens: dict[str, str], api_sessions: Sessions, cast: Cast
) -> None:
    async with transaction(api_sessions) as session:
        contest = await add_contest(session, cast, await make_call(session, cast))
    page, here = f"/contests/{contest.id}", f"/contests/{contest.id}/questions"
    headers = {"sec-fetch-site": "same-origin", "accept-language": "en"}
    async with Client(transport=transport, base_url=BASE, cookies={COOKIE: tokens["programme"]}, headers=headers) as client:

        async def order(**places: str) -> list[str]:
            values = fields((await client.get(page)).text, here)
            changed = {f"questions.{name.removeprefix('at')}.position": place for name, place in places.items()}
            answer = await client.post(here, data={**values, **changed})
            assert answer.status_code == 303
            written = fields((await client.get(page)).text, here)
            shown = [(written[f"questions.{row}.position"], written[f"questions.{row}.code"]) for row in range(4)]
            assert [place for place, code in shown if code] == ["1", "2", "3", "4"][: sum(bool(code) for _, code in shown)]
            return [code for _, code in shown]

        values = fields((await client.get(page)).text, here)
        for row, code in enumerate("abc"):
            values |= {f"questions.{row}.{name}": code for name in ("code", "label_es")} | {f"questions.{row}.kind": "text"}
        await client.post(here, data=values)
        values = fields((await client.get(page)).text, here)
        await client.post(
            here, data=values | {"questions.3.code": "d", "questions.3.label_es": "d", "questions.3.kind": "text"}
        )
        assert await order() == ["a", "b", "c", "d"]
        assert await order(at3="2") == ["a", "d", "b", "c"]  # up: before the one that stood there
        assert await order(at0="3") == ["d", "b", "a", "c"]  # down: after it
        assert await order(at0="4", at3="1") == ["c", "b", "a", "d"]
        assert await order(at1="9") == ["c", "a", "d", "b"]
        values = fields((await client.get(page)).text, here)
        emptied = {"questions.0.code": "", "questions.0.label_es": "", "questions.0.kind": ""}
        await client.post(here, data=values | emptied)
        assert (await order())[:3] == ["a", "d", "b"]
        values = fields((await client.get(page)).text, here)
        wrong_place = await client.post(here, data=values | {"questions.0.position": "first"})
        assert (wrong_place.status_code, fields(wrong_place.text, here)["questions.0.position"]) == (422, "first")
