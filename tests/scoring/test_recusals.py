"""Declared conflicts, and those that the system finds from rolls, boards, households and pledges."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.applications.models import Application
from service.contests.models import Contest
from service.core import clock
from service.core.actor import Actor, MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.funding.models import CofunderKind
from service.people.group_usecases import families_of, register_families
from service.people.groups import BoardRole, Group
from service.people.models import Person
from service.people.shapes import FamilyIn, MemberIn, RollIn
from service.people.usecases import persons_by_id
from service.record.usecases import actors_of
from service.scoring import panel_rules, rules, usecases
from service.scoring.models import Recusal, RecusalOrigin
from service.scoring.shapes import DeclarationIn, RecusalIn, ScoresIn, SeatIn
from tests.cast import Cast
from tests.make.applications import file_application, make_eligible
from tests.make.contests import make_contest
from tests.make.funding import make_cofunder, make_fund, make_pledge, make_signer
from tests.make.people import make_committee, make_group, make_mandate, make_municipality
from tests.make.scoring import NO_CONFLICT, best_scores, lock, make_panel, open_stages

CONFLICT = DeclarationIn(conflict=True, reason="Es mi hermano")


async def start(session: Session, cast: Cast, group: Group | None = None) -> tuple[Contest, Application, dict[str, Actor]]:
    """A contest with one application and a panel, open in both stages."""
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    application = await make_eligible(session, cast, contest, group)
    panel = await make_panel(session, cast, contest)
    await open_stages(session, cast, contest)
    return contest, application, panel


async def found(session: Session, *applications: Application) -> list[tuple[str, list[str]]]:
    """By name in order, who is recused and why."""
    rows = await usecases.list_recusals(session, [application.id for application in applications])
    people = await persons_by_id(session, [row.person_id for row in rows])
    return sorted((people[row.person_id].given_names, row.reasons) for row in rows)


async def enrol(session: Session, cast: Cast, group: Group, *persons: Actor, code: str = "F90") -> None:
    """Put people on a group's roll, as one family whose head is the first."""
    rows = await persons_by_id(session, [person.person_id for person in persons])
    ordered: list[Person] = [rows[person.person_id] for person in persons]
    members = [
        MemberIn(
            dni=row.dni,
            given_names=row.given_names,
            family_names=row.family_names,
            sex=row.sex,
            birth_date=row.birth_date,
            head=not place,
        )
        for place, row in enumerate(ordered)
    ]
    roll = RollIn(families=[FamilyIn(code=code, members=members)])
    await register_families(session, cast.promoter, group.id, roll)


async def test_a_declared_conflict_recuses_at_once(session: Session, cast: Cast) -> None:
    _, application, panel = await start(session, cast)
    declared = await usecases.declare_conflict(session, panel["J3"], application.id, CONFLICT)
    assert (declared.conflict, declared.reason) == (True, "Es mi hermano")
    (recusal,) = await usecases.list_recusals(session, [application.id])
    assert (recusal.person_id, recusal.origin, recusal.reasons) == (
        panel["J3"].person_id,
        RecusalOrigin.DECLARED,
        ["Es mi hermano"],
    )
    assert await actors_of(session, f"application:{application.id}", "juror.recused") == {panel["J3"].person_id}


async def test_a_declaration_is_made_once_by_a_juror_and_says_why(session: Session, cast: Cast) -> None:
    contest, application, panel = await start(session, cast)
    with pytest.raises(panel_rules.PanelReasonMissing) as empty:
        await usecases.declare_conflict(session, panel["J1"], application.id, DeclarationIn(conflict=True, reason="  "))
    assert empty.value.field == "reason"
    await usecases.declare_conflict(session, panel["J1"], application.id, NO_CONFLICT)
    with pytest.raises(panel_rules.AlreadyDeclared):
        await usecases.declare_conflict(session, panel["J1"], application.id, CONFLICT)
    with pytest.raises(rules.NotAJuror):
        await usecases.declare_conflict(session, cast.mayor, application.id, NO_CONFLICT)
    with pytest.raises(NotFound):
        await usecases.declare_conflict(session, panel["J1"], contest.id, NO_CONFLICT)
    filed = await file_application(session, cast, contest)
    with pytest.raises(rules.NotJudged):
        await usecases.declare_conflict(session, panel["J1"], filed.id, NO_CONFLICT)
    await usecases.close_window(session, cast.secretary, contest.id, "field")
    with pytest.raises(rules.WindowClosed):
        await usecases.declare_conflict(session, panel["J2"], application.id, NO_CONFLICT)


