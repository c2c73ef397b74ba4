"""What makes two groups, or two persons, look like one that was registered twice: pure, and only ever a reason to look.

The same DNI or RUC never stands twice: that is refused when it is typed (``DniKnown``, ``RucKnown``) and by the database, and a slip
in a RUC breaks its check digit. A DNI has none that is kept, so DNIs *one slip apart* (one digit, or two neighbours swapped) with
similar names are found here. The thresholds are ours.

Names are compared by their trigrams as PostgreSQL's pg_trgm does it: letters and digits in words of their own, two blanks before
and one after each. It is done here because the embedded server comes without pg_trgm, and the owner of a database need not be
allowed to create an extension.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations, islice
from typing import Any
from uuid import UUID

from service.core.errors import Conflict
from service.people.group_rules import plain

ALIKE = (3, 5)
"""Names are similar when at least three in five of all their different trigrams are in both."""

FEW = 3

SHARED_BY = 10
"""A telephone of more persons than these is the office's, or was typed to get past a form: it says nothing."""

FOLLOWED = 200_000
MOST = 5_000
"""The most suspicions that are followed and the most reasons that are told: who has more has another problem first."""

GENERIC = frozenset(
    [
        "de",
        "del",
        "la",
        "el",
        "los",
        "las",
        "y",
        "en",
        "para",
        "asociacion",
        "comunidad",
        "campesina",
        "comite",
        "municipalidad",
        "distrital",
        "provincial",
        "organizacion",
        "grupo",
        "productores",
        "productoras",
        "agropecuarios",
        "agropecuarias",
    ]
)
"""Words that half of all groups have in their names."""


class Likeness(StrEnum):
    """Why two look alike."""

    ACCOUNT = "same_bank_account"
    BOARD = "same_person_on_the_board"
    DNI = "dni_one_slip_apart"
    PHONE = "same_phone"
    NAME = "similar_name_in_the_same_district"
    BIRTH = "similar_name_and_same_birth_date"


class NotAlike(Conflict):
    """Nothing suggests that the two are one."""

    message = "These two do not look alike, so there is nothing to decide. Reload the page to see which pairs do."


class AlreadyDistinct(Conflict):
    """The pair is decided."""

    message = "These two are marked as not the same already. Reload the page to see which pairs are left."


class NotDistinct(Conflict):
    """There is nothing to take back."""

    message = "These two are not marked as not the same. Reload the page to see which pairs are."


@dataclass(frozen=True)
class Profile:
    """What is compared of a group or a person; ``numbers`` are values that two ought not to share, with what sharing them means."""

    id: UUID
    name: str
    grams: frozenset[str]
    districts: frozenset[str] = frozenset()
    numbers: frozenset[tuple[Likeness, str]] = frozenset()
    families: frozenset[UUID] = frozenset()
    dni: str | None = None
    born: date | None = None


@dataclass(frozen=True)
class Pair:
    """Two that look alike, and why."""

    first: Profile
    second: Profile
    reasons: tuple[Likeness, ...]


def trigrams(name: str, passed_over: Collection[str] = ()) -> frozenset[str]:
    """The trigrams of the words of a name, without those passed over unless there are no others."""
    words = re.findall("[a-z0-9]+", plain(name))
    telling = [word for word in words if word not in passed_over] or words
    padded = [f"  {word} " for word in telling]
    return frozenset(word[at : at + 3] for word in padded for at in range(len(word) - 2))


def alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two names share enough trigrams, worked out exactly."""
    common = len(one & other)
    part, whole = ALIKE
    return common > 0 and whole * common >= part * (len(one) + len(other) - common)


def find(profiles: Iterable[Profile], ours: Collection[UUID]) -> list[Pair]:
    """The pairs that look alike with at least one of ``ours``: those with the most reasons first, then by name."""
    by_id = {each.id: each for each in profiles}
    found: dict[tuple[UUID, UUID], set[Likeness]] = defaultdict(set)
    suspected = islice(_suspected(by_id, frozenset(ours)), FOLLOWED)
    left = (each for each in suspected if not _contradicted(by_id[each[0]], by_id[each[1]], each[2]))
    for one, other, reason in islice(left, MOST):
        found[min(one, other), max(one, other)].add(reason)
    for reasons in found.values():
        if Likeness.BOARD in reasons:
            reasons.discard(Likeness.PHONE)  # it is that person's
    pairs = [
        Pair(by_id[one], by_id[other], tuple(each for each in Likeness if each in why)) for (one, other), why in found.items()
    ]
    return sorted(pairs, key=lambda pair: (-len(pair.reasons), plain(pair.first.name), pair.first.id, pair.second.id))


def slips(dni: str) -> list[str]:
    """The DNIs one slip away: another digit in one place, or two neighbours swapped."""
    others = [dni[:at] + digit + dni[at + 1 :] for at in range(len(dni)) for digit in "0123456789" if digit != dni[at]]
    swapped = [dni[:at] + dni[at + 1] + dni[at] + dni[at + 2 :] for at in range(len(dni) - 1) if dni[at] != dni[at + 1]]
    return others + swapped


Suspicion = tuple[UUID, UUID, Likeness]


def _suspected(by_id: Mapping[UUID, Profile], ours: frozenset[UUID]) -> Iterator[Suspicion]:
    """What suggests that two are one: what they share first, similar names in a district last."""
    grams = {key: each.grams for key, each in by_id.items()}
    numbers, districts, births, masks = (_Buckets(ours) for _ in range(4))
    for key, each in by_id.items():
        numbers.put(key, each.numbers)
        districts.put(key, each.districts)
        births.put(key, [each.born] if each.born else [])
        masks.put(key, _masks(each.dni) if each.dni else [])
    for (reason, _), members in numbers.shared():
        if reason == Likeness.PHONE and len(members) > SHARED_BY:
            continue
        yield from ((one, other, reason) for one, other in combinations(members, 2) if {one, other} & ours)
    for reason, buckets in ((Likeness.DNI, masks), (Likeness.BIRTH, births), (Likeness.NAME, districts)):
        for _, members in buckets.shared():
            yield from ((one, other, reason) for one, other in _similar(members, grams, ours))


class _Buckets:
    """Who shares what, where one of ours is among them."""

    def __init__(self, ours: frozenset[UUID]) -> None:
        self._ours = ours
        self._members: dict[Any, list[UUID]] = defaultdict(list)

    def put(self, member: UUID, keys: Iterable[Hashable]) -> None:
        """Put a member into the buckets of its keys."""
        for key in keys:
            self._members[key].append(member)

    def shared(self) -> Iterator[tuple[Any, list[UUID]]]:
        """The buckets of two or more."""
        return ((key, each) for key, each in self._members.items() if len(each) > 1 and not self._ours.isdisjoint(each))


def _masks(dni: str) -> Iterator[str]:
    """What two DNIs one slip apart have in common: one digit hidden, or two neighbours in order of size."""
    for at in range(len(dni)):
        yield f"{dni[:at]}?{dni[at + 1 :]}"
    for at in range(len(dni) - 1):
        yield f"{at}:{dni[:at]}{''.join(sorted(dni[at : at + 2]))}{dni[at + 2 :]}"


def _similar(
    members: Collection[UUID], grams: Mapping[UUID, frozenset[str]], ours: frozenset[UUID]
) -> Iterator[tuple[UUID, UUID]]:
    """The pairs with similar names and one of ours. A few of ours are compared with everybody. Of many, two that share three in five
    share one of the rarest two in five and one of each, so ours look only those up: or a district of thousands would take minutes."""
    mine = ours.intersection(members)
    if len(mine) <= FEW:
        yield from ((one, other) for one in mine for other in members if one != other and alike(grams[one], grams[other]))
        return
    frequency = Counter(gram for member in members for gram in grams[member])
    bits = {gram: 1 << place for place, gram in enumerate(frequency)}
    sets = {member: sum(bits[gram] for gram in grams[member]) for member in members}  # sets as whole numbers: many times faster
    having: dict[str, list[UUID]] = defaultdict(list)
    part, whole = ALIKE
    for member in sorted(members, key=ours.__contains__):
        rarest = sorted(grams[member], key=lambda gram: (frequency[gram], gram))
        telling = rarest[: len(rarest) - -(-part * len(rarest) // whole) + 1]
        own, size = sets[member], len(rarest)
        for other in {other for gram in telling for other in having[gram]} if member in ours else ():
            common = (own & sets[other]).bit_count()
            if whole * common >= part * (size + len(grams[other]) - common):
                yield member, other
        for gram in telling:
            having[gram].append(member)


def _contradicted(one: Profile, other: Profile, reason: Likeness) -> bool:
    """Whether what is known says that two are not one: a family shares its telephone; namesakes of other birth dates are two persons
    where both have a DNI or live in one family; “Sector 1” and “Sector 2” are two."""
    family = not one.families.isdisjoint(other.families)
    if reason == Likeness.PHONE:
        return family and not alike(one.grams, other.grams)
    if reason != Likeness.NAME:
        return False
    numbered, other_numbered = (re.findall("[0-9]+", each.name) for each in (one, other))
    born_apart = one.born is not None and other.born is not None and one.born != other.born
    two_numbers = bool(numbered and other_numbered) and numbered != other_numbered
    return two_numbers or (born_apart and (family or bool(one.dni and other.dni)))
