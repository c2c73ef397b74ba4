"""What may be registered twice in an office: the pairs, why they look alike, and saying that two are not the same."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Request
from pydantic import BaseModel, Field, StringConstraints
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.pages.acts import act
from api.pages.forms import Form, Typed, form
from api.pages.offices import CRUMB
from api.pages.views import Cell, Link, Table, View, show
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.text import Line
from service.people import lookalike_usecases, usecases
from service.people.groups import Group
from service.people.likeness import Pair, Profile
from service.people.lookalike_store import Apart
from service.people.shapes import DistinctIn

router = new_router("lookalikes")

SHOWN = 200
"""The most pairs in one table; how many there are is said above it."""

_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
PairKey = Annotated[str, StringConstraints(pattern=f"^{_UUID}:{_UUID}$")]


class DistinctPair(BaseModel, extra="forbid"):
    """Which pair is not the same, and why."""

    pair: PairKey = Field(description="Pair")
    reason: Line = Field(description="Why they are not the same")


class PairAgain(BaseModel, extra="forbid"):
    """Which pair is to be shown again, and why."""

    pair: PairKey = Field(description="Pair")
    reason: Line = Field(description="Why they may be the same after all")


@router.get("/offices/{office_id}/lookalikes")
async def list_lookalikes(request: Request, session: Work, who: Who, office_id: UUID) -> Response:
    """The pairs of an office."""
    return await _lookalikes(request, session, who, office_id)


async def _lookalikes(request: Request, session: Session, who: Actor, office_id: UUID, typed: Typed | None = None) -> Response:
    groups = await lookalike_usecases.list_groups_alike(session, who, office_id)
    persons = await lookalike_usecases.list_persons_alike(session, who, office_id)
    groups_apart = await lookalike_usecases.list_groups_apart(session, who, office_id, SHOWN)
    persons_apart = await lookalike_usecases.list_persons_apart(session, who, office_id, SHOWN)
    office = await usecases.get_office(session, who, office_id)
    here, language = f"/offices/{office_id}/lookalikes", language_of(request)
    tables = [
        _table("Groups that look alike", "/groups/", groups, language, _form(f"{here}/groups", groups, typed)),
        _table("Persons who look alike", "/persons/", persons, language, _form(f"{here}/persons", persons, typed)),
    ]
    apart = [
        *_apart_tables("Groups marked as not the same", "/groups/", f"{here}/groups/again", groups_apart, typed),
        *_apart_tables("Persons marked as not the same", "/persons/", f"{here}/persons/again", persons_apart, typed),
    ]
    facts: list[tuple[str, Cell]] = [("Groups that look alike", len(groups)), ("Persons who look alike", len(persons))]
    view = View(
        "Perhaps registered twice",
        translate_title=True,
        lead="Nothing is merged by itself. Look at each pair, correct what is wrong, or say that the two are not the same.",
        crumbs=[CRUMB, Link(office.name, f"/offices/{office_id}")],
        facts=facts,
        tables=[*tables, *apart],
    )
    return show(request, view)


async def groups_alike(request: Request, session: Session, who: Actor, group: Group) -> list[Table]:
    """The groups that one looks like, for those who register in its office; nothing where there are none."""
    if not who.may(Act.READ_LIKENESSES, group.office_id):
        return []
    pairs = await lookalike_usecases.groups_like(session, who, group.id)
    return _others(request, "Groups that look alike", "/groups/", group.id, pairs, group.office_id)


async def persons_alike(request: Request, session: Session, who: Actor, person_id: UUID) -> list[Table]:
    """The persons whom one looks like, for those who register; nothing where there are none."""
    if not who.may_somewhere(Act.READ_LIKENESSES):
        return []
    pairs = await lookalike_usecases.persons_like(session, who, person_id)
    office = min(who.offices(Act.READ_LIKENESSES) or (), default=None)
    return _others(request, "Persons who look alike", "/persons/", person_id, pairs, office)


def alike_notes(request: Request, tables: Sequence[Table]) -> list[str]:
    """What a page says above its table of what looks alike."""
    return [say(language_of(request), "This looks like another entry. Compare them below before you go on.")] if tables else []


def _others(request: Request, title: str, path: str, one: UUID, pairs: Sequence[Pair], office_id: UUID | None) -> list[Table]:
    others = [(pair, pair.second if pair.first.id == one else pair.first) for pair in pairs[:SHOWN]]
    rows: list[list[Cell]] = [
        [Link(other.name, f"{path}{other.id}"), _why(language_of(request), pair)] for pair, other in others
    ]
    all_pairs = [Link("Perhaps registered twice", f"/offices/{office_id}/lookalikes", translate=True)] if office_id else []
    return [Table(title, ["Name", "Why"], rows, links=all_pairs)] if rows else []


def _table(title: str, path: str, pairs: Sequence[Pair], language: str, act: Form | None) -> Table:
    def link(profile: Profile) -> Link:
        text = f"{profile.name} ({profile.dni})" if profile.dni else profile.name
        return Link(text, path + str(profile.id))

    rows: list[list[Cell]] = [[link(pair.first), link(pair.second), _why(language, pair)] for pair in pairs[:SHOWN]]
    return Table(title, ["One", "The other", "Why"], rows, empty="No two look alike.", acts=[act])


def _why(language: str, pair: Pair) -> str:
    return ", ".join(say(language, reason.value) for reason in pair.reasons)


def _form(action: str, pairs: Sequence[Pair], typed: Typed | None) -> Form | None:
    choices = [(f"{pair.first.id}:{pair.second.id}", f"{pair.first.name} – {pair.second.name}") for pair in pairs[:SHOWN]]
    return (
        form(action, "Say that two are not the same", DistinctPair, choices={"pair": choices}, typed=typed) if pairs else None
    )


def _apart_tables(title: str, path: str, action: str, pairs: Sequence[Apart], typed: Typed | None) -> list[Table]:
    """The pairs that are decided, the newest first, and taking one back; nothing where there are none."""
    if not pairs:
        return []
    rows: list[list[Cell]] = [
        [
            Link(each.first, path + str(each.first_id)),
            Link(each.second, path + str(each.second_id)),
            each.reason,
            each.decided_by,
            each.decided_at,
        ]
        for each in pairs
    ]
    choices = [(f"{each.first_id}:{each.second_id}", f"{each.first} – {each.second}") for each in pairs]
    again = form(action, "Show a pair again", PairAgain, choices={"pair": choices}, typed=typed)
    return [Table(title, ["One", "The other", "Why", "By", "When"], rows, acts=[again])]


def _given(given: DistinctPair | PairAgain) -> tuple[UUID, DistinctIn]:
    one, other = given.pair.split(":")
    return UUID(one), DistinctIn(other_id=UUID(other), reason=given.reason)


async def _distinguish_groups(session: Session, who: Actor, _office_id: UUID, given: DistinctPair) -> None:
    await lookalike_usecases.distinguish_groups(session, who, *_given(given))


async def _distinguish_persons(session: Session, who: Actor, _office_id: UUID, given: DistinctPair) -> None:
    await lookalike_usecases.distinguish_persons(session, who, *_given(given))


async def _reconsider_groups(session: Session, who: Actor, _office_id: UUID, given: PairAgain) -> None:
    await lookalike_usecases.reconsider_groups(session, who, *_given(given))


async def _reconsider_persons(session: Session, who: Actor, _office_id: UUID, given: PairAgain) -> None:
    await lookalike_usecases.reconsider_persons(session, who, *_given(given))


def _back(_result: object, office_id: UUID) -> str:
    return f"/offices/{office_id}/lookalikes"


act(router, "/offices/{office_id}/lookalikes/groups", DistinctPair, _distinguish_groups, page=_lookalikes, to=_back)
act(router, "/offices/{office_id}/lookalikes/persons", DistinctPair, _distinguish_persons, page=_lookalikes, to=_back)
act(router, "/offices/{office_id}/lookalikes/groups/again", PairAgain, _reconsider_groups, page=_lookalikes, to=_back)
act(router, "/offices/{office_id}/lookalikes/persons/again", PairAgain, _reconsider_persons, page=_lookalikes, to=_back)
