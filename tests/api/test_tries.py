"""Guessing is stopped; nobody is locked out by the guesses of others; what a device carries."""

import asyncio
import contextlib
from uuid import uuid4

import pytest
from httpx import ASGITransport
from sqlalchemy import text

from api import cookies
from api.guesses import FROM_ADDRESS
from service.core.db import Sessions
from service.people import attempts
from service.people.attempts import PER_ADDRESS, PER_NAME, PER_PAIR, Attempt, TooManyTries
from tests.api.conftest import Client, FreshKeys
from tests.cast import Cast
from tests.make.people import PASSWORD

OWN = {"sec-fetch-site": "same-origin"}


async def test_five_wrong_tries_of_a_name_from_an_address_and_the_right_one_waits_too(
    stranger: Client, tokens: dict[str, str], api_sessions: Sessions, cast: Cast
) -> None:
    assert tokens
    wrong = {"user_name": "treasurer", "password": "not this one, no"}
    answers = [await stranger.post("/sign-in", data=wrong, headers=OWN) for _ in range(PER_PAIR)]
    assert [answer.status_code for answer in answers] == [403] * PER_PAIR
    right = await stranger.post("/api/v1/sign-ins", json={"user_name": "treasurer", "password": PASSWORD})
    assert (right.status_code, right.json()["title"]) == (429, "TooManyTries")
    assert 0 < int(right.headers["retry-after"]) <= 900
    page = await stranger.post("/sign-in", data={**wrong, "password": PASSWORD}, headers=OWN)
    assert (page.status_code, page.headers["cache-control"]) == (429, "no-store")
    assert 0 < int(page.headers["retry-after"]) <= 900
    other = await stranger.post("/sign-in", data={"user_name": "auditor", "password": PASSWORD}, headers=OWN)
    assert other.status_code == 303  # the same address, another person
    async with api_sessions() as session:
        leaves = "SELECT count(*) FROM record_leaf WHERE act = 'sign_in.failed' AND subject = :subject"
        failed = await session.scalar(text(leaves), {"subject": f"person:{cast.treasurer.person_id}"})
    assert failed == PER_PAIR  # kept although each request was refused


async def test_a_name_that_nobody_has_is_answered_alike_and_leaves_no_trace_of_what_was_typed(
    stranger: Client, tokens: dict[str, str], api_sessions: Sessions
) -> None:
    assert tokens
    typed = f"typed-{uuid4().hex[:8]}"
    answers = [
        await stranger.post("/api/v1/sign-ins", json={"user_name": name, "password": "not this one, no"})
        for name in (typed, "secretary")
    ]
    bodies = [{key: value for key, value in answer.json().items() if key != "instance"} for answer in answers]
    assert bodies[0] == bodies[1]
    async with api_sessions() as session:
        kept = await session.scalar(
            text("SELECT count(*) FROM record_payload WHERE payload::text LIKE :typed"), {"typed": f"%{typed}%"}
        )
    assert kept == 0


async def fail(sessions: Sessions, attempt: Attempt, times: int) -> None:
    """Wrong tries, as long as they are let."""
    for _ in range(times):
        await attempts.count_try(sessions, attempt)


