"""Appeals after the minutes: a numbered resolution, signed by its panel, makes awards and takes others back. A purse by hand.

Signed minutes awarded D 10,000.05 and B 9,000.00 of the purse of 20,000.00, from a fund of 25,000.00. With one point more A is first
and takes 15,333.33; D and B no longer fit into the 4,666.67 that are left, and go to the reserve list.
"""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from scripts.commands.export_bundle import export
from service.applications.models import Application, ApplicationStatus
from service.contracts import usecases as contracts
from service.core import clock
from service.core.actor import MissingRole
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.deliberation import appeal_rules, appeals, remedies, resolutions, rules, settling, usecases
from service.deliberation.appeal_models import Appeal, AppealStatus, AwardRevocation
from service.deliberation.appeal_shapes import WithdrawalIn
from service.deliberation.models import CommitteeSession
from service.documents.models import DocumentKind
from service.documents.usecases import latest_document
from service.funding.models import Fund
from service.funding.rules import FundExhausted
from service.funding.usecases import fund_balances, get_reservation
from service.scoring.bundle import read_folder
from service.scoring.judge import judge
from service.transparency.checks import run_checks
from tests.cast import Cast
from tests.make import appeals as make
from tests.make.contracts import DRAFT
from tests.make.deliberation import make_announced, make_signed_session
from tests.make.funding import make_deposit
from tests.make.scoring import Played

NOBODY = Decimal("0.00")


async def signed(session: Session, cast: Cast, fund: str = "25000.00") -> tuple[Played, CommitteeSession, Fund]:
    """The purse contest with signed minutes, a day later."""
    played, row, made = await make_announced(session, cast, "plans-purse", fund)
    assert made is not None
    await usecases.close_minutes(session, cast.secretary, row.id)
    for member in [cast.mayor, *cast.jurors]:
        await usecases.sign_minutes(session, member, row.id)
    await make.later(session, timedelta(days=1))
    return played, row, made


async def awards(session: Session, played: Played) -> dict[str, Decimal]:
    """The awards that stand, by application."""
    codes = {application.id: code for code, application in played.applications.items()}
    return {codes[each.application_id]: each.amount for each in await usecases.awards_of(session, played.contest.id)}


async def statuses(session: Session, played: Played) -> dict[str, str]:
    """What became of each application."""
    found = {}
    for code, application in played.applications.items():
        row = await session.get(Application, application.id, populate_existing=True)
        assert row is not None
        found[code] = row.status.value
    return found


async def sign_all(session: Session, cast: Cast, appeal: Appeal) -> None:
    """Every member of the panel signs."""
    for member in make.panel(cast):
        await resolutions.sign_resolution(session, member, appeal.id)


async def test_a_resolution_makes_an_award_and_takes_back_what_the_new_result_no_longer_gives(
    session: Session, cast: Cast, tmp_path: Path
) -> None:
    played, row, fund = await signed(session, cast)
    assert await awards(session, played) == {"D": Decimal("10000.05"), "B": Decimal("9000.00")}
    balances = await fund_balances(session, fund.id)
    assert (balances.available, balances.reserved) == (Decimal("5999.95"), Decimal("19000.05"))
    old = {each.application_id: each for each in await usecases.awards_of(session, played.contest.id)}
    appeal = await make.file_it(session, cast, played.applications["A"])
    run = await make.nine_for_a(session, cast, played, appeal)
    with pytest.raises(settling.MinutesAreClosed):
        await settling.announce_again(session, cast.secretary, appeal.id)
    with pytest.raises(MissingRole):
        await resolutions.issue_resolution(session, cast.head, appeal.id)
    resolution = await resolutions.issue_resolution(session, cast.secretary, appeal.id)
    year = (await clock.today(session)).year
    assert (resolution.number, resolution.data_sha256) == (f"001-{year}-SICUANI", sha256_hex(resolution.data))
    with pytest.raises(resolutions.AlreadyResolved):
        await resolutions.issue_resolution(session, cast.secretary, appeal.id)
    with pytest.raises(appeal_rules.NotOnThePanel):
        await resolutions.sign_resolution(session, cast.secretary, appeal.id)
    first, *others = make.panel(cast)
    await resolutions.sign_resolution(session, first, appeal.id)
    with pytest.raises(rules.AlreadySigned):
        await resolutions.sign_resolution(session, first, appeal.id)
    assert await awards(session, played) == {"D": Decimal("10000.05"), "B": Decimal("9000.00")}  # until all have signed
    for member in others:
        await resolutions.sign_resolution(session, member, appeal.id)
    assert await awards(session, played) == {"A": Decimal("15333.33")}
    assert await statuses(session, played) == {
        "A": "approved",
        "B": "reserve",
        "C": "reserve",
        "D": "reserve",
        "E": "disqualified",
    }
    balances = await fund_balances(session, fund.id)
    assert (balances.available, balances.reserved) == (Decimal("9666.67"), Decimal("15333.33"))
    for award in old.values():
        revocation = await session.get(AwardRevocation, award.id)
        assert revocation is not None
        assert revocation.reason == resolution.number
        assert (await get_reservation(session, f"award:{award.id}")).status == "released"
    assert appeal.status == AppealStatus.CARRIED_OUT
    paper = await latest_document(session, DocumentKind.RESOLUTION, f"resolution:{resolution.id}")
    assert paper is not None and paper.data == resolution.data
    await export(session, played.contest.code, tmp_path)
    assert judge(read_folder(tmp_path)).as_json() == run.result
    assert await run_checks(session) == []
    assert row.status == "signed"


