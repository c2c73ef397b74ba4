"""``raymi export-bundle``: the announced result can be computed again from the exported folder."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from scripts.commands.export_bundle import export
from scripts.refusal import Refused
from service.applications.attribute_rules import ResultStands
from service.applications.attributes import record_attribute
from service.applications.shapes import AttributeIn
from service.applications.usecases import withdraw_application
from service.core import clock
from service.core.db import Session
from service.deliberation import rules, usecases
from service.deliberation.models import CommitteeSession
from service.scoring import export as streamed
from service.scoring import usecases as scoring
from service.scoring.bundle import FILES, read_folder, write_folder
from service.scoring.judge import judge
from service.scoring.shapes import DeclarationIn
from tests.cast import Cast
from tests.make import scoring as make_scoring
from tests.make.contests import make_contest
from tests.make.deliberation import announce, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import BUNDLES, Played, play_bundle


async def announced(session: Session, cast: Cast, name: str) -> tuple[Played, CommitteeSession]:
    """A bundle whose result is announced."""
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, name)
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    return played, row


def results_in(folder: Path) -> tuple[object, object]:
    """The result that a folder holds, and the one that judging it gives."""
    return json.loads((folder / "result.json").read_text()), judge(read_folder(folder)).as_json()


@pytest.mark.parametrize("name", ["plans", "idl", "cif-prizes"])
async def test_judging_the_exported_folder_gives_the_announced_result(
    session: Session, cast: Cast, tmp_path: Path, name: str
) -> None:
    played, _ = await announced(session, cast, name)
    assert await export(session, str(played.contest.id), tmp_path / "new" / "bundle") == played.contest.title
    stated, again = results_in(tmp_path / "new" / "bundle")
    assert stated == again == judge(played.bundle).as_json()


async def test_what_happens_after_the_announcement_does_not_change_the_export(
    session: Session, cast: Cast, tmp_path: Path
) -> None:
    played, _ = await announced(session, cast, "plans")
    await clock.set_time(session, await clock.now(session) + timedelta(days=1))
    recount = AttributeIn(name="families_present_share", value="0.1", source="Después")
    with pytest.raises(ResultStands):
        await record_attribute(session, cast.secretary, played.applications["D"].id, recount)
    await withdraw_application(session, cast.promoter, played.applications["A"].id)
    await export(session, played.contest.code, tmp_path)
    stated, again = results_in(tmp_path)
    assert stated == again == judge(played.bundle).as_json()


def names_in(folder: Path) -> list[str]:
    """What a folder holds."""
    return [path.name for path in folder.iterdir()]


def renamed(folder: Path, name: str) -> None:
    """The bundle of plans with recusals and absences, whose first stage gets a code that sorts after the second's."""
    (folder / name).mkdir()
    for path in (BUNDLES / "plans-recusal-and-absence").iterdir():
        (folder / name / path.name).write_text(path.read_text().replace("field", "zona"))


@pytest.mark.parametrize("at_once", [3, 2000])
async def test_the_files_are_those_of_the_bundle_gathered_in_memory(
    session: Session, cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    renamed(tmp_path, "plans-zona")
    monkeypatch.setattr(make_scoring, "BUNDLES", tmp_path)
    monkeypatch.setattr(streamed, "AT_ONCE", at_once)
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans-zona")
    conflict = DeclarationIn(conflict=True, reason="x")
    await scoring.declare_conflict(session, played.panel["J5"], played.applications["A"].id, conflict)
    absent = (played.applications["B"].id, "public", played.panel["J5"].person_id, "session:1")
    await scoring.record_absence(session, cast.secretary, *absent)
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    await announce(session, cast, row)
    run = await usecases.announced_run(session, played.contest.id)
    assert run is not None
    for folder in ("whole", "streamed"):
        (tmp_path / folder).mkdir()
    ids = [application.id for application in played.applications.values()]
    bundle = (await scoring.gather_bundle(session, played.contest.id, as_of=run.ran_at, applications=ids)).bundle
    assert (len(bundle.recusals), len(bundle.absences), len(dict(bundle.applications[0][3]))) == (1, 1, 2)
    nothing = {"format": "raymi-decisions/1", "votes": [], "adjustments": [], "deferrals": [], "appeals": []}
    write_folder(bundle, tmp_path / "whole", run.result, nothing)
    await export(session, played.contest.code, tmp_path / "streamed")
    whole, found = (
        {path.name: path.read_bytes() for path in (tmp_path / folder).iterdir()} for folder in ("whole", "streamed")
    )
    assert found.pop("recusals.csv") == b"application,juror,origin\nA,J5,declared\n"
    assert whole.pop("recusals.csv") == b"application,juror\nA,J5\n"
    assert found == whole
    assert {*found, "recusals.csv"} == {*FILES}


async def test_rows_come_some_at_a_time(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "AT_ONCE", 3)
    parts = [[row.n for row in rows] async for rows in streamed.stream(session, text("SELECT generate_series(1, 8) AS n"), {})]
    assert parts == [[1, 2, 3], [4, 5, 6], [7, 8]]


async def test_inputs_that_were_altered_are_noticed(session: Session, cast: Cast, tmp_path: Path) -> None:
    played, _ = await announced(session, cast, "plans")
    forged = text(
        "INSERT INTO seat (contest_id, stage, person_id, juror, at) "
        "SELECT contest_id, stage, :person, 'J9', at FROM seat WHERE contest_id = :contest LIMIT 1"
    )
    await session.execute(forged, {"contest": played.contest.id, "person": cast.mayor.person_id})
    with pytest.raises(rules.NotReproduced) as refused:
        await usecases.export_announced(session, played.contest.id, tmp_path)
    assert refused.value.values == {"contest": played.contest.code}
    assert names_in(tmp_path) == []
    with pytest.raises(Refused):
        await export(session, played.contest.code, tmp_path / "new")
    assert names_in(tmp_path) == []


async def test_only_an_announced_result_of_one_contest_is_exported(session: Session, cast: Cast, tmp_path: Path) -> None:
    contest = await make_contest(session, cast)
    with pytest.raises(rules.NotAnnounced):
        await usecases.export_announced(session, contest.id, tmp_path)
    with pytest.raises(Refused, match="No result of this contest has been announced yet"):
        await export(session, contest.code, tmp_path)
    with pytest.raises(Refused, match="no published contest"):
        await export(session, "NOTHING", tmp_path)
    again = await make_contest(session, cast)
    with pytest.raises(Refused, match=f"2 contests have the code .*{again.id}"):
        await export(session, contest.code, tmp_path)


async def test_a_folder_with_something_in_it_is_left_alone(session: Session, cast: Cast, tmp_path: Path) -> None:
    played, _ = await announced(session, cast, "cif-prizes")
    (tmp_path / "old.txt").write_text("x")
    with pytest.raises(Refused, match="not an empty folder"):
        await export(session, played.contest.code, tmp_path)
    assert names_in(tmp_path) == ["old.txt"]
