"""The states of an application, in full."""

import itertools

import pytest

from service.applications.models import ApplicationStatus
from service.applications.rules import LIFE, OUTCOMES, Action, tries_used
from service.core.machine import WrongState, advance

ROWS = """
draft file filed
returned file filed
filed return returned
filed declare_eligible eligible
filed declare_ineligible ineligible
draft withdraw withdrawn
filed withdraw withdrawn
returned withdraw withdrawn
eligible withdraw withdrawn
eligible approve approved
eligible reserve reserve
eligible reject not_approved
eligible disqualify disqualified
eligible defer deferred
"""
TABLE = {(row.split()[0], row.split()[1]): row.split()[2] for row in ROWS.strip().splitlines()}


@pytest.mark.parametrize(("state", "action"), list(itertools.product(ApplicationStatus, Action)))
def test_an_application_moves_only_by_the_rows_of_the_table(state: ApplicationStatus, action: Action) -> None:
    expected = TABLE.get((state.value, action.value))
    if expected is None:
        with pytest.raises(WrongState):
            advance(LIFE, state, action)
    else:
        assert advance(LIFE, state, action) == expected


def test_the_committee_can_make_five_things_of_an_application() -> None:
    made = {LIFE[ApplicationStatus.ELIGIBLE, action]: outcome for outcome, action in OUTCOMES.items()}
    assert {to.value: outcome.value for to, outcome in made.items()} == {
        "approved": "approved",
        "reserve": "reserve",
        "not_approved": "not_approved",
        "disqualified": "disqualified",
        "deferred": "deferred",
    }


@pytest.mark.parametrize(
    ("presentations", "used"),
    [
        ("", 0),
        ("not_approved", 1),
        ("disqualified not_approved", 2),
        ("filed returned eligible", 3),
        ("ineligible withdrawn reserve draft", 0),
        ("not_approved not_approved approved", 0),
        ("not_approved approved not_approved reserve eligible", 2),
    ],
)
def test_failed_and_undecided_presentations_since_the_last_approval_are_tries(presentations: str, used: int) -> None:
    assert tries_used([ApplicationStatus(status) for status in presentations.split()]) == used
