"""Rolls from files over HTTP: as JSON, and on the pages."""

import base64
import re
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from api.deps import COOKIE
from service.core.db import Sessions, transaction
from service.people.group_usecases import families_of
from service.people.groups import Group
from service.people.roll_rows import TEMPLATE
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.people import make_group, next_dni
from tests.make.rolls import csv_of

WRONG = ("F2", "1234567", "Puma", "Eva", "F", "", "", "x")


@pytest.fixture
async def group(api_sessions: Sessions, cast: Cast) -> Group:
    """A group without a roll."""
    async with transaction(api_sessions) as session:
        return await make_group(session, cast, board=False, families=0, account=False)


@pytest.fixture
async def browser(transport: httpx.ASGITransport, tokens: dict[str, str]) -> AsyncIterator[Client]:
    """The promoter's browser, in Spanish."""
    headers = {"sec-fetch-site": "same-origin", "accept-language": "es"}
    cookies = {COOKIE: tokens["promoter"]}
    async with Client(transport=transport, base_url="http://raymi.test", headers=headers, cookies=cookies) as client:
        yield client


async def post(browser: Client, path: str, content: bytes | None = None) -> httpx.Response:
    """A form sent with a fresh key, with a file if given."""
    files = {"file": ("padron.csv", content)} if content is not None else None
    return await browser.post(path, data={"_key": uuid4().hex}, files=files)


def good() -> tuple[str, ...]:
    """A row that can be entered."""
    return ("F1", next_dni(), "Huillca", "Rosa", "F", "31/12/1980", "", "sí")


async def heads(api_sessions: Sessions, group: Group) -> list[str]:
    """The heads of the families on a roll."""
    async with api_sessions() as session:
        return [each.head.name for each in await families_of(session, group.id)]


async def test_a_roll_is_uploaded_looked_at_and_entered_as_json(
    signed_in: SignedIn, group: Group, api_sessions: Sessions
) -> None:
    path = f"/api/v1/groups/{group.id}/roll-drafts"
    async with signed_in("promoter") as client:
        client.headers["accept-language"] = "es"

        async def upload(*rows: tuple[str, ...]) -> httpx.Response:
            content = base64.b64encode(csv_of(*rows)).decode()
            return await client.post(path, json={"name": "padron.csv", "content": content})

        bad = (await upload(good(), WRONG)).json()
        entry = f"/api/v1/roll-drafts/{bad['id']}/entry"
        held = await client.post(entry, json={key: bad[key] for key in ("file_sha256", "preview_sha256")})
        only = (await client.get(f"/api/v1/roll-drafts/{bad['id']}?state=new")).json()
        shown = (await upload(good())).json()
        waiting = (await client.get(path)).json()
        entry = f"/api/v1/roll-drafts/{shown['id']}/entry"
        seen = {key: shown[key] for key in ("file_sha256", "preview_sha256")}
        other = await client.post(entry, json={**seen, "preview_sha256": "0" * 64})
        made = await client.post(entry, json=seen)
        again = await client.post(entry, json=seen)
    assert (bad["rows"][0]["row"], bad["rows"][0]["state"]) == (3, "wrong")
    assert bad["rows"][0]["remarks"]["dni"].startswith("Esto no es un DNI")
    assert (bad["counts"]["wrong"], bad["counts"]["new"], [row["row"] for row in only["rows"]]) == (1, 1, [2])
    assert [(row["id"], row["uploaded_by"]) for row in waiting] == [(shown["id"], "Paulina Mamani Ccopa")]
    refused = [(answer.status_code, answer.json()["title"]) for answer in (held, other, again)]
    assert refused == [(409, "RollHasFaults"), (409, "PreviewChanged"), (404, "RollDraftGone")]
    assert made.json() == {"group_id": str(group.id), "families": 1, "members": 1, "persons": 1}
    assert await heads(api_sessions, group) == ["Rosa Huillca"]


