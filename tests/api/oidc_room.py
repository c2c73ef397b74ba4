"""An installation with an OpenID Connect provider, and a browser that sets out for it."""

import re
from collections.abc import Iterator
from html import unescape
from uuid import uuid4

import pytest
from sqlalchemy import text

from service.core import settings
from service.core.db import Sessions, transaction
from service.people import oidc
from service.people.oidc_rules import Identity
from service.people.usecases import actor_for_person
from tests.api.conftest import Client
from tests.cast import Cast
from tests.make import provider as providers
from tests.make.provider import CLIENT, SECRET, Provider

OWN = {"sec-fetch-site": "same-origin"}
RETURN = "/sign-in/provider/return"


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider that this installation knows."""
    with providers.running() as made:
        monkeypatch.setenv("RAYMI_OIDC_ISSUER", made.issuer)
        monkeypatch.setenv("RAYMI_OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("RAYMI_OIDC_CLIENT_SECRET", SECRET)
        monkeypatch.setenv("RAYMI_OIDC_NAME", "ID Municipal")
        settings.load.cache_clear()
        yield made
    monkeypatch.undo()
    settings.load.cache_clear()


@pytest.fixture
async def linked(provider: Provider, api_sessions: Sessions, cast: Cast) -> str:
    """The subject of an account that the mayor has linked."""
    subject = f"mayor-{uuid4()}"
    async with transaction(api_sessions) as session:
        actor = await actor_for_person(session, cast.mayor.person_id)
        await oidc.link(session, actor, oidc.Returned(Identity(provider.issuer, subject, False), actor.person_id))
    return subject


async def set_out(browser: Client) -> str:
    """Press the button; where the browser goes."""
    answer = await browser.post("/sign-in/provider", headers=OWN)
    assert answer.status_code == 200, answer.text
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
    assert found
    return unescape(found[1])


async def count(sessions: Sessions, table: str) -> int:
    """How many rows a table has."""
    async with transaction(sessions) as session:
        return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # names of ours
