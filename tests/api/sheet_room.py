"""A contest with jurors at their sheets, for tests through the pages and over JSON."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from uuid import uuid4

import httpx

from api.deps import COOKIE
from service.applications.models import Application
from service.contests.models import Contest
from service.core.db import Sessions, transaction
from service.scoring import usecases
from tests.api.conftest import Client, FreshKeys
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.people import PASSWORD, make_committee, make_sign_in, sign_in
from tests.make.scoring import NO_CONFLICT, best_scores, make_panel, open_stages

_names = count(1)


@dataclass(frozen=True)
class Room:
    """An open contest of one stage (IDL, eleven criteria) with jurors J1 to J3; J1 has declared and can sign in."""

    contest: Contest
    application: Application
    best: dict[str, str]
    token: str
    transport: httpx.ASGITransport

    @property
    def page(self) -> str:
        """The address of J1's sheet."""
        return f"/applications/{self.application.id}/sheets/single"

    @asynccontextmanager
    async def browser(self, token: str | None = None) -> AsyncIterator[Client]:
        """J1 (or whose token it is) at a browser."""
        headers = {"origin": "http://raymi.test"}
        cookies = {COOKIE: token or self.token}
        async with Client(transport=self.transport, base_url="http://raymi.test", cookies=cookies, headers=headers) as client:
            yield client

    @asynccontextmanager
    async def program(self, token: str | None = None) -> AsyncIterator[Client]:
        """J1 (or whose token it is) over JSON."""
        auth = FreshKeys(token or self.token)
        async with Client(transport=self.transport, base_url="http://raymi.test/api/v1", auth=auth) as client:
            yield client


async def make_room(api_sessions: Sessions, transport: httpx.ASGITransport, cast: Cast) -> Room:
    """A room of its own for a test: committed."""
    async with transaction(api_sessions) as session:
        await make_committee(session, cast)
        contest = await make_contest(session, cast, "idl-first")
        application = await make_eligible(session, cast, contest)
        panel = await make_panel(session, cast, contest)
        await open_stages(session, cast, contest)
        await usecases.declare_conflict(session, panel["J1"], application.id, NO_CONFLICT)
        book = (await usecases.book_of(session, contest.id)).book
        name = f"juror-{next(_names)}"
        await make_sign_in(session, cast, panel["J1"], name)
        token = await sign_in(session, name, PASSWORD)
        return Room(contest, application, best_scores(book.stages["single"]), token, transport)


def form(**values: str) -> dict[str, str]:
    """A form with a key of its own."""
    return {"_key": uuid4().hex, **values}
