"""Every route is asked by everybody: it answers as the checked-in table says, and asks the rights table for the acts that stand there.

The table is data to be read by people; what must hold of it whatever the code says is written down below by hand.
``RAYMI_EVERY_CELL=1`` asks all cells, as the drill does; otherwise everybody asks a tenth of the routes, each time others by the date.
"""

import os
from datetime import date

import pytest

from tests.rights import table
from tests.rights.conftest import Door, World
from tests.rights.probe import FORBIDDEN, HIDDEN, PASSED, SIGN_IN, ask, every_route
from tests.rights.world import ELSEWHERE, WHO

ROUTES = {f"{method} {path}": (method, path, route) for method, path, route in every_route()}
TURNS = 10
PUBLIC_WRITES = {
    "POST /api/v1/sign-ins",
    "POST /sign-in",
    "POST /language",
    "POST /api/v1/confirmations",
    "POST /confirm",
}
"""What somebody who is not signed in may send: a sign-in, a language, the code of a paper confirmation."""


def due() -> list[str]:
    """The routes whose turn it is."""
    turn = date.today().toordinal() % TURNS  # only spreads the work over the days
    return [name for number, name in enumerate(ROUTES) if os.environ.get("RAYMI_EVERY_CELL") or number % TURNS == turn]


def test_every_route_has_its_row_and_every_row_its_route() -> None:
    assert set(table.read()) == set(ROUTES)


def test_no_cell_is_left_open() -> None:
    for route, row in table.read().items():
        for who in WHO:
            assert row[who].split()[0] in (PASSED, FORBIDDEN, HIDDEN, SIGN_IN) or row[who] == "sign in", (route, who, row[who])


def test_who_is_not_signed_in_writes_nothing_but_a_sign_in() -> None:
    writes = {route for route in ROUTES if not route.startswith("GET")}
    assert {route for route in writes if table.read()[route]["stranger"] == PASSED} <= PUBLIC_WRITES


def test_an_auditor_changes_nothing() -> None:
    """A write that an auditor may do, anybody who is signed in may do for themselves."""
    rows = table.read()
    for route in ROUTES:
        if not route.startswith("GET") and rows[route]["auditor"] == PASSED:
            assert rows[route]["nobody"] == PASSED or "publish_report" in rows[route]["acts"], route


@pytest.mark.parametrize("who", ELSEWHERE)
def test_an_office_is_a_wall(who: str) -> None:
    """Another office's officer gets in the business of this one what anybody signed in gets, but for what belongs to no office."""
    rows = table.read()
    of_no_office = ("create_person", "correct_person", "read_office", "distinguish", "read_likenesses", "create_group")
    for route, row in rows.items():
        if row[who] == PASSED and row["nobody"] != PASSED:
            assert any(act in row["acts"] for act in of_no_office) or "{" not in route, route


@pytest.mark.parametrize("name", due())
async def test_a_route_answers_everybody_as_its_row_says(filled: World, door: Door, name: str) -> None:
    method, path, route = ROUTES[name]
    row = await ask(door.client, method, path, route, filled.ids, filled.tokens)
    expected = table.read()[name]
    assert row.cells == {who: expected[who] for who in WHO}
    assert " ".join(sorted(row.asked)) == expected["acts"]
