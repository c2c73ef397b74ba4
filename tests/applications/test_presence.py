"""The presence check at the visit: who may tick, what each DNI is answered, what closing writes, and what the database refuses."""

from collections.abc import Mapping
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.applications import attributes, presence_rules
from service.applications.models import Application
from service.applications.presence_rules import Answer, DniAnswer, OnRoll, read_dnis
from service.applications.shapes import AttributeIn, PresenceIn, PresentIn, TakeBackIn
from service.contests.models import Contest
from service.contests.shapes import ReasonIn
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import NotFound
from service.core.ids import new_id
from service.people.group_usecases import families_of
from service.scoring import presence, recusals, rules
from service.scoring.shapes import RecusalIn
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee, make_group
from tests.make.scoring import make_panel

SHARE = "SELECT value, source FROM application_attribute WHERE application_id = :id AND name = 'families_present_share' ORDER BY version"


@pytest.fixture
async def contest(session: Session, cast: Cast) -> Contest:
    """A contest whose rules look at the families present."""
    await make_committee(session, cast)
    return await make_contest(session, cast, "pdn-first")


@pytest.fixture
async def application(session: Session, cast: Cast, contest: Contest) -> Application:
    """An application of a group of three families of two, not counted yet."""
    return await make_eligible(session, cast, contest, present=None)


@pytest.fixture
async def panel(session: Session, cast: Cast, contest: Contest) -> dict[str, Actor]:
    """J1 and J2 in the field, J3 to J5 in public."""
    return dict(await make_panel(session, cast, contest))


async def people(session: Session, application: Application) -> list[OnRoll]:
    """The roll in its order."""
    return [
        OnRoll(each.family.id, each.family.code, person.id, person.name, person.dni)
        for each in await families_of(session, application.group_id)
        for _, person in each.members
    ]


async def shares(session: Session, application: Application) -> list[tuple[str, str]]:
    """The values of the share of families present, with their sources."""
    return [(row.value, row.source) for row in await session.execute(text(SHARE), {"id": application.id})]


def ids(*places: OnRoll) -> PresentIn:
    return PresentIn(person_ids=[place.person_id for place in places])


async def refused(session: Session, statement: str, values: Mapping[str, object]) -> str | None:
    """The SQLSTATE with which the database refuses a statement."""
    with pytest.raises(DBAPIError) as error:
        async with session.begin_nested():
            await session.execute(text(statement), values)
    return getattr(error.value.orig, "sqlstate", None)


def test_each_typed_dni_is_answered_in_its_order() -> None:
    family, other = new_id(), new_id()
    rosa = OnRoll(family, "F1", new_id(), "Rosa Quispe", "40000001")
    luis = OnRoll(other, "F2", new_id(), "Luis Mamani", "40000002")
    added, answers = read_dnis("40000001, 40000001\n4000 0099;40000098 40000002", [rosa, luis], {(other, luis.person_id)})
    assert added == [rosa]
    assert answers == [
        DniAnswer("40000001", Answer.ENTERED, "Rosa Quispe", "F1"),
        DniAnswer("40000001", Answer.TWICE, "Rosa Quispe", "F1"),
        DniAnswer("4000 0099", Answer.NOT_ON_ROLL),
        DniAnswer("40000098", Answer.NOT_ON_ROLL),
        DniAnswer("40000002", Answer.TWICE, "Luis Mamani", "F2"),
    ]
    assert read_dnis("4000000X", [rosa], ())[1] == [DniAnswer("4000000X", Answer.NOT_A_DNI)]


async def test_a_family_counts_once_however_many_of_it_are_there(
    session: Session, cast: Cast, application: Application, panel: dict[str, Actor]
) -> None:
    roll = await people(session, application)
    await presence.enter_present(session, panel["J1"], application.id, ids(roll[0], roll[1]))
    await presence.enter_present(session, cast.promoter, application.id, PresentIn(dnis=str(roll[2].dni)))
    found = await presence.presence_list(session, cast.secretary, application.id)
    assert (found.families_present, found.families, len(found.present)) == (2, 3, 3)
    closing = await presence.close_presence(session, cast.secretary, application.id)
    assert (closing.present, closing.families) == (2, 3)
    assert await shares(session, application) == [("2/3", "Presence check 1 of the families, by DNI")]


async def test_a_mistaken_tick_is_taken_back_with_its_reason_and_both_rows_stay(
    session: Session, cast: Cast, application: Application
) -> None:
    roll = await people(session, application)
    await presence.enter_present(session, cast.secretary, application.id, ids(roll[0]))
    gone = TakeBackIn(person_id=roll[0].person_id, reason="Era su hermana")
    await presence.take_back_present(session, cast.secretary, application.id, gone)
    found = await presence.presence_list(session, cast.secretary, application.id)
    assert [(each.present, each.reason) for each in found.entries] == [(True, None), (False, "Era su hermana")]
    assert found.families_present == 0
    with pytest.raises(presence_rules.NotTicked):
        await presence.take_back_present(session, cast.secretary, application.id, gone)


async def test_ticking_somebody_twice_leaves_one_row(session: Session, cast: Cast, application: Application) -> None:
    roll = await people(session, application)
    for _ in range(2):
        await presence.enter_present(session, cast.secretary, application.id, ids(roll[0]))
    assert len((await presence.presence_list(session, cast.secretary, application.id)).entries) == 1