async def test_a_resolution_that_rejects_changes_nothing(session: Session, cast: Cast) -> None:
    played, _, fund = await signed(session, cast)
    before = await fund_balances(session, fund.id)
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.reject_it(session, cast, appeal)
    resolution = await resolutions.issue_resolution(session, cast.secretary, appeal.id)
    await sign_all(session, cast, appeal)
    assert (resolution.run_id, resolution.data["appeal"]["outcome"], appeal.status) == (None, "rejected", AppealStatus.REJECTED)
    assert await awards(session, played) == {"D": Decimal("10000.05"), "B": Decimal("9000.00")}
    assert await fund_balances(session, fund.id) == before


async def test_an_award_beyond_the_fund_is_refused_and_nothing_changes(session: Session, cast: Cast) -> None:
    """Without a purse B reaches 70.17 with one point more, and asks 9,000.00 of a fund that holds just what D and A have."""
    played, row, fund = await make_announced(session, cast, "plans", "25333.38")
    assert fund is not None
    await usecases.close_minutes(session, cast.secretary, row.id)
    for member in [cast.mayor, *cast.jurors]:
        await usecases.sign_minutes(session, member, row.id)
    await make.later(session)
    appeal = await make.file_it(session, cast, played.applications["B"])
    await make.uphold_it(session, cast, appeal, make.sheet_of(played.panel["J3"]))
    await make.later(session)
    (remedy_id,) = await make.remedy_ids(session, appeal)
    await remedies.correct_sheet(
        session, played.panel["J3"], remedy_id, make.scores_of(played, "B", "public", "J3", in_map="8")
    )
    await make.rank_it_again(session, cast, appeal)
    await resolutions.issue_resolution(session, cast.secretary, appeal.id)
    first, second, last = make.panel(cast)
    for member in (first, second):
        await resolutions.sign_resolution(session, member, appeal.id)
    with pytest.raises(FundExhausted) as refused:
        async with session.begin_nested():
            await resolutions.sign_resolution(session, last, appeal.id)
    assert refused.value.values["missing"] == "9000.00"
    await session.refresh(appeal)
    assert appeal.status == AppealStatus.UPHELD
    assert await awards(session, played) == {"D": Decimal("10000.05"), "A": Decimal("15333.33")}
    await make_deposit(session, cast, fund, "9000.00")
    await resolutions.sign_resolution(session, last, appeal.id)
    assert await awards(session, played) == {"D": Decimal("10000.05"), "A": Decimal("15333.33"), "B": Decimal("9000.00")}


async def test_an_appeal_of_the_session_ends_in_its_minutes_and_needs_no_resolution(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast, "plans-purse", "25000.00")
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.reject_it(session, cast, appeal)
    with pytest.raises(resolutions.InTheMinutes):
        await resolutions.issue_resolution(session, cast.secretary, appeal.id)
    await make.later(session)
    await usecases.close_minutes(session, cast.secretary, row.id)
    with pytest.raises(resolutions.InTheMinutes):
        await resolutions.issue_resolution(session, cast.secretary, appeal.id)


async def test_a_resolution_waits_for_the_signatures_under_the_minutes(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast, "plans-purse", "25000.00")
    await usecases.close_minutes(session, cast.secretary, row.id)
    await make.later(session)
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.nine_for_a(session, cast, played, appeal)
    await resolutions.issue_resolution(session, cast.secretary, appeal.id)
    first, second, last = make.panel(cast)
    for member in (first, second):
        await resolutions.sign_resolution(session, member, appeal.id)
    with pytest.raises(settling.MinutesUnsigned):
        async with session.begin_nested():
            await resolutions.sign_resolution(session, last, appeal.id)
    for member in [cast.mayor, *cast.jurors]:
        await usecases.sign_minutes(session, member, row.id)
    assert await awards(session, played) == {"D": Decimal("10000.05"), "B": Decimal("9000.00")}
    await resolutions.sign_resolution(session, last, appeal.id)
    assert await awards(session, played) == {"A": Decimal("15333.33")}


