"""Who is present at the visit, and what a list of DNIs says about a roll: pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from service.applications.attribute_rules import PRESENCE, refers_to
from service.contests.book import RuleBook
from service.core.errors import Conflict, Rejected
from service.people.identifiers import BadDni, parse_dni

Membership = tuple[UUID, UUID]
"""A place on the roll: a family and a person of it."""

_BETWEEN = re.compile(r"[,;\n\r]+|\s+(?=[0-9]{8})")
_K = TypeVar("_K")


class NoPresenceAsked(Conflict):
    """The rules of the contest do not look at the share of families present."""

    message = "The rules of this contest do not ask for the families present, so there is nothing to check here."


class EmptyRoll(Conflict):
    """The group has no family on its roll."""

    message = "This organisation has no families on its roll. Register the roll first, then check who is present."


class PresenceClosed(Conflict):
    """The check is closed."""

    message = "The presence check of this application is closed. To correct it, open a new one with the reason."


class PresenceNotClosed(Conflict):
    """There is a check to go on with, or none to correct."""

    message = "There is no closed presence check to correct. Go on with the list, and close it."


class NotOnRoll(Rejected):
    """The person is not on the roll of the group."""

    message = "This person is not on the roll of the organisation. Reload the page to see the roll as it is now."


class NotTicked(Conflict):
    """Nothing to take back."""

    message = "This person is not marked as present. Reload the page to see who is."


class CountedByCheck(Conflict):
    """The share was counted person by person, and is not typed over."""

    message = (
        "The families of this application were counted with the presence check. Correct the check instead of typing the share."
    )


class Answer(StrEnum):
    """What a typed DNI turned out to be."""

    ENTERED = "presence_entered"
    TWICE = "presence_twice"
    NOT_ON_ROLL = "not_on_roll"
    NOT_A_DNI = "not_a_dni"


@dataclass(frozen=True)
class DniAnswer:
    """What was typed, what it turned out to be, and of whom: a name and the codes of families."""

    typed: str
    answer: Answer
    name: str = ""
    families: str = ""


@dataclass(frozen=True)
class OnRoll:
    """A place on the roll, with the codes and names that people read."""

    family_id: UUID
    family: str
    person_id: UUID
    name: str
    dni: str | None


def require_asked(book: RuleBook) -> str:
    """The attribute that the check feeds. Raises ``NoPresenceAsked``."""
    if not refers_to(book, PRESENCE):
        raise NoPresenceAsked
    return PRESENCE


def families_present(present: Iterable[Membership]) -> int:
    """How many families have at least one member present."""
    return len({family_id for family_id, _ in present})


def places_of(roll: Sequence[OnRoll], person_ids: Iterable[UUID]) -> list[OnRoll]:
    """Where persons stand on the roll: in every family of theirs. Raises ``NotOnRoll``."""
    by_person = _by(roll, [each.person_id for each in roll])
    if any(each not in by_person for each in person_ids):
        raise NotOnRoll("person_ids")
    return [place for each in dict.fromkeys(person_ids) for place in by_person[each]]


def read_dnis(text: str, roll: Sequence[OnRoll], present: Collection[Membership]) -> tuple[list[OnRoll], list[DniAnswer]]:
    """The places on the roll that typed DNIs add to those ``present``, and an answer to each that was typed, in its order."""
    by_dni = _by(roll, [each.dni for each in roll])
    there = set(present)
    added: list[OnRoll] = []
    answers: list[DniAnswer] = []
    for typed in filter(None, (part.strip() for part in _BETWEEN.split(text))):
        dni = _dni(typed)
        places = by_dni.get(dni, []) if dni else []
        new = [place for place in places if (place.family_id, place.person_id) not in there]
        answers.append(_answer(typed, dni, places, new))
        added += new
        there |= {(place.family_id, place.person_id) for place in new}
    return added, answers


def _answer(typed: str, dni: str | None, places: Sequence[OnRoll], new: Sequence[OnRoll]) -> DniAnswer:
    if dni is None:
        return DniAnswer(typed, Answer.NOT_A_DNI)
    if not places:
        return DniAnswer(typed, Answer.NOT_ON_ROLL)
    answer = Answer.ENTERED if new else Answer.TWICE
    return DniAnswer(typed, answer, places[0].name, ", ".join(place.family for place in places))


def _dni(typed: str) -> str | None:
    try:
        return parse_dni(typed)
    except BadDni:
        return None


def _by(roll: Sequence[OnRoll], keys: Sequence[_K]) -> Mapping[_K, list[OnRoll]]:
    found: dict[_K, list[OnRoll]] = {}
    for key, place in zip(keys, roll, strict=True):
        found.setdefault(key, []).append(place)
    return found
