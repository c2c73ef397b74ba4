"""What changed between two versions of rules, as a reader would say it."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from service.contests.difference import Change, differences
from service.contests.ready_books import template

TIES = "stage public, stage field, criterion field women_youth, attribute poverty_quintile, filed_at"

Edit = Callable[[dict[str, Any]], Any]


def changes(edit: Edit, ready: str = "pgrn-first") -> list[tuple[str, str | None, str | None]]:
    """What an edit of a ready book changes."""
    book = copy.deepcopy(template(ready).book)
    edit(book)
    return [(each.where, each.before, each.after) for each in differences(template(ready).book, book)]


def criteria(book: dict[str, Any]) -> list[dict[str, Any]]:
    """The criteria of the first stage."""
    found: list[dict[str, Any]] = book["stages"][0]["criteria"]
    return found


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (lambda book: None, []),
        (lambda book: book["decision"].update(mark="72"), [("decision:mark", "70", "72")]),
        (lambda book: criteria(book)[0].update(max="4"), [("stages:field:criteria:leaders:max", "3", "4")]),
        (lambda book: criteria(book)[0].update(na=True), [("stages:field:criteria:leaders:na", None, "yes")]),
        (
            lambda book: book["panel"]["quorum"].update(strict=False),
            [("panel:quorum:strict", "yes", "no")],
        ),
        (
            lambda book: book["decision"].update(purse="100.00"),
            [("decision:purse", None, "100.00")],
        ),
        (lambda book: book["ties"].reverse(), [("ties:order", TIES, ", ".join(reversed(TIES.split(", "))))]),
        (
            lambda book: criteria(book)[2]["bands"][0].update(max="3"),
            [("stages:field:criteria:committed_families:bands:1:max", "2", "3")],
        ),
    ],
)
def test_a_change_stands_where_it_was_made(edit: Edit, expected: list[tuple[str, str | None, str | None]]) -> None:
    assert changes(edit) == expected


def test_a_criterion_that_goes_is_said_by_what_it_held_and_the_others_are_not() -> None:
    found = changes(lambda book: criteria(book).pop(0))
    assert {where.rpartition("leaders")[0] for where, _, _ in found} == {"stages:field:criteria:"}
    assert ("stages:field:criteria:leaders:max", "3", None) in found
    assert all(after is None for _, _, after in found)


def test_prizes_are_compared_as_one_list() -> None:
    found = differences({"prizes": ["2.00", "1.00"]}, {"prizes": ["3.00", "1.00"]})
    assert found == [Change("prizes", "2.00, 1.00", "3.00, 1.00")]