async def test_what_an_issued_resolution_rests_on_stands(session: Session, cast: Cast) -> None:
    played, _, _ = await signed(session, cast)
    one = await make.file_it(session, cast, played.applications["A"])
    two = await make.file_it(session, cast, played.applications["C"])
    await make.uphold_it(session, cast, two, make.sheet_of(played.panel["J4"]))
    await make.nine_for_a(session, cast, played, one)
    await resolutions.issue_resolution(session, cast.secretary, one.id)
    (remedy_id,) = await make.remedy_ids(session, two)
    scores = make.scores_of(played, "C", "public", "J4", clarity="10")
    with pytest.raises(remedies.ResolutionPending):
        await remedies.correct_sheet(session, played.panel["J4"], remedy_id, scores)
    await sign_all(session, cast, one)
    await make.later(session)
    await remedies.correct_sheet(session, played.panel["J4"], remedy_id, scores)


async def test_in_a_purse_no_contract_is_numbered_while_the_result_can_be_appealed(session: Session, cast: Cast) -> None:
    played, _, _ = await signed(session, cast)
    award = await usecases.award_of(session, played.applications["D"].id)
    assert award is not None
    draft = await contracts.draft_contract(session, cast.secretary, award.id, DRAFT)
    with pytest.raises(appeal_rules.StillAppealable):
        await contracts.number_contract(session, cast.head, draft.id)
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.later(session, timedelta(days=10))
    with pytest.raises(appeal_rules.AppealOpen):
        await contracts.number_contract(session, cast.head, draft.id)
    await make.reject_it(session, cast, appeal)
    contract = await contracts.number_contract(session, cast.head, draft.id)
    assert contract.amount == Decimal("10000.05")


async def test_without_a_purse_only_the_own_appeal_holds_a_contract_up(session: Session, cast: Cast) -> None:
    made = await make_signed_session(session, cast, amounts=("10000.05", "9000.00"))
    first, second = made.awards
    await make.later(session)
    appeal = await appeals.file_appeal(session, cast.promoter, first.application_id, make.GROUND)
    draft = await contracts.draft_contract(session, cast.secretary, second.id, DRAFT)
    await contracts.number_contract(session, cast.head, draft.id)
    own = await contracts.draft_contract(session, cast.secretary, first.id, DRAFT)
    with pytest.raises(appeal_rules.AppealOpen):
        await contracts.number_contract(session, cast.head, own.id)
    with pytest.raises(appeal_rules.AwardBound):
        await appeals.file_appeal(session, cast.promoter, second.application_id, make.GROUND)
    assert appeal.status == AppealStatus.FILED


async def test_a_withdrawn_appeal_lets_everything_go_on(session: Session, cast: Cast) -> None:
    made = await make_signed_session(session, cast)
    (award,) = made.awards
    await make.later(session)
    appeal = await appeals.file_appeal(session, cast.promoter, award.application_id, make.GROUND)
    await appeals.withdraw_appeal(session, cast.promoter, appeal.id, WithdrawalIn(reason="Ya no"))
    draft = await contracts.draft_contract(session, cast.secretary, award.id, DRAFT)
    assert (await contracts.number_contract(session, cast.head, draft.id)).award_id == award.id


async def test_the_second_award_of_an_application_stands_beside_one_that_was_taken_back(session: Session, cast: Cast) -> None:
    played, _, _ = await signed(session, cast)
    one = await make.file_it(session, cast, played.applications["A"])
    await make.nine_for_a(session, cast, played, one)
    await resolutions.issue_resolution(session, cast.secretary, one.id)
    await sign_all(session, cast, one)
    await make.later(session)
    # the juror of D erred by three points too: 42.5 + 42.67 = 85.17, and D is first again
    two = await make.file_it(session, cast, played.applications["D"])
    await make.uphold_it(session, cast, two, make.sheet_of(played.panel["J3"]))
    await make.later(session)
    (remedy_id,) = await make.remedy_ids(session, two)
    given = make.scores_of(played, "D", "public", "J3", clarity="10", identity="10")
    await remedies.correct_sheet(session, played.panel["J3"], remedy_id, given)
    await make.rank_it_again(session, cast, two)
    await resolutions.issue_resolution(session, cast.secretary, two.id)
    await sign_all(session, cast, two)
    assert await awards(session, played) == {"D": Decimal("10000.05"), "B": Decimal("9000.00")}
    made = await session.execute(text("SELECT count(*) FROM award WHERE contest_id = :contest"), {"contest": played.contest.id})
    assert made.scalar_one() == 5
    assert await run_checks(session) == []
    assert (await statuses(session, played))["A"] == ApplicationStatus.RESERVE
