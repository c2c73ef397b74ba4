"""The main job, from the first office to closed accounts: its golden figures, worked out by hand."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from scripts.cluster import Cluster
from scripts.demo import scores
from service.core.db import Session, make_engine, make_sessions
from service.core.settings import ROOT
from service.scoring.bundle import read_folder, write_folder
from service.scoring.gather import gather_bundle
from service.scoring.judge import judge
from service.transparency.checks import CHECKS, run_checks
from tests.journeys.conftest import Played, play_new


@pytest.fixture
async def story(played: Played) -> AsyncIterator[Session]:
    """A reading transaction in the played database."""
    engine = make_engine(played.url, pool_size=1)
    async with make_sessions(engine)() as session:
        yield session
    await engine.dispose()


async def rows(session: Session, statement: str) -> list[tuple[object, ...]]:
    """The rows of a statement."""
    return [tuple(row) for row in await session.execute(text(statement))]


NEWEST = "(SELECT run_id FROM announcement WHERE contest_id = c.id ORDER BY at DESC LIMIT 1)"
"""The announced run of contest ``c``."""

RESULTS = f"""
    SELECT c.code, a.code, r.status, r.total_shown, r.rank, r.award FROM ranked_application r
    JOIN application a ON a.id = r.application_id JOIN contest c ON c.id = a.contest_id
    WHERE c.code = '{{}}' AND r.run_id = {NEWEST} ORDER BY r.position
