"""The calibration round: two samples of nobody, sheets that stay, hidden until the close, out of every count."""

from fractions import Fraction

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from service.contests.models import Contest
from service.contests.refusals import IncompleteSheet, ScoreOutOfRange
from service.core.actor import Actor, MissingRole
from service.core.db import Session
from service.core.errors import NotFound
from service.scoring import calibration, calibration_rules, panel_rules, rules, usecases
from service.scoring.shapes import CalibrationIn, SampleIn
from tests.cast import Cast
from tests.make.applications import SCAN, make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee
from tests.make.scoring import best_scores, make_panel, open_stages


@pytest.fixture
async def contest(session: Session, cast: Cast) -> Contest:
    """A contest with the two stages of business plans."""
    await make_committee(session, cast)
    return await make_contest(session, cast, "pdn-first")


@pytest.fixture
async def panel(session: Session, cast: Cast, contest: Contest) -> dict[str, Actor]:
    """J1 and J2 in the field."""
    return dict(await make_panel(session, cast, contest))


def sample(place: int, **changes: str) -> SampleIn:
    return SampleIn.model_validate({"place": place, "title": f"Muestra {place}", "text": "Crianza de cuyes", **changes})


async def keep_both(session: Session, cast: Cast, contest: Contest) -> None:
    await calibration.keep_sample(session, cast.secretary, contest.id, sample(1, share="9/10"))
    await calibration.keep_sample(session, cast.programme, contest.id, sample(2), ("muestra.pdf", SCAN))


async def best(session: Session, contest: Contest) -> dict[str, str]:
    return best_scores((await usecases.book_of(session, contest.id)).book.stages["field"])


async def send(session: Session, who: Actor, contest: Contest, place: int, scores: dict[str, str]) -> None:
    await calibration.send_calibration(session, who, contest.id, "field", CalibrationIn(place=place, scores=scores))


async def test_the_last_sheet_closes_the_round_and_shows_the_scores_side_by_side(
    session: Session, cast: Cast, contest: Contest, panel: dict[str, Actor]
) -> None:
    await keep_both(session, cast, contest)
    high = await best(session, contest)
    first = next(iter(high))
    low = {**high, "leaders": "0"} if "leaders" in high else high
    code = "leaders" if "leaders" in high else first
    await send(session, panel["J1"], contest, 1, high)
    await send(session, panel["J1"], contest, 2, high)
    await send(session, panel["J2"], contest, 1, low)
    for who in (panel["J2"], cast.secretary):
        before = await calibration.round_of(session, who, contest.id, "field")
        assert (before.closed, before.spreads, before.sent) == (None, {}, {"J1": 2, "J2": 1})
    assert set((await calibration.round_of(session, panel["J2"], contest.id, "field")).mine) == {1}
    await send(session, panel["J2"], contest, 2, high)
    found = await calibration.round_of(session, panel["J2"], contest.id, "field")
    assert found.closed is not None
    row = next(each for each in found.spreads[1] if each.criterion == code)
    top = Fraction(high[code])
    assert row.written == {"J1": high[code], "J2": low[code]}
    assert (row.mean, row.spread) == ((top + Fraction(low[code])) / 2, top - Fraction(low[code]))
    assert all(each.spread == 0 for each in found.spreads[2])
    with pytest.raises(calibration_rules.CalibrationClosed):
        await send(session, panel["J1"], contest, 1, high)
    rounds = await calibration.rounds_of(session, [contest.id])
    assert [(each.stage, len(each.jurors)) for each in rounds] == [("field", 2)]


async def test_a_sheet_of_a_sample_is_read_like_a_real_one_and_stays(
    session: Session, cast: Cast, contest: Contest, panel: dict[str, Actor]
) -> None:
    high = await best(session, contest)
    with pytest.raises(calibration_rules.SamplesMissing):
        await send(session, panel["J1"], contest, 1, high)
    await keep_both(session, cast, contest)
    last = list(high)[-1]
    with pytest.raises(ScoreOutOfRange):
        await send(session, panel["J1"], contest, 1, {**high, last: "99"})
    with pytest.raises(IncompleteSheet):
        await send(session, panel["J1"], contest, 1, {last: high[last]})
    await send(session, panel["J1"], contest, 1, high)
    with pytest.raises(calibration_rules.CalibrationSent):
        await send(session, panel["J1"], contest, 1, high)
    with pytest.raises(calibration_rules.SamplesScored):
        await calibration.keep_sample(session, cast.secretary, contest.id, sample(1))
    with pytest.raises(rules.NotAJuror):
        await send(session, panel["J3"], contest, 1, high)


