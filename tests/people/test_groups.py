"""Groups and their boards."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.people import group_usecases as groups
from service.people.group_rules import (
    AlreadyRegistered,
    BoardIncomplete,
    NotRegisteredYet,
    OnTheBoardAlready,
    RegistrySheetMissing,
    SeatNotOnThisBoard,
    SeatTaken,
)
from service.people.groups import BoardRole, GroupKind, Registration
from service.people.rules import RucKnown, TermEnded, TermReversed
from service.people.shapes import EndIn, RegistrationIn
from service.territory.rules import UnknownUbigeo
from tests.cast import SINCE, Cast
from tests.make.people import (
    UNTIL,
    group_in,
    make_actor,
    make_board,
    make_group,
    make_mandate,
    make_municipality,
    make_office,
    make_person,
    next_ruc,
)
from tests.traces import acts_on, refused_by_database

BARE: dict[str, Any] = {"board": False, "families": 0, "account": False}


async def test_a_group_is_kept_as_given(session: Session, cast: Cast) -> None:
    given = group_in(cast, name="Comunidad Ñuñoa", kind=GroupKind.COMMUNITY)
    group = await groups.create_group(session, cast.promoter, given)
    assert group.model_dump(exclude={"id", "sort_key"}) == given.model_dump()
    assert group.sort_key == "comunidad n\uffffun\uffffoa"
    assert await groups.get_group(session, None, group.id) == group
    assert await acts_on(session, f"group:{group.id}") == [("group.created", cast.promoter.person_id)]


async def test_groups_are_listed_by_how_their_names_begin_in_their_office(session: Session, cast: Cast) -> None:
    other = await make_office(session, cast)
    promoter = await make_actor(session, cast, Role.PROMOTER, office_id=other.id)
    await groups.create_group(session, promoter, group_in(cast, name="Ayllu Tinta", office_id=other.id))
    last = await make_group(session, cast, **BARE, name="Áyllu Zeta")
    first = await make_group(session, cast, **BARE, name="Ayllu Alfa")
    await make_group(session, cast, **BARE, name="Comité Ayllu")
    assert [group.id for group in await groups.list_groups(session, cast.auditor, cast.office.id, "AYLLU")] == [
        first.id,
        last.id,
    ]
    assert len(await groups.list_groups(session, cast.auditor, cast.office.id, limit=2)) == 2
    with pytest.raises(MissingRole):
        await groups.list_groups(session, cast.promoter, other.id)


async def test_groups_are_registered_by_those_of_the_office(session: Session, cast: Cast) -> None:
    for actor in (cast.promoter, cast.secretary, cast.programme, cast.system):
        assert await groups.create_group(session, actor, group_in(cast))
    stranger = await make_actor(session, cast, Role.PROMOTER, office_id=(await make_office(session, cast)).id)
    for actor in (cast.auditor, cast.administrator, cast.mayor, stranger):
        with pytest.raises(MissingRole):
            await groups.create_group(session, actor, group_in(cast))


async def test_registration_and_its_sheet_go_together(session: Session, cast: Cast) -> None:
    with pytest.raises(RegistrySheetMissing):
        await make_group(session, cast, **BARE, registry_sheet=None)
    with pytest.raises(NotRegisteredYet):
        await make_group(session, cast, **BARE, registration=Registration.IN_FORMATION)
    forming = await make_group(session, cast, **BARE, registration=Registration.IN_FORMATION, registry_sheet=None, ruc=None)
    assert (forming.registration, forming.ruc) == (Registration.IN_FORMATION, None)
    assert (await make_municipality(session, cast)).registry_sheet is None


async def test_a_group_in_formation_becomes_registered_once(session: Session, cast: Cast) -> None:
    forming = await make_group(session, cast, **BARE, registration=Registration.IN_FORMATION, registry_sheet=None, ruc=None)
    other = await make_group(session, cast, **BARE)
    with pytest.raises(RucKnown):
        await groups.record_registration(
            session, cast.promoter, forming.id, RegistrationIn(registry_sheet="P.E. 7", ruc=other.ruc)
        )
    ruc = next_ruc()
    group = await groups.record_registration(
        session, cast.promoter, forming.id, RegistrationIn(registry_sheet="P.E. 7", ruc=ruc)
    )
    assert (group.registration, group.registry_sheet, group.ruc) == (Registration.REGISTERED, "P.E. 7", ruc)
    with pytest.raises(AlreadyRegistered):
        await groups.record_registration(session, cast.promoter, forming.id, RegistrationIn(registry_sheet="P.E. 8"))
    with pytest.raises(MissingRole):
        await groups.record_registration(session, cast.auditor, forming.id, RegistrationIn(registry_sheet="P.E. 8"))


async def test_a_ruc_belongs_to_one_group(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast, **BARE)
    with pytest.raises(RucKnown) as refused:
        await make_group(session, cast, **BARE, ruc=group.ruc)
    assert refused.value.field == "ruc"
    copy = (
        'INSERT INTO "group" (id, office_id, kind, name, ruc, registration, ubigeo, place, sort_key) '
        'SELECT gen_random_uuid(), office_id, kind, name, ruc, registration, ubigeo, place, sort_key FROM "group" WHERE id = :id'
    )
    assert "uq_group_ruc" in await refused_by_database(session, copy, id=group.id)


async def test_a_group_lies_in_a_district_and_an_office_that_are_there(session: Session, cast: Cast) -> None:
    with pytest.raises(UnknownUbigeo):
        await make_group(session, cast, **BARE, ubigeo="080699")
    with pytest.raises(NotFound):
        await make_group(session, cast, **BARE, office_id=uuid4())
    with pytest.raises(NotFound):
        await groups.get_group(session, cast.auditor, uuid4())


async def test_the_board_of_a_day_stands_in_the_order_of_its_seats(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast, **BARE)
    secretary = await make_mandate(session, cast, group, BoardRole.SECRETARY)
    treasurer = await make_mandate(session, cast, group, BoardRole.TREASURER)
    first = await make_mandate(session, cast, group, BoardRole.PRESIDENT, until=date(2025, 12, 31))
    second = await make_mandate(session, cast, group, BoardRole.PRESIDENT, since=date(2026, 1, 1))

    async def board(day: date) -> list[object]:
        rows = await groups.board_on(session, group.id, day)
        assert all(mandate.person_id == person.id for mandate, person in rows)
        return [mandate.id for mandate, _ in rows]

    assert await board(date(2025, 12, 31)) == [first.id, treasurer.id, secretary.id]
    assert await board(date(2026, 1, 1)) == [second.id, treasurer.id, secretary.id]
    assert await board(date(2019, 12, 31)) == []
    everybody = [mandate.id for mandate, _ in await groups.list_mandates(session, cast.auditor, group.id)]
    assert everybody == [first.id, second.id, treasurer.id, secretary.id]


async def test_president_and_treasurer_sign_for_a_group_and_the_mayor_for_a_municipality(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast, **BARE)
    president, treasurer, _ = await make_board(session, cast, group)
    signing = await groups.signatories_on(session, group.id, SINCE)
    assert [(mandate.role, person.id) for mandate, person in signing] == [
        (BoardRole.PRESIDENT, president.person_id),
        (BoardRole.TREASURER, treasurer.person_id),
    ]
    town = await make_municipality(session, cast)
    signing = await groups.signatories_on(session, town.id, SINCE)
    assert [(mandate.role, person.id) for mandate, person in signing] == [(BoardRole.MAYOR, cast.mayor.person_id)]


async def test_an_incomplete_board_signs_nothing_and_says_who_is_missing(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast, **BARE)
    await make_mandate(session, cast, group, BoardRole.SECRETARY)
    with pytest.raises(BoardIncomplete) as refused:
        await groups.signatories_on(session, group.id, SINCE)
    assert refused.value.values == {"seats": ("president", "treasurer"), "day": "2020-01-01"}
    await make_mandate(session, cast, group, BoardRole.PRESIDENT)
    await make_mandate(session, cast, group, BoardRole.TREASURER, until=date(2025, 12, 31))
    with pytest.raises(BoardIncomplete) as refused:
        await groups.signatories_on(session, group.id, date(2026, 1, 1))
    assert refused.value.values == {"seats": ("treasurer",), "day": "2026-01-01"}


async def test_a_seat_has_one_person_and_a_person_one_seat_at_a_time(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast, **BARE)
    president = await make_mandate(session, cast, group, BoardRole.PRESIDENT, until=date(2026, 6, 30))
    with pytest.raises(SeatTaken):
        await make_mandate(session, cast, group, BoardRole.PRESIDENT, since=date(2026, 6, 30))
    with pytest.raises(OnTheBoardAlready):
        await make_mandate(session, cast, group, BoardRole.TREASURER, president.person_id, since=date(2026, 6, 30))
    after = await make_mandate(session, cast, group, BoardRole.TREASURER, president.person_id, since=date(2026, 7, 1))
    assert after.until == UNTIL


async def test_a_seat_fits_the_kind_of_group(session: Session, cast: Cast) -> None:
    group, town = await make_group(session, cast, **BARE), await make_municipality(session, cast)
    with pytest.raises(SeatNotOnThisBoard):
        await make_mandate(session, cast, group, BoardRole.MAYOR)
    with pytest.raises(SeatNotOnThisBoard):
        await make_mandate(session, cast, town, BoardRole.TREASURER)


async def test_a_mandate_may_end_early_and_never_later(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast, **BARE)
    mandate = await make_mandate(session, cast, group, BoardRole.PRESIDENT)
    early = EndIn(until=date(2026, 6, 30))
    assert (await groups.end_mandate(session, cast.promoter, mandate.id, early)).until == date(2026, 6, 30)
    with pytest.raises(TermEnded):
        await groups.end_mandate(session, cast.promoter, mandate.id, EndIn(until=date(2026, 7, 1)))
    with pytest.raises(TermReversed):
        await groups.end_mandate(session, cast.promoter, mandate.id, EndIn(until=date(2019, 12, 31)))
    with pytest.raises(MissingRole):
        await groups.end_mandate(session, cast.auditor, mandate.id, early)
    with pytest.raises(TermReversed):
        await make_mandate(session, cast, group, BoardRole.TREASURER, since=date(2026, 1, 2), until=date(2026, 1, 1))
    assert [act for act, _ in await acts_on(session, f"group:{group.id}")] == [
        "group.created",
        "mandate.added",
        "mandate.ended",
    ]


async def test_the_database_itself_keeps_a_mandate_as_it_was(session: Session, cast: Cast) -> None:
    group = await make_group(session, cast, **BARE)
    mandate = await make_mandate(session, cast, group, BoardRole.PRESIDENT)
    other = await make_person(session, cast.promoter)
    change = "UPDATE board_mandate SET person_id = :person WHERE id = :id"
    assert "permission denied" in await refused_by_database(session, change, person=other.id, id=mandate.id)
    reversed_term = "UPDATE board_mandate SET until = '2019-12-31' WHERE id = :id"
    assert "ck_board_mandate_term" in await refused_by_database(session, reversed_term, id=mandate.id)
