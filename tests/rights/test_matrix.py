"""Every route is asked by everybody: it answers as the checked-in table says, and asks the rights table for the acts that stand there.

The table is data to be read by people; what must hold of it whatever the code says is written down below by hand.
"""

import pytest

from tests.rights import table
from tests.rights.probe import FORBIDDEN, HIDDEN, LATER, PASSED, SHAPE, Door, ask, every_route
from tests.rights.world import ELSEWHERE, ROLES, WHO, World

ROUTES = {f"{method} {path}": (method, path, route) for method, path, route in every_route()}
PUBLIC_WRITES = {"POST /language", "POST /api/v1/confirmations", "POST /confirm"}
"""What somebody who is not signed in may send: a language, the code of a slip; a sign-in needs what only its person knows."""


OF_NO_OFFICE = {
    "GET /api/v1/groups/{group_id}/standing",
    "GET /api/v1/persons",
    "GET /api/v1/persons/{person_id}",
    "GET /api/v1/persons/{person_id}/lookalikes",
    "POST /api/v1/persons",
    "GET /offices/{office_id}",
    "GET /persons",
    "GET /persons/{person_id}",
    "POST /persons",
}
"""Persons belong to no office, an office's page is its address and its people, and debts decide on eligibility everywhere."""

OF_ACCOUNTS = {
    "POST /api/v1/accounts/{account_id}/readings",
    "POST /api/v1/batches/{batch_id}/file",
    "POST /accounts/{account_id}/reading",
    "POST /batches/{batch_id}/file",
}
"""Where whole account numbers are read, each time with a leaf of the record."""

PAYERS = {"programme", "office_head", "administrator", "treasurer", "auditor"}
"""Who sees them."""

BEYOND_THE_OFFICE = {
    ("GET /api/v1/applications/{application_id}/presence", "juror"),  # counts families at the visit by their cards
    *(("GET /api/v1/sessions/{session_id}/minutes", who) for who in ("juror", "chair", "member", "signer")),  # of the committee
    ("GET /api/v1/appeals/{appeal_id}", "panel"),  # the resolution that they sign
    *(
        (route, who) for route in ("GET /persons", "POST /persons", "GET /api/v1/persons") for who in ELSEWHERE
    ),  # of no office yet
}
"""Where somebody without a role in the office sees the DNI of another person."""


def may_see(route: str, who: str, kind: str) -> bool:
    """Whether a whole number of somebody else may stand in an answer: DNI and mobile for the own office, accounts for who pays."""
    if kind == "account":
        return route in OF_ACCOUNTS and who in PAYERS
    return who in ROLES or (kind == "dni" and (route, who) in BEYOND_THE_OFFICE)


AT_SHAPE = 19
"""Routes whose body the generator does not fit, or pages that answer a named refusal as they answer a wrong field."""


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert set(table.read()) == set(ROUTES)


def test_no_cell_is_left_open() -> None:
    """What is refused for what was sent comes before the right is asked; such routes do not become more."""
    rows = table.read()
    shapes = {route for route, row in rows.items() if SHAPE in {row[who] for who in WHO}}
    assert len(shapes) <= AT_SHAPE
    for route, row in rows.items():
        assert {row[who].split()[0] for who in WHO} <= {PASSED, LATER, FORBIDDEN, HIDDEN, "sign", SHAPE}, route


def test_who_is_not_signed_in_writes_nothing_but_a_sign_in() -> None:
    rows = table.read()
    assert {
        route for route in ROUTES if not route.startswith("GET") and rows[route]["stranger"] in (PASSED, LATER)
    } <= PUBLIC_WRITES


def test_an_auditor_changes_nothing() -> None:
    """Decisions on many items are answered item by item, and each is refused."""
    rows = table.read()
    done = {route for route in ROUTES if not route.startswith("GET") and rows[route]["auditor"] == PASSED}
    own = {route for route in done if route.startswith(("POST /me/", "POST /api/v1/me/"))}
    said = {"POST /privacy/incidents", "POST /api/v1/privacy/incidents"}  # whoever sees data in wrong hands says so
    told = {"POST /sign-out", "POST /language", "POST /transparency/{office_id}", "POST /api/v1/decisions"}
    assert done - own - said - OF_ACCOUNTS == told  # reading an account leaves a leaf that says who read it


@pytest.mark.parametrize("who", ELSEWHERE)
def test_an_office_is_a_wall(who: str) -> None:
    """Another office's officer gets in the business of this one what anybody signed in gets, but for what belongs to no office."""
    for route, row in table.read().items():
        if row[who] == PASSED and row["nobody"] != PASSED:
            assert route in OF_NO_OFFICE, route


@pytest.mark.parametrize("name", ROUTES)
async def test_a_route_answers_everybody_as_its_row_says(filled: World, door: Door, name: str) -> None:
    method, path, route = ROUTES[name]
    row = await ask(door, method, path, route, filled)
    assert {(who, kind) for who, kinds in row.shown.items() for kind in kinds if not may_see(name, who, kind)} == set()
    expected = table.read()[name]
    assert row.cells == {who: expected[who] for who in WHO}
    assert " ".join(sorted(row.asked)) == expected["acts"]
