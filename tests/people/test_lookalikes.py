"""What may be registered twice: shown to those who register, within their offices, until it is marked as two."""

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from service.core.actor import Actor, MissingRole
from service.core.acts import Role
from service.core.db import Session, Sessions, transaction
from service.core.errors import NotFound
from service.people import lookalike_usecases as alike
from service.people.groups import BoardRole, Group
from service.people.likeness import AlreadyDistinct, Likeness, NotAlike, NotDistinct, Pair
from service.people.models import Person
from service.people.rules import OtherOfficesPerson
from service.people.shapes import DistinctIn
from tests.cast import Cast
from tests.make.people import make_account, make_actor, make_group, make_mandate, make_office, make_person, next_cci
from tests.make.rolls import csv_of, enter
from tests.races import second_of
from tests.traces import acts_on, payload_of, refused_by_database, statements

Told = list[tuple[set[str], tuple[Likeness, ...]]]


async def named(session: Session, cast: Cast, name: str, **changes: object) -> Group:
    """A group with a name, without board, roll and account."""
    return await make_group(session, cast, board=False, families=0, account=False, name=name, **changes)


def told(pairs: list[Pair]) -> Told:
    """The names of each pair, and why."""
    return [({pair.first.name, pair.second.name}, pair.reasons) for pair in pairs]


async def far_cast(session: Session, cast: Cast) -> tuple[Cast, object]:
    """The cast with the promoter of another office, and that office's identifier."""
    office = await make_office(session, cast)
    promoter = await make_actor(session, cast, Role.PROMOTER, office_id=office.id)
    return replace(cast, promoter=promoter), office.id


async def enrol(
    session: Session, cast: Cast, group: Group, code: str, dni: str, family: str, given: str, born: str = ""
) -> Person:
    """A person on a roll, the head and only member of a family."""
    await enter(session, cast.programme, group.id, csv_of((code, dni, family, given, "F", born, "", "x")))
    found = text(
        "SELECT person_id FROM family_member m JOIN family f ON f.id = m.family_id WHERE f.group_id = :g AND f.code = :c"
    )
    person_id = await session.scalar(found, {"g": group.id, "c": code})
    person = await session.get(Person, person_id)
    assert person
    return person


async def test_groups_look_alike_by_account_board_telephone_and_name(session: Session, cast: Cast) -> None:
    one, other = await named(session, cast, "Asociación Alpaca Hercca"), await named(session, cast, "Comité Alpacas Hercca")
    far, third = await named(session, cast, "Tejidos Pampa"), await named(session, cast, "Riego Chumbivilcas")
    digits = next_cci()
    for group in (one, far):
        await make_account(session, cast, group, cci=digits)
    eva = await make_person(session, cast.promoter, mobile="987000111")
    ana = await make_person(session, cast.promoter, mobile="987000111")
    await make_mandate(session, cast, one, BoardRole.PRESIDENT, eva.id)
    await make_mandate(session, cast, third, BoardRole.PRESIDENT, eva.id)
    await make_mandate(session, cast, other, BoardRole.PRESIDENT, ana.id)
    ended = {"since": date(2020, 1, 1), "until": date(2020, 2, 1)}
    await make_mandate(session, cast, far, BoardRole.TREASURER, ana.id, **ended)  # past: no reason
    found = told(await alike.list_groups_alike(session, cast.promoter, cast.office.id))
    assert found == [
        ({one.name, other.name}, (Likeness.PHONE, Likeness.NAME)),
        ({one.name, far.name}, (Likeness.ACCOUNT,)),
        ({one.name, third.name}, (Likeness.BOARD,)),
        ({other.name, third.name}, (Likeness.PHONE,)),
    ]
    assert told(await alike.groups_like(session, cast.secretary, far.id)) == [({one.name, far.name}, (Likeness.ACCOUNT,))]


async def test_a_group_of_another_office_is_told_only_to_who_registers_there_too(session: Session, cast: Cast) -> None:
    far, office_id = await far_cast(session, cast)
    one = await named(session, cast, "Alpaca Hercca")
    other = await named(session, far, "Alpacas Hercca", office_id=office_id)
    assert await alike.list_groups_alike(session, cast.promoter, cast.office.id) == []
    assert await alike.groups_like(session, far.promoter, other.id) == []
    pair = [({one.name, other.name}, (Likeness.NAME,))]
    assert told(await alike.list_groups_alike(session, cast.programme, cast.office.id)) == pair
    assert told(await alike.groups_like(session, cast.programme, other.id)) == pair
    with pytest.raises(MissingRole):
        await alike.distinguish_groups(session, cast.promoter, one.id, DistinctIn(other_id=other.id, reason="Otro distrito"))


