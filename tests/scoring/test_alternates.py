"""Alternates: seated for nothing, called in for who is recused or recorded absent, and then they count."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from service.core import clock
from service.core.db import Session
from service.core.errors import Refusal
from service.people.groups import BoardRole
from service.scoring import assigning, rules, usecases
from service.scoring.bundle import read_folder
from service.scoring.judge import judge
from service.scoring.recusals import declare_conflict
from service.scoring.shapes import AssignmentIn, CallInIn, DeclarationIn, EndAssignmentIn, SeatIn
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.panels import PUBLIC, Arena, divide, make_arena, seat_alternate
from tests.make.people import make_committee, make_group, make_mandate
from tests.make.scoring import best_scores, lock, make_panel, open_stages, score_all
from tests.traces import refused_by_database

CONFLICT = DeclarationIn(conflict=True, reason="Es mi cuñada")


def calling(arena: Arena, juror: str = "J5", **changes: Any) -> CallInIn:
    """J9 in place of a juror, on all that are open."""
    given = {"stage": PUBLIC, "person_id": arena.panel["J9"].person_id, "stands_in_for": arena.panel[juror].person_id}
    return CallInIn.model_validate(given | changes)


async def absent(session: Session, cast: Cast, arena: Arena, code: str, juror: str = "J5") -> None:
    """A juror recorded as absent from an application."""
    about = (arena.applications[code].id, PUBLIC, arena.panel[juror].person_id, "session:1")
    await usecases.record_absence(session, cast.secretary, *about)


async def recusals(session: Session, arena: Arena) -> list[str]:
    """The recusals of the bundle, as application and juror."""
    return ["".join(row) for row in (await usecases.gather_bundle(session, arena.contest.id)).bundle.recusals]


async def test_an_alternate_who_is_not_called_counts_for_nothing(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    await seat_alternate(session, cast, arena)
    await open_stages(session, cast, arena.contest)
    assert await usecases.my_sheets(session, cast.mayor) == []
    missing = await usecases.missing_sheets(session, arena.contest.id)
    assert missing[arena.applications["A"].id, PUBLIC] == ["J3", "J4", "J5"]
    assert await recusals(session, arena) == ["AJ9", "BJ9"]
    with pytest.raises(rules.NotAJuror):
        await usecases.sheet_for(session, cast.mayor, arena.applications["A"].id, PUBLIC)
    await score_all(session, cast, arena.contest, *arena.applications.values())
    assert not judge((await usecases.gather_bundle(session, arena.contest.id)).bundle).provisional


async def test_an_alternate_replaces_who_is_recused_or_absent(session: Session, cast: Cast, tmp_path: Path) -> None:
    arena = await make_arena(session, cast, "ABC")
    await seat_alternate(session, cast, arena)
    await open_stages(session, cast, arena.contest)
    items = {code: each.id for code, each in arena.applications.items()}
    with pytest.raises(assigning.NobodyToReplace):
        await usecases.call_in(session, cast.secretary, arena.contest.id, calling(arena))
    await declare_conflict(session, arena.panel["J5"], items["A"], CONFLICT)
    await absent(session, cast, arena, "B")
    rows = await usecases.call_in(session, cast.secretary, arena.contest.id, calling(arena))
    assert [(row.application_id, row.reason) for row in rows] == [(items["A"], "recused"), (items["B"], "absent")]
    with pytest.raises(assigning.NobodyToReplace):
        await usecases.call_in(session, cast.secretary, arena.contest.id, calling(arena))
    assert [each.code for each in await usecases.my_sheets(session, cast.mayor)] == ["A", "B"]
    assert [each.code for each in await usecases.my_sheets(session, arena.panel["J5"])] == ["C"]
    await score_all(session, cast, arena.contest, *arena.applications.values())
    gathered = await usecases.gather_bundle(session, arena.contest.id)
    assert await recusals(session, arena) == ["AJ5", "BJ5", "CJ9"]
    result = judge(gathered.bundle)
    assert not result.provisional
    now = (await session.execute(text("SELECT now() + interval '1 day'"))).scalar_one()
    await usecases.export_bundle(session, arena.contest.id, tmp_path, as_of=now, applications=list(items.values()))
    lines = (tmp_path / "recusals.csv").read_text().splitlines()
    assert lines == ["application,juror,origin", "A,J5,declared", "B,J5,replaced", "C,J9,not_assigned"]
    assert judge(read_folder(tmp_path)).as_json() == result.as_json()


async def test_a_stand_in_ends_and_the_juror_is_back_on_the_panel(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    await seat_alternate(session, cast, arena)
    await open_stages(session, cast, arena.contest)
    await absent(session, cast, arena, "A")
    await absent(session, cast, arena, "B")
    one = calling(arena, application_id=arena.applications["B"].id)
    (row,) = await usecases.call_in(session, cast.secretary, arena.contest.id, one)
    assert await recusals(session, arena) == ["AJ9", "BJ5"]
    then = await clock.now(session)
    await clock.set_time(session, then + timedelta(minutes=5))
    await usecases.end_assignment(session, cast.secretary, row.id, EndAssignmentIn(reason="Llegó el titular"))
    assert await recusals(session, arena) == ["AJ9", "BJ9"]
    ids = [each.id for each in arena.applications.values()]
    earlier = await usecases.gather_bundle(session, arena.contest.id, as_of=then, applications=ids)
    assert ["".join(row) for row in earlier.bundle.recusals] == ["AJ9", "BJ5"]
    await usecases.call_in(session, cast.secretary, arena.contest.id, one)
    book = (await usecases.book_of(session, arena.contest.id)).book
    await lock(session, cast.mayor, arena.applications["B"], PUBLIC, best_scores(book.stages[PUBLIC]))
    last = (await usecases.assignments_of(session, arena.contest.id))[-1]
    with pytest.raises(rules.JurorHasSheet):
        await usecases.end_assignment(session, cast.secretary, last.id, EndAssignmentIn(reason="Llegó el titular"))


async def test_in_a_divided_stage_an_alternate_stands_in_for_who_is_assigned(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    await seat_alternate(session, cast, arena)
    await divide(session, cast, arena.contest, 2)
    await open_stages(session, cast, arena.contest)
    await absent(session, cast, arena, "B")
    (row,) = await usecases.call_in(session, cast.secretary, arena.contest.id, calling(arena))
    assert row.application_id == arena.applications["B"].id
    missing = await usecases.missing_sheets(session, arena.contest.id)
    assert missing[row.application_id, PUBLIC] == ["J3", "J9"]
    with pytest.raises(assigning.IsAlternate):
        given = AssignmentIn(stage=PUBLIC, person_id=cast.mayor.person_id, reason="Falta uno")
        await usecases.assign_juror(session, cast.secretary, arena.applications["A"].id, given)


async def test_calls_that_make_no_sense_are_refused(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "AB")
    await seat_alternate(session, cast, arena)
    await open_stages(session, cast, arena.contest)
    await absent(session, cast, arena, "A")
    near = await make_group(session, cast, ubigeo="080608", board=False)
    elsewhere = arena.panel["J1"].person_id
    wrong: list[tuple[dict[str, Any], type[Refusal]]] = [
        ({"person_id": arena.panel["J4"].person_id}, assigning.NotAnAlternate),
        ({"stage": "field"}, assigning.NotAnAlternate),
        ({"stands_in_for": elsewhere}, rules.JurorNotSeated),
        ({"stands_in_for": arena.panel["J4"].person_id}, assigning.NobodyToReplace),
        ({"application_id": arena.applications["B"].id}, assigning.NobodyToReplace),
    ]
    for changes, refusal in wrong:
        with pytest.raises(refusal):
            await usecases.call_in(session, cast.secretary, arena.contest.id, calling(arena, **changes))
    forged = (
        "INSERT INTO assignment (id, application_id, contest_id, stage, person_id, stands_in_for, reason, assigned_at, assigned_by)"
        " VALUES (gen_random_uuid(), :item, :contest, 'public', :alternate, :juror, 'absent', now(), :alternate)"
    )
    values = {"contest": arena.contest.id, "alternate": cast.mayor.person_id, "juror": arena.panel["J5"].person_id}
    item = arena.applications["B"].id
    assert "recused or absent" in await refused_by_database(session, forged, item=item, **values)
    await make_mandate(session, cast, near, BoardRole.PRESIDENT, cast.mayor.person_id)
    with pytest.raises(assigning.NobodyToReplace):
        await usecases.call_in(session, cast.secretary, arena.contest.id, calling(arena))


async def test_an_alternate_has_one_seat_and_replaces_no_absent_juror_of_two_stages(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    panel = await make_panel(session, cast, contest, {"J1": ["field", "public"], "J2": ["public"]})
    with pytest.raises(assigning.SitsElsewhere):
        given = SeatIn(person_id=cast.mayor.person_id, juror="J9", stages=["field", "public"], alternate=True)
        await usecases.seat_juror(session, cast.secretary, contest.id, given)
    with pytest.raises(assigning.SitsElsewhere):
        given = SeatIn(person_id=panel["J2"].person_id, juror="J2", stages=["field"], alternate=True)
        await usecases.seat_juror(session, cast.secretary, contest.id, given)
    arena = Arena(contest, panel, {})
    await seat_alternate(session, cast, arena)
    arena.applications["A"] = await make_eligible(session, cast, contest, code="A")
    await open_stages(session, cast, contest)
    await absent(session, cast, arena, "A", "J1")
    with pytest.raises(assigning.SitsElsewhere) as refused:
        await usecases.call_in(session, cast.secretary, contest.id, calling(arena, "J1"))
    assert refused.value.values == {"jurors": ("J1",)}