async def test_the_secretary_recuses_for_a_conflict_stated_later(session: Session, cast: Cast) -> None:
    contest, application, panel = await start(session, cast)
    await usecases.declare_conflict(session, panel["J1"], application.id, NO_CONFLICT)
    given = RecusalIn(person_id=panel["J1"].person_id, reason="Objetado por la asamblea")
    with pytest.raises(MissingRole):
        await usecases.recuse_juror(session, panel["J2"], application.id, given)
    with pytest.raises(panel_rules.PanelReasonMissing):
        await usecases.recuse_juror(session, cast.secretary, application.id, given.model_copy(update={"reason": ""}))
    recusal = await usecases.recuse_juror(session, cast.secretary, application.id, given)
    assert recusal.reasons == ["Objetado por la asamblea"]
    with pytest.raises(panel_rules.AlreadyRecused):
        await usecases.recuse_juror(session, cast.secretary, application.id, given)
    with pytest.raises(rules.JurorNotSeated):
        stranger = RecusalIn(person_id=cast.mayor.person_id, reason="x")
        await usecases.recuse_juror(session, cast.secretary, application.id, stranger)
    stage = (await usecases.book_of(session, contest.id)).book.stages["field"]
    await lock(session, panel["J2"], application, "field", best_scores(stage))
    with pytest.raises(rules.JurorHasSheet):
        late = RecusalIn(person_id=panel["J2"].person_id, reason="Tarde")
        await usecases.recuse_juror(session, cast.secretary, application.id, late)


async def test_members_their_households_and_the_board_are_found_when_a_stage_opens(session: Session, cast: Cast) -> None:
    group, neighbours = await make_group(session, cast), await make_group(session, cast)
    await enrol(session, cast, group, cast.jurors[0])
    await enrol(session, cast, neighbours, cast.jurors[1], cast.promoter)
    await make_mandate(
        session, cast, group, BoardRole.SECRETARY, cast.promoter.person_id, since=date(2019, 1, 1), until=date(2019, 12, 31)
    )
    _, application, _ = await start(session, cast, group)
    assert await found(session, application) == [("Julia", ["member_of_group"])]


async def test_a_household_counts_through_any_roll_and_board(session: Session, cast: Cast) -> None:
    group, neighbours = await make_group(session, cast, board=False), await make_group(session, cast)
    await enrol(session, cast, neighbours, cast.jurors[1], cast.promoter)
    await make_mandate(session, cast, group, BoardRole.SECRETARY, cast.promoter.person_id)
    await make_mandate(session, cast, group, BoardRole.PRESIDENT)
    await make_mandate(session, cast, group, BoardRole.TREASURER, cast.jurors[2].person_id)
    _, application, _ = await start(session, cast, group)
    assert await found(session, application) == [("Jacinto", ["same_household"]), ("Justina", ["board_member"])]


async def test_who_signs_for_a_cofunder_of_the_group_is_found(session: Session, cast: Cast) -> None:
    group, fund = await make_group(session, cast), await make_fund(session, cast)
    company, generous = await make_cofunder(session, cast), await make_cofunder(session, cast)
    await make_signer(session, cast, company, cast.jurors[0].person_id)
    await make_signer(session, cast, company, cast.jurors[2].person_id, until=date(2020, 6, 30))
    await make_signer(session, cast, generous, cast.jurors[1].person_id)
    await make_pledge(session, cast, fund, company, group_id=group.id)
    await make_pledge(session, cast, fund, generous)
    _, application, _ = await start(session, cast, group)
    assert await found(session, application) == [("Julia", ["signs_for_cofunder"])]


