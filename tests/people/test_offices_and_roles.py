"""Executing nuclei, offices, and the roles that people hold in them."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from service.core import clock
from service.core.actor import Grant, MissingRole
from service.core.acts import Act, Role
from service.core.db import Session
from service.core.errors import NotFound
from service.people import usecases
from service.people.rules import CodeKnown, OnlySystemMay, OwnRole, RoleEnded, RoleHeld, RucKnown
from service.people.shapes import GrantIn, NecIn, OfficeIn
from service.territory.rules import UnknownUbigeo
from tests.cast import SINCE, Cast
from tests.make.people import make_actor, make_office, make_person, next_cci, next_ruc
from tests.traces import acts_on, refused_by_database


async def test_the_programme_opens_an_office_of_an_executing_nucleus(session: Session, cast: Cast) -> None:
    nec = await usecases.create_nec(session, cast.programme, NecIn(ruc=next_ruc(), name="NEC Puno", cci=next_cci()))
    given = OfficeIn(code="TINTA", name="OL Tinta", address="Plaza de Armas 1", ubigeo="080608", nec_id=nec.id)
    office = await usecases.create_office(session, cast.programme, given)
    assert await usecases.get_office(session, None, office.id) == office
    assert await usecases.get_nec(session, office.nec_id) == nec
    assert [row.code for row in await usecases.list_offices(session, None)] == ["SICUANI", "TINTA"]
    assert [row.id for row in await usecases.list_necs(session, cast.auditor)] == [nec.id, cast.nec.id]
    assert await acts_on(session, f"office:{office.id}") == [("office.created", cast.programme.person_id)]


async def test_an_office_is_refused_where_code_district_or_nucleus_do_not_fit(session: Session, cast: Cast) -> None:
    with pytest.raises(CodeKnown):
        await make_office(session, cast, code="SICUANI")
    with pytest.raises(UnknownUbigeo):
        await make_office(session, cast, ubigeo="999999")
    with pytest.raises(NotFound):
        await make_office(session, cast, nec_id=uuid4())
    with pytest.raises(RucKnown):
        await usecases.create_nec(session, cast.system, NecIn(ruc=cast.nec.ruc, name="Otro", cci=next_cci()))


@pytest.mark.parametrize("role", ["head", "secretary", "administrator", "treasurer", "promoter", "auditor", "mayor"])
async def test_who_holds_a_role_of_one_office_sets_up_nothing(session: Session, cast: Cast, role: str) -> None:
    actor = getattr(cast, role)
    with pytest.raises(MissingRole):
        await usecases.create_nec(session, actor, NecIn(ruc=next_ruc(), name="NEC", cci=next_cci()))
    given = OfficeIn(code="X", name="X", address="X", ubigeo="080608", nec_id=cast.nec.id)
    with pytest.raises(MissingRole):
        await usecases.create_office(session, actor, given)
    grant = GrantIn(role=Role.PROMOTER, office_id=cast.office.id, since=SINCE)
    with pytest.raises(MissingRole):
        await usecases.grant_role(session, actor, cast.mayor.person_id, grant)


async def test_a_role_counts_in_its_office_only(session: Session, cast: Cast) -> None:
    other = await make_office(session, cast)
    actor = await make_actor(session, cast, Role.PROMOTER, office_id=other.id)
    assert actor.grants == {Grant(Role.PROMOTER, other.id)}
    assert (
        actor.may(Act.CREATE_GROUP, other.id),
        actor.may(Act.CREATE_GROUP, cast.office.id),
        actor.may(Act.CREATE_GROUP),
    ) == (
        True,
        False,
        False,
    )
    assert cast.programme.may(Act.CREATE_CALL, other.id)


async def test_a_role_that_begins_tomorrow_is_not_held_today(session: Session, cast: Cast) -> None:
    person = await make_person(session, cast.system)
    tomorrow = await clock.today(session) + timedelta(days=1)
    given = GrantIn(role=Role.SECRETARY, office_id=cast.office.id, since=tomorrow)
    await usecases.grant_role(session, cast.system, person.id, given)
    assert (await usecases.actor_for_person(session, person.id)).grants == set()


async def test_a_role_that_is_ended_is_gone_at_once_and_may_be_given_again(session: Session, cast: Cast) -> None:
    person = await make_person(session, cast.system)
    today = await clock.today(session)
    given = GrantIn(role=Role.SECRETARY, office_id=cast.office.id, since=SINCE)
    grant = await usecases.grant_role(session, cast.programme, person.id, given)
    ended = await usecases.end_role(session, cast.programme, grant.id)
    assert ended.until == today
    assert (await usecases.actor_for_person(session, person.id)).grants == set()
    with pytest.raises(RoleEnded):
        await usecases.end_role(session, cast.programme, grant.id)
    with pytest.raises(RoleHeld):  # the days before today are taken
        await usecases.grant_role(session, cast.programme, person.id, given)
    again = given.model_copy(update={"since": today})
    await usecases.grant_role(session, cast.programme, person.id, again)
    assert (await usecases.actor_for_person(session, person.id)).grants == {Grant(Role.SECRETARY, cast.office.id)}
    assert [act for act, _ in await acts_on(session, f"person:{person.id}")] == [
        "person.created",
        "role.granted",
        "role.ended",
        "role.granted",
    ]


async def test_a_role_is_given_once(session: Session, cast: Cast) -> None:
    actor = await make_actor(session, cast, Role.AUDITOR)
    given = GrantIn(role=Role.AUDITOR, office_id=cast.office.id, since=await clock.today(session))
    with pytest.raises(RoleHeld):
        await usecases.grant_role(session, cast.system, actor.person_id, given)
    everywhere = GrantIn(role=Role.AUDITOR, since=SINCE)
    await usecases.grant_role(session, cast.system, actor.person_id, everywhere)
    with pytest.raises(RoleHeld):
        await usecases.grant_role(session, cast.system, actor.person_id, everywhere)


async def test_the_database_itself_holds_one_current_role_of_a_kind_and_keeps_past_ones(session: Session, cast: Cast) -> None:
    values = {"person": cast.programme.person_id, "since": SINCE}
    insert = "INSERT INTO role_grant (id, person_id, role, office_id, since) VALUES (gen_random_uuid(), :person, 'programme', NULL, :since)"
    assert "uq_role_grant_current" in await refused_by_database(session, insert, **values)
    change = "UPDATE role_grant SET role = 'system' WHERE person_id = :person"
    assert "permission denied" in await refused_by_database(session, change, person=cast.programme.person_id)


async def test_nobody_raises_themselves_or_makes_system_administrators_but_these(session: Session, cast: Cast) -> None:
    system = GrantIn(role=Role.SYSTEM, since=SINCE)
    with pytest.raises(OwnRole):
        await usecases.grant_role(session, cast.programme, cast.programme.person_id, system)
    with pytest.raises(OwnRole):
        await usecases.grant_role(session, cast.system, cast.system.person_id, GrantIn(role=Role.PROGRAMME, since=SINCE))
    with pytest.raises(OnlySystemMay):
        await usecases.grant_role(session, cast.programme, cast.mayor.person_id, system)
    grant = await usecases.grant_role(session, cast.system, cast.mayor.person_id, system)
    with pytest.raises(OnlySystemMay):
        await usecases.end_role(session, cast.programme, grant.id)


async def test_a_role_needs_a_person_and_an_office_that_are_there(session: Session, cast: Cast) -> None:
    with pytest.raises(NotFound):
        await usecases.grant_role(session, cast.system, uuid4(), GrantIn(role=Role.AUDITOR, since=SINCE))
    with pytest.raises(NotFound):
        nowhere = GrantIn(role=Role.AUDITOR, office_id=uuid4(), since=SINCE)
        await usecases.grant_role(session, cast.system, cast.mayor.person_id, nowhere)
    with pytest.raises(NotFound):
        await usecases.end_role(session, cast.system, uuid4())


async def test_roles_of_an_office_are_listed_by_name(session: Session, cast: Cast) -> None:
    rows = await usecases.list_roles(session, cast.auditor, cast.office.id)
    assert [(person.family_names, grant.role) for grant, person in rows] == [
        ("Apaza Layme", Role.TREASURER),
        ("Ccahuana Puma", Role.OFFICE_HEAD),
        ("Huamán Ttito", Role.ADMINISTRATOR),
        ("Mamani Ccopa", Role.PROMOTER),
        ("Ñaupa Rojas", Role.ADMINISTRATOR),
        ("Ñaupa Rojas", Role.SECRETARY),
        ("Quispe Choque", Role.SECRETARY),
    ]
    everywhere = await usecases.list_roles(session, cast.auditor, None)
    assert [grant.role for grant, _ in everywhere] == [Role.PROGRAMME, Role.SYSTEM, Role.AUDITOR]
    with pytest.raises(MissingRole):
        await usecases.list_roles(session, cast.mayor, cast.office.id)


async def test_the_cast_is_in_the_database_as_it_says(session: Session, cast: Cast) -> None:
    count = await session.scalar(text("SELECT count(*) FROM person WHERE dni BETWEEN '23000001' AND '23000015'"))
    assert count == 15
    assert (await usecases.actor_for_person(session, cast.treasurer.person_id)) == cast.treasurer
