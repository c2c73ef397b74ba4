"""Invitations over HTTP: a person without a computer comes in from a paper; looking changes nothing; nothing secret is logged or kept."""

import logging
import re
from io import BytesIO
from uuid import uuid4

import httpx
import pikepdf
import pytest
from sqlalchemy import text

from service.core.db import Sessions, transaction
from service.people import invitation_rules as rules
from service.people.models import Person
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.people import make_person, next_number
from tests.traces import statements

OWN = {"sec-fetch-site": "same-origin"}
NEW = "cuatro llamas en la puna"


@pytest.fixture
async def person(api_sessions: Sessions, cast: Cast) -> Person:
    """Somebody without a user name."""
    async with transaction(api_sessions) as session:
        await session.execute(text("DELETE FROM throttle WHERE bucket LIKE 'invitation:%'"))
        return await make_person(session, cast.system, mobile=f"9{next_number():08d}")


def browser(transport: httpx.ASGITransport, token: str) -> Client:
    """A signed-in browser."""
    return Client(transport=transport, base_url="http://raymi.test", cookies={"raymi_sign_in": token}, headers=OWN)


def answer_of(person: Person) -> str:
    """What the page asks."""
    return str(person.dni)[-4:]


async def slip(transport: httpx.ASGITransport, token: str, person: Person) -> tuple[str, str, bytes]:
    """Link's token, code and paper of a new invitation, as an officer gets them on the pages."""
    async with browser(transport, token) as officer:
        form = {"_key": uuid4().hex, "way": "on_printed_paper", "language": "es"}
        made = await officer.post(f"/persons/{person.id}/invitations", data=form)
        assert (made.status_code, made.headers["cache-control"]) == (200, "no-store"), made.text
        fields = dict(re.findall(r'name="(token|code|_key)" value="([^"]+)"', made.text))
        paper = await officer.post("/invitations/paper", data=fields)
        assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
        assert (paper.headers["cache-control"], "attachment" in paper.headers["content-disposition"]) == ("no-store", True)
        again = await officer.post(f"/persons/{person.id}/invitations", data=form)
        assert (again.status_code, fields["code"] in again.text) == (409, False)
    return fields["token"], fields["code"], paper.content


async def test_from_paper_to_the_first_sign_in(
    transport: httpx.ASGITransport, tokens: dict[str, str], person: Person, stranger: Client
) -> None:
    _, code, paper = await slip(transport, tokens["programme"], person)
    with pikepdf.open(BytesIO(paper)) as pdf:
        assert code in pdf.attachments["invitation.json"].get_file().read_bytes().decode()
    typed = await stranger.post("/invitations/open", data={"code": code.lower().replace("-", " ")}, headers=OWN)
    assert (typed.status_code, typed.headers["location"]) == (303, f"/invitations/{code.replace('-', '')}")
    shown = await stranger.get(typed.headers["location"])
    assert (shown.status_code, person.name in shown.text, shown.headers["cache-control"]) == (200, True, "no-store")
    assert str(person.dni) not in shown.text and '<meta name="referrer" content="same-origin">' in shown.text
    name = f"rosa{next_number()}"
    form = {"key": code.replace("-", ""), "answer": answer_of(person), "user_name": name, "password": NEW}
    done = await stranger.post("/invitations/accept", data=form, headers=OWN)
    assert (done.status_code, name in done.text, "raymi_sign_in" in stranger.cookies) == (200, True, False)
    entered = await stranger.post("/sign-in", data={"user_name": name, "password": NEW}, headers=OWN)
    assert entered.status_code == 303
    used = await stranger.get(f"/invitations/{code.replace('-', '')}")
    assert (used.status_code, "ya se usó" in used.text) == (403, True)


async def test_looking_changes_nothing(
    transport: httpx.ASGITransport, tokens: dict[str, str], person: Person, stranger: Client, api_sessions: Sessions
) -> None:
    token, _, _ = await slip(transport, tokens["programme"], person)
    state = text("SELECT to_jsonb(i)::text, (SELECT count(*) FROM record_leaf) FROM invitation i WHERE person_id = :id")
    async with api_sessions() as session:
        before = (await session.execute(state, {"id": person.id})).all()
    for _ in range(3):
        assert (await stranger.get(f"/invitations/{token}")).status_code == 200
        assert (await stranger.head(f"/invitations/{token}")).status_code == 405
    async with api_sessions() as session:
        assert (await session.execute(state, {"id": person.id})).all() == before


async def test_a_wrong_answer_counts_though_nothing_else_is_written(
    transport: httpx.ASGITransport, tokens: dict[str, str], person: Person, stranger: Client, api_sessions: Sessions
) -> None:
    token, _, _ = await slip(transport, tokens["programme"], person)
    form = {"key": token, "answer": "x", "user_name": f"user{next_number()}", "password": NEW}
    wrong = await stranger.post("/invitations/accept", data=form, headers=OWN)
    assert (wrong.status_code, "no coincide con la persona" in wrong.text, NEW in wrong.text) == (403, True, False)
    json = await stranger.post("/api/v1/invitations/accept", json=form)
    assert (json.status_code, json.json()["title"]) == (403, "WrongInvitationAnswer")
    weak = await stranger.post(
        "/invitations/accept", data=form | {"answer": answer_of(person), "password": "corta"}, headers=OWN
    )
    assert (weak.status_code, "12 caracteres" in weak.text) == (422, True)
    form_error = await stranger.post("/invitations/accept", data=form | {"user_name": "Ñ ñ"}, headers=OWN)
    assert form_error.status_code == 422
    async with api_sessions() as session:
        row = await session.execute(text("SELECT attempts, used_at FROM invitation WHERE person_id = :id"), {"id": person.id})
        assert tuple(row.one()) == (2, None)
    last = [await stranger.post("/invitations/accept", data=form, headers=OWN) for _ in range(4)]
    assert [each.status_code for each in last] == [403] * 4
    assert "quedó anulada" in last[3].text


