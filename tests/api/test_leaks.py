"""Nothing of a contest leaks before its time: every reader at every door in every phase, allowed or the exact refusal."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from service.core.db import Session, Sessions, transaction
from tests.api.conftest import Client, SignedIn
from tests.api.test_analysis import BOOK, SCORES
from tests.cast import Cast
from tests.make.applications import budget_in, make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import announce, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import lock, make_panel

OFFICE = {"programme", "head", "secretary", "administrator", "treasurer", "promoter", "auditor"}
SHEET_READERS = {"programme", "head", "secretary", "auditor"}
JURORS = {"mayor", "second_officer"}
"""The mayor is juror and chair; the second officer is juror, and administrator and secretary of the office."""

NOBODY: set[str] = set()
EVERYBODY = OFFICE | JURORS | {"nobody"}
SECRETS = ("Julia Arapa Kana", "77.00", "70.00", "231/3")
"""A juror's name and what the sheets come to, which no answer holds that is refused or comes too early."""

DOORS = {
    "ranking": "/api/v1/contests/{contest}/ranking",
    "tally": "/api/v1/sessions/{session}/tally",
    "analysis": "/api/v1/contests/{contest}/analysis",
    "sheets": "/api/v1/applications/{application}/sheets/single/locked",
    "seats": "/api/v1/contests/{contest}/seats",
    "panel": "/api/v1/sessions/{session}/panel",
    "result": "/api/v1/applications/{application}/result",
    "bundle": "/api/v1/contests/{contest}/bundle",
    "wall": "/api/v1/sessions/{session}/wall",
    "contest": "/api/v1/contests/{contest}",
}
BEFORE = {  # scored and tallied, not announced
    "ranking": NOBODY,
    "tally": OFFICE,
    "analysis": OFFICE,
    "sheets": SHEET_READERS,
    "seats": OFFICE | JURORS,
    "panel": OFFICE | JURORS,
    "result": NOBODY,
    "bundle": NOBODY,
    "wall": EVERYBODY,
    "contest": EVERYBODY,
}
AFTER = {  # announced
    "ranking": EVERYBODY,
    "tally": OFFICE | JURORS,
    "analysis": OFFICE | {"second_officer"},
    "sheets": SHEET_READERS | JURORS,
    "seats": OFFICE | JURORS,
    "panel": OFFICE | JURORS,
    "result": EVERYBODY,
    "bundle": EVERYBODY,
    "wall": EVERYBODY,
    "contest": EVERYBODY,
}


@dataclass(frozen=True)
class Heard:
    """A contest, the session that hears it, and one of its applications."""

    contest: UUID
    session: UUID
    application: UUID


async def play(session: Session, cast: Cast, *, announced: bool) -> Heard:
    """A tallied contest: J1, the second officer and the mayor scored it."""
    judging = (cast.jurors[0], cast.second_officer, cast.mayor)
    committee = await make_committee(session, cast, members=judging[:2])
    contest = await make_contest(session, cast, "pdn-first", book=BOOK)
    entries = {
        code: await make_eligible(session, cast, contest, code=code, **budget_in("5000.00").model_dump()) for code in SCORES
    }
    panel = await make_panel(session, cast, contest, {juror: ["single"] for juror in ("J1", "J2", "J3")}, *judging)
    row = await make_open_session(session, cast, committee, contest, members=judging[:2])
    for code, application in entries.items():
        for juror, score in zip(panel.values(), SCORES[code], strict=True):
            await lock(session, juror, application, "single", {"voice": score})
    await tally_all(session, cast, row)
    if announced:
        await announce(session, cast, row)
    return Heard(contest.id, row.id, entries["C"].id)


@pytest.fixture(scope="module")
async def before(api_sessions: Sessions, cast: Cast) -> Heard:
    """Tallied, not announced."""
    async with transaction(api_sessions) as session:
        return await play(session, cast, announced=False)


@pytest.fixture(scope="module")
async def after(api_sessions: Sessions, cast: Cast) -> Heard:
    """Announced."""
    async with transaction(api_sessions) as session:
        return await play(session, cast, announced=True)


async def readers(stranger: Client, signed_in: SignedIn, heard: Heard, door: str, secrets: tuple[str, ...]) -> set[str]:
    """Who finds something behind a door; what the others get holds none of the secrets."""
    path = DOORS[door].format(**vars(heard))
    found = set()
    for name in sorted(EVERYBODY):
        if name == "nobody":
            answer = await stranger.get(path)
        else:
            async with signed_in(name) as client:
                answer = await client.get(path)
        if answer.status_code == 200 and answer.content != b"[]":
            found.add(name)
        else:
            assert answer.status_code in (200, 401, 403, 404, 409), (name, answer.status_code)
            assert not [secret for secret in SECRETS if secret in answer.text], (name, answer.text)
        assert not [secret for secret in secrets if secret in answer.text], (name, answer.text)
    return found


@pytest.mark.parametrize("door", DOORS)
async def test_before_the_announcement(stranger: Client, signed_in: SignedIn, before: Heard, door: str) -> None:
    open_to_all = BEFORE[door] == EVERYBODY
    assert await readers(stranger, signed_in, before, door, SECRETS if open_to_all else ()) == BEFORE[door]


@pytest.mark.parametrize("door", DOORS)
async def test_after_the_announcement(stranger: Client, signed_in: SignedIn, after: Heard, door: str) -> None:
    open_to_all = AFTER[door] == EVERYBODY
    assert await readers(stranger, signed_in, after, door, SECRETS[:1] if open_to_all else ()) == AFTER[door]


async def test_the_calendar_of_a_call_says_what_the_reader_may_do_in_each_phase(
    stranger: Client, signed_in: SignedIn, after: Heard
) -> None:
    call = (await stranger.get(DOORS["contest"].format(**vars(after)))).json()["call_id"]
    path = f"/api/v1/calls/{call}/calendar"
    public = {row["phase"]: row for row in (await stranger.get(path)).json()}
    assert [phase for phase, row in public.items() if row["current"]] == ["open"]
    assert {phase: row["acts"] for phase, row in public.items()} == {
        "draft": [],
        "upcoming": ["read_contest"],
        "open": ["read_contest"],
        "closed": ["read_contest"],
        "tallied": ["read_contest"],
        "announced": ["read_contest", "read_result"],
        "decided": ["read_contest", "read_result", "read_contest_ledger"],
    }
    async with signed_in("promoter") as client:
        rows = {row["phase"]: row for row in (await client.get(path)).json()}
    assert "file_application" in rows["open"]["acts"]
    assert "file_application" not in rows["closed"]["acts"]
    async with signed_in("mayor") as client:
        rows = {row["phase"]: row for row in (await client.get(path)).json()}
    assert ("fill_sheet" in rows["closed"]["acts"], "read_sheets" in rows["closed"]["acts"]) == (True, False)
    assert "read_sheets" in rows["announced"]["acts"]
