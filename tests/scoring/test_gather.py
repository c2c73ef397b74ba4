"""A contest in the database becomes the bundle that decides it."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from service.applications.attributes import record_attribute
from service.applications.shapes import AttributeIn
from service.applications.usecases import withdraw_application
from service.core import clock
from service.core.db import Session
from service.core.errors import NotFound
from service.scoring import usecases
from service.scoring.bundle import Bundle, read_folder, write_folder
from service.scoring.judge import judge
from service.scoring.shapes import DeclarationIn
from tests.cast import Cast
from tests.make.applications import file_application, make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee
from tests.make.scoring import best_scores, lock, make_panel, open_stages, play_bundle
from tests.traces import statements

FAMILIES = "families_present_share"


def sorted_rows(bundle: Bundle) -> dict[str, Sequence[object]]:
    """The rows of a bundle in one order, with the instants of filing as the database keeps them."""
    return {
        "applications": sorted(
            (code, requested, tuple(sorted(more.items()))) for code, _, requested, more in bundle.applications
        ),
        "jurors": sorted((juror, tuple(stages)) for juror, stages in bundle.jurors),
        "sheets": sorted(bundle.sheets),
        "recusals": sorted(bundle.recusals),
        "absences": sorted(bundle.absences),
    }


@pytest.mark.parametrize("name", ["plans", "plans-second", "cif-prizes", "idl"])
async def test_a_bundle_played_through_the_use_cases_is_gathered_again(session: Session, cast: Cast, name: str) -> None:
    await make_committee(session, cast)
    played = await play_bundle(session, cast, name)
    gathered = await usecases.gather_bundle(session, played.contest.id)
    assert sorted_rows(gathered.bundle) == sorted_rows(played.bundle)
    assert {row[0]: row[1] for row in gathered.bundle.applications} == {row[0]: row[1] for row in played.bundle.applications}
    assert gathered.bundle.rules == played.bundle.rules
    assert gathered.ids == {code: application.id for code, application in played.applications.items()}
    assert judge(gathered.bundle).as_json() == judge(played.bundle).as_json()


async def test_recusals_and_absences_of_seated_jurors_are_gathered(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans-recusal-and-absence")
    conflict = DeclarationIn(conflict=True, reason="x")
    juror = played.panel["J5"]
    await usecases.declare_conflict(session, juror, played.applications["A"].id, conflict)
    absent = (played.applications["B"].id, "public", juror.person_id, "session:1")
    await usecases.record_absence(session, cast.secretary, *absent)
    gathered = await usecases.gather_bundle(session, played.contest.id)
    assert sorted_rows(gathered.bundle) == sorted_rows(played.bundle)


async def test_only_applications_found_eligible_take_part(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    await file_application(session, cast, contest, code="FILED")
    gone = await make_eligible(session, cast, contest, code="GONE")
    await make_eligible(session, cast, contest, code="IN")
    await withdraw_application(session, cast.promoter, gone.id)
    gathered = await usecases.gather_bundle(session, contest.id)
    assert [row[0] for row in gathered.bundle.applications] == ["IN"]
    with pytest.raises(NotFound):
        await usecases.gather_bundle(session, cast.office.id)


async def test_an_earlier_run_is_gathered_as_it_was(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    application = await make_eligible(session, cast, contest, present=(9, 10))
    before = await usecases.gather_bundle(session, contest.id)
    ran_at = await clock.now(session)
    await clock.set_time(session, ran_at + timedelta(hours=1))
    recount = AttributeIn(name=FAMILIES, value="0.4", source="Recount")
    await record_attribute(session, cast.secretary, application.id, recount)
    await withdraw_application(session, cast.promoter, application.id)
    now = await usecases.gather_bundle(session, contest.id)
    then = await usecases.gather_bundle(session, contest.id, as_of=ran_at, applications=[application.id])
    assert [row[3] for row in then.bundle.applications] == [{FAMILIES: "9/10"}]
    assert usecases.inputs_sha256(then.bundle) == usecases.inputs_sha256(before.bundle)
    assert now.bundle.applications == []


async def test_the_hash_of_the_inputs_knows_no_order_and_every_score(session: Session, cast: Cast, tmp_path: Path) -> None:
    await make_committee(session, cast)
    bundle = (await usecases.gather_bundle(session, (await play_bundle(session, cast, "plans")).contest.id)).bundle
    write_folder(bundle, tmp_path)
    copy = read_folder(tmp_path)
    turned = Bundle(copy.rules, copy.applications[::-1], copy.jurors[::-1], copy.sheets[::-1], copy.recusals, copy.absences)
    assert usecases.inputs_sha256(turned) == usecases.inputs_sha256(bundle)
    changed = [*copy.sheets[1:], (*copy.sheets[0][:4], "1")]
    assert copy.sheets[0][4] != "1"
    other = Bundle(copy.rules, copy.applications, copy.jurors, changed, copy.recusals, copy.absences)
    assert usecases.inputs_sha256(other) != usecases.inputs_sha256(bundle)


async def test_four_hundred_applications_take_the_queries_of_four(session: Session, cast: Cast) -> None:
    await make_committee(session, cast)
    contest = await make_contest(session, cast)
    applications = [await make_eligible(session, cast, contest) for _ in range(4)]
    panel = await make_panel(session, cast, contest)
    await open_stages(session, cast, contest)
    stage = (await usecases.book_of(session, contest.id)).book.stages["field"]
    await lock(session, panel["J1"], applications[0], "field", best_scores(stage))
    with statements(session) as few:
        await usecases.gather_bundle(session, contest.id)
        await usecases.find_recusals(session, cast.secretary, contest.id)
    for statement in MULTIPLY:
        await session.execute(text(statement), {"contest": contest.id, "model": applications[1].id})
    with statements(session) as many:
        gathered = await usecases.gather_bundle(session, contest.id)
        await usecases.find_recusals(session, cast.secretary, contest.id)
    assert len(gathered.bundle.applications) == 400
    assert many == few


MULTIPLY = [
    """INSERT INTO "group" (id, office_id, kind, name, registration, ubigeo, place, sort_key)
    SELECT md5('g' || n)::uuid, g.office_id, g.kind, g.name || n, g.registration, g.ubigeo, g.place, g.sort_key || n
    FROM application a JOIN "group" g ON g.id = a.group_id, generate_series(1, 396) n WHERE a.id = :model AND a.contest_id = :contest""",
    """INSERT INTO application (id, proposal_id, contest_id, group_id, code, requested, own_share, filed_at, filed_by, status,
        must_confirm)
    SELECT md5('a' || n)::uuid, a.proposal_id, a.contest_id, md5('g' || n)::uuid, 'X' || n, a.requested, a.own_share,
        a.filed_at, a.filed_by, a.status, false
    FROM application a, generate_series(1, 396) n WHERE a.id = :model AND a.contest_id = :contest""",
]