async def test_samples_are_kept_by_the_secretary_or_the_programme_and_seen_by_jurors(
    session: Session, cast: Cast, contest: Contest, panel: dict[str, Actor]
) -> None:
    await keep_both(session, cast, contest)
    again = await calibration.keep_sample(session, cast.secretary, contest.id, sample(1, title="Otra muestra"))
    samples, stages = await calibration.samples_of(session, panel["J1"], contest.id)
    assert (again.version, samples[1].title, stages) == (2, "Otra muestra", ["field", "public"])
    assert (await calibration.get_sample_file(session, panel["J1"], contest.id, 2)).id == samples[2].file_id
    for who in (cast.promoter, panel["J1"]):
        with pytest.raises(MissingRole):
            await calibration.keep_sample(session, who, contest.id, sample(1))
    with pytest.raises(NotFound):
        await calibration.samples_of(session, cast.mayor, contest.id)
    with pytest.raises(calibration_rules.NotASampleShare):
        await calibration.keep_sample(session, cast.secretary, contest.id, sample(1, share="2"))


async def test_the_secretary_closes_a_round_early_and_it_ends_where_scoring_begins(
    session: Session, cast: Cast, contest: Contest, panel: dict[str, Actor]
) -> None:
    await keep_both(session, cast, contest)
    high = await best(session, contest)
    await send(session, panel["J1"], contest, 1, high)
    with pytest.raises(MissingRole):
        await calibration.close_calibration(session, panel["J1"], contest.id, "field")
    with pytest.raises(panel_rules.StageNotInBook):
        await calibration.close_calibration(session, cast.secretary, contest.id, "nowhere")
    await calibration.close_calibration(session, cast.secretary, contest.id, "field")
    found = await calibration.round_of(session, panel["J2"], contest.id, "field")
    assert list(found.spreads[1][0].written) == ["J1"]
    await make_eligible(session, cast, contest)
    await open_stages(session, cast, contest)
    with pytest.raises(calibration_rules.CalibrationOver):
        given = CalibrationIn(place=1, scores=high)
        await calibration.send_calibration(session, panel["J3"], contest.id, "public", given)


async def test_sheets_of_samples_are_in_no_count_and_the_database_keeps_them(
    session: Session, cast: Cast, contest: Contest, panel: dict[str, Actor]
) -> None:
    await make_eligible(session, cast, contest)
    before = await usecases.gather_bundle(session, contest.id)
    await keep_both(session, cast, contest)
    high = await best(session, contest)
    await send(session, panel["J1"], contest, 1, high)
    after = await usecases.gather_bundle(session, contest.id)
    assert after == before
    values = {"contest": contest.id, "j2": panel["J2"].person_id, "j3": panel["J3"].person_id}
    sheet = (
        "INSERT INTO calibration_sheet (contest_id, stage, place, person_id, version, rule_book_id, scores, at) "
        "SELECT contest_id, stage, 2, CAST(:who AS uuid), 1, rule_book_id, scores, at FROM calibration_sheet"
    )
    another = (
        "INSERT INTO calibration_sample (contest_id, place, version, title, text, share, at, kept_by) "
        "SELECT contest_id, place, 2, title, text, share, at, kept_by FROM calibration_sample WHERE place = 1"
    )
    assert await refused(session, sheet, {"who": values["j3"]}) == "23503"
    assert await refused(session, another, {}) == "RY128"
    assert await refused(session, "UPDATE calibration_sheet SET place = 2", {}) in ("42501", "RY001")
    await calibration.close_calibration(session, cast.secretary, contest.id, "field")
    assert await refused(session, sheet, {"who": values["j2"]}) == "RY127"


async def refused(session: Session, statement: str, values: dict[str, object]) -> str | None:
    """The SQLSTATE with which the database refuses a statement."""
    with pytest.raises(DBAPIError) as error:
        async with session.begin_nested():
            await session.execute(text(statement), values)
    return getattr(error.value.orig, "sqlstate", None)