async def test_persons_look_alike_in_the_districts_of_the_readers_offices(session: Session, cast: Cast) -> None:
    far, office_id = await far_cast(session, cast)
    here, there = await named(session, cast, "Hercca"), await named(session, far, "Tinta", office_id=office_id)
    rosa = await enrol(session, cast, here, "F1", "45000001", "Quispe Mamani", "Rosa")
    namesake = await enrol(session, cast, there, "F1", "46000009", "Quispe Mamany", "Rosa")
    assert await alike.list_persons_alike(session, cast.promoter, cast.office.id) == []
    assert await alike.persons_like(session, cast.promoter, namesake.id) == []
    pair = [({rosa.name, namesake.name}, (Likeness.NAME,))]
    assert told(await alike.list_persons_alike(session, cast.programme, cast.office.id)) == pair
    assert told(await alike.persons_like(session, cast.programme, rosa.id)) == pair


async def test_a_person_just_registered_is_compared_by_telephone_birth_date_and_dni(session: Session, cast: Cast) -> None:
    group = await named(session, cast, "Hercca")
    rosa = await enrol(session, cast, group, "F1", "45000001", "Quispe Mamani", "Rosa", "1980-05-06")
    born = {"birth_date": date(1980, 5, 6), "family_names": "Quispe Mamani", "given_names": "Rosa"}
    same = await make_person(session, cast.promoter, **{**born, "dni": "45000002", "mobile": None})
    assert told(await alike.persons_like(session, cast.promoter, same.id)) == [
        ({rosa.name, same.name}, (Likeness.DNI, Likeness.BIRTH))
    ]
    assert told(await alike.list_persons_alike(session, cast.promoter, cast.office.id)) == [
        ({rosa.name, same.name}, (Likeness.DNI, Likeness.BIRTH))
    ]
    eva = await make_person(session, cast.promoter, family_names="Puma", given_names="Eva", mobile="987000222", birth_date=None)
    luz = await make_person(
        session, cast.promoter, family_names="Ccori", given_names="Luz", mobile="987000222", birth_date=None
    )
    assert told(await alike.persons_like(session, cast.promoter, luz.id)) == [({eva.name, luz.name}, (Likeness.PHONE,))]


async def test_a_pair_marked_as_not_the_same_is_told_no_more(session: Session, cast: Cast) -> None:
    one, other, third = [await named(session, cast, name) for name in ("Alpaca Hercca", "Alpacas Hercca", "Alpaca Herccas")]
    given = DistinctIn(other_id=other.id, reason="Tienen padrones distintos")
    made = await alike.distinguish_groups(session, cast.promoter, one.id, given)
    first, second = sorted((one.id, other.id))
    assert (made.first_id, made.second_id, made.reason, made.decided_by) == (
        first,
        second,
        "Tienen padrones distintos",
        cast.promoter.person_id,
    )
    left = {frozenset(names) for names, _ in told(await alike.list_groups_alike(session, cast.promoter, cast.office.id))}
    assert left == {frozenset({one.name, third.name}), frozenset({other.name, third.name})}
    assert [names for names, _ in told(await alike.groups_like(session, cast.promoter, other.id))] == [{other.name, third.name}]
    with pytest.raises(AlreadyDistinct):
        await alike.distinguish_groups(session, cast.promoter, other.id, given.model_copy(update={"other_id": one.id}))
    assert (await acts_on(session, f"group:{first}"))[-1] == ("groups.distinguished", cast.promoter.person_id)
    assert await payload_of(session, "groups.distinguished", f"group:{first}") == {
        "other": f"group:{second}",
        "reason": "Tienen padrones distintos",
    }