"""


async def test_the_business_plans_are_announced_with_their_golden_figures(story: Session) -> None:
    assert await rows(story, RESULTS.format("PDN")) == [
        ("PDN", "D", "approved", "84.17", 1, Decimal("10000.05")),
        ("PDN", "A", "approved", "84.17", 2, Decimal("15333.33")),
        ("PDN", "B", "not_approved", "69.83", 3, None),
        ("PDN", "C", "not_approved", "63.50", 4, None),  # 63.17 before its appeal
        ("PDN", "E", "disqualified", None, None, None),
    ]


async def test_the_work_scores_85_33_without_the_mayor(story: Session) -> None:
    assert await rows(story, RESULTS.format("IDL")) == [("IDL", "IDL-1", "approved", "85.33", 1, Decimal("60000.00"))]
    found = "SELECT r.origin, r.reasons FROM recusal r JOIN application a ON a.id = r.application_id WHERE a.code = 'IDL-1'"
    assert await rows(story, found) == [("found", ["board_member", "signs_for_cofunder", "own_municipality"])]
    sheets = "SELECT count(*) FROM score_sheet s JOIN application a ON a.id = s.application_id WHERE a.code = 'IDL-1'"
    assert await rows(story, sheets) == [(3,)]


async def test_the_families_share_the_purse(story: Session) -> None:
    prizes = [row[5] for row in await rows(story, RESULTS.format("CIF"))]
    assert prizes == [Decimal(prize) for prize in ["300", "240", "180", "100", "100", "100", "60", "50", "40", "30"]]
    receipts = "SELECT data -> 'total', jsonb_array_length(data -> 'receipts') FROM document WHERE kind = 'receipts'"
    assert await rows(story, receipts) == [("1200.00", 10)]


async def test_the_second_requests_are_announced(story: Session) -> None:
    assert [row[1:4] for row in await rows(story, RESULTS.format("PDN-2"))] == [
        ("D-2", "approved", "86.00"),
        ("A-2", "approved", "71.67"),
    ]


async def test_one_appeal_is_rejected_and_one_changes_a_score_and_both_results_are_kept(story: Session) -> None:
    statement = """
        SELECT a.code, p.status, r.number, r.data -> 'appeal' ->> 'outcome' FROM appeal p
        JOIN application a ON a.id = p.application_id JOIN appeal_resolution r ON r.appeal_id = p.id ORDER BY a.code
    """
    assert await rows(story, statement) == [
        ("B", "rejected", "001-2026-SICUANI", "rejected"),
        ("C", "carried_out", "002-2026-SICUANI", "upheld"),
    ]
    kept = "SELECT r.total_shown FROM ranked_application r JOIN application a ON a.id = r.application_id WHERE a.code = 'C'"
    assert sorted(await rows(story, kept)) == [("63.17",), ("63.50",)]
    unchecked = "SELECT count(*) FROM announcement n JOIN ranking_run r ON r.id = n.run_id LEFT JOIN run_check k ON k.run_id = r.id WHERE k.checked_by IS NULL OR k.checked_by = r.ran_by"
    assert await rows(story, unchecked) == [(0,)]


async def test_contracts_are_numbered_and_split_to_the_cent(story: Session) -> None:
    statement = "SELECT c.number, t.number, t.amount FROM contract c JOIN tranche t ON t.contract_id = c.id ORDER BY 1, 2"
    assert await rows(story, statement) == [
        ("001-2026-IDL-SICUANI", 1, Decimal("48000.00")),
        ("001-2026-IDL-SICUANI", 2, Decimal("12000.00")),
        ("001-2026-PDN-SICUANI", 1, Decimal("7000.04")),
        ("001-2026-PDN-SICUANI", 2, Decimal("3000.01")),
        ("002-2026-PDN-SICUANI", 1, Decimal("10733.33")),
        ("002-2026-PDN-SICUANI", 2, Decimal("4600.00")),
    ]


async def test_the_returned_payment_is_reversed_and_reissued_under_a_new_order(story: Session) -> None:
    statement = "SELECT end_to_end_id, status, return_reason FROM payment_order WHERE amount = 10733.33 ORDER BY attempt"
    assert await rows(story, statement) == [
        ("002-2026-SICUANI-1", "returned", "holder_mismatch"),
        ("002-2026-SICUANI-2", "paid", None),
    ]
    numbers = "SELECT number FROM authorisation ORDER BY serial"
    assert [row[0] for row in await rows(story, numbers)] == [f"{number:03}-2026-SICUANI" for number in range(1, 7)]


async def test_the_gate_opens_at_4900_03_and_not_a_cent_before(played: Played, story: Session) -> None:
    refused = "The group has accounted for 4900.02; 4900.03 opens the next tranche."
    assert any(refused in line for line in played.said)
    statement = "SELECT a.code, a.accounting ->> 'accounted' FROM application a WHERE a.parent_id IS NOT NULL ORDER BY 1"
    assert await rows(story, statement) == [("A-2", "7513.34"), ("D-2", "4900.03")]


async def test_the_first_contract_is_liquidated_with_nothing_left(story: Session) -> None:
    statement = """
        SELECT split_part(a.key, ':', 3), sum(p.amount) FROM contract c JOIN ledger_account a ON a.key LIKE 'contract:' || c.id || ':%'
        JOIN posting p ON p.account_id = a.id WHERE c.number = '001-2026-PDN-SICUANI' GROUP BY 1 ORDER BY 1
    """
    assert await rows(story, statement) == [
        ("accounted", Decimal("10000.05")),
        ("committed", Decimal("0.00")),
        ("disbursed", Decimal("0.00")),
        ("own_accounted", Decimal("1250.01")),
        ("own_deposited", Decimal("0.00")),
        ("own_received", Decimal("-1250.01")),
        ("payable", Decimal("0.00")),
    ]
    assert await rows(story, "SELECT status FROM contract WHERE number = '001-2026-PDN-SICUANI'") == [("liquidated",)]


async def test_every_invariant_holds_at_the_end(story: Session) -> None:
    assert len(CHECKS) >= 38
    assert await run_checks(story) == []


@pytest.mark.parametrize("code", ["PDN", "IDL", "CIF", "PDN-2"])
async def test_judging_an_exported_bundle_gives_the_announced_result(code: str, story: Session, tmp_path: Path) -> None:
    ((contest_id, result),) = await rows(
        story, f"SELECT c.id, r.result FROM contest c JOIN ranking_run r ON r.id = {NEWEST} WHERE c.code = '{code}'"
    )
    write_folder((await gather_bundle(story, contest_id)).bundle, tmp_path)  # type: ignore[arg-type]  # a UUID from the row
    assert judge(read_folder(tmp_path)).as_json() == result


@pytest.mark.parametrize("folder", ["plans-recusal-and-absence", "plans-purse"])
def test_the_story_with_other_scores_announces_what_the_judge_says(folder: str, cluster: Cluster) -> None:
    bundle = ROOT / "tests" / "bundles" / folder
    expected = json.loads((bundle / "result.json").read_text())["results"]
    said = play_new(cluster, folder.replace("-", "_"), scores.load(bundle))
    lines = ", ".join(f"{row['application']} {row['total_shown'] or row['status']}" for row in expected)
    assert any(f"plans: {lines};" in line for line in said)
