"""A second person judges anew and checks each ranking off before it is announced; the database asks for it too."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from scripts.commands.export_bundle import export_unannounced
from scripts.refusal import Refused
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import check_rules, run_checks, usecases
from service.deliberation.models import Announcement, Capacity, CommitteeSession, RankingRun
from service.deliberation.shapes import ArrivalIn
from service.scoring.bundle import read_folder
from service.scoring.judge import judge
from tests.cast import Cast
from tests.make.deliberation import announce, make_open_session, tally_all
from tests.make.people import make_actor, make_committee
from tests.make.scoring import Played, play_bundle
from tests.traces import refused_by_database


async def tallied(session: Session, cast: Cast) -> tuple[Played, CommitteeSession, RankingRun]:
    """A tallied session of plans, ranked by the secretary."""
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    run = await usecases.latest_run(session, played.contest.id)
    assert run is not None
    return played, row, run


async def test_nothing_is_announced_before_a_second_person_checked_it_off(session: Session, cast: Cast) -> None:
    played, row, run = await tallied(session, cast)
    with pytest.raises(check_rules.NotCheckedOff) as refused:
        await usecases.announce(session, cast.secretary, row.id)
    assert refused.value.values == {"contest": played.contest.code}
    check = await usecases.check_run(session, cast.head, run.id)
    assert (check.checked_by, check.inputs_sha256) == (cast.head.person_id, run.inputs_sha256)
    with pytest.raises(check_rules.CheckedAlready):
        await usecases.check_run(session, cast.administrator, run.id)
    await usecases.announce(session, cast.secretary, row.id)
    assert (await usecases.announced_run(session, played.contest.id)) == run


@pytest.mark.parametrize("who", ["head", "second_officer", "administrator", "programme", "mayor"])
async def test_an_officer_or_a_member_present_checks(session: Session, cast: Cast, who: str) -> None:
    """The mayor is the chair, present, without a seat in the contest."""
    _, _, run = await tallied(session, cast)
    assert (await usecases.check_run(session, getattr(cast, who), run.id)).run_id == run.id


async def test_neither_who_ran_it_nor_a_juror_nor_a_stranger_checks(session: Session, cast: Cast) -> None:
    _, row, run = await tallied(session, cast)
    guest = await make_actor(session, cast)
    await usecases.record_arrival(
        session, cast.secretary, row.id, ArrivalIn(person_id=guest.person_id, capacity=Capacity.GUEST)
    )
    wrong: list[tuple[Actor, type[Exception]]] = [
        (cast.secretary, check_rules.RanItself),
        (cast.jurors[0], check_rules.JurorOfIt),
        (cast.promoter, check_rules.NotAChecker),
        (cast.auditor, check_rules.NotAChecker),
        (guest, check_rules.NotAChecker),
    ]
    for actor, refusal in wrong:
        with pytest.raises(refusal):
            await usecases.check_run(session, actor, run.id)
    for reader in (cast.jurors[0], guest, None):
        with pytest.raises(NotFound):
            await usecases.get_run(session, reader, run.id)


async def test_an_older_run_or_one_whose_inputs_changed_is_not_checked_off(session: Session, cast: Cast) -> None:
    played, row, run = await tallied(session, cast)
    await session.execute(
        text("INSERT INTO seat (contest_id, stage, person_id, juror, at) VALUES (:contest, 'public', :person, 'J9', now())"),
        {"contest": played.contest.id, "person": cast.mayor.person_id},
    )
    with pytest.raises(check_rules.JudgedDifferently):
        await usecases.check_run(session, cast.head, run.id)
    seen = await run_checks.get_run(session, cast.head, run.id)
    assert (seen.same, seen.may_check, seen.anew_sha256 == run.inputs_sha256) == (False, True, False)
    await usecases.reopen(session, cast.secretary, row.id)
    await usecases.tally(session, cast.secretary, row.id)
    with pytest.raises(check_rules.RunReplaced):
        await usecases.check_run(session, cast.head, run.id)


async def test_the_second_person_can_judge_the_exported_run(session: Session, cast: Cast, tmp_path: Path) -> None:
    _, _, run = await tallied(session, cast)
    await export_unannounced(session, str(run.id), tmp_path / "run")
    assert judge(read_folder(tmp_path / "run")).as_json() == run.result
    with pytest.raises(Refused):
        await export_unannounced(session, "no", tmp_path / "other")


async def by_sql(session: Session, statement: str, **values: object) -> None:
    """A statement around the use cases."""
    await session.execute(text(statement), values)


SECOND = "by a second person"
CHECK = "INSERT INTO run_check (run_id, checked_by, at, inputs_sha256) VALUES (:run, :person, now(), :sha256)"
ANNOUNCE = "INSERT INTO announcement (run_id, contest_id, at, announced_by) VALUES (:run, :contest, now(), :person)"


async def test_the_database_wants_a_second_person_who_is_no_juror(session: Session, cast: Cast) -> None:
    _, _, run = await tallied(session, cast)
    values = {"run": run.id, "sha256": run.inputs_sha256}
    for person in (cast.secretary, cast.jurors[0]):
        assert SECOND in await refused_by_database(session, CHECK, **values, person=person.person_id)
    assert SECOND in await refused_by_database(session, CHECK, run=run.id, sha256="0" * 64, person=cast.head.person_id)
    await by_sql(session, CHECK, **values, person=cast.head.person_id)


async def test_the_database_announces_only_the_newest_run_checked_off_and_once(session: Session, cast: Cast) -> None:
    played, row, run = await tallied(session, cast)
    values: dict[str, UUID] = {"contest": played.contest.id, "person": cast.secretary.person_id}
    assert "complete and checked off" in await refused_by_database(session, ANNOUNCE, run=run.id, **values)
    await announce(session, cast, row)
    await clock.set_time(session, await clock.now(session) + timedelta(hours=1))
    copy = text(
        "INSERT INTO ranking_run SELECT gen_random_uuid(), contest_id, session_id, ran_at + interval '1 hour', ran_by, inputs_sha256, "
        "rules_sha256, provisional, result FROM ranking_run WHERE id = :run RETURNING id"
    )
    again = (await session.execute(copy, {"run": run.id})).scalar_one()
    await by_sql(session, CHECK, run=again, sha256=run.inputs_sha256, person=cast.head.person_id)
    assert "only by an upheld appeal" in await refused_by_database(session, ANNOUNCE, run=again, **values)
    assert await session.get(Announcement, again) is None
