"""Who reads sessions, results and minutes before and after they are public."""

from dataclasses import replace

import pytest

from service.core.actor import MissingRole
from service.core.acts import Role
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import usecases
from service.deliberation.models import Capacity
from service.deliberation.shapes import ArrivalIn, NarrativeIn
from service.funding.usecases import assign_fund
from service.scoring.panel_rules import SheetsBeforeResult, SheetsSealed
from service.scoring.queries import list_sheets
from tests.cast import Cast
from tests.make.contests import make_contest
from tests.make.deliberation import announce, convene, make_open_session, make_signed_session, tally_all
from tests.make.funding import make_fund
from tests.make.people import make_actor, make_committee, make_office
from tests.make.scoring import lock, make_panel, play_bundle
from tests.traces import statements


async def test_results_are_for_the_office_until_announced_then_for_everybody(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    fund = await make_fund(session, cast)
    await assign_fund(session, cast.programme, played.contest.id, fund.id)
    other = await make_office(session, cast)
    stranger = await make_actor(session, cast, Role.SECRETARY, office_id=other.id)
    row = await make_open_session(session, cast, committee, played.contest)
    with pytest.raises(NotFound):
        await usecases.get_ranking(session, cast.secretary, played.contest.id)
    await tally_all(session, cast, row)
    for reader in (cast.secretary, cast.auditor):
        ranking = await usecases.get_ranking(session, reader, played.contest.id)
        assert [line.code for line in ranking.lines] == ["D", "A", "B", "C", "E"]
        assert not ranking.announced
    for hidden in (None, stranger, cast.mayor, cast.jurors[0]):
        with pytest.raises(NotFound):
            await usecases.get_ranking(session, hidden, played.contest.id)
    await announce(session, cast, row)
    public = await usecases.get_ranking(session, None, played.contest.id)
    assert (public.announced, public.lines[0].line.total_shown, public.lines[0].district) == (True, "84.17", "Sicuani")
    with pytest.raises(NotFound):
        await usecases.get_ranking(session, None, row.id)


async def test_a_juror_reads_the_sheets_of_others_after_the_announcement_not_after_a_tally(
    session: Session, cast: Cast
) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans", skip=[("A", "public", "J5")])
    row = await make_open_session(session, cast, committee, played.contest)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    await usecases.tally(session, cast.secretary, row.id)
    application = played.applications["A"]
    juror = replace(played.panel["J5"], grants=cast.secretary.grants)
    with pytest.raises(SheetsBeforeResult):
        await list_sheets(session, juror, application.id, "public")
    with pytest.raises(SheetsSealed):
        await list_sheets(session, cast.secretary, application.id, "public")
    with pytest.raises(NotFound):
        await list_sheets(session, cast.secretary, row.id, "public")
    await usecases.reopen(session, cast.secretary, row.id)
    missing = {each[3]: each[4] for each in played.bundle.sheets if each[:3] == ("A", "public", "J5")}
    await lock(session, played.panel["J5"], application, "public", missing)
    await usecases.tally(session, cast.secretary, row.id)
    await announce(session, cast, row)
    assert len(await list_sheets(session, juror, application.id, "public")) == len(
        {sheet[2] for sheet in played.bundle.sheets if sheet[:2] == ("A", "public")}
    )


async def test_a_session_is_for_the_office_the_committee_and_those_present_until_published(
    session: Session, cast: Cast
) -> None:
    signed = await make_signed_session(session, cast)
    row = signed.session
    other = await make_office(session, cast)
    stranger = await make_actor(session, cast, Role.SECRETARY, office_id=other.id)
    assert (await usecases.get_session(session, cast.jurors[0], row.id)).number == "001-2026-SICUANI"
    for hidden in (None, stranger):
        for read in (
            usecases.get_session(session, hidden, row.id),
            usecases.get_minutes(session, hidden, row.id),
            usecases.list_attendance(session, hidden, row.id),
            usecases.list_presentations(session, hidden, row.id),
            usecases.list_contests_of(session, hidden, row.id),
        ):
            with pytest.raises(NotFound):
                await read
    await usecases.publish_minutes(session, cast.secretary, row.id)
    assert (await usecases.get_session(session, None, row.id)).session.id == row.id
    assert [contest.id for contest in await usecases.list_contests_of(session, None, row.id)] == [signed.contest.id]


async def test_a_guest_reads_the_session_while_present(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast)
    row = await convene(session, cast, committee, contest)
    guest = await make_actor(session, cast)
    with pytest.raises(NotFound):
        await usecases.get_session(session, guest, row.id)
    given = ArrivalIn(person_id=guest.person_id, capacity=Capacity.GUEST)
    await usecases.record_arrival(session, cast.secretary, row.id, given)
    await usecases.get_session(session, guest, row.id)
    await usecases.record_departure(session, cast.secretary, row.id, guest.person_id)
    with pytest.raises(NotFound):
        await usecases.get_session(session, guest, row.id)


async def test_lists_are_by_office_and_by_member(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    rows = [await convene(session, cast, committee, await make_contest(session, cast)) for _ in range(2)]
    listed = await usecases.list_sessions(session, cast.secretary, cast.office.id)
    assert [entry.number for entry in listed] == ["002-2026-SICUANI", "001-2026-SICUANI"]
    with pytest.raises(MissingRole):
        await usecases.list_sessions(session, cast.mayor, cast.office.id)
    assert {entry.session.id for entry in await usecases.my_sessions(session, cast.mayor)} == {row.id for row in rows}
    assert await usecases.my_sessions(session, cast.head) == []


async def test_the_narrative_is_seen_while_it_is_written(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    contest = await make_contest(session, cast)
    row = await convene(session, cast, committee, contest)
    assert await usecases.get_narrative(session, cast.mayor, row.id) is None
    await usecases.edit_minutes(session, cast.secretary, row.id, NarrativeIn(development="Uno."))
    draft = await usecases.get_narrative(session, cast.mayor, row.id)
    assert draft is not None
    assert draft.development == "Uno."
    with pytest.raises(NotFound):
        await usecases.get_narrative(session, await make_actor(session, cast), row.id)
    with pytest.raises(NotFound):
        await usecases.get_minutes(session, cast.secretary, row.id)


async def test_three_sessions_and_presentations_take_the_queries_of_one(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    one = await convene(session, cast, committee, await make_contest(session, cast))
    with statements(session) as few:
        await usecases.list_sessions(session, cast.secretary, cast.office.id)
    contests = [await make_contest(session, cast) for _ in range(2)]
    for contest in contests:
        await make_panel(session, cast, contest)
        await convene(session, cast, committee, contest)
    with statements(session) as many:
        assert len(await usecases.list_sessions(session, cast.secretary, cast.office.id)) == 3
    assert many == few
    assert one.number == 1
