"""Which relations recuse a juror, and which do not."""

from uuid import UUID

import pytest

from service.scoring.conflicts import Applicant, Bonds, Relation, relations

JUROR, SPOUSE, GROUP, OTHER_GROUP, FAMILY, OTHER_FAMILY, APPLICATION = (UUID(int=number) for number in range(1, 8))
OF_GROUP = Applicant(APPLICATION, GROUP, None)
OF_FAMILY = Applicant(APPLICATION, GROUP, FAMILY)
NOTHING: frozenset[tuple[UUID, UUID]] = frozenset()


def bonds(
    rolls: frozenset[tuple[UUID, UUID]] = NOTHING,
    families: frozenset[tuple[UUID, UUID]] = NOTHING,
    boards: frozenset[tuple[UUID, UUID]] = NOTHING,
    cofunders: frozenset[tuple[UUID, UUID]] = NOTHING,
    bodies: frozenset[tuple[UUID, UUID]] = NOTHING,
) -> Bonds:
    """A juror who lives with a spouse, and what else is known."""
    return Bonds(rolls, families, boards, cofunders, bodies, {JUROR: frozenset({SPOUSE})})


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (bonds(), []),
        (bonds(rolls=frozenset({(GROUP, JUROR)})), [Relation.MEMBER_OF_GROUP]),
        (bonds(rolls=frozenset({(GROUP, SPOUSE)})), [Relation.SAME_HOUSEHOLD]),
        (bonds(boards=frozenset({(GROUP, SPOUSE)})), [Relation.SAME_HOUSEHOLD]),
        (bonds(boards=frozenset({(GROUP, JUROR)})), [Relation.BOARD_MEMBER]),
        (bonds(cofunders=frozenset({(GROUP, JUROR)})), [Relation.SIGNS_FOR_COFUNDER]),
        (bonds(cofunders=frozenset({(GROUP, SPOUSE)})), []),
        (bonds(bodies=frozenset({(GROUP, JUROR)})), [Relation.OWN_MUNICIPALITY]),
        (bonds(rolls=frozenset({(OTHER_GROUP, JUROR)}), boards=frozenset({(OTHER_GROUP, SPOUSE)})), []),
        (
            bonds(rolls=frozenset({(GROUP, JUROR), (GROUP, SPOUSE)}), boards=frozenset({(GROUP, JUROR)})),
            [Relation.MEMBER_OF_GROUP, Relation.SAME_HOUSEHOLD, Relation.BOARD_MEMBER],
        ),
    ],
)
def test_a_juror_is_tied_to_a_group(known: Bonds, expected: list[Relation]) -> None:
    assert relations(known, JUROR, OF_GROUP) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (bonds(families=frozenset({(FAMILY, JUROR)})), [Relation.APPLICANT_FAMILY]),
        (bonds(families=frozenset({(FAMILY, SPOUSE)})), [Relation.SAME_HOUSEHOLD]),
        (bonds(families=frozenset({(OTHER_FAMILY, JUROR), (OTHER_FAMILY, SPOUSE)})), []),
        (bonds(rolls=frozenset({(GROUP, JUROR)}), boards=frozenset({(GROUP, JUROR)})), []),
    ],
)
def test_among_families_only_the_own_one_counts(known: Bonds, expected: list[Relation]) -> None:
    assert relations(known, JUROR, OF_FAMILY) == expected
