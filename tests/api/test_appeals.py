"""Checks and appeals over HTTP: by the pages' forms inside a session, and by JSON after the minutes."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
from sqlalchemy import event

from api.deps import COOKIE
from service.core.db import Sessions, transaction
from service.deliberation import usecases
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make import appeals as make
from tests.make.deliberation import make_announced, make_open_session, tally_all
from tests.make.people import PASSWORD, make_committee, make_sign_in, sign_in
from tests.make.scoring import Played, play_bundle

API = "/api/v1"
PANEL = ("programme", "administrator", "treasurer")


class Browser:
    """A cast member's browser, which sends forms with a fresh key."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def see(self, path: str) -> str:
        """A page's text."""
        answer = await self.client.get(path)
        assert answer.status_code == 200, answer.text[:500]
        return answer.text

    async def send(self, path: str, **fields: object) -> httpx.Response:
        """What a form answers."""
        return await self.client.post(path, data={"_key": uuid4().hex, **fields})


@asynccontextmanager
async def browser(transport: httpx.ASGITransport, token: str) -> AsyncIterator[Browser]:
    """Somebody's browser."""
    headers = {"sec-fetch-site": "same-origin", "accept-language": "en"}
    async with Client(transport=transport, base_url="http://raymi.test", cookies={COOKIE: token}, headers=headers) as client:
        yield Browser(client)


async def token_of_juror(api_sessions: Sessions, cast: Cast) -> str:
    """A juror who can sign in."""
    async with transaction(api_sessions) as session:
        name = f"juror-{uuid4().hex[:8]}"
        await make_sign_in(session, cast, cast.jurors[2], name)
        return await sign_in(session, name, PASSWORD)


async def test_a_ranking_is_checked_off_on_its_page_before_it_is_announced(
    api_sessions: Sessions, transport: httpx.ASGITransport, tokens: dict[str, str], cast: Cast, stranger: Client
) -> None:
    async with transaction(api_sessions) as session:
        committee = await make_committee(session, cast)
        played = await play_bundle(session, cast, "plans-purse")
        row = await make_open_session(session, cast, committee, played.contest)
        await tally_all(session, cast, row)
        run = await usecases.latest_run(session, played.contest.id)
        assert run is not None
    async with browser(transport, tokens["secretary"]) as secretary, browser(transport, tokens["head"]) as head:
        page = await secretary.see(f"/sessions/{row.id}")
        assert f"/runs/{run.id}" in page
        early = await secretary.send(f"/sessions/{row.id}/announcement", _button="1")
        own = await secretary.send(f"/runs/{run.id}/check")
        seen = await head.see(f"/runs/{run.id}")
        task = await head.see("/")
        done = await head.send(f"/runs/{run.id}/check")
        after = await head.see(f"/runs/{run.id}")
        announced = await secretary.send(f"/sessions/{row.id}/announcement", _button="1")
    assert (early.status_code, own.status_code, done.status_code, announced.status_code) == (409, 403, 303, 303)
    assert "A second person has not checked off the result" in early.text
    assert "You ran this ranking. A second person checks it off." in own.text
    assert "Judged anew, the contest gives this very result." in seen
    assert "Check a ranking off, as a second person" in task
    assert run.inputs_sha256 in seen.replace("<wbr>", "")
    assert "A second person has checked this ranking off." in after
    assert (await stranger.get(f"/runs/{run.id}")).status_code == 200


@dataclass(frozen=True)
class Way:
    """What the steps of an appeal through the pages stand on."""

    transport: httpx.ASGITransport
    tokens: dict[str, str]
    api_sessions: Sessions
    cast: Cast
    played: Played
    session_id: UUID

    def as_(self, name: str) -> AbstractAsyncContextManager[Browser]:
        """A cast member's browser."""
        return browser(self.transport, self.tokens[name])


async def file_by_form(way: Way) -> str:
    """The promoter files A's appeal; where its page is."""
    here = f"/applications/{way.played.applications['A'].id}"
    async with way.as_("promoter") as promoter:
        sheet = await promoter.see(f"{here}/result")
        assert "If you think this result is wrong, you can appeal it until the end of" in sheet
        empty = await promoter.send(f"{here}/appeal", ground="")
        filed = await promoter.send(f"{here}/appeal", ground="Dijo nueve y anotó ocho")
        twice = await promoter.send(f"{here}/appeal", ground="Otra vez")
    assert (empty.status_code, filed.status_code, twice.status_code) == (422, 303, 409)
    return filed.headers["location"]