async def test_persons_are_marked_likewise(session: Session, cast: Cast) -> None:
    group = await named(session, cast, "Hercca")
    one = await enrol(session, cast, group, "F1", "45000001", "Quispe Mamani", "Rosa")
    other = await enrol(session, cast, group, "F2", "46000009", "Quispe Mamany", "Rosa")
    await alike.distinguish_persons(session, cast.secretary, other.id, DistinctIn(other_id=one.id, reason="Son primas"))
    assert await alike.list_persons_alike(session, cast.promoter, cast.office.id) == []
    assert await alike.persons_like(session, cast.promoter, one.id) == []
    with pytest.raises(AlreadyDistinct):
        await alike.distinguish_persons(session, cast.secretary, one.id, DistinctIn(other_id=other.id, reason="Otra vez"))


async def test_persons_are_marked_only_by_an_office_on_whose_rolls_or_boards_one_of_them_stands(
    session: Session, cast: Cast
) -> None:
    far, _ = await far_cast(session, cast)
    group = await named(session, cast, "Hercca")
    one = await enrol(session, cast, group, "F1", "45000001", "Quispe Mamani", "Rosa")
    other = await enrol(session, cast, group, "F2", "46000009", "Quispe Mamany", "Rosa")
    given = DistinctIn(other_id=one.id, reason="Son primas")
    with pytest.raises(OtherOfficesPerson):
        await alike.distinguish_persons(session, far.promoter, other.id, given)
    await alike.distinguish_persons(session, cast.promoter, other.id, given)


async def test_two_that_do_not_look_alike_cannot_be_marked_beforehand(session: Session, cast: Cast) -> None:
    one, other = await named(session, cast, "Alpaca Hercca"), await named(session, cast, "Tejidos Pampa")
    for other_id in (other.id, one.id):
        with pytest.raises(NotAlike):
            await alike.distinguish_groups(session, cast.promoter, one.id, DistinctIn(other_id=other_id, reason="Por si acaso"))
    given = DistinctIn(other_id=cast.mayor.person_id, reason="Por si acaso")
    with pytest.raises(NotAlike):
        await alike.distinguish_persons(session, cast.promoter, cast.head.person_id, given)
    with pytest.raises(NotFound):
        await alike.distinguish_groups(session, cast.promoter, one.id, given)


async def test_only_those_who_register_are_told(session: Session, cast: Cast) -> None:
    one, other = await named(session, cast, "Alpaca Hercca"), await named(session, cast, "Alpacas Hercca")
    far: Actor = (await far_cast(session, cast))[0].promoter
    given = DistinctIn(other_id=other.id, reason="Son dos")
    for actor in (cast.auditor, cast.administrator, cast.mayor, far):
        for telling in (alike.list_groups_alike, alike.list_persons_alike):
            with pytest.raises(MissingRole):
                await telling(session, actor, cast.office.id)
        with pytest.raises(MissingRole):
            await alike.groups_like(session, actor, one.id)
        with pytest.raises(MissingRole):
            await alike.distinguish_groups(session, actor, one.id, given)
    for actor in (cast.auditor, cast.mayor):
        with pytest.raises(MissingRole):
            await alike.persons_like(session, actor, cast.head.person_id)


async def test_a_pair_that_is_taken_back_is_shown_again_and_can_be_decided_again(session: Session, cast: Cast) -> None:
    one, other = await named(session, cast, "Alpaca Hercca"), await named(session, cast, "Alpacas Hercca")
    shown = told(await alike.groups_like(session, cast.promoter, one.id))
    decided = DistinctIn(other_id=other.id, reason="Son dos")
    with pytest.raises(NotDistinct):
        await alike.reconsider_groups(session, cast.promoter, one.id, decided)
    await alike.distinguish_groups(session, cast.promoter, one.id, decided)
    (apart,) = await alike.list_groups_apart(session, cast.promoter, cast.office.id)
    assert ({apart.first, apart.second}, apart.reason) == ({one.name, other.name}, "Son dos")
    again = DistinctIn(other_id=one.id, reason="Es la misma, con otra acta")
    row = await alike.reconsider_groups(session, cast.secretary, other.id, again)
    assert (row.step, row.reason, row.decided_by) == (2, "Es la misma, con otra acta", cast.secretary.person_id)
    assert told(await alike.groups_like(session, cast.promoter, one.id)) == shown
    assert await alike.list_groups_apart(session, cast.promoter, cast.office.id) == []
    assert ("groups.reconsidered", cast.secretary.person_id) in await acts_on(session, f"group:{row.first_id}")
    with pytest.raises(NotDistinct):
        await alike.reconsider_groups(session, cast.secretary, other.id, again)
    third = await alike.distinguish_groups(session, cast.promoter, one.id, DistinctIn(other_id=other.id, reason="Sí son dos"))
    assert third.step == 3
    kept = await session.scalars(text("SELECT reason FROM distinct_groups ORDER BY step"))
    assert list(kept) == ["Son dos", "Es la misma, con otra acta", "Sí son dos"]
    assert await alike.groups_like(session, cast.promoter, one.id) == []


