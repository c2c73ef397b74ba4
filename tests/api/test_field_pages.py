"""Over HTTP: a code is answered once and kept nowhere, the public page counts attempts, JSON does what the pages do."""

from uuid import uuid4

import httpx
import pytest
from sqlalchemy import text

from service.applications.models import Application
from service.contests.models import Contest
from service.core.db import Sessions, transaction
from service.people.group_usecases import families_of
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.applications import file_application, make_eligible
from tests.make.contests import make_contest

API = "/api/v1"


@pytest.fixture
async def contest(api_sessions: Sessions, cast: Cast) -> Contest:
    async with transaction(api_sessions) as session:
        return await make_contest(session, cast, "pdn-first")


@pytest.fixture
async def waiting(api_sessions: Sessions, cast: Cast, contest: Contest) -> Application:
    """An application that its group has not confirmed."""
    async with transaction(api_sessions) as session:
        return await file_application(session, cast, contest, confirmed=False)


async def issued(secretary: Client, application: Application, key: str) -> httpx.Response:
    return await secretary.post(f"{API}/applications/{application.id}/confirmation-code", headers={"idempotency-key": key})


async def test_a_code_is_answered_once_and_not_kept_with_the_answer(
    signed_in: SignedIn, api_sessions: Sessions, waiting: Application
) -> None:
    key = uuid4().hex
    async with signed_in("secretary") as secretary:
        first, again = await issued(secretary, waiting, key), await issued(secretary, waiting, key)
    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["title"] == "ShownOnce"
    async with api_sessions() as session:
        kept = await session.scalar(text("SELECT body FROM idempotency_key WHERE key = :key"), {"key": key})
        codes = text("SELECT count(*) FROM confirmation_code WHERE application_id = :id")
        assert (kept, await session.scalar(codes, {"id": waiting.id})) == (b"", 1)


async def test_wrong_attempts_of_a_stranger_are_counted_and_the_right_one_confirms(
    signed_in: SignedIn, stranger: Client, api_sessions: Sessions, waiting: Application
) -> None:
    async with signed_in("secretary") as secretary:
        code = (await issued(secretary, waiting, uuid4().hex)).json()["code"]
        wrong = code[:7] + "222222-222222"
        page = await stranger.post("/confirm", data={"application": waiting.code, "code": wrong})
        unknown = await stranger.post("/confirm", data={"application": waiting.code, "code": "222222-222222-222222"})
        empty = await stranger.post("/confirm", data={})
        program = await stranger.post(f"{API}/confirmations", json={"application": waiting.code, "code": wrong})
        async with api_sessions() as session:
            counted = text("SELECT attempts FROM confirmation_code WHERE application_id = :id")
            assert await session.scalar(counted, {"id": waiting.id}) == 2
        done = await stranger.post(f"{API}/confirmations", json={"application": waiting.code, "code": code})
        found = await secretary.post(f"{API}/applications/{waiting.id}/eligibility", json={"eligible": True})
    assert [each.status_code for each in (page, unknown, empty, program)] == [422] * 4
    assert program.json()["title"] == "WrongSlipCode"
    assert (done.status_code, done.json()) == (201, {"application": waiting.code})
    assert (found.status_code, found.json()["outcome"]) == (201, "eligible")


async def test_presence_is_entered_closed_and_read_over_json(
    signed_in: SignedIn, api_sessions: Sessions, cast: Cast, contest: Contest
) -> None:
    async with transaction(api_sessions) as session:
        application = await make_eligible(session, cast, contest, present=None)
        families = await families_of(session, application.group_id)
    dni, person = families[0].head.dni, families[1].head.id
    path = f"{API}/applications/{application.id}/presence"
    async with signed_in("promoter") as promoter, signed_in("auditor") as auditor:
        answers = await promoter.post(f"{path}/entries", json={"person_ids": [str(person)], "dnis": f"{dni}, 1"})
        gone = await promoter.post(f"{path}/take-back", json={"person_id": str(person), "reason": "Era otra persona"})
        silent = await promoter.post(f"{path}/take-back", json={"person_id": str(person), "reason": ""})
        closed = await promoter.post(f"{path}/closing")
        late = await promoter.post(f"{path}/entries", json={"dnis": dni})
        found = (await promoter.get(path)).json()
        hidden = await auditor.get(path)
        typed = await promoter.post(path, json={"present": 3, "total": 3})
    assert [each["answer"] for each in answers.json()] == ["presence_entered", "not_a_dni"]
    assert (gone.status_code, silent.status_code, late.status_code, hidden.status_code) == (204, 422, 409, 404)
    assert {key: closed.json()[key] for key in ("check_number", "present", "families")} == {
        "check_number": 1,
        "present": 1,
        "families": 3,
    }
    assert (found["open"], found["families_present"], len(found["roll"])) == (False, 1, 6)
    assert typed.status_code == 403  # a share is typed by who decides on papers, and not once it is counted


@pytest.mark.parametrize(
    "given", [{"dnis": "\x00"}, {"person_ids": ["x"]}, {"dnis": "9" * 30_000}, {"person_ids": [str(uuid4())]}]
)
async def test_bad_input_is_refused_and_leaves_nothing(
    signed_in: SignedIn, api_sessions: Sessions, cast: Cast, contest: Contest, given: dict[str, object]
) -> None:
    async with transaction(api_sessions) as session:
        application = await make_eligible(session, cast, contest, present=None)
    async with signed_in("promoter") as promoter:
        refused = await promoter.post(f"{API}/applications/{application.id}/presence/entries", json=given)
    assert refused.status_code == 422
    async with api_sessions() as session:
        rows = text("SELECT count(*) FROM presence_check WHERE application_id = :id")
        assert await session.scalar(rows, {"id": application.id}) == 0
