"""Rolls of families: who lives with whom, matched by DNI."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError
from sqlalchemy import text

from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.people import group_usecases as groups
from service.people.group_rules import CodeTwice, OneHead, OtherName, PersonTwice
from service.people.groups import Family, Group
from service.people.models import Sex
from service.people.rules import BornInTheFuture
from service.people.shapes import FamilyIn, MemberIn, RollIn
from tests.cast import Cast
from tests.make.people import family_in, make_group, make_person, make_roll, next_dni, person_in
from tests.traces import acts_on, refused_by_database, statements


async def bare_group(session: Session, cast: Cast) -> Group:
    """A group without a roll."""
    return await make_group(session, cast, board=False, families=0, account=False)


async def register(session: Session, cast: Cast, group: Group, *families: FamilyIn) -> list[Family]:
    """Add families to a group's roll."""
    return await groups.register_families(session, cast.promoter, group.id, RollIn(families=list(families)))


async def test_families_are_kept_with_one_head_each_in_order_of_their_codes(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    second, first = family_in("F2", given_names="Beatriz"), family_in("F1", given_names="Alicia")
    await register(session, cast, group, second, first)
    roll = await groups.families_of(session, group.id)
    assert [(row.family.code, row.head.given_names) for row in roll] == [("F1", "Alicia"), ("F2", "Beatriz")]
    assert [[(person.given_names, member.head) for member, person in row.members] for row in roll] == [
        [("Alicia", True), ("Luis", False)],
        [("Beatriz", True), ("Luis", False)],
    ]
    everybody = {person.id for row in roll for _, person in row.members}
    assert len(everybody) == 4
    assert await groups.members_of_group(session, group.id) == everybody
    assert (await groups.get_family(session, roll[0].family.id)).code == "F1"
    assert await acts_on(session, f"group:{group.id}") == [
        ("group.created", cast.promoter.person_id),
        ("families.registered", cast.promoter.person_id),
    ]


async def test_a_member_known_by_dni_is_the_same_person_and_keeps_their_data(session: Session, cast: Cast) -> None:
    known = await make_person(session, cast.promoter, family_names="Núñez Ñaupa", given_names="Rosa María")
    group = await bare_group(session, cast)
    before = await session.scalar(text("SELECT count(*) FROM person"))
    await register(session, cast, group, family_in("F1", dni=known.dni, family_names="NUNEZ NAUPA", given_names="Rosa M."))
    (row,) = await groups.families_of(session, group.id)
    assert (row.head.id, row.head.name) == (known.id, "Rosa María Núñez Ñaupa")
    assert await session.scalar(text("SELECT count(*) FROM person")) == (before or 0) + 1  # the son


async def test_a_dni_of_somebody_else_is_refused_with_its_place(session: Session, cast: Cast) -> None:
    known = await make_person(session, cast.promoter, family_names="Núñez Ñaupa", given_names="Rosa")
    group = await bare_group(session, cast)
    with pytest.raises(OtherName) as refused:
        await register(session, cast, group, family_in("F1"), family_in("F2", dni=known.dni, family_names="Núñez Ñaupari"))
    assert refused.value.field == "families.1.members.0.dni"
    assert refused.value.values == {"dni": known.dni, "name": "Rosa Núñez Ñaupa"}
    assert await groups.families_of(session, group.id) == []


async def test_a_code_stands_once_in_a_group_and_may_stand_in_another(session: Session, cast: Cast) -> None:
    group, other = await bare_group(session, cast), await bare_group(session, cast)
    with pytest.raises(CodeTwice) as refused:
        await register(session, cast, group, family_in("F1"), family_in("F2"), family_in("F1"))
    assert (refused.value.field, refused.value.values) == ("families.2.code", {"code": "F1"})
    await register(session, cast, group, family_in("F1"))
    with pytest.raises(CodeTwice):
        await register(session, cast, group, family_in("F1"))
    await register(session, cast, other, family_in("F1"))
    await register(session, cast, group, family_in("F2"))
    assert [row.family.code for row in await groups.families_of(session, group.id)] == ["F1", "F2"]


async def test_a_person_stands_once_on_a_roll_and_may_stand_on_another(session: Session, cast: Cast) -> None:
    group, other = await bare_group(session, cast), await bare_group(session, cast)
    dni = next_dni()
    mother = {"dni": dni, "family_names": "Mamani"}
    with pytest.raises(PersonTwice) as refused:
        await register(session, cast, group, family_in("F1", **mother), family_in("F2", **mother))
    assert (refused.value.field, refused.value.values) == ("families.1.members.0.dni", {"dni": dni})
    await register(session, cast, group, family_in("F1", **mother))
    with pytest.raises(PersonTwice):
        await register(session, cast, group, family_in("F2", **mother))
    await register(session, cast, other, family_in("F1", **mother))
    (here,), (there,) = await groups.families_of(session, group.id), await groups.families_of(session, other.id)
    assert here.head.id == there.head.id


@pytest.mark.parametrize("heads", [0, 2])
async def test_a_family_has_exactly_one_head(session: Session, cast: Cast, heads: int) -> None:
    group = await bare_group(session, cast)
    members = [MemberIn(**person_in().model_dump(), head=place < heads) for place in range(3)]
    with pytest.raises(OneHead) as refused:
        await register(session, cast, group, FamilyIn(code="F1", members=members))
    assert (refused.value.field, refused.value.values) == ("families.0.members", {"code": "F1", "heads": heads})


async def test_a_member_is_not_born_tomorrow(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    tomorrow = await clock.today(session) + timedelta(days=1)
    with pytest.raises(BornInTheFuture):
        await register(session, cast, group, family_in("F1", birth_date=tomorrow))


@pytest.mark.parametrize(
    "families", [[], [{"code": "F1", "members": []}], [{"code": "f 1", "members": [{"given_names": "A"}]}]]
)
def test_a_roll_without_families_or_a_family_without_members_is_no_roll(families: list[object]) -> None:
    with pytest.raises(ValidationError):
        RollIn.model_validate({"families": families})


async def test_a_household_is_whoever_shares_a_family_on_any_roll(session: Session, cast: Cast) -> None:
    group, other = await bare_group(session, cast), await bare_group(session, cast)
    rosa, pablo, luz, stranger = [person_in(family_names=f"Huillca {name}") for name in "ABCD"]

    def family(code: str, head: object, *members: object) -> FamilyIn:
        rows = [MemberIn(**row.model_dump(), head=row is head) for row in (head, *members)]  # type: ignore[attr-defined]  # persons all
        return FamilyIn(code=code, members=rows)

    await register(session, cast, group, family("F1", rosa, pablo), family("F2", stranger))
    await register(session, cast, other, family("F1", rosa, luz))
    ids = {}
    for given in (rosa, pablo, luz, stranger):
        assert given.dni
        ids[given.family_names[-1]] = await session.scalar(text("SELECT id FROM person WHERE dni = :dni"), {"dni": given.dni})
    assert await groups.household_of(session, ids["A"]) == {ids["A"], ids["B"], ids["C"]}
    assert await groups.household_of(session, ids["B"]) == {ids["A"], ids["B"]}
    assert await groups.household_of(session, ids["D"]) == {ids["D"]}
    assert await groups.household_of(session, cast.mayor.person_id) == {cast.mayor.person_id}


async def test_a_roll_is_read_with_one_statement_however_long(session: Session, cast: Cast) -> None:
    counts = []
    for families in (1, 3):
        group = await bare_group(session, cast)
        await make_roll(session, cast, group, families)
        with statements(session) as sent:
            assert len(await groups.families_of(session, group.id)) == families
        counts.append(len(sent))
    assert counts == [1, 1]


async def test_registering_takes_as_many_statements_for_three_families_as_for_one(session: Session, cast: Cast) -> None:
    counts = []
    for families in (1, 3):
        group = await bare_group(session, cast)
        with statements(session) as sent:
            await make_roll(session, cast, group, families)
        counts.append(len(sent))
    assert counts[0] == counts[1]


async def test_the_database_itself_holds_one_head_a_family_and_keeps_the_roll(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    (family,) = await register(session, cast, group, family_in("F1"))
    other = await make_person(session, cast.promoter)
    insert = "INSERT INTO family_member (family_id, person_id, head) VALUES (:family, :person, true)"
    assert "uq_family_member_head" in await refused_by_database(session, insert, family=family.id, person=other.id)
    again = "INSERT INTO family (id, group_id, code) VALUES (gen_random_uuid(), :id, 'F1')"
    assert "uq_family_group_id_code" in await refused_by_database(session, again, id=group.id)
    for statement in ("UPDATE family SET code = 'F9' WHERE id = :id", "DELETE FROM family WHERE id = :id"):
        assert "permission denied" in await refused_by_database(session, statement, id=family.id)


async def test_a_roll_is_the_promoters_and_needs_a_group(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    roll = RollIn(families=[family_in("F1")])
    for actor in (cast.auditor, cast.administrator, cast.mayor):
        with pytest.raises(MissingRole):
            await groups.register_families(session, actor, group.id, roll)
    with pytest.raises(NotFound):
        await groups.register_families(session, cast.promoter, uuid4(), roll)


async def test_a_child_without_a_dni_may_stand_in_every_family(session: Session, cast: Cast) -> None:
    group = await bare_group(session, cast)
    child = MemberIn(given_names="Luz", family_names="Mamani", sex=Sex.FEMALE, birth_date=date(2020, 1, 1))
    families = [FamilyIn(code=code, members=[MemberIn(**person_in().model_dump(), head=True), child]) for code in ("F1", "F2")]
    await register(session, cast, group, *families)
    assert len(await groups.members_of_group(session, group.id)) == 4
