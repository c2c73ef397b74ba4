"""The analysis over HTTP: figures for the office once a contest is tallied, a page that draws them, and nothing for a juror."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx
import pytest

from api.deps import COOKIE
from service.core.db import Session, Sessions, transaction
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.applications import budget_in, make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import lock, make_panel

BOOK = {
    "format": "raymi-rules/1",
    "title": "Bolsa",
    "currency": "PEN",
    "stages": [
        {
            "code": "single",
            "label": {"es": "Exposición", "en": "Hearing"},
            "criteria": [{"code": "voice", "kind": "points", "max": "100", "label": {"es": "Claridad"}}],
        }
    ],
    "decision": {"mode": "pass_mark", "mark": "70", "purse": "10000.00"},
    "ties": [{"by": "filed_at"}],
}
SCORES = {"A": ("90", "90", "30"), "B": ("70", "71", "69"), "C": ("72", "80", "79")}
"""J1, J2 and the mayor, J3: means 70, 70 and 77; the purse pays C and then A, who was filed before B."""


@dataclass(frozen=True)
class Heard:
    """A contest and the session that hears it."""

    contest: UUID
    session: UUID


async def play(session: Session, cast: Cast, *, tallied: bool, chair_scores: bool = True) -> Heard:
    """A contest with these sheets, in a session that is tallied or still goes on; the mayor is its chair, and the third juror."""
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast, "pdn-first", book=BOOK)
    entries = {
        code: await make_eligible(session, cast, contest, code=code, **budget_in("5000.00").model_dump()) for code in SCORES
    }
    seats = {juror: ["single"] for juror in ("J1", "J2", "J3")}
    panel = await make_panel(session, cast, contest, seats, *cast.jurors[:2], cast.mayor if chair_scores else cast.jurors[2])
    row = await make_open_session(session, cast, committee, contest)
    for code, application in entries.items():
        for juror, score in zip(panel.values(), SCORES[code], strict=True):
            await lock(session, juror, application, "single", {"voice": score})
    if tallied:
        await tally_all(session, cast, row)
    return Heard(contest.id, row.id)


@pytest.fixture(scope="module")
async def tallied(api_sessions: Sessions, cast: Cast) -> Heard:
    """A tallied contest, not announced."""
    async with transaction(api_sessions) as session:
        return await play(session, cast, tallied=True)


@pytest.fixture(scope="module")
async def chaired(api_sessions: Sessions, cast: Cast) -> Heard:
    """A tallied contest whose chair is no juror of it."""
    async with transaction(api_sessions) as session:
        return await play(session, cast, tallied=True, chair_scores=False)


@pytest.fixture(scope="module")
async def running(api_sessions: Sessions, cast: Cast) -> Heard:
    """A contest whose sheets are all locked and not tallied."""
    async with transaction(api_sessions) as session:
        return await play(session, cast, tallied=False)


async def test_the_office_reads_exact_figures(signed_in: SignedIn, tallied: Heard) -> None:
    """Median: A 90, B 70, C 79: A first, C second, as before. Without J1 A has 60 and falls; without J2 likewise; without J3 A has
    90, B 70.5 and C 76: nothing changes. B stands on the mark, but without a share of the purse; A on it, with one."""
    async with signed_in("promoter") as client:
        answer = await client.get(f"/api/v1/contests/{tallied.contest}/analysis")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["announced"], found["provisional"]) == (False, False)
    assert [(each["method"], each["drop"]) for each in found["methods"]] == [
        ("mean", 0),
        ("median", 0),
        ("trimmed", 1),
        ("centred", 0),
    ]
    without = {
        each["juror"]: {flip["application"]: flip["other_status"] for flip in each["flips"]} for each in found["without_juror"]
    }
    assert without == {"J1": {"A": "not_approved", "B": "approved"}, "J2": {"A": "not_approved", "B": "not_approved"}, "J3": {}}
    (stage,) = found["agreement"]
    assert stage["totals"]["A"] == {"J1": "90", "J2": "90", "J3": "30"}
    leanings = {each["juror"]: (each["lean"], each["outlying"]) for each in stage["jurors"]}
    assert leanings["J3"] == ("-39/2", True)
    assert {each["change"] for each in found["smallest_changes"]} == {"0"}
    shared = found["equal_shares"]
    assert (shared["purse"], shared["jurors"]) == ("10000.00", 3)
    assert [(line["application"], line["given"]) for line in shared["lines"]] == [
        ("C", "5000.00"),
        ("A", "5000.00"),
        ("B", "0.00"),
    ]


async def test_before_the_tally_there_is_no_analysis(signed_in: SignedIn, running: Heard) -> None:
    async with signed_in("secretary") as client:
        answer = await client.get(f"/api/v1/contests/{running.contest}/analysis")
    assert (answer.status_code, answer.json()["title"]) == (409, "NotTallied")


async def test_a_juror_finds_nothing_before_or_after_the_tally(signed_in: SignedIn, running: Heard, tallied: Heard) -> None:
    async with signed_in("mayor") as client:
        answers = [
            await client.get(f"/api/v1/contests/{each}/analysis") for each in (running.contest, tallied.contest, uuid4())
        ]
    assert {(answer.status_code, answer.json()["title"], answer.json()["detail"]) for answer in answers} == {
        (404, "NotFound", answers[2].json()["detail"])
    }


async def read(transport: httpx.ASGITransport, token: str, path: str, language: str = "en") -> httpx.Response:
    """A page as a signed-in person reads it."""
    headers = {"accept-language": language}
    async with Client(transport=transport, base_url="http://raymi.test", cookies={COOKIE: token}, headers=headers) as client:
        return await client.get(path)


async def test_the_page_draws_the_sheets_without_scripts(
    transport: httpx.ASGITransport, tokens: dict[str, str], tallied: Heard
) -> None:
    answer = await read(transport, tokens["secretary"], f"/contests/{tallied.contest}/analysis")
    assert answer.status_code == 200
    page = answer.text
    assert "<script" not in page.partition("<main")[2].partition("</main>")[0]
    assert page.count("<svg") == 2
    assert page.count("<circle") == 18
    assert page.count('<circle class="marked"') == 6
    assert "<title>J3: 30.00</title>" in page
    assert "Nothing would change with: Mean of all; Median; Without the highest and the lowest" in page
    assert '<td data-label="Each of these jurors">J1, J2, J3</td>' in page
    for said in (
        "Hearing · Agreement of the jurors",
        "any fall, however small",
        "far from the others",
        "By equal shares",
        "5,000.00",
    ):
        assert said in page
    assert "Not announced yet: keep what you see here to yourself." in page


async def test_the_page_speaks_spanish(transport: httpx.ASGITransport, tokens: dict[str, str], tallied: Heard) -> None:
    page = (await read(transport, tokens["head"], f"/contests/{tallied.contest}/analysis", "es")).text
    for said in ("Exposición · Acuerdo entre los jurados", "Nada cambiaría", "La bolsa por partes iguales", "cualquier baja"):
        assert said in page


async def test_a_juror_gets_no_page_and_the_session_leads_only_the_office_there(
    transport: httpx.ASGITransport, tokens: dict[str, str], tallied: Heard, running: Heard
) -> None:
    path = f"/contests/{tallied.contest}/analysis"
    assert (await read(transport, tokens["mayor"], path)).status_code == 404
    assert (await read(transport, tokens["head"], f"/contests/{running.contest}/analysis")).status_code == 409
    assert path in (await read(transport, tokens["head"], f"/sessions/{tallied.session}")).text
    assert path not in (await read(transport, tokens["mayor"], f"/sessions/{tallied.session}")).text


async def test_a_chair_who_is_no_juror_finds_the_analysis_from_the_session_and_no_tally_there(
    transport: httpx.ASGITransport, tokens: dict[str, str], chaired: Heard
) -> None:
    path = f"/contests/{chaired.contest}/analysis"
    page = (await read(transport, tokens["mayor"], f"/sessions/{chaired.session}")).text
    assert path in page
    assert "77.00" not in page
    assert "77.00" in (await read(transport, tokens["mayor"], path)).text
