"""The form of a rule book, over HTTP as a browser without scripts sends it."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import uuid4

import httpx
import lxml.html
import pytest

from api.deps import COOKIE
from service.contests import drafts, usecases
from service.contests.models import Call, Contest, ContestStatus
from service.contests.ready_books import template, templates
from service.contests.shapes import ContestIn, StartIn
from service.core.db import Sessions, transaction
from tests.api.conftest import Client
from tests.cast import Cast
from tests.make.contests import make_call
from tests.make.people import make_group, next_number

BASE = "http://raymi.test"
Edit = Callable[[dict[str, str]], Any]


@pytest.fixture
async def browser(transport: httpx.ASGITransport, tokens: dict[str, str]) -> AsyncIterator[Client]:
    """The programme's browser, in English."""
    headers = {"sec-fetch-site": "same-origin", "accept-language": "en"}
    async with Client(transport=transport, base_url=BASE, cookies={COOKIE: tokens["programme"]}, headers=headers) as client:
        yield client


async def make_draft(api_sessions: Sessions, cast: Cast, ready: str = "pgrn-first") -> tuple[Call, Contest]:
    """A contest of a draft call whose rules begin from a ready book."""
    start = template(ready)
    async with transaction(api_sessions) as session:
        call = await make_call(session, cast)
        host = (await make_group(session, cast)).id if start.applicant_kind == "family" else None
        given = ContestIn(
            code=f"R{next_number()}",
            title="Bases",
            plan_type=start.plan_type,
            request_number=start.request_number,
            applicant_kind=start.applicant_kind,
            host_group_id=host,
        )
        contest = await usecases.create_contest(session, cast.programme, call.id, given)
        await drafts.start_draft(session, cast.programme, contest.id, StartIn(ready=ready))
        return call, contest


async def kept(api_sessions: Sessions, cast: Cast, contest: Contest) -> drafts.Draft:
    """The draft as it is in the database."""
    async with transaction(api_sessions) as session:
        _, draft = await drafts.current_draft(session, cast.programme, contest.id)
        assert draft is not None
        return draft


def path(contest: Contest) -> str:
    """The page of the form."""
    return f"/contests/{contest.id}/rules/form"


def fields(html: str, action: str) -> dict[str, str]:
    """What a browser would send of the form with this action."""
    [form] = [form for form in lxml.html.fromstring(html).forms if form.action == action]
    return {str(name): str(value) for name, value in form.form_values()}


async def press(browser: Client, contest: Contest, do: str = "save", edit: Edit = lambda values: None) -> httpx.Response:
    """Open the form, type, press a button, and go where it leads."""
    page = await browser.get(path(contest))
    assert page.status_code == 200, page.text
    values = fields(page.text, path(contest))
    edit(values)
    return await browser.post(path(contest), data={**values, "_do": do}, follow_redirects=True)


def wrong(html: str) -> list[str]:
    """The messages that stand at fields and groups."""
    return [" ".join(each.text_content().split()) for each in lxml.html.fromstring(html).find_class("wrong")]


@pytest.mark.parametrize("ready", [each.code for each in templates()])
async def test_a_ready_book_goes_through_the_form_unchanged(
    browser: Client, api_sessions: Sessions, cast: Cast, ready: str
) -> None:
    _, contest = await make_draft(api_sessions, cast, ready)
    before = await kept(api_sessions, cast, contest)
    answer = await press(browser, contest)
    assert answer.status_code == 200
    assert "Nothing stands in the way of publishing these rules." in answer.text
    assert await kept(api_sessions, cast, contest) == before