async def test_the_json_way_from_invitation_to_user_name(signed_in: SignedIn, person: Person, stranger: Client) -> None:
    async with signed_in("programme") as officer:
        made = await officer.post(f"/api/v1/persons/{person.id}/invitations", json={"way": "on_printed_paper"})
        assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
        given = made.json()
        keys = {"token": given["token"], "code": given["code"]}
        assert (await officer.post("/api/v1/invitations/paper", json=keys)).headers["content-type"] == "application/pdf"
        listed = (await officer.get(f"/api/v1/persons/{person.id}/invitations")).json()
        assert [(row["id"], row["purpose"]) for row in listed] == [(given["invitation"]["id"], "invite")]
        assert not any(secret in str(listed) for secret in keys.values())
    seen = (await stranger.post("/api/v1/invitations/view", json={"key": given["code"]})).json()
    assert (seen["name"], seen["guard"], set(seen)) == (person.name, "dni", {"name", "purpose", "guard", "expires_at"})
    name = f"json{next_number()}"
    typed = {"key": given["token"], "answer": answer_of(person), "user_name": name, "password": NEW}
    done = await stranger.post("/api/v1/invitations/accept", json=typed)
    assert (done.status_code, done.json()) == (201, {"user_name": name})
    again = await stranger.post("/api/v1/invitations/accept", json=typed)
    assert (again.status_code, again.json()["title"]) == (403, "InvitationUsed")
    async with signed_in("programme") as officer:
        assert (await officer.post(f"/api/v1/persons/{person.id}/invitation-ends", json={})).status_code == 404
    async with signed_in("head") as other:
        refused = await other.post(f"/api/v1/persons/{person.id}/invitations", json={"way": "on_printed_paper"})
        assert (refused.status_code, refused.json()["title"]) == (403, "MissingRole")


async def test_the_secret_of_a_link_is_not_logged(
    transport: httpx.ASGITransport, tokens: dict[str, str], person: Person, stranger: Client, caplog: pytest.LogCaptureFixture
) -> None:
    token, code, _ = await slip(transport, tokens["programme"], person)
    with caplog.at_level(logging.DEBUG):
        await stranger.get(f"/invitations/{token}")
        await stranger.get(f"/invitations/{code.replace('-', '')}")
    paths = [record.__dict__["path"] for record in caplog.records if record.name == "raymi.access"]
    assert paths[-2:] == ["/invitations/***"] * 2
    assert token not in caplog.text and code.replace("-", "") not in caplog.text


async def test_codes_are_tried_thirty_times_an_hour_from_one_address(person: Person, stranger: Client) -> None:
    assert person
    answers = [await stranger.post("/invitations/open", data={"code": "x"}, headers=OWN) for _ in range(31)]
    assert [answer.status_code for answer in answers] == [422] * 30 + [429]
    assert "demasiadas invitaciones" in answers[30].text
    blocked = await stranger.post("/api/v1/invitations/view", json={"key": rules.new_token()})
    assert blocked.json()["title"] == "TooManyInvitationTries"


async def test_an_invitation_by_sms_shows_the_officer_nothing(
    transport: httpx.ASGITransport, tokens: dict[str, str], signed_in: SignedIn, person: Person
) -> None:
    async with browser(transport, tokens["programme"]) as officer:
        form = {"_key": uuid4().hex, "way": "by_sms", "language": "qu"}
        made = await officer.post(f"/persons/{person.id}/invitations", data=form)
        assert (made.status_code, made.headers["location"]) == (303, f"/persons/{person.id}")
        shown = await officer.get(f"/persons/{person.id}")
        assert "por SMS" in shown.text and "/invitations/" not in shown.text.replace(f"/persons/{person.id}/invitations", "")
        outbox = await officer.get("/messages")
        assert (outbox.status_code, str(person.mobile) in outbox.text) == (200, False)
        assert f"…{str(person.mobile)[-3:]}" in outbox.text
    async with signed_in("programme") as client:
        row = (await client.get("/api/v1/messages")).json()[0]
        assert (row["subject"], row["language"], row["status"]) == (f"person:{person.id}", "qu", "queued")
        assert not {"body", "address", "body_mac"} & set(row)
        retried = await client.post(f"/api/v1/messages/{row['id']}/retry", json={})
        assert (retried.status_code, retried.json()["title"]) == (409, "WrongState")
    async with signed_in("auditor") as client:
        assert (await client.get("/api/v1/messages")).json()["title"] == "MissingRole"


async def test_a_persons_page_costs_the_same_with_one_invitation_and_with_three(
    transport: httpx.ASGITransport, tokens: dict[str, str], person: Person, api_sessions: Sessions
) -> None:
    counts = []
    for more in (1, 2):
        for _ in range(more):
            await slip(transport, tokens["programme"], person)
        async with browser(transport, tokens["programme"]) as officer, api_sessions() as session:
            with statements(session) as sent:
                assert (await officer.get(f"/persons/{person.id}")).status_code == 200
            counts.append(len(sent))
    assert counts[0] == counts[1]
