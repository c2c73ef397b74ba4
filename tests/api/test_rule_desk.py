"""The form of a rule book and the live check, on books that are broken in places."""

import copy
import random
from collections.abc import Iterator
from typing import Any

import pytest

from api.pages.rule_desk import book_of, desk_of
from api.pages.rule_groups import draw
from api.pages.rule_sent import read_form
from service.contests import rules
from service.contests.inspection import inspect
from service.contests.models import ApplicantKind, Contest, PlanType
from service.contests.ready_books import templates
from service.contests.terms import terms_value
from service.core.errors import Refusal
from service.core.ids import new_id

GONE = object()
DAMAGE: list[Any] = [
    None,
    True,
    [],
    {},
    "",
    "x",
    "-1",
    "0",
    "1/0",
    "999999999",
    [[]],
    [{}],
    ["x"],
    {"a": "b"},
    [None],
    "field",
    GONE,
]
CONTEST = Contest(
    call_id=new_id(),
    code="C",
    title="C",
    plan_type=PlanType.PDN,
    request_number=1,
    applicant_kind=ApplicantKind.GROUP,
    currency="PEN",
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value below a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from places(each, (*path, key))


def damage(book: dict[str, Any], dice: random.Random) -> None:
    """Put something else, or nothing, in the place of one value."""
    *path, last = dice.choice(list(places(book)) or [("title",)])
    parent: Any = book
    for key in path:
        parent = parent[key]
    new = dice.choice(DAMAGE)
    if new is GONE and (isinstance(parent, list) or last in parent):
        del parent[last]
    elif new is not GONE:
        parent[last] = copy.deepcopy(new)


def publishable(book: dict[str, Any]) -> bool:
    """Whether publishing would take the book."""
    try:
        rules.require_book(CONTEST, book)
    except Refusal:
        return False
    return True


@pytest.mark.parametrize("seed", range(300))
def test_a_damaged_book_is_checked_as_publishing_would_and_drawn_whatever_it_holds(seed: int) -> None:
    dice = random.Random(seed)
    chosen = dice.choice(templates())
    book, terms = copy.deepcopy(chosen.book), terms_value(chosen.terms)
    for _ in range(dice.randint(1, 4)):
        damage(book, dice)
    inspection = inspect(CONTEST, book, terms)
    assert (not inspection.grave) == publishable(book)
    desk = desk_of(book, terms)
    drawn = draw(desk, inspection, "es")
    assert len(drawn.findings) == len(inspection.findings)
    book_of(desk, "PEN")


@pytest.mark.parametrize(
    "names",
    [
        [("stages", "x"), ("stages.0.code", "y")],
        [("stages.0", "x"), ("stages.0.criteria.0.code", "y")],
        [("stages.7.code", "y"), ("stages.x.code", "z")],
        [("rest", "["), ("decision.rest", "[1]"), ("decision.mode", "ranking"), ("decision.prizes", "\r\n 1.00 \r\n")],
        [("terms.tranches", "x"), ("terms.tranches.0", "1")],
        [("", "x"), (".", "y"), ("..", "z")],
    ],
)
def test_a_form_that_nobody_drew_is_read_without_harm(names: list[tuple[str, str]]) -> None:
    book, terms = book_of(read_form(names), "PEN")
    assert publishable(book) is False
    draw(desk_of(book, terms), inspect(CONTEST, book, terms), "en")
    draw(read_form(names), inspect(CONTEST, book, terms), "en")


WORDS = (
    "stages",
    "criteria",
    "levels",
    "bands",
    "label",
    "aggregate",
    "panel",
    "quorum",
    "decision",
    "quotas",
    "ties",
    "terms",
)
PARTS = (*WORDS, "tranches", "rest", "mode", "kind", "by", "es", "0", "1", "٣", "x", "")
VALUES = ("", "x", "0", "{}", "points", "levels", "ranking", "pass_mark", "trimmed", "attribute", "on")


@pytest.mark.parametrize("seed", range(300))
def test_whatever_names_a_form_has_it_is_drawn_again(seed: int) -> None:
    dice = random.Random(seed)
    sent = [(".".join(dice.choices(PARTS, k=dice.randint(1, 4))), dice.choice(VALUES)) for _ in range(30)]
    desk = read_form(sent)
    book, terms = book_of(desk, "PEN")
    drawn = draw(desk, inspect(CONTEST, book, terms), "en")
    assert [group.name for group in drawn.groups if group.name] == [
        "stages",
        "panel.quorum",
        "knock_outs",
        "decision",
        "ties",
        "terms",
    ]