async def test_guesses_from_many_addresses_are_stopped_and_a_known_device_still_signs_in(api_sessions: Sessions) -> None:
    name = f"juror{uuid4().hex[:8]}"
    for number in range(PER_NAME // PER_PAIR):
        await fail(api_sessions, Attempt(name, f"{name}.{number}"), PER_PAIR)
    with pytest.raises(TooManyTries):
        await attempts.count_try(api_sessions, Attempt(name, "elsewhere"))
    with pytest.raises(TooManyTries):
        await attempts.count_try(api_sessions, Attempt(name, "elsewhere", attempts.mark_of("somebody else")))
    await attempts.count_try(api_sessions, Attempt(name, "elsewhere", attempts.mark_of(name)))


async def test_an_address_of_many_people_takes_many_wrong_tries_and_then_no_more(api_sessions: Sessions) -> None:
    office = f"office-{uuid4().hex[:8]}"
    for number in range(PER_ADDRESS // 2):
        await fail(api_sessions, Attempt(f"{office}-{number}", office), 2)
    with pytest.raises(TooManyTries):
        await attempts.count_try(api_sessions, Attempt(f"{office}-x", office))
    await attempts.count_try(api_sessions, Attempt(f"{office}-0", office, attempts.mark_of(f"{office}-0")))


async def test_a_right_try_clears_the_wrong_ones_before_it(api_sessions: Sessions) -> None:
    attempt = Attempt(f"juror{uuid4().hex[:8]}", uuid4().hex)
    await fail(api_sessions, attempt, PER_PAIR - 1)
    await attempts.give_back(api_sessions, attempt)
    await fail(api_sessions, attempt, PER_PAIR)


async def test_those_who_guess_at_the_same_moment_get_no_more_tries_than_one_after_the_other(
    stranger: Client, tokens: dict[str, str]
) -> None:
    assert tokens
    wrong = {"user_name": f"nobody{uuid4().hex[:8]}", "password": "not this one, no"}
    answers = await asyncio.gather(*(stranger.post("/api/v1/sign-ins", json=wrong) for _ in range(4 * PER_PAIR)))
    titles = [answer.json()["title"] for answer in answers]
    assert (titles.count("WrongSignIn"), titles.count("TooManyTries")) == (PER_PAIR, 3 * PER_PAIR)


async def test_who_guesses_without_end_at_one_name_from_one_address_fills_nothing_for_others(api_sessions: Sessions) -> None:
    office, name = uuid4().hex, f"juror{uuid4().hex[:8]}"
    for _ in range(PER_ADDRESS + PER_NAME):
        with contextlib.suppress(TooManyTries):
            await attempts.count_try(api_sessions, Attempt(name, office))
    await attempts.count_try(api_sessions, Attempt(f"{name}-colleague", office))
    await attempts.count_try(api_sessions, Attempt(name, "elsewhere"))


async def test_wrong_passkeys_of_strangers_lock_nobody_elses_out(api_sessions: Sessions) -> None:
    here, elsewhere = uuid4().hex, uuid4().hex
    await fail(api_sessions, Attempt("", here), PER_ADDRESS)
    with pytest.raises(TooManyTries):
        await attempts.count_try(api_sessions, Attempt("", here))
    await attempts.count_try(api_sessions, Attempt("", elsewhere))


async def test_right_tries_of_a_whole_office_count_for_nothing(api_sessions: Sessions) -> None:
    office = uuid4().hex
    for number in range(PER_ADDRESS + 5):
        attempt = Attempt(f"{office}-{number % 9}", office)
        await attempts.count_try(api_sessions, attempt)
        await attempts.give_back(api_sessions, attempt)


async def test_codes_of_slips_from_one_address_are_counted_on_the_page_and_over_json_together(
    transport: ASGITransport,
) -> None:
    far = ASGITransport(transport.app, client=("203.0.113.9", 1))
    async with Client(transport=far, base_url="http://raymi.test") as guesser:
        for at in range(FROM_ADDRESS):
            path, sent = ("/api/v1/confirmations", "json") if at % 2 else ("/confirm", "data")
            answer = await guesser.post(path, headers=OWN, **{sent: {"application": "X-1", "code": "ABCDEF"}})  # type: ignore[arg-type]  # one of two ways to send
            assert answer.status_code == 422
        spent = await guesser.post("/api/v1/confirmations", json={"application": "X-1", "code": "ABCDEF"})
        assert (spent.status_code, spent.json()["title"]) == (429, "TooManyCodes")
        assert (await guesser.post("/confirm", data={"application": "X-1"}, headers=OWN)).status_code == 429
    async with Client(transport=transport, base_url="http://raymi.test") as honest:
        answer = await honest.post("/api/v1/confirmations", json={"application": "X-1", "code": "ABCDEF"})
        assert (answer.status_code, answer.json()["title"]) == (422, "WrongSlipCode")


async def test_a_token_that_was_there_before_the_sign_in_is_never_taken_over(stranger: Client, tokens: dict[str, str]) -> None:
    assert tokens
    stranger.cookies.set(cookies.PLAIN, "A" * 43)
    answer = await stranger.post("/sign-in", data={"user_name": "administrator", "password": PASSWORD}, headers=OWN)
    given = answer.headers.get_list("set-cookie")
    token = next(each for each in given if each.startswith(cookies.PLAIN))
    assert "A" * 43 not in token
    assert all(part in token for part in ("HttpOnly", "SameSite=lax", "Path=/"))


async def test_over_json_a_code_is_asked_for_and_a_stale_sign_in_is_proved_anew(
    stranger: Client, tokens: dict[str, str], transport: ASGITransport
) -> None:
    without = await stranger.post("/api/v1/sign-ins", json={"user_name": "promoter", "password": PASSWORD})
    assert (without.status_code, without.json()["title"]) == (401, "CodeNeeded")
    async with Client(transport=transport, base_url="http://raymi.test", auth=FreshKeys(tokens["promoter"])) as client:
        wrong = await client.post("/api/v1/sign-ins/current/proof", json={"code": "000000"})
        here = (await client.get("/api/v1/me/sign-ins")).json()
    assert (wrong.status_code, wrong.json()["title"]) == (403, "WrongCode")
    assert [each["here"] for each in here].count(True) == 1
