"""What becomes of the rows of a roll's file: pure, so that the preview and the entry work it out alike."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from service.core.canonical import sha256_hex
from service.core.errors import Conflict, NotFound
from service.core.texts import Phrase
from service.people.group_rules import OneHead, OtherName, plain
from service.people.groups import Family, FamilyMember
from service.people.models import Person
from service.people.roll_rows import ReadRow, RollColumn

MOST_MEMBERS = 40
"""The most members of a family, as in ``FamilyIn``."""


class RowState(StrEnum):
    """What a row would do: the first four can be entered, the last two hold the whole file back."""

    NEW = "new"  # registers a person and puts them on the roll
    KNOWN = "known"  # puts a person known by DNI on the roll
    ENROLLED = "enrolled"  # is on the roll already: nothing happens
    CHANGED = "changed"  # as known or enrolled, but the file says something else: what is registered stays
    CONFLICTING = "conflicting"  # contradicts who is registered, or the roll
    WRONG = "wrong"  # cannot be read, or contradicts another row


BLOCKING = frozenset({RowState.CONFLICTING, RowState.WRONG})


class RollDraftGone(NotFound):
    """The file was entered, discarded or replaced."""

    message = (
        "This file does not wait here any more: it was entered, discarded or replaced. Look at the roll, or upload it again."
    )


class OtherFile(Conflict):
    """Not the file whose preview was seen."""

    message = "This is not the file that you looked at. Look at the preview again before you enter it."


class PreviewChanged(Conflict):
    """The roll, or somebody on it, changed since the preview."""

    message = "The roll or a person on it changed since this preview. Look at the new preview, then enter it."


class RollHasFaults(Conflict):
    """Rows that are wrong or in conflict."""

    message = "{rows} rows are wrong or in conflict, so nothing was entered. Correct them in your file and upload it again."


class NothingToEnter(Conflict):
    """Everybody of the file is on the roll."""

    message = "Everybody in this file is on the roll already. There is nothing to enter."


@dataclass(frozen=True)
class Known:
    """What the database holds of the persons in a file.

    ``by_dni`` are the persons with a DNI of the file, ``roll`` is the group's roll, ``elsewhere`` the names of the other groups on
    whose rolls a person stands: None for a group that the reader does not see.
    """

    by_dni: Mapping[str, Person]
    roll: Sequence[tuple[Family, FamilyMember, Person]]
    elsewhere: Mapping[UUID, Sequence[str | None]]


@dataclass
class PreviewRow:
    """A row, what it would do, and why; ``person`` is who it means, where known."""

    row: ReadRow
    state: RowState = RowState.NEW
    remarks: dict[RollColumn, Phrase] = field(default_factory=dict)
    notices: list[Phrase] = field(default_factory=list)
    likenesses: list[Phrase] = field(
        default_factory=list
    )  # for the eye: what others look like changes nothing of what is entered
    person: Person | None = None
    on_roll: bool = False

    def refuse(self, state: RowState, column: RollColumn, why: Phrase) -> None:
        """Hold the row back; what was said of a column first stays."""
        self.state = RowState.WRONG if RowState.WRONG in (self.state, state) else state
        self.remarks.setdefault(column, why)


@dataclass(frozen=True)
class Preview:
    """Every row of a file with its state; ``sha256`` is the hash of all of it."""

    rows: Sequence[PreviewRow]
    ignored: Sequence[str]

    @property
    def counts(self) -> dict[RowState, int]:
        """How many rows are in each state."""
        return {state: sum(row.state == state for row in self.rows) for state in RowState}

    def worst_first(self) -> list[PreviewRow]:
        """The rows that hold the file back, then those with something to look at, then the others; each in the file's order."""
        return sorted(
            self.rows, key=lambda each: (each.state not in BLOCKING, not each.remarks, not each.notices, not each.likenesses)
        )

    @property
    def sha256(self) -> str:
        """The hash of every row's state and remarks: two previews with the same one would do the same."""
        return sha256_hex([sha256_hex(_written(each)) for each in self.rows])  # never all of it written at once


def preview(rows: Iterable[ReadRow], ignored: Sequence[str], known: Known) -> Preview:
    """The state of each row against the other rows, the persons known and the roll."""
    found = [PreviewRow(row) for row in rows]
    for each in found:
        for column, why in each.row.faults.items():
            each.refuse(RowState.WRONG, column, why)
    _same_person_twice(found)
    families: dict[str, list[PreviewRow]] = defaultdict(list)
    for each in found:
        if each.row.code:
            families[each.row.code].append(each)
    on_roll: dict[str, list[tuple[FamilyMember, Person]]] = defaultdict(list)
    for family, member, person in known.roll:
        on_roll[family.code].append((member, person))
    for code, members in families.items():
        _require_family(code, members, new=code not in on_roll)
    place = {person.id: family.code for family, _, person in known.roll}
    for each in found:
        if each.state != RowState.WRONG:
            _match(each, known, on_roll.get(str(each.row.code), ()), place)
    return Preview(found, ignored)


