"""Persons: registering, correcting, finding."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from service.core import clock
from service.core.actor import Actor, MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.people import group_store, group_usecases, usecases
from service.people.models import Person, Sex
from service.people.rules import BornInTheFuture, DniKnown, OtherOfficesPerson, PersonInOffice
from service.people.shapes import GrantIn, PersonIn
from tests.cast import Cast
from tests.make.people import make_actor, make_committee, make_group, make_office, make_person, next_dni, person_in
from tests.traces import acts_on, payload_of, refused_by_database


async def test_a_person_is_kept_as_given_and_sorts_by_family_names(session: Session, cast: Cast) -> None:
    dni = next_dni()
    given = PersonIn(
        dni=f" {dni} ",
        given_names="Áurea",
        family_names="Ñahui Peña",
        sex=Sex.FEMALE,
        birth_date=date(1990, 2, 28),
        mobile="+51 987 654 321",
    )
    person = await usecases.create_person(session, cast.promoter, given)
    assert (person.dni, person.name, person.sex, person.birth_date, person.mobile) == (
        dni,
        "Áurea Ñahui Peña",
        Sex.FEMALE,
        date(1990, 2, 28),
        "987654321",
    )
    assert person.sort_key == "n\uffffahui pen\uffffa aurea"
    assert await acts_on(session, f"person:{person.id}") == [("person.created", cast.promoter.person_id)]


async def test_persons_without_a_dni_are_let_in(session: Session, cast: Cast) -> None:
    first, second = [await make_person(session, cast.promoter, dni=None) for _ in range(2)]
    assert (first.dni, second.dni) == (None, None)


async def test_a_dni_belongs_to_one_person(session: Session, cast: Cast) -> None:
    dni = next_dni()
    await make_person(session, cast.promoter, dni=dni)
    with pytest.raises(DniKnown):
        await make_person(session, cast.promoter, dni=dni)


async def test_the_database_itself_refuses_a_second_person_with_a_dni_and_letters_in_one(session: Session, cast: Cast) -> None:
    person = await make_person(session, cast.promoter)
    copy = (
        "INSERT INTO person (id, dni, given_names, family_names, sex, sort_key) "
        "SELECT gen_random_uuid(), :dni, given_names, family_names, sex, sort_key FROM person WHERE id = :id"
    )
    assert "uq_person_dni" in await refused_by_database(session, copy, dni=person.dni, id=person.id)
    assert "ck_person_dni_form" in await refused_by_database(session, copy, dni="4000000A", id=person.id)
    assert "permission denied" in await refused_by_database(session, "DELETE FROM person WHERE id = :id", id=person.id)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dni", "1234567"),
        ("dni", "00000000"),
        ("mobile", "84351234"),
        ("given_names", "  "),
        ("sex", "x"),
        ("nick_name", "Rosita"),
    ],
)
def test_a_shape_refuses_what_no_paper_says(field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PersonIn.model_validate({**person_in().model_dump(), field: value})
    assert [error["loc"] for error in refused.value.errors()] == [(field,)]


async def test_nobody_is_born_tomorrow_but_today(session: Session, cast: Cast) -> None:
    today = await clock.today(session)
    assert (await make_person(session, cast.promoter, birth_date=today)).birth_date == today
    with pytest.raises(BornInTheFuture) as refused:
        await make_person(session, cast.promoter, birth_date=today + timedelta(days=1))
    assert refused.value.field == "birth_date"


@pytest.mark.parametrize("role", ["system", "programme", "secretary", "promoter"])
async def test_those_who_set_up_and_those_who_register_create_persons(session: Session, cast: Cast, role: str) -> None:
    assert await make_person(session, getattr(cast, role))


@pytest.mark.parametrize("role", ["auditor", "treasurer", "administrator", "head", "mayor"])
async def test_nobody_else_creates_persons(session: Session, cast: Cast, role: str) -> None:
    with pytest.raises(MissingRole):
        await make_person(session, getattr(cast, role))


async def test_a_dni_obtained_later_is_added_and_the_record_keeps_what_stood_before(session: Session, cast: Cast) -> None:
    person = await make_person(session, cast.promoter, dni=None, family_names="Quispe")
    dni = next_dni()
    after = person_in(dni=dni, family_names="Zúñiga")
    await usecases.correct_person(session, cast.promoter, person.id, after)
    again = await session.get_one(Person, person.id)
    assert (again.dni, again.family_names, again.sort_key) == (dni, "Zúñiga", "zun\uffffiga rosa")
    change = await payload_of(session, "person.corrected", f"person:{person.id}")
    assert (change["before"]["dni"], change["before"]["family_names"]) == (None, "Quispe")
    assert change["after"] == after.model_dump(mode="json")


async def test_a_correction_cannot_take_the_dni_of_another_but_may_keep_its_own(session: Session, cast: Cast) -> None:
    person, other = await make_person(session, cast.promoter), await make_person(session, cast.promoter)
    await usecases.correct_person(session, cast.promoter, person.id, person_in(dni=person.dni))
    with pytest.raises(DniKnown):
        await usecases.correct_person(session, cast.promoter, person.id, person_in(dni=other.dni))
    with pytest.raises(MissingRole):
        await usecases.correct_person(session, cast.auditor, person.id, person_in(dni=person.dni))
    with pytest.raises(NotFound):
        await usecases.correct_person(session, cast.promoter, uuid4(), person_in())


async def test_a_person_on_rolls_or_boards_is_corrected_by_a_registrar_of_one_of_their_offices(
    session: Session, cast: Cast
) -> None:
    far = await make_actor(session, cast, Role.PROMOTER, office_id=(await make_office(session, cast)).id)
    group = await make_group(session, cast)
    (_, _, enrolled), *_ = await group_store.roll_of(session, group.id)
    (_, seated), *_ = await group_usecases.list_mandates(session, cast.promoter, group.id)
    for person in (enrolled, seated):
        given = person_in(dni=person.dni, family_names="Zúñiga")
        with pytest.raises(OtherOfficesPerson):
            await usecases.correct_person(session, far, person.id, given)
        assert not await usecases.may_correct(session, far, person.id)
        for actor in (cast.promoter, cast.secretary, cast.programme):
            assert (await usecases.correct_person(session, actor, person.id, given)).family_names == "Zúñiga"


async def test_officers_and_jurors_are_corrected_only_by_those_who_give_roles(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    for each in (cast.treasurer, cast.jurors[0], cast.promoter):
        person = await usecases.get_person(session, cast.programme, each.person_id)
        given = person_in(dni=person.dni, family_names="Zúñiga")
        for actor in (cast.promoter, cast.secretary):
            with pytest.raises(PersonInOffice):
                await usecases.correct_person(session, actor, person.id, given)
            assert not await usecases.may_correct(session, actor, person.id)
        for actor in (cast.programme, cast.system):
            assert (await usecases.correct_person(session, actor, person.id, given)).family_names == "Zúñiga"


async def test_whose_role_has_ended_is_corrected_like_others(session: Session, cast: Cast) -> None:
    person = await make_person(session, cast.promoter)
    role = GrantIn(role=Role.PROMOTER, office_id=cast.office.id, since=date(2020, 1, 1))
    grant = await usecases.grant_role(session, cast.system, person.id, role)
    assert not await usecases.may_correct(session, cast.promoter, person.id)
    await usecases.end_role(session, cast.system, grant.id)
    assert await usecases.may_correct(session, cast.promoter, person.id)


async def test_a_person_without_a_role_sees_only_themselves(session: Session, cast: Cast) -> None:
    juror, other = cast.jurors[0], cast.jurors[1]
    assert (await usecases.get_person(session, juror, juror.person_id)).id == juror.person_id
    assert (await usecases.get_person(session, cast.auditor, juror.person_id)).id == juror.person_id
    with pytest.raises(NotFound):
        await usecases.get_person(session, juror, other.person_id)
    with pytest.raises(MissingRole):
        await usecases.list_persons(session, juror)


async def test_persons_are_found_by_dni_or_by_how_their_family_names_begin(session: Session, cast: Cast) -> None:
    last = await make_person(session, cast.promoter, family_names="Xibaja Ñ", given_names="Zoila")
    first = await make_person(session, cast.promoter, family_names="Xíbaja N", given_names="Ana")
    await make_person(session, cast.promoter, family_names="Zevallos Xibaja")
    found = await usecases.list_persons(session, cast.auditor, " XIBAJA ")
    assert [person.id for person in found] == [first.id, last.id]
    assert [person.id for person in await usecases.list_persons(session, cast.auditor, last.dni or "")] == [last.id]
    assert len(await usecases.list_persons(session, cast.auditor, limit=3)) == 3
    assert await usecases.list_persons(session, cast.auditor, "x%") == []


async def test_persons_by_id_leaves_out_who_is_not_there(session: Session, cast: Cast) -> None:
    ids = [cast.mayor.person_id, cast.head.person_id, uuid4()]
    assert set(await usecases.persons_by_id(session, ids)) == set(ids[:2])


async def test_an_actor_holds_the_roles_of_today(session: Session, cast: Cast) -> None:
    actor = await usecases.actor_for_person(session, cast.second_officer.person_id, via="job")
    assert (actor.name, actor.via) == ("Óscar Ñaupa Rojas", "job")
    assert {(grant.role, grant.office_id) for grant in actor.grants} == {
        (Role.ADMINISTRATOR, cast.office.id),
        (Role.SECRETARY, cast.office.id),
    }
    with pytest.raises(NotFound):
        await usecases.actor_for_person(session, uuid4())
    assert isinstance(actor, Actor)
