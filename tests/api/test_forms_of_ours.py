"""Forms come from our own pages: every route that changes something, and every way to come from elsewhere."""

import re
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from api import csrf
from api.app import create_app
from api.deps import COOKIE, KEYLESS
from service.core.db import Sessions
from tests.api.conftest import Client
from tests.api.test_doors import ROUTES, filled
from tests.cast import Cast

FORMS = [path for method, path in ROUTES if method != "GET" and not path.startswith("/api/") and path not in KEYLESS]
OWN = {"sec-fetch-site": "same-origin", "origin": "http://raymi.test"}
FOREIGN = {
    "another site": {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
    "a neighbour": {"sec-fetch-site": "same-site", "origin": "http://evil.raymi.test"},
    "another port": {"origin": "http://raymi.test:81"},
    "a sandbox": {"origin": "null"},
    "nobody knows where": {},
}


@pytest.fixture
async def app(api_sessions: Sessions) -> httpx.ASGITransport:
    """The application as it is: nothing adds a token to what is sent."""
    made = create_app()
    made.state.sessions = api_sessions
    return httpx.ASGITransport(made, raise_app_exceptions=False)


async def posted(
    app: httpx.ASGITransport, path: str, token: str, form: dict[str, str], headers: dict[str, str]
) -> httpx.Response:
    """The answer to a form that a signed-in browser sends."""
    async with Client(transport=app, base_url="http://raymi.test", cookies={COOKIE: token}) as client:
        return await client.post(filled(path), data={"_key": uuid4().hex, **form}, headers={"accept-language": "en", **headers})


def is_foreign(answer: httpx.Response) -> bool:
    """Whether the form was refused as not ours."""
    return answer.status_code == 403 and "did not come from Raymi" in answer.text


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_is_taken_only_from_our_own_page(
    path: str, app: httpx.ASGITransport, tokens: dict[str, str], cast: Cast
) -> None:
    mine, other = (csrf.token(each.person_id) for each in (cast.auditor, cast.head))
    for where, headers in FOREIGN.items():
        assert is_foreign(await posted(app, path, tokens["auditor"], {"_token": mine}, headers)), where
    for form in ({}, {"_token": ""}, {"_token": "x"}, {"_token": other}, {"_token": mine[:-1]}, {"_token": "\u00e9" * 64}):
        assert is_foreign(await posted(app, path, tokens["auditor"], form, OWN)), form
    if path != "/sign-out":  # others go on with this sign-in
        assert not is_foreign(await posted(app, path, tokens["auditor"], {"_token": mine}, OWN))


@pytest.mark.parametrize("path", [path for path in KEYLESS if not path.startswith("/api/")])
async def test_what_anybody_may_send_is_not_taken_from_elsewhere(path: str, app: httpx.ASGITransport) -> None:
    async with Client(transport=app, base_url="http://raymi.test") as client:
        for where, headers in FOREIGN.items():
            answer = await client.post(
                path, data={"user_name": "a", "password": "b"}, headers={"accept-language": "en", **headers}
            )
            assert is_foreign(answer) == bool(headers), where


async def test_every_form_of_a_page_carries_the_token(app: httpx.ASGITransport, tokens: dict[str, str], cast: Cast) -> None:
    async with Client(transport=app, base_url="http://raymi.test", cookies={COOKIE: tokens["programme"]}) as client:
        page = (await client.get(f"/offices/{cast.office.id}")).text
    forms = re.findall(r'<form[^>]*method="post"[^>]*>(<input[^>]*name="_token" value="(\w+)">)?', page)
    assert len(forms) > 3
    assert {each[1] for each in forms} == {csrf.token(cast.programme.person_id)}


async def test_a_form_is_still_taken_after_signing_in_again_and_with_its_key_has_one_effect(
    app: httpx.ASGITransport, cast: Cast
) -> None:
    assert csrf.token(cast.programme.person_id) == csrf.token(cast.programme.person_id)
    assert csrf.token(cast.programme.person_id) != csrf.token(cast.head.person_id)


async def test_no_reading_changes_anything(app: httpx.ASGITransport, tokens: dict[str, str], api_sessions: Sessions) -> None:
    """Rows are counted before and after; a sequence of readings leaves all of them as they were."""
    before = await rows(api_sessions)
    for name in ("programme", "head", "secretary", "auditor", "mayor"):
        async with Client(transport=app, base_url="http://raymi.test", cookies={COOKIE: tokens[name]}) as client:
            for method, path in ROUTES:
                if method == "GET":
                    headers = {"authorization": f"Bearer {tokens[name]}"} if path.startswith("/api/") else {}
                    await client.get(filled(path), headers=headers)
    assert await rows(api_sessions) == before


async def rows(sessions: Sessions) -> dict[str, tuple[int, int]]:
    """How many rows each table has, and the newest transaction that wrote one of them; that a sign-in is in use is noted once a minute."""
    async with sessions() as session:
        tables = text("SELECT relname FROM pg_stat_user_tables WHERE relname <> 'sign_in' ORDER BY relname")
        names = (await session.execute(tables)).scalars().all()
        counts = [
            (await session.execute(text(f'SELECT count(*), max(xmin::text::bigint) FROM "{name}"'))).one() for name in names
        ]
        return {name: (int(count), int(newest or 0)) for name, (count, newest) in zip(names, counts, strict=True)}
