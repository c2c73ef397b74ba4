"""A divided stage: who is assigned, who sees and scores, what ends and what does not, and the database behind it."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from service.core.actor import MissingRole
from service.core.db import Session
from service.core.errors import NotFound, Refusal
from service.people.groups import BoardRole, Group
from service.scoring import assigning, panel_rules, rules, usecases
from service.scoring.bundle import read_folder
from service.scoring.judge import judge
from service.scoring.recusals import declare_conflict
from service.scoring.shapes import AssignmentIn, DeclarationIn, DivisionIn, EndAssignmentIn, PlanIn, SeatIn
from tests.cast import Cast
from tests.make.contests import make_contest
from tests.make.panels import PUBLIC, Arena, divide, make_arena
from tests.make.people import make_committee, make_group, make_mandate
from tests.make.scoring import NO_CONFLICT, best_scores, lock, make_panel, open_stages, score_all
from tests.traces import acts_on, refused_by_database, statements

END = EndAssignmentIn(reason="Viajó al Cusco")


async def jurors_of(session: Session, arena: Arena) -> dict[str, str]:
    """By application, the short names of who is assigned now."""
    found: dict[str, str] = {}
    for row in await usecases.assignments_of(session, arena.contest.id):
        if row.ended_at is None:
            found[row.code] = f"{found.get(row.code, '')}{row.juror}"
    return found


async def test_a_stage_is_divided_as_its_plan_says(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast)
    asked = PlanIn(stage=PUBLIC, jurors_each=2)
    plan = await usecases.plan_division(session, cast.secretary, arena.contest.id, asked)
    assert [(line.code, line.assigned, line.planned) for line in plan.lines] == [
        ("A", (), ("J3", "J4")),
        ("B", (), ("J3", "J5")),
        ("C", (), ("J4", "J5")),
        ("D", (), ("J3", "J4")),
    ]
    assert plan.sheets == {"J3": 3, "J4": 3, "J5": 2}
    assert await usecases.assignments_of(session, arena.contest.id) == []
    given = DivisionIn(stage=PUBLIC, jurors_each=2, plan=plan.sha256)
    assert len(await usecases.divide_stage(session, cast.secretary, arena.contest.id, given)) == 8
    assert await jurors_of(session, arena) == {"A": "J3J4", "B": "J3J5", "C": "J4J5", "D": "J3J4"}
    assert ("stage.divided", cast.secretary.person_id) in await acts_on(session, f"contest:{arena.contest.id}")
    with pytest.raises(assigning.NothingToAssign):
        await usecases.plan_division(session, cast.secretary, arena.contest.id, asked)


async def test_nobody_of_the_own_group_or_district_is_assigned(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    own, near = arena.panel["J3"].person_id, arena.panel["J4"].person_id
    group = arena.applications["A"].group_id
    neighbour = await make_group(session, cast, ubigeo="080608", board=False)
    far = await make_group(session, cast, ubigeo="080601", board=False)
    await session.execute(text("UPDATE board_mandate SET until = '2021-01-01' WHERE group_id = :group"), {"group": group})
    await make_mandate(session, cast, await session.get_one(Group, group), BoardRole.PRESIDENT, own, since=date(2021, 1, 2))
    await make_mandate(session, cast, neighbour, BoardRole.PRESIDENT, near)
    await make_mandate(session, cast, far, BoardRole.PRESIDENT, arena.panel["J5"].person_id)
    with pytest.raises(assigning.TooFewJurors) as refused:
        await divide(session, cast, arena.contest, 2)
    assert (refused.value.field, refused.value.values) == ("jurors_each", {"applications": ("A", "B")})
    with pytest.raises(assigning.TooFewJurors):
        await divide(session, cast, arena.contest, 3)
    await divide(session, cast, arena.contest, 1)
    assert await jurors_of(session, arena) == {"A": "J5", "B": "J5"}
    for juror, reasons in ((own, ("board_member",)), (near, ("own_district",))):
        given = AssignmentIn(stage=PUBLIC, person_id=juror, reason="Falta uno")
        with pytest.raises(assigning.TiedToApplicant) as tied:
            await usecases.assign_juror(session, cast.secretary, arena.applications["A"].id, given)
        assert tied.value.values == {"reasons": reasons}


async def test_only_who_is_assigned_sees_scores_and_is_waited_for(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    await divide(session, cast, arena.contest, 2)
    await open_stages(session, cast, arena.contest)
    out, item = arena.panel["J5"], arena.applications["A"].id
    work = [(each.code, each.stage) for each in await usecases.my_sheets(session, out)]
    assert work == [("B", PUBLIC)]
    refused: list[tuple[object, type[Refusal]]] = [
        (usecases.sheet_for(session, out, item, PUBLIC), rules.NotAJuror),
        (declare_conflict(session, out, item, NO_CONFLICT), rules.NotAJuror),
        (usecases.record_absence(session, cast.secretary, item, PUBLIC, out.person_id, "session:1"), rules.JurorNotSeated),
    ]
    for act, refusal in refused:
        with pytest.raises(refusal):
            await act  # type: ignore[misc]  # coroutines of several results
    missing = await usecases.missing_sheets(session, arena.contest.id, item)
    assert missing[item, PUBLIC] == ["J3", "J4"]
    book = (await usecases.book_of(session, arena.contest.id)).book
    await lock(session, arena.panel["J3"], arena.applications["A"], PUBLIC, best_scores(book.stages[PUBLIC]))
    forged = (
        "INSERT INTO score_sheet (id, application_id, contest_id, stage, person_id, rule_book_id, locked_at) "
        "SELECT gen_random_uuid(), application_id, contest_id, stage, :person, rule_book_id, locked_at FROM score_sheet"
    )
    assert "not on the panel" in await refused_by_database(session, forged, person=out.person_id)
    absent = (
        "INSERT INTO recorded_absence (application_id, stage, person_id, contest_id, session_key, at, recorded_by) "
        "VALUES (:item, 'public', :person, :contest, 'x', now(), :person)"
    )
    values = {"item": item, "person": out.person_id, "contest": arena.contest.id}
    assert "not on the panel" in await refused_by_database(session, absent, **values)


async def test_the_result_is_the_judges_on_the_exported_folder(session: Session, cast: Cast, tmp_path: Path) -> None:
    arena = await make_arena(session, cast)
    before = usecases.inputs_sha256((await usecases.gather_bundle(session, arena.contest.id)).bundle)
    await divide(session, cast, arena.contest, 2)
    await open_stages(session, cast, arena.contest)
    conflict = DeclarationIn(conflict=True, reason="Es mi cuñada")
    await declare_conflict(session, arena.panel["J3"], arena.applications["D"].id, conflict)
    await score_all(session, cast, arena.contest, *arena.applications.values())
    gathered = await usecases.gather_bundle(session, arena.contest.id)
    assert gathered.bundle.recusals == [("A", "J5"), ("B", "J4"), ("C", "J3"), ("D", "J3"), ("D", "J5")]
    assert usecases.inputs_sha256(gathered.bundle) != before
    result = judge(gathered.bundle)
    assert not result.provisional
    now = (await session.execute(text("SELECT now() + interval '1 day'"))).scalar_one()
    ids = [each.id for each in arena.applications.values()]
    written = await usecases.export_bundle(session, arena.contest.id, tmp_path, as_of=now, applications=ids)
    assert (tmp_path / "recusals.csv").read_text().splitlines() == [
        "application,juror,origin",
        "A,J5,not_assigned",
        "B,J4,not_assigned",
        "C,J3,not_assigned",
        "D,J3,declared",
        "D,J5,not_assigned",
    ]
    folder = read_folder(tmp_path)
    assert judge(folder).as_json() == result.as_json()
    assert written == usecases.inputs_sha256(folder) == usecases.inputs_sha256(gathered.bundle)


async def test_assignments_end_with_a_reason_and_never_after_a_sheet(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    rows = await divide(session, cast, arena.contest, 2)
    of = {(row.application_id, row.person_id): row for row in rows}
    await open_stages(session, cast, arena.contest)
    item = arena.applications["A"]
    gone, scored = (of[item.id, arena.panel[juror].person_id] for juror in ("J3", "J4"))
    book = (await usecases.book_of(session, arena.contest.id)).book
    await lock(session, arena.panel["J4"], item, PUBLIC, best_scores(book.stages[PUBLIC]))
    with pytest.raises(rules.JurorHasSheet):
        await usecases.end_assignment(session, cast.secretary, scored.id, END)
    end = "UPDATE assignment SET ended_at = now(), ended_by = :person, end_reason = 'x' WHERE id = :row"
    values = {"person": cast.secretary.person_id}
    assert "with a locked sheet stays" in await refused_by_database(session, end, row=scored.id, **values)
    await usecases.end_assignment(session, cast.secretary, gone.id, END)
    assert (await acts_on(session, f"application:{item.id}"))[-1:] == [("assignment.ended", cast.secretary.person_id)]
    with pytest.raises(assigning.AssignmentEnded):
        await usecases.end_assignment(session, cast.secretary, gone.id, END)
    assert "ends once" in await refused_by_database(session, end, row=gone.id, **values)
    for statement in ("DELETE FROM assignment WHERE id = :row", "UPDATE assignment SET reason = 'x' WHERE id = :row"):
        assert "permission denied" in await refused_by_database(session, statement, row=gone.id)
    assert await jurors_of(session, arena) == {"A": "J4", "B": "J3J5"}
    added = await usecases.assign_juror(
        session, cast.secretary, item.id, AssignmentIn(stage=PUBLIC, person_id=gone.person_id, reason="Volvió")
    )
    assert added.id != gone.id
    assert len([row for row in await usecases.assignments_of(session, arena.contest.id) if row.code == "A"]) == 3


async def test_single_assignments_are_refused_where_they_make_no_sense(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    item, other = arena.applications["A"].id, arena.panel["J5"].person_id

    async def refused(refusal: type[Refusal], person: UUID = other, stage: str = PUBLIC) -> None:
        with pytest.raises(refusal):
            given = AssignmentIn(stage=stage, person_id=person, reason="Falta uno")
            await usecases.assign_juror(session, cast.secretary, item, given)

    await refused(assigning.StageNotDivided)
    await divide(session, cast, arena.contest, 2)
    await refused(assigning.AlreadyAssigned, arena.panel["J3"].person_id)
    await refused(rules.JurorNotSeated, arena.panel["J1"].person_id)
    await refused(rules.JurorNotSeated, stage="dance")
    forged = (
        "INSERT INTO assignment (id, application_id, contest_id, stage, person_id, reason, assigned_at, assigned_by) "
        "VALUES (gen_random_uuid(), :item, :contest, :stage, :person, '', now(), :person)"
    )
    values = {"item": item, "contest": arena.contest.id}
    field = arena.panel["J1"].person_id
    assert "in a divided stage" in await refused_by_database(session, forged, stage="field", person=field, **values)
    await open_stages(session, cast, arena.contest)
    recuse = text("INSERT INTO recusal VALUES (:item, :person, 'declared', '[]', now())")
    await session.execute(recuse, {"item": item, "person": other})
    await refused(assigning.TiedToApplicant)
    assert "recused juror is not assigned" in await refused_by_database(session, forged, stage=PUBLIC, person=other, **values)
    await usecases.close_window(session, cast.secretary, arena.contest.id, PUBLIC)
    await refused(rules.WindowClosed)
    assert "closed stage" in await refused_by_database(session, forged, stage=PUBLIC, person=other, **values)
    with pytest.raises(rules.WindowClosed):
        row = (await usecases.assignments_of(session, arena.contest.id))[0]
        await usecases.end_assignment(session, cast.secretary, row.id, END)


async def test_a_stage_whose_jurors_sit_elsewhere_is_not_divided(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    await make_panel(session, cast, contest, {"J1": ["field", "public"], "J2": ["public"], "J3": ["public"]})
    with pytest.raises(assigning.SitsElsewhere) as refused:
        await divide(session, cast, contest, 1)
    assert refused.value.values == {"jurors": ("J1",)}
    forged = "INSERT INTO divided_stage VALUES (:contest, 'public', 1, now(), :person)"
    values = {"contest": contest.id, "person": cast.secretary.person_id}
    assert "one seat in the contest" in await refused_by_database(session, forged, **values)


async def test_a_juror_of_a_divided_stage_gets_no_other_seat(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "A")
    await divide(session, cast, arena.contest, 2)
    juror = arena.panel["J3"].person_id
    with pytest.raises(assigning.SitsElsewhere):
        given = SeatIn(person_id=juror, juror="J3", stages=["field"])
        await usecases.seat_juror(session, cast.secretary, arena.contest.id, given)
    forged = "INSERT INTO seat (contest_id, stage, person_id, juror, at) VALUES (:contest, 'field', :person, 'J3', now())"
    assert "one seat in the contest" in await refused_by_database(session, forged, contest=arena.contest.id, person=juror)


async def test_a_scored_stage_is_not_divided_and_a_stale_plan_not_carried_out(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    contest = arena.contest.id
    for plan in ("0" * 64, "x"):
        with pytest.raises(assigning.PlanChanged):
            given = DivisionIn(stage=PUBLIC, jurors_each=2, plan=plan)
            await usecases.divide_stage(session, cast.secretary, contest, given)
    with pytest.raises(panel_rules.StageNotInBook):
        await divide(session, cast, arena.contest, stage="dance")
    with pytest.raises(MissingRole):
        await usecases.plan_division(session, cast.promoter, contest, PlanIn(stage=PUBLIC, jurors_each=1))
    with pytest.raises(NotFound):
        await usecases.plan_division(session, cast.secretary, cast.office.id, PlanIn(stage=PUBLIC, jurors_each=1))
    await open_stages(session, cast, arena.contest)
    book = (await usecases.book_of(session, contest)).book
    await lock(session, arena.panel["J3"], arena.applications["A"], PUBLIC, best_scores(book.stages[PUBLIC]))
    with pytest.raises(assigning.StageScored):
        await divide(session, cast, arena.contest, 2)
    forged = "INSERT INTO divided_stage VALUES (:contest, 'public', 1, now(), :person)"
    values = {"contest": contest, "person": cast.secretary.person_id}
    assert "locked sheets is not divided" in await refused_by_database(session, forged, **values)
    with pytest.raises(rules.WindowClosed):
        await usecases.close_window(session, cast.secretary, contest, PUBLIC)
        await divide(session, cast, arena.contest, 2)


async def test_a_roster_counts_what_is_assigned_and_locked(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    await divide(session, cast, arena.contest, 2)
    await open_stages(session, cast, arena.contest)
    book = (await usecases.book_of(session, arena.contest.id)).book
    await lock(session, arena.panel["J3"], arena.applications["B"], PUBLIC, best_scores(book.stages[PUBLIC]))
    with statements(session) as sent:
        roster = await usecases.roster(session, cast.secretary, arena.contest.id)
    assert [(each.stage, each.juror, each.origin, each.assigned, each.locked) for each in roster] == [
        ("field", "J1", "Provincia de Canchis", 2, 0),
        ("field", "J2", "Provincia de Canchis", 2, 0),
        ("public", "J3", "Provincia de Canchis", 2, 1),
        ("public", "J4", "Provincia de Canchis", 1, 0),
        ("public", "J5", "Provincia de Canchis", 1, 0),
    ]
    assert len(sent) <= 4
    for actor in (arena.panel["J3"], cast.mayor):
        with pytest.raises(NotFound):
            await usecases.roster(session, actor, arena.contest.id)
    own = await usecases.list_assignments(session, arena.panel["J4"], arena.contest.id)
    assert [(row.code, row.juror) for row in own] == [("A", "J4")]
    with pytest.raises(NotFound):
        await usecases.list_assignments(session, cast.mayor, arena.contest.id)
