"""Sessions on paper: states, quorum, presence, what is still missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import product
from uuid import UUID

import pytest

from service.core.machine import WrongState, advance
from service.deliberation import order_rules, rules
from service.deliberation.models import Attendance, Capacity, PresentationStatus, SessionStatus
from service.deliberation.order_rules import Turn
from service.deliberation.rules import Action, QuorumCount
from service.people.models import Position

NINE = [UUID(int=number) for number in range(1, 10)]
AT = datetime(2026, 3, 1, 9, tzinfo=UTC)

SESSION_MOVES = {
    ("convened", "open"): "open",
    ("open", "hand_out"): "presenting",
    ("presenting", "tally"): "tallied",
    ("tallied", "reopen"): "presenting",
    ("tallied", "announce"): "announced",
    ("announced", "close_minutes"): "closed",
    ("closed", "complete_signatures"): "signed",
    ("signed", "publish"): "published",
}
TURNS = {
    ("waiting", "call"): "called",
    ("called", "defend"): "defended",
    ("defended", "score"): "scored",
    ("called", "take_back"): "waiting",
    ("defended", "take_back"): "called",
}


@pytest.mark.parametrize(("state", "action"), list(product(SessionStatus, Action)))
def test_a_session_moves_as_the_table_says_and_in_no_other_way(state: SessionStatus, action: Action) -> None:
    following = SESSION_MOVES.get((state.value, action.value))
    if following is None:
        with pytest.raises(WrongState):
            advance(rules.SESSION_LIFE, state, action)
    else:
        assert advance(rules.SESSION_LIFE, state, action) == following


@pytest.mark.parametrize(("state", "turn"), list(product(PresentationStatus, Turn)))
def test_a_presentation_moves_as_the_table_says_and_in_no_other_way(state: PresentationStatus, turn: Turn) -> None:
    following = TURNS.get((state.value, turn.value))
    if following is None:
        with pytest.raises(WrongState):
            advance(order_rules.PRESENTATION_LIFE, state, turn)
    else:
        assert advance(order_rules.PRESENTATION_LIFE, state, turn) == following


def committee(size: int) -> dict[UUID, Position]:
    """A committee whose first member is the chair."""
    return {person: Position.MEMBER if place else Position.CHAIR for place, person in enumerate(NINE[:size])}


@pytest.mark.parametrize(
    ("size", "present", "needed", "holds"),
    [(9, 5, 5, True), (9, 4, 5, False), (6, 4, 4, True), (6, 3, 4, False), (1, 1, 1, True), (2, 1, 2, False), (2, 2, 2, True)],
)
def test_more_than_half_of_the_appointed_members_make_a_quorum(size: int, present: int, needed: int, holds: bool) -> None:
    count = rules.count_quorum(committee(size), NINE[:present])
    assert (count.appointed, count.present, count.needed, count.holds) == (size, present, needed, holds)


def test_two_thirds_of_nine_is_six() -> None:
    two_thirds = [rules.count_quorum(committee(9), NINE[:present], Fraction(2, 3), strict=False) for present in (5, 6)]
    assert [(count.needed, count.holds) for count in two_thirds] == [(6, False), (6, True)]
    more = rules.count_quorum(committee(9), NINE[:6], Fraction(2, 3))
    assert (more.needed, more.holds) == (7, False)


def test_without_the_chair_there_is_no_quorum() -> None:
    count = rules.count_quorum(committee(9), NINE[1:])
    assert (count.present, count.chair_present, count.holds) == (8, False, False)
    with pytest.raises(rules.NoQuorum) as refused:
        rules.require_quorum(count)
    assert refused.value.values == {"present": 8, "appointed": 9, "needed": 5}


def test_guests_do_not_count_and_an_empty_committee_never_acts() -> None:
    assert rules.count_quorum(committee(3), [*NINE[:1], *NINE[5:]]).present == 1
    assert rules.count_quorum({}, NINE) == QuorumCount(0, 0, 1, False)


@pytest.mark.parametrize(
    ("position", "capacity", "refusal"),
    [
        (Position.CHAIR, Capacity.CHAIR, None),
        (Position.MEMBER, Capacity.MEMBER, None),
        (None, Capacity.GUEST, None),
        (None, Capacity.MAYOR, None),
        (None, Capacity.STAFF, None),
        (None, Capacity.MEMBER, rules.NotAppointedAsThat),
        (None, Capacity.CHAIR, rules.NotAppointedAsThat),
        (Position.MEMBER, Capacity.CHAIR, rules.ComesAsMember),
        (Position.MEMBER, Capacity.GUEST, rules.ComesAsMember),
        (Position.CHAIR, Capacity.MAYOR, rules.ComesAsMember),
    ],
)
def test_people_come_as_what_they_are(position: Position | None, capacity: Capacity, refusal: type[Exception] | None) -> None:
    if refusal is None:
        rules.require_capacity(position, capacity)
    else:
        with pytest.raises(refusal):
            rules.require_capacity(position, capacity)


def came(person: UUID, capacity: Capacity, minutes: int, left: int | None = None) -> Attendance:
    """A presence, in minutes after nine."""
    return Attendance(
        session_id=NINE[8],
        person_id=person,
        capacity=capacity,
        came_at=AT + timedelta(minutes=minutes),
        left_at=None if left is None else AT + timedelta(minutes=left),
    )


def test_members_present_at_the_close_sign() -> None:
    attendance = [
        came(NINE[0], Capacity.CHAIR, 0),
        came(NINE[1], Capacity.MEMBER, 0, left=30),
        came(NINE[2], Capacity.MEMBER, 0, left=60),
        came(NINE[3], Capacity.GUEST, 0),
        came(NINE[4], Capacity.MEMBER, 0, left=10),
        came(NINE[4], Capacity.MEMBER, 20),
        came(NINE[5], Capacity.MEMBER, 61),
    ]
    assert set(rules.signers(attendance, AT + timedelta(minutes=60))) == {NINE[0], NINE[2], NINE[4]}


def test_each_member_present_signs_once() -> None:
    rules.require_may_sign(NINE[:3], NINE[:1], NINE[1])
    with pytest.raises(rules.NotPresent):
        rules.require_may_sign(NINE[:3], NINE[:1], NINE[4])
    with pytest.raises(rules.AlreadySigned):
        rules.require_may_sign(NINE[:3], NINE[:1], NINE[0])


def test_the_judges_reasons_name_what_is_missing_and_where() -> None:
    reasons = ["missing_attribute:share", "missing_sheet:field:J1", "missing_sheet:public:J3", "no_quorum:single"]
    assert rules.lacking_in(reasons, ["field", "single"]) == ["missing_sheet:field:J1", "no_quorum:single"]
    assert rules.stages_pending(reasons) == {"field", "public", "single"}
    assert rules.field_stages(["field", "public"]) == ["field"]
    assert rules.field_stages(["single"]) == []


def test_money_is_given_where_approved_and_above_zero() -> None:
    given = [("approved", "1.00"), ("approved", "0.00"), ("approved", None), ("reserve", "1.00")]
    assert [rules.is_award(status, Decimal(amount) if amount else None) for status, amount in given] == [
        True,
        False,
        False,
        False,
    ]
