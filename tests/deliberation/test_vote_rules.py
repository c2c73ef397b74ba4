"""Majorities, exactly; and who must vote."""

from fractions import Fraction
from uuid import UUID

import pytest

from service.deliberation import vote_rules
from service.deliberation.vote_models import Choice, MajorityBase
from service.deliberation.vote_rules import Majority, VoteCount, is_carried, votes_needed

CAST, PRESENT, BASE = MajorityBase.CAST, MajorityBase.PRESENT, MajorityBase.BASE
FOR, AGAINST, ABSTAINED = Choice.IN_FAVOUR, Choice.AGAINST, Choice.ABSTAINED


@pytest.mark.parametrize(
    ("at_least", "strict", "base", "votes", "needed"),
    [
        ("2/3", False, BASE, (6, 0, 0), 6),  # two thirds of nine is six, not seven
        ("2/3", True, BASE, (6, 0, 0), 7),
        ("1/2", True, BASE, (5, 0, 0), 5),
        ("1/2", False, BASE, (5, 0, 0), 5),
        ("1/2", True, CAST, (3, 3, 2), 4),
        ("1/2", False, CAST, (3, 3, 2), 3),
        ("1/2", True, CAST, (1, 0, 7), 1),
        ("1/2", True, PRESENT, (3, 2, 3), 5),
        ("2/3", False, PRESENT, (3, 2, 2), 5),
        ("1/1", False, CAST, (3, 2, 3), 5),
        ("1/2", False, CAST, (0, 0, 8), 1),  # nobody in favour carries nothing
    ],
)
def test_a_majority_is_counted_exactly(
    at_least: str, strict: bool, base: MajorityBase, votes: tuple[int, int, int], needed: int
) -> None:
    majority = vote_rules.read_majority(at_least, strict=strict, base=base, casting=False)
    count = VoteCount(*votes, appointed=9, chair=FOR)
    assert votes_needed(majority, count) == needed
    assert is_carried(majority, count) == (votes[0] >= needed)


@pytest.mark.parametrize(
    ("casting", "chair", "votes", "base", "carried"),
    [
        (True, FOR, (3, 3, 0), CAST, True),
        (True, AGAINST, (3, 3, 0), CAST, False),
        (True, ABSTAINED, (3, 3, 1), CAST, False),
        (True, None, (3, 3, 0), CAST, False),
        (False, FOR, (3, 3, 0), CAST, False),
        (True, FOR, (3, 4, 0), CAST, False),  # no tie, so the chair's vote counts once
        (True, FOR, (3, 3, 0), PRESENT, True),
        (True, FOR, (3, 3, 2), PRESENT, False),  # four of eight are not more than half
    ],
)
def test_the_chairs_vote_counts_once_more_on_a_tie(
    casting: bool, chair: Choice | None, votes: tuple[int, int, int], base: MajorityBase, carried: bool
) -> None:
    majority = Majority(base=base, casting=casting)
    assert is_carried(majority, VoteCount(*votes, appointed=9, chair=chair)) == carried


def test_a_casting_vote_against_stops_what_just_half_would_carry() -> None:
    half = Majority(strict=False, casting=True)
    assert is_carried(half, VoteCount(3, 3, 0, 9, FOR))
    assert not is_carried(half, VoteCount(3, 3, 0, 9, AGAINST))


@pytest.mark.parametrize("written", ["0", "-1/2", "3/2", "half", "", "1/0"])
def test_a_share_that_no_votes_reach_is_no_majority(written: str) -> None:
    with pytest.raises(vote_rules.BadMajority) as refused:
        vote_rules.read_majority(written, strict=False, base=CAST, casting=False)
    assert refused.value.field == "at_least"


def test_more_than_all_is_no_majority_but_all_is() -> None:
    with pytest.raises(vote_rules.BadMajority):
        vote_rules.read_majority("1", strict=True, base=CAST, casting=False)
    assert vote_rules.read_majority("1", strict=False, base=CAST, casting=False).at_least == Fraction(1)


def test_the_quorum_of_an_item_is_more_than_half_of_those_who_take_part() -> None:
    vote_rules.require_item_quorum(5, 3)
    vote_rules.require_item_quorum(4, 3)
    with pytest.raises(vote_rules.NoItemQuorum) as refused:
        vote_rules.require_item_quorum(6, 3)
    assert refused.value.values == {"present": 3, "appointed": 6, "needed": 4}


A, B, C, D = (UUID(int=number) for number in range(4))
NAMES = {A: "Ana", B: "Beto", C: "Cora", D: "Dina"}


@pytest.mark.parametrize(
    ("given", "refusal", "names"),
    [
        ([(A, FOR), (A, AGAINST), (B, FOR)], vote_rules.VotedTwice, ("Ana",)),
        ([(A, FOR), (A, FOR), (B, FOR)], vote_rules.VotedTwice, ("Ana",)),
        ([(A, FOR), (B, FOR), (C, FOR)], vote_rules.VoterRecused, ("Cora",)),
        ([(A, FOR), (B, FOR), (D, FOR)], vote_rules.VoterNotPresent, ("Dina",)),
        ([], vote_rules.VotesMissing, ("Ana", "Beto")),
    ],
)
def test_each_member_here_and_not_recused_votes_once(
    given: list[tuple[UUID, Choice]], refusal: type[vote_rules.VotedTwice], names: tuple[str, ...]
) -> None:
    with pytest.raises(refusal) as refused:
        vote_rules.require_voters(given, {A, B, C}, {C}, NAMES)
    assert refused.value.values == {"names": names}
    assert vote_rules.require_voters([(A, FOR), (B, ABSTAINED)], {A, B, C}, {C}, NAMES) == {A: FOR, B: ABSTAINED}


@pytest.mark.parametrize(("pass_mark", "request_number"), [(False, 1), (True, 2)])
def test_prizes_and_second_tranches_are_not_adjusted(pass_mark: bool, request_number: int) -> None:
    with pytest.raises(vote_rules.AmountIsFixed):
        vote_rules.require_adjustable(pass_mark=pass_mark, request_number=request_number, outcome="approved")
    vote_rules.require_adjustable(pass_mark=True, request_number=1, outcome="approved")


@pytest.mark.parametrize("outcome", ["not_approved", "disqualified", "withdrawn", "deferred", "pending"])
def test_only_what_could_be_awarded_is_put_off(outcome: str) -> None:
    with pytest.raises(vote_rules.NotDeferrable):
        vote_rules.require_deferrable(pass_mark=True, outcome=outcome)
    for other in ("approved", "reserve"):
        vote_rules.require_deferrable(pass_mark=True, outcome=other)