async def test_a_draft_that_is_wrong_is_kept_and_shown_at_its_place_and_not_published(
    browser: Client, api_sessions: Sessions, cast: Cast
) -> None:
    call, contest = await make_draft(api_sessions, cast)

    def edit(values: dict[str, str]) -> None:
        values["stages.0.criteria.2.bands.1.from"] = "51/100"
        values["stages.0.criteria.0.max"] = "tres"
        values["terms.tries"] = "many"

    answer = await press(browser, contest, edit=edit)
    assert answer.status_code == 200
    assert [text.partition(".")[0] for text in wrong(answer.text)] == [
        'This cannot be read: "tres" is not a number',
        'The bands do not tile [0, 1]: from "1/2" to "51/100" there is not one band',
        "The terms cannot be used: “many” is no whole number from 1 to 20",
    ]
    listed_faults = [each.text_content() for each in lxml.html.fromstring(answer.text).cssselect(".notice.bad li")]
    assert [text.partition(" · This")[0].partition(" · The ")[0] for text in listed_faults] == [
        "Stage 1: Field visit · Relation with the leaders · 0–tres",
        "Stage 1: Field visit · Committed families · 2, 3, 5 · Bands",
        "Terms",
    ]
    again = fields((await browser.get(path(contest))).text, path(contest))
    assert [again[name] for name in ("stages.0.criteria.0.max", "terms.tries")] == ["tres", "many"]
    listed = await browser.get(f"/calls/{call.id}")
    assert "To be corrected" in listed.text
    publish = fields(listed.text, f"/calls/{call.id}/publish")
    refused = await browser.post(f"/calls/{call.id}/publish", data=publish)
    assert refused.status_code == 422
    assert "is not a number" in refused.text
    async with transaction(api_sessions) as session:
        assert (await usecases.get_contest(session, cast.programme, contest.id)).status == ContestStatus.DRAFT


async def test_the_faults_are_said_in_spanish(browser: Client, api_sessions: Sessions, cast: Cast) -> None:
    _, contest = await make_draft(api_sessions, cast)
    browser.headers["accept-language"] = "es"
    answer = await press(browser, contest, edit=lambda values: values.update({"stages.0.criteria.2.bands.1.from": "51/100"}))
    assert any('de "1/2" a "51/100" no hay un solo tramo' in text for text in wrong(answer.text))


async def test_rows_are_added_moved_and_removed_and_what_was_typed_stays(
    browser: Client, api_sessions: Sessions, cast: Cast
) -> None:
    _, contest = await make_draft(api_sessions, cast, "side-map")
    codes = ["originality", "quality", "variety", "clarity"]
    before = [each["code"] for each in (await kept(api_sessions, cast, contest)).book["stages"][0]["criteria"]]
    assert len(before) == len(codes)
    added = await press(browser, contest, "add:stages.0.criteria", lambda values: values.update(title="Mapas 2026"))
    assert added.url.params["at"] == "stages.0.criteria.4"
    draft = await kept(api_sessions, cast, contest)
    assert (draft.book["title"], draft.book["stages"][0]["criteria"][4]["code"]) == ("Mapas 2026", "")

    def name(values: dict[str, str]) -> None:
        values |= {
            "stages.0.criteria.4.code": "colour",
            "stages.0.criteria.4.label.qu": "Llimpi",
            "stages.0.criteria.4.max": "5",
        }

    await press(browser, contest, "up:stages.0.criteria.4", name)
    criteria = (await kept(api_sessions, cast, contest)).book["stages"][0]["criteria"]
    assert [each["code"] for each in criteria] == [*before[:3], "colour", before[3]]
    assert criteria[3] == {"code": "colour", "label": {"qu": "Llimpi"}, "kind": "points", "min": "0", "max": "5"}
    answer = await press(browser, contest, "remove:stages.0.criteria.0")
    criteria = (await kept(api_sessions, cast, contest)).book["stages"][0]["criteria"]
    assert [each["code"] for each in criteria] == [*before[1:3], "colour", before[3]]
    assert any(text.startswith("The sheet of the stage") for text in wrong(answer.text))  # 40 under a heading of 50