async def test_a_roll_is_uploaded_looked_at_and_entered_on_the_pages(
    browser: Client, group: Group, api_sessions: Sessions
) -> None:
    assert f'href="/groups/{group.id}/roll-drafts"' in (await browser.get(f"/groups/{group.id}")).text
    assert "/roll-template.csv" in (await browser.get(f"/groups/{group.id}/roll-drafts")).text
    uploaded = await post(browser, f"/groups/{group.id}/roll-drafts", csv_of(good(), WRONG))
    page = await browser.get(uploaded.headers["location"])
    assert (uploaded.status_code, "/entry/" in page.text) == (303, False)
    assert "DNI: Esto no es un DNI." in page.text
    assert await heads(api_sessions, group) == []
    uploaded = await post(browser, f"/groups/{group.id}/roll-drafts", csv_of(good()))
    page = await browser.get(uploaded.headers["location"])
    action = re.search(r'action="(/roll-drafts/[^"]+/entry/[^"]+)"', page.text)
    assert action
    stale = await post(browser, action[1][:-64] + "0" * 64)
    assert (stale.status_code, "cambió después de esta vista previa" in stale.text) == (409, True)
    assert action[1] in stale.text
    entered = await post(browser, action[1])
    assert (entered.status_code, entered.headers["location"]) == (303, f"/groups/{group.id}")
    assert await heads(api_sessions, group) == ["Rosa Huillca"]
    assert (await browser.get(uploaded.headers["location"])).status_code == 404


async def test_a_file_that_is_no_roll_is_refused_on_its_page_at_its_field(browser: Client, group: Group) -> None:
    path = f"/groups/{group.id}/roll-drafts"
    answers = [await post(browser, path, content) for content in (b"\xff\xfeabc", b"familia;nombres\nF1;Rosa\n", b"")]
    texts = ["no está en UTF-8", "Faltan estas columnas: apellidos, sexo, jefatura de familia.", "no tiene filas"]
    for answer, text in zip(answers, texts, strict=True):
        assert (answer.status_code, text in answer.text) == (422, True)
    assert (await post(browser, path)).status_code == 422


async def test_a_file_that_waits_can_be_discarded(browser: Client, group: Group) -> None:
    uploaded = await post(browser, f"/groups/{group.id}/roll-drafts", csv_of(good()))
    discarded = await post(browser, uploaded.headers["location"] + "/discarding")
    assert discarded.headers["location"] == f"/groups/{group.id}/roll-drafts"
    assert (await browser.get(uploaded.headers["location"])).status_code == 404


async def test_the_template_is_a_csv_that_spreadsheets_open(browser: Client) -> None:
    answer = await browser.get("/roll-template.csv")
    assert answer.content == b"\xef\xbb\xbf" + TEMPLATE.encode()
    assert answer.headers["content-disposition"] == 'attachment; filename="padron.csv"'


async def test_a_long_preview_is_read_in_pages_the_worst_rows_first(browser: Client, group: Group) -> None:
    rows = [(f"F{at}", "", "Puma", f"Eva {at}", "F", "", "", "x") for at in range(1, 251)]
    uploaded = await post(browser, f"/groups/{group.id}/roll-drafts", csv_of(*rows, WRONG))
    first = await browser.get(uploaded.headers["location"])
    second = await browser.get(uploaded.headers["location"] + "?page=2")
    assert ("1234567" in first.text, "1234567" in second.text) == (True, False)
    assert (first.text.count('data-label="Fila"'), second.text.count('data-label="Fila"')) == (200, 51)


async def test_who_does_not_register_in_the_office_is_refused(signed_in: SignedIn, group: Group) -> None:
    async with signed_in("auditor") as client:
        content = base64.b64encode(csv_of(good())).decode()
        body = {"name": "padron.csv", "content": content}
        uploaded = await client.post(f"/api/v1/groups/{group.id}/roll-drafts", json=body)
        listed = await client.get(f"/api/v1/groups/{group.id}/roll-drafts")
    assert [(answer.status_code, answer.json()["title"]) for answer in (uploaded, listed)] == [(403, "MissingRole")] * 2
