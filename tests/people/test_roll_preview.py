"""The preview of a roll from a file: what each row would do, and why."""

from dataclasses import replace

import pytest

from service.core.actor import Actor
from service.core.acts import Role
from service.core.db import Session
from service.people import roll_likeness
from service.people import roll_usecases as rolls
from service.people.groups import Group
from service.people.roll_rows import RollColumn
from service.people.roll_rules import (
    PreviewRow,
    RowState,
)
from tests.cast import Cast
from tests.make.people import make_actor, make_group, make_office, make_person, next_dni
from tests.make.rolls import Row, bare_group, csv_of, enter, row

MAYOR = "23000010"
"""The DNI of the cast's mayor."""


async def looked_at(session: Session, cast: Cast, group: Group, *rows: Row) -> list[PreviewRow]:
    """The rows of the preview of a file, in its order."""
    draft = await rolls.upload_roll(session, cast.promoter, group.id, "padron.csv", csv_of(*rows))
    return list((await rolls.preview_roll(session, cast.promoter, draft.id)).found.rows)


def said(each: PreviewRow) -> tuple[RowState, dict[RollColumn, str]]:
    """A row's state and its remarks."""
    return each.state, {column: str(why) for column, why in each.remarks.items()}


async def test_each_row_says_what_it_would_do(session: Session, cast: Cast) -> None:
    group, other = await bare_group(session, cast), await bare_group(session, cast, name="Comunidad Pampa")
    known = await make_person(session, cast.promoter, family_names="Núñez", given_names="Rosa María")
    same = await make_person(session, cast.promoter, family_names="Huillca", given_names="Ana")
    await enter(session, cast.promoter, other.id, csv_of(row("A", same.dni, "Huillca", "Ana", "x")))
    await enter(session, cast.promoter, group.id, csv_of(row("F1", None, "Quispe", "Juan", "x")))
    found = await looked_at(
        session,
        cast,
        group,
        row("F1", None, "QUISPE", "Juán", "x"),
        row("F2", known.dni, "NUNEZ", "Rosa M.", "x"),
        row("F3", same.dni, "Huillca", "Ana", "x"),
        row("F4", next_dni(), "Puma", "Eva", "x"),
    )
    registered = f"Registered: {known.given_names}. That stays; correct the person if it is wrong."
    assert [said(each) for each in found] == [
        (RowState.ENROLLED, {}),
        (RowState.CHANGED, {RollColumn.GIVEN_NAMES: registered}),
        (RowState.KNOWN, {}),
        (RowState.NEW, {}),
    ]
    assert [[str(notice) for notice in each.notices] for each in found] == [
        [],
        [],
        ["This person is on the roll of “Comunidad Pampa” too."],
        [],
    ]


async def test_a_new_person_who_looks_like_another_is_noticed_and_entered_all_the_same(session: Session, cast: Cast) -> None:
    group, other = await bare_group(session, cast), await bare_group(session, cast)
    await enter(session, cast.promoter, other.id, csv_of(row("A", None, "Huillca Mamani", "Rosa", "x")))
    rows = (
        row("F1", None, "Huillca Mamany", "Rosa", "x"),
        row("F2", None, "Huillca Mamani", "Rosa", "x"),
        row("F3", None, "Puma", "Eva", "x"),
    )
    found = await looked_at(session, cast, group, *rows)
    near = "similar_name_in_the_same_district"
    assert [(each.state, {str(told) for told in each.likenesses}) for each in found] == [
        (RowState.NEW, {f"Looks like Rosa Huillca Mamani: {near}."}),
        (RowState.NEW, {f"Looks like Rosa Huillca Mamani: {near}.", f"Looks like row 2: {near}."}),
        (RowState.NEW, set()),
    ]
    assert (await enter(session, cast.promoter, group.id, csv_of(*rows))).persons == 3


@pytest.mark.parametrize(("most", "told"), [(2, 1), (1, 0)])
async def test_very_many_new_persons_are_not_compared_and_that_is_said(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch, most: int, told: int
) -> None:
    monkeypatch.setattr(roll_likeness, "COMPARED", most)
    group = await bare_group(session, cast)
    rows = (row("F1", None, "Huillca", "Rosa", "x"), row("F2", None, "Huillca", "Rosa", "x"))
    draft = await rolls.upload_roll(session, cast.promoter, group.id, "a.csv", csv_of(*rows))
    shown = await rolls.preview_roll(session, cast.promoter, draft.id)
    assert (shown.compared, sum(len(each.likenesses) for each in shown.found.rows)) == (bool(told), told)


