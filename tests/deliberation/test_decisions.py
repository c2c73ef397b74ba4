"""What carried votes bring about beside a result, and what becomes of it in minutes, awards and applications."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scripts.commands.export_bundle import export
from service.applications.models import ApplicationStatus
from service.applications.rules import tries_used
from service.core import clock
from service.core.actor import MissingRole
from service.core.db import Session
from service.deliberation import usecases, vote_rules
from service.deliberation.covering import PurseExceeded
from service.deliberation.decisions import adjust_amount, defer_application
from service.deliberation.models import CommitteeSession
from service.deliberation.shapes import CorrectionIn
from service.deliberation.vote_models import VoteMatter
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document, render_document
from service.funding.rules import FundExhausted
from service.funding.usecases import fund_balances
from service.scoring.bundle import read_folder
from service.scoring.judge import judge
from service.transparency.checks import CHECKS
from service.transparency.checks.votes import VOTES
from service.transparency.report import build_report
from tests.cast import Cast
from tests.make.deliberation import announce, make_announced, make_open_session, tally_all
from tests.make.people import make_committee
from tests.make.scoring import READY, play_bundle
from tests.make.votes import BECAUSE, adjust, carry, defer, members, vote_in
from tests.traces import acts_on, refused_by_database

ADJUSTMENT, DEFERRAL = VoteMatter.ADJUSTMENT, VoteMatter.DEFERRAL


async def close_and_sign(session: Session, cast: Cast, row: CommitteeSession) -> None:
    """The minutes closed, and signed by all."""
    await usecases.close_minutes(session, cast.secretary, row.id)
    for member in members(cast):
        await usecases.sign_minutes(session, member, row.id)


async def test_an_award_is_made_of_the_adjusted_amount(session: Session, cast: Cast) -> None:
    played, row, fund = await make_announced(session, cast)
    assert fund is not None
    await adjust(session, cast, row, played.applications["D"], "9000.00")
    await adjust(session, cast, row, played.applications["D"], "8000.05")
    await close_and_sign(session, cast, row)
    for name in (
        "an award is what the ranking gave or a carried vote adjusted",
        "announced rankings follow from the sheets",
        *VOTES,
    ):
        assert [found async for found in CHECKS[name](session)] == []
    awards = {award.application_id: award.amount for award in await usecases.awards_of(session, played.contest.id)}
    assert awards == {
        played.applications["D"].id: Decimal("8000.05"),
        played.applications["A"].id: Decimal("15333.33"),
    }
    assert (await fund_balances(session, fund.id)).available == Decimal("2000.00")
    ranking = await usecases.get_ranking(session, None, played.contest.id)
    assert [line.line.award for line in ranking.lines[:2]] == [Decimal("10000.05"), Decimal("15333.33")]
    assert [act for act, _ in await acts_on(session, f"application:{played.applications['D'].id}")][-3:] == [
        "amount.adjusted",
        "amount.adjusted",
        "application.settled",
    ]


async def test_a_deferred_application_gets_nothing_and_loses_no_try(session: Session, cast: Cast) -> None:
    played, row, fund = await make_announced(session, cast)
    assert fund is not None
    await defer(session, cast, row, played.applications["A"])
    await close_and_sign(session, cast, row)
    assert [award.amount for award in await usecases.awards_of(session, played.contest.id)] == [Decimal("10000.05")]
    day = (await clock.today(session)).replace(day=1)
    report = await build_report(session, cast.office.id, day, day + timedelta(days=31))
    told = [(line["organisation"], line["outcome"], line["award"]) for line in report["results"]]
    assert [(outcome, award) for _, outcome, award in told][:2] == [("approved", "10000.05"), ("deferred", None)]
    assert [(line["approved"], line["awarded"]) for line in report["contests"]] == [(1, "10000.05")]
    assert (await fund_balances(session, fund.id)).available == Decimal("15333.33")
    await session.refresh(played.applications["A"])
    status = played.applications["A"].status
    assert (status, tries_used([status])) == (ApplicationStatus.DEFERRED, 0)
    assert tries_used([ApplicationStatus.NOT_APPROVED, status]) == 1


async def test_the_minutes_say_the_votes_and_what_followed(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast)
    chair, one, two, three, four, five = members(cast)
    dissents = [{"person_id": five.person_id, "words": "Falta agua"}]
    motion = vote_in([chair, one, two], [five], [three, four], dissents=dissents)
    wrong = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))
    right = CorrectionIn(**motion.model_dump(include={"in_favour", "against", "abstained", "dissents"}), reason="Al revés")
    await usecases.correct_vote(session, cast.secretary, wrong.motion_id, right)
    await adjust(session, cast, row, played.applications["D"], "8000.05")
    await defer(session, cast, row, played.applications["A"])
    minutes = await usecases.close_minutes(session, cast.secretary, row.id)
    first, second, third = minutes.data["votes"]
    assert first == {
        "number": 1,
        "matter": "Sesionar también el sábado",
        "application_code": None,
        "proposed": None,
        "currency": None,
        "in_favour": ["Marcos Champi Sulca", "Julia Arapa Kana", "Jacinto Borda Lima"],
        "against": ["Juana Espirilla Oré"],
        "abstained": ["Justina Callo Merma", "Juan Deza Noa"],
        "recused": [],
        "majority": {"at_least": "1/2", "strict": True, "base": "cast", "casting": False},
        "appointed": 6,
        "needed": 3,
        "casting": None,
        "carried": True,
        "corrections": ["Al revés"],
    }
    assert [(each["application_code"], each["proposed"], each["carried"]) for each in (second, third)] == [
        ("D", "8000.05", True),
        ("A", None, True),
    ]
    assert minutes.data["dissents"] == [{"vote": 1, "name": "Juana Espirilla Oré", "text": "Falta agua"}]
    (adjusted,), (deferred,) = minutes.data["adjustments"], minutes.data["deferrals"]
    assert (adjusted["result"], adjusted["amount"], adjusted["vote"]) == ("10000.05", "8000.05", 2)
    assert (deferred["application_code"], deferred["vote"], deferred["reason"]) == ("A", 3, BECAUSE.reason)
    (table,) = minutes.data["results"]
    assert [(line["application_code"], line["outcome"], line["project_amount"]) for line in table["rows"][:2]] == [
        ("D", "approved", "8000.05"),
        ("A", "deferred", "15333.33"),
    ]
    assert (table["totals"]["approved"], table["totals"]["project_amount"]) == (1, "8000.05")
    assert [line.rpartition(" (")[2] for line in minutes.data["reentry"]] == ["B)", "C)", "E)", "A)"]
    document = await latest_document(session, DocumentKind.MINUTES, f"minutes:{minutes.id}")
    assert document is not None
    assert (await render_document(session, document.id)).content.startswith(b"%PDF-")


async def test_an_act_falls_when_its_ballot_turns_out_to_be_lost(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast)
    adjustment = await adjust(session, cast, row, played.applications["D"], "8000.05")
    deferral = await defer(session, cast, row, played.applications["A"])
    lost = CorrectionIn(against=[each.person_id for each in members(cast)], reason="Al revés")
    for act in (adjustment, deferral):
        await usecases.correct_vote(session, cast.secretary, act.motion_id, lost)
    decisions = await usecases.decisions_on(session, [played.contest.id])
    assert (decisions.acts, decisions.adjusted, decisions.deferred) == ((), {}, frozenset())
    await close_and_sign(session, cast, row)
    amounts = [award.amount for award in await usecases.awards_of(session, played.contest.id)]
    assert amounts == [Decimal("10000.05"), Decimal("15333.33")]


async def test_nothing_is_done_without_a_carried_vote_on_it(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast)
    about: dict[str, Any] = {"matter": ADJUSTMENT, "application_id": played.applications["D"].id, "amount": "8000.05"}
    lost = await usecases.record_vote(session, cast.secretary, row.id, vote_in([], members(cast), **about))
    with pytest.raises(vote_rules.NotCarried):
        await adjust_amount(session, cast.secretary, lost.motion_id, BECAUSE)
    won = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast), **about))
    with pytest.raises(vote_rules.OtherMatter):
        await defer_application(session, cast.secretary, won.motion_id, BECAUSE)
    for actor in (cast.mayor, cast.head):
        with pytest.raises(MissingRole):
            await adjust_amount(session, actor, won.motion_id, BECAUSE)
    await adjust_amount(session, cast.secretary, won.motion_id, BECAUSE)
    with pytest.raises(vote_rules.AlreadyCarriedOut) as refused:
        await adjust_amount(session, cast.secretary, won.motion_id, BECAUSE)
    assert refused.value.values == {"number": 2}


async def test_the_database_ties_an_act_to_its_vote(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast)
    about: dict[str, Any] = {"matter": ADJUSTMENT, "application_id": played.applications["D"].id, "amount": "8000.05"}
    lost = await usecases.record_vote(session, cast.secretary, row.id, vote_in([], members(cast), **about))
    won = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast), **about))
    insert = "INSERT INTO adjustment SELECT id, application_id, {0}, 'x', put_at, put_by FROM motion WHERE id = :motion"
    act = insert.format("amount")
    assert "only a carried vote" in await refused_by_database(session, act, motion=lost.motion_id)
    for other in ("amount - 1", "amount + 5000"):
        assert "not what the vote was about" in await refused_by_database(session, insert.format(other), motion=won.motion_id)
    deferral = "INSERT INTO deferral SELECT id, application_id, 'x', put_at, put_by FROM motion WHERE id = :motion"
    assert "not what the vote was about" in await refused_by_database(session, deferral, motion=won.motion_id)


async def test_only_what_the_result_approves_is_adjusted_and_nothing_twice_deferred(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast)
    failed = await carry(session, cast, row, played.applications["B"], ADJUSTMENT, "9000.00")
    with pytest.raises(vote_rules.ResultDoesNotApprove):
        await adjust_amount(session, cast.secretary, failed.motion_id, BECAUSE)
    put_off = await carry(session, cast, row, played.applications["B"], DEFERRAL)
    with pytest.raises(vote_rules.NotDeferrable):
        await defer_application(session, cast.secretary, put_off.motion_id, BECAUSE)
    await defer(session, cast, row, played.applications["A"])
    again = await carry(session, cast, row, played.applications["A"], DEFERRAL)
    with pytest.raises(vote_rules.NotDeferrable):
        await defer_application(session, cast.secretary, again.motion_id, BECAUSE)
    late = await carry(session, cast, row, played.applications["A"], ADJUSTMENT, "15000.00")
    with pytest.raises(vote_rules.ResultDoesNotApprove):
        await adjust_amount(session, cast.secretary, late.motion_id, BECAUSE)


async def test_an_amount_goes_up_only_as_far_as_the_fund(session: Session, cast: Cast) -> None:
    played, row, fund = await make_announced(session, cast, fund="25333.37")
    assert fund is not None
    application = played.applications["D"]
    await adjust(session, cast, row, application, "10000.04")  # less is always possible, and then all is covered
    up = await carry(session, cast, row, application, ADJUSTMENT, "10000.05")
    with pytest.raises(FundExhausted) as refused:
        async with session.begin_nested():
            await adjust_amount(session, cast.secretary, up.motion_id, BECAUSE)
    assert refused.value.values["missing"] == "0.01"
    await close_and_sign(session, cast, row)
    assert (await fund_balances(session, fund.id)).available == Decimal("0.00")


async def test_an_amount_goes_up_only_as_far_as_the_purse_of_the_rules(
    session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(READY, "purse-part", "pdn-first")
    played, row, _ = await make_announced(session, cast, "purse-part", fund="1000000.00")
    up = await carry(session, cast, row, played.applications["Q"], ADJUSTMENT, "500.01")
    with pytest.raises(PurseExceeded) as refused:
        async with session.begin_nested():
            await adjust_amount(session, cast.secretary, up.motion_id, BECAUSE)
    assert (refused.value.values["purse"], refused.value.values["awarded"]) == ("5500.00", "5500.01")
    await adjust(session, cast, row, played.applications["P"], "999.99")
    assert (await adjust_amount(session, cast.secretary, up.motion_id, BECAUSE)).amount == Decimal("500.01")


async def test_prizes_are_neither_adjusted_nor_put_off(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast, "cif-prizes", "1200.00")
    first = played.applications["F03"]
    about: dict[str, Any] = {"application_id": first.id, "title": "Sobre el premio"}
    ballot = await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast), matter=DEFERRAL, **about))
    with pytest.raises(vote_rules.PrizesStand):
        await defer_application(session, cast.secretary, ballot.motion_id, BECAUSE)


async def test_amounts_and_deferrals_are_voted_on_only_once_the_result_is_announced(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    for matter, amount in ((DEFERRAL, None), (ADJUSTMENT, "8000.05")):
        with pytest.raises(vote_rules.NotAnnouncedYet):
            await carry(session, cast, row, played.applications["D"], matter, amount)
    await announce(session, cast, row)
    assert (await carry(session, cast, row, played.applications["D"], DEFERRAL)).carried


async def test_the_export_holds_the_decisions_beside_an_unchanged_result(session: Session, cast: Cast, tmp_path: Path) -> None:
    played, row, _ = await make_announced(session, cast)
    await usecases.record_vote(session, cast.secretary, row.id, vote_in(members(cast)))  # of the session, on no application
    await adjust(session, cast, row, played.applications["D"], "8000.05")
    await defer(session, cast, row, played.applications["A"])
    await export(session, played.contest.code, tmp_path)
    assert json.loads((tmp_path / "decisions.json").read_text()) == {
        "format": "raymi-decisions/1",
        "votes": [
            {
                "number": number,
                "matter": matter,
                "title": "Sobre el expediente",
                "application": code,
                "amount": amount,
                "in_favour": "6",
                "against": "0",
                "abstained": "0",
                "appointed": "6",
                "majority": {"at_least": "1/2", "strict": True, "base": "cast", "casting": False},
                "carried": True,
            }
            for number, matter, code, amount in (("2", "adjustment", "D", "8000.05"), ("3", "deferral", "A", None))
        ],
        "adjustments": [{"application": "D", "result": "10000.05", "amount": "8000.05", "vote": "2", "reason": BECAUSE.reason}],
        "deferrals": [{"application": "A", "vote": "3", "reason": BECAUSE.reason}],
        "appeals": [],
    }
    stated = json.loads((tmp_path / "result.json").read_text())
    assert stated == judge(read_folder(tmp_path)).as_json() == judge(played.bundle).as_json()
