"""What people ask about their own data: filed by themselves or on paper, answered once, in time, by another person."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import text

from service.core.actor import MissingRole, StepUpNeeded
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.people import group_usecases, usecases
from service.people.groups import BoardRole
from service.people.rules import OtherOfficesPerson
from service.people.shapes import MandateIn
from service.people.usecases import actor_for_person
from service.privacy import export, requests, rules
from service.privacy.models import Outcome, RequestKind
from service.privacy.shapes import DataAnswerIn, DataRequestIn
from tests.cast import SINCE, Cast
from tests.make.people import UNTIL, make_actor, make_group, make_office, make_person, person_in
from tests.traces import acts_on, refused_by_database

SEE = DataRequestIn(kind=RequestKind.ACCESS, words="Quiero ver todo")
YES = DataAnswerIn(outcome=Outcome.GRANTED, words="Aquí está")


@pytest.mark.parametrize(
    ("kind", "asked", "due"),
    [
        (RequestKind.ACCESS, date(2026, 11, 25), date(2026, 12, 23)),  # a Wednesday: four weeks of five days
        (RequestKind.ERASURE, date(2026, 11, 25), date(2026, 12, 9)),
        (RequestKind.RECTIFICATION, date(2026, 11, 28), date(2026, 12, 11)),  # a Saturday: counted from the Monday
        (RequestKind.OBJECTION, date(2026, 12, 31), date(2027, 1, 14)),
    ],
)
def test_an_answer_is_due_after_working_days(kind: RequestKind, asked: date, due: date) -> None:
    assert rules.due(kind, asked) == due


async def test_a_person_asks_and_another_one_answers_once(session: Session, cast: Cast) -> None:
    asked = await requests.ask(session, cast.programme, SEE)
    with pytest.raises(rules.AboutYourself):
        await requests.answer(session, cast.programme, asked.id, YES)
    with pytest.raises(MissingRole):
        await requests.answer(session, cast.head, asked.id, YES)
    await requests.answer(session, cast.system, asked.id, YES)
    with pytest.raises(rules.AlreadyAnswered):
        await requests.answer(session, cast.system, asked.id, YES)
    (own,) = await requests.own_requests(session, cast.programme)
    assert own.answer is not None
    assert (own.answer.words, own.answer.answered_by) == ("Aquí está", cast.system.person_id)
    assert [act for act, _ in await acts_on(session, f"data_request:{asked.id}")] == [
        "data_request.filed",
        "data_request.answered",
    ]


async def test_an_office_files_for_its_own_people_only(session: Session, cast: Cast) -> None:
    other = await make_office(session, cast)
    far = await make_actor(session, cast, Role.PROMOTER, office_id=other.id)
    group = await make_group(session, cast)
    person_id = await session.scalar(text("SELECT person_id FROM board_mandate WHERE group_id = :group"), {"group": group.id})
    with pytest.raises(OtherOfficesPerson):
        await requests.ask_for(session, far, person_id, SEE)
    with pytest.raises(MissingRole):
        await requests.ask_for(session, cast.treasurer, person_id, SEE)
    filed = await requests.ask_for(session, cast.promoter, person_id, SEE)
    (found,) = await requests.list_requests(session, cast.programme)
    assert (found.request.id, found.filed_by) == (filed.id, cast.promoter.name)
    with pytest.raises(MissingRole):
        await requests.list_requests(session, cast.promoter)
    assert (await requests.get_request(session, await actor_for_person(session, person_id), filed.id)).answer is None
    with pytest.raises(NotFound):
        await requests.get_request(session, cast.promoter, filed.id)


async def test_the_database_lets_nobody_answer_themselves_or_change_an_answer(session: Session, cast: Cast) -> None:
    asked = await requests.ask(session, cast.programme, SEE)
    own = "INSERT INTO data_answer VALUES (:id, 'granted', 'x', :by, now())"
    assert "about themselves" in await refused_by_database(session, own, id=asked.id, by=cast.programme.person_id)
    await requests.answer(session, cast.system, asked.id, YES)
    for change in ("UPDATE data_answer SET outcome = 'refused'", "DELETE FROM data_request"):
        assert "permission denied" in await refused_by_database(session, change)


async def test_everything_that_is_kept_of_one_comes_out_and_nothing_that_proves_something(session: Session, cast: Cast) -> None:
    found = await export.export_own(session, cast.secretary)
    kept = {table: rows for _, tables in found.parts for table, rows in tables.items()}
    assert [row["role"].value for row in kept["role_grant"]] == ["secretary"]
    assert found.person.id == cast.secretary.person_id
    assert ("person.exported", cast.secretary.person_id) in await acts_on(session, f"person:{cast.secretary.person_id}")
    again = await export.export_own(session, cast.secretary)
    assert again.acts[-1]["act"] == "person.exported"
    group = await make_group(session, cast)
    rows = await session.execute(text("SELECT person_id FROM board_mandate WHERE group_id = :group"), {"group": group.id})
    president = await actor_for_person(session, rows.scalars().first())  # type: ignore[arg-type]  # a group has a board
    of_group = {
        table: rows for _, tables in (await export.export_own(session, president)).parts for table, rows in tables.items()
    }
    assert of_group["board_mandate"][0]["group_id"] == group.id


async def test_an_office_takes_out_only_what_the_person_asked_for(session: Session, cast: Cast) -> None:
    person = await make_person(session, cast.promoter)
    with pytest.raises(rules.NotAskedFor):
        await export.export_of(session, cast.programme, person.id)
    filed = await requests.ask_for(session, cast.promoter, person.id, SEE)
    with pytest.raises(MissingRole):
        await export.export_of(session, cast.head, person.id)
    assert (await export.export_of(session, cast.programme, person.id)).person.dni == person.dni
    await requests.answer(session, cast.system, filed.id, DataAnswerIn(outcome=Outcome.REFUSED, words="No es usted"))
    with pytest.raises(rules.NotAskedFor):
        await export.export_of(session, cast.programme, person.id)


async def test_a_stale_sign_in_takes_nothing_out(session: Session, cast: Cast) -> None:
    with pytest.raises(StepUpNeeded):
        await export.export_own(session, replace(cast.secretary, fresh=False))


async def test_another_office_sees_the_end_of_a_dni_and_its_own_the_whole(session: Session, cast: Cast) -> None:
    other = await make_office(session, cast)
    far = await make_actor(session, cast, Role.PROMOTER, office_id=other.id)
    given = person_in(mobile="912345678")
    person = await usecases.create_person(session, cast.promoter, given)
    assert (await usecases.get_person(session, far, person.id)).dni == given.dni  # of no office yet
    group = await make_group(session, cast, board=False)
    seat = MandateIn(person_id=person.id, role=BoardRole.SECRETARY, since=SINCE, until=UNTIL)
    await group_usecases.add_mandate(session, cast.promoter, group.id, seat)
    seen = await usecases.get_person(session, far, person.id)
    assert (seen.dni, seen.mobile, seen.birth_date) == ("****" + str(given.dni)[-4:], "******678", None)
    assert [each.dni for each in await usecases.list_persons(session, far, str(given.dni))] == [seen.dni]
    for whole in (cast.promoter, cast.auditor, cast.head, await actor_for_person(session, person.id)):
        known = await usecases.get_person(session, whole, person.id)
        assert (known.dni, known.mobile, known.birth_date) == (given.dni, "912345678", given.birth_date)