async def test_a_group_of_another_office_is_not_named(session: Session, cast: Cast) -> None:
    far = await make_office(session, cast)
    other = await make_group(
        session,
        cast_of(cast, await make_actor(session, cast, Role.PROMOTER, office_id=far.id)),
        families=0,
        board=False,
        account=False,
        office_id=far.id,
    )
    rosa = await make_person(session, cast.promoter)
    await enter(session, cast.programme, other.id, csv_of(row("A", rosa.dni, rosa.family_names, rosa.given_names, "x")))
    group = await bare_group(session, cast)
    (each,) = await looked_at(session, cast, group, row("F1", rosa.dni, rosa.family_names, rosa.given_names, "x"))
    assert [str(notice) for notice in each.notices] == ["This person is on the roll of a group of another office too."]
    draft = await rolls.upload_roll(
        session, cast.programme, group.id, "a.csv", csv_of(row("F1", rosa.dni, rosa.family_names, rosa.given_names, "x"))
    )
    (each,) = (await rolls.preview_roll(session, cast.programme, draft.id)).found.rows
    assert [str(notice) for notice in each.notices] == [f"This person is on the roll of “{other.name}” too."]


def cast_of(cast: Cast, promoter: Actor) -> Cast:
    """The cast with another promoter."""
    return replace(cast, promoter=promoter)


async def test_rows_against_each_other_are_wrong(session: Session, cast: Cast) -> None:
    group, dni = await bare_group(session, cast), next_dni()
    found = await looked_at(
        session,
        cast,
        group,
        row("F1", dni, "Puma", "Eva", "x"),
        row("F1", None, "Puma", "Luz", "x"),
        row("F2", None, "Choque", "Eva"),
        row("F3", dni, "Puma", "Eva", "x"),
        row("F4", None, "Mamani", "Ana", "x"),
        row("F4", None, "MAMANI", "Ana"),
    )
    two = "Family “F1” has 2 heads. Mark exactly one member as head of the family."
    none = "Family “F2” has 0 heads. Mark exactly one member as head of the family."
    twice = "This person stands in row {} already. Leave the person in one family, once."
    assert [said(each) for each in found] == [
        (RowState.WRONG, {RollColumn.HEAD: two}),
        (RowState.WRONG, {RollColumn.HEAD: two}),
        (RowState.WRONG, {RollColumn.HEAD: none}),
        (RowState.WRONG, {RollColumn.DNI: twice.format(2)}),
        (RowState.NEW, {}),
        (RowState.WRONG, {RollColumn.GIVEN_NAMES: twice.format(6)}),
    ]


async def test_rows_against_who_is_registered_are_in_conflict(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    rosa = await make_person(session, cast.promoter, family_names="Núñez", given_names="Rosa")
    await enter(
        session, cast.promoter, group.id, csv_of(row("F1", rosa.dni, "Núñez", "Rosa", "x"), row("F1", None, "Núñez", "Luis"))
    )
    dni = next_dni()
    found = await looked_at(
        session,
        cast,
        group,
        row("F2", rosa.dni, "Núñez", "Rosa", "x"),
        row("F1", dni, "Núñez", "Luis"),
        row("F1", next_dni(), "Núñez", "Eva", "x"),
        row("F3", MAYOR, "Otro", "Nombre", "x"),
    )
    assert [said(each) for each in found] == [
        (RowState.CONFLICTING, {RollColumn.FAMILY: "This person is on the roll already, in family “F1”."}),
        (RowState.CONFLICTING, {RollColumn.DNI: "Luis Núñez is on the roll without a DNI. Add the DNI to that person first."}),
        (RowState.CONFLICTING, {RollColumn.HEAD: "The head of this family is Rosa Núñez on the roll, and stays so."}),
        (
            RowState.CONFLICTING,
            {
                RollColumn.DNI: "The DNI 23000010 is entered for Marcos Champi Sulca. Copy the DNI again, or correct that person first."
            },
        ),
    ]
