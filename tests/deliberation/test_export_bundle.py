"""``raymi export-bundle``: the announced result can be computed again from the exported folder."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from scripts.commands.export_bundle import Announced, find_announced, write
from scripts.refusal import Refused
from service.applications.attributes import record_attribute
from service.applications.shapes import AttributeIn
from service.applications.usecases import withdraw_application
from service.core import clock
from service.core.db import Session
from service.deliberation import rules, usecases
from service.deliberation.models import CommitteeSession
from service.scoring.bundle import Bundle, read_folder
from service.scoring.judge import judge
from tests.cast import Cast
from tests.make.contests import make_contest
from tests.make.deliberation import make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import Played, play_bundle


async def announced(session: Session, cast: Cast, name: str) -> tuple[Played, CommitteeSession]:
    """A bundle whose result is announced."""
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, name)
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    await usecases.announce(session, cast.secretary, row.id)
    return played, row


def results_in(folder: Path) -> tuple[object, object]:
    """The result that a folder holds, and the one that judging it gives."""
    return json.loads((folder / "result.json").read_text()), judge(read_folder(folder)).as_json()


@pytest.mark.parametrize("name", ["plans", "idl", "cif-prizes"])
async def test_judging_the_exported_folder_gives_the_announced_result(
    session: Session, cast: Cast, tmp_path: Path, name: str
) -> None:
    played, _ = await announced(session, cast, name)
    found = await find_announced(session, str(played.contest.id))
    assert found.title == played.contest.title
    write(found, tmp_path / "new" / "bundle")
    stated, again = results_in(tmp_path / "new" / "bundle")
    assert stated == again == judge(played.bundle).as_json()


async def test_what_happens_after_the_announcement_does_not_change_the_export(
    session: Session, cast: Cast, tmp_path: Path
) -> None:
    played, _ = await announced(session, cast, "plans")
    await clock.set_time(session, await clock.now(session) + timedelta(days=1))
    recount = AttributeIn(name="families_present_share", value="0.1", source="Después")
    await record_attribute(session, cast.secretary, played.applications["D"].id, recount)
    await withdraw_application(session, cast.promoter, played.applications["A"].id)
    write(await find_announced(session, played.contest.code), tmp_path)
    stated, again = results_in(tmp_path)
    assert stated == again == judge(played.bundle).as_json()


async def test_inputs_that_were_altered_are_noticed(session: Session, cast: Cast) -> None:
    played, _ = await announced(session, cast, "plans")
    forged = text(
        "INSERT INTO application_attribute (id, application_id, name, version, value, source, at, recorded_by) "
        "SELECT gen_random_uuid(), application_id, name, 9, '1', source, at, recorded_by FROM application_attribute "
        "WHERE application_id = :application AND name = 'poverty_quintile' AND version = 1"
    )
    await session.execute(forged, {"application": played.applications["C"].id})
    with pytest.raises(rules.NotReproduced) as refused:
        await usecases.announced_bundle(session, played.contest.id)
    assert refused.value.values == {"contest": played.contest.code}


async def test_only_an_announced_result_of_one_contest_is_exported(session: Session, cast: Cast) -> None:
    contest = await make_contest(session, cast)
    with pytest.raises(rules.NotAnnounced):
        await usecases.announced_bundle(session, contest.id)
    with pytest.raises(Refused, match="No result of this contest has been announced yet"):
        await find_announced(session, contest.code)
    with pytest.raises(Refused, match="no published contest"):
        await find_announced(session, "NOTHING")
    again = await make_contest(session, cast)
    with pytest.raises(Refused, match=f"2 contests have the code .*{again.id}"):
        await find_announced(session, contest.code)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("x")
    with pytest.raises(Refused, match="not an empty folder"):
        write(Announced("", Bundle({}, [], [], []), None, None), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["old.txt"]