async def test_persons_are_taken_back_by_those_who_may_mark_them(session: Session, cast: Cast) -> None:
    far, _ = await far_cast(session, cast)
    group = await named(session, cast, "Hercca")
    one = await enrol(session, cast, group, "F1", "45000001", "Quispe Mamani", "Rosa")
    other = await enrol(session, cast, group, "F2", "46000009", "Quispe Mamany", "Rosa")
    await alike.distinguish_persons(session, cast.promoter, other.id, DistinctIn(other_id=one.id, reason="Son primas"))
    (apart,) = await alike.list_persons_apart(session, cast.promoter, cast.office.id)
    assert {apart.first_id, apart.second_id} == {one.id, other.id}
    again = DistinctIn(other_id=other.id, reason="Es una")
    with pytest.raises(OtherOfficesPerson):
        await alike.reconsider_persons(session, far.promoter, one.id, again)
    with pytest.raises(MissingRole):
        await alike.list_persons_apart(session, far.promoter, cast.office.id)
    await alike.reconsider_persons(session, cast.promoter, one.id, again)
    assert len(await alike.persons_like(session, cast.promoter, one.id)) == 1
    assert await alike.list_persons_apart(session, cast.promoter, cast.office.id) == []


async def test_the_database_keeps_decisions_step_by_step_in_order_and_with_a_reason(session: Session, cast: Cast) -> None:
    one, other = await named(session, cast, "Alpaca Hercca"), await named(session, cast, "Alpacas Hercca")
    await alike.distinguish_groups(session, cast.promoter, one.id, DistinctIn(other_id=other.id, reason="Son dos"))
    first, second = sorted((one.id, other.id))
    insert = (
        "INSERT INTO distinct_groups (first_id, second_id, step, reason, decided_by, decided_at) "
        "VALUES (:one, :other, :step, :reason, :by, now())"
    )

    async def refused(one: UUID, other: UUID, step: int, reason: str) -> str:
        by = cast.promoter.person_id
        return await refused_by_database(session, insert, one=one, other=other, step=step, reason=reason, by=by)

    assert "pk_distinct_groups" in await refused(first, second, 1, "x")
    assert "in_order" in await refused(second, first, 1, "x")
    assert "with_reason" in await refused(first, second, 2, "")
    for step in (0, 3):
        assert "the steps on a pair follow one another" in await refused(first, second, step, "x")
    assert "permission denied" in await refused_by_database(session, "UPDATE distinct_groups SET reason = 'y'")
    assert "permission denied" in await refused_by_database(session, "DELETE FROM distinct_groups")


async def test_the_number_of_statements_does_not_grow_with_the_pairs(session: Session, cast: Cast) -> None:
    counts = []
    for names in (("Alpaca Hercca", "Alpacas Hercca"), ("Alpaca Herccas", "Alpacas Herccas")):
        for name in names:
            await named(session, cast, name)
        session.expire_all()
        with statements(session) as sent:
            pairs = await alike.list_groups_alike(session, cast.promoter, cast.office.id)
        counts.append((len(pairs), len(sent)))
    assert [pairs for pairs, _ in counts] == [1, 6]
    assert counts[0][1] == counts[1][1]


async def test_of_two_decisions_at_once_one_is_kept(sessions: Sessions, cast: Cast) -> None:
    async with transaction(sessions) as session:
        one, other = await named(session, cast, "Vicuña Ccochapata"), await named(session, cast, "Vicuñas Ccochapata")

    async def decide(session: Session) -> object:
        given = DistinctIn(other_id=other.id, reason="Son dos")
        return await alike.distinguish_groups(session, cast.promoter, one.id, given)

    assert isinstance(await second_of(sessions, decide, decide), AlreadyDistinct)