async def test_the_mayor_of_the_applicant_is_found_as_board_and_as_signer(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    town = await make_municipality(session, cast)
    body = await make_cofunder(session, cast, kind=CofunderKind.MUNICIPALITY, ruc=town.ruc, group_id=town.id)
    await make_signer(session, cast, body, cast.mayor.person_id)
    contest = await make_contest(session, cast, "idl-first")
    application = await make_eligible(session, cast, contest, town)
    await make_panel(session, cast, contest)
    assert await found(session, application) == []
    mayor = SeatIn(person_id=cast.mayor.person_id, juror="J9", stages=["single"])
    await usecases.seat_juror(session, cast.secretary, contest.id, mayor)
    assert await found(session, application) == [("Marcos", ["board_member", "own_municipality"])]


async def test_among_families_only_the_own_family_is_found(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    host = await make_group(session, cast, families=0)
    await enrol(session, cast, host, cast.jurors[0], code="F1")
    await enrol(session, cast, host, cast.promoter, code="F2")
    contest = await make_contest(session, cast, "cif", host_group_id=host.id)
    families = [each.family for each in await families_of(session, host.id)]
    own, other = [await make_eligible(session, cast, contest, host, family) for family in families]
    await make_panel(session, cast, contest)
    assert await found(session, own) == [("Julia", ["applicant_family"])]
    assert await found(session, other) == []


async def test_finding_again_adds_nothing_and_a_juror_with_a_sheet_stays(session: Session, cast: Cast) -> None:
    contest, application, panel = await start(session, cast)
    stage = (await usecases.book_of(session, contest.id)).book.stages["field"]
    await lock(session, panel["J1"], application, "field", best_scores(stage))
    group = await session.get_one(Group, application.group_id)
    await enrol(session, cast, group, panel["J1"], panel["J2"])
    (new,) = await usecases.find_recusals(session, cast.secretary, contest.id)
    assert (new.person_id, new.reasons) == (panel["J2"].person_id, ["member_of_group", "same_household"])
    assert await usecases.find_recusals(session, cast.secretary, contest.id) == []


async def test_a_relation_that_arose_after_opening_is_found_at_the_declaration(session: Session, cast: Cast) -> None:
    _, application, panel = await start(session, cast)
    group = await session.get_one(Group, application.group_id)
    await enrol(session, cast, group, panel["J1"])
    assert await found(session, application) == []
    await usecases.declare_conflict(session, panel["J1"], application.id, NO_CONFLICT)
    assert await found(session, application) == [("Julia", ["member_of_group"])]
    with pytest.raises(rules.Recused):
        await usecases.sheet_for(session, panel["J1"], application.id, "field")
    with pytest.raises(rules.Recused):
        await usecases.lock_scoresheet(session, panel["J1"], application.id, "field", ScoresIn(scores={}))


async def test_the_database_recuses_nobody_who_has_a_sheet(session: Session, cast: Cast) -> None:
    contest, application, panel = await start(session, cast)
    stage = (await usecases.book_of(session, contest.id)).book.stages["field"]
    await lock(session, panel["J1"], application, "field", best_scores(stage))
    session.add(
        Recusal(
            application_id=application.id,
            person_id=panel["J1"].person_id,
            origin=RecusalOrigin.DECLARED,
            reasons=["x"],
            at=await clock.now(session),
        )
    )
    with pytest.raises(DBAPIError) as refused:
        await session.flush()
    assert getattr(refused.value.orig, "sqlstate", None) == "RY013"


async def test_the_database_keeps_declarations_and_recusals_as_they_are(session: Session, cast: Cast) -> None:
    _, application, panel = await start(session, cast)
    await usecases.declare_conflict(session, panel["J1"], application.id, CONFLICT)
    for table in ("recusal", "conflict_declaration"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with session.begin_nested():
                await session.execute(text(f"DELETE FROM {table}"))