async def test_once_closed_the_share_is_not_typed_and_a_correction_is_a_further_check(
    session: Session, cast: Cast, application: Application
) -> None:
    roll = await people(session, application)
    await attributes.record_presence(session, cast.secretary, application.id, PresenceIn(present=1, total=3))
    await presence.enter_present(session, cast.secretary, application.id, ids(roll[0]))
    with pytest.raises(presence_rules.PresenceNotClosed):
        await presence.reopen_presence(session, cast.secretary, application.id, ReasonIn(reason="Llegó una familia más"))
    await presence.close_presence(session, cast.secretary, application.id)
    for late in (
        presence.enter_present(session, cast.secretary, application.id, ids(roll[2])),
        presence.close_presence(session, cast.secretary, application.id),
    ):
        with pytest.raises(presence_rules.PresenceClosed):
            await late
    typed = AttributeIn(name="families_present_share", value="3/3", source="A ojo")
    with pytest.raises(presence_rules.CountedByCheck):
        await attributes.record_attribute(session, cast.secretary, application.id, typed)
    with pytest.raises(presence_rules.CountedByCheck):
        await attributes.record_presence(session, cast.secretary, application.id, PresenceIn(present=3, total=3))
    await presence.reopen_presence(session, cast.secretary, application.id, ReasonIn(reason="Llegó una familia más"))
    await presence.enter_present(session, cast.secretary, application.id, ids(roll[2]))
    await presence.close_presence(session, cast.secretary, application.id)
    assert [value for value, _ in await shares(session, application)] == ["1/3", "1/3", "2/3"]
    other = AttributeIn(name="women_share", value="0.5", source="Padrón")
    assert (await attributes.record_attribute(session, cast.secretary, application.id, other)).version == 1


async def test_the_field_jurors_and_the_office_open_the_list_and_nobody_else(
    session: Session, cast: Cast, application: Application, panel: dict[str, Actor]
) -> None:
    for who in (panel["J1"], panel["J2"], cast.promoter, cast.secretary):
        assert (await presence.presence_list(session, who, application.id)).families == 3
    for who in (panel["J3"], cast.mayor, cast.auditor, cast.administrator):
        with pytest.raises(NotFound):
            await presence.presence_list(session, who, application.id)
    given = RecusalIn(person_id=panel["J1"].person_id, reason="Compadre")
    await recusals.recuse_juror(session, cast.secretary, application.id, given)
    with pytest.raises(rules.Recused):
        await presence.enter_present(session, panel["J1"], application.id, PresentIn())


async def test_a_contest_whose_rules_do_not_ask_offers_no_check(session: Session, cast: Cast) -> None:
    application = await make_eligible(session, cast, await make_contest(session, cast, "idl-first"), present=None)
    with pytest.raises(presence_rules.NoPresenceAsked):
        await presence.presence_list(session, cast.secretary, application.id)


async def test_a_person_who_is_not_on_the_roll_is_refused_by_the_database_too(
    session: Session, cast: Cast, application: Application
) -> None:
    stranger = (await families_of(session, (await make_group(session, cast)).id))[0]
    with pytest.raises(presence_rules.NotOnRoll):
        given = PresentIn(person_ids=[stranger.head.id])
        await presence.enter_present(session, cast.secretary, application.id, given)
    roll = await people(session, application)
    await presence.enter_present(session, cast.secretary, application.id, ids(roll[0]))
    values = entry(application.id, 2, stranger.family.id, stranger.head.id, cast.secretary.person_id)
    assert await refused(session, ENTRY, values) == "RY120"
    again = entry(application.id, 2, roll[0].family_id, roll[0].person_id, cast.secretary.person_id)
    assert await refused(session, ENTRY, again) == "RY122"
    gap = entry(application.id, 3, roll[2].family_id, roll[2].person_id, cast.secretary.person_id)
    assert await refused(session, ENTRY, gap) == "RY122"


async def test_the_database_counts_for_itself_and_takes_nothing_after_the_close(
    session: Session, cast: Cast, application: Application
) -> None:
    roll = await people(session, application)
    await presence.enter_present(session, cast.secretary, application.id, ids(roll[0]))
    by = {"id": application.id, "by": cast.secretary.person_id}
    closing = "INSERT INTO presence_closing VALUES (:id, 1, 3, 3, now(), :by)"
    assert await refused(session, closing, by) == "RY123"
    await presence.close_presence(session, cast.secretary, application.id)
    late = entry(application.id, 2, roll[2].family_id, roll[2].person_id, cast.secretary.person_id)
    assert await refused(session, ENTRY, late) == "RY121"
    assert await refused(session, "INSERT INTO presence_check VALUES (:id, 3, 'sin cierre', now(), :by)", by) == "RY122"
    typed = (
        "INSERT INTO application_attribute (id, application_id, name, version, value, source, at, recorded_by) "
        "VALUES (gen_random_uuid(), :id, 'families_present_share', 9, '3/3', 'A ojo', now(), :by)"
    )
    assert await refused(session, typed, by) == "RY124"
    for table in ("presence_check", "presence_entry", "presence_closing"):
        assert await refused(session, f"DELETE FROM {table} WHERE application_id = :id", by) in ("42501", "RY001")


ENTRY = "INSERT INTO presence_entry VALUES (:id, :number, 1, :family, :person, true, NULL, now(), :by)"


def entry(application_id: UUID, number: int, family: UUID, person: UUID, by: UUID) -> dict[str, object]:
    return {"id": application_id, "number": number, "family": family, "person": person, "by": by}