async def hear_by_form(way: Way, here: str) -> str:
    """The head names the panel, which upholds two to one; where the remedy is."""
    juror = str(way.cast.jurors[2].person_id)
    people = [str(getattr(way.cast, name).person_id) for name in PANEL]
    async with way.as_("head") as head:
        assert here in await head.see(f"/sessions/{way.session_id}/appeals")
        offered = re.findall(r'name="person_ids" value="([0-9a-f-]+)"', await head.see(here))
        assert set(people) <= set(offered)
        tied = ("head", "secretary", "promoter")  # who checked, ran and filed it
        assert not {str(getattr(way.cast, name).person_id) for name in tied} & set(offered)
        wrong = await head.send(f"{here}/panel", person_ids=[*people[:2], juror])
        named = await head.send(f"{here}/panel", person_ids=people)
    assert (wrong.status_code, named.status_code) == (422, 303)
    assert "Justina Callo Merma cannot hear this appeal" in wrong.text
    for name in PANEL:
        async with way.as_(name) as member:
            assert "Give your opinion on an appeal" in await member.see("/")
            vote = {"uphold": "on"} if name != "treasurer" else {}
            assert (await member.send(f"{here}/opinion", reason="Se oye", **vote)).status_code == 303
    async with way.as_("treasurer") as dissenter, way.as_("programme") as member:
        fields = {"reason": "Se oye nueve", "remedies.0.kind": "sheet", "remedies.0.person_id": juror}
        whole = {**fields, "remedies.0.stage": "public"}
        answers = [await dissenter.send(f"{here}/ruling", **whole), await member.send(f"{here}/ruling", **fields)]
        answers.append(await member.send(f"{here}/ruling", **whole))
        remedy = re.search(r"/remedies/[0-9a-f-]+", await member.see(here))
    assert [answer.status_code for answer in answers] == [403, 422, 303]
    assert remedy is not None
    return remedy[0]


async def correct_by_form(way: Way, remedy: str) -> None:
    """The juror corrects the sheet that the ruling opened."""
    async with browser(way.transport, await token_of_juror(way.api_sessions, way.cast)) as third:
        assert "Correct your sheet, as an appeal was upheld" in await third.see("/")
        assert "Put the corrected sheet in place" in await third.see(remedy)
        scores = make.scores_of(way.played, "A", "public", "J3", in_map="9").scores
        bad = await third.send(f"{remedy}/sheet", **{**scores, "in_map": "11"})
        good = await third.send(f"{remedy}/sheet", **scores)
    assert (bad.status_code, 'value="11"' in bad.text, good.status_code) == (422, True, 303)


async def test_an_appeal_goes_its_way_by_forms_alone_inside_a_session(
    api_sessions: Sessions, transport: httpx.ASGITransport, tokens: dict[str, str], cast: Cast
) -> None:
    async with transaction(api_sessions) as session:
        played, row, _ = await make_announced(session, cast, "plans-purse", "25000.00")
    way = Way(transport, tokens, api_sessions, cast, played, row.id)
    here = await file_by_form(way)
    await correct_by_form(way, await hear_by_form(way, here))
    async with way.as_("secretary") as secretary, way.as_("head") as head:
        blocked = await secretary.send(f"/sessions/{row.id}/minutes", _button="1")
        assert (await secretary.send(f"{here}/ranking")).status_code == 303
        run = re.findall(r"/runs/[0-9a-f-]+", await secretary.see(here))[0]
        assert (await head.send(f"{run}/check")).status_code == 303
        shown = await secretary.see(here)
        assert (await secretary.send(f"{here}/announcement")).status_code == 303
        contest = await secretary.see(f"/contests/{played.contest.id}")
        closed = await secretary.send(f"/sessions/{row.id}/minutes", _button="1")
        minutes = await secretary.see(f"/minutes/{row.id}")
    assert (blocked.status_code, closed.status_code) == (409, 303)
    assert "The appeal of A is not settled yet" in blocked.text
    assert "What the new ranking changes" in shown
    assert "15,333.33" in shown
    assert contest.count("See this ranking") == 2
    assert "Dijo nueve y anotó ocho" in minutes
    async with Client(transport=transport, base_url="http://raymi.test", headers={"accept-language": "en"}) as nobody:
        told = await nobody.get(f"/applications/{played.applications['A'].id}/result")
        wall = await nobody.get(f"/sessions/{row.id}/wall")
        hidden = await nobody.get(here)
    assert "the panel upheld the appeal: what you see is the corrected result" in told.text
    assert "appeal" not in wall.text.lower()
    assert (hidden.status_code, hidden.headers["location"]) == (303, f"/sign-in?to={here}")


async def upheld_by_json(signed_in: SignedIn, cast: Cast, item: UUID) -> str:
    """An appeal filed, heard and upheld, which takes juror J3 out; its address."""
    async with signed_in("promoter") as client:
        appeal = (await client.post(f"{API}/applications/{item}/appeals", json={"ground": "Está mal"})).json()
    here = f"{API}/appeals/{appeal['id']}"
    async with signed_in("head") as client:
        people = [str(getattr(cast, name).person_id) for name in PANEL]
        short = await client.post(f"{here}/panel", json={"person_ids": people[:2]})
        assert (short.status_code, short.json()["title"]) == (422, "PanelNotOdd")
        assert (await client.post(f"{here}/panel", json={"person_ids": people})).status_code == 201
    for name in PANEL:
        async with signed_in(name) as client:
            assert (await client.post(f"{here}/opinion", json={"uphold": True, "reason": "Se oye"})).status_code == 201
    async with signed_in("programme") as client:
        juror = str(cast.jurors[2].person_id)
        ruling = {"reason": "Recusado", "remedies": [{"kind": "recusal", "person_id": juror}]}
        ruled = (await client.post(f"{here}/ruling", json=ruling)).json()
    assert (ruled["upheld"], [each["used"] for each in ruled["remedies"]]) == (True, [True])
    return here