def _same_person_twice(rows: Iterable[PreviewRow]) -> None:
    """A DNI stands once in a file; so does, in one family, a name with its date of birth where there is no DNI."""
    seen: dict[object, int] = {}
    for each in rows:
        given = each.row.values
        dni = given.get("dni")
        name = tuple(plain(given.get(part, "")) for part in ("family_names", "given_names"))
        key = dni or (each.row.code, name, given.get("birth_date"))
        if key in seen and all(name):
            column = RollColumn.DNI if dni else RollColumn.GIVEN_NAMES
            why = Phrase("This person stands in row {row} already. Leave the person in one family, once.", row=seen[key])
            each.refuse(RowState.WRONG, column, why)
        seen.setdefault(key, each.row.number)


def _require_family(code: str, members: Sequence[PreviewRow], *, new: bool) -> None:
    """Not too many members; one head among the rows of a new family: nothing is said while a mark cannot be read."""
    for each in members[MOST_MEMBERS:]:
        each.refuse(RowState.WRONG, RollColumn.FAMILY, Phrase("A family has at most {most} members.", most=MOST_MEMBERS))
    if not new or any("head" not in each.row.values for each in members):
        return
    heads = [each for each in members if each.row.values["head"]]
    if len(heads) != 1:
        why = Phrase(OneHead.message, code=code, heads=len(heads))
        for each in heads or members[:1]:
            each.refuse(RowState.WRONG, RollColumn.HEAD, why)


def _match(
    each: PreviewRow,
    known: Known,
    family: Sequence[tuple[FamilyMember, Person]],
    place: Mapping[UUID, str],
) -> None:
    given = each.row.member()
    twin = _namesake(each, [person for _, person in family])
    person = each.person = known.by_dni.get(given.dni or "") or twin
    if person and plain(person.family_names) != plain(given.family_names):
        each.refuse(RowState.CONFLICTING, RollColumn.DNI, Phrase(OtherName.message, dni=given.dni, name=person.name))
        return
    _match_head(each, family)
    if twin and given.dni:
        why = Phrase("{name} is on the roll without a DNI. Add the DNI to that person first.", name=twin.name)
        each.refuse(RowState.CONFLICTING, RollColumn.DNI, why)
    if person is None:
        return
    each.on_roll = person.id in place
    if each.on_roll and place[person.id] != each.row.code:
        why = Phrase("This person is on the roll already, in family “{code}”.", code=place[person.id])
        each.refuse(RowState.CONFLICTING, RollColumn.FAMILY, why)
    _compare(each, person)
    each.notices += [_elsewhere(name) for name in known.elsewhere.get(person.id, ())]


def _namesake(each: PreviewRow, family: Iterable[Person]) -> Person | None:
    """The member of the family on the roll with the same name and no other date of birth, where one of both has no DNI."""
    given = each.row.member()
    for person in family:
        same_name = plain(person.name) == plain(f"{given.given_names} {given.family_names}")
        other_birth = given.birth_date and person.birth_date and given.birth_date != person.birth_date
        if same_name and not other_birth and not (given.dni and person.dni):
            return person
    return None


def _match_head(each: PreviewRow, family: Sequence[tuple[FamilyMember, Person]]) -> None:
    """A family on the roll keeps its head."""
    for member, person in family:
        if member.head and each.row.values["head"] != (each.person is not None and each.person.id == person.id):
            why = Phrase("The head of this family is {name} on the roll, and stays so.", name=person.name)
            each.refuse(RowState.CONFLICTING, RollColumn.HEAD, why)


def _compare(each: PreviewRow, person: Person) -> None:
    """What the file says otherwise than what is registered: shown, and not taken over."""
    if each.state in BLOCKING:
        return
    each.state = RowState.ENROLLED if each.on_roll else RowState.KNOWN
    for column in (RollColumn.GIVEN_NAMES, RollColumn.SEX, RollColumn.BIRTH_DATE, RollColumn.MOBILE):
        said, registered = each.row.values[column.value], getattr(person, column.value)
        same = plain(said) == plain(registered) if column == RollColumn.GIVEN_NAMES else said == registered
        if said is not None and not same:
            each.state = RowState.CHANGED
            each.remarks[column] = Phrase(
                "Registered: {value}. That stays; correct the person if it is wrong.", value=_shown(registered)
            )


def _shown(value: object) -> object:
    if isinstance(value, StrEnum):
        return value
    return "–" if value is None else str(value)


def _elsewhere(name: str | None) -> Phrase:
    if name is None:
        return Phrase("This person is on the roll of a group of another office too.")
    return Phrase("This person is on the roll of “{group}” too.", group=name)


def _written(each: PreviewRow) -> dict[str, object]:
    return {
        "row": each.row.number,
        "state": each.state.value,
        "cells": {column.value: text for column, text in each.row.cells.items()},
        "remarks": {column.value: str(why) for column, why in each.remarks.items()},
        "notices": [str(notice) for notice in each.notices],
        "person": str(each.person.id) if each.person else None,
    }


def require_entry(draft_sha256: str, seen_file: str, seen_preview: str, found: Preview) -> None:
    """What was looked at is what is entered, and all of it can be.

    Raises ``OtherFile``, ``PreviewChanged``, ``RollHasFaults``, ``NothingToEnter``.
    """
    if draft_sha256 != seen_file:
        raise OtherFile
    if found.sha256 != seen_preview:
        raise PreviewChanged
    wrong = sum(each.state in BLOCKING for each in found.rows)
    if wrong:
        raise RollHasFaults(rows=wrong)
    if all(each.on_roll for each in found.rows):
        raise NothingToEnter
