"""Appeals inside a session: who files until when, who hears, what a majority rules, and what follows, worked out by hand.

The purse of 20,000.00 goes by rank and skips what does not fit. Before: D 10,000.05; A asks 15,333.33 and does not fit; B 9,000.00;
C does not fit. A and D are tied at 84.17, and D won the tie. One point of one of three jurors more, and A has 42.5 + 42 = 84.50: it
is first and takes 15,333.33, so that nobody else fits into the 4,666.67 that are left.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scripts.commands.export_bundle import export
from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from service.core.machine import WrongState
from service.deliberation import (
    appeal_queries,
    appeal_rules,
    appeals,
    remedies,
    run_store,
    settling,
    usecases,
)
from service.deliberation.appeal_models import AppealStatus, RemedyKind
from service.deliberation.appeal_rules import APPEAL_LIFE
from service.deliberation.appeal_shapes import OpinionIn, PanelIn, RemedyIn, RulingIn, WithdrawalIn
from service.deliberation.result_sheet import get_result_sheet
from service.people.group_usecases import families_of, signatories_on
from service.people.usecases import actor_for_person
from service.scoring.bundle import read_folder
from service.scoring.judge import judge
from tests.cast import Cast
from tests.make import appeals as make
from tests.make.contests import without_appeals
from tests.make.deliberation import announce as announce_it
from tests.make.deliberation import make_announced, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import Played, play_bundle

BEFORE = [
    ("D", "approved", 1, "10000.05"),
    ("A", "reserve", 2, None),
    ("B", "approved", 3, "9000.00"),
    ("C", "reserve", 4, None),
]
AFTER = [("A", "approved", 1, "15333.33"), ("D", "reserve", 2, None), ("B", "reserve", 3, None), ("C", "reserve", 4, None)]
OUT = ("E", "disqualified", None, None)


async def standings(session: Session, played: Played) -> list[Any]:
    """The announced result by rank: code, status, rank, award."""
    codes = {application.id: code for code, application in played.applications.items()}
    run = await usecases.announced_run(session, played.contest.id)
    assert run is not None
    lines = await usecases.ranked_in(session, run.id)
    return [
        (codes[each.application_id], each.status, each.rank, None if each.award is None else str(each.award)) for each in lines
    ]


def test_the_life_of_an_appeal_is_a_table() -> None:
    assert {(state.value, action.value): after.value for (state, action), after in APPEAL_LIFE.items()} == {
        ("filed", "withdraw"): "withdrawn",
        ("filed", "name_panel"): "heard",
        ("heard", "uphold"): "upheld",
        ("heard", "reject"): "rejected",
        ("upheld", "carry_out"): "carried_out",
    }


async def test_an_upheld_appeal_changes_the_result_of_a_purse_and_keeps_the_earlier_one(
    session: Session, cast: Cast, tmp_path: Path
) -> None:
    played, _ = await make.announced_purse(session, cast)
    assert await standings(session, played) == [*BEFORE, OUT]
    first = await usecases.announced_run(session, played.contest.id)
    appeal = await make.file_it(session, cast, played.applications["A"])
    run = await make.nine_for_a(session, cast, played, appeal)
    assert await standings(session, played) == [*BEFORE, OUT]  # until it is announced
    await settling.announce_again(session, cast.secretary, appeal.id)
    assert await standings(session, played) == [*AFTER, OUT]
    assert first is not None
    kept = await usecases.ranked_in(session, first.id)
    assert [str(line.award) for line in kept if line.award] == ["10000.05", "9000.00"]
    view = await appeal_queries.get_appeal(session, cast.secretary, appeal.id)
    assert (view.appeal.status, [(each.code, each.before, each.after) for each in view.changes]) == (
        AppealStatus.CARRIED_OUT,
        [
            ("A", ("reserve", 2, None, "84.17"), ("approved", 1, Decimal("15333.33"), "84.50")),
            ("D", ("approved", 1, Decimal("10000.05"), "84.17"), ("reserve", 2, None, "84.17")),
            ("B", ("approved", 3, Decimal("9000.00"), "69.83"), ("reserve", 3, None, "69.83")),
        ],
    )
    await export(session, played.contest.code, tmp_path)
    assert judge(read_folder(tmp_path)).as_json() == run.result
    sheet = await get_result_sheet(session, played.applications["A"].id)
    assert (sheet.rank, sheet.award) == (1, Decimal("15333.33"))


async def test_the_awards_and_the_minutes_follow_the_newest_announced_result(session: Session, cast: Cast) -> None:
    played, row = await make.announced_purse(session, cast)
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.nine_for_a(session, cast, played, appeal)
    with pytest.raises(appeal_rules.AppealOpen) as waits:
        await usecases.close_minutes(session, cast.secretary, row.id)
    assert waits.value.values == {"application": "A"}
    await settling.announce_again(session, cast.secretary, appeal.id)
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    for member in [cast.mayor, *cast.jurors]:
        await usecases.sign_minutes(session, member, row.id)
    awards = {award.application_id: award.amount for award in await usecases.awards_of(session, played.contest.id)}
    assert awards == {played.applications["A"].id: Decimal("15333.33")}
    (line,) = minutes.data["appeals"]
    assert (line["outcome"], [each["uphold"] for each in line["opinions"]], len(line["panel"])) == (
        "upheld",
        [True, True, False],
        3,
    )
    assert [(each["application_code"], each["after"]["outcome"]) for each in line["changes"]] == [
        ("A", "approved"),
        ("D", "reserve"),
        ("B", "reserve"),
    ]
    assert [(each["ran_by"], each["checked_by"]) for each in minutes.data["checks"]] == [
        ("Sonia Quispe Choque", "Hilda Ccahuana Puma")
    ] * 2
    assert len({each["sha256"] for each in minutes.data["checks"]}) == 2


async def test_a_rejected_appeal_changes_nothing_and_the_minutes_hold_it(session: Session, cast: Cast) -> None:
    played, row = await make.announced_purse(session, cast)
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.reject_it(session, cast, appeal)
    assert appeal.status == AppealStatus.REJECTED
    for act in (remedies.rank_again, settling.announce_again):
        with pytest.raises(WrongState):
            await act(session, cast.secretary, appeal.id)
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    assert [(each["outcome"], each["reason"], each["changes"]) for each in minutes.data["appeals"]] == [
        ("rejected", "La ficha es correcta", [])
    ]
    assert await standings(session, played) == [*BEFORE, OUT]


async def test_the_applicants_own_people_appeal_until_the_end_of_the_last_day_in_peru(session: Session, cast: Cast) -> None:
    played, _ = await make.announced_purse(session, cast)
    item = played.applications["A"]
    first = await run_store.announced_runs(session, [played.contest.id])
    day = first[played.contest.id].ran_at.astimezone(clock.PERU).date() + timedelta(days=5)
    midnight = datetime.combine(day + timedelta(days=1), datetime.min.time(), clock.PERU)
    await clock.set_time(session, midnight)
    with pytest.raises(appeal_rules.TooLate) as late:
        await appeals.file_appeal(session, cast.promoter, item.id, make.GROUND)
    assert late.value.values == {"until": day.isoformat()}
    await clock.set_time(session, midnight - timedelta(seconds=1))
    president = await make.president_of(session, item)
    for outsider in (cast.treasurer, cast.jurors[0], await make.president_of(session, played.applications["D"])):
        with pytest.raises(appeal_rules.NotTheApplicant):
            await appeals.file_appeal(session, outsider, item.id, make.GROUND)
    appeal = await appeals.file_appeal(session, president, item.id, make.GROUND)
    with pytest.raises(appeal_rules.AppealStands):
        await appeals.file_appeal(session, cast.secretary, item.id, make.GROUND)
    with pytest.raises(appeal_rules.NotTheApplicant):
        await appeals.withdraw_appeal(session, cast.treasurer, appeal.id, WithdrawalIn(reason="x"))
    await appeals.withdraw_appeal(session, president, appeal.id, WithdrawalIn(reason="Nos explicaron"))
    again = await appeals.file_appeal(session, cast.promoter, item.id, make.GROUND)
    assert (appeal.status, again.status) == (AppealStatus.WITHDRAWN, AppealStatus.FILED)


async def test_what_was_not_announced_or_admits_no_appeals_is_not_appealed(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans", terms=without_appeals())
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    with pytest.raises(appeal_rules.NotInResult):
        await make.file_it(session, cast, played.applications["B"])
    await announce_it(session, cast, row)
    with pytest.raises(appeal_rules.NoAppeals):
        await make.file_it(session, cast, played.applications["B"])


async def test_nobody_with_a_part_in_it_hears_an_appeal(session: Session, cast: Cast) -> None:
    played, _ = await make.announced_purse(session, cast)
    item = played.applications["A"]
    appeal = await make.file_it(session, cast, item)
    free = make.panel(cast)
    with pytest.raises(MissingRole):
        await appeals.name_panel(session, cast.secretary, appeal.id, PanelIn(person_ids=[each.person_id for each in free]))
    for named in (free[:2], [*free, cast.auditor], [free[0], free[0], free[1]]):
        with pytest.raises(appeal_rules.PanelNotOdd):
            await make.name_it(session, cast, appeal, named)
    tied = {
        "scored_it": cast.jurors[0],
        "ran_it": cast.secretary,
        "checked_it": cast.head,
        "filed_it": cast.promoter,
        "board_member": await make.president_of(session, item),
    }
    for reason, person in tied.items():
        with pytest.raises(appeal_rules.NotFree) as refused:
            await make.name_it(session, cast, appeal, [*free[:2], person])
        assert reason in [str(each) for each in refused.value.values["reasons"]]  # type: ignore[attr-defined]  # a tuple of reasons
    await make.name_it(session, cast, appeal)
    with pytest.raises(WrongState):
        await make.name_it(session, cast, appeal)
    with pytest.raises(WrongState):
        await appeals.withdraw_appeal(session, cast.promoter, appeal.id, WithdrawalIn(reason="x"))


async def test_the_ruling_follows_the_whole_panels_majority_and_one_of_it_writes_it(session: Session, cast: Cast) -> None:
    played, _ = await make.announced_purse(session, cast)
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.name_it(session, cast, appeal)
    first, second, third = make.panel(cast)
    with pytest.raises(appeal_rules.NotOnThePanel):
        await appeals.give_opinion(session, cast.head, appeal.id, OpinionIn(reason="x"))
    for member, yes in ((first, True), (second, True)):
        await appeals.give_opinion(session, member, appeal.id, OpinionIn(uphold=yes, reason="Se oye"))
    with pytest.raises(appeal_rules.OpinionGiven):
        await appeals.give_opinion(session, first, appeal.id, OpinionIn(uphold=False, reason="Cambié"))
    sheet = make.sheet_of(played.panel["J3"])
    given = RulingIn(reason="Se oye nueve", remedies=[sheet])
    with pytest.raises(appeal_rules.OpinionsMissing) as missing:
        await appeals.rule_on_appeal(session, first, appeal.id, given)
    assert missing.value.values == {"names": ("Tomás Apaza Layme",)}
    await appeals.give_opinion(session, third, appeal.id, OpinionIn(uphold=False, reason="No se oye"))
    with pytest.raises(appeal_rules.NotOfTheMajority):
        await appeals.rule_on_appeal(session, third, appeal.id, given)
    with pytest.raises(appeal_rules.NotOnThePanel):
        await appeals.rule_on_appeal(session, cast.head, appeal.id, given)
    wrong: list[tuple[type[Exception], list[RemedyIn]]] = [
        (appeal_rules.RemedyMissing, []),
        (appeal_rules.RemedyUnclear, [RemedyIn(kind=RemedyKind.SHEET, person_id=cast.jurors[2].person_id)]),
        (appeal_rules.NoSuchSheet, [make.sheet_of(played.panel["J3"], "field")]),
        (appeal_rules.NotInTheRules, [RemedyIn(kind=RemedyKind.ATTRIBUTE, attribute="altitude")]),
    ]
    for refusal, remedy in wrong:
        with pytest.raises(refusal):
            async with session.begin_nested():
                await appeals.rule_on_appeal(session, first, appeal.id, RulingIn(reason="x", remedies=remedy))
    ruling = await appeals.rule_on_appeal(session, second, appeal.id, given)
    assert (ruling.upheld, appeal.status) == (True, AppealStatus.UPHELD)


async def test_a_family_appeals_its_own_prize_and_no_other_of_its_community(session: Session, cast: Cast) -> None:
    played, _, _ = await make_announced(session, cast, "cif-cents", "185.00")
    assert played.contest.host_group_id is not None
    families = {each.family.id: each for each in await families_of(session, played.contest.host_group_id)}
    item, other = played.applications["F06"], played.applications["F01"]
    assert item.family_id is not None
    _, head = families[item.family_id].members[0]
    actor = await actor_for_person(session, head.id)
    with pytest.raises(appeal_rules.NotTheApplicant):
        await appeals.file_appeal(session, actor, other.id, make.GROUND)
    appeal = await appeals.file_appeal(session, actor, item.id, make.GROUND)
    assert appeal.filed_by == head.id
    with pytest.raises(appeal_rules.NotTheApplicant):  # the board of the community stands for no family
        president, *_ = [person for _, person in await signatories_on(session, item.group_id, await clock.today(session))]
        await appeals.file_appeal(session, await actor_for_person(session, president.id), other.id, make.GROUND)
