"""What programs look up: errors by name, changes, what goes away, and what they wrote under their own references."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from unicodedata import normalize
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api import changes
from api.catalogue import KINDS, refusals
from api.changes import Leaving
from service.core.db import Sessions, transaction
from service.core.errors import Refusal
from tests.api.conftest import Client, SignedIn
from tests.api.key_room import made, title
from tests.cast import Cast
from tests.make.funding import make_cofunder, make_fund, pledge_in
from tests.tables import load_tables


def every(root: type[Refusal]) -> set[type[Refusal]]:
    """The product's subclasses, found on another way than the catalogue's."""
    below = {each for each in root.__subclasses__() if each.__module__.split(".")[0] in ("api", "service")}
    return below.union(*(every(each) for each in below))


async def test_every_refusal_has_a_name_of_its_own_and_a_place_in_the_catalogue(stranger: Client) -> None:
    load_tables()
    kinds = every(Refusal) - set(KINDS)
    assert len({each.__name__ for each in kinds}) == len(kinds)
    answer = await stranger.get("/api/v1/errors", headers={"accept-language": "en"})
    listed = {each["name"]: each for each in answer.json()}
    assert set(listed) == {each.__name__ for each in kinds}
    assert listed["KeyReused"] == {
        "name": "KeyReused",
        "status": 422,
        "page": "/errors/KeyReused",
        "detail": "This Idempotency-Key was used for another request. Use a fresh key for each act.",
    }
    assert listed["TooManyRequests"]["status"] == 429
    assert "{" not in answer.text.replace("{", "", answer.text.count('{"name"'))


async def test_the_type_of_a_problem_leads_to_its_page_in_the_readers_language(stranger: Client, signed_in: SignedIn) -> None:
    async with signed_in("promoter") as promoter:
        problem = (await promoter.post("/api/v1/keys", json={"name": "x", "acts": ["read_office"]})).json()
    page = await stranger.get(problem["type"], headers={"accept-language": "es"})
    assert page.status_code == 200
    assert "Solo pueden hacer esto en esta oficina local: …" in page.text
    assert (await stranger.get("/errors/Nonsense")).status_code == 404
    assert (await stranger.get("/developers")).status_code == 200
    assert len(re.findall(r'href="/errors/\w+"', (await stranger.get("/errors")).text)) == len(refusals())


async def test_what_goes_away_is_said_with_every_answer(stranger: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    leaving = Leaving(date(2027, 1, 1), date(2028, 1, 1), "GET /api/v1/errors")
    monkeypatch.setitem(changes.LEAVING, "GET /api/v1/changes", leaving)
    answer = await stranger.get("/api/v1/changes")
    assert int(answer.headers["deprecation"].removeprefix("@")) == int(datetime(2027, 1, 1, tzinfo=UTC).timestamp())
    assert parsedate_to_datetime(answer.headers["sunset"]) == datetime(2028, 1, 1, tzinfo=UTC)
    assert answer.headers["link"] == '</developers>; rel="deprecation"; type="text/html"'
    assert answer.json()["leaving"][0]["route"] == "GET /api/v1/changes"
    assert "deprecation" not in (await stranger.get("/api/v1/errors")).headers


def test_a_notice_of_less_than_a_year_cannot_be_written() -> None:
    with pytest.raises(ValueError, match="a year before"):
        Leaving(date(2027, 1, 1), date(2027, 1, 1) + timedelta(days=364), "")


async def test_the_document_says_who_calls_and_what_a_write_brings(stranger: Client) -> None:
    document = (await stranger.get("/api/v1/openapi.json")).json()
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for path, operations in document["paths"].items():
        names = {each["name"]: each["required"] for each in operations.get("post", {}).get("parameters", [])}
        if "post" in operations and path not in ("/api/v1/sign-ins", "/api/v1/sign-ins/current/proof"):
            continues = path.endswith(("/confirmations", "/invitations/view", "/invitations/accept", "/where-we-stand"))
            assert names.get("Idempotency-Key", False) is not continues, path


@pytest.mark.parametrize("quoted", [True, False])
async def test_a_key_in_quotes_is_the_same_key(signed_in: SignedIn, cast: Cast, api_sessions: Sessions, quoted: bool) -> None:
    async with transaction(api_sessions) as session:
        fund, cofunder = await make_fund(session, cast), await make_cofunder(session, cast)
    body, key = pledge_in(fund, cofunder).model_dump(mode="json"), uuid4().hex
    async with signed_in("head") as head:
        first = await head.post("/api/v1/pledges", json=body, headers={"idempotency-key": f'"{key}"'})
        second = await head.post("/api/v1/pledges", json=body, headers={"idempotency-key": f'"{key}"' if quoted else key})
        assert (first.status_code, second.json()["id"]) == (201, first.json()["id"])
        other = await head.post("/api/v1/pledges", json={**body, "amount": "1.00"}, headers={"idempotency-key": f'"{key}"'})
        assert title(other) == (422, "KeyReused")
        for wrong in ("", '"short"', "x" * 101, '"' + "x" * 101 + '"'):
            answer = await head.post("/api/v1/pledges", json=body, headers={"idempotency-key": wrong})
            assert title(answer) == (400, "MissingIdempotencyKey"), wrong


async def test_what_a_caller_wrote_is_read_back_by_its_own_reference_and_never_written_twice(
    signed_in: SignedIn, called: SignedIn, cast: Cast, api_sessions: Sessions
) -> None:
    async with transaction(api_sessions) as session:
        fund, cofunder = await make_fund(session, cast), await make_cofunder(session, cast)
    body, own = pledge_in(fund, cofunder).model_dump(mode="json"), {"caller-reference": "RA-118-2026/MDS"}
    async with signed_in("head") as head:
        acts = ["declare_pledge", "read_office"]
        first, second = [(await made(head, acts, office_id=str(cast.office.id)))["key"] for _ in range(2)]
    async with called(first) as program, called(second) as other:
        answer = await program.post("/api/v1/pledges", json=body, headers=own)
        assert answer.status_code == 201
        found = (await program.get("/api/v1/references?reference=RA-118-2026%2FMDS")).json()
        assert (found["path"], found["made_id"]) == ("/api/v1/pledges", answer.json()["id"])
        again = await program.post("/api/v1/pledges", json=body, headers=own)
        assert title(again) == (409, "CallerReferenceUsed")
        assert title(await other.get("/api/v1/references?reference=RA-118-2026%2FMDS")) == (404, "NotFound")
        assert (await other.post("/api/v1/pledges", json=body, headers=own)).status_code == 201
        long = await program.post("/api/v1/pledges", json=body, headers={"caller-reference": "x" * 101})
        assert title(long) == (422, "BadCallerReference")
    async with api_sessions() as session:
        count = text("SELECT count(*) FROM pledge WHERE cofunder_id = :id")
        assert (await session.execute(count, {"id": cofunder.id})).scalar_one() == 2
    with pytest.raises(DBAPIError):
        async with transaction(api_sessions) as session:
            await session.execute(text("DELETE FROM caller_reference"))


async def test_a_reference_in_utf_8_is_the_same_however_it_is_composed(
    signed_in: SignedIn, called: SignedIn, cast: Cast, api_sessions: Sessions
) -> None:
    async with transaction(api_sessions) as session:
        fund, cofunder = await make_fund(session, cast), await make_cofunder(session, cast)
    body = pledge_in(fund, cofunder).model_dump(mode="json")
    async with signed_in("head") as head:
        key = (await made(head, ["declare_pledge"], office_id=str(cast.office.id)))["key"]
    async with called(key) as program:
        apart = {"caller-reference": normalize("NFD", "Oficio ñ-7").encode()}
        one = {"caller-reference": normalize("NFC", "Oficio ñ-7").encode()}
        written = await program.post("/api/v1/pledges", json=body, headers=apart)  # type: ignore[arg-type]  # bytes are headers too
        assert written.status_code == 201
        assert title(await program.post("/api/v1/pledges", json=body, headers=one)) == (409, "CallerReferenceUsed")  # type: ignore[arg-type]  # as above
        found = await program.get("/api/v1/references", params={"reference": normalize("NFD", "Oficio ñ-7")})
        assert found.json()["made_id"] == written.json()["id"]
        latin = {"caller-reference": "Oficio ñ-8".encode("latin-1")}
        assert title(await program.post("/api/v1/pledges", json=body, headers=latin)) == (422, "BadCallerReference")  # type: ignore[arg-type]  # as above


async def test_the_same_key_with_another_reference_is_another_request(
    signed_in: SignedIn, cast: Cast, api_sessions: Sessions
) -> None:
    async with transaction(api_sessions) as session:
        fund, cofunder = await make_fund(session, cast), await make_cofunder(session, cast)
    body, key = pledge_in(fund, cofunder).model_dump(mode="json"), {"idempotency-key": uuid4().hex}
    async with signed_in("head") as head:
        first = await head.post("/api/v1/pledges", json=body, headers={**key, "caller-reference": "A-1"})
        again = await head.post("/api/v1/pledges", json=body, headers={**key, "caller-reference": "A-1"})
        assert (first.status_code, again.content) == (201, first.content)
        for other in ({"caller-reference": "A-2"}, {}):
            assert title(await head.post("/api/v1/pledges", json=body, headers={**key, **other})) == (422, "KeyReused")
        assert title(await head.post("/api/v1/pledges?x=1", json=body, headers={**key, "caller-reference": "A-1"})) == (
            422,
            "KeyReused",
        )


async def test_equal_requests_of_one_moment_have_one_effect(signed_in: SignedIn, cast: Cast, api_sessions: Sessions) -> None:
    async with transaction(api_sessions) as session:
        fund, cofunder = await make_fund(session, cast), await make_cofunder(session, cast)
    body, key = pledge_in(fund, cofunder).model_dump(mode="json"), {"idempotency-key": uuid4().hex}
    async with signed_in("head") as head:
        answers = await asyncio.gather(*(head.post("/api/v1/pledges", json=body, headers=key) for _ in range(12)))
    statuses = {answer.status_code for answer in answers}
    assert statuses <= {201, 409}
    assert {title(answer)[1] for answer in answers if answer.status_code == 409} <= {"StillRunning"}
    async with api_sessions() as session:
        count = text("SELECT count(*) FROM pledge WHERE cofunder_id = :id")
        assert (await session.execute(count, {"id": cofunder.id})).scalar_one() == 1