async def test_a_resolution_goes_its_way_by_json_after_the_minutes(
    api_sessions: Sessions, signed_in: SignedIn, cast: Cast, stranger: Client
) -> None:
    async with transaction(api_sessions) as session:
        played, row, _ = await make_announced(session, cast, "plans-purse", "25000.00")
        await usecases.close_minutes(session, cast.secretary, row.id)
        for member in [cast.mayor, *cast.jurors]:
            await usecases.sign_minutes(session, member, row.id)
    time = (await stranger.get(f"{API}/contests/{played.contest.id}/appeal-time")).json()
    assert (time["is_over"], len(time["until"])) == (False, 10)
    here = await upheld_by_json(signed_in, cast, played.applications["A"].id)
    async with signed_in("secretary") as client:
        early = await client.post(f"{here}/resolution")
        assert (early.status_code, early.json()["title"]) == (409, "NotRankedAgain")
        run = (await client.post(f"{here}/ranking")).json()
    assert (await stranger.get(f"{API}/runs/{run['id']}")).status_code == 404
    async with signed_in("head") as client:
        seen = (await client.get(f"{API}/runs/{run['id']}")).json()
        assert (seen["same"], seen["may_check"]) == (True, True)
        packed = await client.get(f"{API}/runs/{run['id']}/bundle")
        assert packed.headers["content-type"] == "application/zip"
        assert (await client.post(f"{API}/runs/{run['id']}/check")).status_code == 201
    async with signed_in("secretary") as client:
        in_session = await client.post(f"{here}/announcement")
        assert in_session.json()["title"] == "MinutesAreClosed"
        assert (await client.post(f"{here}/resolution")).json()["number"].endswith("-SICUANI")
    for name in PANEL:
        async with signed_in(name) as client:
            assert (await client.post(f"{here}/signature")).status_code == 201
    async with signed_in("auditor") as client:
        view = (await client.get(here)).json()
        (listed,) = (await client.get(f"{API}/sessions/{row.id}/appeals")).json()
    assert (view["appeal"]["status"], view["announced"], len(view["signed"])) == ("carried_out", True, 3)
    assert listed == view["appeal"]
    told = (await stranger.get(f"{API}/applications/{played.applications['A'].id}/result")).json()
    assert (told["appeals"], told["appeal_until"]) == (["carried_out"], time["until"])
    ranking = (await stranger.get(f"{API}/contests/{played.contest.id}/ranking")).json()
    # without J3 the public stage of A is the mean of 41 and 42
    line = next(each for each in ranking["lines"] if each["code"] == "A")
    assert (line["stages"], line["total_shown"]) == ({"field": "85/2", "public": "83/2"}, "84.00")
    assert {each["inputs_sha256"] for each in (told, ranking)} == {run["inputs_sha256"]}


async def test_who_has_no_part_in_it_sees_no_appeal(api_sessions: Sessions, signed_in: SignedIn, cast: Cast) -> None:
    async with transaction(api_sessions) as session:
        played, row, _ = await make_announced(session, cast, "plans-purse", "25000.00")
        appeal = await make.file_it(session, cast, played.applications["A"])
    async with signed_in("mayor") as client:
        assert (await client.get(f"{API}/appeals/{appeal.id}")).status_code == 404
        assert (await client.get(f"{API}/sessions/{row.id}/appeals")).status_code == 404
        unknown = await client.post(f"{API}/appeals/{uuid4()}/opinion", json={"reason": "x"})
    assert unknown.status_code == 404


async def test_the_list_of_appeals_takes_the_same_queries_for_three_as_for_one(
    api_sessions: Sessions, transport: httpx.ASGITransport, tokens: dict[str, str], cast: Cast
) -> None:
    async with transaction(api_sessions) as session:
        played, row, _ = await make_announced(session, cast, "plans-purse", "25000.00")
        await make.file_it(session, cast, played.applications["A"])
    counts = []
    async with browser(transport, tokens["secretary"]) as secretary:
        for more in ((), ("B", "C")):
            async with transaction(api_sessions) as session:
                for code in more:
                    await make.file_it(session, cast, played.applications[code])
            with queries_of(api_sessions) as sent:
                page = await secretary.see(f"/sessions/{row.id}/appeals")
            counts.append(len(sent))
            assert page.count('href="/appeals/') == 1 + len(more)
    assert counts[0] == counts[1]


@contextmanager
def queries_of(api_sessions: Sessions) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    engine = api_sessions.kw["bind"].sync_engine
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