async def test_another_kind_of_criterion_and_of_decision_brings_its_own_fields(
    browser: Client, api_sessions: Sessions, cast: Cast
) -> None:
    _, contest = await make_draft(api_sessions, cast, "cif")
    await press(
        browser,
        contest,
        edit=lambda values: values.update({"stages.0.criteria.0.kind": "levels", "decision.mode": "pass_mark"}),
    )
    await press(browser, contest, "add:stages.0.criteria.0.levels")

    def same(values: dict[str, str]) -> None:
        values |= {"decision.mark": "14", "decision.purse": "1000.00", "decision.cut": "skip"}
        for number, points in enumerate(("20", "10")):
            values |= {
                f"stages.0.criteria.0.levels.{number}.name": "good",
                f"stages.0.criteria.0.levels.{number}.points": points,
            }

    answer = await press(browser, contest, "add:decision.quotas", same)
    assert any("The level “good” of this criterion has no name" in text for text in wrong(answer.text))
    again = fields(answer.text, path(contest))
    assert [again[f"stages.0.criteria.0.levels.{n}.points"] for n in (0, 1)] == ["20", "10"]  # both stay, though of one name

    def right(values: dict[str, str]) -> None:
        values |= {"stages.0.criteria.0.levels.1.name": "fair", "stages.0.criteria.0.levels.1.label.es": "Regular"}
        values |= {
            "decision.quotas.0.attribute": "women_led",
            "decision.quotas.0.value": "yes",
            "decision.quotas.0.share": "1/4",
        }
        values["stages.0.criteria.0.na"] = "on"

    await press(browser, contest, "add:ties", right)
    answer = await press(browser, contest, edit=lambda values: values.update({"ties.0.by": "filed_at"}))
    assert wrong(answer.text) == []
    book = (await kept(api_sessions, cast, contest)).book
    assert book["stages"][0]["criteria"][0] == {
        "code": "score",
        "label": {"es": "Puntaje", "en": "Score"},
        "kind": "levels",
        "na": True,
        "levels": {"good": "20", "fair": "10"},
        "level_labels": {"fair": {"es": "Regular"}},
    }
    quota = {"attribute": "women_led", "value": "yes", "share": "1/4"}
    assert book["decision"] == {"mode": "pass_mark", "mark": "14", "purse": "1000.00", "cut": "skip", "quotas": [quota]}
    assert book["ties"] == [{"by": "filed_at"}]


async def test_a_form_saved_over_somebody_elses_is_refused_and_still_holds_what_was_typed(
    browser: Client, api_sessions: Sessions, cast: Cast
) -> None:
    _, contest = await make_draft(api_sessions, cast)
    mine = fields((await browser.get(path(contest))).text, path(contest))
    await press(browser, contest, edit=lambda values: values.update(title="Theirs"))
    refused = await browser.post(path(contest), data={**mine, "title": "Mine", "_do": "save"})
    assert refused.status_code == 409
    assert "Somebody else saved these rules in the meantime." in refused.text
    again = fields(refused.text, path(contest))
    assert again["title"] == "Mine"
    assert (await kept(api_sessions, cast, contest)).book["title"] == "Theirs"
    await browser.post(path(contest), data={**again, "_do": "save"})
    assert (await kept(api_sessions, cast, contest)).book["title"] == "Mine"


async def test_keys_that_no_field_shows_go_through_the_form(browser: Client, api_sessions: Sessions, cast: Cast) -> None:
    _, contest = await make_draft(api_sessions, cast)
    book = json.loads(json.dumps(template("pgrn-first").book))
    book |= {"note": {"ay": "Aymara"}, "panel": {"seats": "5", "quorum": {"at_least": "1/2", "why": "acta"}}}
    book["label"]["ay"] = "Aymara"
    book["stages"][0]["aggregate"]["why"] = "acta"
    book["stages"][0]["criteria"][0]["help"] = {"es": "Mire el libro de actas"}
    book["stages"][0]["criteria"][2]["bands"][0]["label"] = "poco"
    book["decision"]["label"] = {"es": "Aprobados"}
    book["ties"][0]["label"] = {"es": "Público"}
    file = {"file": ("rules.json", json.dumps(book).encode(), "application/json")}
    taken = await browser.post(f"/contests/{contest.id}/rules/file", data={"_key": uuid4().hex}, files=file)
    assert taken.status_code == 303, taken.text
    await press(browser, contest)
    assert (await kept(api_sessions, cast, contest)).book == book
