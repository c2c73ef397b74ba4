"""What may be registered twice, over HTTP: as JSON, and on the pages where it is registered."""

import re
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest

from api.deps import COOKIE
from service.core.db import Sessions, transaction
from service.people.groups import Group
from tests.api.conftest import Client, SignedIn
from tests.cast import Cast
from tests.make.people import make_group, next_dni

OFFICE = "/api/v1/offices/{}/lookalikes"
NOTICE = "Esto se parece a otro registro."


@pytest.fixture
async def twice(api_sessions: Sessions, cast: Cast) -> tuple[Group, Group]:
    """Two groups with nearly one name, of which no other test has any."""
    word = uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))[:12]
    async with transaction(api_sessions) as session:
        one, other = [
            await make_group(session, cast, board=False, families=0, account=False, name=f"{word} {word[::-1]} {end}")
            for end in ("alto", "bajo")
        ]
    return one, other


@pytest.fixture
async def browser(transport: httpx.ASGITransport, tokens: dict[str, str]) -> AsyncIterator[Client]:
    """The promoter's browser, in Spanish."""
    headers = {"sec-fetch-site": "same-origin", "accept-language": "es"}
    cookies = {COOKIE: tokens["promoter"]}
    async with Client(transport=transport, base_url="http://raymi.test", headers=headers, cookies=cookies) as client:
        yield client


async def test_a_pair_is_told_and_marked_as_json(signed_in: SignedIn, cast: Cast, twice: tuple[Group, Group]) -> None:
    one, other = twice
    async with signed_in("promoter") as client:
        listed = (await client.get(OFFICE.format(cast.office.id))).json()
        like = (await client.get(f"/api/v1/groups/{one.id}/lookalikes")).json()
        body = {"other_id": str(other.id), "reason": "Son dos"}
        made = await client.post(f"/api/v1/groups/{one.id}/distinctions", json=body)
        again = await client.post(f"/api/v1/groups/{one.id}/distinctions", json=body)
        left = (await client.get(f"/api/v1/groups/{one.id}/lookalikes")).json()
        apart = (await client.get(OFFICE.format(cast.office.id))).json()["groups_apart"][0]
        back = await client.post(f"/api/v1/groups/{other.id}/distinctions/again", json={**body, "other_id": str(one.id)})
        shown = (await client.get(f"/api/v1/groups/{one.id}/lookalikes")).json()
        persons = await client.get(f"/api/v1/persons/{cast.mayor.person_id}/lookalikes")
        alone = await client.post(
            f"/api/v1/persons/{cast.mayor.person_id}/distinctions",
            json={"other_id": str(cast.head.person_id), "reason": "Son dos"},
        )
    first, second = sorted(twice, key=lambda group: group.id)
    pair = {
        "first": {"id": str(first.id), "name": first.name},
        "second": {"id": str(second.id), "name": second.name},
        "reasons": ["similar_name_in_the_same_district"],
    }
    assert pair in listed["groups"]
    assert (like, left, shown) == ([pair], [], [pair])
    assert ({apart["first_id"], apart["second_id"]}, apart["reason"]) == ({str(one.id), str(other.id)}, "Son dos")
    assert (back.status_code, back.json()["step"]) == (201, 2)
    assert (made.status_code, made.json()["reason"], made.json()["first_id"]) == (201, "Son dos", str(first.id))
    refused = [(answer.status_code, answer.json()["title"]) for answer in (again, alone)]
    assert refused == [(409, "AlreadyDistinct"), (409, "NotAlike")]
    assert persons.json() == []


async def test_the_auditor_and_the_mayor_are_told_nothing(signed_in: SignedIn, cast: Cast, twice: tuple[Group, Group]) -> None:
    paths = [
        OFFICE.format(cast.office.id),
        f"/api/v1/groups/{twice[0].id}/lookalikes",
        f"/api/v1/persons/{cast.head.person_id}/lookalikes",
    ]
    for name in ("auditor", "mayor"):
        async with signed_in(name) as client:
            answers = [await client.get(path) for path in paths]
        assert [(answer.status_code, answer.json()["title"]) for answer in answers] == [(403, "MissingRole")] * 3


async def test_a_group_just_registered_says_what_it_looks_like(browser: Client, cast: Cast, twice: tuple[Group, Group]) -> None:
    given = {
        "_key": uuid4().hex,
        "office_id": str(cast.office.id),
        "kind": "association",
        "name": twice[0].name + "s",
        "registration": "in_formation",
        "ubigeo": "080601",
        "place": "Hercca",
    }
    made = await browser.post(f"/offices/{cast.office.id}/groups", data=given)
    page = await browser.get(made.headers["location"])
    assert (made.status_code, NOTICE in page.text) == (303, True)
    assert f'href="/groups/{twice[0].id}"' in page.text
    assert f'href="/offices/{cast.office.id}/lookalikes"' in page.text


