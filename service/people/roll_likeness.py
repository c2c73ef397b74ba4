"""Whom a roll's file would register, compared with those registered and with one another: notices, nothing more."""

from collections.abc import Iterable, Mapping
from uuid import NAMESPACE_OID, UUID, uuid5

from service.core.texts import Phrase
from service.people.likeness import Likeness, Pair, Profile, trigrams
from service.people.roll_rules import PreviewRow, RowState

COMPARED = 1_000
"""The most new persons that are compared while somebody waits; of more, the page of the office tells after the entry."""

NOTED = 3
"""The most likenesses that are told of a row."""


def new_profiles(rows: Iterable[PreviewRow], district: str) -> dict[UUID, tuple[PreviewRow, Profile]]:
    """The persons whom a file would register, to compare with those registered; who shares a number in the file is one family."""
    found = {}
    for at, each in enumerate(rows):
        if each.state == RowState.NEW:
            given, code = each.row.member(), str(each.row.code)
            name = f"{given.given_names} {given.family_names}"
            profile = Profile(
                UUID(int=at),
                name,
                trigrams(name),
                frozenset({district}),
                frozenset({(Likeness.PHONE, given.mobile)} if given.mobile else ()),
                frozenset({uuid5(NAMESPACE_OID, code)}),
                given.dni,
                given.birth_date,
            )
            found[profile.id] = each, profile
    return found


def note_likenesses(pairs: Iterable[Pair], new: Mapping[UUID, tuple[PreviewRow, Profile]]) -> None:
    """Say at each new person whom they look like, among those registered and in the earlier rows; ``NOTED`` at most."""
    for pair in pairs:
        one, other = sorted((pair.first, pair.second), key=lambda each: each.id.int if each.id in new else -1)
        row = new[other.id][0]
        if len(row.likenesses) < NOTED:
            earlier = new.get(one.id)
            who = Phrase("row {row}", row=earlier[0].row.number) if earlier else one.name
            row.likenesses.append(Phrase("Looks like {who}: {why}.", who=who, why=pair.reasons))
