"""Conflicts of interest that the system knows by itself: which relations recuse a juror from an application, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

Pair = tuple[UUID, UUID]


class Relation(StrEnum):
    """Why a juror is recused without having said so."""

    MEMBER_OF_GROUP = "member_of_group"
    SAME_HOUSEHOLD = "same_household"
    BOARD_MEMBER = "board_member"
    SIGNS_FOR_COFUNDER = "signs_for_cofunder"
    OWN_MUNICIPALITY = "own_municipality"
    APPLICANT_FAMILY = "applicant_family"


class Bar(StrEnum):
    """Why a juror is not assigned an application, beside the relations that recuse from it."""

    RECUSED = "recused"
    OWN_DISTRICT = "own_district"


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies: a group, or a family of its host group."""

    application_id: UUID
    group_id: UUID
    family_id: UUID | None


@dataclass(frozen=True, slots=True)
class Bonds:
    """What is known of jurors and their households on one day.

    ``rolls`` and ``boards`` pair groups with persons, ``families`` families with persons. ``cofunders`` pairs groups with those
    who sign for a cofunder that pledged for them (whatever became of the pledge), ``bodies`` with those who sign for the cofunder that is the group itself.
    ``households`` are the others on the same family's line of a roll.
    """

    rolls: frozenset[Pair]
    families: frozenset[Pair]
    boards: frozenset[Pair]
    cofunders: frozenset[Pair]
    bodies: frozenset[Pair]
    households: Mapping[UUID, frozenset[UUID]]


def relations(bonds: Bonds, juror: UUID, applicant: Applicant) -> list[Relation]:
    """Why the juror cannot judge this applicant, in the order of ``Relation``; empty where nothing is known.

    In a contest among families every applicant belongs to the host group, so only relations to the family itself count.
    """
    household = bonds.households.get(juror, frozenset())
    if applicant.family_id is not None:
        family = applicant.family_id
        found = {
            Relation.APPLICANT_FAMILY: (family, juror) in bonds.families,
            Relation.SAME_HOUSEHOLD: any((family, other) in bonds.families for other in household),
        }
    else:
        group = applicant.group_id
        found = {
            Relation.MEMBER_OF_GROUP: (group, juror) in bonds.rolls,
            Relation.SAME_HOUSEHOLD: any(
                (group, other) in known for other in household for known in (bonds.rolls, bonds.boards)
            ),
            Relation.BOARD_MEMBER: (group, juror) in bonds.boards,
            Relation.SIGNS_FOR_COFUNDER: (group, juror) in bonds.cofunders,
            Relation.OWN_MUNICIPALITY: (group, juror) in bonds.bodies,
        }
    return [relation for relation in Relation if found.get(relation)]