async def test_a_person_just_registered_says_whom_they_look_like_and_can_be_corrected(browser: Client) -> None:
    mobile = f"9{uuid4().int % 10**8:08d}"
    made = []
    for name in ("Eva", "Luz"):
        given = {"_key": uuid4().hex, "given_names": name, "family_names": name, "sex": "female", "mobile": mobile}
        made.append((await browser.post("/persons", data=given)).headers["location"])
    page = await browser.get(made[1])
    assert (NOTICE in page.text, f'href="{made[0]}"' in page.text, "mismo teléfono" in page.text) == (True, True, True)
    dni = next_dni()
    changed = {"_key": uuid4().hex, "given_names": "Luz", "family_names": "Luz", "sex": "female", "dni": dni}
    corrected = await browser.post(made[1] + "/correction", data=changed)
    page = await browser.get(made[1])
    assert (corrected.headers["location"], dni in page.text, NOTICE in page.text) == (made[1], True, False)


async def test_a_pair_is_marked_on_the_page_of_its_office(browser: Client, cast: Cast, twice: tuple[Group, Group]) -> None:
    path = f"/offices/{cast.office.id}/lookalikes"
    assert f'href="{path}"' in (await browser.get(f"/offices/{cast.office.id}/groups")).text
    page = (await browser.get(path)).text
    key = ":".join(str(group.id) for group in sorted(twice, key=lambda group: group.id))
    assert f'value="{key}"' in page
    form = {"_key": uuid4().hex, "pair": key, "reason": ""}
    short = await browser.post(f"{path}/groups", data=form)
    assert (short.status_code, f'value="{key}" selected' in short.text) == (422, True)
    marked = await browser.post(f"{path}/groups", data={**form, "_key": uuid4().hex, "reason": "Alto y bajo"})
    assert (marked.status_code, marked.headers["location"]) == (303, path)
    undecided, decided = (await browser.get(path)).text.split("que no son la misma", 1)
    assert (f'value="{key}"' in undecided, f'value="{key}"' in decided) == (False, True)
    again = await browser.post(f"{path}/groups", data={**form, "_key": uuid4().hex, "reason": "Otra vez"})
    assert (again.status_code, "Ya está indicado" in again.text) == (409, True)
    back = await browser.post(f"{path}/groups/again", data={**form, "_key": uuid4().hex, "reason": "Es la misma"})
    assert (back.status_code, back.headers["location"]) == (303, path)
    assert f'value="{key}"' in (await browser.get(path)).text.partition("que no son la misma")[0]
    again = await browser.post(f"{path}/groups/again", data={**form, "_key": uuid4().hex, "reason": "Otra vez"})
    assert (again.status_code, "no están indicados como distintos" in again.text) == (409, True)
    for pair in ("x", "-" * 36 + ":" + "-" * 36):
        assert (
            await browser.post(f"{path}/persons", data={"_key": uuid4().hex, "pair": pair, "reason": "x"})
        ).status_code == 422


async def test_counts_are_those_of_the_readers_office(browser: Client, cast: Cast, twice: tuple[Group, Group]) -> None:
    page = (await browser.get(f"/offices/{cast.office.id}/lookalikes")).text
    counted = re.search(r"<dt>Organizaciones que se parecen</dt><dd>(\d+)", page)
    rows = page.split("<h2>")[1].count('data-label="La otra"')
    assert counted
    assert int(counted[1]) == rows >= 1


LETTERS = str.maketrans("0123456789", "ghijklmnop")
"""So that nobody else in the shared database has the name, and a DNI one slip apart."""


async def test_the_answer_to_a_registration_says_what_it_looks_like(
    signed_in: SignedIn, cast: Cast, twice: tuple[Group, Group]
) -> None:
    one, _ = twice
    group = {
        "office_id": str(cast.office.id),
        "kind": "association",
        "name": one.name + "s",
        "registration": "in_formation",
        "ubigeo": "080601",
        "place": "Hercca",
    }
    mobile = f"9{uuid4().int % 10**8:08d}"
    person = {"given_names": "Eva", "family_names": "Eva", "sex": "female", "mobile": mobile}
    async with signed_in("promoter") as client:
        entered = (await client.post("/api/v1/groups", json=group)).json()
        first = (await client.post("/api/v1/persons", json=person)).json()
        names = dict.fromkeys(("given_names", "family_names"), f"Luz {uuid4().hex.translate(LETTERS)}")
        second = (await client.post("/api/v1/persons", json=person | names)).json()
        corrected = await client.post(
            f"/api/v1/persons/{second['id']}/correction", json=names | {"sex": "female", "dni": next_dni()}
        )
    told = {each[end]["id"]: each["reasons"] for each in entered["lookalikes"] for end in ("first", "second")}
    assert told[str(one.id)] == ["similar_name_in_the_same_district"]
    assert first["lookalikes"] == []
    (pair,) = second["lookalikes"]
    assert ({pair["first"]["id"], pair["second"]["id"]}, pair["reasons"]) == ({first["id"], second["id"]}, ["same_phone"])
    assert (corrected.status_code, corrected.json()["lookalikes"]) == (200, [])
